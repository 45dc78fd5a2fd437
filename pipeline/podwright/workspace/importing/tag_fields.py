"""Elements of the podcast namespace as fields of the workspace: the inverse of `render.feeds.podcast`.

https://github.com/Podcastindex-org/podcast-namespace/tree/main/docs/tags. Values stay the texts that they are; whether
they are right is for the workspace's own schema to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from podwright.workspace.importing.namespaces import Children, short_name, text_of

Table = dict[str, Any]


def item_fields(item: Children) -> Iterator[tuple[str, Any]]:
    """Yield what an item and a live item have in common."""
    yield "soundbites", [_soundbite(one) for one in item.all("podcast:soundbite")]
    yield "content_links", [_link(one, "href") for one in item.all("podcast:contentLink")]
    alternates = item.all("podcast:alternateEnclosure")
    # The default is the enclosure itself once more.
    yield "alternates", [_alternate(one) for one in alternates if one.get("default") != "true"]
    yield from shared_fields(item)


def shared_fields(parent: Children) -> Iterator[tuple[str, Any]]:
    """Yield what a channel and an item have in common."""
    yield "locations", [_location(one) for one in parent.all("podcast:location")]
    licenses = [_titled(one, "identifier", url="url") for one in parent.all("podcast:license")]
    yield "license", licenses[0] if licenses else None
    yield "value", [_value(one) for one in parent.all("podcast:value")]
    yield "funding", [_link(one, "url") for one in parent.all("podcast:funding")]
    yield "social_interact", [_social(one) for one in parent.all("podcast:socialInteract")]
    yield "txt", [_titled(one, "text", purpose="purpose") for one in parent.all("podcast:txt")]
    chat = parent.first("podcast:chat")
    if chat is not None:
        yield "chat", _attributes(chat, server="server", protocol="protocol", account_id="accountId", space="space")
    # The same pictures in sizes, in the deprecated form.
    parent.all("podcast:images")
    pictures = parent.all("podcast:image")
    artwork = [one for one in pictures if "artwork" in (one.get("purpose") or "").split()]
    yield "images", [_image(one) for one in pictures if one not in artwork]
    yield "image_alt", next((one.get("alt") for one in artwork if one.get("alt")), None)


def channel_fields(channel: Children) -> Iterator[tuple[str, Any]]:
    """Yield what only a channel says."""
    medium = channel.text("podcast:medium")
    yield "medium", None if medium == "podcast" else medium
    blocks = [(one.get("id"), text_of(one).lower()) for one in channel.all("podcast:block")]
    yield "block_on", [service for service, answer in blocks if service and answer == "yes"]
    yield "allow_on", [service for service, answer in blocks if service and answer == "no"]
    yield "remote_items", [_remote_item(one) for one in channel.all("podcast:remoteItem")]
    yield (
        "podroll",
        [_remote_item(one) for roll in channel.all("podcast:podroll") for one in _named(roll, "remoteItem")],
    )
    publishers = [
        _remote_item(one) for publisher in channel.all("podcast:publisher") for one in _named(publisher, "remoteItem")
    ]
    # Its medium is said by where it stands.
    yield (
        "publisher",
        {name: value for name, value in publishers[0].items() if name != "medium"} if publishers else None,
    )
    frequency = channel.first("podcast:updateFrequency")
    if frequency is not None:
        complete = {"complete": True} if frequency.get("complete") == "true" else {}
        yield "update_frequency", {**_titled(frequency, "text", rule="rrule", start="dtstart"), **complete}
    podping = channel.first("podcast:podping")
    yield "podping", True if podping is not None and podping.get("usesPodping") == "true" else None


def people(parent: Children) -> list[Table]:
    """Return the persons of a channel or an item."""
    return [_person(one) for one in parent.all("podcast:person")]


def _person(element: Any) -> Table:
    table = _titled(element, "name", url="href", image="img")
    # The namespace's own words are written in any case.
    named = {name: element.get(name).strip().lower() for name in ("role", "group") if element.get(name)}
    return {**table, **named}


def _location(element: Any) -> Table:
    return _titled(element, "name", rel="rel", geo="geo", osm="osm", country="country")


def _soundbite(element: Any) -> Table:
    times = _attributes(element, start="startTime", duration="duration")
    title = text_of(element)
    return {**{name: offset(value) for name, value in times.items()}, **({"title": title} if title else {})}


def _link(element: Any, attribute: str) -> Table:
    return _titled(element, "title", url=attribute)


def _image(element: Any) -> Table:
    return _attributes(
        element,
        url="href",
        alt="alt",
        purpose="purpose",
        width="width",
        height="height",
        aspect_ratio="aspect-ratio",
        type="type",
    )


def _social(element: Any) -> Table:
    return _attributes(
        element,
        protocol="protocol",
        uri="uri",
        account_id="accountId",
        account_url="accountUrl",
        priority="priority",
    )


def _alternate(element: Any) -> Table:
    table = _attributes(
        element,
        type="type",
        length="length",
        bitrate="bitrate",
        height="height",
        language="lang",
        title="title",
        rel="rel",
        codecs="codecs",
    )
    table["sources"] = [_attributes(one, uri="uri", type="contentType") for one in _named(element, "source")]
    for integrity in _named(element, "integrity"):
        names = {"sri": "sri", "pgp-signature": "pgp_signature"}
        if name := names.get(integrity.get("type") or ""):
            table[name] = integrity.get("value") or ""
    return table


def _value(element: Any) -> Table:
    table = _attributes(element, type="type", method="method", suggested="suggested")
    table["recipients"] = [_recipient(one) for one in _named(element, "valueRecipient")]
    splits = [_split(one) for one in _named(element, "valueTimeSplit")]
    return {**table, **({"splits": splits} if splits else {})}


def _recipient(element: Any) -> Table:
    table = _attributes(
        element,
        name="name",
        type="type",
        address="address",
        split="split",
        custom_key="customKey",
        custom_value="customValue",
    )
    return {**table, **({"fee": True} if element.get("fee") == "true" else {})}


def _split(element: Any) -> Table:
    times = _attributes(element, start="startTime", duration="duration", remote_start="remoteStartTime")
    table: Table = {name: offset(value) for name, value in times.items()}
    table |= _attributes(element, remote_percentage="remotePercentage")
    recipients = [_recipient(one) for one in _named(element, "valueRecipient")]
    remote = [_remote_item(one) for one in _named(element, "remoteItem")]
    return {
        **table,
        **({"recipients": recipients} if recipients else {}),
        **({"remote_item": remote[0]} if remote else {}),
    }


def _remote_item(element: Any) -> Table:
    return _attributes(
        element, feed_guid="feedGuid", feed_url="feedUrl", item_guid="itemGuid", medium="medium", title="title"
    )


def _titled(element: Any, name: str, **attributes: str) -> Table:
    """Return the text of an element under a name, and its attributes."""
    return {name: text_of(element), **_attributes(element, **attributes)}


def _attributes(element: Any, **attributes: str) -> Table:
    """Return attributes that are not empty, by the names of fields."""
    found = {name: element.get(attribute) for name, attribute in attributes.items()}
    return {name: value.strip() for name, value in found.items() if value and value.strip()}


def _named(parent: Any, local: str) -> list[Any]:
    return [child for child in parent if short_name(child.tag) == f"podcast:{local}"]


_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,4}):(\d{1,2}(?:[.,]\d{1,9})?)|(\d{1,7}(?:[.,]\d{1,9})?)")


def offset(value: str) -> str:
    """Return a time in a recording, in seconds or as a clock shows it, as the workspace writes it; else as it is."""
    match = _CLOCK.fullmatch(value.strip())
    if not match:
        return value
    hours, minutes, seconds, alone = match.groups()
    total = float((alone or seconds).replace(",", ".")) + 60 * int(minutes or 0) + 3600 * int(hours or 0)
    return clock(timedelta(seconds=total))


def clock(time: timedelta) -> str:
    """Return `01:02:03.500`; decimals and hours only where they say something."""
    seconds, milliseconds = divmod(round(time / timedelta(milliseconds=1)), 1000)
    hours = f"{seconds // 3600:02}:" if seconds >= 3600 else ""
    return f"{hours}{seconds // 60 % 60:02}:{seconds % 60:02}" + (f".{milliseconds:03}" if milliseconds else "")


def said(fields: Iterator[tuple[str, Any]]) -> Mapping[str, Any]:
    """Return the fields that say something."""
    return {name: value for name, value in fields if value not in (None, "", [], {})}
