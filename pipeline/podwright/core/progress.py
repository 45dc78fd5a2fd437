"""The progress of work, for whoever waits for it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """A receiver of how long work goes on.

    Total and count are bytes. Stretches of work may lie inside each other.
    """

    def begin(self, label: str, total: int) -> None:
        """Begin a stretch of work."""

    def advance(self, count: int) -> None:
        """Count so many bytes more as done. May be called from several threads."""

    def end(self) -> None:
        """End the stretch that began last."""
