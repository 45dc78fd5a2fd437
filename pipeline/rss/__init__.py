"""RSS: what a feed says, and its XML by feedgen with our own extensions."""

from pipeline.rss.feed import FEED_TYPE, render_channel, render_items
from pipeline.rss.guid import podcast_guid
from pipeline.rss.types import Channel, Enclosure, Item, TranscriptLink

__all__ = [
    "FEED_TYPE",
    "Channel",
    "Enclosure",
    "Item",
    "TranscriptLink",
    "podcast_guid",
    "render_channel",
    "render_items",
]
