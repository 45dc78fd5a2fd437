"""The end of a run: the moment that it was given, or the one at which somebody stops it."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: What a run has left at its end to give back what it holds, in seconds.
GRACE = 1.5
_thread = threading.local()


class Deadline:
    """The moment after which a run asks for nothing more. May be asked from several threads."""

    def __init__(self, seconds: float = math.inf, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin now. seconds: how long the run may take."""
        self._clock = clock
        self._end = clock() + seconds

    def has_passed(self) -> bool:
        """Return whether nothing more is to begin."""
        return self._clock() >= self._end

    def left(self, *, gives_back: bool = False) -> float:
        """Return the seconds that a request may take, 0 and less for none. gives_back: with GRACE."""
        return self._end - self._clock() + (GRACE if gives_back else 0)

    def stop(self) -> None:
        """Let it pass now. It takes no lock, so that a handler of signals may call it."""
        self._end = min(self._end, self._clock())


def gives_back() -> bool:
    """Return whether this thread gives back what a run holds."""
    return getattr(_thread, "gives_back", False)


@contextmanager
def giving_back() -> Iterator[None]:
    """Let requests of this thread go on for GRACE after the deadline: a lease or an upload is given up."""
    former = gives_back()
    _thread.gives_back = True
    try:
        yield
    finally:
        _thread.gives_back = former
