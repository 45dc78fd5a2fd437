"""Findings about what was published, and what repairs it, as lines and values: `doctor`, `verify`, `leaks`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from podwright.report.plans import plan_lines, plan_values
from podwright.report.text import count_text, size_text

if TYPE_CHECKING:
    from podwright.core.finding import Finding
    from podwright.inspection.leaks import Searched
    from podwright.inspection.verify import Verified
    from podwright.inspection.verify.repair import Repair

#: The same of so many objects is printed one by one; then the others are counted.
MOST_ALIKE = 5


def health_lines(observed: Iterable[Finding], fixed: Iterable[str], tried: Iterable[Finding] = ()) -> Iterator[str]:
    """Yield what the doctor did, tried and found, a finding a line; those that are fine are only counted."""
    findings = tuple(observed)
    yield from (f"fixed {line}" for line in fixed)
    shown = (*tried, *(finding for finding in findings if finding.level != "ok"))
    yield from (f"{finding.level}: {finding.where}: {finding.message}" for finding in shown)
    yield f"{sum(finding.level == 'ok' for finding in findings)} of {count_text(len(findings), 'check')} are fine."


def health_values(observed: Iterable[Finding], fixed: Iterable[str]) -> dict[str, Any]:
    """Return what the doctor did and found as JSON values."""
    rows = [{"level": f.level, "subject": f.where, "probe": f.code, "message": f.message} for f in observed]
    return {"fixed": list(fixed), "findings": rows}


def leak_lines(search: Searched) -> Iterator[str]:
    """Yield a leak a line; of many objects that say the same of one subject the first ones."""
    order = sorted(search.leaks, key=lambda leak: (leak.about or "", leak.code or "", leak.where))
    for _, group in groupby(order, key=lambda leak: (leak.about, leak.code)):
        alike = list(group)
        yield from (f"{leak.where}: {leak.message}" for leak in alike[:MOST_ALIKE])
        if len(alike) > MOST_ALIKE:
            yield f"the same in {count_text(len(alike) - MOST_ALIKE, 'more object')}; --json names them all"
    read = f"{count_text(search.public, 'public object')} read ({size_text(search.size)})"
    asked = f"{search.refused:,} private ones refused"
    sought = f"{search.secrets:,} texts, names and recordings looked for"
    yield f"{read}, {asked}, {sought}: {count_text(len(search.leaks), 'leak')}."


def leak_values(search: Searched) -> dict[str, Any]:
    """Return a search as JSON values, without the secrets themselves."""
    rows = [
        {"where": leak.where, "kind": leak.code, "subject": leak.about, "message": leak.message}
        for leak in search.leaks
    ]
    return {
        "public": search.public,
        "bytes": search.size,
        "refused": search.refused,
        "secrets": search.secrets,
        "leaks": rows,
    }


def verified_lines(verified: Verified) -> Iterator[str]:
    """Yield the findings of a verification, and how much was looked at."""
    yield from _finding_lines(verified.findings)
    errors = sum(finding.level == "error" for finding in verified.findings)
    counts = f"{count_text(errors, 'error')}, {count_text(len(verified.findings) - errors, 'warning')}"
    yield f"{count_text(verified.objects, 'object')}, {count_text(verified.checks, 'check')}: {counts}."


def _finding_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield a finding a line, the worst first; of many that are alike the first ones."""

    def alike(index: int) -> tuple[str, str, str]:
        finding = findings[index]
        message = finding.message.replace(finding.where, "").replace(finding.about or finding.where, "")
        return finding.level, finding.code or "", message

    order = sorted(range(len(findings)), key=lambda index: (alike(index)[0] != "error", alike(index), index))
    for (level, _, _), group in groupby(order, key=alike):
        members = [findings[index] for index in group]
        for finding in members[:MOST_ALIKE]:
            said = not finding.about or finding.about in finding.message
            yield f"{level}: {finding.where}: {finding.message}{'' if said else f' (named by {finding.about})'}"
        if len(members) > MOST_ALIKE:
            more = count_text(len(members) - MOST_ALIKE, "more object")
            yield f"{level}: the same with {more}; --json names them all"


def verified_values(verified: Verified) -> dict[str, Any]:
    """Return a verification as JSON values."""
    rows = list(map(_finding_values, verified.findings))
    return {"objects": verified.objects, "checks": verified.checks, "broken": verified.broken, "findings": rows}


def _finding_values(finding: Finding) -> dict[str, Any]:
    return {
        "level": finding.level,
        "subject": finding.where,
        "probe": finding.code,
        "message": finding.message,
        "named_by": finding.about,
    }


def repair_lines(repair: Repair, *, done: bool) -> Iterator[str]:
    """Yield what is wrong, the plan that mends it or what that did, and what it cannot mend."""
    if not repair.found and not repair.noted:
        yield f"{repair.store} holds what its manifest says; there is nothing to repair."
        return
    beyond = {finding.where for finding in repair.beyond}
    lines = _finding_lines([finding for finding in repair.found if finding.where not in beyond])
    yield from (f"repaired: {line.partition(': ')[2]}" if done else line for line in lines)
    if repair.needed:
        yield from _mending_lines(repair, done=done)
    yield from _finding_lines(repair.beyond)


def _mending_lines(repair: Repair, *, done: bool) -> Iterator[str]:
    if not done and repair.publishes and repair.plan.writes:
        yield from plan_lines(repair.plan, store=repair.store)
    if repair.rebuilt:
        held = repair.plan.manifest
        what = f"{count_text(repair.noted, 'object')}, {count_text(len(held.episodes), 'episode')}"
        yield f"The manifest {'was' if done else 'is'} written anew from what the store holds: {what}."
    elif repair.noted:
        verb = "The manifest noted" if done else "The manifest is to note"
        yield f"{verb} {count_text(repair.noted, 'object')} with the right bytes that somebody else stored anew."
    if not done:
        yield "Nothing was written; `podwright verify --repair --yes` does it."
        return
    steps = repair.plan.steps if repair.publishes else ()
    sent = size_text(sum(step.size for step in steps))
    what = f"{count_text(len(steps), 'object')} written, {sent}" if steps else "nothing but the manifest was written"
    yield f"Repaired {repair.store}: {what}."


def repair_values(repair: Repair, *, done: bool) -> dict[str, Any]:
    """Return a repair, planned or done, as JSON values."""
    return {
        "store": repair.store,
        "needed": repair.needed,
        "done": done and repair.needed,
        "rebuilt": repair.rebuilt,
        "noted": repair.noted,
        "findings": list(map(_finding_values, repair.found)),
        "beyond": list(map(_finding_values, repair.beyond)),
        "plan": plan_values(repair.plan) if repair.publishes else None,
    }
