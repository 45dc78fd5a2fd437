"""SRT, or SubRip: numbered captions of two short lines.

The file format has no standard; the limits are those of the podcast namespace
(https://github.com/Podcastindex-org/podcast-namespace/blob/main/transcripts/transcripts.md#srt).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta

from podwright.core.model import Cue, Transcript
from podwright.core.scripts import columns, gap
from podwright.media.transcripts.captions import format_caption, parse_captions, pieces, wrap
from podwright.media.transcripts.paragraphs import spoken_text
from podwright.media.transcripts.remarks import Remarks
from podwright.media.transcripts.source import tidy
from podwright.media.transcripts.speakers import open_text
from podwright.media.transcripts.spoken import Spoken, cues_of
from podwright.media.transcripts.times import MILLISECOND, spans
from podwright.media.transcripts.types import Format, Output, Page

_WIDTH = 32
_LINES = 2

#: Styling that players understand, or that a tool carried over from WebVTT and SubStation Alpha: tags, and braces.
_STYLING = re.compile(
    r"</?(?:i|b|u|s|font|span|c|lang|ruby|rt|em|strong)(?:[.\s][^<>]*)?>|<[0-9:.]{5,15}>|\{\\[^{}]*\}",
    re.IGNORECASE,
)
_VOICE = re.compile(r"<(/?)v(?:\.[^\s<>]*)?(?:\s([^<>]*))?>", re.IGNORECASE)
#: Line breaks and hard spaces of SubStation Alpha.
_BREAK = re.compile(r"\\[Nn]")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?…]) |(?<=[。！？])")


def parse(text: str, remarks: Remarks) -> Transcript:
    """Read an SRT file. Names in the text are speakers, see `spoken.cues_of`, and so are voices as WebVTT has them.

    Tags, entities and line breaks that other formats have are taken for what they mean there, since players do so.
    Numbers may be missing or wrong, and a full stop may stand for the comma. Faults are kept.
    """
    lines = enumerate(text.split("\n"), start=1)
    spoken = []
    for caption in parse_captions(lines, remarks, decimal=",", named=False):
        with remarks.faulty():
            text = "\n".join(line for _, line in caption.lines)
            spoken.append(
                Spoken(caption.line, caption.start, caption.end, tuple(_voices(text, line=caption.text_line)))
            )
    return cues_of(spoken, remarks)


def _voices(text: str, *, line: int) -> Iterator[tuple[str | None, tuple[str, ...]]]:
    """Yield each voice of a caption with the lines that it says."""
    speaker: str | None = None
    at = 0
    for match in _VOICE.finditer(text):
        yield speaker, _plain_lines(text[at : match.start()], line=line)
        name = " ".join(filter(None, _plain_lines(match[2] or "", line=line)))
        speaker = None if match[1] else name or None
        at = match.end()
    yield speaker, _plain_lines(text[at:], line=line)


def _plain_lines(text: str, *, line: int) -> tuple[str, ...]:
    text = _BREAK.sub("\n", _STYLING.sub("", text)).replace("\\h", " ")
    text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    return tuple(tidy(one, line=line) for one in text.split("\n"))


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
        named = changed or open_text(cue.text).speaker is not None
        captions = _split(_plain(spoken_text(cue)), first=name if named else [], rest=name if mingled else [])
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
    before = ""
    for sentence in filter(None, map(str.strip, _BETWEEN_SENTENCES.split(text))):
        (_, first_word), *further = pieces(sentence, _WIDTH)
        words = [(gap(before, sentence) if before else " ", first_word), *further]
        before = sentence
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
                    captions.append(_extended(rest, [word]) or [word[1]])
                    opening = rest
    return captions


def _extended(lines: list[str], words: list[tuple[str, str]]) -> list[str] | None:
    """Return the lines of a caption with words after them, or None where they do not fit."""
    lines = list(lines)
    for before, word in words:
        if lines and columns(lines[-1]) + len(before) + columns(word) <= _WIDTH:
            lines[-1] += before + word
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
