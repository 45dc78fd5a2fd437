"""A calendar as lines, as values, and as iCalendar for calendar apps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from podwright.operations.calendar import Calendar, Event, EventKind

_SAID: dict[EventKind, str] = {
    "early": "is early for members",
    "published": "is published",
    "credit-ends": "credit ends",
    "expires": "is no longer current",
    "unlisted": "leaves feeds and lists",
    "withdrawn": "is withdrawn",
}


def calendar_lines(found: Calendar) -> Iterator[str]:
    """An event a line, in the show's zone."""
    if not found.events:
        yield "The clock changes nothing."
        return
    zone = ZoneInfo(found.timezone)
    for event in found.events:
        yield f"{event.at.astimezone(zone):%Y-%m-%d %H:%M:%S}  {_SAID[event.kind]:<22}  {event.title}"
    yield f"Times are those of {found.timezone}."


def calendar_values(found: Calendar) -> dict[str, Any]:
    """Events as JSON values, with the times in the show's zone."""
    zone = ZoneInfo(found.timezone)
    rows = [
        {
            "at": event.at.astimezone(zone).isoformat(),
            "kind": event.kind,
            "slug": event.slug,
            "guid": event.guid,
            "title": event.title,
        }
        for event in found.events
    ]
    return {"timezone": found.timezone, "events": rows}


def calendar_ics(found: Calendar, *, now: datetime) -> str:
    """Events as iCalendar (https://www.rfc-editor.org/rfc/rfc5545), each a moment that takes no time.

    An event keeps its identity when its date is moved, so that an app that reads the file again moves it too.
    """
    import icalendar

    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//podwright//calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", found.title)
    for event in found.events:
        calendar.add_component(_entry(event, now=now))
    data: bytes = calendar.to_ical()
    return data.decode()


def _entry(event: Event, *, now: datetime) -> Any:
    import icalendar

    entry = icalendar.Event()
    entry.add("uid", f"{event.kind}-{event.number}-{event.guid}@podwright")
    entry.add("dtstamp", now.astimezone(UTC))
    entry.add("dtstart", event.at.astimezone(UTC))
    entry.add("summary", f"{event.title}: {_SAID[event.kind]}")
    entry.add("categories", [event.kind])
    entry.add("transp", "TRANSPARENT")
    return entry
