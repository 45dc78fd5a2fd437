"""A generation: one publish as it is remembered, with what listeners noticed of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

ItemKind = Literal["new", "changed", "gone"]

#: So many items of a feed are remembered by name; the others are counted.
NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChange:
    """What a feed's listeners notice of one episode; parts are keys of plan.PARTS for a "changed" one."""

    kind: ItemKind
    guid: str
    title: str
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedChange:
    """The semantic difference of one feed; channel: whether anything but its items changed."""

    kind: ItemKind
    name: str
    channel: bool
    items: tuple[ItemChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedNews:
    """A FeedChange as it is remembered: how many items are new, changed and gone, and the first NAMED of them."""

    change: FeedChange
    new: int
    changed: int
    gone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One publish. at: its time, None for one of a podwright that did not say; live and waiting count its episodes.

    whole: False while its swap is under way, and for ever where that was stopped: another publish completed it.
    restored: the generation that it brought back, None for a publish of the workspace.
    """

    number: int
    at: datetime | None
    whole: bool
    live: int
    waiting: int
    restored: int | None = None
    feeds: tuple[FeedNews, ...] = ()


def news(changes: Iterable[FeedChange]) -> tuple[FeedNews, ...]:
    """What is remembered of a publish's changes."""
    return tuple(map(_news, changes))


def _news(change: FeedChange) -> FeedNews:
    counts = Counter(item.kind for item in change.items)
    named = FeedChange(kind=change.kind, name=change.name, channel=change.channel, items=change.items[:NAMED])
    return FeedNews(change=named, new=counts["new"], changed=counts["changed"], gone=counts["gone"])


def remembered(
    log: tuple[Generation, ...], present: Generation, *, keep: int, besides: int | None = None
) -> tuple[Generation, ...]:
    """The log with one generation more: of the former ones the last `keep`, and `besides`.

    Those that were stopped do not count, so that a publish that fails again and again takes no whole one's place.
    """
    whole = [one.number for one in log if one.whole]
    stopped = [one.number for one in log if not one.whole]
    kept = {*whole[len(whole) - min(keep, len(whole)) :], *stopped[len(stopped) - min(keep, len(stopped)) :], besides}
    return (*(one for one in log if one.number in kept), present)


def item_values(items: Iterable[ItemChange]) -> list[dict[str, Any]]:
    """What listeners notice of episodes, as machines are told it."""
    return [{"kind": one.kind, "guid": one.guid, "title": one.title, "parts": list(one.parts)} for one in items]


def generation_row(one: Generation) -> dict[str, Any]:
    """A generation as JSON values."""
    return {
        "generation": one.number,
        "at": one.at.isoformat() if one.at else None,
        "whole": one.whole,
        "live": one.live,
        "waiting": one.waiting,
        "restored": one.restored,
        "feeds": [_feed_row(feed) for feed in one.feeds],
    }


def parse_generation(row: dict[str, Any]) -> Generation:
    """The inverse of `generation_row`."""
    return Generation(
        number=row["generation"],
        at=datetime.fromisoformat(row["at"]) if row["at"] else None,
        whole=row["whole"],
        live=row["live"],
        waiting=row["waiting"],
        restored=row["restored"],
        feeds=tuple(map(_parse_feed, row["feeds"])),
    )


def _feed_row(feed: FeedNews) -> dict[str, Any]:
    return {
        "feed": feed.change.name,
        "kind": feed.change.kind,
        "channel": feed.change.channel,
        "counts": [feed.new, feed.changed, feed.gone],
        "items": [[item.kind, item.guid, item.title, list(item.parts)] for item in feed.change.items],
    }


def _parse_feed(row: dict[str, Any]) -> FeedNews:
    new, changed, gone = row["counts"]
    change = FeedChange(
        kind=row["kind"], name=row["feed"], channel=row["channel"], items=tuple(_parse_items(row["items"]))
    )
    return FeedNews(change=change, new=new, changed=changed, gone=gone)


def _parse_items(rows: Iterable[Any]) -> Iterator[ItemChange]:
    for kind, guid, title, parts in rows:
        yield ItemChange(kind=kind, guid=guid, title=title, parts=tuple(parts))
