"""What a channel says of the show."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from podwright.core.model import Category, Link, Owner, Person
from podwright.core.tags import ChannelTags, ItemTags, LiveItem
from tests.render.feeds.values import BARE_CHANNEL, CHANNEL, GARDEN, NS, PODCAST, attributes, channel_of, texts

LONG_LINK = Link(title="x" * 129, url="https://e.org/")


def test_a_bare_channel_says_only_what_is_known() -> None:
    names = [child.tag.replace("{" + NS["itunes"] + "}", "itunes:") for child in channel_of(BARE_CHANNEL)]
    assert [
        name.replace("{" + PODCAST + "}", "podcast:").replace("{" + NS["atom"] + "}", "atom:") for name in names
    ] == [
        "title",
        "link",
        "description",
        "docs",
        "generator",
        "language",
        "atom:link",
        "image",
        "itunes:title",
        "itunes:author",
        "itunes:type",
        "itunes:explicit",
        "itunes:image",
        "podcast:guid",
        "podcast:locked",
        "podcast:medium",
    ]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("title", "Quick Take & More"),
        ("link", "https://example.org/quick-take"),
        ("description", "Very short reviews.\n\nFor clinicians & their students."),
        ("language", "en-US"),
        ("copyright", "© 2026 Harbour Medical Society"),
        ("generator", "podwright 1.2.3"),
        ("lastBuildDate", "Mon, 02 Mar 2026 14:00:00 +0000"),
        ("itunes:title", "Quick Take & More"),
        ("itunes:author", "Harbour Medical Society"),
        ("itunes:type", "episodic"),
        ("itunes:explicit", "false"),
        ("itunes:owner/itunes:name", "Harbour Medical Society"),
        ("itunes:owner/itunes:email", "podcast@example.org"),
        ("podcast:guid", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("podcast:locked", "yes"),
        ("podcast:medium", "podcast"),
        ("podcast:funding", "Become a member"),
        ("podcast:person", "Ada Example, MD, FACP"),
        ("managingEditor", "podcast@example.org (Harbour Medical Society)"),
        ("image/url", "https://cdn.example.org/art/show.jpeg?v=3&size=3000"),
        ("image/title", "Quick Take & More"),
        ("image/link", "https://example.org/quick-take"),
    ],
)
def test_a_full_channel_says_each_thing_once(path: str, text: str) -> None:
    assert texts(channel_of(CHANNEL, GARDEN), path) == [text]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("itunes:image", [{"href": "https://cdn.example.org/art/show.jpeg?v=3&size=3000"}]),
        ("podcast:locked", [{"owner": "podcast@example.org"}]),
        ("podcast:funding", [{"url": "https://example.org/join?from=feed&tier=1"}]),
        ("podcast:person", [{"role": "host", "group": "cast", "href": "https://example.org/ada"}]),
        ("itunes:category", [{"text": "Health & Fitness"}, {"text": "Leisure"}]),
        ("itunes:category/itunes:category", [{"text": "Medicine"}, {"text": "Home & Garden"}]),
        ("link", [{}]),
        (
            "atom:link",
            [{"href": "https://cdn.example.org/show.xml", "rel": "self", "type": "application/rss+xml"}],
        ),
    ],
)
def test_attributes_of_a_full_channel(path: str, expected: list[dict[str, str]]) -> None:
    assert attributes(channel_of(CHANNEL), path) == expected


def test_a_category_without_a_sub_category_has_no_children() -> None:
    channel = channel_of(replace(CHANNEL, categories=(Category(name="Technology"), Category(name="Arts", sub="Food"))))
    assert [[sub.get("text") for sub in category] for category in channel.findall("itunes:category", NS)] == [
        [],
        ["Food"],
    ]


@pytest.mark.parametrize("image", ["https://e.org/a.jpeg", "https://e.org/a.png?x=1&y=%20", "https://e.org/art/3000"])
def test_artwork_is_kept_whatever_its_address_ends_with(image: str) -> None:
    assert attributes(channel_of(replace(CHANNEL, image_url=image)), "itunes:image") == [{"href": image}]


@pytest.mark.parametrize(
    ("change", "path", "expected"),
    [
        ({"explicit": True}, "itunes:explicit", ["true"]),
        ({"explicit": False}, "itunes:explicit", ["false"]),
        ({"block": True}, "itunes:block", ["Yes"]),
        ({"block": False}, "itunes:block", []),
        ({"complete": True}, "itunes:complete", ["Yes"]),
        ({"complete": False}, "itunes:complete", []),
        ({"new_feed_url": "https://e.org/?a=1&b=2"}, "itunes:new-feed-url", ["https://e.org/?a=1&b=2"]),
        ({"new_feed_url": None}, "itunes:new-feed-url", []),
        ({"type": "serial"}, "itunes:type", ["serial"]),
        ({"locked": False}, "podcast:locked", ["no"]),
        ({"tags": ChannelTags(medium="audiobook")}, "podcast:medium", ["audiobook"]),
        ({"hub": None}, "atom:link[@rel='hub']", []),
        ({"owner": None}, "managingEditor", []),
        ({"copyright": None}, "copyright", []),
        ({"owner": None}, "itunes:owner", []),
        ({"updated": None}, "lastBuildDate", []),
        ({"generator": "other"}, "generator", ["other"]),
        ({"people": ()}, "podcast:person", []),
        ({"tags": ChannelTags()}, "podcast:funding", []),
        ({"tags": ChannelTags(funding=(LONG_LINK,))}, "podcast:funding", ["x" * 128]),
    ],
)
def test_a_choice_is_said_only_where_it_says_something(change: dict[str, Any], path: str, expected: list[str]) -> None:
    assert texts(channel_of(replace(CHANNEL, **change)), path) == expected


@pytest.mark.parametrize(
    ("owner", "expected"),
    [(None, {}), (Owner(name="Nobody", email="n@example.org"), {"owner": "n@example.org"})],
)
def test_the_lock_names_the_owner_there_is(owner: Owner | None, expected: dict[str, str]) -> None:
    assert attributes(channel_of(replace(CHANNEL, owner=owner)), "podcast:locked") == [expected]


def test_the_date_of_the_feed_keeps_its_zone() -> None:
    updated = datetime(2026, 12, 31, 23, 5, 9, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert texts(channel_of(replace(CHANNEL, updated=updated)), "lastBuildDate") == ["Thu, 31 Dec 2026 23:05:09 +0530"]
    utc = texts(channel_of(replace(CHANNEL, updated=updated.astimezone(UTC))), "lastBuildDate")
    assert utc == ["Thu, 31 Dec 2026 17:35:09 +0000"]


def test_people_and_funding_stand_in_the_order_given() -> None:
    people = tuple(Person(name=name) for name in ("C", "A", "B"))
    funding = tuple(Link(title=title, url=f"https://e.org/{title}") for title in ("Z", "Y"))
    channel = channel_of(replace(CHANNEL, people=people, tags=ChannelTags(funding=funding)))
    assert texts(channel, "podcast:person") == ["C", "A", "B"]
    assert texts(channel, "podcast:funding") == ["Z", "Y"]


def test_a_live_item_stands_after_all_that_the_channel_says_of_itself() -> None:
    live = LiveItem(
        guid="live-1",
        title="Live",
        status="pending",
        start=datetime(2026, 3, 2, tzinfo=UTC),
        description="What <grows> now",
        tags=ItemTags(content_links=(Link(title="Page", url="https://e.org/live"),)),
    )
    channel = channel_of(replace(CHANNEL, tags=replace(CHANNEL.tags, live=(live, live))), GARDEN)
    names = [child.tag for child in channel]
    assert names[-3:] == [f"{{{PODCAST}}}liveItem", f"{{{PODCAST}}}liveItem", "item"]
    assert names.count(f"{{{PODCAST}}}liveItem") == 2
    assert texts(channel, "podcast:liveItem/description") == ["What ‹grows› now"] * 2
