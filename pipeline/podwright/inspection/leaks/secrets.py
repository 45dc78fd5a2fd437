"""The secrets of a workspace, and who may have which of its published objects, addresses and recordings."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Literal

from podwright.building.select import leaves_teaser, stage_of
from podwright.core.model import Episode, Outline, Show, Stage
from podwright.core.names import KINDS, PRIVATE, ObjectName, feed_side, is_own, parse, place_of, tier_side
from podwright.core.scripts import joined
from podwright.inspection.leaks.types import LeakKind, Secret
from podwright.render.notes import bare_text, format_reference, page_html
from podwright.stores.ledger.manifest import EpisodeRecord, Manifest

#: What there is to say of an episode. "all" stands for everything.
Part = Literal["all", "title", "slug", "guid", "reason", "notes", "key-points", "transcript", "text", "contact", "link"]

#: What everybody may know of each episode, by guid.
Told = Mapping[str, frozenset[Part]]

_EVERYTHING: frozenset[Part] = frozenset({"all"})
#: The page where a withdrawn episode was says no more; whom to ask about it stays.
_TOMBSTONE: frozenset[Part] = frozenset({"title", "slug", "reason", "contact"})
#: A teaser says no more. Its trailer is for everybody, even where a members' feed alone shows it.
_TEASER: frozenset[Part] = frozenset({"title", "slug", "key-points"})
_TRAILER: frozenset[Part] = frozenset({"title", "slug"})
_NOTHING: frozenset[Part] = frozenset()
_BLOCK = re.compile(r"</(?:p|li|h[1-6]|blockquote|pre|td|th)>|<br ?/?>")


def public_parts(outline: Outline, show: Show, now: datetime, *, trailer: bool, shown: bool) -> frozenset[Part]:
    """Return what everybody may know of an episode at that time.

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
    """Return a gated episode as people know it, with why it is gated."""
    if tier_side(outline.tier, show) == "private":
        return f"{outline.slug} ({outline.tier})"
    if outline.draft:
        return f"{outline.slug} (draft)"
    why = "withdrawn" if stage_of(outline, now) == Stage.WITHDRAWN else f"due {outline.published:%Y-%m-%d %H:%M}"
    return f"{outline.slug} ({why})"


def secrets_of(show: Show, episodes: Iterable[Episode], now: datetime, told: Told) -> Iterator[Secret]:
    """Yield all texts that no public object may hold, unless they are public for another reason as well."""
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
    """Yield all texts that are for everybody."""
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
    """Yield what an episode says, piece by piece."""
    outline = episode.outline
    yield "title", "title", outline.title
    yield "slug", "key", outline.slug.replace("-", " ")
    yield "guid", "guid", outline.guid
    yield "reason", "text", episode.withdraw_reason or ""
    for line in _BLOCK.split(page_html(episode.notes)):
        yield "notes", "notes", bare_text(line)
    for point in episode.key_points:
        yield "key-points", "key-point", point
    for transcript in (*filter(None, (episode.transcript,)), *(one.transcript for one in episode.translations)):
        yield from (("transcript", "transcript", cue.text) for cue in transcript.cues)
        yield from (("transcript", "text", heading.title) for heading in transcript.headings)
        # What is drafted from a transcript goes from one cue into the next.
        yield "transcript", "transcript", joined(cue.text for cue in transcript.cues)
    for line in _BLOCK.split(page_html((episode.contact and episode.contact.text) or "")):
        yield "contact", "text", bare_text(line)
    yield from (("text", "text", text) for text in _others(episode))
    yield from (("link", "link", link.url) for link in episode.links)


#: Fields of an episode that are no text of its own, or are looked for apart.
_APART = frozenset({"language", "link", "notes", "key_points", "withdraw_reason"})
#: Those in Markdown, whose words are published without its marks.
_MARKDOWN = ("disclosures", "participation", "commercial_support")


def _others(episode: Episode) -> Iterator[str]:
    """Yield what stands in smaller fields."""
    for text in (*episode.disclosures, episode.participation or "", episode.commercial_support or ""):
        yield from (bare_text(line) for line in _BLOCK.split(page_html(text)))
    for name in (field.name for field in dataclasses.fields(episode) if field.name not in {*_APART, *_MARKDOWN}):
        value = getattr(episode, name)
        texts = (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()
        yield from (text for text in texts if text and isinstance(text, str))
    yield from (chapter.title for chapter in episode.chapters)
    yield from (person.name for person in episode.people)
    yield from (person.position for person in episode.people if person.position)
    yield from (link.title for link in episode.links)
    for reference in episode.references:
        yield format_reference(reference)
        yield reference.title or ""
        yield from (part.text for part in reference.abstract)
    tags = episode.tags
    yield from (one.title for one in tags.soundbites if one.title)
    yield from (one.text for one in tags.txt)
    yield from (one.title for one in (*tags.content_links, *tags.funding))


def _strings(value: object) -> Iterator[str]:
    """Yield every text in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif dataclasses.is_dataclass(value):
        yield from _strings([getattr(value, one.name) for one in dataclasses.fields(value)])
    elif isinstance(value, Mapping):
        yield from _strings(list(value.values()))
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _strings(one)


#: Kinds of public objects that belong to no gated episode.
_SHARED = frozenset({"artwork", "asset", "teaser"})


class Gate:
    """A workspace beside what was published of it, at a moment."""

    def __init__(self, show: Show, episodes: tuple[Episode, ...], manifest: Manifest, now: datetime) -> None:
        self.show, self.episodes, self.manifest, self.now = show, episodes, manifest, now
        self._names = {key: parse(key) for key in manifest.objects}
        shown = {name.owner for name in self._names.values() if name and name.kind == "teaser"}
        #: By guid, what everybody may know.
        self.told = {
            one.outline.guid: public_parts(
                one.outline, show, now, trailer=self._has_trailer(one), shown=one.outline.slug in shown
            )
            for one in episodes
        }
        #: By folder, without `private/`, the episode that it belongs to.
        self._folders = {self._folder(episode): episode for episode in episodes}

    def owner(self, key: str) -> str:
        """Return whose a private object is."""
        if is_own(key):
            return "podwright itself"
        bare = key.removeprefix(PRIVATE)
        if place_of(key) != "published":
            bare = f"episodes/{bare.partition('/')[2]}"
        episode = self._folders.get(bare.rpartition("/")[0])
        return subject_of(episode.outline, self.show, self.now) if episode else f"the members' {bare}"

    def gated(self) -> Iterator[tuple[Episode, str]]:
        """Yield the episodes that not everybody may hear, each as people know it."""
        for episode in self.episodes:
            if "all" not in self._told(episode):
                yield episode, subject_of(episode.outline, self.show, self.now)

    def shows_teaser(self, episode: Episode) -> bool:
        """Return whether a trailer of an episode is for everybody, or was."""
        return "slug" in self._told(episode) and self._has_trailer(episode)

    def slugs(self) -> Mapping[str, str]:
        """Return the names that no public object may give to folders: present ones, and those that were promised."""
        known = [(one, self._folder(one).rpartition("/")[2]) for one in self.episodes]
        public = {name for one, old in known if self._told(one) & {"all", "slug"} for name in (one.outline.slug, old)}
        return {
            name: subject_of(one.outline, self.show, self.now)
            for one, old in known
            for name in (one.outline.slug, old)
            if name not in public
        }

    def former(self, owners: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Yield the public keys where private objects would lie, or lay before they were gated, with whose they are."""
        for key, owner in owners.items():
            if not is_own(key) and place_of(key) == "published":
                yield key.removeprefix(PRIVATE), owner
        for episode, subject in self.gated():
            record = self.manifest.episodes.get(episode.outline.guid)
            if record:
                yield from ((key, subject) for key in self._public_keys(episode, record, self._told(episode)))

    def digests(self, owners: Mapping[str, str]) -> Mapping[str, str]:
        """Return the digests of private objects, with whose they are; not of what is public too, such as artwork."""
        folders = {self._folder(episode) for episode in self.episodes if "all" in self._told(episode)}
        objects = self.manifest.objects
        public = {
            record.sha256
            for key, record in objects.items()
            if self._is_shared(key) or key.rpartition("/")[0] in folders
        }
        secret = {objects[key].sha256: owner for key, owner in owners.items() if key in objects}
        return {digest: owner for digest, owner in secret.items() if digest not in public}

    def _is_shared(self, key: str) -> bool:
        name = self._names[key]
        return name is not None and name.side == "public" and name.kind in _SHARED

    def public_frames(self) -> frozenset[str]:
        """Return digests of the frames of recordings that everybody may hear."""
        known = (self.manifest.episodes.get(one.outline.guid) for one in self.episodes if "all" in self._told(one))
        return frozenset(record.audio.frames_hash for record in known if record and record.audio)

    def _told(self, episode: Episode) -> frozenset[Part]:
        return self.told[episode.outline.guid]

    def _has_trailer(self, episode: Episode) -> bool:
        record = self.manifest.episodes.get(episode.outline.guid)
        return episode.teaser is not None or (record is not None and record.teaser is not None)

    def _folder(self, episode: Episode) -> str:
        record = self.manifest.episodes.get(episode.outline.guid)
        stem = record.stem if record else f"episodes/{episode.outline.slug}/{episode.outline.slug}"
        return stem.removeprefix(PRIVATE).rpartition("/")[0]

    @staticmethod
    def _public_keys(episode: Episode, record: EpisodeRecord, told: frozenset[Part]) -> Iterator[str]:
        page = ObjectName(kind="page", owner=record.stem.rpartition("/")[2])
        yield page.sibling("audio", suffix=PurePosixPath(record.enclosure).suffix).render()
        yield from (page.sibling("transcript", suffix=suffix).render() for suffix in KINDS["transcript"].types)
        for one in episode.translations:
            for suffix in KINDS["translation"].types:
                yield page.sibling("translation", detail=one.language.lower(), suffix=suffix).render()
        yield page.sibling("chapters").render()
        if "reason" not in told:
            # A page that stands for its folder is cached under both.
            yield from (page.render(), f"{page.stem.rpartition('/')[0]}/")
