"""Caption files, WebVTT and SRT, as cues of lines: blank lines between cues, each with a `start --> end` line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from podwright.core.errors import TranscriptError
from podwright.media.transcripts.timestamps import format_exact, parse_timing
from podwright.media.transcripts.timing import in_order


@dataclass(frozen=True, slots=True)
class Caption:
    """A cue with its text as written. line is that of the first line of text; name is the line above the times."""

    line: int
    name: str | None
    start: timedelta
    end: timedelta
    lines: list[str]


def parse_captions(blocks: Iterable[tuple[int, list[str]]], *, decimals: str) -> Iterator[Caption]:
    """The captions in blocks of lines (see `source.blocks`). decimals: see `parse_timing`.

    Raises TranscriptError, with the line, for a cue without times or text, times that are none or run backwards, and
    a cue that begins inside another for want of a blank line. Cues may overlap: people do.
    """
    last = timedelta()
    for number, lines in blocks:
        at = 0 if "-->" in lines[0] else 1
        if at == len(lines) or "-->" not in lines[at]:
            example = f"00:00:01{decimals[0]}500 --> 00:00:04{decimals[0]}000"
            raise TranscriptError(f"no times above this text; put a line like {example} above it", line=number)
        line = number + at
        start, end = parse_timing(lines[at], decimals=decimals, line=line)
        last = in_order(start, last, line=line)
        text = lines[at + 1 :]
        for offset, each in enumerate(text, start=1):
            if "-->" in each:
                raise TranscriptError(
                    "a cue begins inside the text of another; put a blank line between them", line=line + offset
                )
        if not text:
            raise without_text(line)
        yield Caption(line + 1, lines[0].strip() if at else None, start, end, text)


def without_text(line: int) -> TranscriptError:
    """The error of a cue that says nothing; line is that of its times."""
    return TranscriptError("a cue without text; give it text or delete it", line=line)


def format_caption(start: timedelta, end: timedelta, *, lines: Iterable[str], decimal: str) -> str:
    """The times of a cue and its lines of text."""
    return "\n".join((f"{format_exact(start, decimal)} --> {format_exact(end, decimal)}", *lines))
