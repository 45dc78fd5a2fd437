"""Caption files, WebVTT and SRT, as cues of lines: blank lines between cues, each with a `start --> end` line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from podwright.core.errors import TranscriptError
from podwright.media.transcripts.times import format_exact, in_order, timedelta_of

_EXACT = re.compile(r"(?:([0-9]{1,3}):)?([0-5][0-9]):([0-5][0-9])[.,]([0-9]{3})")


@dataclass(frozen=True, slots=True)
class Caption:
    """A cue with its text as written."""

    #: Number of the first line of text.
    line: int
    #: The line above the times.
    name: str | None
    start: timedelta
    end: timedelta
    lines: list[str]


def parse_captions(blocks: Iterable[tuple[int, list[str]]], *, decimals: str) -> Iterator[Caption]:
    """Yield the captions in blocks of lines (see `source.blocks`). decimals: see `_parse_timing`.

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
        start, end = _parse_timing(lines[at], decimals=decimals, line=line)
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
    """Return the error of a cue that says nothing; line is that of its times."""
    return TranscriptError("a cue without text; give it text or delete it", line=line)


def format_caption(start: timedelta, end: timedelta, *, lines: Iterable[str], decimal: str) -> str:
    """Return the times of a cue and its lines of text."""
    return "\n".join((f"{format_exact(start, decimal)} --> {format_exact(end, decimal)}", *lines))


def _parse_timing(text: str, *, decimals: str, line: int) -> tuple[timedelta, timedelta]:
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
    match = _EXACT.fullmatch(text)
    if match and text[-4] in decimals:
        return timedelta_of(match[1], match[2], match[3], match[4])
    example = text[:-4] + decimals[0] + text[-3:] if match else f"00:00:01{decimals[0]}500"
    raise TranscriptError(f"{text[:40]!r} is not a timestamp; write {example}", line=line)


def wrap(text: str, width: int) -> list[str]:
    """Return the lines of a text, of at most width characters, broken at spaces; a longer word is cut."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.extend(word[at : at + width] for at in range(0, len(word), width))
    return lines
