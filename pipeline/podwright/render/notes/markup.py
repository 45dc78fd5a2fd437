"""The little HTML that podcast apps show: made of plain text, cleaned, and turned into plain text."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from html import escape, unescape
from urllib.parse import quote

import nh3
from linkify_it import LinkifyIt


def element_names(text: str) -> frozenset[str]:
    """Return the names of elements in a text."""
    return frozenset(text.split())


#: PSP-1 (https://github.com/Podcast-Standards-Project/PSP-1-Podcast-RSS-Specification#item-description), and breaks.
TAGS = frozenset({"p", "ol", "ul", "li", "a", "b", "i", "strong", "em", "br"})
#: tel (https://www.rfc-editor.org/rfc/rfc3966) and sms (https://www.rfc-editor.org/rfc/rfc5724) work from every app.
SCHEMES = frozenset({"http", "https", "mailto", "tel", "sms"})
#: A tag or a stretch of text of clean HTML.
TOKEN = re.compile(
    r'<(?P<slash>/?)(?P<name>\w+)(?: (?:href="(?P<href>[^"]*)"|start="(?P<start>\d+)"|[\w-]+="[^"]*"))*>'
    r"|(?P<text>[^<]+)"
)

#: "was.It" and "README.md" are no addresses: without http:// only these endings make one.
_DOMAINS = ("au", "ca", "com", "edu", "eu", "gov", "ie", "info", "int", "net", "nz", "org", "uk")
#: What every address holds, and few sentences do: the search for addresses takes most of the time of rendering.
_ADDRESS_SIGN = re.compile(r"[@:]|\.[^\W\d_]")
_DEAD_LINK = re.compile(r"<a>(.*?)</a>", re.DOTALL)
#: What XML cannot hold (https://www.w3.org/TR/xml/#charsets); character references in raw HTML may name it.
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPACES = re.compile(r"[ \t\r\n]+")
#: What the address of an e-mail keeps in a link (https://www.rfc-editor.org/rfc/rfc6068#section-2).
_MAILTO = "@!$*+-._~'"
#: A link's address is not said again where it is its text.
_CALLED, _SCHEME = re.compile(r"^(?:mailto|tel|sms):", re.IGNORECASE), re.compile(r"^https?://")
#: Elements within a word; all others part words.
_WITHIN = element_names("a abbr b cite code del dfn em i ins kbd mark q s samp small strong sub sup var")


def clean_html(html: str) -> str:
    """Return HTML with nothing in it but TAGS and absolute links of SCHEMES; of other links their text."""
    return _DEAD_LINK.sub(r"\1", NO_XML.sub("", _cleaner().clean(html)))


def live(text: str) -> str:
    """Return plain text as HTML in which web and e-mail addresses are links."""
    pieces, at = [], 0
    for match in (_ADDRESS_SIGN.search(text) and linkify().match(text)) or ():
        pieces += [escape(text[at : match.index], quote=False), anchor(match.raw, match.url)]
        at = match.last_index
    return "".join([*pieces, escape(text[at:], quote=False)])


def anchor(text: str, url: str | None) -> str:
    """Return a link, or the bare text where there is no address."""
    return f'<a href="{escape(url)}">{escape(text, quote=False)}</a>' if url else escape(text, quote=False)


def mail_url(email: str) -> str:
    """Return the address of a link by which somebody is written to."""
    return f"mailto:{quote(email, safe=_MAILTO)}"


def paragraph(html: str) -> str:
    """Return a paragraph."""
    return f"<p>{html}</p>"


def bullets(rows: Iterable[str], *, tag: str = "ul") -> str:
    """Return a list."""
    return f"<{tag}>" + "".join(f"<li>{row}</li>" for row in rows) + f"</{tag}>"


def bare_text(html: str) -> str:
    """Return the words of clean HTML on one line, without markup or addresses; those of different blocks apart."""
    pieces = (token["text"] or " " * (token["name"] not in _WITHIN) for token in TOKEN.finditer(html))
    return " ".join(unescape("".join(pieces)).split())


def plain_text(html: str) -> str:
    """Return clean HTML as plain text: paragraphs apart, lists with dashes or numbers, links with their addresses."""
    writer = _PlainText()
    for token in TOKEN.finditer(html):
        if token["text"] is not None:
            writer.write(unescape(token["text"]))
        elif token["slash"]:
            writer.end(token["name"])
        else:
            writer.start(token["name"], unescape(token["href"] or token["start"] or ""))
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

    def start(self, tag: str, value: str) -> None:
        """Begin an element. value: the address of a link, the first number of a list."""
        if tag in ("ul", "ol"):
            self._break(1 if self._lists else 2)
            self._lists.append(int(value or 1) - 1 if tag == "ol" else None)
        elif tag == "li":
            self._break(1)
            self._mark = "  " * (len(self._lists) - 1) + self._next_mark()
        elif tag == "p" and not self._mark:
            self._break(1 if self._lists else 2)
        elif tag == "br":
            self._breaks = min(self._breaks + 1, 2)
        elif tag == "a":
            self._href, self._link = value, []

    def end(self, tag: str) -> None:
        if tag in ("ul", "ol"):
            self._lists.pop()
        if tag in ("ul", "ol", "p"):
            self._break(1 if self._lists else 2)
        elif tag == "a":
            shown, address = "".join(self._link).strip(), _CALLED.sub("", self._href)
            if _CALLED.sub("", shown) not in (address, _SCHEME.sub("", address)):
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
        attributes={"a": {"href"}, "ol": {"start"}, "*": set()},
        url_schemes=set(SCHEMES),
        url_relative="deny",
        link_rel=None,
    )


class _Linkify(LinkifyIt):  # type: ignore[misc]
    """A search for addresses that begins only where there may be one."""

    def pretest(self, text: str) -> bool:
        """Return whether there may be an address in a text."""
        return (_ADDRESS_SIGN.search(text) is not None or "//" in text) and bool(super().pretest(text))


@functools.cache
def linkify() -> LinkifyIt:
    """Return the search for addresses in text."""
    return _Linkify().tlds(list(_DOMAINS))
