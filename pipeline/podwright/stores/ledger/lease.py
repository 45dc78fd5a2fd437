"""The right to write to a store, which one publish at a time has: an object that says who is publishing.

A conditional write alone cannot give it: it decides who writes one object, while a publish writes many. Nobody needs a
correct clock: whoever waits takes the lease over where it did not change for LIFETIME of the waiting one's own seconds,
and its holder renews it thrice in that time and stops where it could not. What remains open is a request that was on
its way to the store when its sender was stopped for longer than LIFETIME.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import random
import threading
import time
import uuid
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from podwright.core.deadline import giving_back
from podwright.core.errors import BusyError, ConflictError, StoreError
from podwright.stores import Store

LEASE_KEY = "private/podwright/lease.json"
#: After so many seconds without a sign of its holder a lease is anybody's.
LIFETIME = 30.0
#: How often its holder gives such a sign, and without one for how long it writes nothing, in seconds.
RENEWAL, VALIDITY = LIFETIME / 3, LIFETIME / 2
#: How long a publish waits for others before it says who they are, in seconds.
PATIENCE = 120.0
#: Between two looks at somebody else's lease: at first, and at most, in seconds.
_SOON, _LATE = 0.1, 2.0
_TAKEN = "this run was stopped for so long that another one took over; run it again"


class Clock(Protocol):
    """A clock of seconds that go by."""

    def seconds(self) -> float:
        """Return the seconds since some moment, those asleep too."""

    def wait(self, seconds: float) -> None:
        """Do nothing for so long."""


class SystemClock:
    """The machine's clock of time that has gone by; it is never set."""

    def seconds(self) -> float:
        """Return the seconds since the start, with those suspended where the system counts them."""
        return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))

    def wait(self, seconds: float) -> None:
        """Sleep."""
        time.sleep(seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """A run that wants to write."""

    #: For people.
    name: str = "another publish"
    #: Of this run alone.
    token: str = field(default_factory=lambda: uuid.uuid4().hex)
    #: Given a line for people where one has to wait.
    tell: Callable[[str], None] = lambda _: None
    #: In seconds.
    patience: float = PATIENCE
    clock: Clock = field(default_factory=SystemClock)


class Lease:
    """A held lease. `check` is called before every write that it protects."""

    def __init__(self, store: Store, who: Publisher, *, etag: str, renewed: float) -> None:
        self._store, self._who = store, who
        self._etag, self._renewed = etag, renewed
        self._turn = 0
        self._lost = False
        self._lock = threading.Lock()

    def check(self) -> None:
        """Raise ConflictError where somebody else has taken the lease, StoreError where that is not known."""
        with self._lock:
            if self._lost or self._who.clock.seconds() - self._renewed > VALIDITY:
                self._renew()

    def renew(self) -> None:
        """Give a sign of life. Raises as `check` does."""
        with self._lock:
            self._renew()

    def _renew(self) -> None:
        if self._lost:
            raise ConflictError(f"{LEASE_KEY}: {_TAKEN}")
        began = self._who.clock.seconds()
        try:
            self._turn += 1
            self._etag = _write(self._store, self._who, turn=self._turn, expected=self._etag)
        except ConflictError as error:
            self._lost = True
            raise ConflictError(f"{LEASE_KEY}: {_TAKEN}") from error
        self._renewed = began

    def release(self) -> None:
        """Let others write at once; where that fails the lease runs out."""
        with self._lock, contextlib.suppress(StoreError), giving_back():
            if not self._lost:
                self._lost = True
                try:
                    _write(self._store, None, turn=0, expected=self._etag)
                except ConflictError:
                    # Our own sign of life may have arrived, although nobody heard so.
                    seen = _observe(self._store)
                    if seen.token == self._who.token:
                        _write(self._store, None, turn=0, expected=seen.etag)


@contextlib.contextmanager
def held_lease(store: Store, who: Publisher, *, work: Path) -> Iterator[Lease]:
    """Be the only one who writes to a store, until the context ends.

    work: the folder in which runs from one workspace tell each other that they ended. Waits for others as long as
    who.patience allows; then raises BusyError that names them.
    """
    with _ended_runs(work, who.token) as ended:
        lease = _take(store, who, ended=ended)
        done = threading.Event()
        renewer = threading.Thread(target=_renew_until, args=(lease, done), daemon=True)
        renewer.start()
        try:
            yield lease
        finally:
            done.set()
            renewer.join()
            lease.release()


def _renew_until(lease: Lease, done: threading.Event) -> None:
    while not done.wait(RENEWAL):
        # Whoever is about to write finds it out as well, and says so.
        with contextlib.suppress(StoreError):
            lease.renew()


@dataclass(frozen=True, slots=True)
class _Seen:
    """The lease as the store has it."""

    etag: str | None
    #: None where it is free.
    holder: str | None
    token: str | None


def _take(store: Store, who: Publisher, *, ended: Collection[str]) -> Lease:
    clock = who.clock
    began = changed = clock.seconds()
    seen: _Seen | None = None
    pause = _SOON
    while True:
        present, now = _observe(store), clock.seconds()
        if seen is None or present.etag != seen.etag:
            seen, changed = present, now
        if present.holder is None or present.token in ended or now - changed >= LIFETIME:
            with contextlib.suppress(ConflictError):
                etag = _write(store, who, turn=0, expected=present.etag, contended=True)
                return Lease(store, who, etag=etag, renewed=now)
        elif now - began >= who.patience:
            raise BusyError(f"{store.url}: {present.holder} is publishing there; run it again when that has ended")
        elif pause == _SOON:
            who.tell(f"waiting for {present.holder}, who is publishing to {store.url}")
        clock.wait(pause * random.SystemRandom().uniform(0.5, 1))
        pause = min(2 * pause, _LATE)


def _observe(store: Store) -> _Seen:
    read = store.read(LEASE_KEY)
    if read is None or read.data is None:
        return _Seen(None, None, None)
    try:
        row = json.loads(read.data)
        return _Seen(read.etag, row["holder"], row["token"])
    except (ValueError, TypeError, KeyError):
        return _Seen(read.etag, "somebody", None)


def _write(store: Store, who: Publisher | None, *, turn: int, expected: str | None, contended: bool = False) -> str:
    row = {"holder": who.name if who else None, "token": who.token if who else None, "turn": turn}
    return store.write(
        LEASE_KEY,
        json.dumps(row).encode() + b"\n",
        media_type="application/json",
        cache_control="private, no-store",
        expected=expected,
        contended=contended,
    )


@contextlib.contextmanager
def _ended_runs(work: Path, token: str) -> Iterator[Collection[str]]:
    """Yield the tokens of runs from this workspace that were stopped, so that nobody waits for them.

    A run notes its token in a file that it holds locked; the lock ends with its process. Where somebody holds it, or no
    file can be written, nothing is known.
    """
    with contextlib.ExitStack() as stack:
        try:
            work.mkdir(parents=True, exist_ok=True)
            path = work / "publishing"
            if path.is_symlink():
                raise FileExistsError(path)
            file = stack.enter_context(path.open("a+b", buffering=0))
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield ()
            return
        with contextlib.suppress(OSError):
            # Where the disk is full, the next run waits as long as one elsewhere does.
            file.write(f"{token}\n".encode())
        file.seek(0)
        yield [one for one in file.read().decode(errors="replace").split() if one != token]
        with contextlib.suppress(OSError):
            file.truncate(0)
