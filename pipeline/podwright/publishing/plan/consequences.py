"""What listeners would suffer from in a publish, each of it for a person to accept by name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from podwright.building.types import BuiltEpisode, Podcast
from podwright.core.model import Stage
from podwright.core.names import EARLY, PRIVATE, STAGED
from podwright.publishing.stage_changes import Passage
from podwright.stores.ledger.manifest import EpisodeRecord, Manifest

ConsequenceKind = Literal[
    "vanished",
    "withdrawn",
    "guid-changed",
    "moved",
    "made-public",
    "made-private",
    "feed-gone",
    "feed-guid-changed",
    "rollback-undone",
    "audio-replaced",
    "brought-back",
]

#: So many of those that are alike are named.
MOST_NAMED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """Something that listeners would suffer from; a person accepts it by name, as `kind` or as `kind:subject`.

    together: what several that are alike do, with "{}" for how many; None for what is told one by one.
    """

    kind: ConsequenceKind
    subject: str
    message: str
    together: str | None = None


def find_consequences(podcast: Podcast, manifest: Manifest, *, passages: Iterable[Passage]) -> Iterator[Consequence]:
    """What becomes of feeds and episodes that were promised. passages: episodes that leave or come by their dates."""
    episodes = {episode.outline.guid: episode for episode in podcast.episodes}
    slugs = {episode.outline.slug: episode for episode in podcast.episodes}
    passed = {one.guid: one for one in passages}
    yield from _feed_consequences(podcast, manifest)
    for one in passed.values():
        if not one.announced and manifest.episodes[one.guid].live:
            yield _unannounced(one)
    yield from _taken_addresses(podcast, manifest)
    left = _left(podcast, manifest)
    for guid, feeds in sorted(left.items(), key=lambda pair: manifest.episodes[pair[0]].slug):
        known = manifest.episodes[guid]
        now = slugs.get(known.slug)
        if now and now.outline.guid != guid:
            message = f"{known.slug}: its guid changed, so every listener downloads it again as a new episode"
            yield Consequence(kind="guid-changed", subject=known.slug, message=message)
        elif guid not in passed and not (guid in episodes and _moved(known, episodes[guid])):
            message = f"{known.slug}: “{known.title}” vanishes from {_list(feeds)}"
            yield Consequence(kind="vanished", subject=known.slug, message=message)
    for episode in podcast.episodes:
        before = manifest.episodes.get(episode.outline.guid)
        # What was never heard was promised to nobody; what was withdrawn or left out for a while was.
        if before and before.stage != Stage.WAITING:
            yield from _sides(before, episode, feeds=left.get(episode.outline.guid, ()))


def _moved(known: EpisodeRecord, episode: BuiltEpisode) -> bool:
    staged_before = known.enclosure.startswith(STAGED)
    return known.stem != episode.stem or (staged_before and known.enclosure != episode.enclosure)


def _taken_addresses(podcast: Podcast, manifest: Manifest) -> Iterator[Consequence]:
    """New episodes at the address of one that was withdrawn, and whose file is gone as well."""
    here = {episode.outline.guid for episode in podcast.episodes}
    withdrawn = {
        record.stem: record
        for guid, record in manifest.episodes.items()
        if record.stage == Stage.WITHDRAWN and guid not in here
    }
    for episode in podcast.episodes:
        old = withdrawn.get(episode.stem)
        if old and episode.outline.guid not in manifest.episodes:
            message = f"{episode.outline.slug}: its address was that of “{old.title}”, which was withdrawn"
            yield Consequence(kind="guid-changed", subject=episode.outline.slug, message=message)


def _unannounced(one: Passage) -> Consequence:
    """An end that the store hears of when it is past: it may be a slip of the pen."""
    if one.kind == "withdrawn":
        message = f"{one.slug}: “{one.title}” is withdrawn at once, by a date that was set when it was past"
        return Consequence(kind="withdrawn", subject=one.slug, message=message)
    message = f"{one.slug}: “{one.title}” leaves feeds and lists at once, by a date that was set when it was past"
    return Consequence(kind="vanished", subject=one.slug, message=message)


def _list(feeds: Iterable[str]) -> str:
    names = sorted(feeds)
    return f"the feed {names[0]}" if len(names) == 1 else f"the feeds {', '.join(names)}"


def _left(podcast: Podcast, manifest: Manifest) -> dict[str, list[str]]:
    """By guid, the feeds that an episode leaves."""
    left: dict[str, list[str]] = {}
    for feed in podcast.feeds:
        old = manifest.feeds.get(feed.feed.name)
        after = set(feed.items)
        for guid in old.items if old else ():
            if guid not in after and guid in manifest.episodes:
                left.setdefault(guid, []).append(feed.feed.name)
    return left


def _sides(known: EpisodeRecord, episode: BuiltEpisode, *, feeds: Collection[str]) -> Iterator[Consequence]:
    """What becomes of an episode that was heard, where it is for others now. feeds: those that it leaves."""
    slug, tier = episode.outline.slug, episode.outline.tier
    was_private, is_private = known.stem.startswith(PRIVATE), episode.stem.startswith(PRIVATE)
    if was_private and not is_private:
        yield Consequence(
            kind="made-public",
            subject=slug,
            message=f"{slug}: this makes a {known.tier} episode public",
            together=f"this makes {{}} {known.tier} episodes public",
        )
    elif is_private and not was_private and known.live:
        away, leaves = f"away from everybody but {tier} members", f" {_list(feeds)}, and" if feeds else ""
        yield Consequence(
            kind="made-private",
            subject=slug,
            message=f"{slug}: this takes a public episode {away}; "
            f"it{leaves and f' leaves{leaves}'} loses its public audio, transcripts and page",
            together=f"this takes {{}} public episodes {away}; "
            f"they{leaves and f' leave{leaves}'} lose their public audio, transcripts and pages",
        )
    elif known.live and episode.live and _has_moved(known, episode):
        message = f"{slug}: its audio moves from {known.enclosure} to {episode.enclosure}, which apps do not follow"
        yield Consequence(kind="moved", subject=slug, message=message)


def _has_moved(known: EpisodeRecord, episode: BuiltEpisode) -> bool:
    """Whether audio has another address, other than by its early time being over."""
    return known.enclosure != episode.enclosure and not known.enclosure.startswith(EARLY)


def _feed_consequences(podcast: Podcast, manifest: Manifest) -> Iterator[Consequence]:
    now = {feed.feed.name: feed for feed in podcast.feeds}
    for name, old in sorted(manifest.feeds.items()):
        feed = now.get(name)
        if feed is None:
            message = f"{name}: the feed is no longer published, and its subscribers get nothing new"
            yield Consequence(kind="feed-gone", subject=name, message=message)
        elif feed.artifact.key != old.key:
            message = f"{name}: the feed moves from {old.key} to {feed.artifact.key}, and its subscribers lose it"
            yield Consequence(kind="moved", subject=name, message=message)
        elif feed.guid != old.guid:
            message = (
                f"{name}: its podcast:guid changes from {old.guid} to {feed.guid}, so directories take it for another"
            )
            yield Consequence(kind="feed-guid-changed", subject=name, message=message)


def find_undone(manifest: Manifest) -> Iterator[Consequence]:
    """A rollback that a publish of anything undoes."""
    generation = manifest.restored
    if generation is not None:
        message = f"the store was rolled back to generation {generation}; this publishes the workspace in its place"
        yield Consequence(kind="rollback-undone", subject=f"{generation}", message=message)


def told(consequences: Iterable[Consequence]) -> Iterator[tuple[str, str]]:
    """Consequences as they are told, each with the name to accept it by; those that are alike are counted."""
    alike: dict[tuple[str, str], list[Consequence]] = {}
    for one in consequences:
        alike.setdefault((one.kind, one.together or one.subject), []).append(one)
    for (kind, _), group in alike.items():
        first = group[0]
        if first.together is None or len(group) == 1:
            yield from ((one.message, f"{kind}:{one.subject}") for one in group)
            continue
        named = ", ".join(one.subject for one in group[:MOST_NAMED])
        more = f" and {len(group) - MOST_NAMED:,} more" if len(group) > MOST_NAMED else ""
        yield f"{first.together.format(f'{len(group):,}')}: {named}{more}", kind
