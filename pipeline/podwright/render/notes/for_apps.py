"""Notes as written, in the little HTML that podcast apps show: paragraphs, lists, links and emphasis.

What apps do not know is put into words and lines: headings are bold, rows of a table stand on lines of their own,
players and pictures are links.
"""

from __future__ import annotations

import functools
from html import escape, unescape

from podwright.render.notes.markup import anchor, bare_text, clean_html
from podwright.render.notes.written import (
    BLOCKS,
    HEADINGS,
    MEDIA,
    Mark,
    kept_url,
    marks,
    media_link,
    parsed,
)

#: Inline elements that apps show.
_SHOWN = frozenset(("b", "i", "strong", "em"))
#: Their words are shown in bold.
_BOLD = HEADINGS | {"dt", "summary", "caption", "legend"}
#: Elements of a table.
_CELLS, _TABLE = frozenset(("td", "th")), frozenset(("table", "thead", "tbody", "tfoot", "tr"))
_BETWEEN, _NO_CELL = " · ", "–"
_RAISED = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")


@functools.lru_cache(maxsize=32)
def app_blocks(source: str) -> tuple[str, ...]:
    """Return each block of a Markdown text as clean HTML."""
    blocks: list[str] = []
    for chunk in parsed(source):
        writer = _Writer()
        for mark in marks(chunk):
            writer.take(mark)
        blocks += map(clean_html, writer.finish())
    return tuple(stripped for block in blocks if bare_text(stripped := block.strip()))


class _Inline:
    """An inline element that is open; its tag waits for its first word."""

    __slots__ = ("begun", "name", "tag")

    def __init__(self, name: str, tag: str) -> None:
        self.name, self.tag, self.begun = name, tag, False


class _Writer:
    """Blocks of HTML; paragraphs and emphasis wait for the text that they hold."""

    def __init__(self) -> None:
        self._blocks: list[str] = []
        self._pieces: list[str] = []
        self._lists: list[str] = []
        self._inline: list[_Inline] = []
        #: A paragraph is open, or shall be opened by the next word.
        self._open = self._wanted = False
        self._script = ""
        self._code = 0
        self._lines = 0
        #: Cells of the row so far, and what is in the present one; None outside of them.
        self._row: list[str] | None = None
        self._cell: list[str] | None = None
        self._tables = 0

    def take(self, mark: Mark) -> None:
        """Write a tag or a text."""
        if mark.kind == "text":
            self._text(mark.text)
        elif mark.kind == "start":
            self._start(mark)
        else:
            self._end(mark.name)

    def finish(self) -> list[str]:
        """Return the blocks."""
        self._close()
        self._flush()
        return self._blocks

    def _start(self, mark: Mark) -> None:
        name = mark.name
        if name == "a":
            url = kept_url(mark.attributes.get("href", ""))
            self._inline.append(_Inline(name, f'<a href="{escape(url)}">' if url else ""))
        elif name in _SHOWN:
            self._inline.append(_Inline(name, f"<{name}>"))
        elif name in ("sup", "sub"):
            self._script = name
        elif name == "img" or name in MEDIA:
            self._picture(mark)
        elif name == "br":
            if self._open or self._lists:
                self._put(" " if self._cell is not None else "<br>")
        elif name in _TABLE or name in _CELLS:
            self._start_of_table(name)
        elif name in BLOCKS:
            self._start_block(mark)

    def _start_block(self, mark: Mark) -> None:
        name = mark.name
        if self._cell is not None or (name == "caption" and self._tables > 1):
            self._put(" ")
        elif name in ("ul", "ol"):
            self._start_list(mark)
        elif name == "li" and self._lists:
            self._close()
            self._wanted = False
            self._pieces.append("<li>")
        else:
            self._begin()
            self._code += name == "pre"
            if name in _BOLD:
                self._inline.append(_Inline(name, "<strong>"))

    def _end(self, name: str) -> None:
        if name in ("sup", "sub"):
            self._script = ""
        elif name in _TABLE or name in _CELLS:
            self._end_of_table(name)
        elif self._cell is not None and name in BLOCKS:
            self._put(" ")
        else:
            self._end_inline(name)
            if name in BLOCKS:
                self._end_block(name)

    def _end_block(self, name: str) -> None:
        self._close()
        self._wanted = False
        if name in ("ul", "ol") and self._lists:
            self._pieces.append(f"</{self._lists.pop()}>")
        elif name == "li" and self._lists:
            self._pieces.append("</li>")
        elif name == "pre":
            self._code, self._lines = max(self._code - 1, 0), 0
        self._flush()

    def _text(self, text: str) -> None:
        if self._code:
            self._code_text(text)
        elif not text.strip() and not self._open and self._cell is None:
            # Between the rows of a list white space is kept as it was; elsewhere it parts nothing.
            if self._lists and not self._wanted and not self._tables:
                self._pieces.append(text)
        elif self._cell is None and self._tables and not self._inline:
            # Between cells there is no text but white space: only a caption stands there.
            return
        else:
            self._word(text)

    def _code_text(self, text: str) -> None:
        for number, line in enumerate(text.split("\n")):
            self._lines += number > 0
            if line:
                breaks = self._lines if self._open else 0
                self._lines = 0
                self._word(line, before="<br>" * breaks)

    def _word(self, text: str, *, before: str = "") -> None:
        if self._cell is None and not self._open and (self._wanted or not self._lists):
            self._pieces.append("<p>")
            self._open, self._wanted = True, False
        if self._script:
            words = unescape(text)
            table = _RAISED if self._script == "sup" else _LOWERED
            text = words.translate(table) if all(ord(letter) in table for letter in words) else text
        tags = [inline.tag for inline in self._inline if not inline.begun]
        for inline in self._inline:
            inline.begun = True
        self._put(before + "".join(tags) + text)

    def _put(self, html: str) -> None:
        (self._pieces if self._cell is None else self._cell).append(html)

    def _picture(self, mark: Mark) -> None:
        url, text = media_link(mark)
        if text:
            linked = any(inline.name == "a" and inline.tag for inline in self._inline)
            self._word(anchor(text, None if linked else url))

    def _start_list(self, mark: Mark) -> None:
        self._close()
        self._flush()
        start = mark.attributes.get("start", "1")
        numbered = f' start="{int(start)}"' if start.isdecimal() and len(start) < 10 and int(start) != 1 else ""
        self._pieces.append(f"<{mark.name}{numbered if mark.name == 'ol' else ''}>")
        self._lists.append(mark.name)

    def _start_of_table(self, name: str) -> None:
        if name == "table":
            self._tables += 1
            if self._tables == 1:
                self._begin()
        elif self._tables > 1 or (self._tables == 0 and name in _CELLS):
            self._put(" ")
        elif name == "tr":
            self._row = []
        elif name in _CELLS and self._row is not None:
            self._end_tags()
            self._cell = []
            if name == "th":
                self._inline.append(_Inline("th", "<strong>"))

    def _end_of_table(self, name: str) -> None:
        if name == "table":
            self._tables = max(self._tables - 1, 0)
            if not self._tables:
                self._close()
                self._flush()
        elif self._tables > 1:
            self._put(" ")
        elif name in _CELLS and self._cell is not None:
            if name == "th":
                self._end_inline("th")
            self._end_tags()
            cell, self._cell = " ".join("".join(self._cell).split()), None
            if self._row is not None:
                self._row.append(cell)
        elif name == "tr" and self._row is not None:
            row, self._row = self._row, None
            while row and not row[-1]:
                row.pop()
            if any(map(bare_text, row)):
                before = "<br>" if self._open else ""
                self._word(before + _BETWEEN.join(cell or _NO_CELL for cell in row))

    def _begin(self) -> None:
        """Begin a block: what is open ends, and the next word opens a paragraph."""
        self._close()
        self._wanted = True
        self._flush()

    def _close(self) -> None:
        """End the open paragraph; emphasis goes on with the next word."""
        self._end_tags()
        if self._open:
            self._pieces.append("</p>")
        self._open = False

    def _end_tags(self, first: int = 0) -> None:
        """Close the tags of the open elements from the first on; each is opened again by its next word."""
        for inline in reversed(self._inline[first:]):
            if inline.begun and inline.tag:
                self._put(_closing(inline))
            inline.begun = False

    def _end_inline(self, name: str) -> None:
        """End the innermost open element of a name; those within it go on."""
        at = next((n for n in range(len(self._inline) - 1, -1, -1) if self._inline[n].name == name), None)
        if at is not None:
            self._end_tags(at)
            del self._inline[at]

    def _flush(self) -> None:
        if not self._lists:
            self._blocks.append("".join(self._pieces))
            self._pieces = []


def _closing(inline: _Inline) -> str:
    return "</a>" if inline.tag.startswith("<a ") else f"</{inline.tag[1:]}"
