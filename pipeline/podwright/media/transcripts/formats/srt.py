"""SRT, or SubRip: numbered captions of two short lines.

The file format has no standard; the limits are those of the podcast namespace
(https://github.com/Podcastindex-org/podcast-namespace/blob/main/transcripts/transcripts.md#srt).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from podwright.core.errors import TranscriptError
from podwright.core.model import Cue, Transcript
from podwright.media.transcripts.captions import format_caption, parse_captions, without_text, wrap
from podwright.media.transcripts.source import blocks
from podwright.media.transcripts.speakers import split_speaker, split_turns
from podwright.media.transcripts.times import MILLISECOND, spans
from podwright.media.transcripts.types import Format, Output, Page

_WIDTH = 32
_LINES = 2

#: Styling that players understand: HTML-like tags, and the braces of SubStation Alpha ({\an8}).
_STYLING = re.compile(r"</?(?:i|b|u|s|font|span)(?:\s[^<>]*)?>|\{\\[^{}]*\}", re.IGNORECASE)
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?…]) ")


def parse(text: str) -> Transcript:
    """Read an SRT file. `Name: ` at the start of a cue names the speaker from there on, by the rule of `speakers`.

    Numbers may be missing or wrong, and a full stop may stand for the comma. Raises TranscriptError.
    """
    cues: list[Cue] = []
    speaker: str | None = None
    for caption in parse_captions(blocks(text), decimals=",."):
        if caption.name is not None and not caption.name.isdigit():
            raise TranscriptError(
                "text above the times of a cue; put a blank line between the cues and text below the times",
                line=caption.line - 2,
            )
        lines = [_STYLING.sub("", line) for line in caption.lines]
        for turn in split_turns(lines, line=caption.line):
            speaker = turn.speaker or speaker
            if turn.text:
                cues.append(Cue(caption.start, caption.end, speaker, turn.text))
            elif turn.speaker is None:
                raise without_text(caption.line - 1)
    return Transcript(cues=tuple(cues))


def render(transcript: Transcript, _page: Page) -> bytes:
    """Write a timed transcript as SRT: long cues in several captions, which share its time by their length."""
    # The sort is stable, so that captions of cues that start together keep their order.
    captions = sorted(_captions(transcript), key=lambda caption: caption[0])
    return "\n".join(
        f"{number}\n{format_caption(start, end, lines=lines, decimal=',')}\n"
        for number, (start, end, lines) in enumerate(captions, start=1)
    ).encode()


def _captions(transcript: Transcript) -> Iterator[tuple[timedelta, timedelta, list[str]]]:
    """Start, end and lines of each caption, cue by cue.

    The speaker is named where that changes, and where the text would itself be read as beginning with a name. Captions
    of cues that overlap in time are named all, because they mingle.
    """
    timed = spans(transcript)
    speaker: str | None = None
    mingled_before = False
    for (start, end, cue), mingled in zip(timed, _mingled(timed), strict=True):
        name = wrap(_plain(f"{cue.speaker}:"), _WIDTH)[:_LINES] if cue.speaker else []
        changed = cue.speaker != speaker or mingled or mingled_before
        named = changed or split_speaker(cue.text)[0] is not None
        captions = _split(_plain(cue.text), first=name if named else [], rest=name if mingled else [])
        yield from _shared(start, end, captions=captions)
        speaker, mingled_before = cue.speaker, mingled


def _plain(text: str) -> str:
    """Return text without what marks times in SRT, which has no escapes."""
    return text.replace("-->", "→")


def _mingled(timed: list[tuple[timedelta, timedelta, Cue]]) -> list[bool]:
    """Return of each cue whether it overlaps in time with one above or below it."""
    mingled = [False] * len(timed)
    latest, of = timedelta(), 0
    for index, (start, end, _) in enumerate(timed):
        if start < latest:
            mingled[of] = mingled[index] = True
        if end > latest:
            latest, of = end, index
    return mingled


def _split(text: str, *, first: list[str], rest: list[str]) -> list[list[str]]:
    """Return the lines of the captions that a text needs; the first opens with the lines first, the others with rest.

    Sentences stay together where they fit.
    """
    captions = [first]
    opening = first
    for sentence in _BETWEEN_SENTENCES.split(text):
        words = [word[at : at + _WIDTH] for word in sentence.split() for at in range(0, len(word), _WIDTH)]
        if joined := _extended(captions[-1], words):
            captions[-1] = joined
        elif captions[-1] != opening and (alone := _extended(rest, words)):
            captions.append(alone)
            opening = rest
        else:
            for word in words:
                if joined := _extended(captions[-1], [word]):
                    captions[-1] = joined
                else:
                    captions.append(_extended(rest, [word]) or [word])
                    opening = rest
    return captions


def _extended(lines: list[str], words: list[str]) -> list[str] | None:
    """Return the lines of a caption with words after them, or None where they do not fit."""
    lines = list(lines)
    for word in words:
        if lines and len(lines[-1]) + 1 + len(word) <= _WIDTH:
            lines[-1] += f" {word}"
        elif len(lines) < _LINES:
            lines.append(word)
        else:
            return None
    return lines


def _shared(
    start: timedelta, end: timedelta, *, captions: list[list[str]]
) -> Iterator[tuple[timedelta, timedelta, list[str]]]:
    """Yield the captions of one cue, each with its share of the time in proportion to its characters, at least 1 ms."""
    span = (end - start) // MILLISECOND
    if span < len(captions):
        yield start, end, [line for lines in captions for line in lines]
        return
    lengths = [sum(map(len, lines)) for lines in captions]
    total, done, at = sum(lengths), 0, 0
    for index, lines in enumerate(captions):
        done += lengths[index]
        until = min(max(at + 1, span * done // total), span - (len(captions) - 1 - index))
        yield start + at * MILLISECOND, start + until * MILLISECOND, lines
        at = until


FORMAT = Format(
    suffix=".srt",
    order=2,
    parse=parse,
    output=Output(
        media_type="application/x-subrip; charset=utf-8",
        feed_type="application/x-subrip",
        rel="captions",
        of="timed",
        render=render,
    ),
)
