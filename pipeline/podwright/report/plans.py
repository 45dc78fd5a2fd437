"""Plans and outcomes of a publish, as lines and values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from podwright.report.problems import problem_values
from podwright.report.text import count_text, size_text

if TYPE_CHECKING:
    # What these load a publish with nothing to do does without.
    from podwright.publishing.outcome import Outcome
    from podwright.publishing.plan import Plan
    from podwright.publishing.plan.changes import StageChange
    from podwright.publishing.plan.steps import Step
    from podwright.stores.ledger.generations import FeedChange, ItemChange

#: What stands before an episode that is new, changed or gone.
SIGNS = {"new": "+", "changed": "~", "gone": "-"}


def plan_lines(plan: Plan, *, store: str, moves_to: str | None = None) -> Iterator[str]:
    """Yield a plan as a person reads it: objects, what listeners notice, what needs approval.

    moves_to: where the private side moves before.
    """
    if not (plan.writes or moves_to):
        yield f"{store} is up to date: {_standing(plan)}."
        return
    yield f"{store}"
    if moves_to:
        yield f"  move     private/  to {moves_to}"
    for step in plan.steps:
        yield f"  {_step_text(step)}"
    for change in plan.changes:
        yield ""
        yield from change_lines(change)
    if plan.stage_changes:
        yield from ("", "by their dates", *(f"  {one.title}: {stage_change_text(one)}" for one in plan.stage_changes))
    yield ""
    yield f"{plan_summary(plan)}."
    yield from (f"needs your approval: {message} (--accept {name})" for message, name in plan.approvals)


def _step_text(step: Step) -> str:
    sent = f"  {size_text(step.size)}" if step.size else ""
    source = f"{', the rest' if sent else ' '} from {step.source}" if step.source else ""
    return f"{step.kind:<8} {step.key}{sent}{source}"


_LIVE = {"begun": "live now", "ended": "live no more"}


def change_lines(change: FeedChange) -> Iterator[str]:
    """Yield what listeners of one feed notice."""
    if change.heir:
        yield f"feed {change.name} goes on as {change.heir}, at its old address as well until former names it no more"
        return
    heading = {"new": "new feed", "changed": "feed", "gone": "feed no longer published:"}[change.kind]
    live = f" ({_LIVE[change.live]})" if change.live else ""
    yield f"{heading} {change.name}" + (" (channel changed)" if change.channel else "") + live
    for item in change.items:
        yield f"  {SIGNS[item.kind]} {item}"


def stage_change_text(change: StageChange) -> str:
    """Return what the clock did to an episode, and whether it was to be expected."""
    if change.since is None:
        return "back in feeds and lists, by new dates"
    said = {"withdrawn": "withdrawn", "unlisted": "out of feeds and lists"}[change.kind]
    how = "as scheduled" if change.announced else "at once"
    return f"{said} {how}, by its date of {change.since:%Y-%m-%d}"


def plan_summary(plan: Plan) -> str:
    """Return one line that counts a plan's writes."""
    counts = [
        (sum(step.kind == kind for step in plan.steps), past)
        for kind, past in (
            ("create", "to create"),
            ("replace", "to replace"),
            ("compose", "to compose"),
            ("delete", "to delete"),
        )
    ]
    said = [f"{count:,} {text}" for count, text in counts if count]
    sent = size_text(sum(step.size for step in plan.steps))
    return f"{', '.join(said) or 'manifest only'}; {plan.kept:,} kept; {sent} to send"


def _standing(result: Plan | Outcome) -> str:
    others = ((result.waiting, "scheduled"), (result.unlisted, "unlisted"), (result.withdrawn, "withdrawn"))
    return ", ".join([f"{count_text(result.live, 'episode')} live", *(f"{n:,} {word}" for n, word in others if n)])


def outcome_line(outcome: Outcome) -> str:
    """Return the last line of a publish."""
    standing = _standing(outcome)
    if outcome.plan is None or not outcome.plan.steps:
        return f"{outcome.store} is up to date: {standing}."
    sent = size_text(sum(step.size for step in outcome.plan.steps))
    return f"Published to {outcome.store}: {count_text(len(outcome.plan.steps), 'object')} written, {sent}; {standing}."


def first_line(outcome: Outcome) -> str | None:
    """Return the next step after the first publish to a bucket, which is private until its policy says otherwise."""
    if outcome.plan is None or outcome.plan.manifest.generation != 1 or outcome.store.startswith("file:"):
        return None
    return (
        "podwright doctor checks that listeners can read it; podwright doctor --policy public prints the policy for it"
    )


def outcome_values(outcome: Outcome) -> dict[str, Any]:
    """Return a publish as JSON values."""
    nothing = {"steps": [], "feeds": [], "passages": [], "consequences": [], "writes": False}
    return (plan_values(outcome.plan) if outcome.plan else nothing) | {
        "store": outcome.store,
        "live": outcome.live,
        "scheduled": outcome.waiting,
        "unlisted": outcome.unlisted,
        "withdrawn": outcome.withdrawn,
        "problems": problem_values(outcome.problems),
    }


def plan_values(plan: Plan) -> dict[str, Any]:
    """Return a plan as JSON values."""
    return {
        "steps": [
            {"kind": step.kind, "key": step.key, "bytes": step.size} | ({"source": step.source} if step.source else {})
            for step in plan.steps
        ],
        "kept": plan.kept,
        "feeds": [
            {
                "feed": change.name,
                "kind": change.kind,
                "channel": change.channel,
                "items": item_values(change.items),
            }
            | ({"heir": change.heir} if change.heir else {})
            for change in plan.changes
        ],
        "passages": [
            {
                "kind": one.kind,
                "subject": one.slug,
                "title": one.title,
                "since": one.since.isoformat() if one.since else None,
                "announced": one.announced,
            }
            for one in plan.stage_changes
        ],
        "consequences": [
            {"kind": one.kind, "subject": one.subject, "message": one.message} for one in plan.consequences
        ],
        "live": plan.live,
        "scheduled": plan.waiting,
        "unlisted": plan.unlisted,
        "withdrawn": plan.withdrawn,
        "writes": plan.writes,
    }


def item_values(items: Iterable[ItemChange]) -> list[dict[str, Any]]:
    """Return what listeners notice of episodes, as values for machines."""
    return [{"kind": one.kind, "guid": one.guid, "title": one.title, "parts": list(one.parts)} for one in items]
