"""Markdown transcripts: paragraphs with speakers and, where wanted, time marks and headings.

    ## [00:28] A walk to the bathroom

    [00:28] **Ada Example:** And if one answer is yes?

A mark, `[mm:ss]` or `[hh:mm:ss]`, stands before or after the speaker, inside the text, and at the start or the end of
a heading. What tools write in its place is read, too: see `prose`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from podwright.core.model import Transcript
from podwright.media.transcripts.prose import BOLD, UNBOLD, Block, parse_prose
from podwright.media.transcripts.remarks import Remarks
from podwright.media.transcripts.source import tidy
from podwright.media.transcripts.times import CLOCK_SHAPE, parse_clock
from podwright.media.transcripts.types import Format

if TYPE_CHECKING:
    from markdown_it.token import Token

#: Rules of CommonMark under which a transcript would lose what was said: a paragraph that begins "120. " is no list,
#: "[00:02]: Yes" defines no link, one above a line of hyphens is no heading, indented text and text in tags is text.
_DISABLED = ("list", "code", "fence", "lheading", "reference", "html_block", "html_inline")

_BOLD = {"strong_open": BOLD, "strong_close": UNBOLD}
_UNBOLD = str.maketrans("", "", BOLD + UNBOLD)
_MARK = rf"\[ ?({CLOCK_SHAPE}) ?\]"
_MARK_FIRST = re.compile(rf"{_MARK} ?")
_MARK_LAST = re.compile(rf"{_MARK}\Z")
_TAG = re.compile(r"<(?:/?[A-Za-z][^<>]*|!--[^<>]*--)>")


def parse(text: str, remarks: Remarks) -> Transcript:
    """Read a Markdown transcript as plain text: emphasis, links and tags leave their text.

    Bold type before a colon is a speaker unless it is a label or begins with a small letter, and a plain name is one by
    the rule of `speakers`; it holds until another is given. Faults are marks that are no times or run backwards.
    """
    parts: list[Block] = []
    for kind, line, flat in _blocks(text):
        if kind == "heading":
            with remarks.faulty():
                mark, title = _heading(flat, line=line)
                if title or mark is not None:
                    parts.append(Block(line=line, lines=[title], heading=True, start=mark))
        elif flat:
            parts.append(Block(line=line, lines=flat.split("\n")))
    return parse_prose(parts, remarks, strict=True)


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


#: To read it takes up to 600 bytes of memory for each byte.
FORMAT = Format(suffix=".md", order=6, limit=1 << 20, parse=parse)
