"""A generation: one publish as it is remembered, with what listeners noticed of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

Moment = Annotated[datetime, Meta(tz=True)]
Count = Annotated[int, Meta(ge=0, le=(1 << 63) - 1)]
ItemKind = Literal["new", "changed", "gone"]

#: So many items of a feed are remembered by name; the others are counted.
NAMED = 20

#: What a listener notices where a part of an episode changed, in the order in which it is shown.
PARTS = {
    "title": "title changed",
    "date": "date changed",
    "audio": "audio replaced",
    "tags": "audio tags changed",
    "address": "audio address changed",
    "notes": "notes changed",
    "contents": "table of contents changed",
    "chapters": "chapters changed",
    "transcript": "transcript changed",
    "people": "people changed",
    "image": "artwork changed",
    "details": "details changed",
    "summary": "summary changed",
    "rest": "other details changed",
}
#: The files of an episode that waits, of which nothing is shown.
SOURCE = "source"
#: Those that an older podwright did not remember.
LATER_PARTS = ("summary", "rest", SOURCE)


def remembered_parts(after: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
    """Return the digests of `after` without those that whoever wrote `before` did not remember."""
    return {part: digest for part, digest in after.items() if part in before or part not in LATER_PARTS}


def changed_parts(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """Return which of PARTS differ between two sets of digests, as far as both have them.

    A summary that follows from the notes is no news beside them.
    """
    if before == after:
        return ()
    after = remembered_parts(after, before)
    changed = [part for part in PARTS if before.get(part) != after.get(part)]
    return tuple(part for part in changed if part != "summary" or "notes" not in changed)


# The fields of these types are names in the stored manifest.


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChange:
    """A change of one episode that a feed's listeners notice."""

    kind: ItemKind
    guid: str
    title: str
    #: Keys of PARTS for a "changed" one.
    parts: tuple[str, ...] = ()

    def __str__(self) -> str:
        said = {"new": "new episode", "gone": "leaves the feed"}.get(self.kind) or ", ".join(
            PARTS[p] for p in self.parts
        )
        return f"{self.title}: {said}"


LiveChange = Literal["begun", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedChange:
    """The semantic difference of one feed."""

    kind: ItemKind
    name: str
    #: Whether anything but its items changed.
    channel: bool
    items: tuple[ItemChange, ...]
    #: What became of its live items; nothing is stored where that is nothing.
    live: LiveChange | UnsetType = UNSET
    #: The feed that goes on at the address of one that is gone; nothing is stored where there is none.
    heir: str | UnsetType = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedNews:
    """A FeedChange as it is remembered: how many items are new, changed and gone."""

    #: With the first NAMED of them.
    change: FeedChange
    new: Count
    changed: Count
    gone: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One publish."""

    number: Count
    #: Its time; None where an older podwright did not say.
    at: Moment | None
    #: False while its swap is under way, and for ever where that was stopped: another publish completed it.
    whole: bool
    #: How many episodes were live, and how many were waiting.
    live: Count
    waiting: Count
    #: The generation that it brought back, None for a publish of the workspace.
    restored: Count | None = None
    feeds: tuple[FeedNews, ...] = ()


def news(changes: Iterable[FeedChange]) -> tuple[FeedNews, ...]:
    """Return what is remembered of a publish's changes."""
    return tuple(map(_news, changes))


def _news(change: FeedChange) -> FeedNews:
    counts = Counter(item.kind for item in change.items)
    named = replace(change, items=change.items[:NAMED])
    return FeedNews(change=named, new=counts["new"], changed=counts["changed"], gone=counts["gone"])


def remembered(
    log: tuple[Generation, ...], present: Generation, *, keep: int, besides: int | None = None
) -> tuple[Generation, ...]:
    """Return the log with one generation more: of the former ones the last `keep`, and `besides`.

    Those that were stopped do not count, so that a publish that fails again and again takes no whole one's place.
    """
    whole = [one.number for one in log if one.whole]
    stopped = [one.number for one in log if not one.whole]
    kept = {*whole[len(whole) - min(keep, len(whole)) :], *stopped[len(stopped) - min(keep, len(stopped)) :], besides}
    return (*(one for one in log if one.number in kept), present)
