"""What a feed says, in neutral terms: one channel and its items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.model import Category, EpisodeType, Link, Owner, Person, ShowType


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """The audio of an item; length in bytes of the published object."""

    url: str
    length: int
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptLink:
    """A transcript of an item; rel "captions" for one that is timed."""

    url: str
    media_type: str
    language: str | None = None
    rel: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One episode as a feed carries it. description is plain text, content_html is HTML; either may be empty."""

    guid: str
    title: str
    description: str
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A feed apart from its items. updated is the newest change of content; generator names the program."""

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
    funding: tuple[Link, ...] = ()
    complete: bool = False
    block: bool = False
    new_feed_url: str | None = None
    medium: str = "podcast"
    updated: datetime | None = None
    generator: str = "podwright"
