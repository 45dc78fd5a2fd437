"""What a channel says of its feed as a whole: when episodes come, and that it is no other feed."""

from __future__ import annotations

from collections.abc import Iterator

from podwright.core.finding import Finding
from podwright.inspection.rules import sources
from podwright.inspection.rules.types import INDEX, PSP, Rule, each_channel
from podwright.inspection.rules.view import Feed, Judged, Node
from podwright.workspace.schema import tag_values


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


RULES = (
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
