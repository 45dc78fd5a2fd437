"""What publishing would do: the objects to write and what listeners notice, as a value to print, refuse or apply."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.artifact import Artifact, Splice
from pipeline.assembly.keys import EARLY, PRIVATE, STAGED, WITHDRAWN, is_page
from pipeline.assembly.types import BuiltEpisode, BuiltFeed, Podcast
from pipeline.errors import UnsafePlanError
from pipeline.generations import FeedChange, Generation, ItemChange, news, remembered
from pipeline.manifest import EpisodeRecord, FeedRecord, Manifest, ObjectRecord, TeaserRecord
from pipeline.passages import Passage, find_passages

StepKind = Literal["create", "replace", "compose", "delete"]
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One write. artifact is None for "delete" only; source is the object that a "compose" takes bytes from.

    splice: how the artifact can be made of what the store has; None where all or nothing of it is the same.
    """

    kind: StepKind
    key: str
    artifact: Artifact | None = None
    source: str | None = None
    splice: Splice | None = None

    @property
    def size(self) -> int:
        """Bytes to send."""
        if self.kind == "compose" and self.splice:
            return self.splice.part
        return self.artifact.size if self.artifact and self.kind in ("create", "replace") else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """Something that listeners would suffer from; a person accepts it by name, as `kind` or as `kind:subject`.

    together: what several that are alike do, with "{}" for how many; None for what is told one by one.
    """

    kind: ConsequenceKind
    subject: str
    message: str
    together: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything a publish does, in the four groups that must follow each other.

    Of pages the new ones come first: nothing leads to them until those that exist are replaced.

    kept: how many objects stay as they are. live, waiting, unlisted and withdrawn: how many episodes stand in feeds, do
    not yet for all whom they are for, do no more, and are taken back.
    manifest: what the store shall say of itself in the end; what this plan writes has no etag in it yet.
    """

    media: tuple[Step, ...]
    pages: tuple[Step, ...]
    feeds: tuple[Step, ...]
    deletes: tuple[Step, ...]
    changes: tuple[FeedChange, ...]
    consequences: tuple[Consequence, ...]
    kept: int
    live: int
    waiting: int
    manifest: Manifest
    writes: bool
    passages: tuple[Passage, ...] = ()
    unlisted: int = 0
    withdrawn: int = 0

    @property
    def steps(self) -> tuple[Step, ...]:
        """All writes in their order."""
        return self.media + self.pages + self.feeds + self.deletes


def build_plan(podcast: Podcast, manifest: Manifest) -> Plan:
    """How to make the store that a manifest describes hold the podcast."""
    images = {image.key: image for feed in podcast.feeds for image in feed.images}
    files = {one.key: one for one in podcast.site.files}
    media = files | images | {one.key: one for episode in podcast.episodes for one in episode.artifacts}
    site = (*(page for episode in podcast.episodes for page in episode.pages), *podcast.site.pages)
    pages = {page.key: page for page in site}
    documents = [document for feed in podcast.feeds for document in feed.documents]
    feeds = {artifact.key: artifact for artifact in (*documents, *podcast.lists)}
    wanted = media | pages | feeds
    splices = {one.enclosure: one.splice for one in podcast.episodes if one.splice}
    media_steps = tuple(_steps(media.values(), manifest, sources=_sources(podcast, manifest), splices=splices))
    page_steps = tuple(sorted(_steps(pages.values(), manifest), key=lambda step: step.kind != "create"))
    feed_steps = tuple(_steps(feeds.values(), manifest, unsettled=unsettled(manifest)))
    deletes = tuple(_deletes(podcast, manifest, wanted=wanted))
    after = _next_manifest(podcast, manifest, wanted=wanted, deleted={step.key for step in deletes})
    writes = (
        bool(media_steps or page_steps or feed_steps or deletes)
        or replace(after, generation=manifest.generation) != manifest
    )
    stages = Counter(episode.stage for episode in podcast.episodes)
    passages = tuple(find_passages(podcast, manifest))
    changes = tuple(_feed_changes(podcast, manifest))
    consequences = list(_consequences(podcast, manifest, passages=passages))
    if manifest.restored is not None and (media_steps or page_steps or feed_steps or deletes):
        consequences.append(_undone(manifest.restored))
    return Plan(
        media=media_steps,
        pages=page_steps,
        feeds=feed_steps,
        deletes=deletes,
        changes=changes,
        consequences=tuple(consequences),
        kept=len(wanted) - len(media_steps) - len(page_steps) - len(feed_steps),
        live=stages["listed"],
        waiting=stages["waiting"] + stages["early"],
        manifest=replace(after, log=_log(podcast, manifest, changes=changes)),
        writes=writes,
        passages=passages,
        unlisted=stages["unlisted"],
        withdrawn=stages["withdrawn"],
    )


def check_accepted(plan: Plan, accepted: Collection[str]) -> None:
    """Raise UnsafePlanError where a consequence was not accepted as `kind` or `kind:subject`."""
    open_ones = [
        one for one in plan.consequences if one.kind not in accepted and f"{one.kind}:{one.subject}" not in accepted
    ]
    if open_ones:
        lines = [f"{message}; to go on: --accept {name}" for message, name in told(open_ones)]
        raise UnsafePlanError("\n".join(lines))


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


# Steps


def _steps(
    artifacts: Iterable[Artifact],
    manifest: Manifest,
    *,
    sources: Mapping[str, str] | None = None,
    splices: Mapping[str, Splice] | None = None,
    unsettled: Collection[str] = (),
) -> Iterator[Step]:
    """What to write: all that the store does not hold yet, or of which it is not certain what it holds."""
    known = manifest.held
    joins = manifest.capabilities is None or manifest.capabilities.copy_ranges
    for artifact in artifacts:
        held = known.get(artifact.key)
        if held and held.sha256 == artifact.sha256 and artifact.key not in unsettled:
            continue
        source, splice = (sources or {}).get(artifact.key), (splices or {}).get(artifact.key)
        if splice and splice.is_worthwhile and joins:
            source = splice.key
        kind: StepKind = "compose" if source else "replace" if held or _was_there(artifact.key, manifest) else "create"
        yield Step(kind=kind, key=artifact.key, artifact=artifact, source=source, splice=splice)


def _was_there(key: str, manifest: Manifest) -> bool:
    """Whether there was an object, other than it is wanted, before a publish that was stopped."""
    begun = manifest.unsettled.get(key)
    return begun is not None and begun.former is not None


def _sources(podcast: Podcast, manifest: Manifest) -> dict[str, str]:
    """Where the audio of an episode already lies under another key: staged, in another tier, or put away."""
    sources, objects = {}, manifest.held
    for episode in podcast.episodes:
        known = manifest.episodes.get(episode.outline.guid)
        if known and known.enclosure != episode.enclosure and episode.artifacts:
            held = objects.get(known.enclosure)
            if held and held.sha256 == episode.artifacts[0].sha256:
                sources[episode.enclosure] = known.enclosure
        if known and known.teaser and episode.teaser and known.teaser.key != episode.teaser.artifact.key:
            held = objects.get(known.teaser.key)
            if held and held.sha256 == episode.teaser.artifact.sha256:
                sources[episode.teaser.artifact.key] = known.teaser.key
    return sources


def unsettled(manifest: Manifest) -> set[str]:
    """Documents of feeds whose last swap was not seen to end."""
    return {key for feed in manifest.feeds.values() if feed.signature is None for key in feed.keys}


def _deletes(podcast: Podcast, manifest: Manifest, *, wanted: Mapping[str, Artifact]) -> Iterator[Step]:
    """What an episode leaves behind that moves or is withdrawn; archive pages that a feed no longer has; pages that
    nothing needs; and what was doomed before."""
    left = {
        folder
        for episode in podcast.episodes
        if (known := manifest.episodes.get(episode.outline.guid))
        for folder in _left_behind(known, episode)
    } | {folder for episode in podcast.episodes for folder in _public_twin(episode)}
    doomed = {*manifest.doomed, *_former_pages(podcast, manifest), *_former_teasers(podcast, manifest)}
    for key in sorted({*manifest.objects, *manifest.unsettled}.difference(wanted)):
        if key in doomed or is_page(key) or key.rpartition("/")[0] in left:
            yield Step(kind="delete", key=key)


def _former_pages(podcast: Podcast, manifest: Manifest) -> Iterator[str]:
    for feed in podcast.feeds:
        old = manifest.feeds.get(feed.feed.name)
        yield from (old.pages if old else ())


def _former_teasers(podcast: Podcast, manifest: Manifest) -> Iterator[str]:
    """Trailers that nothing shows any more; those of what everybody may hear by now stay for who has their address."""
    for episode in podcast.episodes:
        known = manifest.episodes.get(episode.outline.guid)
        if known and known.teaser and (episode.enclosure.startswith(PRIVATE) or not episode.live):
            yield known.teaser.key


def _left_behind(known: EpisodeRecord, episode: BuiltEpisode) -> Iterator[str]:
    """The folders in which an episode needs nothing but what it has there now."""
    if known.stem != episode.stem or episode.stage == "early" or not episode.live:
        yield known.stem.rpartition("/")[0]
    if known.enclosure.startswith((STAGED, EARLY, WITHDRAWN)) and known.enclosure != episode.enclosure:
        yield known.enclosure.rpartition("/")[0]


def _public_twin(episode: BuiltEpisode) -> Iterator[str]:
    """Where a gated episode was public, though it may have had another guid then."""
    if episode.stem.startswith(PRIVATE):
        yield episode.stem.removeprefix(PRIVATE).rpartition("/")[0]


# The manifest afterwards


def _next_manifest(
    podcast: Podcast, manifest: Manifest, *, wanted: Mapping[str, Artifact], deleted: Collection[str]
) -> Manifest:
    objects = {key: record for key, record in manifest.objects.items() if key not in deleted}
    for key, artifact in wanted.items():
        held = manifest.objects.get(key)
        if not held or held.sha256 != artifact.sha256:
            objects[key] = ObjectRecord(artifact.size, artifact.sha256, "")
    here = {episode.outline.guid for episode in podcast.episodes}
    gone = {guid: replace(record, live=False) for guid, record in manifest.episodes.items() if guid not in here}
    return replace(
        manifest,
        generation=manifest.generation + 1,
        doomed=(),
        unsettled={},
        coming={},
        objects=objects,
        episodes=gone | {episode.outline.guid: _episode_record(episode) for episode in podcast.episodes},
        feeds={feed.feed.name: _feed_record(feed) for feed in podcast.feeds},
        retired={key: manifest.retired.get(key, podcast.moment) for key in objects if key not in wanted},
        restored=None,
    )


def _log(podcast: Podcast, manifest: Manifest, *, changes: Iterable[FeedChange]) -> tuple[Generation, ...]:
    """What is remembered of this publish and of those before it."""
    present = Generation(
        number=manifest.generation + 1,
        at=podcast.moment,
        whole=True,
        live=sum(episode.stage == "listed" for episode in podcast.episodes),
        waiting=sum(episode.stage in ("waiting", "early") for episode in podcast.episodes),
        feeds=news(changes),
    )
    return remembered(former_log(manifest), present, keep=podcast.keep)


def former_log(manifest: Manifest) -> tuple[Generation, ...]:
    """The log of a manifest, also where an older podwright kept none."""
    if manifest.log or not manifest.generation:
        return manifest.log
    live = sum(episode.live for episode in manifest.episodes.values())
    whole = not manifest.doomed and all(feed.signature for feed in manifest.feeds.values())
    return (Generation(number=manifest.generation, at=None, whole=whole, live=live, waiting=0),)


def _episode_record(episode: BuiltEpisode) -> EpisodeRecord:
    outline = episode.outline
    return EpisodeRecord(
        guid=outline.guid,
        slug=outline.slug,
        stem=episode.stem,
        title=outline.title,
        access=outline.access,
        published=outline.published,
        live=episode.live,
        enclosure=episode.enclosure,
        audio=episode.audio,
        parts=episode.parts,
        unlist=outline.unlist,
        withdraw=outline.withdraw,
        stage=episode.stage,
        teaser=TeaserRecord(episode.teaser.artifact.key, episode.teaser.audio) if episode.teaser else None,
    )


def _feed_record(feed: BuiltFeed) -> FeedRecord:
    return FeedRecord(
        name=feed.feed.name,
        key=feed.artifact.key,
        guid=feed.guid,
        access=feed.feed.select.access,
        signature=feed.signature,
        channel=feed.channel,
        items=feed.items,
        pages=tuple(page.key for page in feed.pages),
        teasers=feed.teasers,
    )


# What listeners notice


def _feed_changes(podcast: Podcast, manifest: Manifest) -> Iterator[FeedChange]:
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
    moved = ("address", "image") if known.stage == "early" and episode.stage != "early" else ()
    return tuple(part for part in PARTS if known.parts.get(part) != episode.parts.get(part) and part not in moved)


def _consequences(podcast: Podcast, manifest: Manifest, *, passages: Iterable[Passage]) -> Iterator[Consequence]:
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
        if before and before.stage != "waiting":
            yield from _sides(before, episode, feeds=left.get(episode.outline.guid, ()))


def _undone(generation: int) -> Consequence:
    message = f"the store was rolled back to generation {generation}; this publishes the workspace in its place"
    return Consequence(kind="rollback-undone", subject=f"{generation}", message=message)


def _moved(known: EpisodeRecord, episode: BuiltEpisode) -> bool:
    staged_before = known.enclosure.startswith(STAGED)
    return known.stem != episode.stem or (staged_before and known.enclosure != episode.enclosure)


def _taken_addresses(podcast: Podcast, manifest: Manifest) -> Iterator[Consequence]:
    """New episodes at the address of one that was withdrawn, and whose file is gone as well."""
    here = {episode.outline.guid for episode in podcast.episodes}
    withdrawn = {
        record.stem: record
        for guid, record in manifest.episodes.items()
        if record.stage == "withdrawn" and guid not in here
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
    slug, tier = episode.outline.slug, episode.outline.access
    was_private, is_private = known.stem.startswith(PRIVATE), episode.stem.startswith(PRIVATE)
    if was_private and not is_private:
        yield Consequence(
            kind="made-public",
            subject=slug,
            message=f"{slug}: this makes a {known.access} episode public",
            together=f"this makes {{}} {known.access} episodes public",
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
