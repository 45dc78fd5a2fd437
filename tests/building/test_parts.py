"""What a plan tells of a changed item, field by field, so that no field of it can be forgotten."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from podwright.building.render import FOLLOWING, item_parts
from podwright.core.tags import Image, ItemTags, Link, Person
from podwright.render.feeds import Enclosure, Item
from podwright.stores.ledger.generations import LATER_PARTS, PARTS, changed_parts

ITEM = Item(
    guid="g",
    title="Soil",
    description="Notes",
    content_html="<p>Notes</p>",
    enclosure=Enclosure(url="https://example.org/a.mp3", length=1, media_type="audio/mpeg"),
    published=datetime(2026, 3, 2, tzinfo=UTC),
    duration=timedelta(seconds=9),
    explicit=False,
    type="full",
)
PERSON = Person(name="Mara Lind", role="host", group="cast")
CHANGED: dict[str, tuple[Any, str]] = {
    "title": ("Roses", "title"),
    "enclosure": (replace(ITEM.enclosure, url="https://example.org/b.mp3"), "address"),
    "published": (datetime(2026, 3, 3, tzinfo=UTC), "date"),
    "explicit": (True, "details"),
    "type": ("bonus", "details"),
    "link": ("https://example.org/", "details"),
    "number": (1, "details"),
    "season_number": (1, "details"),
    "season_name": ("Spring", "details"),
    "people": ((PERSON,), "people"),
    "author": ("Mara Lind", "rest"),
    "extra": (('<a:b xmlns:a="urn:a"/>',), "rest"),
    "summary": ("On soil", "summary"),
    "keywords": (("soil",), "details"),
    "section": ("Beds", "details"),
    "block": (True, "details"),
    "display": ("Ch. 1", "details"),
    "sizes": ((Image(url="https://example.org/a.jpg"),), "image"),
    "pictures": ((Image(url="https://example.org/a.jpg"),), "image"),
    "tags": (ItemTags(funding=(Link(title="Support", url="https://example.org/"),)), "details"),
}


def test_every_field_of_an_item_is_a_part_or_follows_from_one() -> None:
    names = {one.name for one in fields(Item)}
    # A new field is of the part "rest" by itself; here it gets a row, to prove it.
    assert names == CHANGED.keys() | FOLLOWING.keys()
    assert CHANGED.keys().isdisjoint(FOLLOWING)
    assert set(FOLLOWING.values()) <= PARTS.keys()


@pytest.mark.parametrize("name", CHANGED)
def test_a_changed_field_of_an_item_is_told(name: str) -> None:
    value, part = CHANGED[name]
    after = replace(ITEM, **{name: value})
    assert changed_parts(item_parts(ITEM), item_parts(after)) == (part,)


def test_what_an_older_podwright_did_not_remember_is_no_change() -> None:
    now = item_parts(ITEM)
    before = {part: digest for part, digest in now.items() if part not in LATER_PARTS}
    assert changed_parts(before, now) == ()


def test_a_summary_that_follows_from_the_notes_is_no_news_beside_them() -> None:
    assert changed_parts({"notes": "1", "summary": "1"}, {"notes": "2", "summary": "2"}) == ("notes",)
