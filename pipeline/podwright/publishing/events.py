"""Events of a run: one JSON line each, with names that stay.

docs/unattended.md explains every event and field; tests hold the two together. A line never holds a secret: events are
made of keys, counts, and errors, which carry none.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from podwright.publishing.plan import Plan
    from podwright.publishing.plan.steps import Step

EventLevel = Literal["info", "warning", "error"]

#: The fields of each event, beside `time`, `level`, `event`, `run` and `command`.
EVENTS: Mapping[str, tuple[str, ...]] = {
    "run-started": ("version", "workspace", "now"),
    "planned": ("store", "steps", "bytes", "kept", "feeds", "passages", "consequences", "live", "scheduled"),
    "wrote": ("key", "kind", "bytes"),
    "swapped": ("key", "kind", "bytes"),
    "deleted": ("key",),
    "warned": ("message",),
    "pinged": ("kind", "address", "subject", "ok", "attempts", "seconds", "reason"),
    "refused": ("message",),
    "failed": ("error", "message"),
    "finished": ("result", "exit_status", "seconds", "steps", "bytes", "live", "scheduled", "next_due"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. name and the names of fields are those of EVENTS; values are JSON's."""

    name: str
    fields: Mapping[str, Any]
    level: EventLevel = "info"

    def __post_init__(self) -> None:
        if tuple(self.fields) != EVENTS[self.name]:
            raise AssertionError(f"{self.name}: {', '.join(self.fields)} are not its fields")


#: Told each event as it happens. May be called from several threads.
Hear = Callable[[Event], None]


def unheard(event: Event) -> None:
    """Nobody listens."""


def render_event(event: Event, *, at: datetime, run: str, command: str) -> str:
    """Return an event as a line of JSON, without its end. at: an aware time; run: what all events of a run carry."""
    common = {
        "time": at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "level": event.level,
        "event": event.name,
        "run": run,
        "command": command,
    }
    return json.dumps(common | dict(event.fields), ensure_ascii=False)


def planned_event(plan: Plan, *, store: str) -> Event:
    """Return the event of what will be done, before anybody has agreed to it."""
    return Event(
        "planned",
        {
            "store": store,
            "steps": step_counts(plan),
            "bytes": sum(step.size for step in plan.steps),
            "kept": plan.kept,
            "feeds": [change.name for change in plan.changes],
            "passages": [f"{change.kind}:{change.slug}" for change in plan.stage_changes],
            "consequences": [f"{one.kind}:{one.subject}" for one in plan.consequences],
            "live": plan.live,
            "scheduled": plan.waiting,
        },
    )


def step_counts(plan: Plan) -> dict[str, int]:
    """Return how many steps of each kind a plan has; kinds without any are left out."""
    return dict(sorted(Counter(step.kind for step in plan.steps).items()))


def done_event(step: Step, *, swapped: bool) -> Event:
    """Return the event of a step that was carried out. swapped: listeners see a feed's change from now on."""
    if step.kind == "delete":
        return Event("deleted", {"key": step.key})
    return Event("swapped" if swapped else "wrote", {"key": step.key, "kind": step.kind, "bytes": step.size})
