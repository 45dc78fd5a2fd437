"""How a place in a recording is named to a person: by time and by byte."""

from __future__ import annotations

from datetime import timedelta


def clock(moment: timedelta) -> str:
    """Minutes, seconds and thousandths: `62:03.500`."""
    minutes, milliseconds = divmod(moment // timedelta(milliseconds=1), 60_000)
    return f"{minutes}:{milliseconds // 1000:02}.{milliseconds % 1000:03}"


def place(byte: int, moment: timedelta) -> str:
    """The time that is heard at a byte of the source file, and that byte: `62:03.500 (byte 4711)`."""
    return f"{clock(moment)} (byte {byte})"
