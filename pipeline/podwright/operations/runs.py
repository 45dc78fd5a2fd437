"""A run of `publish` or `rebuild`, and its reports: for machines, for people, and in short for notices."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from podwright.core.errors import PodwrightError, UnsafePlanError
from podwright.operations.notify import Delivery
from podwright.publishing.outcome import Outcome
from podwright.report.plans import change_lines, outcome_line, outcome_values
from podwright.report.problems import error_values
from podwright.report.text import time_text

Result = Literal["published", "up-to-date", "refused", "failed"]
_RESULTS: dict[Result, str] = {
    "published": "published",
    "up-to-date": "up to date",
    "refused": "refused",
    "failed": "failed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run. One of outcome, error and fault is set."""

    #: A UUID.
    identifier: str
    command: str
    workspace: Path
    #: By the clock, whatever --now says.
    began: datetime
    #: Without the time for notices of its end.
    seconds: float
    outcome: Outcome | None = None
    error: PodwrightError | None = None
    #: The kind of an error that nobody foresaw.
    fault: str | None = None
    deliveries: tuple[Delivery, ...] = ()

    @property
    def result(self) -> Result:
        """Return the run's end in a word."""
        if self.outcome:
            return "published" if self.outcome.plan and self.outcome.plan.writes else "up-to-date"
        return "refused" if isinstance(self.error, UnsafePlanError) else "failed"

    @property
    def exit_status(self) -> int:
        """Return the exit status of the command."""
        return self.error.exit_status if self.error else 1 if self.fault else 0

    @property
    def reason(self) -> str:
        """Return the reason of a failure; "" where it did not fail."""
        if self.fault:
            return f"stopped by a fault in podwright ({self.fault}); report it with what stands on stderr"
        return str(self.error) if self.error else ""

    @property
    def error_kind(self) -> str:
        """Return the kind of error that it failed with; "" where it did not fail."""
        return type(self.error).__name__.removesuffix("Error") if self.error else self.fault or ""

    @property
    def digest(self) -> str:
        """Return the same digest for failures for the same reason."""
        return hashlib.sha256(f"{self.error_kind}\0{self.reason}".encode()).hexdigest()

    @property
    def steps(self) -> int:
        """Return the number of writes."""
        return len(self.outcome.plan.steps) if self.outcome and self.outcome.plan else 0

    @property
    def sent(self) -> int:
        """Return the bytes that were sent to the store."""
        return sum(step.size for step in self.outcome.plan.steps) if self.outcome and self.outcome.plan else 0


def delivery_values(delivery: Delivery) -> dict[str, Any]:
    """Return the outcome of a notice as JSON values."""
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
    """Return the outcome of a notice as a person reads it."""
    if delivery.ok:
        return f"{delivery.kind}: told {delivery.address} of {delivery.subject}"
    return f"{delivery.kind}: {delivery.address}: {delivery.reason}"


def run_values(run: Run) -> dict[str, Any]:
    """Return a whole run as JSON values. Without an outcome there are no fields of one, but an error."""
    common = {
        "run": run.identifier,
        "command": run.command,
        "began": time_text(run.began),
        "seconds": run.seconds,
        "result": run.result,
        "exit_status": run.exit_status,
        "next_due": time_text(run.outcome.next_due) if run.outcome and run.outcome.next_due else None,
        "notices": [delivery_values(one) for one in run.deliveries],
    }
    if run.error:
        return common | error_values(run.error)
    if run.outcome:
        return common | outcome_values(run.outcome)
    return common | {"error": run.fault, "message": run.reason, "problems": []}


def alarm_subject(run: Run) -> str:
    """Return the subject of an e-mail about a run."""
    end = "works again" if run.exit_status == 0 else f"{run.command} {_RESULTS[run.result]}"
    return f"podwright: {run.workspace.name}: {end}"


def alarm_values(run: Run, *, at: datetime) -> dict[str, Any]:
    """Return the document for a webhook, of a run that failed or is the first to succeed again."""
    return {
        "type": "run.failed" if run.exit_status else "run.recovered",
        "timestamp": time_text(at),
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
    """Return a report in the format of its file's suffix: `.json`, or Markdown."""
    if suffix == ".json":
        return json.dumps(run_values(run), ensure_ascii=False, indent=2) + "\n"
    return "\n".join(run_lines(run)) + "\n"


def run_text(run: Run) -> str:
    """Return a run in a few lines, for an e-mail or the body of a ping."""
    head = f"podwright {run.command} in {run.workspace}: {_RESULTS[run.result]}, exit status {run.exit_status}"
    last = outcome_line(run.outcome) if run.outcome else run.reason
    return f"{head}, after {run.seconds:.1f} s.\n\n{last}\n\nRun {run.identifier}, begun {time_text(run.began)}.\n"


def run_lines(run: Run) -> Iterator[str]:
    """Yield a run in Markdown: its end, what listeners notice, warnings, notices."""
    yield f"# podwright {run.command}: {_RESULTS[run.result]}"
    yield ""
    yield f"- workspace: `{run.workspace}`"
    yield f"- begun: {time_text(run.began)}, took {run.seconds:.1f} s"
    yield f"- exit status: {run.exit_status}"
    yield f"- run: {run.identifier}"
    if run.outcome and run.outcome.next_due:
        yield f"- next due: {time_text(run.outcome.next_due)}"
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
        yield from (f"- {'' if delivery.ok else 'failed: '}{delivery_line(delivery)}" for delivery in run.deliveries)


def _quoted(text: str) -> Iterator[str]:
    yield from (f"    {line}" for line in text.splitlines())
