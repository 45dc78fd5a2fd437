"""The whole podcast at a moment: every episode and feed, building only what changed since it was last built.

Each episode takes the same way: it is decided where it stands, its files are looked at, it is rendered; then lists,
feeds and the search are made of all.
"""

from __future__ import annotations

import hashlib
import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from podwright.building.cache import Cache, CachedEpisode, is_believed
from podwright.building.decide import EpisodeContext, decide, digest, has_audio
from podwright.building.examine import (
    EpisodeResult,
    EpisodeTask,
    build_episode,
    pictures_wanted,
    prepare_episode,
    read_episode,
)
from podwright.building.feeds import FeedPictures, build_feed, build_opml
from podwright.building.frame import Frame, build_frame
from podwright.building.lists import Made, build_catalogue, make_lists, section_folders
from podwright.building.pictures import Pictures
from podwright.building.pool import CHUNK, DECODED, Pool
from podwright.building.recordings import StoredAudio
from podwright.building.records import (
    artifact_values,
    decode_episode,
    decode_outline,
    encode_episode,
    encode_outline,
    facts_values,
    parse_artifact,
)
from podwright.building.search import make_search
from podwright.building.select import at_moment, carries, feed_episodes, next_change, stage_of
from podwright.building.spool import Spool, load_body, spooled, spooled_body
from podwright.building.types import BuiltEpisode, BuiltFeed, BuiltSite, HeldBack, Podcast, PutAway, Rendered
from podwright.core.artifact import Artifact, Body
from podwright.core.errors import WorkspaceError
from podwright.core.finding import Finding
from podwright.core.model import Episode, Outline, Show, Stage
from podwright.core.names import (
    artwork_stem,
    cache_control,
    download_name,
    feed_side,
    parse,
    place_of,
    side_of,
    staged_stem,
    tier_side,
)
from podwright.stores.ledger.manifest import EpisodeRecord, Manifest, ObjectRecord
from podwright.workspace.load import check_outlines, excused, is_excused
from podwright.workspace.scan import EpisodeFolder, Scan, file_kind

#: Seconds that one process takes to build an episode, and bytes of new audio whose frames it goes along in one, about.
_SECONDS = 0.02
_WALKED = 300 << 20
#: Bytes of a file that keeps a process busy by itself.
_LONG = 4 << 20
#: Episodes whose pictures are looked at together.
_GROUP = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildInput:
    """Everything that a podcast is built of, and where results of earlier runs lie and those of this one go."""

    scan: Scan
    show: Show
    now: datetime
    manifest: Manifest
    cache: Cache
    spool: Spool
    #: A folder of this run alone.
    build_dir: Path
    #: The file system's time when the scan began, in ns.
    clock: int
    #: Called with the bytes of the files of each episode that is done.
    advance: Callable[[int], None]
    #: A folder that outlives the run for covers; None makes them anew in each run.
    cover_dir: Path | None = None
    #: The place of published audio; None where that cannot be read in parts.
    stored_audio: StoredAudio | None = None
    #: At most so many processes build; None: one a core.
    jobs: int | None = None
    #: Builds instead of processes of its own.
    executor: Executor | None = None
    #: Whether drafts are built as well, as if they were none.
    with_drafts: bool = False


@dataclass(slots=True, kw_only=True)
class _Build:
    """The state of one build."""

    source: BuildInput
    pool: Pool
    pictures: Pictures
    frame: Frame | None
    #: Folders of sections' lists by name.
    sections: Mapping[str, str]
    signatures: Mapping[str, str]
    #: By folder.
    outlines: dict[str, Outline]
    #: Episodes that were read for their outlines, packed, by folder.
    packed: dict[str, Body]
    problems: list[Finding]
    #: Those of the workspace that are not built.
    held_back: tuple[HeldBack, ...]
    #: By guid.
    built: dict[str, BuiltEpisode] = field(default_factory=dict)
    #: RSS items and words to search of episodes that were built now, by folder.
    items: dict[str, Body] = field(default_factory=dict)
    words: dict[str, Body] = field(default_factory=dict)


def build_podcast(source: BuildInput) -> Podcast:
    """Return everything that the store shall hold at a moment.

    Raises WorkspaceError with all problems of all episodes, those of their audio too; nothing has been written then.
    """
    # What a stopped publish began to delete is as good as gone.
    source = replace(source, manifest=replace(source.manifest, objects=source.manifest.held))
    show, now = source.show, source.now
    with Pool(source.jobs, executor=source.executor) as pool, Spool(source.build_dir) as spool:
        build = _begin(source, pool, spool)
        source = build.source
        stale = _believe(build)
        for folder, basis, result in _build(build, stale):
            _keep(build, folder, result, basis=basis, spool=spool)
        _refuse(build.problems)
        built = build.built
        ordered = (build.outlines[folder.folder] for folder in source.scan.episodes)
        episodes = {outline.guid: built[outline.guid] for outline in ordered if outline.guid in built}
        feeds = tuple(_feeds(build, episodes))
        return Podcast(
            episodes=tuple(episodes.values()),
            feeds=feeds,
            lists=build_opml(feeds, show),
            site=_site(build, episodes),
            # When an episode without audio is due is told as well.
            horizon=next_change(
                (*build.outlines.values(), *(one.outline for one in build.held_back if one.why == "no audio")),
                show.feeds,
                now,
            ),
            problems=tuple(build.problems),
            moment=now,
            keep=show.keep,
            public_url=show.storage.public_url,
            held_back=build.held_back,
            put_away=tuple(_put_away(source, build.held_back)),
        )


def _put_away(source: BuildInput, held_back: Iterable[HeldBack]) -> Iterator[PutAway]:
    """Yield the drafts that were published, with their audio where nobody finds it until they are published again."""
    for held in held_back:
        record = source.manifest.episodes.get(held.outline.guid)
        if held.why != "draft" or record is None or record.stage == Stage.WITHDRAWN:
            continue
        key, stored = record.enclosure, source.manifest.objects.get(record.enclosure)
        if side_of(key) == "public" or place_of(key) == "early":
            key = staged_stem(held.outline.slug) + PurePosixPath(key).suffix
        record = replace(record, live=False, enclosure=key if stored else record.enclosure)
        yield PutAway(record, _stored_audio(record, stored, show=source.show) if stored else None)


def _stored_audio(record: EpisodeRecord, stored: ObjectRecord, *, show: Show) -> Artifact:
    """Return audio that the store has elsewhere by now as the object that a record names."""
    name = parse(record.enclosure)
    return Artifact(
        key=record.enclosure,
        media_type=name.media_type if name else "application/octet-stream",
        cache_control=cache_control("audio", "private"),
        side="private",
        size=stored.size,
        sha256=stored.sha256,
        body=None,
        filename=download_name(show.title, record.title) + PurePosixPath(record.enclosure).suffix,
    )


def _refuse(problems: Iterable[Finding]) -> None:
    errors = [problem for problem in problems if problem.level == "error"]
    if errors:
        raise WorkspaceError(errors)


# Read and decide


def _begin(source: BuildInput, pool: Pool, spool: Spool) -> _Build:
    """Read every outline: of episodes that changed from their files.

    What cannot be read is left out, so that the problems of all others are found as well; it is refused in the end.
    """
    signatures = dict(_signatures(source))
    outlines: dict[str, Outline] = {}
    problems = list(source.scan.problems)
    drafts: set[str] = set()
    for name, signature, outline in source.cache.outlines():
        if signatures.get(name) == signature:
            outlines[name] = decode_outline(outline)
    changed = [folder for folder in source.scan.episodes if folder.folder not in outlines]
    pool.expect(sum(_seconds(folder, source.show) for folder in changed))
    read = pool.map(read_episode, ((folder, source.show) for folder in changed))
    packed: dict[str, Body] = {}
    for folder, episode in zip(changed, read, strict=True):
        if isinstance(episode, Episode):
            outlines[folder.folder] = episode.outline
            packed[folder.folder] = spool.body(pickle.dumps(episode))
        else:
            problems += episode
            drafts |= {folder.folder} if is_excused(episode) else set()
    outlines = {folder.folder: outlines[folder.folder] for folder in source.scan.episodes if folder.folder in outlines}
    drafts |= {name for name, outline in outlines.items() if outline.draft}
    problems = list(excused([*problems, *check_outlines(tuple(outlines.values()), source.show)], drafts))
    if source.with_drafts:
        outlines = {name: replace(outline, draft=False) for name, outline in outlines.items()}
    held_back = tuple(_hold_back(source, outlines))
    problems += [_no_audio(one.outline, None, now=source.now) for one in held_back if one.why == "no audio"]
    for one in held_back:
        del outlines[one.outline.folder]
    source = replace(
        source, scan=replace(source.scan, episodes=tuple(one for one in source.scan.episodes if one.folder in outlines))
    )
    pictures = Pictures(
        source.show.root,
        source.cache,
        source.clock,
        held=source.manifest.objects,
        build_dir=source.build_dir / "pictures",
        cover_dir=source.cover_dir,
    )
    return _Build(
        source=source,
        pool=pool,
        pictures=pictures,
        frame=build_frame(source.show, pictures),
        sections=section_folders(outlines.values()),
        signatures=signatures,
        outlines=outlines,
        packed=packed,
        problems=problems,
        held_back=held_back,
    )


def _hold_back(source: BuildInput, outlines: Mapping[str, Outline]) -> Iterator[HeldBack]:
    """Yield the drafts, and episodes that have no audio here and never had any in the store; count their bytes."""
    for folder in source.scan.episodes:
        outline = outlines.get(folder.folder)
        if outline is None or has_audio(folder):
            missing = False
        else:
            missing = outline.guid not in source.manifest.episodes and stage_of(outline, source.now) != Stage.WITHDRAWN
        if outline and (outline.draft or missing):
            yield HeldBack(outline, "draft" if outline.draft else "no audio")
        if outline is None or outline.draft or missing:
            source.advance(sum(file.size for file in folder.files))


def _seconds(folder: EpisodeFolder, show: Show) -> float:
    """Return about how long one process takes to build an episode whose audio is new."""
    audio = sum(file.size for file in folder.files if file_kind(file.path.rpartition("/")[2]) == "audio")
    return _SECONDS + audio / (DECODED if show.audio.verify == "decode" else _WALKED)


def _signatures(source: BuildInput) -> Iterator[tuple[str, str]]:
    """Yield by folder a digest of an episode's own files and of what it inherits."""
    settings = digest(replace(source.show, feeds=(), seasons=()))
    seasons = {season.slug: digest(settings, season) for season in source.show.seasons}
    for folder in source.scan.episodes:
        inherited = seasons.get(folder.season, settings) if folder.season else settings
        files = "".join(f"{file.path}\0{file.size}\0{file.stamp}\n" for file in folder.files)
        yield folder.folder, hashlib.sha256((inherited + files).encode()).hexdigest()[:32]


def _contexts(build: _Build, folders: Iterable[EpisodeFolder]) -> Iterator[EpisodeContext]:
    frame = build.frame
    if frame:
        # Pages name files, and need not have them; views of mappings do not travel to other processes.
        assets = {name: replace(asset, data=b"") for name, asset in frame.theme.assets.items()}
        theme = replace(frame.theme, assets=assets, words=dict(frame.theme.words))
        frame = replace(frame, files=(), theme=theme)
    source = build.source
    return decide(
        folders,
        build.outlines,
        show=source.show,
        now=source.now,
        manifest=source.manifest,
        frame=frame,
        sections=build.sections,
        load_stamp=build.pictures.stamp,
    )


def _believe(build: _Build) -> list[EpisodeFolder]:
    """Take the episodes that are as they were built before; return the folders of the others."""
    stale: list[EpisodeFolder] = []
    stems: dict[str, tuple[EpisodeFolder, EpisodeRecord | None]] = {}
    folders = build.source.scan.episodes
    for folder, context in zip(folders, _contexts(build, folders), strict=True):
        other, record = stems.setdefault(context.stem, (folder, context.record))
        # Two folders of one name were told when they were found.
        if other is not folder and other.slug != folder.slug:
            build.problems.append(_same_stem((folder, context.record), (other, record)))
        if not (context.stage == Stage.WITHDRAWN or context.stored or has_audio(folder)):
            outline = build.outlines[folder.folder]
            build.problems.append(_no_audio(outline, context.record, now=build.source.now))
        elif episode := _believed(build, folder, context):
            build.built[episode.outline.guid] = episode
        else:
            stale.append(folder)
            continue
        build.source.advance(sum(file.size for file in folder.files))
    return stale


def _believed(build: _Build, folder: EpisodeFolder, context: EpisodeContext) -> BuiltEpisode | None:
    """Return the cached episode, if nothing it came from changed and the store still has all of its objects."""
    signature = build.signatures[folder.folder]
    row = build.source.cache.built(folder.folder, signature=signature, basis=context.basis)
    episode = decode_episode(row) if row else None
    return episode if episode and _held((*episode.artifacts, *episode.pages), build.source.manifest) else None


def _held(artifacts: Iterable[Artifact], manifest: Manifest) -> bool:
    """Return whether the store has just these objects."""
    objects = manifest.objects
    return all(
        (record := objects.get(artifact.key)) is not None and record.sha256 == artifact.sha256 for artifact in artifacts
    )


def _no_audio(outline: Outline, record: EpisodeRecord | None, *, now: datetime) -> Finding:
    """Return that an episode cannot be published.

    That is an error of one that was: what was promised is not to vanish. All else goes on without it.
    """
    live = stage_of(outline, now).is_live
    if record is None:
        why = "none was published before, so it is not published"
    elif record.stage == Stage.WITHDRAWN:
        why = "its published audio was deleted when it was withdrawn"
    else:
        why = f"the store has {record.enclosure} no more, or with other bytes"
    return Finding(
        f"{outline.folder}/episode.md",
        f"no audio here, and {why}; put one MP3 or M4A file into the folder{'' if live else ' before it is due'}",
        level="error" if live and record else "warning",
    )


def _same_stem(
    one: tuple[EpisodeFolder, EpisodeRecord | None], other: tuple[EpisodeFolder, EpisodeRecord | None]
) -> Finding:
    """Return that two episodes have one address: one of them kept it when its folder was renamed."""
    (new, _), (old, _) = (one, other) if one[1] is None else (other, one)
    message = f"its address was given to {old.folder}, and stays with it; rename this folder"
    return Finding(f"{new.folder}/episode.md", message)


# Examine and render


def _build(build: _Build, stale: list[EpisodeFolder]) -> Iterator[tuple[EpisodeFolder, str, EpisodeResult]]:
    """Yield the episodes that must be built, in order, each with its basis; only a few are in memory at once."""
    build.pool.expect(_SECONDS * len(stale))
    long = any(file.size > _LONG for folder in stale for file in folder.files)
    underway: deque[tuple[EpisodeFolder, str]] = deque()
    for result in build.pool.map(build_episode, _tasks(build, stale, underway), chunk=1 if long else CHUNK):
        yield *underway.popleft(), result


def _tasks(
    build: _Build, stale: list[EpisodeFolder], underway: deque[tuple[EpisodeFolder, str]]
) -> Iterator[EpisodeTask]:
    """Yield what building each episode takes, and put its folder and basis into `underway`."""
    source = build.source
    rest = zip(stale, _contexts(build, stale), _episodes(build, stale), strict=True)
    while group := list(islice(rest, _GROUP)):
        wanted = (pictures_wanted(episode, context) for _, context, episode in group if isinstance(episode, Episode))
        build.pictures.prepare(wanted, build.pool)
        for folder, context, episode in group:
            if not isinstance(episode, Episode):
                build.problems += episode
                continue
            try:
                task = prepare_episode(
                    episode,
                    context,
                    folder=folder,
                    now=source.now,
                    pictures=build.pictures,
                    cache=source.cache,
                    objects=source.manifest.objects,
                    stored_audio=source.stored_audio,
                    build_dir=source.build_dir,
                )
            except WorkspaceError as error:
                build.problems += error.problems
                continue
            underway.append((folder, context.basis))
            yield task


def _episodes(build: _Build, stale: list[EpisodeFolder]) -> Iterator[Episode | tuple[Finding, ...]]:
    """Yield each episode, read now unless it already was."""
    unread = [folder for folder in stale if folder.folder not in build.packed]
    read = build.pool.map(read_episode, ((folder, build.source.show) for folder in unread))
    for folder in stale:
        packed = build.packed.pop(folder.folder, None)
        episode = next(read) if packed is None else pickle.loads(load_body(packed))  # noqa: S301 - written by this run
        if build.source.with_drafts and isinstance(episode, Episode):
            episode = replace(episode, outline=replace(episode.outline, draft=False))
        yield episode


def _keep(build: _Build, folder: EpisodeFolder, result: EpisodeResult, *, basis: str, spool: Spool) -> None:
    """Take an episode that was built, and remember it where none of its files can change unseen."""
    source = build.source
    source.advance(sum(file.size for file in folder.files))
    for file in folder.files:
        if file.path in result.facts and is_believed(file.stamp, clock=source.clock):
            facts, decoded = result.facts[file.path]
            value = facts_values(facts, decoded=decoded)
            source.cache.set_fact("audio", file.path, size=file.size, stamp=file.stamp, value=value)
    build.problems += result.problems
    if (rendered := result.rendered) is None:
        return
    episode = rendered.episode
    build.built[episode.outline.guid] = _spooled(rendered, source.spool)
    build.items[folder.folder] = spool.body(rendered.item)
    build.words[folder.folder] = spool.body(rendered.words)
    if all(is_believed(file.stamp, clock=source.clock) for file in folder.files):
        row = CachedEpisode(
            build.signatures[folder.folder], basis, encode_outline(episode.outline), encode_episode(episode)
        )
        source.cache.set_episode(folder.folder, row, item=rendered.item, words=rendered.words)


def _spooled(rendered: Rendered, spool: Spool) -> BuiltEpisode:
    episode = rendered.episode
    teaser, splice = episode.teaser, episode.splice
    artifacts = tuple(spooled(artifact, spool) for artifact in episode.artifacts)
    return replace(
        episode,
        artifacts=artifacts,
        pages=tuple(spooled(page, spool) for page in episode.pages),
        splice=splice and replace(splice, front=spooled_body(splice.front, spool)),
        # Its trailer comes last.
        teaser=teaser and replace(teaser, artifact=artifacts[-1]),
    )


# Index


def _feeds(build: _Build, episodes: Mapping[str, BuiltEpisode]) -> Iterator[BuiltFeed]:
    source, show, pictures = build.source, build.source.show, build.pictures
    outlines = [episode.outline for episode in episodes.values()]
    teasers = {guid for guid, episode in episodes.items() if episode.teaser}

    def load_item(guid: str) -> bytes:
        folder = episodes[guid].outline.folder
        return load_body(build.items[folder]) if folder in build.items else source.cache.item(folder)

    for feed in show.feeds:
        shown = feed_episodes(feed, outlines, now=source.now, teasers=teasers)
        shared = feed.image == show.image
        side = "public" if shared else feed_side(feed, show)
        stem = artwork_stem("show" if shared else feed.name, side)
        yield build_feed(
            at_moment(feed, source.now),
            [episodes[outline.guid] for outline in shown],
            teased={outline.guid for outline in shown if not carries(feed, outline, source.now)},
            show=show,
            manifest=source.manifest,
            load_item=load_item,
            pictures=FeedPictures(
                artwork=pictures.artwork(feed.image, stem, side=side),
                others=tuple(pictures.further(feed.tags.images, artwork_stem(feed.name, side), side=side)),
            ),
            spool=source.spool,
        )


def _site(build: _Build, episodes: Mapping[str, BuiltEpisode]) -> BuiltSite:
    """Return all pages but the episodes' own. Of what did not change only the digests are known."""
    source, frame = build.source, build.frame
    if frame is None:
        return BuiltSite()
    listed = [episode for episode in episodes.values() if episode.stage == Stage.LISTED]
    shown = [episode for episode in listed if tier_side(episode.outline.tier, source.show) == "public"]

    def load_words(outline: Outline) -> bytes:
        folder = outline.folder
        return load_body(build.words[folder]) if folder in build.words else source.cache.words(folder)

    catalogue = build_catalogue(frame, shown, show=source.show, folders=build.sections, now=source.now)
    known = source.cache.all_made()
    site = (*make_lists(catalogue), *make_search(catalogue, load_words=load_words))
    pages = [page for made in site for page in _made(made, known.get(made.name), source)]
    return BuiltSite(pages=tuple(pages), files=frame.files)


def _made(made: Made, known: tuple[str, Any] | None, source: BuildInput) -> tuple[Artifact, ...]:
    """Return objects that follow from several episodes: as the store holds them, or made now."""
    if known and known[0] == made.signature:
        artifacts = tuple(map(parse_artifact, known[1]))
        if _held(artifacts, source.manifest):
            return artifacts
    artifacts = made.build()
    source.cache.set_made(made.name, made.signature, list(map(artifact_values, artifacts)))
    return tuple(spooled(artifact, source.spool) for artifact in artifacts)
