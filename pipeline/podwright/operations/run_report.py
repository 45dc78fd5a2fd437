"""A run as a report for machines, for people, and in short for who is told of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from podwright.operations.notify import Delivery
from podwright.operations.runs import Run
from podwright.report.plans import change_lines, outcome_line, outcome_values
from podwright.report.problems import error_values

_SAID = {"published": "published", "up-to-date": "up to date", "refused": "refused", "failed": "failed"}


def delivery_values(delivery: Delivery) -> dict[str, Any]:
    """How a notice fared as JSON values."""
    return {
        "kind": delivery.kind,
        "address": delivery.address,
        "subject": delivery.subject,
        "ok": delivery.ok,
        "attempts": delivery.attempts,
        "seconds": delivery.seconds,
        "reason": delivery.reason,
    }


def delivery_line(delivery: Delivery) -> str:
    """How a notice fared, as a person reads it."""
    if delivery.ok:
        return f"{delivery.kind}: told {delivery.address} of {delivery.subject}"
    return f"{delivery.kind}: {delivery.address}: {delivery.reason}"


def run_values(run: Run) -> dict[str, Any]:
    """A whole run as JSON values. Without an outcome there are no fields of one, but an error."""
    common = {
        "run": run.identifier,
        "command": run.command,
        "began": _time(run.began),
        "seconds": run.seconds,
        "result": run.result,
        "exit_status": run.exit_status,
        "next_due": _time(run.outcome.next_due) if run.outcome and run.outcome.next_due else None,
        "notices": [delivery_values(one) for one in run.deliveries],
    }
    if run.error:
        return common | error_values(run.error)
    if run.outcome:
        return common | outcome_values(run.outcome)
    return common | {"error": run.fault, "message": run.reason, "problems": []}


def alarm_subject(run: Run) -> str:
    """What a letter about a run is headed."""
    told = "works again" if run.exit_status == 0 else f"{run.command} {_SAID[run.result]}"
    return f"podwright: {run.workspace.name}: {told}"


def alarm_values(run: Run, *, at: datetime) -> dict[str, Any]:
    """What a webhook is told of a run that failed, or that is the first to succeed again."""
    return {
        "type": "run.failed" if run.exit_status else "run.recovered",
        "timestamp": _time(at),
        "data": {
            "run": run.identifier,
            "command": run.command,
            "workspace": str(run.workspace),
            "result": run.result,
            "exit_status": run.exit_status,
            "error": run.error_kind or None,
            "message": run.reason or None,
            "text": run_text(run),
        },
    }


def report_text(run: Run, *, suffix: str) -> str:
    """A report as the ending of its file's name asks for: `.json`, or Markdown."""
    if suffix == ".json":
        return json.dumps(run_values(run), ensure_ascii=False, indent=2) + "\n"
    return "\n".join(run_lines(run)) + "\n"


def run_text(run: Run) -> str:
    """A run in a few lines, for a letter or the body of a ping."""
    head = f"podwright {run.command} in {run.workspace}: {_SAID[run.result]}, exit status {run.exit_status}"
    last = outcome_line(run.outcome) if run.outcome else run.reason
    return f"{head}, after {run.seconds:.1f} s.\n\n{last}\n\nRun {run.identifier}, begun {_time(run.began)}.\n"


def run_lines(run: Run) -> Iterator[str]:
    """A run in Markdown: how it ended, what listeners notice, what was wrong, who was told."""
    yield f"# podwright {run.command}: {_SAID[run.result]}"
    yield ""
    yield f"- workspace: `{run.workspace}`"
    yield f"- begun: {_time(run.began)}, took {run.seconds:.1f} s"
    yield f"- exit status: {run.exit_status}"
    yield f"- run: {run.identifier}"
    if run.outcome and run.outcome.next_due:
        yield f"- next due: {_time(run.outcome.next_due)}"
    yield ""
    yield from [outcome_line(run.outcome)] if run.outcome else _quoted(run.reason)
    plan = run.outcome.plan if run.outcome else None
    if plan and plan.changes:
        yield from ("", "## What listeners notice", "")
        for change in plan.changes:
            yield from (f"    {line}" for line in change_lines(change))
    if plan and plan.consequences:
        yield from ("", "## Accepted consequences", "")
        yield from (f"- {one.message}" for one in plan.consequences)
    if run.outcome and run.outcome.problems:
        yield from ("", "## Warnings", "")
        yield from (f"- {problem}" for problem in run.outcome.problems)
    if run.deliveries:
        yield from ("", "## Who was told", "")
        yield from (f"- {'' if one.ok else 'failed: '}{delivery_line(one)}" for one in run.deliveries)


def _quoted(text: str) -> Iterator[str]:
    yield from (f"    {line}" for line in text.splitlines())


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
