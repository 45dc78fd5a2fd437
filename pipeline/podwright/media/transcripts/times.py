"""Times in transcripts: text to timedelta and back in whole milliseconds, and cues in their order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from podwright.core.errors import TranscriptError
from podwright.core.model import Cue, Transcript
from podwright.media.transcripts.remarks import Remarks

MILLISECOND = timedelta(milliseconds=1)

#: Timestamps are shorter than this: three digits of hours.
LIMIT = timedelta(hours=1000)

_CLOCK = re.compile(r"(?:([0-9]{1,3}):)?([0-9]{1,3}):([0-5][0-9])(?:[.,]([0-9]{1,9}))?")
#: Hours, minutes and seconds of one digit, as Teams has them, and frames behind the seconds, as editors of video do.
_WIDE_CLOCK = re.compile(r"([0-9]{1,3})[:;]([0-9]{1,2})[:;]([0-5]?[0-9])(?:[.,]([0-9]{1,9})|[:;][0-9]{2})?")

#: What is meant as a time of `parse_clock`, right or wrong.
CLOCK_SHAPE = r"(?:[0-9]{2}(?:;[0-9]{2}){3}|[0-9]{1,9}(?::[0-9]{1,9}){1,3}(?:;[0-9]{2})?(?:[.,][0-9]{1,9})?)"

#: Tools write fractions of a second with one, two, three or more digits, and with none; spaces are what translation
#: programs put there.
_EXACT = re.compile(
    r"(?:([0-9]{1,4}) ?: ?)?([0-9]{1,3}) ?: ?([0-9]{1,2})(?: ?[.,] ?([0-9]{1,9}))?",
)

#: How fast people speak, in characters a second (about 150 words a minute), and the shortest guess.
_SPEED = 15
_SHORTEST = timedelta(seconds=1)


def parse_clock(text: str, *, line: int) -> timedelta:
    """Return the time in `m:ss` or `h:mm:ss`, with up to three decimals, as people write it. Raises TranscriptError."""
    match = _CLOCK.fullmatch(text) or _WIDE_CLOCK.fullmatch(text)
    if not match or (match[1] and int(match[2]) > 59):
        raise TranscriptError(f"{text[:40]!r} is not a time; write 01:30, or 01:02:30 with hours", line=line)
    return _timedelta_of(match[1], match[2], match[3], match[4])


def parse_exact(text: str, *, decimal: str, line: int) -> timedelta:
    """Return the time in a caption, `mm:ss.fff` or `hh:mm:ss.fff`, as tools write it.

    decimal: what stands before the milliseconds of the format. Raises TranscriptError.
    """
    match = _EXACT.fullmatch(text)
    if not match or int(match[3]) > 59 or (match[1] and (int(match[2]) > 59 or int(match[1]) > 999)):
        raise TranscriptError(f"{text[:40]!r} is not a timestamp; write 00:00:01{decimal}500", line=line)
    return _timedelta_of(match[1], match[2], match[3], match[4])


def _timedelta_of(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> timedelta:
    """Return the time of these digits, cut to milliseconds."""
    milliseconds = int((fraction or "")[:3].ljust(3, "0"))
    return timedelta(hours=int(hours or 0), minutes=int(minutes), seconds=int(seconds), milliseconds=milliseconds)


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


def sorted_by_time(cues: Sequence[Cue], remarks: Remarks, *, lines: Sequence[int | None]) -> list[Cue]:
    """Return timed cues in order of time; those that start together keep their order. lines: those of the cues."""
    last = timedelta()
    disordered = False
    for index, cue in enumerate(cues):
        if cue.start is None:
            return list(cues)
        if cue.start < last:
            disordered = True
            remarks.note(
                "starts before what stands above it",
                "it is put in order of time: check that its times are right",
                line=lines[index],
                level="warning",
            )
        last = max(last, cue.start)
    return sorted(cues, key=lambda cue: last if cue.start is None else cue.start) if disordered else list(cues)


def with_starts(cues: Sequence[Cue]) -> list[Cue]:
    """Return cues most of which have starts with the others' guessed: by length between those of their neighbours.

    Cues are given back as they are where the first has none, or fewer than half have one.
    """
    known = [index for index, cue in enumerate(cues) if cue.start is not None]
    if not known or known[0] > 0 or len(known) * 2 < len(cues):
        return list(cues)
    placed = list(cues)
    for index, following in zip(known, [*known[1:], None], strict=True):
        start = cues[index].start or timedelta()
        until = (cues[following].start or start) if following is not None else None
        lengths = [len(cue.text) + 1 for cue in cues[index:following]]
        span = timedelta(milliseconds=1000 * sum(lengths) // _SPEED) if until is None else until - start
        done = 0
        for offset, length in enumerate(lengths):
            if offset:
                placed[index + offset] = replace(
                    cues[index + offset], start=start + span // MILLISECOND * done // sum(lengths) * MILLISECOND
                )
            done += length
    return placed


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
