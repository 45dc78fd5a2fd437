"""The contract of a store: what every one of them does. `optional` has what only some do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from podwright.core.artifact import Artifact, Splice
from podwright.core.errors import ConflictError, StoreError
from podwright.core.names import is_key

#: The largest object that is read whole, in bytes: a document or a manifest is never near that.
MOST_READ = 64 << 20
#: Told how many bytes more were sent; it may be called from several threads.
Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Stored:
    """An object as a store describes it."""

    key: str
    #: In bytes.
    size: int
    #: The store's name for this version of the object.
    etag: str
    #: Our digest of its bytes, in hex; None where the store keeps none, and in a listing.
    sha256: str | None
    #: When it got its content or its name, whichever was later, by the store's clock; None where nobody asked.
    modified: datetime | None = None
    #: The headers that the store sends with it; None where it keeps none, and in a listing.
    media_type: str | None = None
    cache_control: str | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """A small object, read whole."""

    #: None where the object still has the version that the reader knows.
    data: bytes | None
    etag: str


class Store(Protocol):
    """Objects by key, where a key is what `check_key` lets pass.

    Every method raises StoreError for any other key, and where the store refuses, fails or cannot be reached. All may
    be called from several threads. tests/stores/test_conformance.py is the contract in runnable form: a new store
    passes it unchanged.
    """

    @property
    def url(self) -> str:
        """The store's address, for people; without secrets."""

    @property
    def concurrency(self) -> int:
        """The number of writes at once that are of use."""

    def observe(self, key: str) -> Stored | None:
        """Return what the store has under a key, or None."""

    def observe_all(self, prefix: str) -> Iterator[Stored]:
        """Yield everything whose key begins with prefix, in any order.

        What others put there is among it, under names that may be no keys (`is_key`) and cannot be asked for.
        """

    def read(self, key: str, *, unless: str | None = None) -> Read | None:
        """Return a small object, in one request, or None; without its data where its version is `unless`.

        Raise StoreError where it has more than MOST_READ bytes.
        """

    def read_range(self, key: str, *, start: int, length: int) -> bytes:
        """Return `length` bytes of an object from byte `start` on. Raise StoreError where it has not that many."""

    def put(self, artifact: Artifact, *, progress: Advance | None = None) -> Stored:
        """Store an artifact that has a body, and verify that it arrived as `artifact.sha256` says.

        Where this raises, the object is what it was before. progress is told every byte of the body once.
        """

    def copy(self, source: str, artifact: Artifact) -> Stored:
        """Store an artifact from the object `source`, which has the same bytes, without sending them.

        Raise StoreError where `source` is not there or has other bytes.
        """

    def keep(self, source: str, key: str, *, etag: str) -> bool:
        """Store the object `source` under `key` as well, headers included, if its version is `etag`.

        Return whether that was done. Nothing is sent. The object under `key` is replaced.
        """

    def compose(self, artifact: Artifact, splice: Splice, *, progress: Advance | None = None) -> Stored:
        """Store an artifact from new bytes and the rest of an object that the store has, sending `splice.part` bytes.

        The artifact's body, where it has one, is the same bytes, and proves them. progress is told what is sent.
        Raise MovedError where that object has another version, ComposeError where the store cannot do it or does it
        wrong. Where this raises, the object is what it was before.
        """

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
        """Store a small object if the present one has the version `expected` (None: if there is none).

        Return the new version. Raise ConflictError, with nothing written, where another run wrote first. contended:
        whether others may be writing it now; False for whoever holds the lease, so that a store without conditions
        need not be given time to show a rival's write.
        """

    def delete(self, keys: Iterable[str]) -> None:
        """Remove objects; those that are not there are no error."""


def check_key(key: str) -> str:
    """Return the key itself, where it is ASCII names joined by slashes and so means the same to every store.

    Raise StoreError where it is absolute, empty, has an empty, "." or ".." part, a backslash or a control character.
    """
    if not is_key(key):
        raise StoreError(f"{key!r} is no key; use ASCII names joined by slashes")
    return key


def printable(key: str) -> str:
    """Return a name that somebody else may have given as it can be shown in one line."""
    return key if key.isprintable() else key.encode("unicode_escape").decode("ascii")


def conflict(key: str) -> ConflictError:
    """Return the error for an object that another run wrote first."""
    return ConflictError(f"{key}: another run published first; review the plan and run again")
