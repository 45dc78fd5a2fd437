"""A store in two places, one a side: the only module that knows that what is private may lie elsewhere.

Not every store can give away a part of what it holds: with some a bucket is public as a whole. Then the private side
lies in a place of its own, another bucket or a folder, under the same keys (docs/decisions/two-sides-two-places.md).
What goes from one side to the other is copied between the places by the store where it can, and through this machine
where it cannot.
"""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

from podwright.core.artifact import Artifact, Body, FileSlice, Splice, bytes_artifact
from podwright.core.errors import ComposeError, ConflictError, MovedError, StoreError
from podwright.core.names import PRIVATE, side_of
from podwright.stores.capabilities import Capabilities, Trial
from podwright.stores.contract import Advance, Read, Store, Stored, check_key
from podwright.stores.optional import (
    CorsRule,
    Upload,
    abort_upload,
    adapted,
    apply_cors,
    observe_cors,
    observe_time,
    observe_trial,
    observe_uploads,
    presign,
    settle,
    skew_of,
    taking,
)
from podwright.stores.splicing import load_blocks

#: What is carried through memory, in bytes; what is larger passes through a file.
_SMALL = 16 << 20


class SidedStore:
    """Objects of two stores as those of one; `Store` and `optional` say what each method means."""

    def __init__(self, public: Store, private: Store) -> None:
        self.public = public
        self.private = private
        self.url = f"{public.url} (private side: {private.url})"
        self.concurrency = max(public.concurrency, private.concurrency)

    def of(self, key: str) -> Store:
        """Return the store of a key's side."""
        return self.private if _is_private(check_key(key)) else self.public

    def observe(self, key: str) -> Stored | None:
        return self.of(key).observe(key)

    def observe_all(self, prefix: str) -> Iterator[Stored]:
        if not prefix.startswith(PRIVATE):
            yield from (found for found in self.public.observe_all(prefix) if not _is_private(found.key))
        if prefix.startswith(PRIVATE) or PRIVATE.startswith(prefix):
            yield from (found for found in self.private.observe_all(prefix) if _is_private(found.key))

    def read(self, key: str, *, unless: str | None = None) -> Read | None:
        return self.of(key).read(key, unless=unless)

    def read_range(self, key: str, *, start: int, length: int) -> bytes:
        return self.of(key).read_range(key, start=start, length=length)

    def put(self, artifact: Artifact, *, progress: Advance | None = None) -> Stored:
        return self.of(artifact.key).put(artifact, progress=progress)

    def copy(self, source: str, artifact: Artifact) -> Stored:
        origin, target = self.of(source), self.of(artifact.key)
        if origin is target:
            return target.copy(source, artifact)
        if across := taking(target, origin):
            # Whatever it refuses, a copy through here finds it out, or makes up for it.
            with contextlib.suppress(StoreError):
                return across.copy(source, artifact)
        return carry(origin, source, artifact, target)

    def keep(self, source: str, key: str, *, etag: str) -> bool:
        origin, target = self.of(source), self.of(key)
        if origin is target:
            return target.keep(source, key, etag=etag)
        if across := taking(target, origin):
            with contextlib.suppress(StoreError):
                return across.keep(source, key, etag=etag)
        return carry_version(origin, source, key, target, etag=etag)

    def compose(self, artifact: Artifact, splice: Splice, *, progress: Advance | None = None) -> Stored:
        origin, target = self.of(splice.key), self.of(artifact.key)
        if origin is target:
            return target.compose(artifact, splice, progress=progress)
        across = taking(target, origin)
        if across is None:
            raise ComposeError(f"{artifact.key}: lies in another place than {splice.key}")
        try:
            return across.compose(artifact, splice, progress=progress)
        except (ComposeError, ConflictError):
            raise
        except StoreError as error:
            raise ComposeError(f"{artifact.key}: cannot be made of what lies in another place ({error})") from error

    def write(
        self,
        key: str,
        data: bytes,
        *,
        media_type: str,
        cache_control: str,
        expected: str | None,
        contended: bool = True,
    ) -> str:
        return self.of(key).write(
            key, data, media_type=media_type, cache_control=cache_control, expected=expected, contended=contended
        )

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            self.of(key).delete([key])

    def settle(self) -> None:
        settle(self.public)
        settle(self.private)

    def presign(self, key: str, *, life: timedelta) -> str | None:
        return presign(self.of(key), key, life=life)

    def observe_uploads(self) -> Iterator[Upload]:
        yield from chain(observe_uploads(self.public), observe_uploads(self.private))

    def abort_upload(self, upload: Upload) -> None:
        abort_upload(self.of(upload.key), upload)

    def observe_trial(self) -> Trial:
        """Try both places: the store can do what both can."""
        with ThreadPoolExecutor(2) as pool:
            one, other = pool.map(observe_trial, (self.public, self.private))
        return Trial(capabilities=one.capabilities & other.capabilities, refusals={**other.refusals, **one.refusals})

    def adapted(self, capabilities: Capabilities) -> SidedStore:
        return SidedStore(adapted(self.public, capabilities), adapted(self.private, capabilities))

    def observe_time(self) -> datetime | None:
        return observe_time(self.private) or observe_time(self.public)

    @property
    def skew(self) -> timedelta | None:
        return skew_of(self.private) or skew_of(self.public)

    def observe_cors(self) -> tuple[CorsRule, ...] | None:
        return observe_cors(self.public)

    def apply_cors(self) -> bool:
        return apply_cors(self.public)


def private_place(store: Store) -> Store:
    """Return the store in which the private side of a store lies: itself, where both sides lie together."""
    return store.private if isinstance(store, SidedStore) else store


def observe_strays(store: Store) -> Iterator[Stored]:
    """Yield what lies below `private/` in the public place of a store that has another for it."""
    if isinstance(store, SidedStore):
        yield from store.public.observe_all(PRIVATE)


def transfer(origin: Store, found: Stored, artifact: Artifact | None, target: Store) -> Stored:
    """Store an object of another store under the same key, headers included; what is there already stays.

    found: the object as that store lists it; artifact: what its bytes shall be, None where nobody knows. Raises
    StoreError where it is something else by now.
    """
    key = found.key
    if artifact and (present := target.observe(key)) and present.sha256 == artifact.sha256:
        return present
    if across := taking(target, origin):
        with contextlib.suppress(StoreError):
            present = target.observe(key) if across.keep(key, key, etag=found.etag) else None
            if present and present.size == found.size and (not artifact or present.sha256 == artifact.sha256):
                return present
    if artifact:
        return carry(origin, key, artifact, target)
    if not carry_version(origin, key, key, target, etag=found.etag) or (present := target.observe(key)) is None:
        raise MovedError(key)
    return present


def _is_private(key: str) -> bool:
    return side_of(key) == "private"


def carry(origin: Store, source: str, artifact: Artifact, target: Store) -> Stored:
    """Store an artifact from an object of another store, through this machine. Raises as `Store.copy` does."""
    with contextlib.ExitStack() as stack:
        return target.put(replace(artifact, body=_load_body(origin, source, artifact, stack)))


def carry_version(origin: Store, source: str, key: str, target: Store, *, etag: str) -> bool:
    """Store a small object of another store under a key, as `Store.keep` does."""
    found = origin.read(source)
    if found is None or found.data is None or found.etag != etag:
        return False
    headers = origin.observe(source)
    if headers is None or headers.etag != etag:
        return False
    media_type = headers.media_type or "application/octet-stream"
    caching = headers.cache_control or "private, no-store"
    target.put(bytes_artifact(key, found.data, media_type=media_type, cache_control=caching, side=side_of(key)))
    return True


def _load_body(origin: Store, source: str, artifact: Artifact, stack: contextlib.ExitStack) -> Body:
    """Return the bytes of an object, which are those of an artifact. A large one is in a file until the stack ends."""
    if artifact.size <= _SMALL:
        found = origin.read(source)
        if found is None or found.data is None:
            raise StoreError(f"{source}: the store lost it; publish from where its source is")
        _check_digest(source, hashlib.sha256(found.data), artifact)
        return (found.data,)
    present = origin.observe(source)
    if present is None or present.size != artifact.size:
        raise StoreError(f"{source}: the store lost it, or holds other bytes than were published; publish again")
    path = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="carried-")), "object")
    digest = hashlib.sha256()
    try:
        with path.open("wb") as file:
            for block in load_blocks(origin, source, size=artifact.size):
                digest.update(block)
                file.write(block)
    except OSError as error:
        raise StoreError(f"{source}: cannot be fetched ({error}); make room, then publish again") from error
    _check_digest(source, digest, artifact)
    return (FileSlice(path, 0, artifact.size, path.stat().st_mtime_ns),)


def _check_digest(source: str, digest: hashlib._Hash, artifact: Artifact) -> None:
    if digest.hexdigest() != artifact.sha256:
        raise StoreError(f"{source}: the store holds other bytes than were published; publish again")
