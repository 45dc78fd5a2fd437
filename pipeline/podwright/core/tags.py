"""What the podcast namespace lets a channel or an item say: a frozen type for each of its tags, and those two sets.

https://github.com/Podcastindex-org/podcast-namespace/tree/main/docs/tags. Names follow the tags; `None` and `()` mean
absent. Tags that follow from an episode's other fields (transcript, chapters, season, episode, trailer, guid) have no
type here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone who made an episode or a show.

    role and group are lower-case values of the podcast taxonomy
    (https://github.com/Podcastindex-org/podcast-namespace/blob/main/taxonomy.json), e.g. "host" in "cast".
    credentials follow the name on the page ("MD, FACP"); affiliation is an institution.
    """

    name: str
    credentials: str | None = None
    role: str = "host"
    group: str = "cast"
    affiliation: str | None = None
    url: str | None = None
    image: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A titled link; url is absolute."""

    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place. rel: what the content is about (subject), or where it was made (creator).

    geo is a geo URI (RFC 5870), osm an OpenStreetMap object ("R113314"), country an ISO 3166 code in lower case.
    """

    name: str
    rel: Literal["subject", "creator"] | None = None
    geo: str | None = None
    osm: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class License:
    """A licence by its identifier, lower-case; url is set for one that is not on the namespace's list."""

    identifier: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Soundbite:
    """A stretch of the audio worth hearing alone."""

    start: timedelta
    duration: timedelta
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteItem:
    """Another feed, or one item of it."""

    feed_guid: str
    feed_url: str | None = None
    item_guid: str | None = None
    medium: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who receives a payment; split is a number of shares. A fee is taken off before all others are paid."""

    type: str
    address: str
    split: int
    name: str | None = None
    custom_key: str | None = None
    custom_value: str | None = None
    fee: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueSplit:
    """Other recipients from start on, for duration: either their own list, or those of a remote item.

    remote_percentage, 0 to 100, goes to the remote item.
    """

    start: timedelta
    duration: timedelta
    recipients: tuple[Recipient, ...] = ()
    remote_item: RemoteItem | None = None
    remote_start: timedelta | None = None
    remote_percentage: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """How listeners can pay: the payment layer, its method, and who receives how much."""

    type: str
    method: str
    recipients: tuple[Recipient, ...]
    suggested: Decimal | None = None
    splits: tuple[ValueSplit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A further picture: a file of the workspace, or a url elsewhere; one of the two is set.

    purpose: space-separated tokens ("social", "banner"). width and height in pixels and aspect_ratio ("16/9") are given
    with a url; of a file they are measured.
    """

    file: Path | None = None
    url: str | None = None
    alt: str | None = None
    purpose: str | None = None
    width: int | None = None
    height: int | None = None
    aspect_ratio: str | None = None
    type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SocialInteract:
    """The root post of a comment thread; protocol "disabled" stands alone and asks for no comments."""

    protocol: str
    uri: str | None = None
    account_id: str | None = None
    account_url: str | None = None
    priority: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Txt:
    """Free text with a purpose, such as the proof of ownership that a directory asks for."""

    text: str
    purpose: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """Where listeners talk: a server's domain name, its protocol, and the room."""

    server: str
    protocol: str
    account_id: str | None = None
    space: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where an alternate enclosure is fetched; type is given where the transport's differs (a torrent)."""

    uri: str
    type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrity:
    """How a listener's app sees that a file is the one that was published: an SRI string, or a PGP signature."""

    type: Literal["sri", "pgp-signature"]
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternate:
    """Another version of an episode's media; length in bytes, bitrate in bits per second, height in pixels.

    default: it is the same file as the enclosure.
    """

    type: str
    sources: tuple[Source, ...]
    length: int | None = None
    bitrate: int | None = None
    height: int | None = None
    language: str | None = None
    title: str | None = None
    rel: str | None = None
    codecs: str | None = None
    default: bool = False
    integrity: Integrity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateFrequency:
    """When new episodes come, in words and as a recurrence rule (RFC 5545 section 3.3.10)."""

    text: str
    rule: str | None = None
    start: datetime | date | None = None
    complete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """Where a live item plays; length is 0 where there is none to tell."""

    url: str
    type: str
    length: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTags:
    """What an item can say in the podcast namespace beyond what follows from its episode's other fields."""

    locations: tuple[Location, ...] = ()
    license: License | None = None
    soundbites: tuple[Soundbite, ...] = ()
    value: tuple[Value, ...] = ()
    images: tuple[Image, ...] = ()
    content_links: tuple[Link, ...] = ()
    social_interact: tuple[SocialInteract, ...] = ()
    txt: tuple[Txt, ...] = ()
    chat: Chat | None = None
    funding: tuple[Link, ...] = ()
    alternates: tuple[Alternate, ...] = ()


NO_ITEM_TAGS = ItemTags()


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveItem:
    """A live stream. Where apps cannot play it, they follow one of tags.content_links, so there is one at least."""

    guid: str
    title: str
    status: Literal["pending", "live", "ended"]
    start: datetime
    end: datetime | None = None
    description: str | None = None
    link: str | None = None
    stream: Stream | None = None
    image: str | None = None
    people: tuple[Person, ...] = ()
    tags: ItemTags = NO_ITEM_TAGS


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelTags:
    """What a channel can say in the podcast namespace beyond what follows from its feed's other fields.

    block_on and allow_on are slugs of services that shall not, or may in spite of a general block, show the feed
    (https://github.com/Podcastindex-org/podcast-namespace/blob/main/serviceslugs.txt).
    """

    medium: str = "podcast"
    locations: tuple[Location, ...] = ()
    license: License | None = None
    value: tuple[Value, ...] = ()
    images: tuple[Image, ...] = ()
    funding: tuple[Link, ...] = ()
    social_interact: tuple[SocialInteract, ...] = ()
    block_on: tuple[str, ...] = ()
    allow_on: tuple[str, ...] = ()
    txt: tuple[Txt, ...] = ()
    remote_items: tuple[RemoteItem, ...] = ()
    podroll: tuple[RemoteItem, ...] = ()
    publisher: RemoteItem | None = None
    update_frequency: UpdateFrequency | None = None
    podping: bool = False
    chat: Chat | None = None
    live: tuple[LiveItem, ...] = ()


NO_CHANNEL_TAGS = ChannelTags()
