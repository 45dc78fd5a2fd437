"""The identity that a feed derives from its address."""

from __future__ import annotations

import pytest

from podwright.render.feeds import podcast_guid


@pytest.mark.parametrize(
    ("address", "guid"),
    [
        ("https://podnews.net/rss", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("http://podnews.net/rss", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("HTTPS://podnews.net/rss", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("https://podnews.net/rss/", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("https://podnews.net/rss///", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("podnews.net/rss", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("http://mp3s.nashownotes.com/pc20rss.xml", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
    ],
)
def test_scheme_and_trailing_slashes_do_not_count(address: str, guid: str) -> None:
    assert podcast_guid(address) == guid


@pytest.mark.parametrize("address", ["https://podnews.net/RSS", "https://podnews.net/rss?a=1", "https://podnews.net"])
def test_another_address_is_another_feed(address: str) -> None:
    assert podcast_guid(address) != "9b024349-ccf0-5f69-a609-6b82873eab3c"
