"""The decisions about each episode before any of its files is opened: its stage, side, names, feed and neighbours."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from podwright.building.frame import Frame
from podwright.building.lists import list_key, season_folder
from podwright.building.select import (
    is_listed,
    leaves_teaser,
    neighbours,
    season_contents,
    season_listing,
    stage_of,
    teaser_since,
)
from podwright.core.artifact import Side
from podwright.core.model import Feed, Outline, Season, Show, Stage, selects
from podwright.core.names import (
    early_stem,
    feed_key,
    feed_side,
    page_key,
    public_url,
    side_of,
    staged_stem,
    stem_of,
    teaser_stem,
    tier_side,
)
from podwright.render.notes import ContentsEntry
from podwright.render.site import Row
from podwright.stores.ledger.manifest import EpisodeRecord, Manifest, ObjectRecord
from podwright.workspace.scan import EpisodeFolder, file_kind


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContext:
    """The place of an episode's page among the others."""

    #: Keys of the pages of its section and season; None where there is none to link.
    section: str | None
    series: str | None
    contents: tuple[Row, ...]
    previous: Row | None
    next: Row | None
    #: No list leads to it any more.
    unlisted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeContext:
    """Everything that an episode's objects depend on besides its own files and pictures."""

    show: Show
    #: What pages share; None where the show has none.
    frame: Frame | None
    stage: Stage
    #: The beginning of its keys as it was promised, and as it is now.
    stem: str
    base: str
    side: Side
    season: Season | None
    #: The first feed that carries it, and the address of that.
    feed: Feed | None
    feed_url: str | None
    contents: tuple[ContentsEntry, ...]
    #: The episode, and its audio, as they were published; None where they were not.
    record: EpisodeRecord | None
    stored: ObjectRecord | None
    page: PageContext | None
    #: The beginning of its teaser's key; None where it leaves none.
    teaser: str | None
    #: The picture that its tags carry unless it has its own.
    cover: Path | None
    #: Its content is no longer current.
    expired: bool = False
    #: On so many days education credits of it have ended.
    ended: int = 0
    #: A digest of all that is above.
    basis: str = ""

    @property
    def live(self) -> bool:
        """Return whether those whom it is for can hear it."""
        return self.stage.is_live


@dataclass(frozen=True, slots=True, kw_only=True)
class _Survey:
    """The order of all episodes. What only some of them need is worked out when the first one does."""

    show: Show
    now: datetime
    manifest: Manifest
    frame: Frame | None
    #: The folder of each section's list.
    folders: Mapping[str, str]
    seasons: Mapping[str, Season]
    by_season: Mapping[str | None, Collection[Outline]]
    #: Sections and seasons (None: no season) that have a list among the pages.
    listed: Collection[tuple[str, str | None]]
    listings: dict[tuple[str, str], tuple[Outline, ...]] = field(default_factory=dict)
    orders: dict[tuple[str | None, str], dict[str, tuple[Outline | None, Outline | None]]] = field(default_factory=dict)
    feeds: dict[tuple[object, ...], Feed | None] = field(default_factory=dict)


def decide(
    folders: Iterable[EpisodeFolder],
    outlines: Mapping[str, Outline],
    *,
    show: Show,
    now: datetime,
    manifest: Manifest,
    frame: Frame | None,
    sections: Mapping[str, str],
    load_stamp: Callable[[Path | None], object],
) -> Iterator[EpisodeContext]:
    """Yield the context of each episode.

    outlines: by folder; sections: the folder of each section's list; load_stamp: of a picture's file.
    """
    by_season: dict[str | None, list[Outline]] = {}
    listed: set[tuple[str, str | None]] = set()
    for outline in outlines.values():
        by_season.setdefault(outline.season, []).append(outline)
        if is_listed(outline, now) and tier_side(outline.tier, show) == "public":
            listed |= {("section", outline.section), ("season", outline.season)}
    survey = _Survey(
        show=show,
        now=now,
        manifest=manifest,
        frame=frame,
        folders=sections,
        seasons={season.slug: season for season in show.seasons},
        by_season=by_season,
        listed=listed,
    )
    for folder in folders:
        yield _context(survey, folder, outlines[folder.folder], load_stamp=load_stamp)


def _context(
    survey: _Survey, folder: EpisodeFolder, outline: Outline, *, load_stamp: Callable[[Path | None], object]
) -> EpisodeContext:
    show, now, record = survey.show, survey.now, survey.manifest.episodes.get(outline.guid)
    feed, stem, stage = _home(survey, outline), _stem(show, outline, record), stage_of(outline, now)
    feed_url = public_url(feed_key(feed, show), show) if feed else None
    side, early = tier_side(outline.tier, show), stage == Stage.EARLY
    season = survey.seasons.get(outline.season) if outline.season else None
    contents = season_contents(_listing(survey, outline), outline.guid, page_url=lambda other: _page_url(survey, other))
    page = _page(survey, outline, stage) if survey.frame else None
    recorded = has_audio(folder)
    stored = _stored(survey.manifest, record, recorded=recorded) if record else None
    teaser = teaser_place(outline, stem, show=show, now=now)
    cover = (season.image if season else None) or show.image or (feed.image if feed else None)
    withdrawn = stage == Stage.WITHDRAWN
    expired = outline.expires is not None and outline.expires <= now
    ended = sum(end <= now for end in outline.credit_ends)
    basis = digest(
        (expired, ended),
        stage,
        stem,
        teaser,
        contents,
        feed and (feed.name, feed.categories, feed_url),
        load_stamp(cover),
        None if withdrawn or recorded else stored,
        None if withdrawn or recorded or not record else record.teaser,
        (stored.size, stored.sha256) if withdrawn and stored else None,
        page and survey.frame and (survey.frame.digest, page),
    )
    return EpisodeContext(
        show=show,
        frame=survey.frame,
        stage=stage,
        stem=stem,
        base=early_stem(outline.slug) if early and side == "public" else stem,
        side="private" if early else side,
        season=season,
        feed=feed,
        feed_url=feed_url,
        contents=contents,
        record=record,
        stored=stored,
        page=page,
        teaser=teaser,
        cover=cover,
        expired=expired,
        ended=ended,
        basis=basis,
    )


def has_audio(folder: EpisodeFolder) -> bool:
    """Return whether an episode's recording is in the workspace."""
    return any(file_kind(file.path[file.path.rfind("/") + 1 :]) == "audio" for file in folder.files)


def teaser_place(outline: Outline, stem: str, *, show: Show, now: datetime) -> str | None:
    """Return the beginning of the key of an episode's teaser; None where no feed shows it, now or later.

    It is out of sight until a feed shows it. stem: that of the episode.
    """
    if stage_of(outline, now) not in (Stage.WAITING, Stage.EARLY, Stage.LISTED):
        return None
    if any(leaves_teaser(feed, outline, now) for feed in show.feeds):
        return teaser_stem(outline.slug)
    moments = (teaser_since(feed, outline) for feed in show.feeds)
    if not any(since and since > now for since in moments):
        return None
    return f"{stem if side_of(stem) == 'private' else staged_stem(outline.slug)}-teaser"


def digest(*values: object) -> str:
    """Return a digest of values that are printed the same where they are the same."""
    return hashlib.sha256(repr(values).encode()).hexdigest()[:32]


def _stored(manifest: Manifest, record: EpisodeRecord, *, recorded: bool) -> ObjectRecord | None:
    """Return the published audio; without its recording here also what it was before a publish was stopped."""
    begun = None if recorded else manifest.unsettled.get(record.enclosure)
    return manifest.objects.get(record.enclosure) or (begun.former if begun else None)


def _stem(show: Show, outline: Outline, record: EpisodeRecord | None) -> str:
    """Return the stem that was promised, as long as the episode is as public as it was."""
    fresh = stem_of(outline, show)
    if record and side_of(record.stem) == side_of(fresh):
        return record.stem
    return fresh


def _home(survey: _Survey, outline: Outline) -> Feed | None:
    """Return the feed that an episode's tags name: the first that carries it, public ones before members'.

    An episode that is public names no members' feed, though no other may carry it.
    """
    key = (outline.tier, outline.section, outline.season, outline.tags)
    if key not in survey.feeds:
        show = survey.show
        public = tier_side(outline.tier, show) == "public"
        carrying = [feed for feed in show.feeds if selects(feed, outline)]
        named = [feed for feed in carrying if not public or feed_side(feed, show) == "public"]
        survey.feeds[key] = min(named, key=lambda feed: (feed_side(feed, show) == "private", feed.name), default=None)
    return survey.feeds[key]


def _listing(survey: _Survey, outline: Outline) -> tuple[Outline, ...]:
    if outline.season is None:
        return ()
    key = (outline.season, outline.tier)
    if key not in survey.listings:
        survey.listings[key] = season_listing(
            survey.by_season[outline.season], outline.tier, show=survey.show, now=survey.now
        )
    return survey.listings[key]


def _page_key(survey: _Survey, outline: Outline) -> str:
    return page_key(_stem(survey.show, outline, survey.manifest.episodes.get(outline.guid)))


def _page_url(survey: _Survey, outline: Outline) -> str | None:
    return public_url(_page_key(survey, outline), survey.show) if survey.frame else None


def _row(survey: _Survey, outline: Outline | None, *, current: str = "") -> Row | None:
    if outline is None:
        return None
    key, is_current = _page_key(survey, outline), outline.guid == current
    return Row(title=outline.title, number=outline.number, display=outline.display, key=key, current=is_current)


def _page(survey: _Survey, outline: Outline, stage: Stage) -> PageContext | None:
    """Return the place of an episode's page. A members' page links no list: those are of what is public already."""
    if stage == Stage.WAITING:
        return None
    public = stage != Stage.EARLY and tier_side(outline.tier, survey.show) == "public"
    section = outline.section if public and ("section", outline.section) in survey.listed else None
    season = outline.season if public and ("season", outline.season) in survey.listed else None
    key = (outline.season, outline.tier)
    if key not in survey.orders:
        of_season = survey.by_season[outline.season]
        survey.orders[key] = neighbours(of_season, outline.tier, show=survey.show, now=survey.now)
    before, after = survey.orders[key][outline.guid]
    rows = (_row(survey, other, current=outline.guid) for other in _listing(survey, outline))
    return PageContext(
        section=list_key(survey.folders[section]) if section else None,
        series=list_key(season_folder(season)) if season else None,
        contents=tuple(filter(None, rows)),
        previous=_row(survey, before),
        next=_row(survey, after),
        unlisted=stage == Stage.UNLISTED,
    )
