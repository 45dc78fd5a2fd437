"""Links that open a feed in podcast apps, a tap from a subscription.

Each row names where its form of link is documented: by the app (its site, or its open source), else in Nathan
Gathright's lists of platform links and URL schemes, kept only where an independent project makes the same links
(Podlove's podlove-ui for most). Apps whose links take a directory's number in place of a feed's address (Castbox,
Fountain, Goodpods, Podverse, Spotify) have no row: a feed in no directory has no number.
"""

from __future__ import annotations

import string
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

_LINKS = "https://github.com/nathangathright/podcast-platform-links"
_SCHEMES = f"{_LINKS}/blob/main/schemes.md"


@dataclass(frozen=True, slots=True)
class App:
    """A podcast app."""

    name: str
    #: Those that it runs on, of "ios", "macos", "android", "windows", "linux" and "web".
    platforms: tuple[str, ...]
    #: From a feed's address and title to the address that opens it.
    link: Callable[[str, str], str]
    #: The page that documents the form of the link.
    source: str


@dataclass(frozen=True, slots=True)
class SubscribeLink:
    """A link that opens a feed in an app."""

    app: str
    url: str
    #: As in App: those on which the link works.
    platforms: tuple[str, ...]


def _bare(url: str) -> str:
    """Return an address without its scheme, for apps that put their own in its place."""
    return url.partition("://")[2]


def _whole(url: str) -> str:
    """Return an address, or any text, as one value in a query or a path."""
    return quote(url, safe="")


def _base64(url: str) -> str:
    """Return an address in base64url (RFC 4648, section 5) without padding."""
    return urlsafe_b64encode(url.encode()).decode().rstrip("=")


def _castro(url: str) -> str:
    """Return an address for Castro, which has a scheme for each scheme of a feed."""
    return f"{'castros' if url.lower().startswith('https:') else 'castro'}://subscribe/{_bare(url)}"


# The most used apps first: pages list them in this order.
APPS: tuple[App, ...] = (
    App("Apple Podcasts", ("ios", "macos"), lambda url, _: f"podcast://{_bare(url)}", _SCHEMES),
    App(
        "YouTube Music",
        ("android", "ios", "web"),
        lambda url, _: f"https://music.youtube.com/library/podcasts?addrssfeed={_base64(url)}",
        "https://podnews.net/article/youtube-music-rss",
    ),
    # Both apps read this as an http address. Android alone knows pktc://subscribehttps/, iOS alone a whole address, so
    # the bare form is the one that opens on either.
    App(
        "Pocket Casts",
        ("android", "ios"),
        lambda url, _: f"pktc://subscribe/{_bare(url)}",
        "https://github.com/Automattic/pocket-casts-ios/blob/trunk/podcasts/AppDelegate%2BUrlHandling.swift",
    ),
    App("Overcast", ("ios",), lambda url, _: f"overcast://x-callback-url/add?url={_whole(url)}", _SCHEMES),
    App("Podcast Addict", ("android",), lambda url, _: f"https://podcastaddict.com/feed/{_whole(url)}", _LINKS),
    App(
        "AntennaPod",
        ("android",),
        lambda url, title: f"https://antennapod.org/deeplink/subscribe?url={_whole(url)}&title={_whole(title)}",
        "https://antennapod.org/documentation/podcasters-hosters/add-on-antennapod",
    ),
    App("Castro", ("ios",), lambda url, _: _castro(url), _SCHEMES),
    App("Player FM", ("android", "web"), lambda url, _: f"https://player.fm/subscribe?id={_whole(url)}", _LINKS),
    App(
        "Podcast Republic",
        ("android",),
        lambda url, _: f"podcastrepublic://subscribe/{_bare(url)}",
        "https://github.com/podlove/podlove-ui/tree/development/packages/clients/src/podcast-republic",
    ),
    App(
        "Podcast Guru",
        ("android", "ios", "web"),
        lambda url, _: f"https://app.podcastguru.io/podcast/X{url.encode().hex()}",
        _LINKS,
    ),
    App(
        "gPodder",
        ("linux", "windows"),
        lambda url, _: f"gpodder:{url}",
        "https://github.com/gpodder/gpodder/blob/master/src/gpodder/gtkui/main.py",
    ),
    # Not an app: a page with links to more of them.
    App("pod.link", ("web",), lambda url, _: f"https://pod.link/{_base64(url)}", _LINKS),
)


def subscribe_links(feed_url: str, *, title: str) -> tuple[SubscribeLink, ...]:
    """Return a link for each app, the most used first.

    feed_url: absolute, http or https; what is not ASCII in it is percent-encoded, and the rest stays as it is.
    title: the feed's, any text.
    """
    url = quote(feed_url, safe=string.punctuation)
    return tuple(SubscribeLink(app.name, app.link(url, title), app.platforms) for app in APPS)
