"""Timestamps of transcripts: text to timedelta and back, for every format; all in whole milliseconds."""

from __future__ import annotations

import re
from datetime import timedelta

from podwright.core.errors import TranscriptError

MILLISECOND = timedelta(milliseconds=1)

#: Timestamps are shorter than this: three digits of hours.
LIMIT = timedelta(hours=1000)

_EXACT = re.compile(r"(?:([0-9]{1,3}):)?([0-5][0-9]):([0-5][0-9])[.,]([0-9]{3})")
_CLOCK = re.compile(r"(?:([0-9]{1,3}):)?([0-9]{1,3}):([0-5][0-9])(?:[.,]([0-9]{1,3}))?")

#: What is meant as a time of `parse_clock`, right or wrong.
CLOCK_SHAPE = r"[0-9]+(?::[0-9]+)+(?:[.,][0-9]+)?"


def parse_timing(text: str, *, decimals: str, line: int) -> tuple[timedelta, timedelta]:
    """Start and end of a `start --> end` line of WebVTT or SRT; settings after the end are ignored.

    decimals: the characters that may stand before the milliseconds, the usual one first.
    Raises TranscriptError where one is not a timestamp or the end does not come after the start.
    """
    before, _, after = text.partition("-->")
    start = _parse_exact(before.strip(), decimals=decimals, line=line)
    end = _parse_exact((after.split() or [""])[0], decimals=decimals, line=line)
    if end <= start:
        raise TranscriptError(
            f"the cue ends at {format_exact(end, decimals[0])}, not after its start; correct its times", line=line
        )
    return start, end


def _parse_exact(text: str, *, decimals: str, line: int) -> timedelta:
    found = _EXACT.fullmatch(text)
    if found and text[-4] in decimals:
        return _timedelta(found[1], found[2], found[3], found[4])
    example = text[:-4] + decimals[0] + text[-3:] if found else f"00:00:01{decimals[0]}500"
    raise TranscriptError(f"{text[:40]!r} is not a timestamp; write {example}", line=line)


def parse_clock(text: str, *, line: int) -> timedelta:
    """`m:ss` or `h:mm:ss`, with up to three decimals, as people write it. Raises TranscriptError."""
    found = _CLOCK.fullmatch(text)
    if not found or (found[1] and int(found[2]) > 59):
        raise TranscriptError(f"{text[:40]!r} is not a time; write 01:30, or 01:02:30 with hours", line=line)
    return _timedelta(found[1] or "0", found[2], found[3], (found[4] or "").ljust(3, "0"))


def _timedelta(hours: str | None, minutes: str, seconds: str, milliseconds: str) -> timedelta:
    return timedelta(hours=int(hours or 0), minutes=int(minutes), seconds=int(seconds), milliseconds=int(milliseconds))


def format_exact(time: timedelta, decimal: str) -> str:
    """`00:01:30.500`, with "." or "," as the decimal sign."""
    seconds, milliseconds = divmod(time // MILLISECOND, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{decimal}{milliseconds:03}"


def format_clock(time: timedelta) -> str:
    """`1:30`, or `1:01:30` from an hour on; fractions of a second are cut off."""
    seconds = time // timedelta(seconds=1)
    if seconds < 3600:
        return f"{seconds // 60}:{seconds % 60:02}"
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
