"""The whole podcast at a moment: every episode and feed, building only what changed since it was last built."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from podwright.building.cache import CachedEpisode, is_believed
from podwright.building.feed import FeedLooks, build_feed, build_opml
from podwright.building.lists import Made, build_catalogue, make_lists
from podwright.building.placed import build_placed
from podwright.building.plot import Bench, Place, Plot, digest, has_audio
from podwright.building.rows import (
    artifact_row,
    parse_artifact,
    parse_episode,
    parse_outline,
    render_episode,
    render_outline,
)
from podwright.building.search import make_search
from podwright.building.select import carries, feed_episodes, next_change
from podwright.building.spool import spooled
from podwright.building.types import BuiltEpisode, BuiltFeed, BuiltSite, Podcast, Rendered
from podwright.core.artifact import Artifact
from podwright.core.errors import WorkspaceError
from podwright.core.finding import Finding
from podwright.core.model import Episode, Outline, Stage
from podwright.core.names import artwork_stem, feed_side, tier_side
from podwright.workspace.load import check_outlines, load_episode

#: So many episodes stay in memory between being read and being built; of a larger catalogue the others are read twice.
KEEP = 256


def build_podcast(bench: Bench) -> Podcast:
    """Everything the store shall hold at bench.now.

    Raises WorkspaceError with all problems of all episodes; nothing has been written then.
    """
    # What a stopped publish began to delete is as good as gone.
    bench = replace(bench, manifest=replace(bench.manifest, objects=bench.manifest.held))
    cached = bench.cache.episodes()
    signatures = dict(_signatures(bench))
    outlines, loaded, problems = _outlines(bench, cached=cached, signatures=signatures)
    problems += check_outlines(tuple(outlines.values()), bench.show)
    _refuse(problems)
    plot = Plot(bench, outlines)
    built: dict[str, BuiltEpisode] = {}
    stems: dict[str, Place] = {}
    fresh: dict[str, Rendered] = {}
    for folder in bench.scan.episodes:
        place = plot.place(folder)
        other = stems.setdefault(place.around.stem, place)
        if other is not place:
            problems.append(_same_stem(place, other))
        if not _can_be_published(place):
            problems.append(_no_audio(place))
            continue
        row = cached.get(folder.folder)
        episode = _believed(place, row, signature=signatures[folder.folder])
        try:
            if episode is None:
                rendered = build_placed(place, loaded.pop(folder.folder, None))
                episode = rendered.episode
                fresh[episode.outline.guid] = rendered
                _remember(place, rendered, signature=signatures[folder.folder])
            built[episode.outline.guid] = episode
        except WorkspaceError as error:
            problems += error.problems
        bench.advance(sum(file.size for file in folder.files))
    _refuse(problems)
    feeds = tuple(_feeds(plot, built, fresh=fresh))
    return Podcast(
        episodes=tuple(built.values()),
        feeds=feeds,
        lists=build_opml(feeds, bench.show),
        site=_site(plot, built, fresh=fresh),
        horizon=next_change(outlines.values(), bench.now),
        problems=tuple(problems),
        moment=bench.now,
        keep=bench.show.keep,
    )


def _refuse(problems: Iterable[Finding]) -> None:
    errors = [problem for problem in problems if problem.level == "error"]
    if errors:
        raise WorkspaceError(errors)


def _signatures(bench: Bench) -> Iterator[tuple[str, str]]:
    """By folder, a digest of an episode's own files and of what it inherits."""
    settings = digest(replace(bench.show, feeds=(), seasons=()))
    seasons = {season.slug: digest(settings, season) for season in bench.show.seasons}
    for folder in bench.scan.episodes:
        inherited = seasons.get(folder.season, settings) if folder.season else settings
        files = "".join(f"{file.path}\0{file.size}\0{file.stamp}\n" for file in folder.files)
        yield folder.folder, hashlib.sha256((inherited + files).encode()).hexdigest()[:32]


def _outlines(
    bench: Bench, *, cached: Mapping[str, CachedEpisode], signatures: Mapping[str, str]
) -> tuple[dict[str, Outline], dict[str, Episode], list[Finding]]:
    """Every episode's outline by folder; the first KEEP episodes that had to be read; and what was wrong."""
    outlines: dict[str, Outline] = {}
    loaded: dict[str, Episode] = {}
    problems: list[Finding] = list(bench.scan.problems)
    for folder in bench.scan.episodes:
        known = cached.get(folder.folder)
        if known and known.signature == signatures[folder.folder]:
            outlines[folder.folder] = parse_outline(known.outline)
            continue
        try:
            episode = load_episode(folder, bench.show)
        except WorkspaceError as error:
            problems += error.problems
            continue
        outlines[folder.folder] = episode.outline
        if len(loaded) < KEEP:
            loaded[folder.folder] = episode
    return outlines, loaded, problems


def _can_be_published(place: Place) -> bool:
    """Whether all that an episode needs is here or in the store; one that is withdrawn needs no audio."""
    return place.around.stage == Stage.WITHDRAWN or place.around.stored is not None or has_audio(place.folder)


def _no_audio(place: Place) -> Finding:
    """An episode that cannot be published; while it is not due that is only to be told."""
    when = "" if place.around.live else " before it is due"
    known = place.around.known
    if known is None:
        why = "none was published before"
    elif known.stage == Stage.WITHDRAWN:
        why = "its published audio was deleted when it was withdrawn"
    else:
        why = f"the store has {known.enclosure} no more, or with other bytes"
    return Finding(
        f"{place.folder.folder}/episode.md",
        f"no audio here, and {why}; put one MP3 or M4A file into the folder{when}",
        level="error" if place.around.live else "warning",
    )


def _same_stem(place: Place, other: Place) -> Finding:
    """Two episodes of one address: one of them kept it when its folder was renamed."""
    new, old = (place, other) if place.around.known is None else (other, place)
    message = f"its address was given to {old.folder.folder}, and stays with it; rename this folder"
    return Finding(f"{new.folder.folder}/episode.md", message)


def _believed(place: Place, row: CachedEpisode | None, *, signature: str) -> BuiltEpisode | None:
    """The cached episode, if nothing it came from changed and the store still has every one of its objects."""
    if row is None or row.signature != signature or row.basis != place.basis:
        return None
    episode = parse_episode(row.built, place.outline)
    objects = place.bench.manifest.objects
    wanted = (*episode.artifacts, *episode.pages)
    held = [objects.get(artifact.key) for artifact in wanted]
    same = all(one and one.sha256 == artifact.sha256 for one, artifact in zip(held, wanted, strict=True))
    return episode if same else None


def _remember(place: Place, rendered: Rendered, *, signature: str) -> None:
    bench, episode = place.bench, rendered.episode
    if all(is_believed(file.stamp, clock=bench.clock) for file in place.folder.files):
        row = CachedEpisode(signature, place.basis, render_outline(episode.outline), render_episode(episode))
        bench.cache.set_episode(place.folder.folder, row, item=rendered.item, words=rendered.words)


def _feeds(plot: Plot, built: Mapping[str, BuiltEpisode], *, fresh: Mapping[str, Rendered]) -> Iterator[BuiltFeed]:
    bench, show = plot.bench, plot.bench.show
    outlines = [episode.outline for episode in built.values()]
    teasers = {guid for guid, episode in built.items() if episode.teaser}

    @functools.cache
    def load_items() -> Mapping[str, bytes]:
        guids = {episode.outline.folder: guid for guid, episode in built.items()}
        old = {guids[folder]: item for folder, item in bench.cache.items() if folder in guids}
        return {**old, **{guid: rendered.item for guid, rendered in fresh.items()}}

    for feed in show.feeds:
        found = feed_episodes(feed, outlines, now=bench.now, teasers=teasers)
        shown = [built[outline.guid] for outline in found]
        teased = {outline.guid for outline in found if not carries(feed, outline, bench.now)}
        shared = feed.image == show.image
        side = "public" if shared else feed_side(feed, show)
        stem = artwork_stem("show" if shared else feed.name, side)
        looks = FeedLooks(
            artwork=plot.pictures.artwork(feed.image, stem, side=side),
            others=tuple(plot.pictures.further(feed.tags.images, artwork_stem(feed.name, side), side=side)),
        )
        yield build_feed(
            feed, shown, teased=teased, show=show, manifest=bench.manifest, load_items=load_items, looks=looks
        )


def _site(plot: Plot, built: Mapping[str, BuiltEpisode], *, fresh: Mapping[str, Rendered]) -> BuiltSite:
    """All pages but the episodes' own. Of what did not change only the digests are known."""
    frame, bench = plot.frame, plot.bench
    if frame is None:
        return BuiltSite()
    listed = [one for one in built.values() if one.stage == Stage.LISTED]
    shown = [one for one in listed if tier_side(one.outline.tier, bench.show) == "public"]

    def load_words(outline: Outline) -> bytes:
        rendered = fresh.get(outline.guid)
        return rendered.words if rendered else bench.cache.words(outline.folder)

    catalogue = build_catalogue(frame, shown, show=bench.show, folders=plot.sections, now=bench.now)
    known = bench.cache.all_made()
    site = (*make_lists(catalogue), *make_search(catalogue, load_words=load_words))
    pages = [one for made in site for one in _made(made, known.get(made.name), bench)]
    return BuiltSite(pages=tuple(pages), files=frame.files)


def _made(made: Made, known: tuple[str, Any] | None, bench: Bench) -> tuple[Artifact, ...]:
    """Objects that follow from several episodes: as the store holds them, or made now."""
    if known and known[0] == made.signature:
        artifacts = tuple(map(parse_artifact, known[1]))
        held = (bench.manifest.objects.get(artifact.key) for artifact in artifacts)
        if all(one and one.sha256 == artifact.sha256 for one, artifact in zip(held, artifacts, strict=True)):
            return artifacts
    artifacts = made.build()
    bench.cache.set_made(made.name, made.signature, list(map(artifact_row, artifacts)))
    return tuple(spooled(artifact, bench.spool) for artifact in artifacts)
