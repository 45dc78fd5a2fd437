"""Feeds as feedparser and podcastparser read them."""

from __future__ import annotations

import calendar
import io
from dataclasses import replace
from typing import Any

import feedparser
import podcastparser
import pytest

from tests.render.feeds.values import CHANNEL, GARDEN, HARD, MEDICAL, PODCAST, rendered

#: The podcast namespace's other name, the only one that podcastparser knows.
OLD_PODCAST = "https://github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md"

FEED = rendered(CHANNEL, MEDICAL, GARDEN)
HARD_FEED = rendered(
    replace(CHANNEL, title=HARD), replace(GARDEN, title=HARD, description=HARD, content_html=f"<p>{HARD}</p>")
)


def by_feedparser(data: bytes) -> Any:
    found = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
    assert not found.bozo
    return found


def by_podcastparser(data: bytes) -> dict[str, Any]:
    known = data.replace(f'"{PODCAST}"'.encode(), f'"{OLD_PODCAST}"'.encode())
    found: dict[str, Any] = podcastparser.parse(CHANNEL.feed_url, io.BytesIO(known))
    return found


def test_feedparser_reads_the_channel() -> None:
    channel = by_feedparser(FEED).feed
    assert channel.title == CHANNEL.title
    assert channel.link == CHANNEL.link
    assert channel.description == CHANNEL.description
    assert channel.language == "en-US"
    assert channel.generator == "podwright 1.2.3"
    assert channel.author == "Harbour Medical Society"
    assert channel.publisher_detail == {"name": "Harbour Medical Society", "email": "podcast@example.org"}
    assert channel.image.href == CHANNEL.image_url
    assert [link.href for link in channel.links if link.rel == "self"] == [CHANNEL.feed_url]


def test_feedparser_reads_the_items() -> None:
    medical, garden = by_feedparser(FEED).entries
    assert (medical.id, medical.guidislink, medical.title, medical.link) == (
        MEDICAL.guid,
        False,
        MEDICAL.title,
        MEDICAL.link,
    )
    assert [content.value for content in medical.content] == [MEDICAL.content_html]
    assert [(e.href, e.length, e.type) for e in medical.enclosures] == [
        (MEDICAL.enclosure.url, "4711000", "audio/mpeg")
    ]
    assert calendar.timegm(medical.published_parsed) == MEDICAL.published.timestamp()
    assert (medical.itunes_duration, medical.itunes_season, medical.itunes_episode) == ("600", "3", "7")
    assert medical.image.href == MEDICAL.image_url
    assert (garden.id, garden.title, garden.itunes_episodetype) == ("garden-1", GARDEN.title, "bonus")
    assert "link" not in garden


def test_podcastparser_reads_the_channel() -> None:
    channel = by_podcastparser(FEED)
    assert {name: value for name, value in channel.items() if name != "episodes"} == {
        "title": CHANNEL.title,
        "link": CHANNEL.link,
        "description": CHANNEL.description,
        "language": "en-US",
        "generator": "podwright 1.2.3",
        "cover_url": CHANNEL.image_url,
        "itunes_author": "Harbour Medical Society",
        "itunes_owner": {"name": "Harbour Medical Society", "email": "podcast@example.org"},
        "itunes_categories": [["Health & Fitness", "Medicine"], ["Leisure", "Home & Garden"]],
        "explicit": False,
        "type": "episodic",
        "import_prohibited": True,
        "funding_url": "https://example.org/join?from=feed&tier=1",
    }


def test_podcastparser_reads_the_items() -> None:
    found = {episode["guid"]: episode for episode in by_podcastparser(FEED)["episodes"]}
    assert set(found) == {MEDICAL.guid, GARDEN.guid}
    medical, garden = found[MEDICAL.guid], found[GARDEN.guid]
    assert (medical["title"], medical["link"]) == (MEDICAL.title, MEDICAL.link)
    assert medical["description_html"] == MEDICAL.content_html
    assert medical["published"] == MEDICAL.published.timestamp()
    assert (medical["total_time"], garden["total_time"]) == (600, 61)
    assert medical["enclosures"] == [{"url": MEDICAL.enclosure.url, "file_size": 4_711_000, "mime_type": "audio/mpeg"}]
    assert (medical["season"], medical["number"], medical["type"], garden["type"]) == (3, 7, "full", "bonus")
    assert (medical["explicit"], medical["episode_art_url"]) == (False, MEDICAL.image_url)
    assert medical["chapters_json_url"] == MEDICAL.chapters_url
    assert [person["name"] for person in medical["persons"]] == [
        "Ada Example, MD, FACP",
        "Ben Example",
        "Chloé Example",
    ]
    assert [person.get("role") for person in medical["persons"]] == ["host", "guest", "editor"]


@pytest.mark.parametrize("explicit", [True, False])
def test_podcastparser_understands_explicit(explicit: bool) -> None:
    data = rendered(replace(CHANNEL, explicit=explicit), replace(GARDEN, explicit=explicit))
    channel = by_podcastparser(data)
    assert (channel["explicit"], channel["episodes"][0]["explicit"]) == (explicit, explicit)


def test_hard_text_is_read_exactly_by_feedparser() -> None:
    found = by_feedparser(HARD_FEED)
    (item,) = found.entries
    assert item.content[0].value == f"<p>{HARD}</p>"


def test_hard_text_is_read_exactly_by_podcastparser() -> None:
    channel = by_podcastparser(HARD_FEED)
    (item,) = channel["episodes"]
    assert (channel["title"], item["title"]) == (HARD, HARD)
    assert item["description_html"] == f"<p>{HARD}</p>"
