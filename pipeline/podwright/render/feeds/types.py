"""A feed in neutral terms: one channel and its items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from podwright.core.model import Category, EpisodeType, Owner, Person, ShowType
from podwright.core.tags import NO_CHANNEL_TAGS, NO_ITEM_TAGS, ChannelTags, Image, Integrity, ItemTags


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """The audio of an item."""

    url: str
    #: Bytes of the published object.
    length: int
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The very file that an enclosure leads to, and how to know it again."""

    url: str
    #: Bits per second.
    bitrate: int | None = None
    integrity: Integrity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trailer:
    """A trailer of the show, or of one of its seasons."""

    title: str
    enclosure: Enclosure
    published: datetime
    season: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterMark:
    """A chapter as a feed lists it; url and image are addresses."""

    start: timedelta
    title: str
    url: str | None = None
    image: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptLink:
    """A transcript of an item."""

    url: str
    media_type: str
    language: str | None = None
    #: "captions" for one that is timed.
    rel: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One episode as a feed carries it."""

    guid: str
    title: str
    #: Plain text; it may be empty.
    description: str
    #: HTML; it may be empty.
    content_html: str
    enclosure: Enclosure
    published: datetime
    duration: timedelta
    explicit: bool
    type: EpisodeType
    link: str | None = None
    number: int | None = None
    season_number: int | None = None
    season_name: str | None = None
    image_url: str | None = None
    people: tuple[Person, ...] = ()
    author: str | None = None
    summary: str | None = None
    transcripts: tuple[TranscriptLink, ...] = ()
    chapters_url: str | None = None
    keywords: tuple[str, ...] = ()
    section: str | None = None
    block: bool = False
    #: The number as apps show it.
    display: str | None = None
    original: Original | None = None
    #: The artwork, the largest size first; each has a url.
    sizes: tuple[Image, ...] = ()
    #: Other pictures; each has a url.
    pictures: tuple[Image, ...] = ()
    chapters: tuple[ChapterMark, ...] = ()
    tags: ItemTags = NO_ITEM_TAGS
    #: Elements of other namespaces, as XML.
    extra: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """The neighbours of a document in a feed of several (RFC 5005), by their addresses."""

    #: The first document.
    current: str
    last: str
    newer: str | None = None
    older: str | None = None
    #: Whether it is one of the older documents, which the first one leads to.
    archive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A feed apart from its items."""

    title: str
    link: str
    feed_url: str
    description: str
    language: str
    author: str
    owner: Owner | None
    categories: tuple[Category, ...]
    explicit: bool
    image_url: str
    type: ShowType
    guid: str
    locked: bool
    copyright: str | None = None
    people: tuple[Person, ...] = ()
    complete: bool = False
    block: bool = False
    new_feed_url: str | None = None
    #: The newest change of content.
    updated: datetime | None = None
    generator: str = "podwright"
    #: A WebSub hub.
    hub: str | None = None
    paging: Paging | None = None
    #: The artwork, the largest size first; each has a url.
    sizes: tuple[Image, ...] = ()
    #: Other pictures; each has a url.
    pictures: tuple[Image, ...] = ()
    trailers: tuple[Trailer, ...] = ()
    #: For Spotify alone, as is the limit.
    countries: tuple[str, ...] = ()
    spotify_limit: int | None = None
    tags: ChannelTags = NO_CHANNEL_TAGS
    #: Elements of other namespaces, as XML.
    extra: tuple[str, ...] = ()
