"""Notes of other hosts, HTML or plain text, as what stands below the front matter of an episode.

They become Markdown where that gives the same HTML again, for apps and for pages. Else HTML stays HTML in one block of
Markdown, so that nothing of it is taken for Markdown.
"""

from __future__ import annotations

import re
from html import escape, unescape
from html.parser import HTMLParser

from podwright.render.notes.markup import bare_text, clean_html
from podwright.render.notes.written import BLOCKS, parsed

_MARKUP = re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]*)?/?>|&(?:[a-z]+|#\d+|#x[0-9a-f]+);", re.IGNORECASE)
#: An HTML block of CommonMark goes on to the next blank line (https://spec.commonmark.org/0.31.2/#html-blocks).
_BLANK = re.compile(r"\n[ \t\r\n]*\n")
_BLOCK_START = re.compile(rf"<(?:{'|'.join(sorted(BLOCKS))})\b[^<>]*>", re.IGNORECASE)
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
_SPACES, _LINES = re.compile(r"[ \t\r\n]+"), re.compile(r"\n{3,}")
_AROUND_BLOCK = re.compile(r" ?(</?(?:p|ul|ol|li|h[1-6])(?: [^>]*)?>) ?")
#: Signs of Markdown within a line, and those that begin one.
_SIGNS = re.compile(r"[\\`*_\[\]<]|&(?=#?\w+;)")
_STARTS = re.compile(r"(?:[#>+=~|-]|\d{1,9}(?=[.)]))")


def is_markup(text: str) -> bool:
    """Return whether a text that may be either is HTML rather than plain."""
    return _MARKUP.search(text) is not None


def plain_words(html: str) -> str:
    """Return the words of HTML on one line."""
    return bare_text(clean_html(html)) if "<" in html else " ".join(unescape(html).split())


def notes_body(text: str) -> str:
    """Return notes as they stand below front matter, in HTML."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        return ""
    html = text if is_markup(text) else _from_plain(text)
    html = _BLANK.sub("\n", html)
    if _BLOCK_START.match(html):
        return html
    return f"<div>{html}</div>" if _BLOCK_START.search(html) else f"<p>{html}</p>"


def notes_text(text: str) -> tuple[str, str | None]:
    """Return notes as they stand below front matter, in Markdown where that gives the same HTML again.

    Else they are HTML, and why they are is returned as well.
    """
    body = notes_body(text)
    writer = _Markdown()
    writer.feed(body)
    writer.close()
    if writer.foreign:
        return body, f"<{writer.foreign}>"
    markdown = writer.text()
    return (markdown, None) if _shown(markdown) == _shown(body) else (body, "Markdown would show them another way")


def _shown(body: str) -> str:
    """Return notes as pages show them, and as apps do, which follows: white space of HTML is one space."""
    html = _SPACES.sub(" ", "".join(parsed(body)))
    return _AROUND_BLOCK.sub(r"\1", html).strip()


def _from_plain(text: str) -> str:
    """Return plain text as HTML: paragraphs, and lines as they are."""
    paragraphs = (escape(one, quote=False).replace("\n", "<br>") for one in _PARAGRAPH.split(text))
    return "\n".join(f"<p>{one}</p>" for one in paragraphs if one)


class _Markdown(HTMLParser):
    """A writer of the HTML that most notes are made of as Markdown."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        #: An element that it does not know how to write.
        self.foreign = ""
        self._blocks: list[str] = []
        self._line: list[str] = []
        self._prefix = ""
        #: By open list: the number of its next row, None without numbers.
        self._lists: list[int | None] = []
        self._href: list[str] = []

    def text(self) -> str:
        """Return all of it."""
        self._end()
        return _LINES.sub("\n\n", "\n".join(self._blocks)).strip("\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        if tag in ("p", "div"):
            self._end()
        elif tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self._end()
            self._prefix = "#" * int(tag[1]) + " "
        elif tag in ("ul", "ol"):
            self._end()
            self.foreign = self.foreign or (f"{tag} within a list" if self._lists else tag if attrs else "")
            self._lists.append(1 if tag == "ol" else None)
        elif tag == "li" and self._lists:
            self._end()
            number = self._lists[-1]
            self._prefix = "- " if number is None else f"{number}. "
            self._lists[-1] = None if number is None else number + 1
        elif tag == "br":
            self._line.append("<br>")
        elif tag in ("strong", "em"):
            self._line.append("**" if tag == "strong" else "*")
        elif tag in ("b", "i"):
            self._line.append(f"<{tag}>")
        elif tag == "a" and not self._href:
            self._href.append(dict(attrs).get("href") or "")
            self._line.append("[")
        else:
            self.foreign = self.foreign or tag

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        if tag in ("p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6"):
            self._end()
        elif tag in ("ul", "ol") and self._lists:
            self._end()
            self._lists.pop()
            self._blocks.append("")
        elif tag in ("strong", "em"):
            self._line.append("**" if tag == "strong" else "*")
        elif tag in ("b", "i"):
            self._line.append(f"</{tag}>")
        elif tag == "a" and self._href:
            self._line.append(f"](<{self._href.pop()}>)")

    def handle_data(self, data: str) -> None:
        """Write a text."""
        self._line.append(_SIGNS.sub(r"\\\g<0>", _SPACES.sub(" ", data)))

    def _end(self) -> None:
        """End a block, if one has begun."""
        line, self._line = "".join(self._line).strip(), []
        prefix, self._prefix = self._prefix, ""
        if not line:
            return
        if _STARTS.match(line) and not line.startswith("**"):
            line = f"\\{line}" if not line[0].isdigit() else re.sub(r"^(\d+)([.)])", r"\1\\\2", line)
        tight = prefix and prefix[0] != "#"
        self._blocks += [prefix + line] if tight else [*([""] if self._blocks else []), prefix + line, ""]
