"""Times in transcripts: text to timedelta and back in whole milliseconds, and cues in their order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from podwright.core.errors import TranscriptError
from podwright.core.model import Cue, Transcript

MILLISECOND = timedelta(milliseconds=1)

#: Timestamps are shorter than this: three digits of hours.
LIMIT = timedelta(hours=1000)

_CLOCK = re.compile(r"(?:([0-9]{1,3}):)?([0-9]{1,3}):([0-5][0-9])(?:[.,]([0-9]{1,3}))?")

#: What is meant as a time of `parse_clock`, right or wrong.
CLOCK_SHAPE = r"[0-9]+(?::[0-9]+)+(?:[.,][0-9]+)?"

#: How fast people speak, in characters a second (about 150 words a minute), and the shortest guess.
_SPEED = 15
_SHORTEST = timedelta(seconds=1)


def parse_clock(text: str, *, line: int) -> timedelta:
    """Return the time in `m:ss` or `h:mm:ss`, with up to three decimals, as people write it. Raises TranscriptError."""
    match = _CLOCK.fullmatch(text)
    if not match or (match[1] and int(match[2]) > 59):
        raise TranscriptError(f"{text[:40]!r} is not a time; write 01:30, or 01:02:30 with hours", line=line)
    return timedelta_of(match[1] or "0", match[2], match[3], (match[4] or "").ljust(3, "0"))


def timedelta_of(hours: str | None, minutes: str, seconds: str, milliseconds: str) -> timedelta:
    """Return the time of these digits."""
    return timedelta(hours=int(hours or 0), minutes=int(minutes), seconds=int(seconds), milliseconds=int(milliseconds))


def format_exact(time: timedelta, decimal: str) -> str:
    """Return a time as `00:01:30.500`, with "." or "," as the decimal sign."""
    seconds, milliseconds = divmod(time // MILLISECOND, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{decimal}{milliseconds:03}"


def format_clock(time: timedelta) -> str:
    """Return a time as `1:30`, or `1:01:30` from an hour on; fractions of a second are cut off."""
    seconds = time // timedelta(seconds=1)
    if seconds < 3600:
        return f"{seconds // 60}:{seconds % 60:02}"
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def in_order(start: timedelta, last: timedelta, *, line: int | None, where: str = "this") -> timedelta:
    """Return a start that is not before the start of what stands above (last). Raises TranscriptError otherwise."""
    if start < last:
        raise TranscriptError(
            f"{where} starts at {format_exact(start, '.')}, before what stands above it ({format_exact(last, '.')}); "
            "put everything in order of time",
            line=line,
        )
    return start


def with_ends(cues: Sequence[Cue]) -> tuple[Cue, ...]:
    """Return cues in order of time with every end known: the next later start, or by speed of speech for the last.

    Where a start is missing the transcript is not timed, and the cues are given back as they are.
    """
    closed: list[Cue] = []
    later: timedelta | None = None
    following: timedelta | None = None
    for cue in reversed(cues):
        if cue.start is None:
            return tuple(cues)
        if following is not None and following > cue.start:
            later = following
        following = cue.start
        closed.append(replace(cue, end=later or cue.start + _spoken(cue.text)) if cue.end is None else cue)
    return tuple(reversed(closed))


def _spoken(text: str) -> timedelta:
    return max(_SHORTEST, timedelta(milliseconds=1000 * len(text) // _SPEED))


def spans(transcript: Transcript) -> list[tuple[timedelta, timedelta, Cue]]:
    """Return the cues that have both start and end, with these: all of a timed transcript."""
    return [(cue.start, cue.end, cue) for cue in transcript.cues if cue.start is not None and cue.end is not None]


def clip(transcript: Transcript, duration: timedelta) -> Transcript:
    """Return a timed transcript with no cue that starts in the audio lasting longer than it."""
    cues = (replace(cue, end=duration) if start < duration < end else cue for start, end, cue in spans(transcript))
    return replace(transcript, cues=tuple(cues))
