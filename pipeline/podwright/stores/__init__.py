"""Where a podcast is published: the contract of a store, and the stores that keep it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from podwright.core.artifact import Artifact, Splice
from podwright.core.errors import StoreError
from podwright.core.model import Storage
from podwright.core.names import is_key
from podwright.stores.capabilities import Capabilities

#: Told how many bytes more were sent; it may be called from several threads.
Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Stored:
    """What a store says of an object: size in bytes, its opaque version, and our SHA-256 (hex) where it keeps it.

    modified: when it got its content or its name, whichever was later, by the store's clock; None where nobody looked.
    media_type and cache_control are the headers that it sends; None where it keeps none, and in a listing.
    """

    key: str
    size: int
    etag: str
    sha256: str | None
    modified: datetime | None = None
    media_type: str | None = None
    cache_control: str | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload in parts that was begun and neither completed nor given up. identifier: the store's name for it."""

    key: str
    identifier: str
    started: datetime


@dataclass(frozen=True, slots=True)
class Read:
    """A small object read whole; data is None where the object still has the version that the reader knows."""

    data: bytes | None
    etag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorsRule:
    """What a store lets the pages of other sites do with its answers, by its rules for cross-origin requests.

    origins, methods, headers (of requests) and exposed (headers of answers) may be "*". max_age in seconds: how long a
    browser may remember it (https://docs.aws.amazon.com/AmazonS3/latest/API/API_CORSRule.html).
    """

    name: str | None
    origins: tuple[str, ...]
    methods: tuple[str, ...]
    headers: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()
    max_age: int | None = None

    @property
    def opens(self) -> bool:
        """Whether pages of any site may read with it."""
        return "*" in self.origins and {"GET", "HEAD"} <= set(self.methods)


#: Players in browsers read transcripts and chapters from other sites
#: (https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/transcripts/transcripts.md).
#: What is exposed is not visible to a page otherwise (https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name).
CORS = CorsRule(
    name="podwright",
    origins=("*",),
    methods=("GET", "HEAD"),
    headers=("*",),
    exposed=("Content-Length", "Content-Range", "ETag", "Accept-Ranges"),
    max_age=86_400,
)


class Store(Protocol):
    """Objects by key. A key is what `check_key` lets pass.

    Every method raises StoreError for any other key, and where the store refuses, fails or cannot be reached. All may
    be called from several threads. tests/stores/test_conformance.py is the contract in runnable form: a new store
    passes it unchanged.
    """

    @property
    def url(self) -> str:
        """Where it is, for people; without secrets."""

    @property
    def concurrency(self) -> int:
        """How many writes at once are of use."""

    def observe(self, key: str) -> Stored | None:
        """What the store has under a key, or None."""

    def observe_all(self, prefix: str) -> Iterator[Stored]:
        """Everything whose key begins with prefix, in any order. sha256 may be None here.

        What others put there is among it, under names that may be no keys (`is_key`) and cannot be asked for.
        """

    def read(self, key: str, *, unless: str | None = None) -> Read | None:
        """A small object, in one request; without its data where its version is `unless`; None where there is none."""

    def read_range(self, key: str, *, start: int, length: int) -> bytes:
        """`length` bytes of an object from byte `start` on. Raises StoreError where it has not that many."""

    def put(self, artifact: Artifact, *, progress: Advance | None = None) -> Stored:
        """Store an artifact that has a body, and see that it arrived as `artifact.sha256` says.

        Where this raises, the object is what it was before. progress is told every byte of the body once.
        """

    def copy(self, source: str, artifact: Artifact) -> Stored:
        """Store an artifact from the object `source`, which has the same bytes, without sending them.

        Raises StoreError where `source` is not there or has other bytes.
        """

    def keep(self, source: str, key: str, *, etag: str) -> bool:
        """Have what lies under `source` under `key` as well, headers included, if its version is `etag`.

        Returns whether it was; nothing has happened otherwise. Nothing is sent. What lies under `key` is replaced.
        """

    def compose(self, artifact: Artifact, splice: Splice, *, progress: Advance | None = None) -> Stored:
        """Store an artifact from new bytes and the rest of an object that the store has, sending `splice.part` bytes.

        The artifact's body, where it has one, is the same bytes, and proves them. progress is told what is sent.
        Raises MovedError where that object has another version, ComposeError where the store cannot do it or does it
        wrong. Where this raises, the object is what it was before.
        """

    def write(self, key: str, data: bytes, *, media_type: str, cache_control: str, expected: str | None) -> str:
        """Store a small object if the present one has the version `expected` (None: if there is none).

        Returns the new version. Raises ConflictError, with nothing written, where somebody else was faster.
        """

    def delete(self, keys: Iterable[str]) -> None:
        """Remove objects; those that are not there are no error."""

    def presign(self, key: str, *, life: timedelta) -> str | None:
        """An address at which anybody may get an object for so long; None for a store that gives none. Asks nobody."""

    def observe_uploads(self) -> Iterator[Upload]:
        """Uploads in parts that are under way or were abandoned; none for a store that cleans up after itself."""

    def abort_upload(self, upload: Upload) -> None:
        """Give an upload up and free its parts; one that is gone already is no error."""

    def observe_capabilities(self) -> Capabilities:
        """What it can do, found out by trying where that is not certain: with small objects of its own, removed again.

        Bounded in requests and bytes. Raises StoreError where it cannot be tried.
        """

    def adapted(self, capabilities: Capabilities) -> Store:
        """The same store, which does in another way what it was found not to be able to do.

        Without conditions `write` compares the version first and looks again a while later, which others who do the
        same notice in most cases and not in all.
        """

    def observe_time(self) -> datetime | None:
        """What time it is for the store; None where it has no clock of its own."""

    def observe_cors(self) -> tuple[CorsRule, ...] | None:
        """Its rules for cross-origin requests, in order; None for a store that keeps no such rules."""

    def apply_cors(self) -> bool:
        """Have the rule `CORS` among its rules, and leave those of other names as they are.

        Returns whether anything had to be written. Raises StoreError for a store that keeps no such rules.
        """


def check_key(key: str) -> str:
    """The key itself, where it is ASCII names joined by slashes and so means the same to every store and address.

    Raises StoreError where it is absolute, empty, has an empty, "." or ".." part, a backslash or a control character.
    """
    if not is_key(key):
        raise StoreError(f"{key!r} is no key; use ASCII names joined by slashes")
    return key


def printable(key: str) -> str:
    """A name that somebody else may have given, as it can be shown in one line."""
    return key if key.isprintable() else key.encode("unicode_escape").decode("ascii")


def open_store(storage: Storage) -> Store:
    """The store that a workspace's settings name. Opens no connection and writes nothing yet."""
    if storage.folder is not None:
        from podwright.stores.local import LocalStore

        return LocalStore(storage.folder, url=storage.url)
    from podwright.stores.s3.bucket import Bucket
    from podwright.stores.s3.store import S3Store

    return S3Store(Bucket(storage))
