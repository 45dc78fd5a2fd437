"""The selection of episodes: those that are due, those of a feed in its order, a season's table of contents."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import chain
from typing import TypeVar

from podwright.core.model import Feed, Outline, Show, Stage, is_of_feed, selects
from podwright.core.tags import LiveItem, LiveStatus
from podwright.render.notes import ContentsEntry
from podwright.workspace.dates import zone_named

T = TypeVar("T")

#: A longer table of contents would crowd out everything else in an app's 4,000 characters.
LONGEST_CONTENTS = 25


def stage_of(outline: Outline, now: datetime) -> Stage:
    """Return where an episode stands at that time. Each of its dates counts from its very moment on.

    A draft waits, whatever they say.
    """
    if outline.draft:
        return Stage.WAITING
    if outline.published > now:
        return Stage.EARLY if any(since <= now for _, since in outline.early) else Stage.WAITING
    if outline.withdraw and outline.withdraw <= now:
        return Stage.WITHDRAWN
    return Stage.UNLISTED if outline.unlist and outline.unlist <= now else Stage.LISTED


def education_day(outline: Outline, show: Show, *, now: datetime) -> date | None:
    """Return the day on which education credit is judged; None where show or episode asks for nothing."""
    if show.education == "none" or stage_of(outline, now) == Stage.WITHDRAWN:
        return None
    return now.astimezone(zone_named(show.timezone)).date()


def is_listed(outline: Outline, now: datetime) -> bool:
    """Return whether feeds and lists name an episode at that time."""
    return stage_of(outline, now) == Stage.LISTED


def next_change(outlines: Iterable[Outline], feeds: Iterable[Feed], now: datetime) -> datetime | None:
    """Return when the clock next changes what is published.

    An episode is due, is no longer current, or goes; a live item begins or ends by the clock.
    """
    moments = chain(
        (moment for outline in outlines for moment in _moments(outline)),
        (moment for feed in feeds for live in feed.tags.live for moment in _live_moments(live)),
    )
    return min((moment for moment in moments if moment > now), default=None)


def _live_moments(live: LiveItem) -> Iterator[datetime]:
    if live.status is None:
        yield live.start
        yield from filter(None, (live.end,))


def live_status(live: LiveItem, now: datetime) -> LiveStatus:
    """Return the status of a live item: as its producer says it, else by the clock."""
    if live.status is not None:
        return live.status
    if live.start > now:
        return "pending"
    return "ended" if live.end and live.end <= now else "live"


def at_moment(feed: Feed, now: datetime) -> Feed:
    """Return a feed with the status that each of its live items has at that time."""
    live = tuple(replace(one, status=live_status(one, now)) for one in feed.tags.live)
    return replace(feed, tags=replace(feed.tags, live=live)) if live else feed


def _moments(outline: Outline) -> Iterator[datetime]:
    yield outline.published
    yield from (since for _, since in outline.early)
    yield from filter(None, (outline.expires, outline.unlist, outline.withdraw))
    yield from outline.credit_ends


def feed_since(feed: Feed, outline: Outline) -> datetime:
    """Return when a feed begins to carry an episode that it selects: sooner where its members have it early.

    That is also the date that it says of it, ever after: an item whose date moves looks new, or is sorted away.
    """
    return min((since for tier, since in outline.early if tier in feed.select.tiers), default=outline.published)


def teaser_since(feed: Feed, outline: Outline) -> datetime | None:
    """Return when an episode begins to leave a teaser in a feed, once others have it; None where it never does."""
    if feed.teaser is None or not outline.teaser or not is_of_feed(feed, outline):
        return None
    had = (*outline.early, (outline.tier, outline.published))
    since = min((since for tier, since in had if tier in feed.teaser.tiers), default=None)
    carried = since is not None and selects(feed, outline) and feed_since(feed, outline) <= since
    return None if carried else since


def carries(feed: Feed, outline: Outline, now: datetime) -> bool:
    """Return whether a feed has an episode at that time."""
    standing = stage_of(outline, now).is_carried
    return standing and selects(feed, outline) and feed_since(feed, outline) <= now


def leaves_teaser(feed: Feed, outline: Outline, now: datetime) -> bool:
    """Return whether a feed tells of an episode at that time that it does not carry."""
    since = teaser_since(feed, outline)
    standing = stage_of(outline, now).is_carried
    return standing and since is not None and since <= now and not carries(feed, outline, now)


def feed_episodes(
    feed: Feed, outlines: Iterable[Outline], *, now: datetime, teasers: Collection[str] = ()
) -> tuple[Outline, ...]:
    """Return the episodes that a feed carries now, and those that leave a teaser there.

    In its order: newest first; a serial show oldest first (`by_date`). teasers: guids of the episodes that have one to
    leave.
    """
    dated: list[tuple[datetime, Outline]] = []
    for o in outlines:
        if carries(feed, o, now):
            dated.append((feed_since(feed, o), o))
        elif o.guid in teasers and leaves_teaser(feed, o, now) and (since := teaser_since(feed, o)):
            dated.append((since, o))
    return tuple(o for _, o in sorted(dated, key=lambda row: by_date(row[1], row[0]), reverse=feed.type != "serial"))


def by_date(outline: Outline, since: datetime | None = None) -> tuple[datetime, int, str]:
    """Return the key by which episodes stand in order wherever that is one of dates: then by number, then by guid.

    since: another date than that of publication. What has no number, like a trailer, comes before what has one.
    """
    return since or outline.published, outline.number or 0, outline.guid


def feed_pages(feed: Feed, episodes: Sequence[T]) -> tuple[tuple[T, ...], ...]:
    """Return the documents of a feed whose episodes are in its order: the feed, then its archive pages, oldest first.

    The feed has the newest feed.limit episodes. A page has as many, counted from the oldest on, so that a new episode
    changes none of them; the newest page and the feed may overlap, which RFC 5005 allows
    (https://www.rfc-editor.org/rfc/rfc5005#section-4).
    """
    size = feed.limit or max(len(episodes), 1)
    oldest = episodes if feed.type == "serial" else episodes[::-1]
    starts = range(0, len(oldest) - size, size)
    documents = (oldest[-size:], *(oldest[start : start + size] for start in starts))
    return tuple(tuple(page if feed.type == "serial" else page[::-1]) for page in documents)


def season_listing(mates: Iterable[Outline], tier: str, *, show: Show, now: datetime) -> tuple[Outline, ...]:
    """Return a season's listed episodes that all who may read a tier may read; () where they are too many."""
    readable = {tier, *show.public}
    listed = [o for o in mates if is_listed(o, now) and o.tier in readable]
    if not 2 <= len(listed) <= LONGEST_CONTENTS:
        return ()
    return tuple(sorted(listed, key=_place))


def season_contents(
    listing: Iterable[Outline], current: str, *, page_url: Callable[[Outline], str | None]
) -> tuple[ContentsEntry, ...]:
    """Return a listing as the table of contents of the episode `current`, a guid. page_url: of an episode's page."""
    return tuple(
        ContentsEntry(title=o.title, number=o.number, display=o.display, url=page_url(o), current=o.guid == current)
        for o in listing
    )


def neighbours(
    mates: Iterable[Outline], tier: str, *, show: Show, now: datetime
) -> dict[str, tuple[Outline | None, Outline | None]]:
    """Return by guid the listed episodes before and after each that somebody may read, of those that a tier may read.

    Episodes without a season follow each other by date.
    """
    readable = {tier, *show.public}
    found = (o for o in mates if stage_of(o, now) != Stage.WAITING and o.tier in readable)
    due = sorted(found, key=lambda o: _place(o) if o.season else by_date(o))
    before = _last_listed(due, now)
    after = reversed(_last_listed(due[::-1], now))
    return {o.guid: (b, a) for o, b, a in zip(due, before, after, strict=True)}


def _last_listed(due: Iterable[Outline], now: datetime) -> list[Outline | None]:
    """Return for each episode the last one before it that is listed."""
    found: list[Outline | None] = []
    last: Outline | None = None
    for outline in due:
        found.append(last)
        if is_listed(outline, now):
            last = outline
    return found


def _place(outline: Outline) -> tuple[bool, int, datetime, str]:
    return outline.number is None, outline.number or 0, outline.published, outline.guid


def list_pages(entries: Sequence[T], size: int) -> tuple[tuple[T, ...], ...]:
    """Return a list, newest first, in pages: the first has the newest size to 2 × size - 1, the others are full.

    The oldest come last. Pages are filled from the oldest on, so that a new entry changes the first one alone, until
    that splits.
    """
    first = len(entries) if len(entries) < 2 * size else size + len(entries) % size
    rest = entries[first:]
    return (tuple(entries[:first]), *(tuple(rest[at : at + size]) for at in range(0, len(rest), size)))
