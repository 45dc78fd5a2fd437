"""A channel and items that the tests of RSS share, and how to look at a rendered feed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from lxml import etree

from podwright.core.model import Category, Link, Owner, Person
from podwright.core.tags import ChannelTags
from podwright.render.feeds import Channel, Enclosure, Item, TranscriptLink, render_channel, render_items

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
NS = {
    "itunes": ITUNES,
    "podcast": PODCAST,
    "atom": ATOM,
    "content": CONTENT,
    "dc": "http://purl.org/dc/elements/1.1/",
    "psc": "http://podlove.org/simple-chapters",
    "spotify": "http://www.spotify.com/ns/rss",
    "fh": "http://purl.org/syndication/history/1.0",
}

#: Everything in a text that a careless writer of XML breaks.
HARD = "<item> ]]> & < > \" ' &amp; &lt;/item&gt; 😀 שלום \u200fעולם\u200e é e\u0301"

CHANNEL = Channel(
    title="Quick Take & More",
    link="https://example.org/quick-take",
    feed_url="https://cdn.example.org/show.xml",
    description="Very short reviews.\n\nFor clinicians & their students.",
    language="en-US",
    author="Harbour Medical Society",
    owner=Owner(name="Harbour Medical Society", email="podcast@example.org"),
    categories=(Category(name="Health & Fitness", sub="Medicine"), Category(name="Leisure", sub="Home & Garden")),
    explicit=False,
    image_url="https://cdn.example.org/art/show.jpeg?v=3&size=3000",
    type="episodic",
    guid="9b024349-ccf0-5f69-a609-6b82873eab3c",
    locked=True,
    copyright="© 2026 Harbour Medical Society",
    people=(Person(name="Ada Example", credentials="MD, FACP", url="https://example.org/ada"),),
    tags=ChannelTags(funding=(Link(title="Become a member", url="https://example.org/join?from=feed&tier=1"),)),
    updated=datetime(2026, 3, 2, 14, 0, tzinfo=UTC),
    generator="podwright 1.2.3",
)

#: What a channel cannot do without.
BARE_CHANNEL = Channel(
    title="Bare",
    link="https://example.org/",
    feed_url="https://example.org/feed.xml",
    description="A show.",
    language="en",
    author="Nobody",
    owner=None,
    categories=(),
    explicit=False,
    image_url="https://example.org/show.png",
    type="serial",
    guid="g",
    locked=False,
)

MEDICAL = Item(
    guid="3b1f1d0e-8c1e-4f3a-9d55-0c1a2b3c4d5e",
    title="Statins after 75: what <5 % risk means",
    description="What a new trial adds.\n\nHDL < 40 mg/dL & age > 75.",
    content_html=(
        "<p>What a new trial adds.</p><p>HDL &lt; 40 mg/dL &amp; age &gt; 75. "
        '<a href="https://doi.org/10.1000/182?a=1&amp;b=2">The trial</a></p>'
    ),
    enclosure=Enclosure(
        url="https://cdn.example.org/audio/statins.mp3?v=1&x=2", length=4_711_000, media_type="audio/mpeg"
    ),
    published=datetime(2026, 3, 2, 9, 0, tzinfo=timezone(timedelta(hours=-5))),
    duration=timedelta(minutes=9, seconds=59, milliseconds=600),
    explicit=False,
    type="full",
    link="https://example.org/quick-take/statins",
    number=7,
    season_number=3,
    season_name="Spring & Summer 2026",
    image_url="https://cdn.example.org/art/statins.png",
    people=(
        Person(
            name="Ada Example", credentials="MD, FACP", url="https://example.org/ada", image="https://example.org/a.png"
        ),
        Person(name="Ben Example", role="guest"),
        Person(name="Chloé Example", role="editor", group="audio post-production"),
    ),
    author="Ada Example, MD, FACP",
    summary="A trial of statins after 75.",
    transcripts=(
        TranscriptLink(
            url="https://cdn.example.org/t/statins.vtt", media_type="text/vtt", language="en-US", rel="captions"
        ),
        TranscriptLink(url="https://cdn.example.org/t/statins.html", media_type="text/html", language="en-US"),
    ),
    chapters_url="https://cdn.example.org/c/statins.json",
    keywords=("statins", "older adults"),
    section="Cardiology",
)

GARDEN = Item(
    guid="garden-1",
    title="When to plant out tomatoes",
    description="After the last frost.",
    content_html="<p>After the last frost.</p>",
    enclosure=Enclosure(url="https://cdn.example.org/audio/tomatoes.m4a", length=1_000, media_type="audio/x-m4a"),
    published=datetime(2026, 2, 28, 23, 30, tzinfo=UTC),
    duration=timedelta(seconds=61),
    explicit=False,
    type="bonus",
)


def rendered(channel: Channel, *items: Item) -> bytes:
    """A whole feed."""
    head, tail = render_channel(channel)
    return b"".join((head, *render_items(items), tail))


def channel_of(channel: Channel, *items: Item) -> Any:
    """The channel element of the feed, read back by lxml."""
    return etree.fromstring(rendered(channel, *items)).find("channel")


def item_of(item: Item) -> Any:
    """The only item of a feed, read back by lxml."""
    (element,) = channel_of(BARE_CHANNEL, item).findall("item")
    return element


def texts(element: Any, path: str) -> list[str | None]:
    """The texts of all elements at a path."""
    return [found.text for found in element.findall(path, NS)]


def attributes(element: Any, path: str) -> list[dict[str, str]]:
    """The attributes of all elements at a path."""
    return [dict(found.attrib) for found in element.findall(path, NS)]
