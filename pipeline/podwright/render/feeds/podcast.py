"""The podcast namespace: https://github.com/Podcastindex-org/podcast-namespace/tree/main/docs/tags."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from email.utils import format_datetime

from podwright.core.model import Link, Person
from podwright.core.tags import (
    Alternate,
    Chat,
    Image,
    ItemTags,
    License,
    LiveItem,
    Location,
    Recipient,
    RemoteItem,
    SocialInteract,
    Soundbite,
    Txt,
    UpdateFrequency,
    Value,
    ValueSplit,
)
from podwright.render.feeds.extension import Element
from podwright.render.feeds.types import Channel, Enclosure, Item, Original, Trailer, TranscriptLink
from podwright.render.plain import shown_by_all

NAMESPACE = "https://podcastindex.org/namespace/1.0"
CHAPTERS_TYPE = "application/json+chapters"

#: podcast:guid is a UUIDv5 in this namespace.
_GUIDS = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
#: Aggregators cut longer texts.
_TEXT_LIMIT = 128


def _tag(name: str, text: str | None = None, /, *children: Element, **attributes: str | None) -> Element:
    """Return an element of the namespace. An attribute's name may end in `_` where Python reserves it."""
    named = {key.rstrip("_"): value for key, value in attributes.items()}
    return Element(f"{{{NAMESPACE}}}{name}", text, named, children)


def channel_elements(channel: Channel) -> Iterator[Element]:
    """Yield the channel's elements, but for its live items; podcast:guid and podcast:locked always."""
    tags = channel.tags
    yield _tag("guid", channel.guid)
    yield _tag("locked", "yes" if channel.locked else "no", owner=channel.owner.email if channel.owner else None)
    yield _tag("medium", tags.medium)
    yield from map(_funding, tags.funding)
    yield from map(_person, channel.people)
    yield from map(_location, tags.locations)
    yield from map(_trailer, channel.trailers)
    yield from _license(tags.license)
    yield from map(_value, tags.value)
    yield from _images(channel.sizes, channel.pictures)
    yield from map(_social, tags.social_interact)
    yield from _blocks(channel)
    yield from map(_txt, tags.txt)
    yield from map(_remote_item, tags.remote_items)
    if tags.podroll:
        yield _tag("podroll", None, *map(_remote_item, tags.podroll))
    yield from _update_frequency(tags.update_frequency)
    if tags.podping:
        yield _tag("podping", usesPodping="true")
    yield from _chat(tags.chat)
    if tags.publisher:
        yield _tag("publisher", None, _remote_item(tags.publisher, medium="publisher"))


def item_elements(item: Item) -> Iterator[Element]:
    """Yield an item's elements."""
    yield from map(_transcript, item.transcripts)
    if item.chapters_url:
        yield _tag("chapters", url=item.chapters_url, type=CHAPTERS_TYPE)
    if item.season_number is not None:
        yield _tag("season", str(item.season_number), name=item.season_name and item.season_name[:_TEXT_LIMIT])
    if item.number is not None:
        yield _tag("episode", str(item.number), display=item.display)
    yield from map(_person, item.people)
    yield from _images(item.sizes, item.pictures)
    if item.original:
        yield _original(item.original, item.enclosure)
    yield from tag_elements(item.tags)


def tag_elements(tags: ItemTags) -> Iterator[Element]:
    """Yield what an item and a live item have in common."""
    yield from map(_soundbite, tags.soundbites)
    yield from map(_location, tags.locations)
    yield from _license(tags.license)
    yield from map(_alternate, tags.alternates)
    yield from map(_value, tags.value)
    yield from map(_content_link, tags.content_links)
    yield from map(_social, tags.social_interact)
    yield from map(_txt, tags.txt)
    yield from _chat(tags.chat)
    yield from map(_funding, tags.funding)


def live_element(live: LiveItem, *pictures: Element) -> Element:
    """Return a live stream, in the form of an item; pictures are elements of the itunes namespace."""
    children = [
        Element("title", live.title),
        *([Element("description", shown_by_all(live.description, html=True))] if live.description else []),
        *([Element("link", live.link)] if live.link else []),
        Element("guid", live.guid, {"isPermaLink": "false"}),
    ]
    if live.stream:
        stream = {"url": live.stream.url, "length": str(live.stream.length), "type": live.stream.type}
        children.append(Element("enclosure", None, stream))
    return _tag(
        "liveItem",
        None,
        *children,
        *pictures,
        *map(_person, live.people),
        *_images((), live.tags.images),
        *tag_elements(live.tags),
        status=live.status,
        start=live.start.isoformat(),
        end=live.end.isoformat() if live.end else None,
    )


def podcast_guid(feed_url: str) -> str:
    """Return the UUIDv5 of a feed's address without its scheme and trailing slashes.

    https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/tags/guid.md
    """
    _, found, rest = feed_url.partition("://")
    return str(uuid.uuid5(_GUIDS, (rest if found else feed_url).rstrip("/")))


def teaser_guid(guid: str) -> str:
    """Return the guid of the teaser of the episode with a guid: one in every feed, as long as there is the episode.

    It is not the episode's own: to an app that is one item for ever. Who heard the trailer would never be told of the
    whole episode when it comes to the feed, and hear the trailer again when asking for it.
    """
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:podwright:teaser:{guid}"))


def _transcript(transcript: TranscriptLink) -> Element:
    return _tag(
        "transcript",
        url=transcript.url,
        type=transcript.media_type,
        language=transcript.language,
        rel=transcript.rel,
    )


def _person(person: Person) -> Element:
    name = f"{person.name}, {person.credentials}" if person.credentials else person.name
    # Credentials cut short may name others, so they are left out whole.
    shown = name if len(name) <= _TEXT_LIMIT else person.name[:_TEXT_LIMIT]
    return _tag("person", shown, role=person.role, group=person.group, href=person.url, img=person.image)


def _funding(link: Link) -> Element:
    return _tag("funding", link.title[:_TEXT_LIMIT], url=link.url)


def _content_link(link: Link) -> Element:
    return _tag("contentLink", link.title, href=link.url)


def _location(place: Location) -> Element:
    return _tag("location", place.name, rel=place.rel, geo=place.geo, osm=place.osm, country=place.country)


def _license(license_: License | None) -> Iterator[Element]:
    if license_:
        # Identifiers of the list are written in lower case (docs/tags/license.md); a name of one's own stays as it is.
        yield _tag("license", license_.identifier if license_.url else license_.identifier.lower(), url=license_.url)


def _trailer(trailer: Trailer) -> Element:
    return _tag(
        "trailer",
        trailer.title[:_TEXT_LIMIT],
        url=trailer.enclosure.url,
        pubdate=format_datetime(trailer.published),
        length=str(trailer.enclosure.length),
        type=trailer.enclosure.media_type,
        season=_number(trailer.season),
    )


def _soundbite(bite: Soundbite) -> Element:
    return _tag("soundbite", bite.title, startTime=_seconds(bite.start), duration=_seconds(bite.duration))


def _images(sizes: tuple[Image, ...], others: tuple[Image, ...]) -> Iterator[Element]:
    """Yield each picture, and the artwork once more in the deprecated form, which older apps read."""
    for image in (*sizes, *others):
        yield _tag(
            "image",
            href=image.url,
            alt=image.alt,
            width=_number(image.width),
            height=_number(image.height),
            type=image.type,
            purpose=image.purpose,
            **{"aspect-ratio": image.aspect_ratio},
        )
    if sizes:
        yield _tag("images", srcset=", ".join(f"{image.url} {image.width}w" for image in sizes))


def _original(original: Original, enclosure: Enclosure) -> Element:
    return _alternate_tag(
        _tag("source", uri=original.url),
        *([_tag("integrity", **_integrity(original))] if original.integrity else []),
        type=enclosure.media_type,
        length=str(enclosure.length),
        bitrate=_number(original.bitrate),
        default="true",
    )


def _integrity(of: Original | Alternate) -> dict[str, str | None]:
    return {"type": of.integrity.type, "value": of.integrity.value} if of.integrity else {}


def _alternate(alternate: Alternate) -> Element:
    return _alternate_tag(
        *(_tag("source", uri=source.uri, contentType=source.type) for source in alternate.sources),
        *([_tag("integrity", **_integrity(alternate))] if alternate.integrity else []),
        type=alternate.type,
        length=_number(alternate.length),
        bitrate=_number(alternate.bitrate),
        height=_number(alternate.height),
        lang=alternate.language,
        title=alternate.title,
        rel=alternate.rel,
        codecs=alternate.codecs,
        default="true" if alternate.default else None,
    )


def _alternate_tag(*children: Element, **attributes: str | None) -> Element:
    return _tag("alternateEnclosure", None, *children, **attributes)


def _value(value: Value) -> Element:
    return _tag(
        "value",
        None,
        *map(_recipient, value.recipients),
        *map(_split, value.splits),
        type=value.type,
        method=value.method,
        suggested=_decimal(value.suggested),
    )


def _recipient(recipient: Recipient) -> Element:
    return _tag(
        "valueRecipient",
        name=recipient.name,
        type=recipient.type,
        address=recipient.address,
        customKey=recipient.custom_key,
        customValue=recipient.custom_value,
        split=str(recipient.split),
        fee="true" if recipient.fee else None,
    )


def _split(split: ValueSplit) -> Element:
    remote = (_remote_item(split.remote_item),) if split.remote_item else ()
    return _tag(
        "valueTimeSplit",
        None,
        *map(_recipient, split.recipients),
        *remote,
        startTime=_seconds(split.start),
        duration=_seconds(split.duration),
        remoteStartTime=_seconds(split.remote_start) if split.remote_start is not None else None,
        remotePercentage=_number(split.remote_percentage),
    )


def _remote_item(item: RemoteItem, *, medium: str | None = None) -> Element:
    return _tag(
        "remoteItem",
        feedGuid=item.feed_guid,
        feedUrl=item.feed_url,
        itemGuid=item.item_guid,
        medium=medium or item.medium,
        title=item.title,
    )


def _social(thread: SocialInteract) -> Element:
    return _tag(
        "socialInteract",
        protocol=thread.protocol,
        uri=thread.uri,
        accountId=thread.account_id,
        accountUrl=thread.account_url,
        priority=_number(thread.priority),
    )


def _blocks(channel: Channel) -> Iterator[Element]:
    if channel.block:
        yield _tag("block", "yes")
    for answer, services in (("yes", channel.tags.block_on), ("no", channel.tags.allow_on)):
        yield from (_tag("block", answer, id=service) for service in services)


def _txt(txt: Txt) -> Element:
    return _tag("txt", txt.text, purpose=txt.purpose)


def _update_frequency(frequency: UpdateFrequency | None) -> Iterator[Element]:
    if frequency:
        complete = "true" if frequency.complete else None
        yield _tag(
            "updateFrequency", frequency.text, complete=complete, dtstart=_start(frequency.start), rrule=frequency.rule
        )


def _start(start: date | None) -> str | None:
    return start.isoformat() if start else None


def _chat(chat: Chat | None) -> Iterator[Element]:
    if chat:
        yield _tag("chat", server=chat.server, protocol=chat.protocol, accountId=chat.account_id, space=chat.space)


def _number(value: int | None) -> str | None:
    return None if value is None else str(value)


def _decimal(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _seconds(time: timedelta) -> str:
    """Return seconds with as many decimals as they need."""
    whole, rest = divmod(time // timedelta(milliseconds=1), 1000)
    return f"{whole}.{rest:03}".rstrip("0") if rest else str(whole)
