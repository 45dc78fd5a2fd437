"""How long work goes on, told to whoever waits for it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told how long work goes on; total and count are bytes. Stretches of work may lie inside each other."""

    def begin(self, label: str, total: int) -> None:
        """A stretch of work begins."""

    def advance(self, count: int) -> None:
        """So many bytes more are done. May be called from several threads."""

    def end(self) -> None:
        """The stretch that began last is over."""
