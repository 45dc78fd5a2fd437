"""RSS: what a feed says, and its XML by feedgen with our own extensions."""

from podwright.render.feeds.feed import FEED_TYPE, redate_item, render_channel, render_items
from podwright.render.feeds.opml import OPML_TYPE, Outline, render_opml
from podwright.render.feeds.podcast import podcast_guid, teaser_guid
from podwright.render.feeds.reading import Named, ReadFeed, ReadItem, parse_feed, parse_sitemap
from podwright.render.feeds.types import (
    Channel,
    ChapterMark,
    Enclosure,
    Item,
    Original,
    Paging,
    Trailer,
    TranscriptLink,
)

__all__ = [
    "FEED_TYPE",
    "OPML_TYPE",
    "Channel",
    "ChapterMark",
    "Enclosure",
    "Item",
    "Named",
    "Original",
    "Outline",
    "Paging",
    "ReadFeed",
    "ReadItem",
    "Trailer",
    "TranscriptLink",
    "parse_feed",
    "parse_sitemap",
    "podcast_guid",
    "redate_item",
    "render_channel",
    "render_items",
    "render_opml",
    "teaser_guid",
]
