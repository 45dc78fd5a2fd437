"""What listeners notice of a publish, feed by feed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from podwright.building.types import BuiltEpisode, BuiltFeed, Podcast
from podwright.core.model import Stage
from podwright.stores.ledger.generations import FeedChange, ItemChange
from podwright.stores.ledger.manifest import FeedRecord, Manifest

#: What a listener notices where a part of an episode changed, in the order in which it is told.
PARTS = {
    "title": "title changed",
    "date": "date changed",
    "audio": "audio replaced",
    "tags": "audio tags changed",
    "address": "audio counted through another service",
    "notes": "notes changed",
    "contents": "table of contents changed",
    "chapters": "chapters changed",
    "transcript": "transcript changed",
    "people": "people changed",
    "image": "artwork changed",
    "details": "details changed",
}


def find_changes(podcast: Podcast, manifest: Manifest) -> Iterator[FeedChange]:
    """What becomes of each feed; nothing for one that stays as it is."""
    titles = {guid: record.title for guid, record in manifest.episodes.items()}
    episodes = {episode.outline.guid: episode for episode in podcast.episodes}
    titles.update((guid, episode.outline.title) for guid, episode in episodes.items())
    for feed in podcast.feeds:
        old = manifest.feeds.get(feed.feed.name)
        if old and old.signature == feed.signature and old.key == feed.artifact.key:
            continue
        before, after = set(old.items if old else ()), set(feed.items)
        items = [
            ItemChange(kind="new", guid=guid, title=titles[guid])
            if guid not in before
            else ItemChange(kind="changed", guid=guid, title=titles[guid], parts=parts)
            for guid in feed.items
            if (parts := _changed_parts(episodes[guid], manifest)) or guid not in before
        ]
        gone = [guid for guid in (old.items if old else ()) if guid not in after]
        items += [ItemChange(kind="gone", guid=guid, title=titles.get(guid, guid)) for guid in gone]
        items += _teaser_changes(feed, old, titles)
        yield FeedChange(
            kind="changed" if old else "new",
            name=feed.feed.name,
            channel=bool(old and old.channel != feed.channel),
            items=tuple(items),
        )
    for name in sorted(manifest.feeds.keys() - {feed.feed.name for feed in podcast.feeds}):
        yield FeedChange(kind="gone", name=name, channel=False, items=())


def _teaser_changes(feed: BuiltFeed, old: FeedRecord | None, titles: Mapping[str, str]) -> Iterator[ItemChange]:
    """Teasers that come and go. guid: that of their episode, since of the other nobody remembers whose it was."""
    before = old.teasers if old else ()
    for guid in feed.teasers:
        if guid not in before:
            yield ItemChange(kind="new", guid=guid, title=f"{titles[guid]} (teaser)")
    for guid in before:
        if guid not in feed.teasers:
            yield ItemChange(kind="gone", guid=guid, title=f"{titles.get(guid, guid)} (teaser)")


def _changed_parts(episode: BuiltEpisode, manifest: Manifest) -> tuple[str, ...]:
    known = manifest.episodes.get(episode.outline.guid)
    if known is None or not known.live:
        return ()
    # Whose early time ends finds everything at other addresses, which are no news.
    moved = ("address", "image") if known.stage == Stage.EARLY and episode.stage != Stage.EARLY else ()
    return tuple(part for part in PARTS if known.parts.get(part) != episode.parts.get(part) and part not in moved)
