"""Atom links, Podlove Simple Chapters and Spotify's elements: the namespaces of which a feed uses little."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from podwright.render.feeds.extension import Element
from podwright.render.feeds.types import Channel, ChapterMark, Paging

ATOM = "http://www.w3.org/2005/Atom"
#: https://www.rfc-editor.org/rfc/rfc5005#section-4
HISTORY = "http://purl.org/syndication/history/1.0"
#: https://podlove.org/simple-chapters/
PSC = "http://podlove.org/simple-chapters"
#: https://support.spotify.com/us/creators/article/podcast-specification-doc/
SPOTIFY = "http://www.spotify.com/ns/rss"

_FEED_TYPE = "application/rss+xml"
_PSC_VERSION = "1.2"


def atom_elements(channel: Channel) -> Iterator[Element]:
    """Yield the channel's own address (PSP-1), its WebSub hub, and the neighbours of a feed in pages (RFC 5005).

    https://www.w3.org/TR/websub/#discovery
    """
    yield _link("self", channel.feed_url, type=_FEED_TYPE)
    if channel.hub:
        yield _link("hub", channel.hub)
    if channel.paging:
        yield from _paging(channel.paging)


def _paging(paging: Paging) -> Iterator[Element]:
    """Yield both vocabularies: paged feeds (section 3), which gPodder reads, and archived feeds (section 4)."""
    links = {
        "first": paging.current,
        "previous": paging.newer,
        "next": paging.older,
        "last": paging.last,
        "current": paging.current if paging.archive else None,
        "prev-archive": paging.older,
        "next-archive": paging.newer if paging.newer != paging.current else None,
    }
    yield from (_link(rel, url, type=_FEED_TYPE) for rel, url in links.items() if url)
    if paging.archive:
        yield Element(f"{{{HISTORY}}}archive")


def _link(rel: str, url: str, **attributes: str) -> Element:
    return Element(f"{{{ATOM}}}link", None, {"href": url, "rel": rel, **attributes})


def chapter_elements(marks: Iterable[ChapterMark]) -> Iterator[Element]:
    """Yield the one list of chapters, in order of time, or nothing where there are none.

    They are for apps that read neither the chapters' file nor the audio's tags. A chapter has a start, a title, a link
    and a picture there, but no end, and none can be hidden.
    """
    chapters = tuple(map(_chapter, sorted(marks, key=lambda mark: mark.start)))
    if chapters:
        yield Element(f"{{{PSC}}}chapters", attributes={"version": _PSC_VERSION}, children=chapters)


def _chapter(mark: ChapterMark) -> Element:
    attributes = {"start": _play_time(mark.start), "title": mark.title, "href": mark.url, "image": mark.image}
    return Element(f"{{{PSC}}}chapter", attributes=attributes)


def _play_time(time: timedelta) -> str:
    """Return `01:02:03.500`: normal play time (https://www.w3.org/TR/media-frags/#npttimedef)."""
    seconds, milliseconds = divmod(time // timedelta(milliseconds=1), 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{milliseconds:03}"


def spotify_elements(channel: Channel) -> Iterator[Element]:
    """Yield how many of the newest episodes Spotify shows, and the countries (ISO 3166, lower-case) of the show."""
    if channel.spotify_limit is not None:
        yield Element(f"{{{SPOTIFY}}}limit", attributes={"recentCount": str(channel.spotify_limit)})
    if channel.countries:
        yield Element(f"{{{SPOTIFY}}}countryOfOrigin", " ".join(channel.countries))
