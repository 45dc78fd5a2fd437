"""Feeds as a whole: feeds that name others, live items, when episodes come, and that it is no other feed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from podwright.core.finding import Finding
from podwright.inspection.rules import sources
from podwright.inspection.rules.podcast.tables import malformed
from podwright.inspection.rules.shapes import BY_TAG
from podwright.inspection.rules.types import APPLE, INDEX, PSP, Rule, each_channel, each_feed, each_live, each_node
from podwright.inspection.rules.view import Feed, Judged, Node, nested, short, text_of
from podwright.workspace.schema import tag_values


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


REMOTE = (
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


def _live_link(live: Node) -> Iterator[str]:
    if not live.every("podcast:contentLink"):
        yield "has no podcast:contentLink for apps that cannot play it; add a page"


def _live_parts(live: Node) -> Iterator[str]:
    for tag in ("title", "guid"):
        if not live.text(tag):
            yield f"has no {tag}; write one"
    if not live.every("enclosure") and not live.every("podcast:alternateEnclosure"):
        yield "has no enclosure, so apps cannot play it; add its stream"


def _live_ends(channel: Node) -> Iterator[str]:
    for element in channel.every("podcast:liveItem"):
        try:
            start, end = (datetime.fromisoformat(element.get(name, "")) for name in ("start", "end"))
            backwards = end <= start
        except (ValueError, TypeError):
            continue
        if backwards:
            yield f"podcast:liveItem ends at {element.get('end')}, not after its start; correct one of the two"


#: A stream may begin or end so much later than it was meant to.
_LATE = timedelta(hours=6)


def _live_clock(channel: Node) -> Iterator[str]:
    for element in channel.every("podcast:liveItem"):
        status, now = element.get("status"), channel.site.now
        try:
            start = datetime.fromisoformat(element.get("start", ""))
            end = datetime.fromisoformat(element.get("end", element.get("start", "")))
            overdue = (status == "pending" and now > start + _LATE) or (status == "live" and now > end + _LATE)
        except (ValueError, TypeError):
            continue
        if overdue and (status == "pending" or element.get("end")):
            when = f"start at {element.get('start')}" if status == "pending" else f"end at {element.get('end')}"
            yield f"podcast:liveItem is {status}, and was to {when}; correct status, or leave it out: the clock says it"


LIVE = (
    Rule(
        "live-clock",
        "warning",
        (INDEX,),
        sources.podcast_tag("live-item"),
        "A live item is not pending long after its start, nor live long after its end.",
        each_channel(_live_clock),
    ),
    Rule(
        "live-link",
        "error",
        (INDEX,),
        sources.podcast_tag("live-item"),
        "A live item has a page for apps that cannot play it.",
        each_live(_live_link),
    ),
    Rule(
        "live-parts",
        "warning",
        (INDEX,),
        sources.podcast_tag("live-item"),
        "A live item has a title, a guid and a stream.",
        each_live(_live_parts),
    ),
    Rule(
        "live-end",
        "error",
        (INDEX,),
        sources.podcast_tag("live-item"),
        "A live item ends after it starts.",
        each_channel(_live_ends),
    ),
)


def _rule(channel: Node) -> Iterator[str]:
    for element in channel.every("podcast:updateFrequency"):
        rule = element.get("rrule", "")
        try:
            if rule:
                tag_values.rule(rule)
        except ValueError as error:
            yield f"podcast:updateFrequency rrule {error}"
        if "COUNT=" in rule and not element.get("dtstart"):
            yield "podcast:updateFrequency counts, but has no dtstart to count from; add it"


def _same_feed_guid(judged: Judged) -> Iterator[Finding]:
    first: dict[str, Feed] = {}
    for feed in judged.feeds:
        guid = feed.channel.text("podcast:guid").lower()
        other = first.setdefault(guid, feed)
        if guid and other.document.path != feed.document.path:
            message = f"podcast:guid {guid} is that of {other.document.path} too; give each feed its own"
            yield Finding(feed.document.path, message)


def _txt(node: Node) -> Iterator[str]:
    for element in node.every("podcast:txt"):
        purpose, text = element.get("purpose"), text_of(element).strip()
        if wrong := tag_values.wrong_txt(purpose, text):
            yield f"podcast:txt of purpose {purpose}: {wrong}"


CHANNEL = (
    Rule(
        "txt-value",
        "error",
        (INDEX, APPLE),
        sources.podcast_tag("txt"),
        "A text of the purpose ai-content, release, verify or applepodcastsverify has the form of its purpose.",
        each_node(_txt),
    ),
    Rule(
        "update-rule",
        "error",
        (INDEX,),
        sources.podcast_tag("update-frequency"),
        "A recurrence rule is one of RFC 5545, and one that counts has a date to count from.",
        each_channel(_rule),
    ),
    Rule(
        "feed-guid-unique",
        "error",
        (INDEX, PSP),
        sources.podcast_tag("guid"),
        "No two feeds have the same podcast:guid.",
        _same_feed_guid,
    ),
)
