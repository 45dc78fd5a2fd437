"""Rules of RSS 2.0 for items: their titles, guids and dates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from podwright.core.finding import Finding
from podwright.inspection.rules import sources
from podwright.inspection.rules.types import (
    APPLE,
    EVERYBODY,
    INDEX,
    PSP,
    RSS,
    SPOTIFY,
    Rule,
    each_feed,
    each_item,
    shown,
)
from podwright.inspection.rules.values import DATE, moment_of
from podwright.inspection.rules.view import Feed, Judged, Node

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _untitled(item: Node) -> Iterator[str]:
    if not item.text("title"):
        yield "has no title; write one"


def _no_guid(item: Node) -> Iterator[str]:
    if not item.text("guid"):
        yield "has no guid, so apps take a changed address for a new episode; give it one that never changes"


def _permalink(item: Node) -> Iterator[str]:
    guid = item.text("guid")
    said = item.value("guid", "isPermaLink")
    if said not in ("", "true", "false"):
        yield f"guid isPermaLink is {shown(said)}; write true or false"
    elif guid and said != "false" and guid != item.text("link"):
        yield f'guid {shown(guid)} claims to be the episode\'s page; write isPermaLink="false"'


def _guid_by_accident(item: Node) -> Iterator[str]:
    guid = item.text("guid")
    if guid and guid == item.value("enclosure", "url"):
        yield "guid is the address of the audio, which may change one day; give it one of its own"


def _same_guid(feed: Feed) -> Iterator[str]:
    counts = Counter(item.text("guid") for item in feed.items)
    for guid, count in counts.items():
        if guid and count > 1:
            yield f"guid {shown(guid)} stands in {count} items; give each episode its own"


def _guid_elsewhere(judged: Judged) -> Iterator[Finding]:
    first: dict[str, Node] = {}
    for feed in judged.feeds:
        for item in feed.items:
            guid = item.text("guid")
            other = first.setdefault(guid, item)
            if not guid or other.document is item.document:
                continue
            if other.value("enclosure", "url") != item.value("enclosure", "url"):
                where = f"{other.document.path} (there {shown(other.text('title'))})"
                message = f"guid {shown(guid)} means another episode in {where}; give each episode its own"
                yield Finding(item.path, item.label + message)


def _same_title(feed: Feed) -> Iterator[str]:
    counts = Counter(item.text("title") for item in feed.items)
    for title, count in counts.items():
        if title and count > 1:
            yield f"{count} episodes are called {shown(title)}; tell them apart by their titles"


def _no_date(item: Node) -> Iterator[str]:
    if not item.text("pubDate"):
        yield "has no pubDate, so apps cannot order it; write when it was published"


def _malformed_date(item: Node) -> Iterator[str]:
    text = item.text("pubDate")
    if text and moment_of(text) is None:
        yield f"pubDate {shown(text)} is not a date; write one like Mon, 02 Feb 2026 09:00:00 +0000"


def _no_zone(item: Node) -> Iterator[str]:
    text = item.text("pubDate")
    found = DATE.fullmatch(text)
    if found and not found[2]:
        yield f"pubDate {shown(text)} has no zone; add one like +0000"


def _weekday(item: Node) -> Iterator[str]:
    text = item.text("pubDate")
    found, moment = DATE.fullmatch(text), moment_of(text)
    if found and found[1] and moment and _WEEKDAYS[moment.weekday()] != found[1]:
        yield f"pubDate {shown(text)} was a {_WEEKDAYS[moment.weekday()]}; correct the weekday"


def _future(item: Node) -> Iterator[str]:
    moment = moment_of(item.text("pubDate"))
    if moment and moment > item.site.now + timedelta(minutes=5):
        yield f"pubDate {item.text('pubDate')} has not come yet, and apps misplace it; publish it when it is due"


RULES = (
    Rule("item-title", "error", EVERYBODY, sources.RSS_ITEM, "An item has a title.", each_item(_untitled)),
    Rule(
        "guid-present",
        "error",
        (APPLE, SPOTIFY, PSP, INDEX),
        sources.PSP_ITEM,
        "An item has a guid, which never changes.",
        each_item(_no_guid),
    ),
    Rule(
        "guid-permalink",
        "error",
        (RSS,),
        sources.RSS_GUID,
        'A guid that is not the item\'s page says isPermaLink="false".',
        each_item(_permalink),
    ),
    Rule(
        "guid-of-its-own",
        "warning",
        (APPLE, PSP, INDEX),
        sources.APPLE_EPISODE,
        "A guid is not the address of the audio.",
        each_item(_guid_by_accident),
    ),
    Rule(
        "guid-unique",
        "error",
        EVERYBODY,
        sources.RSS_GUID,
        "No two items of a feed have the same guid.",
        each_feed(_same_guid),
    ),
    Rule(
        "guid-across-feeds",
        "error",
        (APPLE, SPOTIFY, INDEX),
        sources.APPLE_EPISODE,
        "A guid means the same episode in every feed.",
        _guid_elsewhere,
    ),
    Rule(
        "title-unique",
        "advice",
        (
            APPLE,
            SPOTIFY,
        ),
        sources.APPLE_EPISODE,
        "No two episodes of a feed have the same title.",
        each_feed(_same_title),
    ),
    Rule(
        "pubdate-present",
        "warning",
        (APPLE, SPOTIFY, PSP),
        sources.PSP_ITEM_RECOMMENDED,
        "An item says when it was published.",
        each_item(_no_date),
    ),
    Rule(
        "pubdate-format",
        "error",
        EVERYBODY,
        sources.RFC_2822,
        "A pubDate is a date of RFC 2822.",
        each_item(_malformed_date),
    ),
    Rule("pubdate-zone", "error", EVERYBODY, sources.RFC_2822, "A pubDate names its zone.", each_item(_no_zone)),
    Rule(
        "pubdate-weekday",
        "error",
        EVERYBODY,
        sources.RFC_2822,
        "The weekday of a pubDate is that of its date.",
        each_item(_weekday),
    ),
    Rule(
        "pubdate-future",
        "warning",
        (APPLE, SPOTIFY, RSS),
        sources.RSS_PUBDATE,
        "A pubDate has come.",
        each_item(_future),
    ),
)
