"""Links that open a feed in an app."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podwright.render.site.apps import APPS, subscribe_links

FEED = "https://cdn.example.org/a%20b/feed.xml?x=1&y=%C3%A9"
BARE = "cdn.example.org/a%20b/feed.xml?x=1&y=%C3%A9"
WHOLE = "https%3A%2F%2Fcdn.example.org%2Fa%2520b%2Ffeed.xml%3Fx%3D1%26y%3D%25C3%25A9"
BASE64 = "aHR0cHM6Ly9jZG4uZXhhbXBsZS5vcmcvYSUyMGIvZmVlZC54bWw_eD0xJnk9JUMzJUE5"
HEX = "68747470733a2f2f63646e2e6578616d706c652e6f72672f61253230622f666565642e786d6c3f783d3126793d254333254139"


@pytest.mark.parametrize(
    ("app", "url"),
    [
        ("Apple Podcasts", f"podcast://{BARE}"),
        ("YouTube Music", f"https://music.youtube.com/library/podcasts?addrssfeed={BASE64}"),
        ("Pocket Casts", f"pktc://subscribe/{BARE}"),
        ("Overcast", f"overcast://x-callback-url/add?url={WHOLE}"),
        ("Podcast Addict", f"https://podcastaddict.com/feed/{WHOLE}"),
        ("AntennaPod", f"https://antennapod.org/deeplink/subscribe?url={WHOLE}&title=A%20%26%20B"),
        ("Castro", f"castros://subscribe/{BARE}"),
        ("Player FM", f"https://player.fm/subscribe?id={WHOLE}"),
        ("Podcast Republic", f"podcastrepublic://subscribe/{BARE}"),
        ("Podcast Guru", f"https://app.podcastguru.io/podcast/X{HEX}"),
        ("gPodder", f"gpodder:{FEED}"),
        ("pod.link", f"https://pod.link/{BASE64}"),
    ],
)
def test_an_app_is_told_the_feed_in_its_own_way(app: str, url: str) -> None:
    links = {link.app: link.url for link in subscribe_links(FEED, title="A & B")}
    assert links[app] == url
    assert len(links) == len(APPS) == 12


def told(url: str) -> str:
    """The address of the feed, without its scheme, as an app takes it out of a link."""
    for mark in ("add?url=", "subscribe?url=", "subscribe?id=", "com/feed/"):
        if mark in url:
            return unquote(url.partition(mark)[2].partition("&title=")[0]).partition("://")[2]
    if "/podcast/X" in url:
        return bytes.fromhex(url.partition("/podcast/X")[2]).decode().partition("://")[2]
    for mark in ("addrssfeed=", "pod.link/"):
        if mark in url:
            packed = url.partition(mark)[2]
            return urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode().partition("://")[2]
    return url.partition("://")[2].removeprefix("subscribe/")


@given(
    st.from_regex(
        r"https?://[a-z]{1,9}\.example(:[1-9][0-9]{2,4})?/([a-z0-9._~-]|%[0-9A-F]{2}){1,20}(\?[a-z=&%+]{1,9})?",
        fullmatch=True,
    ),
    st.text(max_size=9),
)
def test_every_link_leads_back_to_the_feed(feed: str, title: str) -> None:
    assert {told(link.url) for link in subscribe_links(feed, title=title)} == {feed.partition("://")[2]}
