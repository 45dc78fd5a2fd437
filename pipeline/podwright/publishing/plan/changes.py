"""Changes that listeners notice of a publish: feed by feed, and by the dates of episodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from msgspec import UNSET, UnsetType

from podwright.core.model import Stage
from podwright.publishing.plan.target import Target
from podwright.stores.ledger.generations import FeedChange, ItemChange, LiveChange, changed_parts
from podwright.stores.ledger.manifest import EpisodeRecord, FeedRecord, Manifest


def find_changes(target: Target, manifest: Manifest) -> Iterator[FeedChange]:
    """Yield what becomes of each feed; nothing for one that stays as it is."""
    episodes = target.episodes
    titles = {guid: record.title for guid, record in (*manifest.episodes.items(), *episodes.items())}
    heirs = find_heirs(target, manifest)
    renamed = {heir.name: manifest.feeds[name] for name, heir in heirs.items() if name not in target.feeds}
    for name, feed in target.feeds.items():
        former = manifest.feeds.get(name) or renamed.get(name)
        if former and former.signature == feed.signature and former.key == feed.key:
            continue
        before, after = set(former.items if former else ()), set(feed.items)
        items = [
            ItemChange(kind="new", guid=guid, title=titles[guid])
            if guid not in before
            else ItemChange(kind="changed", guid=guid, title=titles[guid], parts=parts)
            for guid in feed.items
            if (parts := _changed_parts(episodes[guid], manifest)) or guid not in before
        ]
        gone = [guid for guid in (former.items if former else ()) if guid not in after]
        items += [ItemChange(kind="gone", guid=guid, title=titles.get(guid, guid)) for guid in gone]
        items += _teaser_changes(feed, former, titles)
        yield FeedChange(
            kind="changed" if former else "new",
            name=name,
            channel=bool(former and former.channel != feed.channel),
            items=tuple(items),
            live=_live_change(feed, former),
        )
    for name in sorted(manifest.feeds.keys() - target.feeds.keys()):
        heir = heirs[name].name if name in heirs else UNSET
        yield FeedChange(kind="gone", name=name, channel=False, items=(), heir=heir)


def find_heirs(target: Target, manifest: Manifest) -> dict[str, FeedRecord]:
    """Return, by name, the feed that goes on at the address of each published one; none for one that ends or moves."""
    heirs = {key: feed for feed in target.feeds.values() for key in feed.addresses}
    return {name: heirs[former.key] for name, former in manifest.feeds.items() if former.key in heirs}


def _live_change(feed: FeedRecord, former: FeedRecord | None) -> LiveChange | UnsetType:
    """Return what became of the live items of a feed; that one began outweighs that another ended."""
    before, after = set((former and former.live) or ()), set(feed.live or ())
    return "begun" if after - before else "ended" if before - after else UNSET


def _teaser_changes(feed: FeedRecord, former: FeedRecord | None, titles: Mapping[str, str]) -> Iterator[ItemChange]:
    """Yield the teasers that come and go.

    Their guid is that of their episode, since of the other nobody remembers whose it was.
    """
    before = former.teasers if former else ()
    for guid in feed.teasers:
        if guid not in before:
            yield ItemChange(kind="new", guid=guid, title=f"{titles[guid]} (teaser)")
    for guid in before:
        if guid not in feed.teasers:
            yield ItemChange(kind="gone", guid=guid, title=f"{titles.get(guid, guid)} (teaser)")


def _changed_parts(episode: EpisodeRecord, manifest: Manifest) -> tuple[str, ...]:
    former = manifest.episodes.get(episode.guid)
    if former is None or not former.live:
        return ()
    # Whose early time ends finds everything at other addresses, which are no news.
    moved = ("address", "image") if former.stage == Stage.EARLY and episode.stage != Stage.EARLY else ()
    return tuple(part for part in changed_parts(former.parts, episode.parts) if part not in moved)


# By dates


@dataclass(frozen=True, slots=True, kw_only=True)
class StageChange:
    """An episode that leaves the feeds or the public by its own dates, or comes back when they were moved."""

    kind: Literal["unlisted", "withdrawn", "listed"]
    guid: str
    slug: str
    title: str
    #: The date that it goes by; None for one that comes back.
    since: datetime | None = None
    #: Whether the store knew that date, or an earlier one, before.
    announced: bool = True


def find_stage_changes(target: Target, manifest: Manifest) -> Iterator[StageChange]:
    """Yield the episodes whose own dates have passed since the last publish, or have been moved away."""
    for guid, episode in target.episodes.items():
        former = manifest.episodes.get(guid)
        if former is None or former.stage == episode.stage:
            continue
        change = StageChange(kind="listed", guid=guid, slug=episode.slug, title=episode.title)
        if episode.stage == Stage.WITHDRAWN:
            yield _gone(replace(change, kind="withdrawn"), episode.withdraw, former.withdraw)
        elif episode.stage == Stage.UNLISTED:
            yield _gone(replace(change, kind="unlisted"), episode.unlist, former.unlist)
        elif episode.stage == Stage.LISTED and not former.stage.is_ahead:
            yield change


def _gone(change: StageChange, since: datetime | None, promised: datetime | None) -> StageChange:
    """Return a change with the date that it goes by, and with whether that was promised before it had come."""
    return replace(change, since=since, announced=bool(since and promised and promised <= since))
