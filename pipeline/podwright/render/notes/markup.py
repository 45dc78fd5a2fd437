"""From Markdown and plain text to the little HTML that podcast apps show, and from that to plain text."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from html import escape, unescape

import nh3
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.token import Token

#: PSP-1 (https://github.com/Podcast-Standards-Project/PSP-1-Podcast-RSS-Specification#item-description), and breaks.
TAGS = frozenset({"p", "ol", "ul", "li", "a", "b", "i", "strong", "em", "br"})
SCHEMES = frozenset({"http", "https", "mailto"})
#: Those that a web page of one's own shows.
PAGE_TAGS = TAGS | {
    "h3",
    "h4",
    "blockquote",
    "pre",
    "code",
    "hr",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "sup",
    "sub",
}
#: A tag or a stretch of text of clean HTML, in which attributes hold no angle brackets.
TOKEN = re.compile(r'<(?P<slash>/?)(?P<name>\w+)(?: href="(?P<href>[^"]*)")?>|(?P<text>[^<]+)')

#: "was.It" and "README.md" are no addresses: without http:// only these endings make one.
_DOMAINS = ("au", "ca", "com", "edu", "eu", "gov", "ie", "info", "int", "net", "nz", "org", "uk")
#: What every address holds, and few sentences do: the search for addresses takes most of the time of rendering.
_ADDRESS_SIGN = re.compile(r"[@:]|\.[^\W\d_]")
_DEAD_LINK = re.compile(r"<a>(.*?)</a>", re.DOTALL)
#: What XML cannot hold (https://www.w3.org/TR/xml/#charsets); character references in raw HTML may name it.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEADING = re.compile(r"<(/?)h[1-6]\b[^<>]*>", re.IGNORECASE)
#: Raw elements that apps do not show, but whose ends separate words.
_BREAKING = re.compile(r"</?(?:blockquote|pre|table|tr|td|th|div|section|hr|dl|dt|dd|figure)\b[^<>]*>", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n]+")
_BLOCK = re.compile(r"\s*<(?:p|ul|ol|li)\b", re.IGNORECASE)


def clean_html(html: str) -> str:
    """Return HTML with nothing in it but TAGS and absolute links of SCHEMES; of other links their text."""
    return _DEAD_LINK.sub(r"\1", _NO_XML.sub("", _cleaner().clean(html)))


# Notes are asked for again for the page, the search, and without a table of contents.
@functools.lru_cache(maxsize=4)
def markdown_blocks(source: str) -> tuple[str, ...]:
    """Return each top-level block of a Markdown text as clean HTML. Headings become bold paragraphs."""
    parser = _markdown()
    tokens = parser.parse(source)
    _simplify(tokens)
    blocks, begin = [], 0
    for end, token in enumerate(tokens, 1):
        if token.level == 0 and token.nesting <= 0:
            blocks.append(clean_html(parser.renderer.render(tokens[begin:end], parser.options, {})).strip())
            begin = end
    return tuple(block for block in blocks if bare_text(block))


@functools.lru_cache(maxsize=4)
def page_html(source: str) -> str:
    """Return a Markdown text as HTML for a web page: with headings below the page's own, quotations, code and tables.

    Of pictures their text is left, since a page asks no other site for anything.
    """
    parser = _page_markdown()
    tokens = parser.parse(source)
    _lower(tokens)
    html = _page_cleaner().clean(parser.renderer.render(tokens, parser.options, {}))
    return _DEAD_LINK.sub(r"\1", _NO_XML.sub("", html)).strip()


def live(text: str) -> str:
    """Return plain text as HTML in which web and e-mail addresses are links."""
    pieces, at = [], 0
    for match in (_ADDRESS_SIGN.search(text) and _linkify().match(text)) or ():
        pieces += [escape(text[at : match.index], quote=False), anchor(match.raw, match.url)]
        at = match.last_index
    return "".join([*pieces, escape(text[at:], quote=False)])


def anchor(text: str, url: str | None) -> str:
    """Return a link, or the bare text where there is no address."""
    return f'<a href="{escape(url)}">{escape(text, quote=False)}</a>' if url else escape(text, quote=False)


def paragraph(html: str) -> str:
    """Return a paragraph."""
    return f"<p>{html}</p>"


def bullets(rows: Iterable[str]) -> str:
    """Return a list."""
    return "<ul>" + "".join(f"<li>{row}</li>" for row in rows) + "</ul>"


def bare_text(html: str) -> str:
    """Return the words of clean HTML on one line, without markup or addresses."""
    return " ".join(
        unescape("".join(token["text"] or " " * (token["name"] == "br") for token in TOKEN.finditer(html))).split()
    )


def plain_text(html: str) -> str:
    """Return clean HTML as plain text: paragraphs apart, lists with dashes or numbers, links with their addresses."""
    writer = _PlainText()
    for token in TOKEN.finditer(html):
        if token["text"] is not None:
            writer.write(unescape(token["text"]))
        elif token["slash"]:
            writer.end(token["name"])
        else:
            writer.start(token["name"], unescape(token["href"] or ""))
    return "".join(writer.pieces).rstrip()


class _PlainText:
    """Pieces of plain text; line breaks and list marks wait for the text that they precede."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._breaks = 0
        self._mark = ""
        self._lists: list[int | None] = []
        self._href = ""
        self._link: list[str] = []

    def start(self, tag: str, href: str) -> None:
        if tag in ("ul", "ol"):
            self._break(1 if self._lists else 2)
            self._lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._break(1)
            self._mark = "  " * (len(self._lists) - 1) + self._next_mark()
        elif tag == "p" and not self._mark:
            self._break(1 if self._lists else 2)
        elif tag == "br":
            self._breaks = min(self._breaks + 1, 2)
        elif tag == "a":
            self._href, self._link = href, []

    def end(self, tag: str) -> None:
        if tag in ("ul", "ol"):
            self._lists.pop()
        if tag in ("ul", "ol", "p"):
            self._break(1 if self._lists else 2)
        elif tag == "a":
            shown, address = "".join(self._link).strip(), self._href.removeprefix("mailto:")
            if shown not in (address, address.removeprefix("http://"), address.removeprefix("https://")):
                self.write(f" ({address})")
            self._href = ""

    def write(self, data: str) -> None:
        text = _SPACES.sub(" ", data)
        if self._breaks or not self.pieces or self.pieces[-1].endswith(" "):
            text = text.removeprefix(" ")
        if not text:
            return
        if self._breaks and self.pieces:
            self.pieces[-1] = self.pieces[-1].rstrip(" ")
            self.pieces.append("\n" * self._breaks + ("" if self._mark else "  " * len(self._lists)))
        self.pieces += [self._mark, text] if self._mark else [text]
        self._link.append(text)
        self._breaks, self._mark = 0, ""

    def _break(self, count: int) -> None:
        self._breaks = max(self._breaks, count)

    def _next_mark(self) -> str:
        if not self._lists or (count := self._lists[-1]) is None:
            return "- "
        self._lists[-1] = count + 1
        return f"{count + 1}. "


@functools.cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(TAGS),
        attributes={"a": {"href"}, "*": set()},
        url_schemes=set(SCHEMES),
        url_relative="deny",
        link_rel=None,
    )


@functools.cache
def _page_cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(PAGE_TAGS),
        attributes={"a": {"href"}, "*": set()},
        url_schemes=set(SCHEMES),
        url_relative="deny",
        link_rel="noopener",
    )


class _Linkify(LinkifyIt):  # type: ignore[misc]
    """A search for addresses that begins only where there may be one."""

    def pretest(self, text: str) -> bool:
        """Return whether there may be an address in a text."""
        return (_ADDRESS_SIGN.search(text) is not None or "//" in text) and bool(super().pretest(text))


@functools.cache
def _linkify() -> LinkifyIt:
    return _Linkify().tlds(list(_DOMAINS))


@functools.cache
def _markdown() -> MarkdownIt:
    # CommonMark (https://spec.commonmark.org/0.31.2/) with bare addresses made live.
    parser = MarkdownIt("commonmark", {"linkify": True, "html": True}).enable("linkify")
    parser.linkify = _linkify()
    return parser


@functools.cache
def _page_markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"linkify": True, "html": True}).enable(["linkify", "table"])
    parser.linkify = _linkify()
    return parser


def _lower(tokens: Iterable[Token]) -> None:
    """Put headings below those of the page, and words in the place of pictures."""
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h3" if token.tag in ("h1", "h2") else "h4"
        elif token.type == "image":
            token.content, token.type = _image(token), "html_inline"
        _lower(token.children or ())


def _simplify(tokens: Iterable[Token]) -> None:
    """Put what apps show in the place of what they do not."""
    for token in tokens:
        if simple := _SIMPLE.get(token.type):
            token.content, token.type = simple(token), "html_block"
        _simplify(token.children or ())


def _code(token: Token) -> str:
    return paragraph("<br>".join(escape(line, quote=False) for line in token.content.splitlines()))


def _image(token: Token) -> str:
    return escape("".join(child.content for child in token.children or ()), quote=False)


def _raw(token: Token) -> str:
    html = _HEADING.sub(lambda match: "</strong></p>" if match[1] else "<p><strong>", token.content)
    html = _BREAKING.sub(" ", html)
    return html if _BLOCK.match(html) else paragraph(html)


_SIMPLE: Mapping[str, Callable[[Token], str]] = {
    "heading_open": lambda _: "<p><strong>",
    "heading_close": lambda _: "</strong></p>",
    "blockquote_open": lambda _: "",
    "blockquote_close": lambda _: "",
    "hr": lambda _: "",
    "fence": _code,
    "code_block": _code,
    "image": _image,
    "html_block": _raw,
}
