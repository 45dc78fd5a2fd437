"""The whole podcast at a moment: every episode and feed, building only what changed since it was last built."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.artifact import Access, Artifact
from pipeline.assembly.episode import build_episode
from pipeline.assembly.feed import FeedLooks, build_feed, build_opml
from pipeline.assembly.frame import build_frame
from pipeline.assembly.images import SizedPicture, TagPicture
from pipeline.assembly.keys import (
    PRIVATE,
    artwork_stem,
    early_stem,
    feed_access,
    feed_key,
    page_key,
    public_url,
    stem_of,
    tier_access,
)
from pipeline.assembly.lists import Made, list_key, make_lists, season_folder, section_folders
from pipeline.assembly.pages import Standing
from pipeline.assembly.pictures import Pictures
from pipeline.assembly.retag import Shelf
from pipeline.assembly.rows import (
    artifact_row,
    facts_row,
    parse_artifact,
    parse_episode,
    parse_facts,
    parse_outline,
    render_episode,
    render_outline,
)
from pipeline.assembly.search import make_search
from pipeline.assembly.select import (
    carries,
    education_day,
    feed_episodes,
    is_listed,
    neighbours,
    next_change,
    season_contents,
    season_listing,
    stage_of,
)
from pipeline.assembly.surroundings import Surroundings
from pipeline.assembly.teaser import build_teaser, stored_teaser, teaser_place, with_teaser
from pipeline.assembly.types import BuiltEpisode, BuiltFeed, BuiltSite, BuiltTeaser, Podcast, Rendered
from pipeline.assembly.withdrawn import build_withdrawn
from pipeline.audio import AudioFacts, check_decodes, load_facts
from pipeline.cache import Cache, CachedEpisode, is_believed
from pipeline.education import find_lacks
from pipeline.errors import AudioError, FormatError, Problem, WorkspaceError
from pipeline.manifest import AudioRecord, EpisodeRecord, Manifest, ObjectRecord
from pipeline.model import Episode, Feed, Outline, Show, selects
from pipeline.site import Row
from pipeline.spool import Spool, spooled
from pipeline.tags import Image
from pipeline.workspace.load import check_outlines, load_episode
from pipeline.workspace.scan import EpisodeFolder, Scan, file_kind

#: So many episodes stay in memory between being read and being built; of a larger catalogue the others are read twice.
KEEP = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What building works with: the workspace as scanned, the moment, what the store has, and room for leftovers.

    clock: the file system's time when the scan began, in ns. cover_dir: where covers are kept from run to run.
    advance: called with the bytes of each episode done. shelf: where published audio is; None where none is.
    """

    scan: Scan
    show: Show
    now: datetime
    manifest: Manifest
    cache: Cache
    spool: Spool
    build_dir: Path
    clock: int
    advance: Callable[[int], None]
    cover_dir: Path | None = None
    shelf: Shelf | None = None


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
    plot = _Plot(bench, outlines)
    built: dict[str, BuiltEpisode] = {}
    stems: dict[str, _Place] = {}
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
                rendered = _build(place, loaded.pop(folder.folder, None))
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


def _refuse(problems: Iterable[Problem]) -> None:
    errors = [problem for problem in problems if problem.level == "error"]
    if errors:
        raise WorkspaceError(errors)


def _digest(*values: object) -> str:
    return hashlib.sha256(repr(values).encode()).hexdigest()[:32]


def _signatures(bench: Bench) -> Iterator[tuple[str, str]]:
    """By folder, a digest of an episode's own files and of what it inherits."""
    settings = _digest(replace(bench.show, feeds=(), seasons=()))
    seasons = {season.slug: _digest(settings, season) for season in bench.show.seasons}
    for folder in bench.scan.episodes:
        inherited = seasons.get(folder.season, settings) if folder.season else settings
        files = "".join(f"{file.path}\0{file.size}\0{file.stamp}\n" for file in folder.files)
        yield folder.folder, hashlib.sha256((inherited + files).encode()).hexdigest()[:32]


def _outlines(
    bench: Bench, *, cached: Mapping[str, CachedEpisode], signatures: Mapping[str, str]
) -> tuple[dict[str, Outline], dict[str, Episode], list[Problem]]:
    """Every episode's outline by folder; the first KEEP episodes that had to be read; and what was wrong."""
    outlines: dict[str, Outline] = {}
    loaded: dict[str, Episode] = {}
    problems: list[Problem] = list(bench.scan.problems)
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


def _unsaid(episode: Episode, bench: Bench) -> Iterator[Problem]:
    """What an episode that gives education credit does not tell its learners.

    An episode that was built before said all of it then, and loses nothing of it by the clock.
    """
    day = education_day(episode.outline, bench.show, now=bench.now)
    for message in find_lacks(episode, day) if day else ():
        yield Problem(f"{episode.outline.folder}/episode.md", message)


@dataclass(frozen=True, slots=True)
class _Place:
    """One episode in its surroundings; basis digests all that its objects depend on besides its own files."""

    bench: Bench
    folder: EpisodeFolder
    outline: Outline
    around: Surroundings
    basis: str
    pictures: Pictures


class _Plot:
    """Where each episode stands among the others: its season, that season's contents, its feed."""

    def __init__(self, bench: Bench, outlines: Mapping[str, Outline]) -> None:
        self.bench = bench
        self.pictures = Pictures(
            bench.show.root,
            bench.cache,
            bench.clock,
            held=bench.manifest.objects,
            build_dir=bench.build_dir / "pictures",
            cover_dir=bench.cover_dir,
        )
        self.frame = build_frame(bench.show, self.pictures)
        self.sections = section_folders(outlines.values())
        self._outlines = outlines
        self._seasons = {season.slug: season for season in bench.show.seasons}
        self._mates: dict[str | None, list[Outline]] = {}
        self._listings: dict[tuple[str, str], tuple[Outline, ...]] = {}
        self._orders: dict[tuple[str | None, str], dict[str, tuple[Outline | None, Outline | None]]] = {}
        #: Sections and seasons (None: no season) that have a list among the pages.
        self._lists: set[tuple[str, str | None]] = set()
        for outline in outlines.values():
            self._mates.setdefault(outline.season, []).append(outline)
            if is_listed(outline, bench.now) and tier_access(outline.access, bench.show) == "public":
                self._lists |= {("section", outline.section), ("season", outline.season)}

    def place(self, folder: EpisodeFolder) -> _Place:
        """An episode's surroundings, as far as they are known without opening any of its files."""
        show, manifest = self.bench.show, self.bench.manifest
        outline = self._outlines[folder.folder]
        known = manifest.episodes.get(outline.guid)
        feed, stem, stage = _home(show, outline), _stem(show, outline, known), stage_of(outline, self.bench.now)
        access = tier_access(outline.access, show)
        early = stage == "early"
        around = Surroundings(
            show=show,
            stage=stage,
            stem=stem,
            base=early_stem(outline.slug) if early and access == "public" else stem,
            access="private" if early else access,
            season=self._seasons.get(outline.season) if outline.season else None,
            feed=feed,
            feed_url=public_url(feed_key(feed, show), show) if feed else None,
            contents=season_contents(self._listing(outline), outline.guid, page_url=self._page_url),
            known=known,
            stored=self._stored(known, folder) if known else None,
            standing=self._standing(outline) if self.frame else None,
            teaser=teaser_place(outline, stem, show=show, now=self.bench.now),
        )
        return _Place(self.bench, folder, outline, around, self._basis(around, folder), self.pictures)

    def _stored(self, known: EpisodeRecord, folder: EpisodeFolder) -> ObjectRecord | None:
        """The published audio; without its recording here also what it was before a publish was stopped."""
        manifest = self.bench.manifest
        begun = None if _has_audio(folder) else manifest.unsettled.get(known.enclosure)
        return manifest.objects.get(known.enclosure) or (begun.former if begun else None)

    def _listing(self, outline: Outline) -> tuple[Outline, ...]:
        if outline.season is None:
            return ()
        key = (outline.season, outline.access)
        if key not in self._listings:
            self._listings[key] = season_listing(
                self._mates[outline.season], outline.access, show=self.bench.show, now=self.bench.now
            )
        return self._listings[key]

    def _page_key(self, outline: Outline) -> str:
        return page_key(_stem(self.bench.show, outline, self.bench.manifest.episodes.get(outline.guid)))

    def _page_url(self, outline: Outline) -> str | None:
        return public_url(self._page_key(outline), self.bench.show) if self.frame else None

    def _row(self, outline: Outline | None, *, current: str = "") -> Row | None:
        if outline is None:
            return None
        key, is_current = self._page_key(outline), outline.guid == current
        return Row(title=outline.title, number=outline.number, key=key, current=is_current)

    def _standing(self, outline: Outline) -> Standing | None:
        """Where an episode's page stands. A members' page links no list: those are of what is public already."""
        stage = stage_of(outline, self.bench.now)
        if self.frame is None or stage == "waiting":
            return None
        public = stage != "early" and tier_access(outline.access, self.bench.show) == "public"
        section = outline.section if public and ("section", outline.section) in self._lists else None
        season = outline.season if public and ("season", outline.season) in self._lists else None
        before, after = self._neighbours(outline)
        rows = (self._row(one, current=outline.guid) for one in self._listing(outline))
        return Standing(
            frame=self.frame,
            section=list_key(self.sections[section]) if section else None,
            series=list_key(season_folder(season)) if season else None,
            contents=tuple(row for row in rows if row),
            previous=self._row(before),
            next=self._row(after),
            expired=outline.expires is not None and outline.expires <= self.bench.now,
            ended=sum(end <= self.bench.now for end in outline.credit_ends),
            unlisted=stage == "unlisted",
        )

    def _neighbours(self, outline: Outline) -> tuple[Outline | None, Outline | None]:
        key = (outline.season, outline.access)
        if key not in self._orders:
            mates = self._mates[outline.season]
            self._orders[key] = neighbours(mates, outline.access, show=self.bench.show, now=self.bench.now)
        return self._orders[key][outline.guid]

    def _basis(self, around: Surroundings, folder: EpisodeFolder) -> str:
        feed = around.feed
        withdrawn = around.stage == "withdrawn"
        return _digest(
            around.stage,
            around.stem,
            around.teaser,
            around.contents,
            feed and (feed.name, feed.categories, around.feed_url),
            self.pictures.stamp(_cover(around, own=None)),
            None if withdrawn or _has_audio(folder) else around.stored,
            None if withdrawn or _has_audio(folder) or not around.known else around.known.teaser,
            (around.stored.size, around.stored.sha256) if withdrawn and around.stored else None,
            around.standing and _standing_digest(around.standing),
        )


def _standing_digest(standing: Standing) -> str:
    rows = (standing.contents, standing.previous, standing.next)
    facts = (standing.section, standing.series, standing.expired, standing.ended, standing.unlisted)
    return _digest(standing.frame.digest, rows, facts)


def _can_be_published(place: _Place) -> bool:
    """Whether all that an episode needs is here or in the store; one that is withdrawn needs no audio."""
    return place.around.stage == "withdrawn" or place.around.stored is not None or _has_audio(place.folder)


def _no_audio(place: _Place) -> Problem:
    """An episode that cannot be published; while it is not due that is only to be told."""
    when = "" if place.around.live else " before it is due"
    known = place.around.known
    if known is None:
        why = "none was published before"
    elif known.stage == "withdrawn":
        why = "its published audio was deleted when it was withdrawn"
    else:
        why = f"the store has {known.enclosure} no more, or with other bytes"
    return Problem(
        f"{place.folder.folder}/episode.md",
        f"no audio here, and {why}; put one MP3 or M4A file into the folder{when}",
        level="error" if place.around.live else "warning",
    )


def _same_stem(place: _Place, other: _Place) -> Problem:
    """Two episodes of one address: one of them kept it when its folder was renamed."""
    new, old = (place, other) if place.around.known is None else (other, place)
    message = f"its address was given to {old.folder.folder}, and stays with it; rename this folder"
    return Problem(f"{new.folder.folder}/episode.md", message)


def _has_audio(folder: EpisodeFolder) -> bool:
    return any(file_kind(file.path[file.path.rfind("/") + 1 :]) == "audio" for file in folder.files)


def _stem(show: Show, outline: Outline, known: EpisodeRecord | None) -> str:
    """The stem that was promised, as long as the episode is as public as it was."""
    fresh = stem_of(outline, show)
    if known and known.stem.startswith(PRIVATE) == fresh.startswith(PRIVATE):
        return known.stem
    return fresh


def _home(show: Show, outline: Outline) -> Feed | None:
    """The feed that an episode's tags name: the first that carries it, public ones before members'.

    What is public names no members' feed, though no other may carry it.
    """
    public = tier_access(outline.access, show) == "public"
    carrying = [feed for feed in show.feeds if selects(feed, outline)]
    named = [feed for feed in carrying if not public or feed_access(feed, show) == "public"]
    return min(named, key=lambda feed: (feed_access(feed, show) == "private", feed.name), default=None)


def _cover(around: Surroundings, *, own: Path | None) -> Path | None:
    """The picture that an episode's tags carry."""
    season = around.season.image if around.season else None
    return own or season or around.show.image or (around.feed.image if around.feed else None)


def _believed(place: _Place, row: CachedEpisode | None, *, signature: str) -> BuiltEpisode | None:
    """The cached episode, if nothing it came from changed and the store still has every one of its objects."""
    if row is None or row.signature != signature or row.basis != place.basis:
        return None
    episode = parse_episode(row.built, place.outline)
    objects = place.bench.manifest.objects
    wanted = (*episode.artifacts, *episode.pages)
    held = [objects.get(artifact.key) for artifact in wanted]
    same = all(one and one.sha256 == artifact.sha256 for one, artifact in zip(held, wanted, strict=True))
    return episode if same else None


def _remember(place: _Place, rendered: Rendered, *, signature: str) -> None:
    bench, episode = place.bench, rendered.episode
    if all(is_believed(file.stamp, clock=bench.clock) for file in place.folder.files):
        row = CachedEpisode(signature, place.basis, render_outline(episode.outline), render_episode(episode))
        bench.cache.set_episode(place.folder.folder, row, item=rendered.item, words=rendered.words)


def _build(place: _Place, episode: Episode | None) -> Rendered:
    """Build one episode, read now unless it already was. Raises WorkspaceError naming the file that is at fault."""
    bench, around = place.bench, place.around
    episode = episode or load_episode(place.folder, bench.show)
    if unsaid := tuple(_unsaid(episode, bench)):
        raise WorkspaceError(unsaid)
    if around.stage == "withdrawn":
        return build_withdrawn(episode, around, spool=bench.spool)
    audio = episode.audio.relative_to(bench.show.root).as_posix() if episode.audio else None
    source = f"{place.folder.folder}/episode.md"
    try:
        published = around.known.audio if around.known else None
        facts = _facts(place, audio, path=episode.audio, published=published) if audio and episode.audio else None
        own = episode.image or (around.season.image if around.season else None)
        cover = _cover(around, own=episode.image)
        around = replace(around, facts=facts, shelf=bench.shelf)
        if around.live:
            around = _with_pictures(place, around, episode, own=own)
        if facts or (around.known and around.known.audio and around.known.audio.tag_digest):
            around = replace(
                around,
                cover=_tag_picture(place, cover) if cover else None,
                chapter_covers={path: _tag_picture(place, path) for path in _drawn(episode)},
            )
        rendered = build_episode(episode, around, spool=bench.spool, build_dir=bench.build_dir)
    except AudioError as error:
        raise WorkspaceError([Problem(audio or source, error.message)]) from error
    except FormatError as error:
        raise WorkspaceError([Problem(source, error.message, line=error.line)]) from error
    teaser = _teaser(place, episode) if around.teaser else None
    return with_teaser(rendered, teaser) if teaser else rendered


def _teaser(place: _Place, episode: Episode) -> BuiltTeaser | None:
    """What an episode leaves in feeds that do not carry it, where there is a trailer here or in the store.

    A machine that has the recording and no trailer is one where the trailer was removed.
    """
    bench, around = place.bench, place.around
    known = around.known.teaser if around.known else None
    if episode.teaser is None:
        stored = bench.manifest.objects.get(known.key) if known and not _has_audio(place.folder) else None
        return stored_teaser(episode, around, stored) if stored else None
    name = episode.teaser.relative_to(bench.show.root).as_posix()
    try:
        facts = _facts(place, name, path=episode.teaser, published=known.audio if known else None)
        cover = place.pictures.cover(bench.show.image) if bench.show.image else None
        return build_teaser(episode, around, facts=facts, cover=cover, spool=bench.spool, build_dir=bench.build_dir)
    except AudioError as error:
        raise WorkspaceError([Problem(name, error.message)]) from error


def _tag_picture(place: _Place, path: Path) -> TagPicture:
    return TagPicture(place.pictures.cover(path), place.pictures.digest(path))


def _with_pictures(place: _Place, around: Surroundings, episode: Episode, *, own: Path | None) -> Surroundings:
    """The surroundings with what is published of an episode's pictures; own is its artwork."""
    pictures, access = place.pictures, around.access
    stem = f"{around.base}-chapter"
    return replace(
        around,
        artwork=pictures.artwork(own, around.base, access=access) if own else None,
        chapter_pictures={path: pictures.plain(path, stem, access=access).artifact for path in _drawn(episode)},
        pictures=tuple(_plain(pictures, episode.tags.images, f"{around.base}-picture", access=access)),
    )


def _drawn(episode: Episode) -> tuple[Path, ...]:
    """The picture files of an episode's chapters, once each."""
    return tuple(dict.fromkeys(chapter.image for chapter in episode.chapters if chapter.image))


def _facts(place: _Place, name: str, *, path: Path, published: AudioRecord | None) -> AudioFacts:
    """Facts of audio, decoded once where the show asks for it and these frames were never published before."""
    bench = place.bench
    file = next(file for file in place.folder.files if file.path == name)
    row = bench.cache.fact("audio", name, size=file.size, stamp=file.stamp)
    facts = parse_facts(row["facts"]) if row else load_facts(path)
    trusted = (row and row["verified"]) or (published and published.frames_hash == facts.frames_hash)
    if bench.show.audio.verify == "decode" and not trusted:
        check_decodes(path, facts)
        trusted = True
    if is_believed(file.stamp, clock=bench.clock):
        value = {"facts": facts_row(facts), "verified": bool(trusted)}
        bench.cache.set_fact("audio", name, size=file.size, stamp=file.stamp, value=value)
    return facts


def _feeds(plot: _Plot, built: Mapping[str, BuiltEpisode], *, fresh: Mapping[str, Rendered]) -> Iterator[BuiltFeed]:
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
        access = "public" if shared else feed_access(feed, show)
        stem = artwork_stem("show" if shared else feed.name, access)
        looks = FeedLooks(
            artwork=plot.pictures.artwork(feed.image, stem, access=access),
            others=tuple(_plain(plot.pictures, feed.tags.images, artwork_stem(feed.name, access), access=access)),
        )
        yield build_feed(
            feed, shown, teased=teased, show=show, manifest=bench.manifest, load_items=load_items, looks=looks
        )


def _site(plot: _Plot, built: Mapping[str, BuiltEpisode], *, fresh: Mapping[str, Rendered]) -> BuiltSite:
    """All pages but the episodes' own. Of what did not change only the digests are known."""
    frame, bench = plot.frame, plot.bench
    if frame is None:
        return BuiltSite()
    listed = [one for one in built.values() if one.stage == "listed"]
    shown = [one for one in listed if tier_access(one.outline.access, bench.show) == "public"]

    def load_words(episode: BuiltEpisode) -> bytes:
        rendered = fresh.get(episode.outline.guid)
        return rendered.words if rendered else bench.cache.words(episode.outline.folder)

    lists = make_lists(frame, shown, show=bench.show, sections=plot.sections, now=bench.now)
    known = bench.cache.all_made()
    search = make_search(frame, shown, load_words=load_words)
    pages = [one for made in (*lists, *search) for one in _made(made, known.get(made.name), bench)]
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


def _plain(pictures: Pictures, images: Iterable[Image], stem: str, *, access: Access) -> Iterator[SizedPicture | None]:
    """What further pictures are published as: each file of the workspace as it is."""
    for image in images:
        yield pictures.plain(image.file, stem, access=access) if image.file else None
