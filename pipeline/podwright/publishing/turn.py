"""The right to write to a store, which a session takes where it has something to write."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from podwright.core.errors import BusyError, PrivateIsPublicError
from podwright.core.showing import shown
from podwright.publishing.session import Session, is_present
from podwright.stores import Store, adapted, observe_capabilities, own_address
from podwright.stores.ledger.lease import LEASE_KEY, Clock, Publisher, held_lease
from podwright.stores.ledger.manifest import Manifest
from podwright.stores.ledger.recovery import Observed, observe_manifest


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to write to a store now."""

    #: Adapted to what it was found to be able to do.
    store: Store
    #: The manifest that was known before the turn began, with what the store can do.
    manifest: Manifest
    #: The version of that manifest; None where there was none.
    etag: str | None
    #: Whether the store has another manifest by now.
    moved: bool
    #: Called before each write; raises ConflictError where another run took over.
    check: Callable[[], None]

    def observe(self) -> Observed:
        """Return the manifest as it is now, with what the store can do, and its version."""
        if not self.moved:
            return self.manifest, self.etag
        manifest, etag = observe_manifest(self.store)
        return replace(manifest, capabilities=manifest.capabilities or self.manifest.capabilities), etag


@contextlib.contextmanager
def take_turn(
    session: Session, publisher: Publisher | None = None, *, observed: Observed | None = None
) -> Iterator[Turn]:
    """Be the only one who writes to the store of a session, until the context ends.

    What the store can do is tried first where its manifest does not say it. publisher: the session's if None; observed:
    what the caller knows of the manifest, the session's if None. Raises BusyError where somebody else writes for longer
    than the publisher's patience, PrivateIsPublicError where anybody can read the lease.
    """
    manifest, etag = observed or session.observed
    # Nothing is written to a store of which it is not known what it does with a condition.
    can = manifest.capabilities or observe_capabilities(session.store)
    store, manifest = adapted(session.store, can), replace(manifest, capabilities=can)
    publisher = publisher or session.publisher
    with held_lease(store, publisher, work=session.work) as lease:
        # The lease is the first private object that is written, and nobody knew its content before.
        check_hidden(session, store, LEASE_KEY, content=publisher.token.encode())
        yield Turn(store, manifest, etag, not is_present(store, etag), lease.check)


def check_hidden(session: Session, store: Store, key: str, *, content: bytes) -> None:
    """Raise PrivateIsPublicError where anybody gets a private object that has this content.

    It is asked for at the public address and at the store's own, which may be open as well. An address that gives no
    answer to this machine says nothing.
    """
    addresses = (session.address.public_url + quote(key), own_address(store, key))
    for url in dict.fromkeys(filter(None, addresses)):
        if content in (session.ask_as_anybody(url) or b""):
            raise PrivateIsPublicError(f"{shown(url)}: {_OPEN}")


_OPEN = (
    "anybody can read it, and it is private (private-is-public); have the store refuse all below private/, or name a "
    "place that nobody else reads as storage.private_url"
)


@contextlib.contextmanager
def begun_turn(session: Session) -> Iterator[Callable[[], Turn]]:
    """Take a turn in another thread; yield a function that waits for the turn, and raises as `take_turn` does.

    Trying a store and, where it keeps no conditions, waiting for rivals take seconds in which this machine has nothing
    to do. The caller has asked for `session.observed` before, so that the thread finds it there.
    """
    clock = _EndingClock(session.publisher.clock)
    # The pool ends first: what the thread has taken by then is given back, whether anybody waited for it or not.
    with contextlib.ExitStack() as taken, ThreadPoolExecutor(1) as pool:
        turn = pool.submit(taken.enter_context, take_turn(session, replace(session.publisher, clock=clock)))
        try:
            yield turn.result
        finally:
            clock.ended.set()


@dataclass(frozen=True, slots=True)
class _EndingClock:
    """A clock that refuses to wait once the run ends."""

    clock: Clock
    ended: threading.Event = field(default_factory=threading.Event)

    def seconds(self) -> float:
        return self.clock.seconds()

    def wait(self, seconds: float) -> None:
        if self.ended.is_set():
            raise BusyError("the run ended before it could write")
        self.clock.wait(seconds)
