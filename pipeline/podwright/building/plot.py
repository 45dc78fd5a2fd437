"""Where each episode stands among the others, and what its objects depend on besides its own files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from podwright.building.cache import Cache
from podwright.building.frame import build_frame
from podwright.building.lists import list_key, season_folder, section_folders
from podwright.building.pages import Standing
from podwright.building.pictures import Pictures
from podwright.building.retag import Shelf
from podwright.building.select import is_listed, neighbours, season_contents, season_listing, stage_of
from podwright.building.spool import Spool
from podwright.building.surroundings import Surroundings
from podwright.building.teaser import teaser_place
from podwright.core.model import Feed, Outline, Show, Stage, selects
from podwright.core.names import (
    PRIVATE,
    early_stem,
    feed_key,
    feed_side,
    page_key,
    public_url,
    stem_of,
    tier_side,
)
from podwright.render.site import Row
from podwright.stores.ledger.manifest import EpisodeRecord, Manifest, ObjectRecord
from podwright.workspace.scan import EpisodeFolder, Scan, file_kind


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


@dataclass(frozen=True, slots=True)
class Place:
    """One episode in its surroundings; basis digests all that its objects depend on besides its own files."""

    bench: Bench
    folder: EpisodeFolder
    outline: Outline
    around: Surroundings
    basis: str
    pictures: Pictures


class Plot:
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
            if is_listed(outline, bench.now) and tier_side(outline.tier, bench.show) == "public":
                self._lists |= {("section", outline.section), ("season", outline.season)}

    def place(self, folder: EpisodeFolder) -> Place:
        """An episode's surroundings, as far as they are known without opening any of its files."""
        show, manifest = self.bench.show, self.bench.manifest
        outline = self._outlines[folder.folder]
        known = manifest.episodes.get(outline.guid)
        feed, stem, stage = _home(show, outline), _stem(show, outline, known), stage_of(outline, self.bench.now)
        side = tier_side(outline.tier, show)
        early = stage == Stage.EARLY
        around = Surroundings(
            show=show,
            stage=stage,
            stem=stem,
            base=early_stem(outline.slug) if early and side == "public" else stem,
            side="private" if early else side,
            season=self._seasons.get(outline.season) if outline.season else None,
            feed=feed,
            feed_url=public_url(feed_key(feed, show), show) if feed else None,
            contents=season_contents(self._listing(outline), outline.guid, page_url=self._page_url),
            known=known,
            stored=self._stored(known, folder) if known else None,
            standing=self._standing(outline) if self.frame else None,
            teaser=teaser_place(outline, stem, show=show, now=self.bench.now),
        )
        return Place(self.bench, folder, outline, around, self._basis(around, folder), self.pictures)

    def _stored(self, known: EpisodeRecord, folder: EpisodeFolder) -> ObjectRecord | None:
        """The published audio; without its recording here also what it was before a publish was stopped."""
        manifest = self.bench.manifest
        begun = None if has_audio(folder) else manifest.unsettled.get(known.enclosure)
        return manifest.objects.get(known.enclosure) or (begun.former if begun else None)

    def _listing(self, outline: Outline) -> tuple[Outline, ...]:
        if outline.season is None:
            return ()
        key = (outline.season, outline.tier)
        if key not in self._listings:
            self._listings[key] = season_listing(
                self._mates[outline.season], outline.tier, show=self.bench.show, now=self.bench.now
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
        if self.frame is None or stage == Stage.WAITING:
            return None
        public = stage != Stage.EARLY and tier_side(outline.tier, self.bench.show) == "public"
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
            unlisted=stage == Stage.UNLISTED,
        )

    def _neighbours(self, outline: Outline) -> tuple[Outline | None, Outline | None]:
        key = (outline.season, outline.tier)
        if key not in self._orders:
            mates = self._mates[outline.season]
            self._orders[key] = neighbours(mates, outline.tier, show=self.bench.show, now=self.bench.now)
        return self._orders[key][outline.guid]

    def _basis(self, around: Surroundings, folder: EpisodeFolder) -> str:
        feed = around.feed
        withdrawn = around.stage == Stage.WITHDRAWN
        return digest(
            around.stage,
            around.stem,
            around.teaser,
            around.contents,
            feed and (feed.name, feed.categories, around.feed_url),
            self.pictures.stamp(cover_path(around, own=None)),
            None if withdrawn or has_audio(folder) else around.stored,
            None if withdrawn or has_audio(folder) or not around.known else around.known.teaser,
            (around.stored.size, around.stored.sha256) if withdrawn and around.stored else None,
            around.standing and _standing_digest(around.standing),
        )


def _standing_digest(standing: Standing) -> str:
    rows = (standing.contents, standing.previous, standing.next)
    facts = (standing.section, standing.series, standing.expired, standing.ended, standing.unlisted)
    return digest(standing.frame.digest, rows, facts)


def has_audio(folder: EpisodeFolder) -> bool:
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
    public = tier_side(outline.tier, show) == "public"
    carrying = [feed for feed in show.feeds if selects(feed, outline)]
    named = [feed for feed in carrying if not public or feed_side(feed, show) == "public"]
    return min(named, key=lambda feed: (feed_side(feed, show) == "private", feed.name), default=None)


def cover_path(around: Surroundings, *, own: Path | None) -> Path | None:
    """The picture that an episode's tags carry."""
    season = around.season.image if around.season else None
    return own or season or around.show.image or (around.feed.image if around.feed else None)


def digest(*values: object) -> str:
    """Of values that are printed the same where they are the same."""
    return hashlib.sha256(repr(values).encode()).hexdigest()[:32]
