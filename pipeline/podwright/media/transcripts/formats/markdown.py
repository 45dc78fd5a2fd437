"""Markdown transcripts: paragraphs with speakers and, where wanted, time marks and headings.

    ## [00:28] A walk to the bathroom

    [00:28] **Ada Example:** And if one answer is yes?

A mark, `[mm:ss]` or `[hh:mm:ss]`, stands before or after the speaker, and at the start or the end of a heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from podwright.core.model import Cue, Heading, Transcript
from podwright.media.transcripts.source import tidy
from podwright.media.transcripts.speakers import ends_sentence, is_label, split_speaker
from podwright.media.transcripts.times import CLOCK_SHAPE, in_order, parse_clock, with_ends
from podwright.media.transcripts.types import Format

if TYPE_CHECKING:
    from markdown_it.token import Token

#: Rules of CommonMark under which a transcript would lose what was said: a paragraph that begins "120. " is no list,
#: "[00:02]: Yes" defines no link, one above a line of hyphens is no heading, indented text and text in tags is text.
_DISABLED = ("list", "code", "fence", "lheading", "reference", "html_block", "html_inline")

#: Bold type, in flattened text; control characters, because no transcript has any.
_BOLD = {"strong_open": "\x01", "strong_close": "\x02"}
_UNBOLD = str.maketrans("", "", "".join(_BOLD.values()))

_MARK = rf"\[\s*({CLOCK_SHAPE})\s*\]"
_MARK_FIRST = re.compile(rf"(\x01?)\s*{_MARK}\s*")
_MARK_LAST = re.compile(rf"{_MARK}\Z")
_BOLD_NAME = re.compile(rf"\x01\s*([^\x01\x02\[\]:]{{1,60}})(?:{_MARK})?\s*(:?)\s*\x02\s*(?:{_MARK})?\s*(:?)\s*")
_MARK_IN_NAME = re.compile(rf"([^\x01\x02\[\]:]{{1,60}}){_MARK}\s*:")
_TAG = re.compile(r"<(?:/?[A-Za-z][^<>]*|!--[^<>]*--)>")


@dataclass(slots=True)
class _Turn:
    """A turn as it is read, line by line. start and speaker are None where none is given."""

    line: int
    start: timedelta | None
    speaker: str | None
    lines: list[str]


def parse(text: str) -> Transcript:
    """Read a Markdown transcript as plain text: emphasis, links and tags leave their text.

    Bold type before a colon is a speaker unless it is a label or begins with a small letter, and a plain name is one by
    the rule of `speakers`; it holds until another is given.
    Where every paragraph has a mark the transcript is timed: each ends where the next one starts.
    Raises TranscriptError, also for marks that are no times or run backwards.
    """
    cues: list[Cue] = []
    headings: list[Heading] = []
    speaker: str | None = None
    start: timedelta | None = None
    last = timedelta()
    for kind, line, flat in _blocks(text):
        if kind == "heading":
            mark, title = _heading(flat, line=line)
            last = in_order(mark, last, line=line) if mark is not None else last
            if title:
                headings.append(Heading(len(cues), title, mark))
            continue
        for turn in _turns(flat.split("\n"), line=line):
            if turn.start is not None:
                start = last = in_order(turn.start, last, line=turn.line)
            speaker = turn.speaker or speaker
            if words := tidy(" ".join(turn.lines), line=turn.line):
                cues.append(Cue(start, None, speaker, words))
                start = None
    return Transcript(cues=with_ends(cues), headings=tuple(headings))


def _blocks(text: str) -> Iterator[tuple[str, int, str]]:
    """Yield kind ("heading" or "paragraph"), line and flattened text of each block."""
    tokens = MarkdownIt("commonmark").disable(_DISABLED).parse(text)
    for before, token in pairwise(tokens):
        if token.type == "inline":
            line = token.map[0] + 1 if token.map else 1
            flat = "".join(map(_flat, token.children or ()))
            # Runs of spaces would cost the patterns below time that grows with their square.
            yield before.type.removesuffix("_open"), line, "\n".join(" ".join(one.split()) for one in flat.split("\n"))


def _flat(token: Token) -> str:
    if token.type == "text":
        return _TAG.sub("", token.content)
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    return _BOLD.get(token.type, token.content)


def _heading(flat: str, *, line: int) -> tuple[timedelta | None, str]:
    text = flat.translate(_UNBOLD).strip()
    match = _MARK_FIRST.match(text) or _MARK_LAST.search(text)
    if match is None:
        return None, tidy(text, line=line)
    title = text[: match.start()] + text[match.end() :]
    return parse_clock(match[match.re.groups], line=line), tidy(title, line=line)


def _turns(lines: Sequence[str], *, line: int) -> list[_Turn]:
    """Return a paragraph's turns: a line with a mark or a bold name begins one, or a plain name after a sentence."""
    turns: list[_Turn] = []
    for number, each in enumerate(lines, start=line):
        turn, plain = _turn(each.strip(), line=number)
        marked = turn.start is not None or (turn.speaker is not None and not plain)
        if not turns or marked or (plain and ends_sentence(turns[-1].lines[-1])):
            turns.append(turn)
        else:
            turns[-1].lines.append(each.translate(_UNBOLD))
    return turns


def _turn(text: str, *, line: int) -> tuple[_Turn, bool]:
    """Return what a line begins with and says, and whether its speaker is in plain type."""
    marks: list[str | None] = []
    if match := _MARK_FIRST.match(text):
        marks.append(match[2])
        text = match[1] + text[match.end() :]
    speaker: str | None = None
    match = _BOLD_NAME.match(text)
    plain = not (match and (match[3] or match[5]) and _is_bold_name(match[1].strip()))
    if match and not plain:
        speaker = tidy(match[1], line=line)
        marks += [match[2], match[4]]
        text = text[match.end() :]
    else:
        text = text.translate(_UNBOLD)
        if (match := _MARK_IN_NAME.match(text)) and split_speaker(f"{match[1].strip()}:")[0]:
            marks.append(match[2])
            text = f"{match[1].strip()}:{text[match.end() :]}"
        speaker, text = split_speaker(text)
    if not any(marks) and (match := _MARK_FIRST.match(text)):
        marks.append(match[2])
        text = text[match.end() :]
    mark = next(filter(None, marks), None)
    start = parse_clock(mark, line=line) if mark else None
    return _Turn(line, start, speaker, [text.translate(_UNBOLD)]), plain and speaker is not None


def _is_bold_name(text: str) -> bool:
    """Return whether bold type before a colon is a name: anything but a label or what begins with a small letter."""
    return not text[:1].islower() and not is_label(text)


#: To read it takes up to 600 bytes of memory for each byte.
FORMAT = Format(suffix=".md", order=6, limit=1 << 20, parse=parse)
