"""A feed read back into the types it was made of, by the standard library's XML parser and nothing of the product's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from xml.etree import ElementTree as ET

from podwright.core.model import Category, Owner, Person
from podwright.core.tags import (
    Alternate,
    ChannelTags,
    Chat,
    Image,
    Integrity,
    ItemTags,
    License,
    Link,
    LiveItem,
    Location,
    Recipient,
    RemoteItem,
    SocialInteract,
    Soundbite,
    Source,
    Stream,
    Txt,
    UpdateFrequency,
    Value,
    ValueSplit,
)
from tests.render.feeds.values import NS

T = TypeVar("T")
Element = ET.Element


def channel_of(feed: bytes) -> Element:
    """The channel of a feed."""
    channel = ET.fromstring(feed).find("channel")
    assert channel is not None
    return channel


def text(element: Element, path: str) -> str | None:
    """The text of the only element at a path, or None."""
    found = element.findall(path, NS)
    assert len(found) < 2
    return (found[0].text or "") if found else None


def plain(element: Element, path: str) -> str | None:
    """The plain text at a path, with the angle brackets that readers of HTML would take for tags."""
    found = text(element, path)
    return found and angled(found)


def angled(value: str) -> str:
    """A text with one kind of angle brackets."""
    return value.replace("‹", "<").replace("›", ">")


def every(element: Element, path: str, read: Callable[[Element], T]) -> tuple[T, ...]:
    """All elements at a path."""
    return tuple(map(read, element.findall(path, NS)))


def first(values: Iterable[T]) -> T | None:
    """The only one, or None."""
    found = tuple(values)
    assert len(found) < 2
    return found[0] if found else None


def _seconds(value: str | None) -> timedelta | None:
    return None if value is None else timedelta(seconds=float(value))


def _required_seconds(value: str | None) -> timedelta:
    assert value is not None
    return timedelta(seconds=float(value))


def _int(value: str | None) -> int | None:
    return None if value is None else int(value)


def read_person(element: Element) -> Person:
    """The credentials stay part of the name, and the affiliation is not in a feed."""
    get = element.attrib
    return Person(
        name=element.text or "",
        role=get["role"],
        group=get["group"],
        url=get.get("href"),
        image=get.get("img"),
    )


def read_link(element: Element) -> Link:
    return Link(title=element.text or "", url=element.get("url") or element.attrib["href"])


def read_location(element: Element) -> Location:
    get: Any = element.attrib
    return Location(
        name=element.text or "",
        rel=get.get("rel"),
        geo=get.get("geo"),
        osm=get.get("osm"),
        country=get.get("country"),
    )


def read_license(element: Element) -> License:
    return License(identifier=element.text or "", url=element.get("url"))


def read_soundbite(element: Element) -> Soundbite:
    get = element.attrib
    return Soundbite(
        start=_required_seconds(get["startTime"]), duration=_required_seconds(get["duration"]), title=element.text
    )


def read_remote_item(element: Element) -> RemoteItem:
    get = element.attrib
    return RemoteItem(
        feed_guid=get["feedGuid"],
        feed_url=get.get("feedUrl"),
        item_guid=get.get("itemGuid"),
        medium=get.get("medium"),
        title=get.get("title"),
    )


def read_recipient(element: Element) -> Recipient:
    get = element.attrib
    return Recipient(
        type=get["type"],
        address=get["address"],
        split=int(get["split"]),
        name=get.get("name"),
        custom_key=get.get("customKey"),
        custom_value=get.get("customValue"),
        fee=get.get("fee") == "true",
    )


def read_split(element: Element) -> ValueSplit:
    get = element.attrib
    return ValueSplit(
        start=_required_seconds(get["startTime"]),
        duration=_required_seconds(get["duration"]),
        recipients=every(element, "podcast:valueRecipient", read_recipient),
        remote_item=first(every(element, "podcast:remoteItem", read_remote_item)),
        remote_start=_seconds(get.get("remoteStartTime")),
        remote_percentage=_int(get.get("remotePercentage")),
    )


def read_value(element: Element) -> Value:
    get = element.attrib
    return Value(
        type=get["type"],
        method=get["method"],
        suggested=Decimal(get["suggested"]) if "suggested" in get else None,
        recipients=every(element, "podcast:valueRecipient", read_recipient),
        splits=every(element, "podcast:valueTimeSplit", read_split),
    )


def read_image(element: Element) -> Image:
    get = element.attrib
    return Image(
        url=get["href"],
        alt=get.get("alt"),
        purpose=get.get("purpose"),
        width=_int(get.get("width")),
        height=_int(get.get("height")),
        aspect_ratio=get.get("aspect-ratio"),
        type=get.get("type"),
    )


def read_social(element: Element) -> SocialInteract:
    get = element.attrib
    return SocialInteract(
        protocol=get["protocol"],
        uri=get.get("uri"),
        account_id=get.get("accountId"),
        account_url=get.get("accountUrl"),
        priority=_int(get.get("priority")),
    )


def read_txt(element: Element) -> Txt:
    return Txt(text=element.text or "", purpose=element.get("purpose"))


def read_chat(element: Element) -> Chat:
    get = element.attrib
    return Chat(server=get["server"], protocol=get["protocol"], account_id=get.get("accountId"), space=get.get("space"))


def read_alternate(element: Element) -> Alternate:
    get = element.attrib
    return Alternate(
        type=get["type"],
        sources=every(element, "podcast:source", lambda e: Source(uri=e.attrib["uri"], type=e.get("contentType"))),
        length=_int(get.get("length")),
        bitrate=_int(get.get("bitrate")),
        height=_int(get.get("height")),
        language=get.get("lang"),
        title=get.get("title"),
        rel=get.get("rel"),
        codecs=get.get("codecs"),
        default=get.get("default") == "true",
        integrity=first(every(element, "podcast:integrity", _read_integrity)),
    )


def _read_integrity(element: Element) -> Integrity:
    get: Any = element.attrib
    return Integrity(type=get["type"], value=get["value"])


def read_update_frequency(element: Element) -> UpdateFrequency:
    start = element.get("dtstart")
    moment: date | None = datetime.fromisoformat(start) if start else None
    return UpdateFrequency(
        text=element.text or "", rule=element.get("rrule"), start=moment, complete=element.get("complete") == "true"
    )


def read_item_tags(element: Element) -> ItemTags:
    """Without the pictures and the alternates that follow from the episode's own artwork and audio."""
    alternates = every(element, "podcast:alternateEnclosure", read_alternate)
    return ItemTags(
        locations=every(element, "podcast:location", read_location),
        license=first(every(element, "podcast:license", read_license)),
        soundbites=every(element, "podcast:soundbite", read_soundbite),
        value=every(element, "podcast:value", read_value),
        images=tuple(one for one in every(element, "podcast:image", read_image) if one.purpose != "artwork"),
        content_links=every(element, "podcast:contentLink", read_link),
        social_interact=every(element, "podcast:socialInteract", read_social),
        txt=every(element, "podcast:txt", read_txt),
        chat=first(every(element, "podcast:chat", read_chat)),
        funding=every(element, "podcast:funding", read_link),
        alternates=tuple(one for one in alternates if not one.default),
    )


def read_live(element: Element) -> LiveItem:
    get: Any = element.attrib
    image = element.find("itunes:image", NS)
    return LiveItem(
        guid=text(element, "guid") or "",
        title=text(element, "title") or "",
        status=get["status"],
        start=datetime.fromisoformat(get["start"]),
        end=datetime.fromisoformat(get["end"]) if "end" in get else None,
        description=plain(element, "description"),
        link=text(element, "link"),
        stream=first(every(element, "enclosure", _read_stream)),
        image=image.get("href") if image is not None else None,
        people=every(element, "podcast:person", read_person),
        tags=read_item_tags(element),
    )


def _read_stream(element: Element) -> Stream:
    get = element.attrib
    return Stream(url=get["url"], type=get["type"], length=int(get["length"]))


def read_channel_tags(channel: Element) -> ChannelTags:
    """Without the pictures that follow from the feed's own artwork."""
    blocks = channel.findall("podcast:block", NS)
    publisher = every(channel, "podcast:publisher/podcast:remoteItem", read_remote_item)
    return ChannelTags(
        medium=text(channel, "podcast:medium") or "",
        locations=every(channel, "podcast:location", read_location),
        license=first(every(channel, "podcast:license", read_license)),
        value=every(channel, "podcast:value", read_value),
        images=tuple(one for one in every(channel, "podcast:image", read_image) if one.purpose != "artwork"),
        funding=every(channel, "podcast:funding", read_link),
        social_interact=every(channel, "podcast:socialInteract", read_social),
        block_on=tuple(one.attrib["id"] for one in blocks if "id" in one.attrib and one.text == "yes"),
        allow_on=tuple(one.attrib["id"] for one in blocks if "id" in one.attrib and one.text == "no"),
        txt=every(channel, "podcast:txt", read_txt),
        remote_items=every(channel, "podcast:remoteItem", read_remote_item),
        podroll=every(channel, "podcast:podroll/podcast:remoteItem", read_remote_item),
        publisher=first(publisher),
        update_frequency=first(every(channel, "podcast:updateFrequency", read_update_frequency)),
        podping=channel.find("podcast:podping[@usesPodping='true']", NS) is not None,
        chat=first(every(channel, "podcast:chat", read_chat)),
        live=every(channel, "podcast:liveItem", read_live),
    )


def read_owner(channel: Element) -> Owner | None:
    owner = channel.find("itunes:owner", NS)
    if owner is None:
        return None
    return Owner(name=text(owner, "itunes:name") or "", email=text(owner, "itunes:email") or "")


def read_categories(channel: Element) -> tuple[Category, ...]:
    return every(channel, "itunes:category", _read_category)


def _read_category(element: Element) -> Category:
    sub = element.find("itunes:category", NS)
    return Category(name=element.attrib["text"], sub=sub.get("text") if sub is not None else None)


def read_date(element: Element, path: str) -> datetime:
    """A date of RFC 2822."""
    return parsedate_to_datetime(text(element, path) or "")


@dataclass(frozen=True, slots=True)
class Listed:
    """An item as an app keeps it: it knows it again by its guid. url is that of its audio."""

    guid: str
    title: str
    url: str
    published: datetime


#: What an app shows of a feed, by guid.
Shelf = dict[str, Listed]


def read_items(feed: bytes) -> tuple[Listed, ...]:
    """The items of a feed, in its order."""
    return every(channel_of(feed), "item", _read_item)


def _read_item(item: Element) -> Listed:
    (enclosure,) = item.findall("enclosure")
    return Listed(
        guid=text(item, "guid") or "",
        title=text(item, "title") or "",
        url=enclosure.attrib["url"],
        published=read_date(item, "pubDate"),
    )


def refreshed(shelf: Shelf, feed: bytes) -> Shelf:
    """What an app shows after it has read a feed again.

    It keeps of a guid what it saw first, the address of the audio above all, and lets go what the feed no longer has,
    as gPodder does of what was not downloaded.
    """
    return {one.guid: shelf.get(one.guid, one) for one in read_items(feed)}
