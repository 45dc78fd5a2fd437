"""Channel and items to XML, by feedgen."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from datetime import datetime
from email.utils import format_datetime
from typing import Any, ClassVar

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml import etree

from podwright.core.tags import LiveItem
from podwright.render.feeds import itunes, podcast
from podwright.render.feeds.extension import ChannelExtension, Element, ItemExtension, Markup
from podwright.render.feeds.namespaces import HISTORY, PSC, SPOTIFY, atom_elements, chapter_elements, spotify_elements
from podwright.render.feeds.types import Channel, Item
from podwright.render.plain import shown_by_all

FEED_TYPE = "application/rss+xml; charset=utf-8"

_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
_TAIL = b"</channel></rss>"

#: The usual prefixes; Podcast Index's own parser knows its namespace by nothing else.
_NAMESPACES = {
    "itunes": itunes.NAMESPACE,
    "podcast": podcast.NAMESPACE,
    "psc": PSC,
    "spotify": SPOTIFY,
    "dc": _DUBLIN_CORE,
    "fh": HISTORY,
}


class _FeedExtension(ChannelExtension):
    namespaces: ClassVar = _NAMESPACES

    def extend_rss(self, feed: Any) -> Any:
        # feedgen puts the present moment there, formatted in a locale it switches to, and has no way to leave it out.
        feed[0].remove(feed[0].find("lastBuildDate"))
        return super().extend_rss(feed)


def render_channel(channel: Channel) -> tuple[bytes, bytes]:
    """Return what stands before the items and what stands after them, in UTF-8.

    Not for two threads at once: feedgen switches the locale of the whole process for a moment.
    """
    text: bytes = _generator(channel).rss_str()
    return text.removesuffix(_TAIL) + b"\n", _TAIL + b"\n"


def render_items(items: Iterable[Item]) -> tuple[bytes, ...]:
    """Return each item as it stands between the two, in UTF-8, ending with a line break; none depends on another."""
    holder = _holder()
    # lxml repeats the prefixes in scope on the element it serialises; the channel declares them already.
    opening = etree.tostring(etree.SubElement(holder, "item"), encoding="UTF-8").removesuffix(b"/>")
    fragments = []
    for item in items:
        element = _entry(item).rss_entry()
        holder.append(element)
        fragments.append(b"<item" + etree.tostring(element, encoding="UTF-8").removeprefix(opening) + b"\n")
        holder.remove(element)
    return tuple(fragments)


def redate_item(fragment: bytes, published: datetime) -> bytes:
    """Return a rendered item with another date, which is found surely, as "<" is escaped in all text of an item."""
    before, opening, rest = fragment.partition(b"<pubDate>")
    _, closing, after = rest.partition(b"</pubDate>")
    return before + opening + format_datetime(published).encode() + closing + after


@functools.cache
def _prefixes() -> dict[str, str]:
    """Return the prefixes that feedgen declares on the root of a feed of ours."""
    feed = FeedGenerator()
    feed.title("-")
    feed.link(href="-")
    feed.description("-")
    feed.register_extension("podwright", _FeedExtension, ItemExtension)
    return dict(etree.fromstring(feed.rss_str()).nsmap)


def _holder() -> Any:
    return etree.Element("channel", nsmap=_prefixes())


def _generator(channel: Channel) -> FeedGenerator:
    feed = FeedGenerator()
    feed.title(channel.title)
    feed.link(href=channel.link, rel="alternate")
    feed.description(shown_by_all(channel.description, html=True))
    feed.language(channel.language)
    feed.generator(channel.generator)
    if channel.copyright:
        feed.copyright(channel.copyright)
    feed.register_extension("podwright", _FeedExtension, ItemExtension)
    feed.podwright.elements += [
        *_date("lastBuildDate", channel.updated),
        # feedgen's own self link would replace the channel's link.
        *atom_elements(channel),
        *_channel_leftovers(channel),
        *itunes.channel_elements(channel),
        *podcast.channel_elements(channel),
        *spotify_elements(channel),
        # A reader that knows no live item takes the first title for the show's (docs/decisions/live-items-last.md).
        *map(_live, channel.tags.live),
        *map(Markup, channel.extra),
    ]
    return feed


def _entry(item: Item) -> FeedEntry:
    entry = FeedEntry()
    entry.title(item.title)
    if item.link:
        entry.link(href=item.link)
    if item.description:
        entry.description(item.description)
        entry.content(item.content_html or None)
    entry.guid(item.guid, permalink=False)
    entry.enclosure(item.enclosure.url, str(item.enclosure.length), item.enclosure.media_type)
    if item.section:
        entry.category(term=item.section)
    entry.register_extension("podwright", ItemExtension)
    entry.podwright.elements += [
        *_lone_html(item),
        *_date("pubDate", item.published),
        *([Element(f"{{{_DUBLIN_CORE}}}creator", item.author)] if item.author else []),
        *itunes.item_elements(item),
        *podcast.item_elements(item),
        *chapter_elements(item.chapters),
        *map(Markup, item.extra),
    ]
    return entry


def _channel_leftovers(channel: Channel) -> Iterator[Element]:
    """Yield what older readers look for in RSS itself.

    https://www.rssboard.org/rss-specification#optionalChannelElements
    """
    if channel.owner:
        yield Element("managingEditor", f"{channel.owner.email} ({channel.owner.name})")
    smallest = channel.sizes[-1].url if channel.sizes else channel.image_url
    picture = (Element("url", smallest), Element("title", channel.title), Element("link", channel.link))
    yield Element("image", children=picture)


def _live(live: LiveItem) -> Element:
    return podcast.live_element(live, *([itunes.image_element(live.image)] if live.image else []))


def _lone_html(item: Item) -> Iterator[Element]:
    """Yield the HTML of an item without plain text: feedgen would write it as the description."""
    if item.content_html and not item.description:
        yield Element(f"{{{_CONTENT}}}encoded", item.content_html)


def _date(name: str, moment: datetime | None) -> Iterator[Element]:
    """Yield a date (RFC 2822) in its own zone. feedgen formats dates by switching the locale of the whole process."""
    if moment is not None:
        yield Element(name, format_datetime(moment))
