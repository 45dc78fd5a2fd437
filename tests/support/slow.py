"""A clock that only waiting moves, so that no test waits."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

from podwright.operations.notify import Pace


@dataclass
class Clock:
    """now in seconds; waits: every wait so far."""

    now: float = 0
    waits: list[float] = field(default_factory=list)

    def read(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


def pace(clock: Clock | None = None, *, jitter: float = 0.5, **limits: int | timedelta) -> Pace:
    """The pace of a clock; limits replace its own."""
    clock = clock or Clock()
    usual = Pace(clock=clock.read, sleep=clock.sleep, jitter=lambda: jitter)
    return replace(usual, **limits)  # type: ignore[arg-type] - each limit has its own type
