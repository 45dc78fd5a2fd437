"""The spotify namespace: what the Podcast Delivery Specification adds to a channel.

https://support.spotify.com/us/creators/article/podcast-specification-doc/
"""

from __future__ import annotations

from collections.abc import Iterator

from podwright.render.feeds.extension import Element
from podwright.render.feeds.types import Channel

NAMESPACE = "http://www.spotify.com/ns/rss"


def channel_elements(channel: Channel) -> Iterator[Element]:
    """How many of the newest episodes Spotify shows, and the countries that the show is for, ISO 3166 in lower case."""
    if channel.spotify_limit is not None:
        yield Element(f"{{{NAMESPACE}}}limit", attributes={"recentCount": str(channel.spotify_limit)})
    if channel.countries:
        yield Element(f"{{{NAMESPACE}}}countryOfOrigin", " ".join(channel.countries))
