"""WebVTT: cues with voices (https://www.w3.org/TR/webvtt1/)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from podwright.core.errors import TranscriptError
from podwright.core.model import Cue, Transcript
from podwright.media.transcripts.captions import format_caption, parse_captions, without_text, wrap
from podwright.media.transcripts.source import blocks, tidy
from podwright.media.transcripts.times import spans
from podwright.media.transcripts.types import Format, Output, Page

#: Characters of text in a line, as the podcast namespace recommends
#: (https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/transcripts/transcripts.md#webvtt).
_WIDTH = 65

_SIGNATURE = re.compile(r"WEBVTT(?:[ \t].*)?")
_BLOCK_NAME = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t].*)?")
_TAG = re.compile(r"<([^<>]*)>")
_TAG_PARTS = re.compile(r"(/?)(?:([A-Za-z]+)(?:\.\S*)?(?:\s+(.*))?)?", re.DOTALL)
_TIMESTAMP = re.compile(r"[0-9:.]+")


def parse(text: str) -> Transcript:
    """Read a WebVTT file. A cue of several voices becomes several cues with the same times.

    Styles, regions, notes, cue names and settings are passed over, and so are all tags but voices; of ruby the base
    text is kept. A cue without a voice has no speaker, whoever spoke above it. Stricter than the standard's parser,
    which drops what it does not understand: raises TranscriptError.
    """
    if not _SIGNATURE.fullmatch(text.split("\n", 1)[0]):
        raise TranscriptError("the first line is not WEBVTT; put a line WEBVTT and a blank line above the cues", line=1)
    cues: list[Cue] = []
    for caption in parse_captions(_cue_blocks(text), decimals="."):
        voices = list(_voices("\n".join(caption.lines), line=caption.line))
        if not voices:
            raise without_text(caption.line - 1)
        cues += [Cue(caption.start, caption.end, speaker, said) for speaker, said in voices]
    return Transcript(cues=tuple(cues))


def _cue_blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, lines in blocks(text):
        if number > 1 and not _BLOCK_NAME.fullmatch(lines[0]):
            yield number, lines
            continue
        for offset, line in enumerate(lines):
            if "-->" in line:
                # The standard's parser takes the line for the times of a cue, whatever stands above it.
                raise TranscriptError(
                    "a cue begins inside another block; put a blank line above it, or delete it", line=number + offset
                )


def _voices(text: str, *, line: int) -> Iterator[tuple[str | None, str]]:
    """Yield each voice of a cue with what it says. line is that of the first line of the text."""
    speaker: str | None = None
    words: list[str] = []
    silent = False
    for index, piece in enumerate(_TAG.split(text)):
        if index % 2 == 0:
            if "<" in piece:
                raise _stray(line + piece.count("\n", 0, piece.index("<")))
            if not silent:
                words.append(piece)
        elif not _TIMESTAMP.fullmatch(piece):
            closing, name, annotation = _tag(piece, line=line)
            if name == "v":
                yield from _spoken(speaker, words, line=line)
                speaker = None if closing else tidy(html.unescape(annotation), line=line) or None
                words = []
            elif name in ("rt", "ruby"):
                silent = name == "rt" and not closing
        line += piece.count("\n")
    yield from _spoken(speaker, words, line=line)


def _spoken(speaker: str | None, words: list[str], *, line: int) -> Iterator[tuple[str | None, str]]:
    if text := tidy(html.unescape("".join(words)), line=line):
        yield speaker, text


def _tag(piece: str, *, line: int) -> tuple[bool, str, str]:
    match = _TAG_PARTS.fullmatch(piece)
    if match is None:
        raise _stray(line)
    return bool(match[1]), match[2] or "", match[3] or ""


def _stray(line: int) -> TranscriptError:
    return TranscriptError("a < that begins no tag; write &lt;", line=line)


def render(transcript: Transcript, _page: Page) -> bytes:
    """Write a timed transcript as WebVTT."""
    cues = (format_caption(start, end, lines=_lines(cue), decimal=".") for start, end, cue in spans(transcript))
    return ("\n\n".join(("WEBVTT", *cues)) + "\n").encode()


def _lines(cue: Cue) -> list[str]:
    first, *rest = (html.escape(line, quote=False) for line in wrap(cue.text, _WIDTH))
    return [f"<v {html.escape(cue.speaker, quote=False)}>{first}" if cue.speaker else first, *rest]


FORMAT = Format(
    suffix=".vtt",
    order=1,
    parse=parse,
    output=Output(
        media_type="text/vtt; charset=utf-8", feed_type="text/vtt", rel="captions", of="timed", render=render
    ),
)
