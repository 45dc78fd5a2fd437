"""The podcast:guid of a feed."""

from __future__ import annotations

import uuid

_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")


def podcast_guid(feed_url: str) -> str:
    """The UUIDv5 of a feed's address without its scheme and trailing slashes.

    https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/tags/guid.md
    """
    _, found, rest = feed_url.partition("://")
    return str(uuid.uuid5(_NAMESPACE, (rest if found else feed_url).rstrip("/")))
