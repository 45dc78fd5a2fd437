"""Notices, and sending them side by side: each with growing waits, all within a bound that nothing can stretch."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from podwright.core.errors import PodwrightError
from podwright.core.http import Client
from podwright.core.recipients import After, UnsetError

#: The longest that one attempt may take.
PATIENCE = timedelta(seconds=10)


#: The order of notices once feeds are live: caches forget, the new feeds are served, everybody hears of it.
Stage = Literal["caches", "feeds", "listeners"]


class DeliveryError(PodwrightError):
    """A notice that was not taken."""

    def __init__(self, reason: str, *, again: bool, after: timedelta | None = None) -> None:
        super().__init__(reason)
        #: `what is wrong; what to do`, without the address.
        self.reason = reason
        #: True where another attempt may fare better.
        self.again = again
        #: How long the other side asks to be left alone before another attempt.
        self.after = after


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to tell one place."""

    #: The name of its module, or "webhook", "mail" or "healthcheck".
    kind: str
    #: Printable: where it goes.
    address: str
    #: Printable: what it is about.
    subject: str
    #: Raises DeliveryError, or UnsetError where a variable that it needs is not set. May be called again after that,
    #: from any thread.
    send: Callable[[Client], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """The values that notices about changed feeds are made with."""

    #: Who is told.
    after: After
    environment: Mapping[str, str]
    #: The time of sending.
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The outcome of a notice."""

    kind: str
    address: str
    subject: str
    #: None if it was taken; else `what is wrong; what to do`.
    reason: str | None
    attempts: int
    #: With the waits between attempts.
    seconds: float

    @property
    def ok(self) -> bool:
        """Tell whether it was taken."""
        return self.reason is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The limits within which a notice is tried, and the clock for it."""

    #: Gives seconds that only grow.
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    #: Gives a number from 0 up to 1.
    jitter: Callable[[], float]
    attempts: int = 4
    #: About the wait after the first attempt; it doubles with each.
    first: timedelta = timedelta(seconds=1)
    #: The longest wait.
    longest: timedelta = timedelta(seconds=15)
    #: No attempt begins after it.
    total: timedelta = timedelta(seconds=45)

    def wait(self, attempt: int, asked: timedelta | None) -> float:
        """Return the seconds to wait after so many attempts: at least half of the whole, and a random part of the rest.

        So many senders do not come at once again
        (https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/).
        """
        whole = min(self.longest, self.first * (1 << (attempt - 1))).total_seconds()
        return max(whole * (1 + self.jitter()) / 2, asked.total_seconds() if asked else 0)


def deliver_all(notices: Sequence[Notice], pace: Pace, *, patience: timedelta = PATIENCE) -> Iterator[Delivery]:
    """Yield the outcome of each notice, as soon as it is known.

    A name server or a mail server may hold up its caller beyond every time limit, so each notice has a thread of its
    own, which is left behind after `pace.total` and an attempt more. Such a thread does not keep the process alive.
    """
    if not notices:
        return
    done: queue.SimpleQueue[tuple[int, Delivery]] = queue.SimpleQueue()
    with Client(patience=patience, connections=len(notices)) as client:
        for number, notice in enumerate(notices):
            sender = _sender(number, notice, client, pace=pace, done=done)
            threading.Thread(target=sender, name=f"podwright-{notice.kind}", daemon=True).start()
        waiting = dict(enumerate(notices))
        most = (pace.total + patience).total_seconds()
        began = pace.clock()
        while waiting:
            try:
                number, delivery = done.get(timeout=max(0.001, began + most - pace.clock()))
            except queue.Empty:
                break
            del waiting[number]
            yield delivery
    for notice in waiting.values():
        yield _delivery(notice, "gave no answer in time; see what holds it up", attempts=1, seconds=most)


def _sender(
    number: int, notice: Notice, client: Client, *, pace: Pace, done: queue.SimpleQueue[tuple[int, Delivery]]
) -> Callable[[], None]:
    def send() -> None:
        try:
            delivery = deliver(notice, client, pace)
        except Exception as error:  # noqa: BLE001 - nobody else hears of it here, and a notice must not stop a publish
            reason = f"failed inside podwright ({type(error).__name__}); report it"
            delivery = _delivery(notice, reason, attempts=1, seconds=0)
        done.put((number, delivery))

    return send


def deliver(notice: Notice, client: Client, pace: Pace) -> Delivery:
    """Send a notice until it is taken, refused for good, or the pace's attempts or time are used up."""
    began = pace.clock()
    attempt = 0
    while True:
        attempt += 1
        try:
            notice.send(client)
        except UnsetError as error:
            return _delivery(notice, str(error), attempts=0, seconds=0)
        except DeliveryError as error:
            wait = pace.wait(attempt, error.after)
            spent = pace.clock() - began
            late = spent + wait > pace.total.total_seconds()
            if not error.again or attempt == pace.attempts or late:
                return _delivery(notice, error.reason, attempts=attempt, seconds=spent)
            pace.sleep(wait)
        else:
            return _delivery(notice, None, attempts=attempt, seconds=pace.clock() - began)


def _delivery(notice: Notice, reason: str | None, *, attempts: int, seconds: float) -> Delivery:
    return Delivery(
        kind=notice.kind,
        address=notice.address,
        subject=notice.subject,
        reason=reason,
        attempts=attempts,
        seconds=round(seconds, 3),
    )
