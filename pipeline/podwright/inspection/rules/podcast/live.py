"""Live items: what they have, and when they end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from podwright.inspection.rules import sources
from podwright.inspection.rules.types import INDEX, Rule, each_channel, each_live
from podwright.inspection.rules.view import Node


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


RULES = (
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
