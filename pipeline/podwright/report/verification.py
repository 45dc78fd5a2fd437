"""What a verification found, as lines and values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from podwright.report.plans import plan_lines, plan_values
from podwright.report.text import count_text, size_text

if TYPE_CHECKING:
    from podwright.inspection.doctor import Finding
    from podwright.inspection.verify import Verified
    from podwright.inspection.verify.repair import Repair

#: The same thing is told of so many objects one by one; then the others are counted.
MOST_ALIKE = 5


def verified_lines(found: Verified) -> Iterator[str]:
    """What was found, and how much was looked at."""
    yield from _finding_lines(found.findings)
    errors = sum(one.level == "error" for one in found.findings)
    counts = f"{count_text(errors, 'error')}, {count_text(len(found.findings) - errors, 'warning')}"
    yield f"{count_text(found.objects, 'object')}, {count_text(found.checks, 'check')}: {counts}."


def _finding_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """A finding a line, the worst first; what is wrong with many objects in the same way is told of the first ones."""

    def alike(index: int) -> tuple[str, str, str]:
        one = findings[index]
        return one.level, one.probe, one.message.replace(one.subject, "").replace(one.named_by or one.subject, "")

    order = sorted(range(len(findings)), key=lambda index: (alike(index)[0] != "error", alike(index), index))
    for (level, _, _), group in groupby(order, key=alike):
        members = [findings[index] for index in group]
        for one in members[:MOST_ALIKE]:
            named = f" (named by {one.named_by})" if one.named_by and one.named_by not in one.message else ""
            yield f"{level}: {one.subject}: {one.message}{named}"
        if len(members) > MOST_ALIKE:
            more = count_text(len(members) - MOST_ALIKE, "more object")
            yield f"{level}: the same with {more}; --json names them all"


def verified_values(found: Verified) -> dict[str, Any]:
    """A verification as JSON values."""
    rows = list(map(_finding_values, found.findings))
    return {"objects": found.objects, "checks": found.checks, "broken": found.broken, "findings": rows}


def _finding_values(one: Finding) -> dict[str, Any]:
    return {
        "level": one.level,
        "subject": one.subject,
        "probe": one.probe,
        "message": one.message,
        "named_by": one.named_by,
    }


def repair_lines(found: Repair, *, done: bool) -> Iterator[str]:
    """What is wrong, the plan that mends it or what that did, and what it cannot mend."""
    if not found.found and not found.noted:
        yield f"{found.store} holds what its manifest says; there is nothing to repair."
        return
    beyond = {one.subject for one in found.beyond}
    lines = _finding_lines([one for one in found.found if one.subject not in beyond])
    yield from (f"repaired: {line.partition(': ')[2]}" if done else line for line in lines)
    if found.needed:
        yield from _mending_lines(found, done=done)
    yield from _finding_lines(found.beyond)


def _mending_lines(found: Repair, *, done: bool) -> Iterator[str]:
    if not done and found.publishes and found.plan.writes:
        yield from plan_lines(found.plan, store=found.store)
    if found.rebuilt:
        held = found.plan.manifest
        what = f"{count_text(found.noted, 'object')}, {count_text(len(held.episodes), 'episode')}"
        yield f"The manifest {'was' if done else 'is'} written anew from what the store holds: {what}."
    elif found.noted:
        said = "The manifest noted" if done else "The manifest is to note"
        yield f"{said} {count_text(found.noted, 'object')} with the right bytes that somebody else stored anew."
    if not done:
        yield "Nothing was written; `podwright verify --repair --yes` does it."
        return
    steps = found.plan.steps if found.publishes else ()
    sent = size_text(sum(step.size for step in steps))
    what = f"{count_text(len(steps), 'object')} written, {sent}" if steps else "nothing but the manifest was written"
    yield f"Repaired {found.store}: {what}."


def repair_values(found: Repair, *, done: bool) -> dict[str, Any]:
    """A repair, planned or done, as JSON values."""
    return {
        "store": found.store,
        "needed": found.needed,
        "done": done and found.needed,
        "rebuilt": found.rebuilt,
        "noted": found.noted,
        "findings": list(map(_finding_values, found.found)),
        "beyond": list(map(_finding_values, found.beyond)),
        "plan": plan_values(found.plan) if found.publishes else None,
    }
