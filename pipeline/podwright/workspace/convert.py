"""Checked files into the types of `podwright.core.model`, with what each inherits filled in."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TypeVar

from podwright.core.model import (
    AudioSettings,
    Chapter,
    Contact,
    Credit,
    Episode,
    Feed,
    Lifetime,
    Link,
    Outline,
    Owner,
    Person,
    Reference,
    Season,
    Selection,
    Show,
    Storage,
    Teasing,
    Transcript,
)
from podwright.core.recipients import after_from
from podwright.workspace.dates import zone_named
from podwright.workspace.episode_tables import ChapterTable
from podwright.workspace.lifetimes import Dates, early_dates
from podwright.workspace.scan import THEME, EpisodeFolder, file_kind
from podwright.workspace.schema import EpisodeFile, FeedFile, LifetimeTable, SeasonFile, ShowFile
from podwright.workspace.shapes import channel_tags, item_tags, shaped, shapes

T = TypeVar("T")


def show_from(file: ShowFile, *, root: Path, storage: Storage, image: Path | None) -> Show:
    """A show without its seasons and feeds."""
    audio = AudioSettings(id3_version=file.audio.id3, genre=file.audio.genre, verify=file.audio.verify)
    return Show(
        root=root,
        title=file.title,
        description=file.description,
        link=file.link,
        language=file.language,
        author=file.author,
        timezone=file.timezone,
        storage=storage,
        audio=audio,
        image=image,
        copyright=file.copyright,
        explicit=file.explicit,
        public=file.access.public,
        members=file.access.members,
        sections=file.sections,
        seasons=(),
        feeds=(),
        people=shapes(Person, file.people),
        enclosure_prefix=file.enclosure_prefix,
        pages=file.site.pages,
        theme=root / THEME if (root / THEME).is_dir() else None,
        keep=file.history.keep,
        after=after_from(file.after.model_dump(mode="json")),
        lifetime=lifetime_from(file.lifetime),
        education=file.education.standard,
        early=file.early,
    )


def season_from(file: SeasonFile, slug: str, *, image: Path | None) -> Season:
    """A season; slug is its folder's name."""
    return Season(
        slug=slug,
        title=file.title,
        number=file.number,
        description=file.description,
        section=file.section,
        objectives=file.objectives,
        credits=shapes(Credit, file.credits),
        disclosures=file.disclosures,
        participation=file.participation,
        commercial_support=file.commercial_support,
        time_to_complete=_minutes(file.minutes_to_complete),
        contact=shaped(Contact, file.contact),
        people=shapes(Person, file.people),
        image=image,
        lifetime=lifetime_from(file.lifetime),
    )


def lifetime_from(file: LifetimeTable | EpisodeFile) -> Lifetime:
    """What a file says of the ends of episodes."""
    return Lifetime(
        expires=file.expires,
        unlist=file.unlist,
        withdraw=file.withdraw,
        withdraw_policy=file.withdraw_policy,
        withdraw_reason=file.withdraw_reason,
    )


def feed_from(file: FeedFile, show: ShowFile, *, name: str, image: Path, root: Path) -> Feed:
    """A feed, with the show's values where it has none of its own. root: the workspace."""
    return Feed(
        name=name,
        title=_own(file.title, _feed_title(file, show)),
        description=_own(file.description, show.description),
        link=_own(file.link, show.link),
        language=_own(file.language, show.language),
        author=_own(file.author, show.author),
        owner=shaped(Owner, _own(file.owner, show.owner)),
        categories=_own(file.categories, show.categories),
        explicit=_own(file.explicit, show.explicit),
        image=image,
        select=Selection(
            tiers=_own(file.select.access, show.access.public),
            sections=file.select.sections,
            seasons=file.select.seasons,
            tags=file.select.tags,
        ),
        type=file.type,
        guid=file.guid,
        locked=file.locked,
        copyright=_own(file.copyright, show.copyright),
        people=shapes(Person, _own(file.people, show.people)),
        complete=file.complete,
        block=file.block,
        new_feed_url=file.new_feed_url,
        limit=file.limit,
        hub=file.hub,
        image_alt=file.image_alt if file.image else _own(file.image_alt, show.image_alt),
        countries=_own(file.countries, show.countries),
        spotify_limit=file.spotify_limit,
        listed=shapes(Link, file.listed),
        teaser=_teasing(file, show),
        tags=channel_tags(file, show, root=root),
    )


def _has_teaser(folder: EpisodeFolder) -> bool:
    """Whether there is a trailer, which may be elsewhere where there is no audio here at all."""
    kinds = {file_kind(file.path[file.path.rfind("/") + 1 :]) for file in folder.files}
    return "teaser" in kinds or "audio" not in kinds


def _feed_title(file: FeedFile, show: ShowFile) -> str:
    """The show's name, and of a members' feed whose it is: the last of the show's members' tiers that it selects."""
    carried = _own(file.select.access, show.access.public)
    mine = [tier for tier in show.access.members if tier in carried]
    return f"{show.title} ({mine[-1]})" if mine else show.title


def _teasing(file: FeedFile, show: ShowFile) -> Teasing | None:
    if file.teaser is None:
        return None
    carried = _own(file.select.access, show.access.public)
    lacking = tuple(tier for tier in show.access.members if tier not in carried)
    return Teasing(tiers=_own(file.teaser.access, lacking), link=Link(title=file.teaser.label, url=file.teaser.link))


def outline_from(
    file: EpisodeFile, folder: EpisodeFolder, *, season: Season | None, tier: str, show: Show, dates: Dates
) -> Outline:
    """What of an episode others need to know. In the show's zone a credit's last day ends."""
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
    )


def episode_from(
    file: EpisodeFile,
    outline: Outline,
    *,
    show: Show,
    season: Season | None,
    notes: str,
    image: Path | None,
    audio: Path | None,
    transcript: Transcript | None,
    transcript_file: Path | None,
    folder: Path,
    withdraw_reason: str | None,
    teaser: Path | None,
) -> Episode:
    """An episode, with its season's and the show's values where it has none of its own.

    folder: the episode's, that pictures of chapters and tags are named from.
    """
    parent = season or Season(slug="", title="")
    people = parent.people if file.people is None else shapes(Person, file.people)
    return Episode(
        outline=outline,
        subtitle=file.subtitle,
        people=(*shapes(Person, file.authors), *people),
        key_points=file.key_points,
        notes=notes,
        chapters=tuple(_chapter(c, folder) for c in file.chapters),
        references=shapes(Reference, file.references),
        objectives=_own(file.objectives, parent.objectives),
        credits=parent.credits if file.credits is None else shapes(Credit, file.credits),
        disclosures=_own(file.disclosures, parent.disclosures),
        participation=_own(file.participation, parent.participation),
        commercial_support=_own(file.commercial_support, parent.commercial_support),
        time_to_complete=_own(_minutes(file.minutes_to_complete), parent.time_to_complete),
        contact=_own(shaped(Contact, file.contact), parent.contact),
        links=shapes(Link, file.links),
        explicit=_own(file.explicit, show.explicit),
        language=_own(file.language, show.language),
        image=_own(image, parent.image),
        audio=audio,
        transcript=transcript,
        transcript_file=transcript_file,
        image_alt=file.image_alt,
        link=file.link,
        display=file.display,
        block=file.block,
        tags=item_tags(file, root=folder),
        withdraw_reason=withdraw_reason,
        teaser=teaser,
    )


def _chapter(table: ChapterTable, folder: Path) -> Chapter:
    elsewhere = bool(table.image and "://" in table.image)
    return Chapter(
        start=table.start,
        title=table.title,
        end=table.end,
        url=table.url,
        image=folder / table.image if table.image and not elsewhere else None,
        image_url=table.image if elsewhere else None,
        hidden=table.hidden,
        people=table.people,
    )


def _minutes(count: int | None) -> timedelta | None:
    return None if count is None else timedelta(minutes=count)


def _own(own: T | None, inherited: T) -> T:
    return inherited if own is None else own
