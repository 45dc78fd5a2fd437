"""Sizes, counts and times as people write them."""

from __future__ import annotations

from datetime import UTC, datetime


def size_text(count: int) -> str:
    """Return a number of bytes for people, in powers of 1000."""
    if count < 1000:
        return f"{count} B"
    value = float(count)
    for unit in ("kB", "MB", "GB"):
        value /= 1000
        if value < 999.5 or unit == "GB":
            break
    return f"{value:.1f} {unit}"


def count_text(count: int, noun: str) -> str:
    """Return “1 episode”, “2 episodes”."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def time_text(moment: datetime) -> str:
    """Return a time in UTC, to the second, in the form of ISO 8601."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")
