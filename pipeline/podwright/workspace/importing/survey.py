"""A first look through a source: its show, and for each episode the place that it has in the workspace.

Places follow from the whole source and not from what a stopped run left, so that the next run finds the same ones.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import unquote, urlsplit

from podwright.workspace import values
from podwright.workspace.importing.prefixes import split_prefix
from podwright.workspace.importing.types import FoundEpisode, FoundSeason, FoundShow, Slot

#: Names in addresses of hosts that tell nothing.
_SAID_BY_ALL = frozenset({"index", "episode", "episodes", "podcast", "listen", "audio", "media", "play", "default-tc"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """The part of an episode that decides about its place."""

    at: int
    guid: str
    published: str | None
    title: str
    number: int | None
    link: str
    audio: str
    season: FoundSeason | None
    remarks: tuple[str, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A source as it was looked through."""

    show: FoundShow
    #: The slug of a season's folder and its name, by number.
    seasons: Mapping[int, tuple[str, str]]
    #: By the number of an episode in the source, the newest document first; those are left out that are there twice.
    slots: Mapping[int, Slot]
    #: What stands before the addresses of all its audio: a service that counts downloads.
    prefix: str | None = None


def survey(
    found: Iterable[FoundEpisode | FoundShow], *, places: Mapping[str, str], seasons: Mapping[int, str]
) -> Survey:
    """Return the places of a source's episodes. found: what its documents have, the newest document first.

    places: the folders that episodes of the workspace have already, by guid. seasons: slugs of its seasons, by number.
    """
    entries: list[_Entry] = []
    shows: list[FoundShow] = []
    for one in found:
        if isinstance(one, FoundShow):
            shows.append(one)
        else:
            entries.append(_entry(one, len(entries)))
    entries = list(_told_apart(_dated(entries)))
    named = _seasons(entries, seasons)
    prefixes = {split_prefix(entry.audio)[0] for entry in entries if entry.audio}
    prefix = prefixes.pop() if len(prefixes) == 1 else None
    return Survey(
        show=shows[0],
        seasons=named,
        slots=dict(_slots(entries, named, places)),
        prefix=prefix if prefix and prefix.endswith("/") else None,
    )


def _entry(found: FoundEpisode, at: int) -> _Entry:
    fields = found.fields
    title = fields.get("title", "")
    link, audio = fields.get("link", ""), found.audio.url if found.audio else ""
    guid, remarks = fields.get("guid", ""), tuple[str, ...]()
    if not guid and audio:
        guid = audio
        remarks = ("has no guid; the address of its audio, by which apps know it, is its guid now",)
    elif not guid:
        guid = str(uuid.uuid5(uuid.NAMESPACE_URL, " ".join((link, title, fields.get("published", "")))))
        remarks = ("has neither a guid nor audio; it got a guid of its own",)
    return _Entry(
        at=at,
        guid=" ".join(guid.split("\n")),
        published=fields.get("published"),
        title=title,
        number=fields.get("number"),
        link=link,
        audio=audio,
        season=found.season,
        remarks=remarks,
    )


def _dated(entries: list[_Entry]) -> list[_Entry]:
    """Return the episodes with a date for each: one without has its neighbour's, the older one's if there is one."""
    dates = [entry.published for entry in entries]
    for at, entry in enumerate(entries):
        if entry.published is None:
            near = next(
                (date for date in (*dates[at + 1 :], *reversed(dates[:at])) if date), "1970-01-01T00:00:00+00:00"
            )
            message = f"has no date that can be read; it got that of its neighbour, {near}"
            entries[at] = replace(entry, published=near, remarks=(*entry.remarks, message))
    return entries


def _told_apart(entries: Iterable[_Entry]) -> Iterator[_Entry]:
    """Yield the episodes without those that are there twice; others of one guid get guids of their own."""
    first: dict[str, _Entry] = {}
    for entry in entries:
        other = first.setdefault(entry.guid, entry)
        if other is entry:
            yield entry
        elif other.audio != entry.audio:
            own = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{entry.guid} {entry.audio}"))
            message = (
                f"has the guid {values.shown(entry.guid)} of another episode, which apps show in its place;"
                f" it is a draft with the guid {own}"
            )
            if own not in first:
                first[own] = entry
                yield replace(entry, guid=own, repeated=True, remarks=(*entry.remarks, message))


def _seasons(entries: Iterable[_Entry], known: Mapping[int, str]) -> dict[int, tuple[str, str]]:
    """Return slug and name of each season that episodes name; the first name that one has."""
    names: dict[int, str | None] = {}
    for entry in entries:
        if entry.season:
            names[entry.season.number] = names.get(entry.season.number) or entry.season.name
    seasons: dict[int, tuple[str, str]] = {}
    for number, name in sorted(names.items()):
        title = name or f"Season {number}"
        slug = known.get(number) or values.spelled_slug(title) or f"season-{number}"
        taken = {other for other, _ in seasons.values()}
        seasons[number] = (slug if slug not in taken else f"{slug[: values.LONGEST_SLUG - 12]}-{number}", title)
    return seasons


def _slots(
    entries: list[_Entry], seasons: Mapping[int, tuple[str, str]], places: Mapping[str, str]
) -> Iterator[tuple[int, Slot]]:
    """Yield the place of each episode: a new one is named after its title, later ones of one name with a number."""
    taken = {folder.rpartition("/")[2] for folder in places.values()} | {slug for slug, _ in seasons.values()}
    for entry in sorted(entries, key=lambda one: (datetime.fromisoformat(one.published or ""), one.guid)):
        folder = places.get(entry.guid)
        if folder is None:
            slug = _free(_slug(entry), taken)
            taken.add(slug)
            season = f"{seasons[entry.season.number][0]}/" if entry.season else ""
            folder = f"episodes/{season}{slug}"
        yield (
            entry.at,
            Slot(
                folder=folder,
                guid=entry.guid,
                published=entry.published,
                repeated=entry.repeated,
                remarks=entry.remarks,
            ),
        )


def _slug(entry: _Entry) -> str:
    """Return the name of an episode's folder: of its title, else of its old page or audio, else its number."""
    address = (_named(url) for url in (entry.link, entry.audio))
    made = values.spelled_slug(entry.title) or next(filter(None, address), "")
    return made or (f"episode-{entry.number}" if entry.number else f"episode-{(entry.published or '')[:10]}")


def _named(url: str) -> str:
    try:
        name = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    except ValueError:
        return ""
    slug = values.slugify(re.sub(r"\.\w{1,5}$", "", name))
    return "" if slug in _SAID_BY_ALL else slug


def _free(slug: str, taken: set[str]) -> str:
    if slug not in taken:
        return slug
    stem, number = slug[: values.LONGEST_SLUG - 6], 2
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"
