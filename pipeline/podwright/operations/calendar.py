"""The changes that the clock will make to a podcast, from its workspace alone; as lines, values and iCalendar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from podwright.core.model import Outline, Overrides
from podwright.workspace.load import load_outlines, load_show
from podwright.workspace.scan import scan_workspace

EventKind = Literal["early", "published", "credit-ends", "expires", "unlisted", "withdrawn"]
_TEXTS: dict[EventKind, str] = {
    "early": "is early for members",
    "published": "is published",
    "credit-ends": "credit ends",
    "expires": "is no longer current",
    "unlisted": "leaves feeds and lists",
    "withdrawn": "is withdrawn",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A change that the clock makes to an episode."""

    at: datetime
    kind: EventKind
    guid: str
    slug: str
    title: str
    #: Of several ends of credits, or of several tiers that have it early, from 1 on.
    number: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The coming events of a show."""

    title: str
    #: The IANA name of the show's zone.
    timezone: str
    #: The next one first.
    events: tuple[Event, ...]


def load_calendar(root: Path, overrides: Overrides, *, now: datetime, within: timedelta | None) -> Calendar:
    """Return the events after `now`, and within a duration where one is given. Raises WorkspaceError."""
    scan = scan_workspace(root)
    show = load_show(scan, overrides)
    coming = upcoming(load_outlines(scan, show), now=now, until=now + within if within is not None else None)
    return Calendar(title=show.title, timezone=show.timezone, events=coming)


def upcoming(outlines: Iterable[Outline], *, now: datetime, until: datetime | None) -> tuple[Event, ...]:
    """Return all events after `now` and not after `until`, the next one first."""
    events = (event for outline in outlines if not outline.draft for event in _events(outline))
    coming = (event for event in events if now < event.at and (until is None or event.at <= until))
    return tuple(sorted(coming, key=lambda event: (event.at, event.slug, event.kind)))


def _events(outline: Outline) -> Iterator[Event]:
    """Yield all events of an episode that come before it is withdrawn."""
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


def calendar_lines(calendar: Calendar) -> Iterator[str]:
    """Yield an event a line, in the show's zone."""
    if not calendar.events:
        yield "The clock changes nothing."
        return
    zone = ZoneInfo(calendar.timezone)
    for event in calendar.events:
        yield f"{event.at.astimezone(zone):%Y-%m-%d %H:%M:%S}  {_TEXTS[event.kind]:<22}  {event.title}"
    yield f"Times are those of {calendar.timezone}."


def calendar_values(calendar: Calendar) -> dict[str, Any]:
    """Return events as JSON values, with the times in the show's zone."""
    zone = ZoneInfo(calendar.timezone)
    rows = [
        {
            "at": event.at.astimezone(zone).isoformat(),
            "kind": event.kind,
            "slug": event.slug,
            "guid": event.guid,
            "title": event.title,
        }
        for event in calendar.events
    ]
    return {"timezone": calendar.timezone, "events": rows}


def calendar_ics(calendar: Calendar, *, now: datetime) -> str:
    """Return events as iCalendar (https://www.rfc-editor.org/rfc/rfc5545), each a moment that takes no time.

    An event keeps its identity when its date is moved, so that an app that reads the file again moves it too.
    """
    # It takes long to load, and is needed for this form alone.
    import icalendar

    document = icalendar.Calendar()
    document.add("prodid", "-//podwright//calendar//EN")
    document.add("version", "2.0")
    document.add("x-wr-calname", calendar.title)
    for event in calendar.events:
        entry = icalendar.Event()
        entry.add("uid", f"{event.kind}-{event.number}-{event.guid}@podwright")
        entry.add("dtstamp", now.astimezone(UTC))
        entry.add("dtstart", event.at.astimezone(UTC))
        entry.add("summary", f"{event.title}: {_TEXTS[event.kind]}")
        entry.add("categories", [event.kind])
        entry.add("transp", "TRANSPARENT")
        document.add_component(entry)
    data: bytes = document.to_ical()
    return data.decode()
