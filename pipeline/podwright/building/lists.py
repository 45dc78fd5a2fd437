"""Pages that are made of several episodes, in one table of kinds: the front page, lists of episodes, the sitemap.

A kind of page is a row of KINDS, a template of its name, and its words. Its keys are known to `core.names`.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from podwright.building.frame import Frame, html_artifact, page_artifact
from podwright.building.select import by_date, list_pages
from podwright.building.types import BuiltEpisode
from podwright.core.artifact import Artifact
from podwright.core.model import Outline, Season, Show
from podwright.core.names import page_key, public_url
from podwright.render.site import (
    LARGEST_SITEMAP,
    SITEMAP_TYPE,
    Card,
    ListPage,
    Pager,
    Row,
    render_page,
    render_sitemap,
    render_sitemap_index,
    series_data,
)
from podwright.workspace.values import slugify

HOME_KEY = "index.html"
ARCHIVE = "archive"
MISSING_KEY = "404.html"
#: Episodes on a full page of a list, and on the front page.
PAGE_SIZE = 50
NEWEST = 12


class Made(NamedTuple):
    """Objects that are made of several episodes."""

    name: str
    #: A digest of all that they follow from, so that what did not change is not even rendered.
    signature: str
    build: Callable[[], tuple[Artifact, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A listed episode of a public tier."""

    outline: Outline
    card: Card
    #: Digests of its card, and of the words by which the search finds it.
    digest: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The episodes that lists show, and the pages' frame."""

    frame: Frame
    show: Show
    #: The newest first, as in both mappings.
    entries: Sequence[Entry]
    by_section: Mapping[str, Sequence[Entry]]
    by_season: Mapping[str, Sequence[Entry]]
    #: The folder of each section's list.
    folders: Mapping[str, str]

    @property
    def seasons(self) -> list[Season]:
        """The seasons that have episodes to show, in the show's order."""
        return [season for season in self.show.seasons if season.slug in self.by_season]


class Draft(NamedTuple):
    """A page that can be rendered."""

    key: str
    #: A list without its cards, which are added only where it must be rendered.
    page: ListPage | None = None
    entries: Sequence[Entry] = ()
    #: What the template shows besides.
    values: Mapping[str, object] = {}


class PageKind(NamedTuple):
    """A kind of page."""

    #: Name of its template, without `.html`.
    template: str
    drafts: Callable[[Catalogue], Iterable[Draft]]
    #: Search engines are told of its pages.
    in_sitemap: bool = True
    #: It is shown under any address, so that its links begin at the root of the host.
    anywhere: bool = False


def build_catalogue(
    frame: Frame, episodes: Iterable[BuiltEpisode], *, show: Show, folders: Mapping[str, str], now: datetime
) -> Catalogue:
    """Return the catalogue of the listed episodes of public tiers."""
    entries = sorted(
        (_entry(episode, now) for episode in episodes),
        key=lambda entry: by_date(entry.outline),
        reverse=True,
    )
    by_section: dict[str, list[Entry]] = {}
    by_season: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.outline.section:
            by_section.setdefault(entry.outline.section, []).append(entry)
        if entry.outline.season:
            by_season.setdefault(entry.outline.season, []).append(entry)
    return Catalogue(
        frame=frame, show=show, entries=entries, by_section=by_section, by_season=by_season, folders=folders
    )


def _entry(episode: BuiltEpisode, now: datetime) -> Entry:
    outline = episode.outline
    card = Card(
        key=page_key(episode.stem),
        title=outline.title,
        number=outline.number,
        published=outline.published,
        duration=episode.duration,
        section=outline.section,
        tier=outline.tier,
        summary=episode.summary,
        display=outline.display,
        expired=outline.expires is not None and outline.expires <= now,
    )
    return Entry(outline=outline, card=card, digest=repr(card), words=episode.words)


def make_lists(catalogue: Catalogue) -> Iterator[Made]:
    """Return the pages of all kinds, and the sitemap."""
    keys = []
    for kind in KINDS:
        for made in make_pages(kind, catalogue):
            if kind.in_sitemap:
                keys.append(made.name)
            yield made
    yield from _sitemaps([*keys, *(entry.card.key for entry in catalogue.entries)], catalogue.show)


def make_pages(kind: PageKind, catalogue: Catalogue) -> Iterator[Made]:
    """Return the pages of one kind."""
    for draft in kind.drafts(catalogue):
        digests = (entry.digest for entry in draft.entries)
        signature = sign(catalogue.frame.digest, draft.page, sorted(draft.values.items()), *digests)
        yield Made(draft.key, signature, functools.partial(_render, kind, draft, catalogue.frame))


def _render(kind: PageKind, draft: Draft, frame: Frame) -> tuple[Artifact, ...]:
    page = draft.page and replace(draft.page, cards=tuple(entry.card for entry in draft.entries))
    values = {"page": page, **draft.values}
    data = render_page(kind.template, draft.key, frame.site, values, theme=frame.theme, anywhere=kind.anywhere)
    return (html_artifact(draft.key, data, side="public"),)


def sign(*values: object) -> str:
    """Return a digest of values that are printed the same where they are the same."""
    return hashlib.sha256("\n".join(map(str, values)).encode()).hexdigest()[:32]


def section_folders(outlines: Iterable[Outline]) -> Mapping[str, str]:
    """Return the folder of each section's list, which differ though their names may be written alike."""
    folders: dict[str, str] = {}
    for name in sorted({outline.section for outline in outlines if outline.section}):
        plain = slugify(name)
        taken = not plain or f"sections/{plain}" in folders.values()
        mark = hashlib.sha256(name.encode()).hexdigest()[:6]
        folders[name] = f"sections/{'-'.join(filter(None, (plain, mark)))}" if taken else f"sections/{plain}"
    return folders


def season_folder(slug: str) -> str:
    """Return the folder of a season's list."""
    return f"seasons/{slug}"


def list_key(folder: str, number: int | None = None) -> str:
    """Return the key of a list: of its newest page, or of an older one, numbered from the oldest on."""
    return f"{folder}/index.html" if number is None else f"{folder}/page-{number}.html"


def _home(catalogue: Catalogue) -> Iterator[Draft]:
    sections = [(name, catalogue.folders[name]) for name in catalogue.by_section]
    page = ListPage(
        key=HOME_KEY,
        title=catalogue.show.title,
        cards=(),
        pager=Pager(newest=HOME_KEY),
        sections=tuple(Row(title=name, number=None, key=list_key(folder)) for name, folder in sections),
        seasons=tuple(
            Row(title=season.title, number=season.number, key=list_key(season_folder(season.slug)))
            for season in catalogue.seasons
        ),
        people=catalogue.show.people,
    )
    yield Draft(HOME_KEY, page, catalogue.entries[:NEWEST], {"data": series_data(catalogue.frame.site)})


def _archive(catalogue: Catalogue) -> Iterator[Draft]:
    yield from _list(ARCHIVE, "", catalogue.entries)


def _sections(catalogue: Catalogue) -> Iterator[Draft]:
    for name, entries in sorted(catalogue.by_section.items()):
        yield from _list(catalogue.folders[name], name, entries)


def _seasons(catalogue: Catalogue) -> Iterator[Draft]:
    for season in catalogue.seasons:
        yield from _list(season_folder(season.slug), season.title, catalogue.by_season[season.slug], season)


def _list(folder: str, title: str, entries: Sequence[Entry], season: Season | None = None) -> Iterator[Draft]:
    """Return the pages of one list, the newest first."""
    pages = list_pages(entries, PAGE_SIZE)
    keys = [list_key(folder), *(list_key(folder, number) for number in range(len(pages) - 1, 0, -1))]
    for index, shown in enumerate(pages):
        pager = Pager(
            newest=keys[0],
            newer=keys[index - 1] if index else None,
            older=keys[index + 1] if index + 1 < len(keys) else None,
        )
        description = season.description if season else None
        page = ListPage(key=keys[index], title=title, cards=(), pager=pager, season=season, description=description)
        yield Draft(keys[index], page, shown)


def _missing(_: Catalogue) -> Iterator[Draft]:
    yield Draft(MISSING_KEY)


KINDS = (
    PageKind("show", _home),
    PageKind("archive", _archive),
    PageKind("section", _sections),
    PageKind("season", _seasons),
    PageKind("missing", _missing, in_sitemap=False, anywhere=True),
)


def _sitemaps(keys: Sequence[str], show: Show) -> Iterator[Made]:
    """Return one sitemap, or several and a list of them where there are too many pages for one."""
    parts = [keys[at : at + LARGEST_SITEMAP] for at in range(0, len(keys), LARGEST_SITEMAP)]
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

    return Made(name, sign(show.storage.public_url, *keys), build)
