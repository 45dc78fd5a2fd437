"""A publish that is monitored: by a log, metrics, a report, a health check, and an alarm where it fails."""

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
from podwright.operations.notify.after import stages
from podwright.operations.notify.healthcheck import Signal, healthcheck_notice
from podwright.operations.notify.webhook import webhook_notice
from podwright.operations.runs import Run, alarm_subject, alarm_values, delivery_values, report_text, run_text
from podwright.publishing.events import Event, render_event
from podwright.publishing.publish import publish
from podwright.publishing.session import Session
from podwright.workspace.unattended import observe_unattended

if TYPE_CHECKING:
    # What this loads a publish with nothing to do does without.
    from podwright.publishing.pending_notices import PendingNotices

#: The first ping only starts a clock there: it must not hold up the run that it announces.
AT_ONCE = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunMonitor:
    """The ways in which a run is monitored."""

    #: The command that is run.
    command: str
    #: A UUID.
    identifier: str
    environment: Mapping[str, str]
    #: The clock.
    now: Callable[[], datetime]
    pace: Pace
    #: True where somebody sees how the run ends, so that nobody else is told.
    attended: bool
    #: Called with each event as a line.
    log: Callable[[str], None]
    #: Called with the outcome of each notice.
    delivered: Callable[[Delivery], None]
    #: Called with the reason why a file could not be written.
    complain: Callable[[str], None]
    #: The files for metrics and report, if any.
    metrics: Path | None = None
    report: Path | None = None

    def hear(self, event: Event) -> None:
        """Write an event to the log."""
        self.log(render_event(event, at=self.now(), run=self.identifier, command=self.command))


def publish_monitored(session: Session, *, accepted: Collection[str], monitor: RunMonitor) -> Run:
    """Publish, and tell how it went. Where it failed, the error is in the run.

    Only an error that nobody foresaw is raised, after everybody has been told.
    """
    before = load_memory(session.work)
    recipients, known = observe_unattended(session.root, before.known)
    if monitor.attended:
        recipients = NOBODY
    began, ticks = monitor.now(), monitor.pace.clock()
    monitor.hear(_started(session))
    at_once = replace(monitor.pace, attempts=1, total=AT_ONCE)
    pings = _send(_pings(recipients, monitor, signal="start", text=""), monitor, pace=at_once)
    bare = Run(identifier=monitor.identifier, command=monitor.command, workspace=session.root, began=began, seconds=0)

    def ended(run: Run) -> Run:
        run = replace(run, seconds=round(monitor.pace.clock() - ticks, 3), deliveries=pings)
        return _tell(run, recipients, monitor, work=session.work, before=before, memory=replace(before, known=known))

    try:
        outcome = publish(replace(session, hear=monitor.hear), accepted=accepted)
        if outcome.pending:
            pings = (*pings, *_send_pending(outcome.pending, session, monitor))
    except PodwrightError as error:
        return ended(replace(bare, error=error))
    except Exception as error:
        ended(replace(bare, fault=type(error).__name__))
        raise
    return ended(replace(bare, outcome=outcome))


def _send_pending(pending: PendingNotices, session: Session, monitor: RunMonitor) -> tuple[Delivery, ...]:
    """Send pending notices. One that is not taken is a warning and no longer pending; a killed run leaves all."""
    sending = Sending(after=pending.after, environment=monitor.environment, at=monitor.now())
    deliveries = [
        delivery
        for notices, pace in stages(pending.news, sending, monitor.pace)
        for delivery in _send(notices, monitor, pace=pace)
    ]
    try:
        pending.acknowledge(session)
    except StoreError as error:
        _complain(monitor, f"{error}; the next run tells everything once more")
    return tuple(deliveries)


def _tell(run: Run, recipients: Unattended, monitor: RunMonitor, *, work: Path, before: Memory, memory: Memory) -> Run:
    """Tell everybody of a run that is over, and leave a memory for the next one."""
    for event in _ending(run):
        monitor.hear(event)
    now = monitor.now()
    signal: Signal = "fail" if run.exit_status else "success"
    pings = _pings(recipients, monitor, signal=signal, text=run_text(run))
    failure = Alarm(run.digest, now) if run.exit_status else None
    due = not (before.alarm and before.alarm.covers(failure.reason, now)) if failure else before.alarm is not None
    alarms = _alarms(run, recipients, monitor) if due else ()
    sent = _send((*pings, *alarms), monitor, pace=monitor.pace)
    run = replace(run, deliveries=(*run.deliveries, *sent))
    if due and alarms and all(delivery.ok for delivery in sent if delivery.kind != "healthcheck"):
        memory = replace(memory, alarm=failure)
    write_memory(work, memory, before=before)
    with _complaining(monitor, "metrics"):
        if monitor.metrics:
            old = monitor.metrics.read_text(encoding="utf-8") if monitor.metrics.exists() else ""
            write_whole(monitor.metrics, metrics_text(run, before=old))
    with _complaining(monitor, "report"):
        if monitor.report:
            write_whole(monitor.report, report_text(run, suffix=monitor.report.suffix))
    monitor.hear(_finished(run))
    return run


@contextmanager
def _complaining(monitor: RunMonitor, what: str) -> Iterator[None]:
    """Complain where a file cannot be written: the publish that it is about is done."""
    try:
        yield
    except (OSError, UnicodeError) as error:
        _complain(monitor, f"{what}: the file cannot be written ({error}); check its folder, space and permissions")


def _complain(monitor: RunMonitor, message: str) -> None:
    monitor.hear(Event("warned", {"message": message}, "warning"))
    monitor.complain(message)


# Notices


def _pings(recipients: Unattended, monitor: RunMonitor, *, signal: Signal, text: str) -> tuple[Notice, ...]:
    if recipients.healthcheck is None:
        return ()
    run = monitor.identifier
    return (healthcheck_notice(recipients.healthcheck, monitor.environment, signal=signal, run=run, text=text),)


def _alarms(run: Run, recipients: Unattended, monitor: RunMonitor) -> tuple[Notice, ...]:
    """Return the notices that runs begin to fail, fail for another reason, or succeed again."""
    now = monitor.now()
    notices: list[Notice] = []
    if recipients.webhook:
        notices.append(
            webhook_notice(
                recipients.webhook,
                recipients.webhook_secret,
                monitor.environment,
                document=alarm_values(run, at=now),
                identifier=f"msg_{run.identifier}",
                at=now,
            )
        )
    if recipients.mail:
        # smtplib and email take longer to load than a publish with nothing to do.
        from podwright.operations.notify.mail import mail_notice

        notices.append(
            mail_notice(
                recipients.mail,
                monitor.environment,
                subject=alarm_subject(run),
                text=run_text(run),
                identifier=run.identifier,
                at=now,
            )
        )
    return tuple(notices)


def _send(notices: Sequence[Notice], monitor: RunMonitor, *, pace: Pace) -> tuple[Delivery, ...]:
    deliveries: list[Delivery] = []
    for delivery in deliver_all(notices, pace):
        deliveries.append(delivery)
        monitor.hear(Event("pinged", delivery_values(delivery), "info" if delivery.ok else "warning"))
        monitor.delivered(delivery)
    return tuple(deliveries)


# The log


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
