"""What web pages are made of: frozen values that templates show, with the keys of whatever they link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from podwright.core.model import Contact, Credit, Episode, Link, Person, Season


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A published picture in one width; both sides in pixels."""

    key: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture in all its widths, the largest first."""

    sizes: tuple[Shot, ...]
    alt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """A feed to subscribe to: its name, address, its pages in directories, and the key of its QR code."""

    title: str
    url: str
    listed: tuple[Link, ...] = ()
    qr: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What all pages share. public_url ends with "/"; feeds are the public ones.

    timezone: an IANA name, in which days are told.
    """

    title: str
    description: str
    author: str
    language: str
    link: str
    public_url: str
    timezone: str
    feeds: tuple[FeedLink, ...] = ()
    copyright: str | None = None
    picture: Picture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Audio:
    """The recording. size in bytes; filename is what a browser calls the download."""

    key: str
    size: int
    media_type: str
    duration: timedelta
    filename: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A chapter; image is the key of its picture."""

    start: timedelta
    title: str
    end: timedelta | None = None
    url: str | None = None
    image: str | None = None
    hidden: bool = False
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of speech that is heard from start on."""

    start: timedelta | None
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph of the transcript, below the headings that stand before it. speaker: who begins to speak here."""

    headings: tuple[str, ...]
    speaker: str | None
    start: timedelta | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFile:
    """A published transcript; kind is its ending without the dot."""

    key: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a table of contents. key: of the episode's page."""

    title: str
    number: int | None
    key: str
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A work that the episode discusses: its citation, its links, and its abstract as (heading, text)."""

    citation: str
    title: str | None
    links: tuple[Link, ...]
    abstract: tuple[tuple[str | None, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An education credit, and whether it can still be claimed."""

    credit: Credit
    ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodePage:
    """An episode as its page shows it. key: of the page; notes: clean HTML; people: everybody once, in all their parts.

    section and series are the keys of the pages of its section and season, None where there is none to link.
    expired: whether its content is no longer current; unlisted: whether no feed and no list leads here.
    """

    key: str
    embed: str
    oembed: str | None
    episode: Episode
    season: Season | None
    section: str | None
    series: str | None
    private: bool
    expired: bool
    summary: str
    notes: str
    audio: Audio
    key_points: tuple[str, ...]
    drafted: bool
    people: tuple[tuple[Person, ...], ...]
    marks: tuple[Mark, ...]
    passages: tuple[Passage, ...]
    files: tuple[TextFile, ...]
    references: tuple[Cited, ...]
    credits: tuple[Claim, ...]
    contents: tuple[Row, ...]
    previous: Row | None
    next: Row | None
    picture: Picture | None
    timed: bool
    unlisted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """The page where an episode was that was withdrawn. series: key of its series' page, None where there is none."""

    key: str
    title: str
    number: int | None
    language: str
    published: datetime
    withdrawn: datetime
    reason: str | None
    contact: Contact | None
    series: str | None
    previous: Row | None
    next: Row | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An episode in a list. key: of its page."""

    key: str
    title: str
    number: int | None
    published: datetime
    duration: timedelta
    section: str | None
    access: str
    summary: str
    expired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """Where a page stands among the pages of one list: keys of the newer and the older one, and of the newest."""

    newest: str
    newer: str | None = None
    older: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """A page that lists episodes. kind names its template: show, archive, section or season."""

    key: str
    kind: str
    title: str
    cards: tuple[Card, ...]
    pager: Pager
    season: Season | None = None
    description: str | None = None
    sections: tuple[Row, ...] = ()
    seasons: tuple[Row, ...] = ()
    people: tuple[Person, ...] = ()
