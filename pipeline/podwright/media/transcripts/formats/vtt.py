"""WebVTT: cues with voices (https://www.w3.org/TR/webvtt1/)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby

from podwright.core.errors import TranscriptError
from podwright.core.model import Cue, Transcript
from podwright.media.transcripts.captions import (
    Caption,
    format_caption,
    is_timing,
    joined_files,
    parse_captions,
    wrap,
)
from podwright.media.transcripts.paragraphs import spoken_text
from podwright.media.transcripts.remarks import Remarks
from podwright.media.transcripts.source import tidy
from podwright.media.transcripts.spoken import Spoken, cues_of
from podwright.media.transcripts.times import parse_exact, spans
from podwright.media.transcripts.types import Format, Output, Page

#: Characters of text in a line, as the podcast namespace recommends
#: (https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/transcripts/transcripts.md#webvtt).
_WIDTH = 65

_SIGNATURE = re.compile(r"WEBVTT(?:[ \t].*)?")
_BLOCK_NAME = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t].*)?")
#: Where the times of a segment of HTTP Live Streaming begin (https://www.rfc-editor.org/rfc/rfc8216#section-3.5).
_MAP = "X-TIMESTAMP-MAP="
_LOCAL = re.compile(r"LOCAL:([0-9:.]{5,20})")
_MPEG = re.compile(r"MPEGTS:([0-9]{1,12})")
_TICKS = 90_000
#: Lines of a header that stand behind a blank line.
_METADATA = re.compile(r"(?:Kind|Language|X-TIMESTAMP-MAP|X-[A-Z-]+)\s*[:=].*", re.IGNORECASE)

#: What the text of a cue may have between "<" and ">": its start and end tags, and times.
_TAG = re.compile(r"<(/?)(?:([A-Za-z]+)((?:\.[^\s<>.]+)*)(?:\s([^<>]*))?|([0-9:.]+))?>", re.DOTALL)


@dataclass(slots=True)
class _Segment:
    """A part of a file below a signature of its own: one of a stream, or one of several files in one."""

    #: What is added to its times, and whether its header says so.
    shift: timedelta = timedelta()
    mapped: bool = False
    lines: list[tuple[int, str]] = field(default_factory=list)


def parse(text: str, remarks: Remarks) -> Transcript:
    """Read a WebVTT file. A cue of several voices becomes several cues with the same times.

    Styles, regions, notes, cue names and settings are passed over, and so are all tags but voices; of ruby the base
    text is kept. In a file with voices a cue without one has no speaker, whoever spoke above it; else names in the text
    count, see `spoken.cues_of`. Segments of a stream are put at their times. Where the standard's parser drops what it
    does not understand, this one keeps it as a fault, unless it has one meaning, see `captions`.
    """
    captions: list[Caption] = []
    for segment in _segments(text, remarks):
        further = parse_captions(segment.lines, remarks, decimal=".", named=True, shift=segment.shift)
        if further and captions and not segment.mapped and further[0].start < captions[-1].start:
            remarks.faults.append(joined_files(further[0].start, line=further[0].line))
        # Segments of a stream repeat the cues that are on the screen when they begin.
        shown = [(one.start, one.end, [line for _, line in one.lines]) for one in captions[-3:]]
        captions += [one for one in further if (one.start, one.end, [line for _, line in one.lines]) not in shown]
    spoken = []
    for caption in captions:
        with remarks.faulty():
            spoken.append(Spoken(caption.line, caption.start, caption.end, tuple(_voices(caption))))
    return cues_of(spoken, remarks)


def _segments(text: str, remarks: Remarks) -> list[_Segment]:
    """Return the parts of a file without headers, notes, styles and regions."""
    segments = [_Segment()]
    first: tuple[int, timedelta] | None = None
    headed = False
    for blank, group in groupby(enumerate(text.split("\n"), start=1), key=lambda pair: not pair[1].strip()):
        lines = list(group)
        timing = next((at for at, (_, line) in enumerate(lines) if is_timing(line)), len(lines))
        if blank:
            segments[-1].lines += lines
        elif _SIGNATURE.fullmatch(lines[0][1]) or (headed and _METADATA.fullmatch(lines[0][1]) and timing):
            if not headed and any(line.strip() for _, line in segments[-1].lines):
                segments.append(_Segment())
            for number, line in lines[:timing]:
                if origin := _origin(line, number, remarks):
                    first = first or origin
                    segments[-1].shift, segments[-1].mapped = _shift(origin, first), True
            segments[-1].lines += lines[timing:]
            headed = timing == len(lines)
        elif _BLOCK_NAME.fullmatch(lines[0][1]):
            if timing < len(lines):
                message = "a cue begins inside another block; put a blank line above it, or delete it"
                remarks.faults.append(TranscriptError(message, line=lines[timing][0]))
        else:
            segments[-1].lines += lines
            headed = False
    return segments


def _shift(origin: tuple[int, timedelta], first: tuple[int, timedelta]) -> timedelta:
    """Return what is to be added to the times of a segment, so that they go on from those of the first one."""
    ticks = timedelta(milliseconds=round((origin[0] - first[0]) * 1000 / _TICKS))
    return ticks - (origin[1] - first[1])


def _origin(line: str, number: int, remarks: Remarks) -> tuple[int, timedelta] | None:
    """Return the MPEG-2 timestamp and the time of cues of which a line of a header says that they are the same."""
    ticks, local = _MPEG.search(line), _LOCAL.search(line)
    if ticks is None or local is None or not line.startswith(_MAP):
        return None
    try:
        return int(ticks[1]), parse_exact(local[1], decimal=".", line=number)
    except TranscriptError as error:
        remarks.faults.append(error)
        return None


def _voices(caption: Caption) -> Iterator[tuple[str | None, tuple[str, ...]]]:
    """Yield each voice of a cue with the lines that it says."""
    text = "\n".join(line for _, line in caption.lines)
    speaker: str | None = None
    words: list[str] = []
    silent = False
    at = 0
    for match in _TAG.finditer(text):
        if not silent:
            words.append(text[at : match.start()])
        at = match.end()
        name = match[2]
        if name == "v":
            yield from _said(speaker, words, caption)
            speaker = None if match[1] else tidy(html.unescape(match[4] or ""), line=caption.text_line) or None
            words = []
        elif name in ("rt", "ruby"):
            silent = name == "rt" and not match[1]
    if not silent:
        words.append(text[at:])
    yield from _said(speaker, words, caption)


def _said(speaker: str | None, words: list[str], caption: Caption) -> Iterator[tuple[str | None, tuple[str, ...]]]:
    lines = html.unescape("".join(words)).split("\n")
    yield speaker, tuple(tidy(line, line=caption.text_line) for line in lines)


def render(transcript: Transcript, _page: Page) -> bytes:
    """Write a timed transcript as WebVTT."""
    cues = (format_caption(start, end, lines=_lines(cue), decimal=".") for start, end, cue in spans(transcript))
    return ("\n\n".join(("WEBVTT", *cues)) + "\n").encode()


def _lines(cue: Cue) -> list[str]:
    first, *rest = (html.escape(line, quote=False) for line in wrap(spoken_text(cue), _WIDTH))
    return [f"<v {html.escape(cue.speaker, quote=False)}>{first}" if cue.speaker else first, *rest]


FORMAT = Format(
    suffix=".vtt",
    order=1,
    parse=parse,
    output=Output(
        media_type="text/vtt; charset=utf-8", feed_type="text/vtt", rel="captions", of="timed", render=render
    ),
)
