"""Notes as they were written: Markdown with raw HTML in it, parsed into sound HTML without scripts and styles.

Apps and pages show less of it, each in its own way (`for_apps`, `for_pages`); `losses` names what neither shows.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any, Literal, NamedTuple
from urllib.parse import parse_qs, urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from podwright.render.notes.footnotes import footnotes, read_footnotes
from podwright.render.notes.lines import kept_breaks
from podwright.render.notes.markup import SCHEMES, element_names, linkify

INLINE = element_names(
    "a abbr b bdi bdo cite code del dfn em i ins kbd mark q s samp small span strike strong sub sup tt u var"
)
#: Elements that lay text out; between any two of them words are apart.
BLOCKS = element_names(
    "address article aside blockquote caption center dd details div dl dt fieldset figcaption figure footer form h1 h2"
    " h3 h4 h5 h6 header hgroup hr legend li main nav ol p pre section summary table tbody td tfoot th thead tr"
    " ul"
)
#: Elements that show something from elsewhere: a link stands in their place.
MEDIA = frozenset(("audio", "embed", "iframe", "object", "source", "video"))
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))

#: Elements that are left out with everything in them.
_UNREAD = element_names("script style title template noscript select textarea svg math canvas datalist")
#: Schemes that are read so that a loss can be named; links of SCHEMES alone are kept.
_NAMED = element_names("javascript data file ftp ftps sftp geo xmpp magnet irc ircs matrix feed podcast callto skype")
_ACTIVE = re.compile(r"<(script|style|form|input|button|select|textarea|svg|link|meta|base|canvas)\b", re.IGNORECASE)
#: Elements that may begin in one block of Markdown and end in a later one.
_AROUND = re.compile(
    r"<(?P<slash>/?)(?:address|article|aside|blockquote|center|details|div|dl|fieldset|figure|footer|form|header|main|nav"
    r"|ol|section|table|ul)\b(?!-)",
    re.IGNORECASE,
)
_MARK = re.compile(r'<(?P<slash>/?)(?P<name>\w+)(?P<attributes>(?: [\w:-]+="[^"]*")*)>|(?P<text>[^<]+)')
_ATTRIBUTE = re.compile(r' ([\w:-]+)="([^"]*)"')
#: Tokens of markdown-it: a line break that CommonMark joins, one that it keeps.
_BREAKS = ("softbreak", "hardbreak")
#: https://url.spec.whatwg.org/#concept-basic-url-parser takes these out before it looks for a scheme.
_IGNORED = re.compile(r"[\t\n\r]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_PLAYER = re.compile(r"(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]+)|player\.vimeo\.com/video/(\d+)")


class Mark(NamedTuple):
    """A tag or a stretch of text, as a reader of sound HTML meets it."""

    kind: Literal["start", "end", "text"]
    #: Of the element.
    name: str
    #: As HTML, escaped.
    text: str = ""
    attributes: dict[str, str] = {}  # noqa: RUF012 - never changed


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that was written and that neither apps nor pages show as it was meant."""

    kind: Literal["link", "picture", "player", "element"]
    #: Its address, or the name of the element.
    what: str
    #: What is left of it.
    text: str = ""


# Notes are asked for again for the page and the search, texts of a season by all of its episodes.
@functools.lru_cache(maxsize=32)
def parsed(source: str) -> tuple[str, ...]:
    """Return a Markdown text as chunks of sound HTML without scripts and styles.

    What raw HTML leaves open ends with its chunk: an unclosed <b> does not make the rest of the notes bold.
    """
    parser, env = _parser(), dict[str, Any]()
    tokens = parser.parse(source, env)
    if notes := footnotes(env):
        tokens += parser.parse(f"---\n\n{notes}", {})
    _keep_breaks(tokens)
    chunks = (_cleaner().clean(parser.renderer.render(chunk, parser.options, env)) for chunk in _chunks(tokens))
    return tuple(chunk for chunk in chunks if chunk.strip())


def marks(html: str) -> Iterator[Mark]:
    """Yield the tags and texts of sound HTML; of a player its start alone, without the fallback inside."""
    skipped, inside = "", dict[str, str]()
    for match in _MARK.finditer(html):
        name, text = match["name"], match["text"]
        if skipped:
            if name == "source" and not match["slash"]:
                inside.setdefault("src", _attributes(match["attributes"]).get("src", ""))
            elif name == skipped and match["slash"]:
                yield Mark("start", skipped, attributes=inside)
                skipped = ""
        elif text is not None:
            yield Mark("text", "", text)
        elif match["slash"]:
            yield Mark("end", name)
        elif name in MEDIA and name not in ("embed", "source"):
            skipped, inside = name, _attributes(match["attributes"])
        else:
            yield Mark("start", name, attributes=_attributes(match["attributes"]))


def kept_url(url: str) -> str | None:
    """Return an address that apps can follow from anywhere; None for one that leads nowhere outside a page."""
    address = _IGNORED.sub("", url).strip("".join(map(chr, range(33))))
    if address.startswith("//") and len(address) > 2:
        return f"https:{address}"
    scheme = _SCHEME.match(address)
    return address if scheme and scheme[1].lower() in SCHEMES and len(address) > scheme.end() else None


def media_link(mark: Mark) -> tuple[str | None, str]:
    """Return address and text of the link in the place of a picture or player.

    Where apps can open no such address, it is None, and the text is the description of a picture or "".
    """
    description = " ".join(mark.attributes.get("alt", "").split())
    url = kept_url(_address(mark))
    if url is None or not url.lower().startswith(("http://", "https://")):
        return None, description
    url = _watched(url)
    return url, description or " ".join(mark.attributes.get("title", "").split()) or url


def _address(mark: Mark) -> str:
    """Return the address of a picture or player, as it is written."""
    return mark.attributes.get("src") or mark.attributes.get("data") or ""


def losses(source: str) -> tuple[Loss, ...]:
    """Return what of a Markdown text is not shown as it was meant, once each."""
    lost: dict[Loss, None] = {}
    for html in parsed(source):
        lost.update(dict.fromkeys(_losses(html)))
    # Few notes hold such an element; the others are not parsed again for it.
    if _ACTIVE.search(source):
        lost.update((Loss("element", name), None) for name in _active(_parser().parse(source, {})))
    return tuple(lost)


def _losses(html: str) -> Iterator[Loss]:
    href, texts = "", list[str]()
    for mark in marks(html):
        if mark.kind == "text":
            texts.append(unescape(mark.text))
        elif mark.kind == "start" and mark.name == "a":
            href, texts = mark.attributes.get("href", ""), []
        elif mark.kind == "end" and mark.name == "a":
            text = " ".join("".join(texts).split())
            if href and (not text or kept_url(href) is None):
                yield Loss("link", href, text)
        elif mark.kind == "start" and (mark.name == "img" or mark.name in MEDIA):
            url, text = media_link(mark)
            texts.append(text)
            if url is None and mark.name == "img":
                yield Loss("picture", _address(mark), text)
            elif url is None:
                yield Loss("player", _address(mark), mark.name)


def _active(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("html_block", "html_inline"):
            yield from (match[1].lower() for match in _ACTIVE.finditer(token.content))
        yield from _active(token.children or ())


def _watched(url: str) -> str:
    """Return the page of a video for the address of its player, which shows nothing outside a frame."""
    parts = urlsplit(url)
    match = _PLAYER.fullmatch(f"{parts.hostname or ''}{parts.path}".rstrip("/"))
    if not match:
        return url
    if match[2]:
        return f"https://vimeo.com/{match[2]}"
    if match[1] == "videoseries":
        return f"https://www.youtube.com/playlist?list={(parse_qs(parts.query).get('list') or [''])[0]}"
    start = parse_qs(parts.query).get("start")
    return f"https://www.youtube.com/watch?v={match[1]}" + (f"&t={start[0]}" if start else "")


def _attributes(written: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(written)}


def _chunks(tokens: list[Token]) -> Iterator[list[Token]]:
    """Yield top-level blocks; those between the beginning and the end of a raw element together."""
    depth, chunk = 0, list[Token]()
    for token in tokens:
        chunk.append(token)
        if token.type == "html_block" and token.level == 0:
            depth += sum(-1 if match["slash"] else 1 for match in _AROUND.finditer(token.content))
            depth = max(depth, 0)
        if token.level == 0 and token.nesting <= 0 and not depth:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _keep_breaks(tokens: Iterable[Token]) -> None:
    """Make the line breaks hard that the author meant."""
    for token in tokens:
        children = token.children or []
        breaks = [child for child in children if child.type in _BREAKS]
        if not any(child.type == "softbreak" for child in breaks):
            continue
        lines = [""]
        for child in children:
            if child.type in _BREAKS:
                lines.append("")
            elif child.type != "html_inline":
                lines[-1] += child.content
        for child, kept in zip(breaks, kept_breaks(lines), strict=True):
            child.type = "hardbreak" if kept else child.type


@functools.cache
def _parser() -> MarkdownIt:
    # CommonMark (https://spec.commonmark.org/0.31.2/) with tables, footnotes and bare addresses made live.
    parser = _Parser("commonmark", {"linkify": True, "html": True}).enable(["linkify", "table"])
    parser.linkify = linkify()
    return read_footnotes(parser)


class _Parser(MarkdownIt):
    """A parser that leaves all addresses in its result, so that `losses` can name those that lead nowhere."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - markdown-it's own
        """Return whether a link is one."""
        del url
        return True


@functools.cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(INLINE | BLOCKS | MEDIA | {"br", "img"}),
        clean_content_tags=set(_UNREAD),
        attributes={
            "*": set(),
            "a": {"href"},
            "ol": {"start"},
            "td": {"colspan", "rowspan"},
            "th": {"colspan", "rowspan"},
            "img": {"src", "alt"},
            "object": {"data", "title"},
            **{name: {"src", "title"} for name in MEDIA - {"object"}},
        },
        url_schemes=set(SCHEMES | _NAMED),
        url_relative="pass_through",
        link_rel=None,
    )
