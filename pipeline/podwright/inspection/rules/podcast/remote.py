"""Podrolls, publishers and lists: feeds that name other feeds."""

from __future__ import annotations

from collections.abc import Iterator

from podwright.inspection.rules import sources
from podwright.inspection.rules.podcast.tables import malformed
from podwright.inspection.rules.shapes import BY_TAG
from podwright.inspection.rules.types import INDEX, Rule, each_channel, each_feed
from podwright.inspection.rules.view import Feed, Node, nested, short


def _podroll(channel: Node) -> Iterator[str]:
    for tag in ("podcast:podroll", "podcast:publisher"):
        for element in channel.every(tag):
            others = [short(child.tag) for child in element if short(child.tag) != "podcast:remoteItem"]
            items = nested(element, "podcast:remoteItem")
            if others or not items:
                yield f"{tag} holds {others[0] if others else 'nothing'}; let it hold podcast:remoteItem only"
            for item in items:
                yield from malformed(BY_TAG["podcast:remoteItem"], item)


def _publisher(channel: Node) -> Iterator[str]:
    for element in channel.every("podcast:publisher"):
        items = nested(element, "podcast:remoteItem")
        if len(items) != 1 or items[0].get("medium") != "publisher":
            yield "podcast:publisher does not hold one podcast:remoteItem of medium publisher; correct it"
        elif not items[0].get("feedUrl"):
            yield "podcast:publisher names no feedUrl, by which most apps find the feed; add it"


def _listing(feed: Feed) -> Iterator[str]:
    medium = feed.channel.text("podcast:medium")
    lists = medium.endswith("L") or medium in ("mixed", "publisher")
    if lists and (feed.items or feed.live or not feed.channel.every("podcast:remoteItem")):
        yield f"is a list ({medium}), which holds remote items and no episodes; correct medium"


RULES = (
    Rule(
        "podroll-items",
        "error",
        (INDEX,),
        sources.podcast_tag("podroll"),
        "A podroll and a publisher hold remote items, and nothing else.",
        each_channel(_podroll),
    ),
    Rule(
        "publisher-item",
        "warning",
        (INDEX,),
        sources.podcast_tag("publisher"),
        "A publisher holds one remote item, of medium publisher, with the address of its feed.",
        each_channel(_publisher),
    ),
    Rule(
        "medium-list",
        "error",
        (INDEX,),
        sources.podcast_tag("medium"),
        "A list feed or publisher feed holds remote items and no episodes.",
        each_feed(_listing),
    ),
)
