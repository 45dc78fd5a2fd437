"""Which reader reads which tag: `python -m tests.clients.matrix > docs/conformance.md`.

Every cell is computed: the readers are run on one feed that uses everything, and what each understood is compared with
what the feed says.
"""

from __future__ import annotations

import atexit
import functools
import http.server
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import podcastparser

from tests.clients import GOPATH
from tests.clients.apps import Gpo
from tests.render.feeds.values import NS

FEED = Path(__file__).parents[1] / "data" / "rss" / "everything.xml"
HERE = Path(__file__).parent
READERS = ("podcast-partytime", "podcastparser", "feedparser", "gpo", "feedsmith", "rss-parser", "SimplePie", "gofeed")

#: What a getter gives where a reader has no place for a tag.
Getter = Callable[[Any], Any]


def moment(value: Any) -> datetime | None:
    """A date as any of the readers gives it."""
    if value is None or isinstance(value, datetime):
        return value
    if isinstance(value, int):
        return datetime.fromtimestamp(value, UTC)
    return datetime.fromisoformat(value) if "T" in value else parsedate_to_datetime(value)


def folded(value: Any) -> Any:
    """Text without regard to white space, which some readers fold."""
    return " ".join(value.split()) if isinstance(value, str) else value


@dataclass(frozen=True)
class Row:
    """A tag: what the feed says of it, and how each reader is asked for it; a reader without a getter has no place."""

    tag: str
    said: Getter
    partytime: Getter | None = None
    podcastparser: Getter | None = None
    feedparser: Getter | None = None
    gpo: Getter | None = None

    def getters(self, more: Sequence[Mapping[str, Getter]]) -> tuple[Getter | None, ...]:
        """In the order of READERS; more: by tag, those of the readers behind the first four."""
        return (self.partytime, self.podcastparser, self.feedparser, self.gpo, *(one.get(self.tag) for one in more))


# How the feed is asked


def text(path: str) -> Getter:
    return lambda element: element.findtext(path, None, NS)


def attribute(path: str, name: str) -> Getter:
    return lambda element: element.find(path, NS).get(name)


def rows(path: str, *names: str) -> Getter:
    """For each element its attributes, and its text where a name is ""."""

    def read(element: ET.Element) -> list[tuple[str | None, ...]]:
        found = element.findall(path, NS)
        return [tuple(one.get(name) if name else one.text for name in names) for one in found]

    return read


# How readers are asked


def key(*path: str | int) -> Getter:
    """What lies at a path of keys and indices; None where it is not there."""

    def read(value: Any) -> Any:
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    return read


def each(where: Getter, *names: str) -> Getter:
    """For each of several tables their values as text."""

    def read(value: Any) -> Any:
        found = where(value)
        if found is None:
            return None
        tables = found if isinstance(found, list) else [found]
        return [tuple(None if one.get(name) is None else str(one.get(name)) for name in names) for one in tables]

    return read


def through(where: Getter, change: Callable[[Any], Any]) -> Getter:
    """What a getter gives, changed where it gives anything."""

    def read(value: Any) -> Any:
        found = where(value)
        return None if found is None else change(found)

    return read


def yes(value: Any) -> bool:
    return value in (True, 1, "true", "yes", "Yes")


def plain_roles(people: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Role and group in lower case: they are compared without case (docs/tags/person.md)."""
    return [(name, role and role.lower(), group and group.lower(), *rest) for name, role, group, *rest in people]


def starts(value: Any) -> list[tuple[int, str]]:
    """Chapters by their start in whole seconds."""
    table = json.loads(value) if isinstance(value, str) else value
    return [(_seconds(one["start"]), one["title"]) for one in table]


def _seconds(value: Any) -> int:
    if isinstance(value, str):
        hours, minutes, seconds = value.split(":")
        return int(hours) * 3600 + int(minutes) * 60 + int(float(seconds))
    return int(value)


def _categories(channel: ET.Element) -> list[str]:
    pairs = [(one.get("text"), one.find("itunes:category", NS)) for one in channel.findall("itunes:category", NS)]
    return [f"{name} > {sub.get('text')}" if sub is not None else str(name) for name, sub in pairs]


PERSON = ("name", "role", "group", "href", "img")
REMOTE = ("feedGuid", "feedUrl", "itemGuid", "medium", "title")

CHANNEL = (
    Row("title", text("title"), key("title"), key("title"), key("title"), key("title")),
    Row("link", text("link"), key("link"), key("link"), key("link"), key("link")),
    Row(
        "description", text("description"), key("description"), key("description"), key("subtitle"), key("description")
    ),
    Row("language", text("language"), key("language"), key("language"), key("language")),
    Row("copyright", text("copyright"), key("copyright"), None, key("rights")),
    Row("generator", text("generator"), key("generator"), key("generator"), key("generator")),
    Row("managingEditor", text("managingEditor"), key("managingEditor")),
    Row("image", text("image/url"), key("image", "url")),
    Row(
        "lastBuildDate",
        through(text("lastBuildDate"), moment),
        through(key("lastBuildDate"), moment),
        None,
        through(key("updated"), moment),
    ),
    Row(
        "atom:link rel=self",
        attribute("atom:link[@rel='self']", "href"),
        key("pubsub", "self"),
        None,
        lambda feed: next((one.href for one in feed.links if one.rel == "self"), None),
    ),
    Row(
        "atom:link rel=hub",
        attribute("atom:link[@rel='hub']", "href"),
        key("pubsub", "hub"),
        None,
        lambda feed: next((one.href for one in feed.links if one.rel == "hub"), None),
    ),
    Row("itunes:author", text("itunes:author"), key("author"), key("itunes_author"), key("author")),
    Row(
        "itunes:owner",
        lambda channel: [(channel.findtext("*/itunes:name", "", NS), channel.findtext("*/itunes:email", "", NS))],
        each(key("owner"), "name", "email"),
        each(key("itunes_owner"), "name", "email"),
        each(key("publisher_detail"), "name", "email"),
    ),
    Row(
        "itunes:category",
        _categories,
        key("itunesCategory"),
        through(key("itunes_categories"), lambda found: [" > ".join(one) for one in found]),
        lambda feed: [one.term for one in feed.tags],
    ),
    Row(
        "itunes:explicit",
        through(text("itunes:explicit"), yes),
        key("explicit"),
        key("explicit"),
        key("itunes_explicit"),
    ),
    Row("itunes:type", text("itunes:type"), key("itunesType"), key("type"), key("itunes_type")),
    Row(
        "itunes:image",
        attribute("itunes:image", "href"),
        key("itunesImage"),
        key("cover_url"),
        key("image", "href"),
        key("cover_url"),
    ),
    Row(
        "itunes:block", through(text("itunes:block"), yes), key("itunesBlock"), None, through(key("itunes_block"), yes)
    ),
    Row(
        "itunes:complete",
        through(text("itunes:complete"), yes),
        key("itunesComplete"),
        None,
        through(key("itunes_complete"), yes),
    ),
    Row(
        "itunes:new-feed-url",
        text("itunes:new-feed-url"),
        key("itunesNewFeedUrl"),
        key("new_url"),
        key("itunes_new-feed-url"),
    ),
    Row("podcast:guid", text("podcast:guid"), key("guid"), None, key("podcast_guid")),
    Row(
        "podcast:locked",
        lambda channel: (channel.findtext("podcast:locked", "", NS), channel.find("podcast:locked", NS).get("owner")),
        lambda feed: ("yes" if feed["locked"] else "no", feed["podcastOwner"]),
        None,
        through(key("podcast_locked", "owner"), lambda owner: (None, owner)),
    ),
    Row("podcast:medium", text("podcast:medium"), key("medium"), None, key("podcast_medium")),
    Row(
        "podcast:funding",
        rows("podcast:funding", "", "url"),
        each(key("podcastFunding"), "message", "url"),
        None,
        each(key("podcast_funding"), "message", "url"),
    ),
    Row(
        "podcast:person",
        rows("podcast:person", "", "role", "group", "href", "img"),
        through(each(key("podcastPeople"), *PERSON), plain_roles),
        None,
        each(key("podcast_person"), *PERSON),
    ),
    Row(
        "podcast:location",
        rows("podcast:location", "", "geo", "osm"),
        each(key("podcastLocation"), "name", "geo", "osm"),
        None,
        through(key("podcast_location"), lambda name: [(name, None, None)]),
    ),
    Row(
        "podcast:trailer",
        rows("podcast:trailer", "", "url", "length", "type"),
        each(key("trailers"), "title", "url", "length", "type"),
        None,
        each(key("podcast_trailer"), "title", "url", "length", "type"),
    ),
    Row("podcast:license", text("podcast:license"), key("license", "identifier"), None, key("podcast_license")),
    Row(
        "podcast:value",
        rows("podcast:value/podcast:valueRecipient", "name", "type", "address", "split"),
        each(key("value", "recipients"), "name", "type", "address", "split"),
        None,
        each(key("podcast_valuerecipient"), "name", "type", "address", "split"),
    ),
    Row(
        "podcast:image",
        rows("podcast:image", "href"),
        None,
        None,
        each(key("podcast_image"), "href"),
    ),
    Row(
        "podcast:images",
        lambda channel: channel.find("podcast:images", NS).get("srcset").split(", "),
        through(key("podcastImages"), lambda found: [one["raw"] for one in found]),
        None,
        through(key("podcast_images", "srcset"), lambda found: found.split(", ")),
    ),
    Row(
        "podcast:socialInteract",
        rows("podcast:socialInteract", "protocol", "uri", "accountId"),
        each(key("podcastSocialInteraction"), "platform", "url", "id"),
        None,
        each(key("podcast_socialinteract"), "protocol", "uri", "accountid"),
    ),
    Row(
        "podcast:block",
        lambda channel: {one.get("id", ""): one.text for one in channel.findall("podcast:block", NS)},
        lambda feed: (
            {"": feed["podcastBlocked"]}
            | {name: "yes" if on else "no" for name, on in feed["podcastBlockedPlatforms"].items()}
        ),
        None,
        through(key("podcast_block", "id"), lambda name: {name: None}),
    ),
    Row(
        "podcast:txt",
        rows("podcast:txt", "", "purpose"),
        each(key("podcastTxt"), "value", "purpose"),
        None,
        each(key("podcast_txt"), "value", "purpose"),
    ),
    Row(
        "podcast:remoteItem",
        rows("podcast:remoteItem", *REMOTE),
        each(key("podcastRemoteItems"), *REMOTE),
        None,
        each(key("podcast_remoteitem"), *(name.lower() for name in REMOTE)),
    ),
    Row(
        "podcast:podroll",
        rows("podcast:podroll/podcast:remoteItem", "feedGuid"),
        each(key("podroll"), "feedGuid"),
        None,
        None,
    ),
    Row(
        "podcast:publisher",
        rows("podcast:publisher/podcast:remoteItem", "feedGuid", "feedUrl"),
        each(key("podcastPublisher"), "feedGuid", "feedUrl"),
        None,
        None,
    ),
    Row(
        "podcast:updateFrequency",
        rows("podcast:updateFrequency", "rrule", "dtstart"),
        None,
        None,
        each(key("podcast_updatefrequency"), "rrule", "dtstart"),
    ),
    Row(
        "podcast:podping",
        rows("podcast:podping", "usesPodping"),
        None,
        None,
        each(key("podcast_podping"), "usespodping"),
    ),
    Row(
        "podcast:chat",
        rows("podcast:chat", "server", "protocol", "accountId", "space"),
        each(key("chat"), "server", "protocol", "accountId", "space"),
        None,
        each(key("podcast_chat"), "server", "protocol", "accountid", "space"),
    ),
    Row(
        "podcast:liveItem",
        lambda channel: [
            (one.get("status"), moment(one.get("start")), one.findtext("guid"), one.findtext("title"))
            for one in channel.findall("podcast:liveItem", NS)
        ],
        lambda feed: [
            (one["status"], moment(one["start"]), one["guid"], one["title"]) for one in feed["podcastLiveItems"]
        ],
        None,
        through(key("podcast_liveitem"), lambda one: [(one["status"], moment(one["start"]), None, None)]),
    ),
    Row("spotify:limit", attribute("spotify:limit", "recentCount"), None, None, key("spotify_limit", "recentcount")),
    Row("spotify:countryOfOrigin", text("spotify:countryOfOrigin"), None, None, key("spotify_countryoforigin")),
)

ITEM = (
    Row("title", text("title"), key("title"), key("title"), key("title"), key("title")),
    Row("link", text("link"), key("link"), key("link"), key("link"), key("link")),
    Row("guid", text("guid"), key("guid"), key("guid"), key("id"), key("guid")),
    Row(
        "pubDate",
        through(text("pubDate"), moment),
        through(key("pubDate"), moment),
        through(key("published"), moment),
        through(key("published"), moment),
        through(key("published"), moment),
    ),
    Row(
        "enclosure",
        rows("enclosure", "url", "length", "type"),
        each(key("enclosure"), "url", "length", "type"),
        each(key("enclosures"), "url", "file_size", "mime_type"),
        each(key("enclosures"), "href", "length", "type"),
        each(lambda one: one, "url", "file_size", "mime_type"),
    ),
    Row(
        "description",
        text("description"),
        key("description"),
        key("description"),
        key("summary"),
        key("description"),
    ),
    Row(
        "content:encoded",
        text("content:encoded"),
        key("content"),
        key("description_html"),
        through(key("content", 0, "value"), lambda html: html.replace("<br />", "<br>")),
        key("description_html"),
    ),
    Row("category", text("category"), None, None, key("tags", 0, "term")),
    Row("dc:creator", text("dc:creator"), None, None, key("authors", 0, "name")),
    Row("itunes:author", text("itunes:author"), key("author"), key("itunes_author"), key("author")),
    Row(
        "itunes:duration",
        through(text("itunes:duration"), int),
        key("duration"),
        key("total_time"),
        through(key("itunes_duration"), int),
        key("total_time"),
    ),
    Row(
        "itunes:episodeType",
        text("itunes:episodeType"),
        key("itunesEpisodeType"),
        key("type"),
        key("itunes_episodetype"),
    ),
    Row(
        "itunes:season",
        through(text("itunes:season"), int),
        key("itunesSeason"),
        key("season"),
        through(key("itunes_season"), int),
    ),
    Row(
        "itunes:episode",
        through(text("itunes:episode"), int),
        key("itunesEpisode"),
        key("number"),
        through(key("itunes_episode"), int),
    ),
    Row(
        "itunes:explicit",
        through(text("itunes:explicit"), yes),
        key("explicit"),
        key("explicit"),
        key("itunes_explicit"),
    ),
    Row(
        "itunes:image",
        attribute("itunes:image", "href"),
        key("itunesImage"),
        key("episode_art_url"),
        key("image", "href"),
        key("episode_art_url"),
    ),
    Row("itunes:summary", text("itunes:summary"), key("summary"), key("description"), key("summary")),
    Row(
        "itunes:keywords",
        through(text("itunes:keywords"), lambda found: found.split(",")),
        key("keywords"),
        None,
        lambda item: [one.term for one in item.tags[1:]],
    ),
    Row("itunes:block", through(text("itunes:block"), yes), None, None, through(key("itunes_block"), yes)),
    Row(
        "podcast:transcript",
        rows("podcast:transcript", "url", "type", "language", "rel"),
        each(key("podcastTranscripts"), "url", "type", "language", "rel"),
        None,
        each(key("podcast_transcript"), "url", "type", "language", "rel"),
    ),
    Row(
        "podcast:chapters",
        rows("podcast:chapters", "url", "type"),
        each(key("podcastChapters"), "url", "type"),
        None,
        each(key("podcast_chapters"), "url", "type"),
    ),
    Row(
        "podcast:soundbite",
        rows("podcast:soundbite", "startTime", "duration"),
        each(key("podcastSoundbites"), "startTime", "duration"),
        None,
        each(key("podcast_soundbite"), "starttime", "duration"),
    ),
    Row(
        "podcast:person",
        rows("podcast:person", "", "role", "group", "href", "img"),
        through(each(key("podcastPeople"), *PERSON), plain_roles),
        None,
        each(key("podcast_person"), *PERSON),
    ),
    Row(
        "podcast:season",
        rows("podcast:season", "", "name"),
        each(key("podcastSeason"), "number", "name"),
        None,
        each(key("podcast_season"), "number", "name"),
    ),
    Row(
        "podcast:episode",
        rows("podcast:episode", "", "display"),
        each(key("podcastEpisode"), "number", "display"),
        None,
        each(key("podcast_episode"), "number", "display"),
    ),
    Row(
        "podcast:location",
        text("podcast:location"),
        key("podcastLocation", "name"),
        None,
        key("podcast_location"),
    ),
    Row(
        "podcast:license",
        rows("podcast:license", "", "url"),
        each(key("license"), "identifier", "url"),
        None,
        each(key("podcast_license"), "identifier", "url"),
    ),
    Row(
        "podcast:alternateEnclosure",
        rows("podcast:alternateEnclosure", "type", "length", "bitrate"),
        each(key("alternativeEnclosures"), "type", "length", "bitrate"),
        None,
        each(key("podcast_alternateenclosure"), "type", "length", "bitrate"),
    ),
    Row(
        "podcast:source",
        rows("podcast:alternateEnclosure/podcast:source", "uri"),
        lambda item: [(source["uri"],) for one in item["alternativeEnclosures"] for source in one["source"]],
        None,
        each(key("podcast_source"), "uri"),
    ),
    Row(
        "podcast:integrity",
        rows("podcast:alternateEnclosure/podcast:integrity", "type", "value"),
        lambda item: [(one["integrity"]["type"], one["integrity"]["value"]) for one in item["alternativeEnclosures"]],
        None,
        each(key("podcast_integrity"), "type", "value"),
    ),
    Row(
        "podcast:value",
        rows("podcast:value/podcast:valueRecipient", "type", "address", "split"),
        each(key("value", "recipients"), "type", "address", "split"),
        None,
        each(key("podcast_valuerecipient"), "type", "address", "split"),
    ),
    Row(
        "podcast:valueTimeSplit",
        rows("podcast:value/podcast:valueTimeSplit", "startTime", "duration", "remotePercentage"),
        each(key("value", "valueTimeSplits"), "startTime", "duration", "remotePercentage"),
        None,
        each(key("podcast_valuetimesplit"), "starttime", "duration", "remotepercentage"),
    ),
    Row("podcast:image", rows("podcast:image", "href"), None, None, each(key("podcast_image"), "href")),
    Row(
        "podcast:images",
        lambda item: item.find("podcast:images", NS).get("srcset").split(", "),
        through(key("podcastImages"), lambda found: [one["raw"] for one in found]),
        None,
        through(key("podcast_images", "srcset"), lambda found: found.split(", ")),
    ),
    Row(
        "podcast:contentLink",
        rows("podcast:contentLink", "", "href"),
        each(key("contentLinks"), "title", "url"),
        None,
        each(key("podcast_contentlink"), "title", "href"),
    ),
    Row(
        "podcast:socialInteract",
        rows("podcast:socialInteract", "protocol", "uri", "accountId"),
        each(key("podcastSocialInteraction"), "platform", "url", "id"),
        None,
        each(key("podcast_socialinteract"), "protocol", "uri", "accountid"),
    ),
    Row(
        "podcast:txt",
        rows("podcast:txt", "", "purpose"),
        each(key("podcastTxt"), "value", "purpose"),
        None,
        each(key("podcast_txt"), "value", "purpose"),
    ),
    Row(
        "podcast:chat",
        rows("podcast:chat", "server", "protocol", "space"),
        each(key("chat"), "server", "protocol", "space"),
        None,
        each(key("podcast_chat"), "server", "protocol", "space"),
    ),
    Row(
        "podcast:funding",
        rows("podcast:funding", "", "url"),
        each(key("podcastFunding"), "message", "url"),
        None,
        each(key("podcast_funding"), "message", "url"),
    ),
    Row(
        "psc:chapters",
        lambda item: starts([dict(one.attrib) for one in item.findall("psc:chapters/psc:chapter", NS)]),
        None,
        through(key("chapters"), starts),
        through(key("psc_chapters", "chapters"), starts),
        through(key("chapters"), starts),
    ),
)


# The readers behind the first four, by tag


def smith(name: str, *attributes: str) -> Getter:
    """Ask feedsmith for tags of the podcast namespace; of one that stands once it makes no list."""
    return through(each(key("podcast", name), *attributes), lambda found: [tuple(map(_bare, one)) for one in found])


def _bare(value: str | None) -> str | None:
    """A number without the decimals that it does not need."""
    return value.removesuffix(".0") if value else value


def _smith_categories(feed: dict[str, Any]) -> list[str]:
    pairs = [(one["text"], one.get("categories", [])) for one in feed["itunes"]["categories"]]
    return [f"{name} > {subs[0]['text']}" if subs else name for name, subs in pairs]


def _smith_each(name: str, inner: str, *attributes: str) -> Getter:
    """Ask feedsmith for what stands inside tags of the podcast namespace."""

    def read(value: Any) -> Any:
        outer = value["podcast"].get(name, [])
        lists = [found if isinstance(found, list) else [found] for one in outer if (found := one.get(inner))]
        return [
            tuple(_bare(str(one[attribute])) if attribute in one else None for attribute in attributes)
            for found in lists
            for one in found
        ]

    return read


_TEXT = {name: key(name) for name in ("title", "link", "description", "language", "copyright", "generator")}
_SMITH_BOTH = {
    "podcast:funding": smith("fundings", "display", "url"),
    "podcast:person": smith("persons", "display", "role", "group", "href", "img"),
    "podcast:image": smith("images", "href"),
    "podcast:socialInteract": smith("socialInteracts", "protocol", "uri", "accountId"),
    "podcast:txt": smith("txts", "display", "purpose"),
    "itunes:author": key("itunes", "author"),
    "itunes:image": key("itunes", "image"),
    "itunes:explicit": key("itunes", "explicit"),
    "itunes:block": key("itunes", "block"),
}
SMITH_CHANNEL: Mapping[str, Getter] = {
    **_TEXT,
    **_SMITH_BOTH,
    "managingEditor": lambda feed: "{email} ({name})".format(**feed["managingEditor"]),
    "image": key("image", "url"),
    "lastBuildDate": through(key("lastBuildDate"), moment),
    "atom:link rel=self": lambda feed: next(one["href"] for one in feed["atom"]["links"] if one["rel"] == "self"),
    "atom:link rel=hub": lambda feed: next(one["href"] for one in feed["atom"]["links"] if one["rel"] == "hub"),
    "itunes:owner": each(key("itunes", "owner"), "name", "email"),
    "itunes:category": _smith_categories,
    "itunes:type": key("itunes", "type"),
    "itunes:complete": key("itunes", "complete"),
    "itunes:new-feed-url": key("itunes", "newFeedUrl"),
    "podcast:guid": key("podcast", "guid"),
    "podcast:locked": lambda feed: (
        "yes" if feed["podcast"]["locked"]["value"] else "no",
        feed["podcast"]["locked"]["owner"],
    ),
    "podcast:medium": key("podcast", "medium"),
    "podcast:location": smith("locations", "display", "geo", "osm"),
    "podcast:trailer": smith("trailers", "display", "url", "length", "type"),
    "podcast:license": key("podcast", "license", "display"),
    "podcast:value": _smith_each("values", "valueRecipients", "name", "type", "address", "split"),
    "podcast:block": lambda feed: {
        one.get("id", ""): "yes" if one["value"] else "no" for one in feed["podcast"]["blocks"]
    },
    "podcast:remoteItem": smith("remoteItems", *REMOTE),
    "podcast:podroll": each(key("podcast", "podroll", "remoteItems"), "feedGuid"),
    "podcast:publisher": each(key("podcast", "publisher", "remoteItem"), "feedGuid", "feedUrl"),
    "podcast:updateFrequency": smith("updateFrequency", "rrule", "dtstart"),
    "podcast:podping": lambda feed: [(str(feed["podcast"]["podping"]["usesPodping"]).lower(),)],
    "podcast:chat": smith("chat", "server", "protocol", "accountId", "space"),
    "podcast:liveItem": lambda feed: [
        (one["status"], moment(one["start"]), one.get("guid"), one.get("title")) for one in feed["podcast"]["liveItems"]
    ],
    "spotify:limit": through(key("spotify", "limit", "recentCount"), str),
    "spotify:countryOfOrigin": key("spotify", "countryOfOrigin"),
}
SMITH_ITEM: Mapping[str, Getter] = {
    **_TEXT,
    **_SMITH_BOTH,
    "guid": key("guid", "value"),
    "pubDate": through(key("pubDate"), moment),
    "enclosure": each(key("enclosures"), "url", "length", "type"),
    "content:encoded": key("content", "encoded"),
    "category": key("categories", 0, "name"),
    "dc:creator": key("dc", "creators", 0),
    "itunes:duration": key("itunes", "duration"),
    "itunes:episodeType": key("itunes", "episodeType"),
    "itunes:season": key("itunes", "season"),
    "itunes:episode": key("itunes", "episode"),
    "itunes:summary": key("itunes", "summary"),
    "itunes:keywords": key("itunes", "keywords"),
    "podcast:transcript": smith("transcripts", "url", "type", "language", "rel"),
    "podcast:chapters": smith("chapters", "url", "type"),
    "podcast:soundbite": smith("soundbites", "startTime", "duration"),
    "podcast:season": smith("season", "number", "name"),
    "podcast:episode": smith("episode", "number", "display"),
    "podcast:location": key("podcast", "locations", 0, "display"),
    "podcast:license": smith("license", "display", "url"),
    "podcast:alternateEnclosure": smith("alternateEnclosures", "type", "length", "bitrate"),
    "podcast:source": _smith_each("alternateEnclosures", "sources", "uri"),
    "podcast:integrity": _smith_each("alternateEnclosures", "integrity", "type", "value"),
    "podcast:value": _smith_each("values", "valueRecipients", "type", "address", "split"),
    "podcast:valueTimeSplit": _smith_each("values", "valueTimeSplits", "startTime", "duration", "remotePercentage"),
    "podcast:contentLink": smith("contentLinks", "display", "href"),
    "podcast:chat": smith("chat", "server", "protocol", "space"),
    "psc:chapters": through(key("psc", "chapters"), starts),
}
SMALL_CHANNEL: Mapping[str, Getter] = {
    **_TEXT,
    "managingEditor": key("managingEditor"),
    "image": key("image", "url"),
    "lastBuildDate": through(key("lastBuildDate"), moment),
    "atom:link rel=self": key("feedUrl"),
    "itunes:author": key("itunes", "author"),
    "itunes:owner": each(key("itunes", "owner"), "name", "email"),
    "itunes:category": lambda feed: [
        f"{one['name']} > {one['subs'][0]['name']}" if one["subs"] else one["name"]
        for one in feed["itunes"]["categoriesWithSubs"]
    ],
    "itunes:explicit": through(key("itunes", "explicit"), yes),
    "itunes:image": key("itunes", "image"),
}
SMALL_ITEM: Mapping[str, Getter] = {
    **_TEXT,
    "description": key("content"),
    "guid": key("guid"),
    "pubDate": through(key("isoDate"), moment),
    "enclosure": each(key("enclosure"), "url", "length", "type"),
    "content:encoded": key("content:encoded"),
    "category": key("categories", 0),
    "dc:creator": key("creator"),
    "itunes:author": key("itunes", "author"),
    "itunes:duration": through(key("itunes", "duration"), int),
    "itunes:episodeType": key("itunes", "episodeType"),
    "itunes:season": through(key("itunes", "season"), int),
    "itunes:episode": through(key("itunes", "episode"), int),
    "itunes:explicit": through(key("itunes", "explicit"), yes),
    "itunes:image": key("itunes", "image"),
    "itunes:summary": key("itunes", "summary"),
    "itunes:keywords": through(key("itunes", "keywords"), lambda found: found.split(",")),
}
PIE_CHANNEL: Mapping[str, Getter] = {
    **{name: _TEXT[name] for name in ("title", "link", "description", "language", "copyright")},
    "itunes:author": key("author"),
    "itunes:image": key("image"),
}
PIE_ITEM: Mapping[str, Getter] = {
    **{name: _TEXT[name] for name in ("title", "link", "description")},
    "guid": key("guid"),
    "enclosure": each(key("enclosure"), "url", "length", "type"),
    "content:encoded": key("content"),
    "category": key("category"),
    "dc:creator": key("author"),
    "itunes:author": key("author"),
    "itunes:duration": key("duration"),
    "itunes:keywords": key("keywords"),
}


def go(path: str, *attributes: str) -> Getter:
    """For each element of the podcast namespace its attributes, and its text where a name is "".

    path: the name of the element, or of its parent and of itself: `value/valueRecipient`.
    """
    name, _, child = path.partition("/")

    def read(value: Any) -> Any:
        found = value["extensions"].get("podcast", {}).get(name, [])
        if child:
            found = [one for parent in found for one in parent["children"].get(child, [])]
        return [tuple((one["attrs"].get(at) if at else one["value"]) for at in attributes) for one in found]

    return read


def go_text(name: str) -> Getter:
    """The text of an element of the podcast namespace."""
    return key("extensions", "podcast", name, 0, "value")


_GO_BOTH = {
    "podcast:funding": go("funding", "", "url"),
    "podcast:images": through(key("extensions", "podcast", "images", 0, "attrs", "srcset"), lambda at: at.split(", ")),
    "podcast:person": go("person", "", "role", "group", "href", "img"),
    "podcast:socialInteract": go("socialInteract", "protocol", "uri", "accountId"),
    "podcast:txt": go("txt", "", "purpose"),
    "podcast:image": go("image", "href"),
    "itunes:author": key("itunesExt", "author"),
    "itunes:explicit": through(key("itunesExt", "explicit"), yes),
    "itunes:image": key("itunesExt", "image"),
}
GO_CHANNEL: Mapping[str, Getter] = {
    **_TEXT,
    **_GO_BOTH,
    "image": key("image", "url"),
    "lastBuildDate": through(key("updated"), moment),
    "atom:link rel=self": key("feedLink"),
    "itunes:owner": each(key("itunesExt", "owner"), "name", "email"),
    "itunes:category": lambda feed: [
        f"{one['text']} > {one['subcategory']['text']}" if one.get("subcategory") else one["text"]
        for one in feed["itunesExt"]["categories"]
    ],
    "itunes:type": key("itunesExt", "type"),
    "itunes:block": through(key("itunesExt", "block"), yes),
    "itunes:complete": through(key("itunesExt", "complete"), yes),
    "itunes:new-feed-url": key("itunesExt", "newFeedUrl"),
    "podcast:guid": go_text("guid"),
    "podcast:locked": lambda feed: go("locked", "", "owner")(feed)[0],
    "podcast:medium": go_text("medium"),
    "podcast:trailer": go("trailer", "", "url", "length", "type"),
    "podcast:license": go_text("license"),
    "podcast:location": go("location", "", "geo", "osm"),
    "podcast:value": go("value/valueRecipient", "name", "type", "address", "split"),
    "podcast:block": lambda feed: {name or "": text for name, text in go("block", "id", "")(feed)},
    "podcast:podroll": go("podroll/remoteItem", "feedGuid"),
    "podcast:publisher": go("publisher/remoteItem", "feedGuid", "feedUrl"),
    "podcast:liveItem": lambda feed: [
        (
            one["attrs"]["status"],
            moment(one["attrs"]["start"]),
            key("guid", 0, "value")(one["children"]),
            key("title", 0, "value")(one["children"]),
        )
        for one in feed["extensions"]["podcast"]["liveItem"]
    ],
    "spotify:limit": key("extensions", "spotify", "limit", 0, "attrs", "recentCount"),
    "spotify:countryOfOrigin": key("extensions", "spotify", "countryOfOrigin", 0, "value"),
    "podcast:remoteItem": go("remoteItem", *REMOTE),
    "podcast:updateFrequency": go("updateFrequency", "rrule", "dtstart"),
    "podcast:podping": go("podping", "usesPodping"),
    "podcast:chat": go("chat", "server", "protocol", "accountId", "space"),
}
GO_ITEM: Mapping[str, Getter] = {
    **_TEXT,
    **_GO_BOTH,
    "guid": key("guid"),
    "pubDate": through(key("published"), moment),
    "enclosure": each(key("enclosures"), "url", "length", "type"),
    "content:encoded": key("content"),
    "category": key("categories", 0),
    "dc:creator": key("dcExt", "creator", 0),
    "itunes:duration": through(key("itunesExt", "duration"), int),
    "itunes:episodeType": key("itunesExt", "episodeType"),
    "itunes:season": through(key("itunesExt", "season"), int),
    "itunes:episode": through(key("itunesExt", "episode"), int),
    "itunes:summary": key("itunesExt", "summary"),
    "itunes:keywords": through(key("itunesExt", "keywords"), lambda found: found.split(",")),
    "podcast:transcript": go("transcript", "url", "type", "language", "rel"),
    "podcast:chapters": go("chapters", "url", "type"),
    "podcast:soundbite": go("soundbite", "startTime", "duration"),
    "podcast:season": go("season", "", "name"),
    "podcast:episode": go("episode", "", "display"),
    "podcast:location": go_text("location"),
    "podcast:license": go("license", "", "url"),
    "podcast:alternateEnclosure": go("alternateEnclosure", "type", "length", "bitrate"),
    "podcast:source": go("alternateEnclosure/source", "uri"),
    "podcast:integrity": go("alternateEnclosure/integrity", "type", "value"),
    "podcast:value": go("value/valueRecipient", "type", "address", "split"),
    "podcast:valueTimeSplit": go("value/valueTimeSplit", "startTime", "duration", "remotePercentage"),
    "podcast:contentLink": go("contentLink", "", "href"),
    "podcast:chat": go("chat", "server", "protocol", "space"),
    "psc:chapters": lambda item: starts(
        [one["attrs"] for one in item["extensions"]["psc"]["chapters"][0]["children"]["chapter"]]
    ),
}

# Running the readers

#: Of READERS, those on npm.
NODE = ("podcast-partytime", "feedsmith", "rss-parser")


def by_node(reader: str, data: bytes) -> dict[str, Any]:
    """What a parser on npm understands of a feed."""
    return _told(["node", str(HERE / "readers.mjs"), reader], data)


def by_simplepie(data: bytes) -> dict[str, Any]:
    """What SimplePie understands of a feed."""
    return _told(["php", str(HERE / "simplepie.php")], data)


@functools.cache
def _gofeed() -> str:
    """The compiled reader, which lasts as long as this process."""
    folder = tempfile.TemporaryDirectory(prefix="gofeed-")
    atexit.register(folder.cleanup)
    program = f"{folder.name}/gofeed"
    # Debian has gofeed and what it needs as sources, of before modules.
    environment = {**os.environ, "GOPATH": str(GOPATH), "GO111MODULE": "off", "GOCACHE": f"{folder.name}/cache"}
    command = ["go", "build", "-o", program, str(HERE / "gofeed.go")]
    subprocess.run(command, env=environment, capture_output=True, timeout=300, check=True)
    return program


def by_gofeed(data: bytes) -> dict[str, Any]:
    """What gofeed understands of a feed."""
    return _told([_gofeed()], data)


def _told(command: list[str], data: bytes) -> dict[str, Any]:
    done = subprocess.run(command, input=data, capture_output=True, timeout=60, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _gpo(data: bytes) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """gPodder's tables after it subscribed to the feed, served from here."""
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        site.mkdir()
        (site / "feed.xml").write_bytes(data)
        handler = functools.partial(_Quiet, directory=str(site))
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            app = Gpo(Path(folder) / "gpodder")
            url = f"http://127.0.0.1:{server.server_port}/feed.xml"
            app.run("subscribe", url)
            app.run("update")
            server.shutdown()
        return app.tables()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Nothing: what apps ask for is no news here."""


def understood(data: bytes) -> tuple[tuple[Any, Any], ...]:
    """For each of READERS the channel and the one numbered episode, as it understood them."""
    guid = "3b1f1d0e-8c1e-4f3a-9d55-0c1a2b3c4d5e"
    party, smith, small = (by_node(name, data) for name in NODE)
    pie, go_feed = by_simplepie(data), by_gofeed(data)
    pod = podcastparser.parse("https://cdn.example.org/everything.xml", io.BytesIO(data))
    parsed = feedparser.parse(data)
    podcast, episodes = _gpo(data)
    return (
        (party, next(one for one in party["items"] if one["guid"] == guid)),
        (pod, next(one for one in pod["episodes"] if one["guid"] == guid)),
        (parsed.feed, next(one for one in parsed.entries if one.id == guid)),
        (podcast, next(one for one in episodes if one["guid"] == guid)),
        (smith, next(one for one in smith["items"] if one["guid"]["value"] == guid)),
        (small, next(one for one in small["items"] if one["guid"] == guid)),
        (pie, next(one for one in pie["items"] if one["guid"] == guid)),
        (go_feed, next(one for one in go_feed["items"] if one["guid"] == guid)),
    )


# The table


def cell(said: Any, read: Any) -> str:
    """One cell: reads it, reads a part of it, reads something else, or does not read it."""
    if read in (None, [], ""):
        return "–"
    if folded(said) == folded(read):
        return "reads"
    if isinstance(said, list) and isinstance(read, list):
        same = [one for one in read if one in said]
        if same and len(same) == len(read):
            return f"reads {len(read)} of {len(said)}"
        if len(said) == len(read):
            return "reads in part"
    return "reads another"


def table(
    heading: str, rows_: tuple[Row, ...], more: Sequence[Mapping[str, Getter]], *, feed: ET.Element, found: list[Any]
) -> Iterator[str]:
    """Lines of Markdown."""
    yield f"## {heading}"
    yield ""
    yield f"| tag | {' | '.join(READERS)} |"
    yield f"| --- |{' --- |' * len(READERS)}"
    for row in rows_:
        said = row.said(feed)
        cells = [
            cell(said, getter(one) if getter else None) for getter, one in zip(row.getters(more), found, strict=True)
        ]
        yield f"| `{row.tag}` | {' | '.join(cells)} |"
    yield ""


INTRODUCTION = """\
One feed that says everything ([tests/data/rss/everything.xml](../tests/data/rss/everything.xml)), read by Podcast
Index's own parser, by gPodder's parser and gPodder itself (gpo), by feedparser, by feedsmith and rss-parser, which
web pages use, by SimplePie (1.3.1) and gofeed (1.1.3), both of Debian. `python -m tests.clients.matrix` runs them and
makes this page; CI holds it to what they say. [Tags in audio files](tags.md) have a page of their own."""

NOTES = """\
“reads”: what the reader gives is what the feed says. “reads n of m”, “reads in part”: it keeps fewer, or fewer of their
attributes. “reads another”: it gives something else under that name. “–”: it has no place for it.

Limits of the readers, not of the feed:

- podcastparser, and gpo which is built on it, know the podcast namespace by its former address alone.
- feedparser has no model of the podcast namespace: of tags that stand several times it keeps the last, and of a tag
  with attributes no text. It takes tags in texts for markup, a live item's link, description, picture and people for
  the channel's ([why they stand there](decisions/live-items-last.md)), and reads `itunes:explicit` other than yes and
  clean as nothing.
- podcast-partytime calls `application/x-subrip` `application/srt`, turns character references in notes into characters
  once too often, gives a soundbite without a title the show's, leaves a `podcast:txt` empty that is a number, `true` or
  `false`, and has no place for `podcast:image`, `podcast:updateFrequency`, `podcast:podping` and an item's
  `podcast:funding`.
- podcastparser and gpo show `itunes:summary` as the description in plain text.
- feedsmith has no place for what RSS itself says of a live item, for `podcast:images`, a channel's
  `podcast:socialInteract`, and an item's `podcast:contentLink` and `podcast:funding`.
- rss-parser knows the podcast namespace only where it is told each tag. It cuts what stands between angle brackets out
  of the plain text that it makes of a description, which is why descriptions have none
  ([plain.py](../pipeline/podwright/render/plain.py)).
- gofeed has no model of the podcast namespace and gives every element with its attributes and children, as its users
  read them.
- SimplePie takes all texts for HTML and writes that anew, and its dates fail with PHP 8.
"""


def load_channel() -> ET.Element:
    """The channel of the feed."""
    channel = ET.fromstring(FEED.read_bytes()).find("channel")
    assert channel is not None
    return channel


def prefixed(tag: str) -> str:
    """A tag as it stands in the feed, `podcast:guid`."""
    address, found, name = tag.removeprefix("{").partition("}")
    prefix = next((prefix for prefix, uri in NS.items() if uri == address), "") if found else ""
    return f"{prefix}:{name}" if prefix else name if found else tag


def render() -> str:
    """The whole document."""
    channel = load_channel()
    item = next(one for one in channel.findall("item") if one.find("itunes:episode", NS) is not None)
    found = understood(FEED.read_bytes())
    lines = [
        "# What readers make of each tag",
        "",
        INTRODUCTION,
        "",
        *table(
            "The channel",
            CHANNEL,
            (SMITH_CHANNEL, SMALL_CHANNEL, PIE_CHANNEL, GO_CHANNEL),
            feed=channel,
            found=[one for one, _ in found],
        ),
        *table(
            "An episode", ITEM, (SMITH_ITEM, SMALL_ITEM, PIE_ITEM, GO_ITEM), feed=item, found=[one for _, one in found]
        ),
        NOTES.rstrip(),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(render())
