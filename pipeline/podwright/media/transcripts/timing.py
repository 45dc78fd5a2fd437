"""Cues in time: their order, and their ends where the source gives starts only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from podwright.core.errors import TranscriptError
from podwright.core.model import Cue, Transcript
from podwright.media.transcripts.timestamps import format_exact

#: How fast people speak, in characters a second (about 150 words a minute), and the shortest guess.
_SPEED = 15
_SHORTEST = timedelta(seconds=1)


def in_order(start: timedelta, last: timedelta, *, line: int | None, where: str = "this") -> timedelta:
    """start, where it is not before the start of what stands above (last). Raises TranscriptError otherwise."""
    if start < last:
        raise TranscriptError(
            f"{where} starts at {format_exact(start, '.')}, before what stands above it ({format_exact(last, '.')}); "
            "put everything in order of time",
            line=line,
        )
    return start


def with_ends(cues: Sequence[Cue]) -> tuple[Cue, ...]:
    """Cues in order of time with every end known: the next later start, and by speed of speech after the last one.

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
    """The cues that have both start and end, with these: all of a timed transcript."""
    return [(cue.start, cue.end, cue) for cue in transcript.cues if cue.start is not None and cue.end is not None]


def clip(transcript: Transcript, duration: timedelta) -> Transcript:
    """A timed transcript with no cue that starts in the audio lasting longer than it."""
    cues = (replace(cue, end=duration) if start < duration < end else cue for start, end, cue in spans(transcript))
    return replace(transcript, cues=tuple(cues))
