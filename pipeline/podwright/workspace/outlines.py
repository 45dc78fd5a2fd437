"""Problems between episodes that are right by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from podwright.core.errors import FormatError
from podwright.core.finding import Finding
from podwright.core.model import Feed, Outline, Show, selects
from podwright.core.names import feed_key, former_keys
from podwright.workspace.documents import line_of
from podwright.workspace.front_matter import load_episode_file

#: Names that the web pages have beside an episode's files, and beside the feeds.
_PAGE_NAMES = frozenset({"index", "embed", "oembed"})
#: So many episodes of one date are named.
_MOST_NAMED = 3
_SITEMAP = re.compile(r"sitemap(?:-\d+)?")


def check_outlines(outlines: Sequence[Outline], show: Show) -> tuple[Finding, ...]:
    """Return the problems across episodes.

    They are guids, numbers and dates used twice, names that web pages have, episodes that a serial feed cannot order,
    and feeds that select nothing.

    Of a draft such things are warnings. Opens an episode's file only to name the line of a problem.
    """
    drafts = {f"{outline.folder}/episode.md" for outline in outlines if outline.draft}
    # Of two that are alike the draft is named.
    ordered = sorted(outlines, key=lambda outline: outline.draft)
    return tuple(replace(one, level="warning") if one.where in drafts else one for one in _between(ordered, show))


def _between(outlines: Sequence[Outline], show: Show) -> tuple[Finding, ...]:
    return (
        *_same_guids(outlines, show),
        *_same_numbers(outlines, show),
        *_same_dates(outlines, show),
        *(_taken_names(outlines, show) if show.pages else ()),
        *_taken_addresses(show),
        *(problem for feed in show.feeds for problem in _feed(feed, outlines, show=show)),
    )


def _same_guids(outlines: Iterable[Outline], show: Show) -> Iterator[Finding]:
    first: dict[str, Outline] = {}
    for outline in outlines:
        other = first.setdefault(outline.guid, outline)
        if other is not outline:
            where = f"{other.folder}/episode.md:{_line(other, show, field='guid')}"
            message = f"{outline.guid!r} is already the guid of {where}; give the newer one its own"
            yield _problem(outline, show, field="guid", message=message)


def _same_numbers(outlines: Iterable[Outline], show: Show) -> Iterator[Finding]:
    first: dict[tuple[str | None, int], Outline] = {}
    for outline in outlines:
        if outline.type != "full" or outline.number is None:
            continue
        other = first.setdefault((outline.season, outline.number), outline)
        if other is not outline:
            where = f"{other.folder}/episode.md:{_line(other, show, field='number')}"
            message = f"{outline.number} is already the number of {where}; number one of them anew"
            yield replace(_problem(outline, show, field="number", message=message), level="warning")


def _same_dates(outlines: Iterable[Outline], show: Show) -> Iterator[Finding]:
    """Yield a warning for each moment at which a feed gets several episodes.

    Apps sort by date alone (https://podcasters.apple.com/support/823-podcast-requirements), and equal ones as they
    like.
    """
    together: dict[datetime, list[Outline]] = {}
    for outline in (outline for outline in outlines if not outline.draft):
        together.setdefault(outline.published, []).append(outline)
    for mates in (mates for mates in together.values() if len(mates) > 1):
        shared = (tuple(one for one in mates if selects(feed, one)) for feed in show.feeds)
        first, *others = max(shared, key=len, default=()) or mates[:1]
        if others:
            named = ", ".join(f"{one.folder}/episode.md" for one in others[:_MOST_NAMED])
            more = f" and {len(others) - _MOST_NAMED} more" if len(others) > _MOST_NAMED else ""
            message = f"is also the date of {named}{more}, so apps may show them in any order; give each its own time"
            yield replace(_problem(first, show, field="published", message=message), level="warning")


def _taken_names(outlines: Iterable[Outline], show: Show) -> Iterator[Finding]:
    for outline in outlines:
        if outline.slug in _PAGE_NAMES:
            message = f"{outline.slug!r} is what a file of its web page is called; rename the folder"
            yield Finding(f"{outline.folder}/episode.md", message)
    for feed in show.feeds:
        if _SITEMAP.fullmatch(feed.name):
            message = f"{feed.name!r} is a name that the web pages have; give the file another name"
            yield Finding(f"feeds/{feed.name}.toml", message)


def _taken_addresses(show: Show) -> Iterator[Finding]:
    """Yield former names of feeds at whose address another feed is, or this one."""
    taken = {feed_key(feed, show): feed.name for feed in show.feeds}
    for feed in show.feeds:
        for name, key in zip(feed.former, former_keys(feed, show), strict=True):
            other = taken.setdefault(key, feed.name)
            if name == feed.name or other != feed.name:
                message = f"{name!r} is the address of feeds/{other}.toml; take it out, or that file away"
                yield Finding(f"feeds/{feed.name}.toml", message, field="former")


def _feed(feed: Feed, outlines: Iterable[Outline], *, show: Show) -> Iterator[Finding]:
    carried = [outline for outline in outlines if selects(feed, outline)]
    if feed.type == "serial":
        for outline in carried:
            if outline.type == "full" and outline.number is None:
                message = f"is missing, and the serial feed {feed.name!r} orders its episodes by it; add it"
                yield _problem(outline, show, field="number", message=message)
    if not carried:
        yield Finding(
            f"feeds/{feed.name}.toml", "selects no episode; check its [select]", field="select", level="warning"
        )


def _problem(outline: Outline, show: Show, *, field: str, message: str) -> Finding:
    path = f"{outline.folder}/episode.md"
    return Finding(path, message, line=_line(outline, show, field=field), field=field)


def _line(outline: Outline, show: Show, *, field: str) -> int:
    path = f"{outline.folder}/episode.md"
    try:
        return line_of(load_episode_file(show.root / path, name=path), (field,))
    except FormatError:
        # Changed since it was read; the next run says what is wrong with it.
        return 1
