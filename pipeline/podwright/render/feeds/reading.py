"""The addresses in feeds and sitemaps, read as they are served; nothing in them is expanded.

A document type, and with it every entity of its own, is refused; nothing outside the document is loaded; the limits of
libxml2 on depth and size stay as they are. Items are let go of as they are read.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import io
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from lxml import etree

from podwright.core.errors import FormatError
from podwright.render.feeds import itunes, podcast
from podwright.render.feeds.namespaces import ATOM, PSC

Role = Literal["enclosure", "source", "transcript", "chapters", "image", "page"]

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
#: Items, and addresses, of one document: 10,000 episodes with all their files name 300,000.
MOST_ITEMS, MOST_NAMES = 100_000, 1_000_000
#: Digits of a length that is read.
_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An address that a feed names, as what, and what it says of what is there.

    length in bytes; sha256 in hex, of an integrity string (https://www.w3.org/TR/SRI/).
    """

    role: Role
    url: str
    length: int | None = None
    media_type: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadItem:
    """An item; published is None where there is no date that can be read."""

    guid: str
    title: str
    published: datetime | None
    names: tuple[Named, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFeed:
    """One document of a feed. guid is its podcast:guid; names: what the channel itself names.

    older: address of the document with older items (RFC 5005: https://www.rfc-editor.org/rfc/rfc5005).
    """

    title: str
    guid: str | None
    generator: str
    older: str | None
    names: tuple[Named, ...]
    items: tuple[ReadItem, ...]


def parse_feed(data: bytes) -> ReadFeed:
    """Return what a document of an RSS feed names. Raises FormatError where it is not one, or has a document type."""
    channel: dict[str, Any] = {"title": "", "guid": None, "generator": "", "older": None}
    names: list[Named] = []
    items: list[ReadItem] = []
    count = 0
    for element in _children(data, roots=("rss",), depth=3):
        match _short(element.tag):
            case "item":
                items.append(_item(element))
                count += len(items[-1].names)
            case "title" | "generator" as tag:
                channel[tag] = _text(element)
            case "podcast:guid":
                channel["guid"] = _text(element) or None
            case "atom:link" if element.get("rel") in ("prev-archive", "next"):
                channel["older"] = element.get("href")
            case _:
                names += _names(element)
        if len(items) > MOST_ITEMS or count + len(names) > MOST_NAMES:
            raise FormatError(f"has more than {MOST_ITEMS:,} items or {MOST_NAMES:,} addresses; set `limit` for it")
    return ReadFeed(names=tuple(names), items=tuple(items), **channel)


def parse_sitemap(data: bytes) -> tuple[str, ...]:
    """Return the addresses of a sitemap, or of the sitemaps that a list of them has.

    https://www.sitemaps.org/protocol.html. Raises FormatError where it is neither, or has a document type.
    """
    roots = (f"{{{_SITEMAP}}}urlset", f"{{{_SITEMAP}}}sitemapindex")
    addresses = (entry.findtext(f"{{{_SITEMAP}}}loc") or "" for entry in _children(data, roots=roots, depth=2))
    return tuple(url.strip() for url in addresses if url.strip())


def _children(data: bytes, *, roots: Collection[str], depth: int) -> Iterator[Any]:
    """Yield each element so deep in a document (its root is 1 deep), and empty it once the next one is asked for."""
    reader = etree.iterparse(
        io.BytesIO(data),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    at = 0
    try:
        for event, element in reader:
            if event == "start":
                at += 1
                if at == 1:
                    _check_root(element, roots)
                continue
            if at == depth:
                yield element
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
            at -= 1
    except etree.XMLSyntaxError as error:
        raise FormatError(f"is not well-formed XML ({error.msg}); publish it again") from error


def _check_root(root: Any, roots: Collection[str]) -> None:
    if root.getroottree().docinfo.doctype:
        raise FormatError("has a document type, which no feed needs; publish it again")
    if root.tag not in roots:
        raise FormatError(f"is {root.tag} and no {' or '.join(map(_local, roots))}; publish it again")


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _text(element: Any) -> str:
    return "".join(element.itertext()).strip()


def _item(element: Any) -> ReadItem:
    texts = {name: element.findtext(name) or "" for name in ("guid", "title", "pubDate")}
    names = [named for child in element for named in _names(child)]
    if link := (element.findtext("link") or "").strip():
        names.append(Named(role="page", url=link))
    return ReadItem(
        guid=texts["guid"].strip(), title=texts["title"].strip(), published=_date(texts["pubDate"]), names=tuple(names)
    )


def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text.strip())
    except (ValueError, TypeError, LookupError, ArithmeticError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _names(element: Any) -> Iterator[Named]:
    """Yield what one child of a channel or an item names, but for live streams, which are not there yet."""
    find = _NAMES.get(_short(element.tag))
    for named in find(element) if find else ():
        if url := named.url.strip():
            yield replace(named, url=url)


def _named(role: Role, attribute: str) -> Callable[[Any], Iterator[Named]]:
    """Yield an address in an attribute, with length and type where they stand beside it."""

    def find(element: Any) -> Iterator[Named]:
        yield _file(role, element, url=element.get(attribute))

    return find


def _sources(element: Any) -> Iterator[Named]:
    sha256 = _sha256(element.find(f"{{{podcast.NAMESPACE}}}integrity"))
    for source in element.findall(f"{{{podcast.NAMESPACE}}}source"):
        named = _file("source", element, url=source.get("uri"))
        yield replace(named, media_type=source.get("contentType") or named.media_type, sha256=sha256)


def _srcset(element: Any) -> Iterator[Named]:
    for candidate in (element.get("srcset") or "").split(","):
        yield Named(role="image", url=candidate.strip().partition(" ")[0])


def _marks(element: Any) -> Iterator[Named]:
    for mark in element:
        yield Named(role="image", url=mark.get("image") or "")


def _picture(element: Any) -> Iterator[Named]:
    yield Named(role="image", url=element.findtext("url") or "")


def _file(role: Role, element: Any, *, url: str | None) -> Named:
    length = element.get("length") or ""
    return Named(
        role=role,
        url=url or "",
        length=int(length) if length.isdecimal() and len(length) <= _MOST_DIGITS else None,
        media_type=element.get("type") or None,
    )


_NAMES: Mapping[str, Callable[[Any], Iterator[Named]]] = {
    "enclosure": _named("enclosure", "url"),
    "podcast:trailer": _named("enclosure", "url"),
    "podcast:transcript": _named("transcript", "url"),
    "podcast:chapters": _named("chapters", "url"),
    "podcast:alternateEnclosure": _sources,
    "itunes:image": _named("image", "href"),
    "podcast:image": _named("image", "href"),
    "podcast:images": _srcset,
    "podcast:person": _named("image", "img"),
    "psc:chapters": _marks,
    "image": _picture,
}
_PREFIXES = {ATOM: "atom", itunes.NAMESPACE: "itunes", podcast.NAMESPACE: "podcast", PSC: "psc"}


def _short(tag: Any) -> str:
    namespace, brace, local = str(tag).removeprefix("{").partition("}")
    return f"{_PREFIXES.get(namespace)}:{local}" if brace else str(tag)


def _sha256(integrity: Any) -> str | None:
    """Return the digest of an integrity string in hex."""
    if integrity is None or integrity.get("type") != "sri":
        return None
    for part in (integrity.get("value") or "").split():
        name, _, digest = part.partition("-")
        if name == "sha256":
            with contextlib.suppress(binascii.Error):
                return base64.b64decode(digest, validate=True).hex()
    return None
