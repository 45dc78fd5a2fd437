"""A run as a text file for Prometheus' node exporter, with what only earlier runs know.

https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format and
https://github.com/prometheus/node_exporter#textfile-collector: no times beside the samples; names end with their unit.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta

from podwright.operations.runs import Run
from podwright.publishing.events import step_counts

#: The help of each metric, by its name.
METRICS: Mapping[str, str] = {
    "podwright_last_run_timestamp_seconds": "When the last run ended.",
    "podwright_last_success_timestamp_seconds": "When the last run ended that did not fail.",
    "podwright_run_duration_seconds": "How long the last run took.",
    "podwright_run_exit_status": "Exit status of the last run: 0 done, 1 workspace, 3 unsafe plan, 4 store.",
    "podwright_run_steps": "Objects that the last run created, replaced, composed and deleted.",
    "podwright_run_sent_bytes": "Bytes that the last run sent to the store.",
    "podwright_run_notices": "Notices of the last run that were taken, and those that failed.",
    "podwright_episodes": "Episodes that are live, and those that are scheduled.",
    "podwright_next_due_timestamp_seconds": "When the clock next changes anything; none where nothing is due.",
}
_KINDS = ("create", "replace", "compose", "delete")
_SAMPLE = re.compile(r"([a-z_]+)(\{.*\}) (\S+)")

Samples = dict[str, dict[str, float]]


def metrics_text(run: Run, *, before: str) -> str:
    """Return the whole file. before: the file of the last run, "" where there is none.

    Samples that only a successful run has stay as they were after one that failed.
    """
    place = f'workspace="{_escaped(str(run.workspace))}"'
    samples: Samples = {}
    for name, labels, value in _samples(run):
        samples.setdefault(name, {})["{" + ",".join(filter(None, [place, labels])) + "}"] = value
    if run.exit_status != 0:
        kept = _parse(before)
        for name in METRICS:
            samples.setdefault(name, kept.get(name, {}))
    return "".join(_rendered(samples))


def _samples(run: Run) -> Iterator[tuple[str, str, float]]:
    ended = (run.began + timedelta(seconds=run.seconds)).timestamp()
    yield "podwright_last_run_timestamp_seconds", "", ended
    yield "podwright_run_duration_seconds", "", run.seconds
    yield "podwright_run_exit_status", "", run.exit_status
    yield from _notices(run)
    outcome = run.outcome
    counts = step_counts(outcome.plan) if outcome and outcome.plan else {}
    for kind in _KINDS:
        yield "podwright_run_steps", f'kind="{kind}"', counts.get(kind, 0)
    yield "podwright_run_sent_bytes", "", run.sent
    if outcome is None:
        return
    yield "podwright_last_success_timestamp_seconds", "", ended
    yield "podwright_episodes", 'state="live"', outcome.live
    yield "podwright_episodes", 'state="scheduled"', outcome.waiting
    yield "podwright_episodes", 'state="unlisted"', outcome.unlisted
    yield "podwright_episodes", 'state="withdrawn"', outcome.withdrawn
    if outcome.next_due:
        yield "podwright_next_due_timestamp_seconds", "", outcome.next_due.timestamp()


def _notices(run: Run) -> Iterator[tuple[str, str, float]]:
    counts = Counter((delivery.kind, "ok" if delivery.ok else "failed") for delivery in run.deliveries)
    for kind in sorted({kind for kind, _ in counts}):
        for result in ("ok", "failed"):
            yield "podwright_run_notices", f'kind="{kind}",result="{result}"', counts[kind, result]


def _rendered(samples: Samples) -> Iterator[str]:
    for name, text in METRICS.items():
        if rows := samples.get(name):
            yield f"# HELP {name} {text}\n# TYPE {name} gauge\n"
            yield from (f"{name}{labels} {_number(value)}\n" for labels, value in rows.items())


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _parse(text: str) -> Samples:
    """Return the samples of a file that podwright wrote; other lines are left out."""
    samples: Samples = {}
    for line in text.splitlines():
        match = _SAMPLE.fullmatch(line)
        if match and match[1] in METRICS:
            try:
                samples.setdefault(match[1], {})[match[2]] = float(match[3])
            except ValueError:
                continue
    return samples


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
