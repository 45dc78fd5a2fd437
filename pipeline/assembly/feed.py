"""One feed as an object: its channel, and the items of the episodes it carries."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from pipeline.artifact import Artifact, load_sha256
from pipeline.assembly.keys import cache_control, feed_access, feed_key, public_url
from pipeline.assembly.types import BuiltEpisode, BuiltFeed
from pipeline.manifest import Manifest
from pipeline.model import Feed, Show
from pipeline.rss import FEED_TYPE, Channel, podcast_guid, render_channel

GENERATOR = "podwright"


def feed_guid(feed: Feed, *, url: str, manifest: Manifest) -> str:
    """The podcast:guid: as authored, else as first published, else derived from the address.

    It is assigned once and outlives a change of address
    (https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/tags/guid.md).
    """
    known = manifest.feeds.get(feed.name)
    return feed.guid or (known.guid if known else podcast_guid(url))


def build_feed(
    feed: Feed,
    episodes: Sequence[BuiltEpisode],
    *,
    show: Show,
    manifest: Manifest,
    load_items: Callable[[], Mapping[str, bytes]],
    image: Artifact,
) -> BuiltFeed:
    """The feed of these episodes, in this order; load_items gives their RSS items by guid.

    Where the manifest says that the store holds the very same feed, its items are not even loaded.
    """
    key = feed_key(feed, show)
    guid = feed_guid(feed, url=public_url(key, show), manifest=manifest)
    updated = max((episode.outline.published for episode in episodes), default=None)
    head, tail = render_channel(
        _channel(feed, guid=guid, url=public_url(key, show), image=public_url(image.key, show), updated=updated)
    )
    # The date of the newest item is in the head, but is no news about the channel itself.
    channel, _ = render_channel(
        _channel(feed, guid=guid, url=public_url(key, show), image=public_url(image.key, show), updated=None)
    )
    signature = _sha256(head, *(episode.item.encode() for episode in episodes))
    known, stored = manifest.feeds.get(feed.name), manifest.objects.get(key)
    if known and stored and known.signature == signature and known.key == key:
        body, size, sha256 = None, stored.size, stored.sha256
    else:
        items = load_items()
        body = (head, *(items[episode.outline.guid] for episode in episodes), tail)
        size, sha256 = sum(map(len, body)), load_sha256(body)
    access = feed_access(feed, show)
    artifact = Artifact(
        key=key,
        media_type=FEED_TYPE,
        cache_control=cache_control("feed", access),
        access=access,
        size=size,
        sha256=sha256,
        body=body,
    )
    return BuiltFeed(
        feed=feed,
        guid=guid,
        signature=signature,
        channel=_sha256(channel)[:16],
        items=tuple(episode.outline.guid for episode in episodes),
        artifact=artifact,
        image=image,
    )


def _sha256(*pieces: bytes) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def _channel(feed: Feed, *, guid: str, url: str, image: str, updated: datetime | None) -> Channel:
    return Channel(
        title=feed.title,
        link=feed.link,
        feed_url=url,
        description=feed.description,
        language=feed.language,
        author=feed.author,
        owner=feed.owner,
        categories=feed.categories,
        explicit=feed.explicit,
        image_url=image,
        type=feed.type,
        guid=guid,
        locked=feed.locked,
        copyright=feed.copyright,
        people=feed.people,
        funding=feed.funding,
        complete=feed.complete,
        block=feed.block,
        new_feed_url=feed.new_feed_url,
        medium="podcast",
        updated=updated,
        generator=GENERATOR,
    )
