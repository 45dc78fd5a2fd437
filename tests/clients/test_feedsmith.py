"""All values of the podcast namespace in a feed that says everything, as feedsmith gives them, each exactly once."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.clients.matrix import FEED, by_node, load_channel
from tests.render.feeds.values import PODCAST

pytestmark = pytest.mark.clients

#: What feedsmith has no place for, by the element that it stands in.
UNREAD = {
    "channel": {"images", "socialInteract"},
    "item": {"images", "contentLink", "funding"},
    "liveItem": {"images"},
}


def normal(value: object) -> str:
    """A number without its form, and truth in one spelling."""
    said = {"yes": "true", "no": "false"}.get(str(value).lower(), str(value).lower())
    with contextlib.suppress(ValueError):
        return repr(float(said))
    return said


def said(element: ET.Element) -> Iterator[str]:
    """Attributes and texts of the namespace's elements below one, as far as feedsmith has a place for them."""
    unread = UNREAD.get(element.tag.rpartition("}")[2], set())
    for child in element:
        name = child.tag.removeprefix(f"{{{PODCAST}}}")
        if name == child.tag or name in unread:
            continue
        yield from map(normal, child.attrib.values())
        if text := (child.text or "").strip():
            yield normal(text)
        yield from said(child)


def read(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for part in value.values():
                yield from read(part)
        case list():
            for part in value:
                yield from read(part)
        case _:
            yield normal(value)


def test_feedsmith_gives_every_value_of_the_namespace_and_no_other() -> None:
    feed, channel = by_node("feedsmith", FEED.read_bytes()), load_channel()
    pairs = [(feed["podcast"], channel)]
    pairs += [(item["podcast"], element) for item, element in zip(feed["items"], channel.findall("item"), strict=True)]
    for found, element in pairs:
        expected, given = Counter(said(element)), Counter(read(found))
        assert given - expected == Counter()
        assert expected - given == Counter()
        assert given.total()
