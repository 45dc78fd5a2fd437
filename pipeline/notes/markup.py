"""From Markdown and plain text to the little HTML that podcast apps show, and from that to plain text."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from html import escape
from html.parser import HTMLParser

import nh3
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt

#: PSP-1 (https://github.com/Podcast-Standards-Project/PSP-1-Podcast-RSS-Specification#item-description), and breaks.
TAGS = frozenset({"p", "ol", "ul", "li", "a", "b", "i", "strong", "em", "br"})
SCHEMES = frozenset({"http", "https", "mailto"})

_HEADING = re.compile(r"<(/?)h[1-6]\b[^>]*>", re.IGNORECASE)
#: Elements whose end separates words, but which apps do not show as such.
_BREAKING = re.compile(r"</?(?:blockquote|pre|table|tr|td|th|div|section|hr|dl|dt|dd|figure)\b[^>]*>", re.IGNORECASE)


def clean_html(html: str) -> str:
    """HTML with nothing in it but TAGS and absolute links of SCHEMES."""
    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes={"a": {"href"}},
        url_schemes=set(SCHEMES),
        url_relative="deny",
        link_rel=None,
    )


def markdown_blocks(source: str) -> tuple[str, ...]:
    """Each top-level block of a Markdown text as clean HTML. Headings become bold paragraphs."""
    tokens = _markdown().parse(source)
    blocks, begin = [], 0
    for end, token in enumerate(tokens, 1):
        if token.level == 0 and token.nesting <= 0:
            html = _markdown().renderer.render(tokens[begin:end], _markdown().options, {})
            html = _HEADING.sub(lambda m: "</strong></p>" if m[1] else "<p><strong>", html)
            blocks.append(clean_html(_BREAKING.sub("\n", html)).strip())
            begin = end
    return tuple(block for block in blocks if plain_text(block).strip())


@functools.cache
def _markdown() -> MarkdownIt:
    # CommonMark (https://spec.commonmark.org/0.31.2/) with bare addresses made live.
    return MarkdownIt("commonmark", {"linkify": True, "html": True}).enable("linkify")


@functools.cache
def _linkify() -> LinkifyIt:
    return LinkifyIt()


def live(text: str) -> str:
    """Plain text as HTML in which addresses and e-mail addresses are links."""
    pieces, at = [], 0
    for match in _linkify().match(text) or ():
        pieces += [escape(text[at : match.index], quote=False), anchor(match.raw, match.url)]
        at = match.last_index
    return "".join([*pieces, escape(text[at:], quote=False)])


def anchor(text: str, url: str | None) -> str:
    """A link, or the bare text where there is no address."""
    return f'<a href="{escape(url)}">{escape(text, quote=False)}</a>' if url else escape(text, quote=False)


def paragraph(html: str) -> str:
    """A paragraph."""
    return f"<p>{html}</p>"


def bullets(rows: Iterable[str]) -> str:
    """A list."""
    return "<ul>" + "".join(f"<li>{row}</li>" for row in rows) + "</ul>"


def plain_text(html: str) -> str:
    """Our own HTML as plain text: paragraphs apart, lists with dashes or numbers, links with their addresses."""
    reader = _PlainText()
    reader.feed(html)
    reader.close()
    return re.sub(r"\n{3,}", "\n\n", "".join(reader.pieces)).strip()


class _PlainText(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._lists: list[int | None] = []
        self._links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("p", "ul", "ol") and not self._lists:
            self.pieces.append("\n\n")
        if tag in ("ul", "ol"):
            self._lists.append(0 if tag == "ol" else None)
        elif tag == "br":
            self.pieces.append("\n")
        elif tag == "li":
            self.pieces.append(f"\n{'  ' * (len(self._lists) - 1)}{self._mark()}")
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self.pieces)))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
            self.pieces.append("" if self._lists else "\n\n")
        elif tag == "p" and not self._lists:
            self.pieces.append("\n\n")
        elif tag == "a" and self._links:
            url, begin = self._links.pop()
            shown = "".join(self.pieces[begin:]).strip()
            bare = url.removeprefix("mailto:")
            if url and shown not in (url, bare):
                self.pieces.append(f" ({bare})")

    def handle_data(self, data: str) -> None:
        self.pieces.append(data.replace("\n", " ") if data.strip() else " " if self._inline() else "")

    def _inline(self) -> bool:
        return bool(self.pieces) and not self.pieces[-1].endswith("\n")

    def _mark(self) -> str:
        if not self._lists or self._lists[-1] is None:
            return "- "
        self._lists[-1] += 1
        return f"{self._lists[-1]}. "
