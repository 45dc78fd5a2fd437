"""Atom links of a channel, and those of a feed in several documents."""

from __future__ import annotations

from dataclasses import replace

import pytest

from podwright.render.feeds import Paging
from tests.render.feeds.values import BARE_CHANNEL, NS, channel_of

FIRST, NEWER, OLDER = "https://e.org/show.xml", "https://e.org/archive/show/2.xml", "https://e.org/archive/show/1.xml"


def links(paging: Paging | None, hub: str | None = None) -> dict[str, str]:
    channel = channel_of(replace(BARE_CHANNEL, paging=paging, hub=hub))
    found = [(link.get("rel"), link.get("href")) for link in channel.findall("atom:link", NS)]
    assert len(dict(found)) == len(found)
    return {rel: href for rel, href in found if rel != "self"}


def test_a_feed_in_one_document_links_itself_alone() -> None:
    assert links(None) == {}


def test_a_feed_names_its_hub() -> None:
    assert links(None, "https://hub.example.org/") == {"hub": "https://hub.example.org/"}


@pytest.mark.parametrize(
    ("paging", "expected"),
    [
        pytest.param(
            Paging(current=FIRST, last=OLDER, older=NEWER),
            {"first": FIRST, "next": NEWER, "last": OLDER, "prev-archive": NEWER},
            id="the feed itself",
        ),
        pytest.param(
            Paging(current=FIRST, last=OLDER, newer=FIRST, older=OLDER, archive=True),
            {
                "first": FIRST,
                "previous": FIRST,
                "next": OLDER,
                "last": OLDER,
                "current": FIRST,
                "prev-archive": OLDER,
            },
            id="the newest page",
        ),
        pytest.param(
            Paging(current=FIRST, last=OLDER, newer=NEWER, archive=True),
            {"first": FIRST, "previous": NEWER, "last": OLDER, "current": FIRST, "next-archive": NEWER},
            id="the oldest page",
        ),
    ],
)
def test_documents_lead_to_each_other_in_both_vocabularies(paging: Paging, expected: dict[str, str]) -> None:
    assert links(paging) == expected


@pytest.mark.parametrize(("archive", "count"), [(True, 1), (False, 0)])
def test_only_an_archive_page_says_that_it_is_one(archive: bool, count: int) -> None:
    channel = channel_of(replace(BARE_CHANNEL, paging=Paging(current=FIRST, last=OLDER, archive=archive)))
    assert len(channel.findall("fh:archive", NS)) == count
