"""Abilities that only some stores have. Each function says what stands for it in a store without."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from podwright.core.errors import StoreError
from podwright.stores.capabilities import ALL, Capabilities, Trial
from podwright.stores.contract import Store


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload in parts that was begun and neither completed nor given up."""

    key: str
    #: The store's name for it.
    identifier: str
    started: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CorsRule:
    """A rule for cross-origin requests: what pages of other sites may do with a store's answers.

    Origins, methods and headers may be "*" (https://docs.aws.amazon.com/AmazonS3/latest/API/API_CORSRule.html).
    """

    name: str | None
    origins: tuple[str, ...]
    methods: tuple[str, ...]
    #: Headers of requests.
    headers: tuple[str, ...] = ()
    #: Headers of answers that a page may see.
    exposed: tuple[str, ...] = ()
    #: How long a browser may remember the rule, in seconds.
    max_age: int | None = None

    @property
    def opens(self) -> bool:
        """Return whether pages of any site may read with it."""
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


@runtime_checkable
class Presigning(Protocol):
    """A store that signs addresses of its objects."""

    def presign(self, key: str, *, life: timedelta) -> str | None:
        """Return an address at which anybody may get an object for so long; None for none. Ask nobody."""


@runtime_checkable
class Uploading(Protocol):
    """A store that keeps the parts of uploads until somebody gives them up."""

    def observe_uploads(self) -> Iterator[Upload]:
        """Yield the uploads in parts that are under way or were abandoned."""

    def abort_upload(self, upload: Upload) -> None:
        """Give an upload up and free its parts; one that is gone already is no error."""


@runtime_checkable
class Settling(Protocol):
    """A store whose new objects survive a power failure only once they are settled."""

    def settle(self) -> None:
        """Have all that was written so far survive a power failure. Raise StoreError where that fails."""


@runtime_checkable
class Taking(Protocol):
    """A store that copies from another place as it does inside itself."""

    def taking(self, origin: Store) -> Store | None:
        """Return this store as one whose `copy`, `keep` and `compose` take from another; None where it cannot."""


@runtime_checkable
class Probing(Protocol):
    """A store that has to be tried before it is known what it can do."""

    def observe_trial(self) -> Trial:
        """Return what it can do, found with small objects of its own that are removed again.

        Bounded in requests and bytes. Raise StoreError where it cannot be tried.
        """

    def adapted(self, capabilities: Capabilities) -> Store:
        """Return the same store, which does in another way what it was found not to be able to do.

        Without conditions `write` compares the version first and looks again a while later, which others who do the
        same notice in most cases and not in all.
        """


@runtime_checkable
class Timed(Protocol):
    """A store with a clock of its own."""

    def observe_time(self) -> datetime | None:
        """Return the store's time; None where it does not say."""


@runtime_checkable
class Dated(Protocol):
    """A store whose answers say what time it is there."""

    @property
    def skew(self) -> timedelta | None:
        """The store's time less this machine's, by the answers that were had so far; None before the first."""


@runtime_checkable
class CrossOrigin(Protocol):
    """A store with rules for cross-origin requests."""

    def observe_cors(self) -> tuple[CorsRule, ...] | None:
        """Return its rules, in order; None where it turns out to keep none."""

    def apply_cors(self) -> bool:
        """Add the rule `CORS` to its rules, and leave those of other names as they are.

        Return whether anything had to be written. Raise StoreError where it turns out to keep no rules.
        """


def presign(store: Store, key: str, *, life: timedelta) -> str | None:
    """Return a signed address of an object, or None."""
    return store.presign(key, life=life) if isinstance(store, Presigning) else None


def own_address(store: Store, key: str) -> str | None:
    """Return the address of an object at the store itself, without a signature, or None."""
    signed = presign(store, key, life=timedelta(minutes=1))
    return signed.partition("?")[0] if signed else None


def observe_uploads(store: Store) -> Iterator[Upload]:
    """Yield the unfinished uploads; none of a store that cleans up after itself."""
    return store.observe_uploads() if isinstance(store, Uploading) else iter(())


def abort_upload(store: Store, upload: Upload) -> None:
    """Give an upload up, where the store has any."""
    if isinstance(store, Uploading):
        store.abort_upload(upload)


def settle(store: Store) -> None:
    """Have all that was written so far survive a power failure; of most stores everything does at once."""
    if isinstance(store, Settling):
        store.settle()


def taking(store: Store, origin: Store) -> Store | None:
    """Return a store as one that copies what it copies from another, or None."""
    return store.taking(origin) if isinstance(store, Taking) else None


def is_to_be_tried(store: Store) -> bool:
    """Return whether a store has to be tried before it is known what it can do."""
    return isinstance(store, Probing)


def observe_trial(store: Store) -> Trial:
    """Return what a store can do, and what it refused: everything and nothing, where it need not be tried."""
    return store.observe_trial() if isinstance(store, Probing) else Trial(capabilities=ALL)


def observe_capabilities(store: Store) -> Capabilities:
    """Return what a store can do: everything, where it need not be tried."""
    return observe_trial(store).capabilities


def adapted(store: Store, capabilities: Capabilities) -> Store:
    """Return a store that gets by with these capabilities: itself, where it lacks none."""
    return store.adapted(capabilities) if isinstance(store, Probing) else store


def observe_time(store: Store) -> datetime | None:
    """Return the store's time, or None."""
    return store.observe_time() if isinstance(store, Timed) else None


def skew_of(store: Store) -> timedelta | None:
    """Return the store's time less this machine's, as far as its answers said it. Ask nobody."""
    return store.skew if isinstance(store, Dated) else None


def observe_cors(store: Store) -> tuple[CorsRule, ...] | None:
    """Return a store's rules for cross-origin requests, or None."""
    return store.observe_cors() if isinstance(store, CrossOrigin) else None


def apply_cors(store: Store) -> bool:
    """Add the rule `CORS`; return whether anything had to be written. Raise StoreError where the store has no rules."""
    if not isinstance(store, CrossOrigin):
        raise StoreError(f"{store.url}: the store keeps no cross-origin rules; set the headers in its web server")
    return store.apply_cors()
