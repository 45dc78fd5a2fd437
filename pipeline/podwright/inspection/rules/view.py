"""The view of rules: a feed's bytes as elements by short names, the published objects, and the recordings.

The names of namespaces are written here once more: who judges a feed does not take them from who wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from types import MappingProxyType
from xml.etree import ElementTree as ET

from podwright.core.model import Chapter, Episode
from podwright.media.audio import AudioFacts, LeftOut
from podwright.render.notes import Loss, losses

NAMESPACES = MappingProxyType(
    {
        "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
        "podcast": "https://podcastindex.org/namespace/1.0",
        "atom": "http://www.w3.org/2005/Atom",
        "content": "http://purl.org/rss/1.0/modules/content/",
        "dc": "http://purl.org/dc/elements/1.1/",
        "spotify": "http://www.spotify.com/ns/rss",
        "fh": "http://purl.org/syndication/history/1.0",
        "psc": "http://podlove.org/simple-chapters",
    }
)
_PREFIXES = {uri: prefix for prefix, uri in NAMESPACES.items()}
_NOTHING: tuple[ET.Element, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One published object. size in bytes; media_type without parameters; sha256 in hex; duration of audio."""

    size: int
    media_type: str
    sha256: str = ""
    duration: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The objects that are published beside the feeds, by address."""

    #: The beginning of every address of ours.
    base: str
    now: datetime
    objects: Mapping[str, Stored] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The bytes of a feed as they are published at url."""

    data: bytes
    url: str
    #: The file that a finding about the channel names.
    path: str
    #: By guid, the file that a finding about an item names.
    sources: Mapping[str, str] = field(default_factory=dict)
    #: It is not for everybody.
    private: bool = False
    #: The names of settings that it has from podwright.toml, as its own file does not say.
    inherited: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Recording:
    """An episode of the workspace."""

    path: str
    episode: Episode
    #: Its own or those of its transcript.
    chapters: tuple[Chapter, ...] = ()
    #: None without audio here.
    facts: AudioFacts | None = None
    #: What its audio says of itself and is not published.
    left_out: LeftOut = field(default_factory=LeftOut)
    #: The same of its trailer.
    trailer_left_out: LeftOut = field(default_factory=LeftOut)
    #: That of the tags it is published with, where the show names one.
    id3_version: str | None = None
    #: That on which it is judged, in the show's zone, None where nothing is asked about education credit.
    day: date | None = None

    @cached_property
    def losses(self) -> tuple[Loss, ...]:
        """Return what of its notes is not shown as it was meant: kept, as three rules ask for it."""
        return losses(self.episode.notes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of the workspace; left_out names what its file says and is not published."""

    path: str
    left_out: tuple[str, ...] = ()


@cache
def qualified(name: str) -> str:
    """Return `itunes:title` as ElementTree spells it."""
    prefix, colon, local = name.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}" if colon else name


@cache
def short(tag: str) -> str:
    """Return ElementTree's spelling as `itunes:title`; a namespace that is none of ours keeps its address."""
    uri, brace, local = tag.removeprefix("{").partition("}")
    if not brace:
        return tag
    return f"{_PREFIXES[uri]}:{local}" if uri in _PREFIXES else tag


def text_of(element: ET.Element) -> str:
    """Return an element's text, with that of its children where it wrongly has any."""
    return "".join(element.itertext()) if len(element) else element.text or ""


def number_of(text: str) -> float | None:
    """Return a decimal number without sign or exponent; None for anything else."""
    return float(text) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) else None


def nested(element: ET.Element, name: str) -> list[ET.Element]:
    """Return the children of a child."""
    return element.findall(qualified(name))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Node:
    """A channel, an item or a live item: its children by short name, in their order.

    kind is its own short name. path is the file that a finding names; label begins the finding where that file is not
    the item's own. channel is None for a channel itself.
    """

    kind: str
    path: str
    label: str
    site: Site
    document: Document
    channel: Node | None
    children: Mapping[str, Sequence[ET.Element]]

    def every(self, name: str) -> Sequence[ET.Element]:
        """Return all children of a name."""
        return self.children.get(name, _NOTHING)

    def first(self, name: str) -> ET.Element | None:
        """Return the first child of a name."""
        found = self.children.get(name)
        return found[0] if found else None

    def text(self, name: str) -> str:
        """Return the text of the first child of a name, trimmed; "" where there is none."""
        found = self.children.get(name)
        return text_of(found[0]).strip() if found else ""

    def value(self, name: str, attribute: str) -> str:
        """Return an attribute of the first child of a name, "" where there is none."""
        found = self.children.get(name)
        return found[0].get(attribute, "") if found else ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Feed:
    """A document that could be parsed: version of its rss element, its channel, its items and its live items."""

    document: Document
    version: str
    channel: Node
    items: tuple[Node, ...]
    live: tuple[Node, ...]

    @property
    def nodes(self) -> Iterator[Node]:
        """Channel, items and live items."""
        yield self.channel
        yield from self.items
        yield from self.live


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A document that is no feed, and why; message is `what is wrong; what to do`."""

    document: Document
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """All that is judged at once."""

    site: Site
    documents: tuple[Document, ...] = ()
    feeds: tuple[Feed, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    recordings: tuple[Recording, ...] = ()
    pictures: tuple[Picture, ...] = ()


def view(
    documents: Iterable[Document],
    *,
    site: Site,
    recordings: Iterable[Recording] = (),
    pictures: Iterable[Picture] = (),
) -> Judged:
    """Parse what shall be judged."""
    read = tuple((document, parse_feed(document, site)) for document in documents)
    return Judged(
        site=site,
        documents=tuple(document for document, _ in read),
        feeds=tuple(feed for _, feed in read if isinstance(feed, Feed)),
        unreadable=tuple(feed for _, feed in read if isinstance(feed, Unreadable)),
        recordings=tuple(recordings),
        pictures=tuple(pictures),
    )


def parse_feed(document: Document, site: Site) -> Feed | Unreadable:
    """Return the bytes of a feed as elements."""
    try:
        root = ET.fromstring(document.data)  # noqa: S314 - expat since 2.4.1 refuses to expand entities without end
    except (ET.ParseError, LookupError, ValueError) as error:
        return Unreadable(
            document=document, message=f"is not well-formed XML ({error}); publish it as XML 1.0 in UTF-8"
        )
    found = root.findall("channel")
    if root.tag != "rss" or len(found) != 1:
        return Unreadable(document=document, message="is not an rss element with one channel; write it as RSS 2.0")
    channel = _node(found[0], document, site=site)
    items = [
        _node(element, document, site=site, channel=channel, number=number)
        for number, element in enumerate(channel.every("item"), 1)
    ]
    live = [
        _node(element, document, site=site, channel=channel, number=number)
        for number, element in enumerate(channel.every("podcast:liveItem"), 1)
    ]
    return Feed(
        document=document, version=root.get("version", ""), channel=channel, items=tuple(items), live=tuple(live)
    )


def _node(element: ET.Element, document: Document, *, site: Site, channel: Node | None = None, number: int = 0) -> Node:
    children: dict[str, list[ET.Element]] = {}
    for child in element:
        children.setdefault(short(child.tag), []).append(child)
    guid = text_of(children["guid"][0]).strip() if "guid" in children else ""
    source = document.sources.get(guid) if channel else None
    title = text_of(children["title"][0]).strip() if "title" in children else ""
    kind = short(element.tag)
    label = f"{kind} {number} {title[:40]!r}: " if channel and source is None else ""
    return Node(
        kind=kind,
        path=source or document.path,
        label=label,
        site=site,
        document=document,
        channel=channel,
        children=children,
    )
