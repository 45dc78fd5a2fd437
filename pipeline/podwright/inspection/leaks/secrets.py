"""What a workspace says that is not for everybody, and what is: nothing here knows how either is published."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Literal

from podwright.building.select import leaves_teaser, stage_of
from podwright.core.model import Episode, Outline, Show, Stage
from podwright.core.names import feed_side, tier_side
from podwright.inspection.leaks.types import LeakKind, Secret
from podwright.render.notes import bare_text, format_reference, page_html

#: What there is to say of an episode. "all" stands for everything.
Part = Literal["all", "title", "slug", "guid", "reason", "notes", "key-points", "transcript", "text", "link"]

#: What everybody may know of each episode, by guid.
Told = Mapping[str, frozenset[Part]]

_EVERYTHING: frozenset[Part] = frozenset({"all"})
#: The page where a withdrawn episode was says no more.
_TOMBSTONE: frozenset[Part] = frozenset({"title", "slug", "reason"})
#: A teaser says no more. Its trailer is for everybody, even where a members' feed alone shows it.
_TEASER: frozenset[Part] = frozenset({"title", "slug", "key-points"})
_TRAILER: frozenset[Part] = frozenset({"title", "slug"})
_NOTHING: frozenset[Part] = frozenset()
_BLOCK = re.compile(r"</(?:p|li|h[1-6]|blockquote|pre|td|th)>|<br ?/?>")


def public_parts(outline: Outline, show: Show, now: datetime, *, trailer: bool, shown: bool) -> frozenset[Part]:
    """What everybody may know of an episode at that time.

    trailer: whether it has one to leave as a teaser; shown: whether one is, or was, for everybody.
    """
    stage = stage_of(outline, now)
    if stage not in ("waiting", "early") and tier_side(outline.tier, show) == "public":
        return _TOMBSTONE if stage == Stage.WITHDRAWN else _EVERYTHING
    public = (feed for feed in show.feeds if feed_side(feed, show) == "public")
    if trailer and any(leaves_teaser(feed, outline, now) for feed in public):
        return _TEASER
    return _TRAILER if shown else _NOTHING


def subject_of(outline: Outline, show: Show, now: datetime) -> str:
    """A gated episode as people know it, with why it is gated."""
    if tier_side(outline.tier, show) == "private":
        return f"{outline.slug} ({outline.tier})"
    why = "withdrawn" if stage_of(outline, now) == Stage.WITHDRAWN else f"due {outline.published:%Y-%m-%d %H:%M}"
    return f"{outline.slug} ({why})"


def secrets_of(show: Show, episodes: Iterable[Episode], now: datetime, told: Told) -> Iterator[Secret]:
    """All texts that no public object may hold, unless they are public for another reason as well."""
    seasons = {season.slug: season for season in show.seasons}
    for episode in episodes:
        public, subject = told[episode.outline.guid], subject_of(episode.outline, show, now)
        if "all" in public:
            seasons.pop(episode.outline.season or "", None)
            continue
        for part, kind, text in _said(episode):
            if part not in public and text:
                yield Secret(subject=subject, kind=kind, text=text)
    for season in seasons.values():
        subject = f"the season {season.slug} (no public episode)"
        yield Secret(subject=subject, kind="title", text=season.title)
        yield Secret(subject=subject, kind="text", text=season.description or "")


def public_texts(show: Show, episodes: Iterable[Episode], told: Told) -> Iterator[str]:
    """All texts that are for everybody."""
    seasons = {season.slug: season for season in show.seasons}
    yield from _strings(dataclasses.replace(show, feeds=(), seasons=()))
    for feed in show.feeds:
        if feed_side(feed, show) == "public":
            yield from _strings(feed)
    for episode in episodes:
        public = told[episode.outline.guid]
        if "all" in public:
            yield from _strings(episode)
            yield from (text for _, _, text in _said(episode))
            if season := seasons.pop(episode.outline.season or "", None):
                yield from _strings(season)
        else:
            yield from (text for part, _, text in _said(episode) if part in public)


def _said(episode: Episode) -> Iterator[tuple[Part, LeakKind, str]]:
    """What an episode says, piece by piece."""
    outline, transcript = episode.outline, episode.transcript
    yield "title", "title", outline.title
    yield "slug", "key", outline.slug.replace("-", " ")
    yield "guid", "guid", outline.guid
    yield "reason", "text", episode.withdraw_reason or ""
    for line in _BLOCK.split(page_html(episode.notes)):
        yield "notes", "notes", bare_text(line)
    for point in episode.key_points:
        yield "key-points", "key-point", point
    if transcript:
        yield from (("transcript", "transcript", cue.text) for cue in transcript.cues)
        yield from (("transcript", "text", heading.title) for heading in transcript.headings)
        # What is drafted from a transcript goes from one cue into the next.
        yield "transcript", "transcript", " ".join(cue.text for cue in transcript.cues)
    yield from (("text", "text", text) for text in _others(episode))
    yield from (("link", "link", link.url) for link in episode.links)


def _others(episode: Episode) -> Iterator[str]:
    """What stands in smaller fields."""
    yield from filter(None, (episode.subtitle, episode.image_alt, episode.participation, episode.commercial_support))
    yield from (*episode.objectives, *episode.disclosures)
    yield from (chapter.title for chapter in episode.chapters)
    yield from (person.name for person in episode.people)
    yield from (link.title for link in episode.links)
    for reference in episode.references:
        yield format_reference(reference)
        yield from (part.text for part in reference.abstract)
    tags = episode.tags
    yield from (one.title for one in tags.soundbites if one.title)
    yield from (one.text for one in tags.txt)
    yield from (one.title for one in (*tags.content_links, *tags.funding))


def _strings(value: object) -> Iterator[str]:
    """Every text in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif dataclasses.is_dataclass(value):
        yield from _strings([getattr(value, one.name) for one in dataclasses.fields(value)])
    elif isinstance(value, Mapping):
        yield from _strings(list(value.values()))
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _strings(one)
