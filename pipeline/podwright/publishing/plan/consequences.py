"""Consequences of a publish that harm listeners, each for a person to approve by name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from podwright.core.model import Stage
from podwright.core.names import parse, place_of, side_of
from podwright.publishing.plan.changes import StageChange, find_heirs
from podwright.publishing.plan.target import Target
from podwright.stores.ledger.manifest import EpisodeRecord, FeedRecord, Manifest

ConsequenceKind = Literal[
    "vanished",
    "withdrawn",
    "guid-changed",
    "moved",
    "made-public",
    "made-private",
    "feed-gone",
    "feed-guid-changed",
    "taken-back",
    "rollback-undone",
    "audio-replaced",
    "brought-back",
    "private-moved",
]

_EARLY = "it was published by a machine whose clock is ahead, or with --now; wait until then, and set that clock"
#: So many of those that are alike are named.
MOST_NAMED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """Something that listeners would suffer from; a person accepts it by name, as `kind` or as `kind:subject`."""

    kind: ConsequenceKind
    subject: str
    message: str
    #: What several that are alike do, with "{}" for how many; None for what is said one by one.
    together: str | None = None


def find_consequences(
    target: Target, manifest: Manifest, *, stage_changes: Iterable[StageChange]
) -> Iterator[Consequence]:
    """Yield what becomes of feeds and episodes that were promised.

    stage_changes: episodes that leave or come by their dates.
    """
    slugs = {episode.slug: episode for episode in target.episodes.values()}
    by_date = {change.guid: change for change in stage_changes}
    yield from _moved_address(target, manifest)
    yield from _feed_consequences(target, manifest)
    for change in by_date.values():
        if not change.announced and manifest.episodes[change.guid].live:
            yield _unannounced(change)
    yield from _taken_addresses(target, manifest)
    left = _left(target, manifest)
    for guid, feeds in sorted(left.items(), key=lambda pair: manifest.episodes[pair[0]].slug):
        former, present = manifest.episodes[guid], target.episodes.get(guid)
        namesake = slugs.get(former.slug)
        if namesake and namesake.guid != guid:
            message = f"{former.slug}: its guid changed, so every listener downloads it again as a new episode"
            yield Consequence(kind="guid-changed", subject=former.slug, message=message)
        elif guid not in by_date and not (present and _is_elsewhere(former, present)):
            message = f"{former.slug}: “{former.title}” vanishes from {_list(feeds)}"
            if present and former.stage == Stage.LISTED and former.published == present.published > target.moment:
                # No edit took it out: whoever published it had another time.
                message += f" until {present.published.isoformat()}, its date, before which {_EARLY}"
            yield Consequence(kind="vanished", subject=former.slug, message=message)
    yield from _unlisted_gone(target, manifest, slugs=slugs.keys())
    for guid, episode in target.episodes.items():
        before = manifest.episodes.get(guid)
        # What was never heard was promised to nobody; what was withdrawn or left out for a while was.
        if before and before.stage != Stage.WAITING:
            yield from _side_consequences(before, episode, feeds=left.get(guid, ()))


def _moved_address(target: Target, manifest: Manifest) -> Iterator[Consequence]:
    """Yield that everything has another address, where public_url was changed."""
    before, after = manifest.public_url, target.public_url
    if before is None or after is None or before == after or not manifest.feeds:
        return
    live = sum(episode.live for episode in manifest.episodes.values())
    enclosures = f"the audio of {live:,} {'episode' if live == 1 else 'episodes'}"
    move = "moves" if len(manifest.feeds) == 1 else "move"
    message = (
        f"public_url changes from {before} to {after}: {_list(manifest.feeds)} {move}, and {enclosures}; "
        "apps follow only where the old addresses redirect to the new ones, for which `podwright move OLD_FEED "
        "--rules` writes the rules"
    )
    yield Consequence(kind="moved", subject="public_url", message=message)


def _unlisted_gone(target: Target, manifest: Manifest, *, slugs: Collection[str]) -> Iterator[Consequence]:
    """Yield episodes whose files are gone, or are drafts, and that stood in no feed, so that none is left."""
    gone = [record for guid, record in manifest.episodes.items() if guid not in target.episodes and record.live]
    for former in sorted(gone, key=lambda record: record.slug):
        if former.stage == Stage.UNLISTED and former.slug not in slugs:
            message = f"{former.slug}: “{former.title}” vanishes for those who have its address"
            yield Consequence(kind="vanished", subject=former.slug, message=message)


def _is_elsewhere(former: EpisodeRecord, episode: EpisodeRecord) -> bool:
    """Return whether an episode left a feed since it is for others now, or not due."""
    staged = place_of(former.enclosure) == "staged"
    return former.stem != episode.stem or (staged and former.enclosure != episode.enclosure)


def _taken_addresses(target: Target, manifest: Manifest) -> Iterator[Consequence]:
    """Yield new episodes at the address of one that was withdrawn, and whose file is gone as well."""
    withdrawn = {
        record.stem: record
        for guid, record in manifest.episodes.items()
        if record.stage == Stage.WITHDRAWN and guid not in target.episodes
    }
    for guid, episode in target.episodes.items():
        former = withdrawn.get(episode.stem)
        if former and guid not in manifest.episodes:
            message = f"{episode.slug}: its address was that of “{former.title}”, which was withdrawn"
            yield Consequence(kind="guid-changed", subject=episode.slug, message=message)


def _unannounced(change: StageChange) -> Consequence:
    """Return an end that the store hears of when it is past: it may be a slip of the pen."""
    subject = f"{change.slug}: “{change.title}”"
    if change.kind == "withdrawn":
        message = f"{subject} is withdrawn at once, by a date that was set when it was past"
        return Consequence(kind="withdrawn", subject=change.slug, message=message)
    message = f"{subject} leaves feeds and lists at once, by a date that was set when it was past"
    return Consequence(kind="vanished", subject=change.slug, message=message)


def _list(feeds: Iterable[str]) -> str:
    names = sorted(feeds)
    return f"the feed {names[0]}" if len(names) == 1 else f"the feeds {', '.join(names)}"


def _left(target: Target, manifest: Manifest) -> dict[str, list[str]]:
    """Return, by guid, the feeds that an episode leaves."""
    left: dict[str, list[str]] = {}
    heirs = {**target.feeds, **find_heirs(target, manifest)}
    for name, former in manifest.feeds.items():
        after = set(heirs[name].items) if name in heirs else set(former.items)
        for guid in former.items:
            if guid not in after and guid in manifest.episodes:
                left.setdefault(guid, []).append(name)
    return left


def _side_consequences(
    former: EpisodeRecord, episode: EpisodeRecord, *, feeds: Collection[str]
) -> Iterator[Consequence]:
    """Yield what becomes of an episode that was heard, where it is for others now. feeds: those that it leaves."""
    slug, tier = episode.slug, episode.tier
    before, after = side_of(former.stem), side_of(episode.stem)
    if before == "private" and after == "public":
        yield Consequence(
            kind="made-public",
            subject=slug,
            message=f"{slug}: this makes a {former.tier} episode public",
            together=f"this makes {{}} {former.tier} episodes public",
        )
    elif before == "public" and after == "private" and former.live:
        away, leaves = f"away from everybody but {tier} members", f" {_list(feeds)}, and" if feeds else ""
        yield Consequence(
            kind="made-private",
            subject=slug,
            message=f"{slug}: this takes a public episode {away}; "
            f"it{leaves and f' leaves{leaves}'} loses its public audio, transcripts and page",
            together=f"this takes {{}} public episodes {away}; "
            f"they{leaves and f' leave{leaves}'} lose their public audio, transcripts and pages",
        )
    elif former.live and episode.live and _has_moved(former, episode):
        message = f"{slug}: its audio moves from {former.enclosure} to {episode.enclosure}, which apps do not follow"
        yield Consequence(kind="moved", subject=slug, message=message)


def _has_moved(former: EpisodeRecord, episode: EpisodeRecord) -> bool:
    """Return whether audio has another address, other than by its early time being over."""
    return former.enclosure != episode.enclosure and place_of(former.enclosure) != "early"


def _feed_consequences(target: Target, manifest: Manifest) -> Iterator[Consequence]:
    """Yield what becomes of those who subscribed to feeds."""
    heirs = find_heirs(target, manifest)
    for name, former in sorted(manifest.feeds.items()):
        feed, heir = target.feeds.get(name), heirs.get(name)
        if heir is None and feed:
            message = (
                f"{name}: the feed moves from {former.key} to {feed.key}; {former.key} is deleted, and its subscribers "
                f'lose it, unless another feed says former = ["{name}"]'
            )
            yield Consequence(kind="moved", subject=name, message=message)
        elif heir and heir.guid != former.guid:
            change = f"its podcast:guid changes from {former.guid} to {heir.guid}"
            message = f"{name}: {change}, so directories take it for another"
            yield Consequence(kind="feed-guid-changed", subject=name, message=message)
    for key, name in sorted(_ended(target, manifest).items()):
        message = (
            f"{name}: the feed ends; {key} is deleted, and its subscribers lose it; {_advice(name, target, manifest)}"
        )
        yield Consequence(kind="feed-gone", subject=name, message=message)


def _ended(target: Target, manifest: Manifest) -> dict[str, str]:
    """Return, by key, the names of feeds at whose addresses nothing is any more, but for what has begun to go.

    Also of those whose documents an older podwright left when they were no longer published.
    """
    gone = {feed.key: name for name, feed in manifest.feeds.items() if name not in target.feeds}
    known = {feed.key for feed in manifest.feeds.values()}
    copies = {key for feed in manifest.feeds.values() for key in feed.copies or ()}
    left = {key for key in manifest.objects if key.endswith(".xml") and side_of(key) == "public"} - known
    names = {key: parse(key) for key in copies | left}
    gone |= {key: name.owner for key, name in names.items() if name and name.kind == "feed"}
    settled = {*target.documents, *manifest.doomed}
    return {key: name for key, name in gone.items() if key not in settled}


def _advice(name: str, target: Target, manifest: Manifest) -> str:
    """Return how the subscribers of a feed that ends may keep it."""
    former = manifest.feeds.get(name)
    alike = [
        feed.name
        for feed in target.feeds.values()
        if former and feed.name not in manifest.feeds and _is_alike(feed, former)
    ]
    if alike:
        return (
            f'if it is feeds/{alike[0]}.toml by now, write former = ["{name}"] there, and it goes on at its old address'
        )
    return (
        f'to lead them to another feed, write former = ["{name}"] in its file; to leave them what there is, keep '
        f"feeds/{name}.toml with complete = true and [select] until"
    )


def _is_alike(feed: FeedRecord, former: FeedRecord) -> bool:
    """Return whether a new feed is likely one that is gone, under another name: more than half of the items are."""
    shared, every = set(feed.items) & set(former.items), set(feed.items) | set(former.items)
    return feed.guid == former.guid or (feed.tiers == former.tiers and 2 * len(shared) >= len(every))


def find_undone(manifest: Manifest) -> Iterator[Consequence]:
    """Yield a rollback that a publish of anything undoes."""
    generation = manifest.restored
    if generation is not None:
        message = f"the store was rolled back to generation {generation}; this publishes the workspace in its place"
        yield Consequence(kind="rollback-undone", subject=f"{generation}", message=message)


def describe(consequences: Iterable[Consequence]) -> Iterator[tuple[str, str]]:
    """Yield what consequences say, each with the name to accept it by; those that are alike are counted."""
    alike: dict[tuple[str, str], list[Consequence]] = {}
    for consequence in consequences:
        alike.setdefault((consequence.kind, consequence.together or consequence.subject), []).append(consequence)
    for (kind, _), group in alike.items():
        first = group[0]
        if first.together is None or len(group) == 1:
            yield from ((consequence.message, f"{kind}:{consequence.subject}") for consequence in group)
            continue
        named = ", ".join(consequence.subject for consequence in group[:MOST_NAMED])
        more = f" and {len(group) - MOST_NAMED:,} more" if len(group) > MOST_NAMED else ""
        yield f"{first.together.format(f'{len(group):,}')}: {named}{more}", kind
