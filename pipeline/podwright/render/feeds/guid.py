"""Identities that follow from others: the podcast:guid of a feed, the guid of a teaser."""

from __future__ import annotations

import uuid

_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")


def podcast_guid(feed_url: str) -> str:
    """The UUIDv5 of a feed's address without its scheme and trailing slashes.

    https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/tags/guid.md
    """
    _, found, rest = feed_url.partition("://")
    return str(uuid.uuid5(_NAMESPACE, (rest if found else feed_url).rstrip("/")))


def teaser_guid(guid: str) -> str:
    """The guid of the teaser of the episode with a guid, the same in every feed and as long as there is the episode.

    It is not the episode's own: to an app that is one item for ever. Who heard the trailer would never be told of the
    whole episode when it comes to the feed, and hear the trailer again when asking for it.
    """
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:podwright:teaser:{guid}"))
