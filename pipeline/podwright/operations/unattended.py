"""A publish that tells how it goes: a log, metrics, a report, a health check, and an alarm where it fails."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from podwright import __version__
from podwright.core.errors import PodwrightError, StoreError
from podwright.core.recipients import NOBODY, Unattended
from podwright.operations.memory import Alarm, Memory, load_memory, write_memory, write_whole
from podwright.operations.metrics import metrics_text
from podwright.operations.notify import Delivery, Notice, Pace, Sending, deliver_all
from podwright.operations.runs import Run, alarm_subject, alarm_values, delivery_values, report_text, run_text
from podwright.publishing.events import Event, render_event
from podwright.publishing.news import Debt
from podwright.publishing.pending_notices import acknowledge
from podwright.publishing.publish import publish
from podwright.publishing.session import Session
from podwright.workspace.unattended import observe_unattended

if TYPE_CHECKING:
    from podwright.operations.notify.healthcheck import Signal

#: The first ping only starts a clock there: it must not hold up what it announces.
AT_ONCE = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a run is watched with.

    command: how it was called; identifier: a UUID; now: the clock. attended: whether somebody sees how it ends, so that
    nobody else is told. log gets each event as a line, told each notice, complain what kept a file from being written.
    metrics and report: those files, or None.
    """

    command: str
    identifier: str
    environment: Mapping[str, str]
    now: Callable[[], datetime]
    pace: Pace
    attended: bool
    log: Callable[[str], None]
    told: Callable[[Delivery], None]
    complain: Callable[[str], None]
    metrics: Path | None = None
    report: Path | None = None

    def hear(self, event: Event) -> None:
        """Write an event to the log."""
        self.log(render_event(event, at=self.now(), run=self.identifier, command=self.command))


def publish_watched(session: Session, *, accepted: Collection[str], desk: Desk) -> Run:
    """Publish, and tell how it went. Where it failed, the error is in what is returned.

    Only an error that nobody foresaw is raised, after everybody has been told.
    """
    before = load_memory(session.work)
    recipients, known = observe_unattended(session.root, before.known)
    if desk.attended:
        recipients = NOBODY
    began, ticks = desk.now(), desk.pace.clock()
    desk.hear(_started(session))
    at_once = replace(desk.pace, attempts=1, total=AT_ONCE)
    pings = _send(_pings(recipients, desk, signal="start", text=""), desk, pace=at_once)
    bare = Run(identifier=desk.identifier, command=desk.command, workspace=session.root, began=began, seconds=0)

    def ended(run: Run) -> Run:
        run = replace(run, seconds=round(desk.pace.clock() - ticks, 3), deliveries=pings)
        return _tell(run, recipients, desk, work=session.work, before=before, memory=replace(before, known=known))

    try:
        outcome = publish(replace(session, hear=desk.hear), accepted=accepted)
        if outcome.debt:
            pings = (*pings, *_pay(outcome.debt, session, desk))
    except PodwrightError as error:
        return ended(replace(bare, error=error))
    except Exception as error:
        ended(replace(bare, fault=type(error).__name__))
        raise
    return ended(replace(bare, outcome=outcome))


def _pay(debt: Debt, session: Session, desk: Desk) -> tuple[Delivery, ...]:
    """Tell what is owed. What is not taken is a warning, and owed no more; a run that is killed still owes it."""
    from podwright.operations.notify.after import stages

    sending = Sending(after=debt.after, environment=desk.environment, at=desk.now())
    told = [one for notices, pace in stages(debt.news, sending, desk.pace) for one in _send(notices, desk, pace=pace)]
    try:
        acknowledge(session, debt)
    except StoreError as error:
        _complain(desk, f"{error}; the next run tells everything once more")
    return tuple(told)


def _tell(run: Run, recipients: Unattended, desk: Desk, *, work: Path, before: Memory, memory: Memory) -> Run:
    """Tell everybody of a run that is over, and leave a memory for the next one."""
    for event in _ending(run):
        desk.hear(event)
    now = desk.now()
    signal: Signal = "fail" if run.exit_status else "success"
    pings = _pings(recipients, desk, signal=signal, text=run_text(run))
    failure = Alarm(run.digest, now) if run.exit_status else None
    due = not (before.alarm and before.alarm.covers(failure.reason, now)) if failure else before.alarm is not None
    alarms = _alarms(run, recipients, desk) if due else ()
    told = _send((*pings, *alarms), desk, pace=desk.pace)
    run = replace(run, deliveries=(*run.deliveries, *told))
    if due and alarms and all(one.ok for one in told if one.kind != "healthcheck"):
        memory = replace(memory, alarm=failure)
    write_memory(work, memory, before=before)
    with _complaining(desk, "metrics"):
        if desk.metrics:
            old = desk.metrics.read_text(encoding="utf-8") if desk.metrics.exists() else ""
            write_whole(desk.metrics, metrics_text(run, before=old))
    with _complaining(desk, "report"):
        if desk.report:
            write_whole(desk.report, report_text(run, suffix=desk.report.suffix))
    desk.hear(_finished(run))
    return run


@contextmanager
def _complaining(desk: Desk, what: str) -> Iterator[None]:
    """What was published is published, whether or not a file about it can be written."""
    try:
        yield
    except (OSError, UnicodeError) as error:
        _complain(desk, f"{what}: the file cannot be written ({error}); check its folder, space and permissions")


def _complain(desk: Desk, message: str) -> None:
    desk.hear(Event("warned", {"message": message}, "warning"))
    desk.complain(message)


# Whom to tell


def _pings(recipients: Unattended, desk: Desk, *, signal: Signal, text: str) -> tuple[Notice, ...]:
    if recipients.healthcheck is None:
        return ()
    from podwright.operations.notify.healthcheck import healthcheck_notice

    run = desk.identifier
    return (healthcheck_notice(recipients.healthcheck, desk.environment, signal=signal, run=run, text=text),)


def _alarms(run: Run, recipients: Unattended, desk: Desk) -> tuple[Notice, ...]:
    """Those who are told that runs begin to fail, fail for another reason, or succeed again."""
    now = desk.now()
    found: list[Notice] = []
    if recipients.webhook:
        from podwright.operations.notify.webhook import webhook_notice

        found.append(
            webhook_notice(
                recipients.webhook,
                recipients.webhook_secret,
                desk.environment,
                document=alarm_values(run, at=now),
                identifier=f"msg_{run.identifier}",
                at=now,
            )
        )
    if recipients.mail:
        from podwright.operations.notify.mail import mail_notice

        found.append(
            mail_notice(
                recipients.mail,
                desk.environment,
                subject=alarm_subject(run),
                text=run_text(run),
                identifier=run.identifier,
                at=now,
            )
        )
    return tuple(found)


def _send(notices: Sequence[Notice], desk: Desk, *, pace: Pace) -> tuple[Delivery, ...]:
    deliveries: list[Delivery] = []
    for delivery in deliver_all(notices, pace):
        deliveries.append(delivery)
        desk.hear(Event("pinged", delivery_values(delivery), "info" if delivery.ok else "warning"))
        desk.told(delivery)
    return tuple(deliveries)


# What is written to the log


def _started(session: Session) -> Event:
    now = session.now.isoformat()
    return Event("run-started", {"version": __version__, "workspace": str(session.root), "now": now})


def _ending(run: Run) -> Iterator[Event]:
    for problem in run.outcome.problems if run.outcome else ():
        yield Event("warned", {"message": str(problem)}, "warning")
    if run.result == "refused":
        yield Event("refused", {"message": run.reason}, "error")
    elif run.result == "failed":
        yield Event("failed", {"error": run.error_kind, "message": run.reason}, "error")


def _finished(run: Run) -> Event:
    outcome = run.outcome
    return Event(
        "finished",
        {
            "result": run.result,
            "exit_status": run.exit_status,
            "seconds": run.seconds,
            "steps": run.steps,
            "bytes": run.sent,
            "live": outcome.live if outcome else None,
            "scheduled": outcome.waiting if outcome else None,
            "next_due": outcome.next_due.isoformat() if outcome and outcome.next_due else None,
        },
        "error" if run.exit_status else "info",
    )
