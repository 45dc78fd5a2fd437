"""Whole feeds: head, items and tail joined are what feedgen would write at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html import escape
from typing import Any

import pytest
from lxml import etree

from podwright.render.feeds import Channel, Item, redate_item, render_channel, render_items
from podwright.render.feeds.feed import _entry, _generator
from tests.render.feeds.values import BARE_CHANNEL, CHANNEL, GARDEN, HARD, MEDICAL, NS, rendered
from tests.support.paths import DATA

GOLDEN = DATA / "rss" / "medical.xml"
HARD_ITEM = replace(GARDEN, title=HARD, description=HARD, content_html=f"<p>{HARD}</p>", section=HARD, summary=HARD)
FEEDS = [
    pytest.param(CHANNEL, (), id="no items"),
    pytest.param(CHANNEL, (MEDICAL, GARDEN), id="two items"),
    pytest.param(BARE_CHANNEL, (GARDEN, MEDICAL, GARDEN), id="repeated item"),
    pytest.param(replace(CHANNEL, title=HARD, description=HARD), (HARD_ITEM, MEDICAL), id="hard text"),
]


def test_the_feed_is_the_stored_one() -> None:
    assert rendered(CHANNEL, MEDICAL, GARDEN) == GOLDEN.read_bytes()


@pytest.mark.parametrize(("channel", "items"), FEEDS)
def test_the_joined_parts_are_well_formed_rss(channel: Channel, items: tuple[Item, ...]) -> None:
    data = rendered(channel, *items)
    assert data.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<rss ")
    assert data.endswith(b"</channel></rss>\n")
    root = etree.fromstring(data)
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    assert root.nsmap == NS
    assert [child.tag for child in root] == ["channel"]
    assert len(root[0].findall("item")) == len(items)
    assert [child.tag for child in root[0]][len(root[0]) - len(items) :] == ["item"] * len(items)


def canonical(data: bytes) -> bytes:
    """C14N without the line breaks that stand between the items."""
    root: Any = etree.fromstring(data)
    for child in root[0]:
        assert not (child.tail or "").strip()
        child.tail = None
    result: bytes = etree.tostring(root, method="c14n")
    return result


@pytest.mark.parametrize(("channel", "items"), FEEDS)
def test_the_joined_parts_equal_one_serialisation_by_feedgen(channel: Channel, items: tuple[Item, ...]) -> None:
    feed = _generator(channel)
    for item in items:
        feed.add_entry(_entry(item), order="append")
    assert canonical(rendered(channel, *items)) == canonical(feed.rss_str())


def test_items_do_not_depend_on_each_other() -> None:
    items = (MEDICAL, GARDEN, HARD_ITEM)
    together = render_items(items)
    assert together == tuple(render_items([item])[0] for item in items)
    assert render_items(reversed(items)) == together[::-1]


@pytest.mark.parametrize("item", [MEDICAL, GARDEN, HARD_ITEM], ids=["medical", "garden", "hard"])
def test_an_item_declares_no_namespace_and_ends_its_line(item: Item) -> None:
    (fragment,) = render_items([item])
    assert fragment.startswith(b"<item><title>")
    assert fragment.endswith(b"</item>\n")
    assert b"xmlns" not in fragment


@pytest.mark.parametrize("text", [HARD, "<pubDate>now</pubDate>", "]]><pubDate>", "&lt;pubDate&gt;"])
def test_an_item_gets_another_date_and_nothing_else_changes(text: str) -> None:
    item = replace(HARD_ITEM, title=text, description=text, content_html=f"<p>{escape(text)}</p>")
    moment = item.published - timedelta(weeks=1)
    (fragment,) = render_items([item])
    assert (redate_item(fragment, moment),) == render_items([replace(item, published=moment)])


def test_no_items_are_no_fragments() -> None:
    assert render_items([]) == ()


def test_the_same_values_give_the_same_bytes() -> None:
    assert render_channel(CHANNEL) == render_channel(replace(CHANNEL))
    assert render_items([MEDICAL]) == render_items([replace(MEDICAL)])


@pytest.mark.parametrize(("channel", "item"), [(BARE_CHANNEL, GARDEN), (CHANNEL, MEDICAL)], ids=["bare", "full"])
def test_no_element_is_empty(channel: Channel, item: Item) -> None:
    root = etree.fromstring(rendered(channel, item))
    assert [e.tag for e in root.iter() if not (e.text or len(e) or e.attrib)] == []
    assert [e.tag for e in root.iter() if "" in e.attrib.values()] == []
