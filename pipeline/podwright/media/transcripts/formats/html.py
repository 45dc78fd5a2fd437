"""HTML transcripts: `cite`, `time` and `p`, as the podcast namespace has them, and pages of paragraphs.

https://github.com/Podcastindex-org/podcast-namespace/blob/main/transcripts/transcripts.md#html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from html.parser import HTMLParser

from podwright.core.errors import TranscriptError
from podwright.core.model import Heading, Transcript
from podwright.core.scripts import direction
from podwright.media.transcripts.paragraphs import paragraphs
from podwright.media.transcripts.prose import BOLD, UNBOLD, Block, parse_prose
from podwright.media.transcripts.remarks import Remarks
from podwright.media.transcripts.source import tidy
from podwright.media.transcripts.times import CLOCK_SHAPE, format_clock, parse_clock
from podwright.media.transcripts.types import Format, Output, Page

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_FLOW = """
    address article aside blockquote body caption dd details div dl dt figcaption figure footer form header hr html li
    main nav ol p pre section summary table tbody td tfoot th thead tr ul
"""
#: Elements that end a paragraph where they begin and where they end
#: (https://html.spec.whatwg.org/multipage/rendering.html#flow-content-3).
_BLOCKS = _HEADINGS.union(_FLOW.split())
#: Elements whose text is read apart; that of all but cite and time is no part of the page's text.
_APART = frozenset(("cite", "time", "title", "script", "style", "template", "noscript", "svg"))
_STRONG = frozenset(("b", "strong"))
_CLOCK = re.compile(CLOCK_SHAPE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    r"""A paragraph or a heading, with the speaker and time given for it; text has a "\\n" for each br."""

    line: int
    heading: bool
    speaker: str | None
    start: timedelta | None
    text: str


class _Reader(HTMLParser):
    """A collector of the blocks of a page, in order."""

    def __init__(self, remarks: Remarks) -> None:
        super().__init__(convert_charrefs=True)
        self.remarks = remarks
        self.blocks: list[_Block] = []
        self.title = ""
        self.cites = False
        self.apart: str | None = None
        self._apart_text: list[str] = []
        self._block = ""
        self._text: list[str] = []
        self._begun = False
        self._line = 1
        self._speaker: str | None = None
        self._start: timedelta | None = None
        self._heading_start: timedelta | None = None

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        if self.apart is not None:
            return
        if tag in _APART:
            self.apart = tag
            self._apart_text = []
        elif tag in _BLOCKS:
            self.flush()
            self._block = tag
        elif tag == "br":
            self._say("\n")
        elif tag in _STRONG and self._block not in _HEADINGS:
            self._text.append(BOLD)

    def handle_endtag(self, tag: str) -> None:
        if self.apart is not None:
            if tag == self.apart:
                self._end_apart(tag, "".join(self._apart_text).strip())
                self.apart = None
        elif tag in _BLOCKS:
            self.flush()
            self._block = ""
        elif tag in _STRONG and self._block not in _HEADINGS:
            self._text.append(UNBOLD)

    def handle_data(self, data: str) -> None:
        if self.apart is not None:
            self._apart_text.append(data)
        else:
            self._say(data.replace("\n", " "))

    def _say(self, text: str) -> None:
        self._text.append(text)
        if not self._begun and text.strip():
            self._begun = True
            self._line = self.getpos()[0]

    def _end_apart(self, tag: str, text: str) -> None:
        if tag == "title":
            self.title = tidy(text, line=self.getpos()[0])
        elif tag == "cite":
            self._cite(text)
        elif tag == "time":
            self._time(text)

    def _cite(self, text: str) -> None:
        """Take a cite before a paragraph for its speaker; inside one only where it opens it, with a colon."""
        if self._block in _HEADINGS or self._begun or (self._block == "p" and not text.endswith(":")):
            self._say(text)
        elif name := tidy(text, line=self.getpos()[0]).rstrip(" :"):
            self._speaker = name
            self.cites = True

    def _time(self, text: str) -> None:
        """Take a time before a paragraph, or opening it, for its start; so is one anywhere in a heading."""
        heading = self._block in _HEADINGS
        if not _CLOCK.fullmatch(text) or (self._begun and not heading):
            self._say(text)
            return
        with self.remarks.faulty():
            time = parse_clock(text, line=self.getpos()[0])
            if heading:
                self._heading_start = time
            else:
                self._start = time

    def flush(self) -> None:
        """End the block; what is said of a speaker and a time waits for the next one that has text."""
        text, begun = "".join(self._text), self._begun
        self._text, self._begun = [], False
        if self._block in _HEADINGS:
            if begun:
                self._add(text, speaker=None, start=self._heading_start)
            self._heading_start = None
        elif begun:
            self._add(text, speaker=self._speaker, start=self._start)
            self._speaker = self._start = None

    def _add(self, text: str, *, speaker: str | None, start: timedelta | None) -> None:
        heading = self._block in _HEADINGS
        self.blocks.append(_Block(line=self._line, heading=heading, speaker=speaker, start=start, text=text))


def parse(text: str, remarks: Remarks) -> Transcript:
    """Read a page: every block of text is a paragraph, headings are headings, but for one that repeats the title.

    Speakers are named by cite; in a page without any, by the rule of `speakers`. A name holds until another is given.
    Times are time elements, or stand in the text, see `prose`. Faults are times that are none or run backwards.
    """
    reader = _read(text, remarks)
    parts: list[Block] = []
    for block in reader.blocks:
        if block.heading:
            title = tidy(block.text, line=block.line)
            if title != reader.title:
                parts.append(Block(line=block.line, lines=[title], heading=True, start=block.start))
            continue
        lines = [" ".join(line.split()) for line in block.text.split("\n")]
        parts.append(
            Block(
                line=block.line,
                lines=[line for line in lines if line.strip(BOLD + UNBOLD)] or [""],
                speaker=block.speaker,
                start=block.start,
                marked_up=reader.cites,
            )
        )
    return parse_prose(parts, remarks, strict=True)


def _read(text: str, remarks: Remarks) -> _Reader:
    reader = _Reader(remarks)
    try:
        # The line break settles an "&" or "<" at the very end. What is then left over is a tag without its end:
        # close() would read that as text, in time that grows with its square.
        reader.feed(f"{text}\n")
    except AssertionError as error:
        # The parser asserts on marked sections that it does not know, such as "<![x[".
        raise TranscriptError("a declaration that HTML does not have; delete it", line=reader.getpos()[0]) from error
    if reader.rawdata or reader.apart:
        what = f"<{reader.apart}>" if reader.apart else "tag or comment"
        raise TranscriptError(f"a {what} never ends; close it", line=reader.getpos()[0])
    reader.flush()
    return reader


def render(transcript: Transcript, page: Page) -> bytes:
    """Write a transcript as a page of its own, with the names and times in cite and time, which readers look for."""
    title = escape(page.title, quote=False)
    head = (
        "<!doctype html>",
        f'<html lang="{escape(page.language)}" dir="{direction(page.language)}">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title>",
        "</head>",
        "<body>",
        "<main>",
        f"<h1>{title}</h1>",
    )
    return "\n".join((*head, *_body(transcript, page.title), "</main>", "</body>", "</html>", "")).encode()


def _body(transcript: Transcript, title: str) -> Iterator[str]:
    above: dict[int, list[str]] = {}
    for heading in transcript.headings:
        if heading.title != title:
            above.setdefault(heading.before, []).append(_heading(heading))
    for paragraph in paragraphs(transcript):
        yield from above.get(paragraph.cue, ())
        if paragraph.speaker is not None:
            yield f"<cite>{escape(paragraph.speaker, quote=False)}:</cite>"
        if paragraph.start is not None:
            yield _time(paragraph.start)
        yield f"<p>{escape(paragraph.text, quote=False)}</p>"
    yield from above.get(len(transcript.cues), ())


def _time(time: timedelta) -> str:
    """Return a time, also as HTML's machines read it: as a duration, since `1:30` is none of their times.

    https://html.spec.whatwg.org/multipage/text-level-semantics.html#datetime-value
    """
    return f'<time datetime="PT{time // timedelta(seconds=1)}S">{format_clock(time)}</time>'


def _heading(heading: Heading) -> str:
    time = f" {_time(heading.start)}" if heading.start is not None else ""
    return f"<h2>{escape(heading.title, quote=False)}{time}</h2>"


FORMAT = Format(
    suffix=".html",
    order=4,
    # To read it takes up to 250 bytes of memory for each byte.
    limit=3 << 20,
    parse=parse,
    output=Output(media_type="text/html; charset=utf-8", feed_type="text/html", render=render),
)
