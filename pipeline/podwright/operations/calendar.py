"""What the clock will do to a podcast, from its workspace alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from podwright.core.model import Outline, Overrides
from podwright.workspace.load import load_outlines, load_show
from podwright.workspace.scan import scan_workspace

EventKind = Literal["early", "published", "credit-ends", "expires", "unlisted", "withdrawn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that will happen to an episode at a moment. number: of several ends of credits, or of several
    tiers that have it early, from 1 on."""

    at: datetime
    kind: EventKind
    guid: str
    slug: str
    title: str
    number: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Events, the next one first. title: the show's; timezone: the IANA name of its zone."""

    title: str
    timezone: str
    events: tuple[Event, ...]


def load_calendar(root: Path, overrides: Overrides, *, now: datetime, within: timedelta | None) -> Calendar:
    """What happens after `now`, and within a time where one is given. Raises WorkspaceError."""
    scan = scan_workspace(root)
    show = load_show(scan, overrides)
    coming = upcoming(load_outlines(scan, show), now=now, until=now + within if within is not None else None)
    return Calendar(title=show.title, timezone=show.timezone, events=coming)


def upcoming(outlines: Iterable[Outline], *, now: datetime, until: datetime | None) -> tuple[Event, ...]:
    """All events after `now` and not after `until`, the next one first."""
    found = (event for outline in outlines for event in _events(outline))
    coming = (event for event in found if now < event.at and (until is None or event.at <= until))
    return tuple(sorted(coming, key=lambda event: (event.at, event.slug, event.kind)))


def _events(outline: Outline) -> Iterator[Event]:
    """Everything that ever happens to an episode. What it no longer has when it goes happens no more."""
    dates: list[tuple[EventKind, datetime | None, int]] = [
        *(("early", since, number) for number, (_, since) in enumerate(outline.early, 1)),
        ("published", outline.published, 1),
        ("expires", outline.expires, 1),
        ("unlisted", outline.unlist if outline.unlist != outline.withdraw else None, 1),
        ("withdrawn", outline.withdraw, 1),
        *(("credit-ends", end, number) for number, end in enumerate(outline.credit_ends, 1)),
    ]
    for kind, at, number in dates:
        gone = outline.withdraw is not None and at is not None and at > outline.withdraw
        if at and not gone:
            yield Event(at=at, kind=kind, guid=outline.guid, slug=outline.slug, title=outline.title, number=number)
