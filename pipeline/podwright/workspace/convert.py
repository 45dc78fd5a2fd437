"""Checked files into the types of `podwright.core.model`, with what each inherits filled in.

A field that a file's model and the type have under the same name goes over by itself; here stands what differs.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar

from podwright.core.model import Episode, Feed, Lifetime, Link, Outline, Season, Selection, Show, Storage, Teasing
from podwright.core.recipients import after_from
from podwright.core.tags import ChannelTags
from podwright.workspace.dates import zone_named
from podwright.workspace.lifetimes import Dates, early_dates
from podwright.workspace.scan import THEME, EpisodeFolder, file_kind
from podwright.workspace.schema import EpisodeFile, FeedFile, LifetimeTable, SeasonFile, ShowFile, fields_of, typed

T = TypeVar("T")

_OF_SEASON = tuple({field.name for field in fields(Episode)} & {field.name for field in fields(Season)})


def show_from(file: ShowFile, *, root: Path, storage: Storage, image: Path | None) -> Show:
    """Return a show without its seasons and feeds."""
    other = {
        "root": root,
        "storage": storage,
        "image": image,
        "public": file.access.public,
        "members": file.access.members,
        "seasons": (),
        "feeds": (),
        "pages": file.site.pages,
        "theme": root / THEME if (root / THEME).is_dir() else None,
        "keep": file.history.keep,
        "after": after_from(file.after.model_dump(mode="json"), public_url=storage.public_url),
        "education": file.education.standard,
        "tier_names": tuple(file.access.names.items()),
    }
    return Show(**{**fields_of(Show, file), **other})


def season_from(file: SeasonFile, slug: str, *, image: Path | None) -> Season:
    """Return a season; slug is its folder's name."""
    return Season(**{**fields_of(Season, file), **file.other_fields(Path()), "slug": slug, "image": image})


def lifetime_from(file: LifetimeTable | EpisodeFile) -> Lifetime:
    """Return what a file says of the ends of episodes."""
    return Lifetime(**fields_of(Lifetime, file))


def feed_from(file: FeedFile, show: ShowFile, *, name: str, image: Path, root: Path) -> Feed:
    """Return a feed, with the show's values where it has none of its own. root: the workspace."""
    carried = _own(file.select.access, show.access.public)
    other = {
        "name": name,
        "title": _own(file.title, _feed_title(show, carried)),
        "image": image,
        "image_alt": file.image_alt if file.image else _own(file.image_alt, show.image_alt),
        "select": Selection(
            tiers=carried,
            sections=file.select.sections,
            seasons=file.select.seasons,
            tags=file.select.tags,
            until=file.select.until,
        ),
        "teaser": _teasing(file, show, carried),
        "tags": _channel_tags(file, show, root=root),
    }
    return Feed(**{**fields_of(Feed, show), **_said(fields_of(Feed, file)), **other})


def _channel_tags(file: FeedFile, show: ShowFile, *, root: Path) -> ChannelTags:
    """Return what a feed says in the podcast namespace, or the show where it is silent."""
    own, inherited = fields_of(ChannelTags, file, root), fields_of(ChannelTags, show, root)
    fields = {**_said(inherited), **_said(own)}
    txt = fields.get("txt", ())
    purposed = {**show.purposed(), **file.purposed()}
    more = (text for purpose, text in purposed.items() if all(one.purpose != purpose for one in txt))
    return ChannelTags(**{**fields, "txt": (*txt, *more)})


def _feed_title(show: ShowFile, carried: tuple[str, ...]) -> str:
    """Return the show's name, and of a members' feed whose it is: the last of the show's members' tiers it carries."""
    mine = [tier for tier in show.access.members if tier in carried]
    return f"{show.title} ({show.access.names.get(mine[-1], mine[-1])})" if mine else show.title


def _teasing(file: FeedFile, show: ShowFile, carried: tuple[str, ...]) -> Teasing | None:
    if file.teaser is None:
        return None
    lacking = tuple(tier for tier in show.access.members if tier not in carried)
    return Teasing(tiers=_own(file.teaser.access, lacking), link=Link(title=file.teaser.label, url=file.teaser.link))


def outline_from(
    file: EpisodeFile, folder: EpisodeFolder, *, season: Season | None, tier: str, show: Show, dates: Dates
) -> Outline:
    """Return what of an episode others need to know. In the show's zone a credit's last day ends."""
    zone = zone_named(show.timezone)
    credits_ = (season.credits if season else ()) if file.credits is None else file.credits
    ends = {datetime.combine(one.expires + timedelta(days=1), time(), zone) for one in credits_ if one.expires}
    return Outline(
        slug=folder.slug,
        folder=folder.folder,
        guid=file.guid,
        title=file.title,
        published=file.published,
        expires=dates.expires,
        season=season.slug if season else None,
        number=file.number,
        section=_own(file.section, season.section if season else None),
        tier=tier,
        tags=file.tags,
        type=file.type,
        credit_ends=tuple(sorted(ends)),
        unlist=dates.unlist,
        withdraw=dates.withdraw,
        withdraw_policy=dates.policy,
        early=early_dates(file.early, show.early, tier=tier, published=file.published, zone=zone),
        teaser=file.teaser and _has_teaser(folder),
        display=file.display,
        draft=file.draft,
    )


def _has_teaser(folder: EpisodeFolder) -> bool:
    """Return whether there is a teaser, which may be elsewhere where there is no audio here at all."""
    kinds = {file_kind(file.path[file.path.rfind("/") + 1 :]) for file in folder.files}
    return "teaser" in kinds or "audio" not in kinds


def episode_from(
    file: EpisodeFile, outline: Outline, *, show: Show, season: Season | None, folder: Path, **others: Any
) -> Episode:
    """Return an episode. Where its file is silent it has its season's value of the same name.

    folder: the episode's, that pictures of chapters and tags are named from. others: fields of the episode that are no
    fields of the file, or are worked out of several.
    """
    own = {**fields_of(Episode, file, folder), **file.other_fields(folder), **others}
    inherited = {name: getattr(season, name) for name in _OF_SEASON} if season else {}
    values = {**inherited, "explicit": show.explicit, "language": show.language, **_said(own)}
    values["people"] = (*typed(file.authors), *values.get("people", ()))
    return Episode(outline=outline, **values)


def _said(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _own(own: T | None, inherited: T) -> T:
    return inherited if own is None else own
