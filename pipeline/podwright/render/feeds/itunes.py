"""The itunes namespace: what Apple and most directories read.

https://podcasters.apple.com/support/823-podcast-requirements. feedgen's own itunes extension writes explicit as yes and
no and drops some artwork addresses, so these elements are ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from podwright.core.model import Category
from podwright.render.feeds.extension import Element
from podwright.render.feeds.types import Channel, Item
from podwright.render.plain import shown_by_all

NAMESPACE = "http://www.itunes.com/dtds/podcast-1.0.dtd"


def _name(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"


def _text(tag: str, value: object) -> Iterator[Element]:
    """Yield an element with a text, or nothing where there is no value."""
    if value is not None:
        yield Element(_name(tag), str(value))


def channel_elements(channel: Channel) -> Iterator[Element]:
    """Yield the channel's elements; block, complete and new-feed-url only where they say something."""
    yield from _text("title", channel.title)
    yield from _text("author", channel.author)
    yield from _text("type", channel.type)
    yield from _text("explicit", _boolean(channel.explicit))
    yield image_element(channel.image_url)
    if channel.owner:
        yield Element(
            _name("owner"),
            children=(Element(_name("name"), channel.owner.name), Element(_name("email"), channel.owner.email)),
        )
    yield from map(_category, channel.categories)
    yield from _text("block", "Yes" if channel.block else None)
    yield from _text("complete", "Yes" if channel.complete else None)
    yield from _text("new-feed-url", channel.new_feed_url)


def item_elements(item: Item) -> Iterator[Element]:
    """Yield an item's elements."""
    yield from _text("title", item.title)
    yield from _text("author", item.author)
    yield from _text("duration", _seconds(item.duration))
    yield from _text("episodeType", item.type)
    yield from _text("season", item.season_number)
    yield from _text("episode", item.number)
    yield from _text("explicit", _boolean(item.explicit))
    if item.image_url:
        yield image_element(item.image_url)
    yield from _text("summary", item.summary and shown_by_all(item.summary))
    yield from _text("keywords", ",".join(item.keywords) or None)
    yield from _text("block", "Yes" if item.block else None)


def image_element(url: str) -> Element:
    """Return a square picture."""
    return Element(_name("image"), attributes={"href": url})


def _boolean(value: bool) -> str:  # noqa: FBT001 - it is the value
    return "true" if value else "false"


def _seconds(duration: timedelta) -> int:
    """Return whole seconds, at least one: many readers take 0 for unknown."""
    return max(1, round(duration.total_seconds()))


def _category(category: Category) -> Element:
    inner = (Element(_name("category"), attributes={"text": category.sub}),) if category.sub else ()
    return Element(_name("category"), attributes={"text": category.name}, children=inner)
