"""The tags of the podcast namespace: a frozen type for each, and the sets that a channel and an item may have.

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

from podwright.core.printing import print_set


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Person:
    """Someone who made an episode or a show."""

    name: str
    #: They follow the name on the page: "MD, FACP".
    credentials: str | None = None
    #: A lower-case value of the podcast taxonomy
    #: (https://github.com/Podcastindex-org/podcast-namespace/blob/main/taxonomy.json).
    role: str = "host"
    #: The group that has the role there.
    group: str = "cast"
    #: An institution.
    affiliation: str | None = None
    url: str | None = None
    image: str | None = None
    #: What they are there: "Research Editor".
    position: str | None = None

    def __repr__(self) -> str:
        return print_set(self, later=("position",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link with a title."""

    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place."""

    name: str
    #: What the content is about (subject), or where it was made (creator).
    rel: Literal["subject", "creator"] | None = None
    #: A geo URI (RFC 5870).
    geo: str | None = None
    #: An OpenStreetMap object: "R113314".
    osm: str | None = None
    #: An ISO 3166 code in upper case.
    country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class License:
    """A licence by its identifier."""

    identifier: str
    #: Set for one that is not on the namespace's list.
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
    """A recipient of payments."""

    type: str
    address: str
    #: A number of shares.
    split: int
    name: str | None = None
    custom_key: str | None = None
    custom_value: str | None = None
    #: Whether it is taken off before all others are paid.
    fee: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueSplit:
    """Other recipients for a stretch of the audio: either their own list, or those of a remote item."""

    start: timedelta
    duration: timedelta
    recipients: tuple[Recipient, ...] = ()
    remote_item: RemoteItem | None = None
    remote_start: timedelta | None = None
    #: The remote item's share, 0 to 100.
    remote_percentage: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A way in which listeners can pay."""

    #: The payment layer.
    type: str
    method: str
    recipients: tuple[Recipient, ...]
    suggested: Decimal | None = None
    splits: tuple[ValueSplit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A further picture: a file of the workspace, or a url elsewhere; one of the two is set."""

    file: Path | None = None
    url: str | None = None
    alt: str | None = None
    #: Tokens with spaces between them: "social", "banner".
    purpose: str | None = None
    #: In pixels, as the height; of a file both are measured.
    width: int | None = None
    height: int | None = None
    #: Like "16/9"; of a file it is measured.
    aspect_ratio: str | None = None
    type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SocialInteract:
    """The root post of a comment thread."""

    #: "disabled" stands alone and asks for no comments.
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
    """A place where listeners talk."""

    #: A domain name.
    server: str
    protocol: str
    account_id: str | None = None
    #: The room.
    space: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A place from which an alternate enclosure is fetched."""

    uri: str
    #: Given where the transport's differs (a torrent).
    type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrity:
    """The proof that a file is the one that was published: an SRI string, or a PGP signature."""

    type: Literal["sri", "pgp-signature"]
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternate:
    """Another version of an episode's media."""

    type: str
    sources: tuple[Source, ...]
    #: In bytes.
    length: int | None = None
    #: In bits per second.
    bitrate: int | None = None
    #: In pixels.
    height: int | None = None
    language: str | None = None
    title: str | None = None
    rel: str | None = None
    codecs: str | None = None
    #: Whether it is the same file as the enclosure.
    default: bool = False
    integrity: Integrity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateFrequency:
    """The rhythm of new episodes."""

    #: In words.
    text: str
    #: A recurrence rule (RFC 5545 section 3.3.10).
    rule: str | None = None
    start: datetime | date | None = None
    complete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """The stream of a live item."""

    url: str
    type: str
    #: 0 where there is none to tell.
    length: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTags:
    """The tags of an item that do not follow from its episode's other fields."""

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


LiveStatus = Literal["pending", "live", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveItem:
    """A live stream. Where apps cannot play it, they follow one of tags.content_links, so there is one at least."""

    guid: str
    title: str
    #: None: by the clock, from start to end.
    status: LiveStatus | None = None
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
    """The tags of a channel that do not follow from its feed's other fields."""

    medium: str = "podcast"
    locations: tuple[Location, ...] = ()
    license: License | None = None
    value: tuple[Value, ...] = ()
    images: tuple[Image, ...] = ()
    funding: tuple[Link, ...] = ()
    social_interact: tuple[SocialInteract, ...] = ()
    #: Services that shall not show the feed, by their slugs
    #: (https://github.com/Podcastindex-org/podcast-namespace/blob/main/serviceslugs.txt).
    block_on: tuple[str, ...] = ()
    #: Services that may show it in spite of a general block.
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
