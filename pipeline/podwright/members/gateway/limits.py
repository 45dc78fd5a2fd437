"""Limits of requests: token buckets by name, bounded in number."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

#: How many names are remembered; who has not asked for longest is forgotten first, with a full bucket.
MOST = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A number of requests at once, and one a second in the long run."""

    burst: float
    per_second: float


class Limits:
    """A counter of requests by name. Times are seconds of any clock that never goes back."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str, *, at: float) -> float:
        """Return 0.0 where one request more is within the rate, which is then counted; else the seconds until it is."""
        with self._lock:
            left = self._left(name, at)
            if left < 1:
                return (1 - left) / self._rate.per_second
            self._buckets[name] = (left - 1, at)
            self._buckets.move_to_end(name)
            while len(self._buckets) > MOST:
                self._buckets.popitem(last=False)
            return 0.0

    def _left(self, name: str, at: float) -> float:
        left, since = self._buckets.get(name, (self._rate.burst, at))
        return min(self._rate.burst, left + (at - since) * self._rate.per_second)
