"""The pages of a show besides its episodes' own: its front page, lists of episodes, and the sitemap."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from podwright.building.frame import Frame, page_artifact
from podwright.building.pages import HTML_TYPE
from podwright.building.select import list_pages
from podwright.building.types import BuiltEpisode
from podwright.core.artifact import Artifact
from podwright.core.model import Outline, Season, Show
from podwright.core.names import page_key, public_url
from podwright.render.site import (
    SITEMAP_TYPE,
    Card,
    ListPage,
    Pager,
    Row,
    render_list,
    render_missing,
    render_sitemap,
    render_sitemap_index,
)
from podwright.render.site.sitemap import LARGEST
from podwright.workspace.slugs import slugify

HOME_KEY = "index.html"
ARCHIVE = "archive"
MISSING_KEY = "404.html"
#: Episodes on a full page of a list, and on the front page.
PAGE_SIZE = 50
NEWEST = 12


class Made(NamedTuple):
    """Objects that are made of several episodes: a name, a digest of all that they follow from, and their making."""

    name: str
    signature: str
    build: Callable[[], tuple[Artifact, ...]]


@dataclass(frozen=True, slots=True)
class _Entry:
    """An episode in lists; digest: of its card."""

    outline: Outline
    card: Card
    digest: str


def section_folders(outlines: Iterable[Outline]) -> Mapping[str, str]:
    """The folder of each section's list, which differ though their names may be written alike."""
    folders: dict[str, str] = {}
    for name in sorted({outline.section for outline in outlines if outline.section}):
        plain = slugify(name)
        taken = not plain or f"sections/{plain}" in folders.values()
        mark = hashlib.sha256(name.encode()).hexdigest()[:6]
        folders[name] = f"sections/{'-'.join(filter(None, (plain, mark)))}" if taken else f"sections/{plain}"
    return folders


def season_folder(slug: str) -> str:
    """The folder of a season's list."""
    return f"seasons/{slug}"


def list_key(folder: str, number: int | None = None) -> str:
    """Key of a list: of its newest page, or of an older one, numbered from the oldest on."""
    return f"{folder}/index.html" if number is None else f"{folder}/page-{number}.html"


def make_lists(
    frame: Frame,
    episodes: Iterable[BuiltEpisode],
    *,
    show: Show,
    sections: Mapping[str, str],
    now: datetime,
) -> Iterator[Made]:
    """Everything to make, each with its signature, so that what did not change is not even rendered.

    episodes: the listed ones of public tiers; sections: the folder of each section's list.
    """
    entries = sorted(
        (_entry(episode, now) for episode in episodes),
        key=lambda entry: (entry.outline.published, entry.outline.guid),
        reverse=True,
    )
    by_section: dict[str, list[_Entry]] = {}
    by_season: dict[str, list[_Entry]] = {}
    for entry in entries:
        if entry.outline.section:
            by_section.setdefault(entry.outline.section, []).append(entry)
        if entry.outline.season:
            by_season.setdefault(entry.outline.season, []).append(entry)
    seasons = [season for season in show.seasons if season.slug in by_season]
    keys = [HOME_KEY]
    yield _home(frame, entries, show=show, seasons=seasons, sections={name: sections[name] for name in by_section})
    lists = [
        _Listing(ARCHIVE, "archive", "", entries),
        *(_Listing(sections[name], "section", name, found) for name, found in sorted(by_section.items())),
        *(_Listing(season_folder(one.slug), "season", one.title, by_season[one.slug], one) for one in seasons),
    ]
    for listing in lists:
        for made in _listed(frame, listing):
            keys.append(made.name)
            yield made
    yield _missing(frame)
    yield from _sitemaps([*keys, *(entry.card.key for entry in entries)], show)


class _Listing(NamedTuple):
    folder: str
    kind: str
    title: str
    entries: Sequence[_Entry]
    season: Season | None = None


def _entry(episode: BuiltEpisode, now: datetime) -> _Entry:
    outline = episode.outline
    card = Card(
        key=page_key(episode.stem),
        title=outline.title,
        number=outline.number,
        published=outline.published,
        duration=episode.duration,
        section=outline.section,
        access=outline.tier,
        summary=episode.summary,
        expired=outline.expires is not None and outline.expires <= now,
    )
    return _Entry(outline, card, repr(card))


def _made(frame: Frame, page: ListPage, entries: Sequence[_Entry]) -> Made:
    """A list page; its cards are added only where it must be rendered."""

    def build() -> tuple[Artifact, ...]:
        whole = replace(page, cards=tuple(entry.card for entry in entries))
        data = render_list(whole, frame.site, theme=frame.theme)
        return (page_artifact(page.key, data, media_type=HTML_TYPE, side="public"),)

    return Made(page.key, _signature(frame.digest, page, *(entry.digest for entry in entries)), build)


def _home(
    frame: Frame, entries: Sequence[_Entry], *, show: Show, seasons: Iterable[Season], sections: Mapping[str, str]
) -> Made:
    page = ListPage(
        key=HOME_KEY,
        kind="show",
        title=show.title,
        cards=(),
        pager=Pager(newest=HOME_KEY),
        sections=tuple(Row(title=name, number=None, key=list_key(folder)) for name, folder in sections.items()),
        seasons=tuple(
            Row(title=one.title, number=one.number, key=list_key(season_folder(one.slug))) for one in seasons
        ),
        people=show.people,
    )
    return _made(frame, page, entries[:NEWEST])


def _listed(frame: Frame, listing: _Listing) -> Iterator[Made]:
    """The pages of one list, the newest first."""
    pages = list_pages(listing.entries, PAGE_SIZE)
    keys = [list_key(listing.folder), *(list_key(listing.folder, number) for number in range(len(pages) - 1, 0, -1))]
    for index, entries in enumerate(pages):
        pager = Pager(
            newest=keys[0],
            newer=keys[index - 1] if index else None,
            older=keys[index + 1] if index + 1 < len(keys) else None,
        )
        season = listing.season
        page = ListPage(
            key=keys[index],
            kind=listing.kind,
            title=listing.title,
            cards=(),
            pager=pager,
            season=season,
            description=season.description if season else None,
        )
        yield _made(frame, page, entries)


def _missing(frame: Frame) -> Made:
    def build() -> tuple[Artifact, ...]:
        data = render_missing(MISSING_KEY, frame.site, theme=frame.theme)
        return (page_artifact(MISSING_KEY, data, media_type=HTML_TYPE, side="public"),)

    return Made(MISSING_KEY, _signature(frame.digest), build)


def _sitemaps(keys: Sequence[str], show: Show) -> Iterator[Made]:
    """One sitemap, or a list of several where there are too many pages for one."""
    parts = [keys[at : at + LARGEST] for at in range(0, len(keys), LARGEST)]
    if len(parts) == 1:
        yield _sitemap("sitemap.xml", keys, show, render=render_sitemap)
        return
    names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
    for name, part in zip(names, parts, strict=True):
        yield _sitemap(name, part, show, render=render_sitemap)
    yield _sitemap("sitemap.xml", names, show, render=render_sitemap_index)


def _sitemap(name: str, keys: Sequence[str], show: Show, *, render: Callable[[Iterable[str]], bytes]) -> Made:
    def build() -> tuple[Artifact, ...]:
        data = render(public_url(key, show) for key in keys)
        return (page_artifact(name, data, media_type=SITEMAP_TYPE, side="public"),)

    return Made(name, _signature(show.storage.public_url, *keys), build)


def _signature(*values: object) -> str:
    return hashlib.sha256("\n".join(map(str, values)).encode()).hexdigest()[:32]
