"""Atom links of a channel: its own address, its WebSub hub, and the documents of a feed in several pages."""

from __future__ import annotations

from collections.abc import Iterator

from podwright.render.feeds.extension import Element
from podwright.render.feeds.types import Channel, Paging

NAMESPACE = "http://www.w3.org/2005/Atom"
#: https://www.rfc-editor.org/rfc/rfc5005#section-4
HISTORY = "http://purl.org/syndication/history/1.0"

_FEED_TYPE = "application/rss+xml"


def channel_elements(channel: Channel) -> Iterator[Element]:
    """rel=self always (PSP-1); rel=hub (https://www.w3.org/TR/websub/#discovery); the links of RFC 5005."""
    yield _link("self", channel.feed_url, type=_FEED_TYPE)
    if channel.hub:
        yield _link("hub", channel.hub)
    if channel.paging:
        yield from _paging(channel.paging)


def _paging(paging: Paging) -> Iterator[Element]:
    """Both vocabularies: paged feeds (section 3), which gPodder reads, and archived feeds (section 4)."""
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
    return Element(f"{{{NAMESPACE}}}link", None, {"href": url, "rel": rel, **attributes})
