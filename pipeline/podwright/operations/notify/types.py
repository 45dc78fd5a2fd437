"""What a notice is, how it fares, and the patience it is sent with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from podwright.core.errors import PodwrightError
from podwright.core.http import Client
from podwright.core.recipients import After


class DeliveryError(PodwrightError):
    """A notice was not taken. reason: `what is wrong; what to do`, without the address.

    again: whether another attempt may fare better; after: how long the other side asks to be left alone before it.
    """

    def __init__(self, reason: str, *, again: bool, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.again = again
        self.after = after


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to tell one place. kind: that of the registry; address: where to, and subject: what, both printable.

    send raises DeliveryError, or UnsetError where a variable that it needs is not set. It may be called again after
    that, and from another thread than the one that made it.
    """

    kind: str
    address: str
    subject: str
    send: Callable[[Client], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What notices about changed feeds are made with. at: the time of sending."""

    after: After
    environment: Mapping[str, str]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How a notice fared. reason None: it was taken; else `what is wrong; what to do`. seconds: waits included."""

    kind: str
    address: str
    subject: str
    reason: str | None
    attempts: int
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether it was taken."""
        return self.reason is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often and how long a notice is tried, and the clock for it.

    clock gives seconds that only grow, sleep waits some, jitter gives a number from 0 up to 1. The wait after the first
    attempt is about `first`, and doubles up to `longest`; no attempt begins after `total`.
    """

    clock: Callable[[], float]
    sleep: Callable[[float], None]
    jitter: Callable[[], float]
    attempts: int = 4
    first: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(seconds=15)
    total: timedelta = timedelta(seconds=45)

    def wait(self, attempt: int, asked: timedelta | None) -> float:
        """Seconds to wait after so many attempts: at least half of the whole, so that many senders do not come at once
        again (https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/)."""
        whole = min(self.longest, self.first * (1 << (attempt - 1))).total_seconds()
        return max(whole * (1 + self.jitter()) / 2, asked.total_seconds() if asked else 0)
