"""Podlove Simple Chapters: as they are written, and as podcastparser reads them."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import podcastparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from podwright.render.feeds import ChapterMark, namespaces
from podwright.render.feeds.extension import ItemExtension
from podwright.render.feeds.feed import _entry
from podwright.render.feeds.namespaces import chapter_elements
from tests.render.feeds.values import GARDEN, HARD

SECOND = timedelta(seconds=1)
PSC = f"{{{namespaces.PSC}}}"


def feed_of(*marks: ChapterMark) -> Any:
    """A feed of one item with these chapters."""
    feed = etree.fromstring(
        "<rss version='2.0'><channel><title>t</title><item><title>i</title><guid>g</guid>"
        "<enclosure url='https://example.org/a.mp3' length='1' type='audio/mpeg'/></item></channel></rss>"
    )
    extension = ItemExtension()
    extension.elements = [*chapter_elements(marks)]
    extension.write(feed.find("channel/item"))
    return feed


def read(*marks: ChapterMark) -> Any:
    """The chapters that podcastparser finds."""
    data = etree.tostring(feed_of(*marks), encoding="UTF-8", xml_declaration=True)
    (episode,) = podcastparser.parse("https://example.org/feed.xml", io.BytesIO(data))["episodes"]
    return episode.get("chapters", [])


@pytest.mark.parametrize(
    ("seconds", "start"),
    [
        (0, "00:00:00.000"),
        (59.999, "00:00:59.999"),
        (90.5, "00:01:30.500"),
        (3661, "01:01:01.000"),
        (360_000, "100:00:00.000"),
    ],
)
def test_a_start_has_hours_and_milliseconds(seconds: float, start: str) -> None:
    (chapter,) = feed_of(ChapterMark(start=seconds * SECOND, title="One")).iter(f"{PSC}chapter")
    assert dict(chapter.attrib) == {"start": start, "title": "One"}


def test_an_item_has_one_list_of_its_chapters_in_order_of_time() -> None:
    marks = (
        ChapterMark(start=90 * SECOND, title=HARD, url="https://e.org/?a=1&b=2", image="https://e.org/a.jpeg?v=1&s=2"),
        ChapterMark(start=0 * SECOND, title="Start"),
    )
    (chapters,) = feed_of(*marks).iter(f"{PSC}chapters")
    assert dict(chapters.attrib) == {"version": "1.2"}
    assert read(*marks) == [
        {"start": 0, "title": "Start"},
        {"start": 90, "title": HARD, "href": "https://e.org/?a=1&b=2", "image": "https://e.org/a.jpeg?v=1&s=2"},
    ]
    assert [*_entry(replace(GARDEN, chapters=marks)).podwright.elements][-1:] == [*chapter_elements(marks)]


def test_an_item_without_chapters_has_no_list() -> None:
    assert [*_entry(GARDEN).rss_entry().iter(f"{PSC}chapters")] == []
    assert [*chapter_elements(GARDEN.chapters)] == []


# What XML can hold; podcastparser reads no empty link or picture.
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1)
MARKS = st.lists(
    st.builds(
        ChapterMark,
        start=st.integers(0, 500_000_000).map(lambda milliseconds: timedelta(milliseconds=milliseconds)),
        title=TEXT,
        url=st.none() | TEXT,
        image=st.none() | TEXT,
    ),
    max_size=6,
    unique_by=lambda mark: mark.start,
)


@given(marks=MARKS)
def test_any_chapters_read_back(marks: list[ChapterMark]) -> None:
    found = read(*marks)
    ordered = sorted(marks, key=lambda mark: mark.start)
    assert [(c["start"], c["title"], c.get("href"), c.get("image")) for c in found] == [
        (mark.start // SECOND, mark.title, mark.url, mark.image) for mark in ordered
    ]
    parts = [element.get("start").split(":") for element in feed_of(*marks).iter(f"{PSC}chapter")]
    assert [
        timedelta(hours=int(hours), minutes=int(minutes), milliseconds=round(float(seconds) * 1000))
        for hours, minutes, seconds in parts
    ] == [mark.start for mark in ordered]
