"""Storing an object of which the store has most already: made there where the store can, sent whole where it cannot."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from podwright.core.artifact import Artifact, FileSlice, Splice
from podwright.core.errors import ComposeError, StoreError
from podwright.stores.contract import Advance, Store, Stored

#: Bytes of one request for what has to pass through here: few requests, little memory.
_WINDOW = 16 << 20


def put_spliced(
    artifact: Artifact, splice: Splice, store: Store, *, progress: Advance | None = None, build_dir: Path | None = None
) -> Stored:
    """Store an artifact that can be made of a splice. Without its source here it may have to pass through build_dir.

    Raises MovedError where the store has no longer what it is to be made of, StoreError where it fails; the object is
    what it was before.
    """
    if splice.is_worthwhile:
        with contextlib.suppress(ComposeError):
            return store.compose(artifact, splice, progress=progress)
    if artifact.body is not None:
        return store.put(artifact, progress=progress)
    with tempfile.TemporaryDirectory(prefix="fetched-", dir=build_dir) as folder:
        rest = _fetched(splice, store, Path(folder, "audio"))
        return store.put(replace(artifact, body=(*splice.front, rest)), progress=progress)


def load_rest(splice: Splice, store: Store) -> Iterator[bytes]:
    """Yield what a splice takes over, in blocks, one request each."""
    return load_blocks(store, splice.key, start=splice.start, size=splice.size)


def load_blocks(store: Store, key: str, *, size: int, start: int = 0) -> Iterator[bytes]:
    """Yield an object of `size` bytes from byte `start` on, in blocks, one request each."""
    for first in range(start, size, _WINDOW):
        yield store.read_range(key, start=first, length=min(_WINDOW, size - first))


def _fetched(splice: Splice, store: Store, path: Path) -> FileSlice:
    """Return what a splice takes over, as a file."""
    try:
        with path.open("wb") as file:
            for block in load_rest(splice, store):
                file.write(block)
    except OSError as error:
        raise StoreError(
            f"{splice.key}: cannot be fetched ({error}); make room, or publish from where its source is"
        ) from error
    return FileSlice(path, 0, splice.rest, path.stat().st_mtime_ns)
