"""Commands that plan and publish, for people and for cron."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from podwright.cli.base import (
    Context,
    Silent,
    deadline_option,
    echo_json,
    is_attended,
    job_of,
    json_option,
    now_option,
    progress_shown,
    reported,
    show,
    warn,
)
from podwright.cli.stopping import STOPPING, stoppable
from podwright.cli.watching import STDERR, desk_for, watched

if TYPE_CHECKING:
    from podwright.operations.runs import Run


@click.command()
@now_option
@json_option
@click.pass_obj
def plan(context: Context, now: datetime, as_json: bool) -> None:
    """Show what publish would write and what listeners would notice. Writes nothing."""
    from podwright.publishing.publish import plan as plan_publish
    from podwright.report.plans import plan_lines, plan_values
    from podwright.report.problems import problem_values

    with reported(as_json=as_json):
        found = plan_publish(job_of(context, now, Silent() if as_json else progress_shown()))
        warn(found.podcast.problems)
        if as_json:
            echo_json(plan_values(found.plan) | {"problems": problem_values(found.podcast.problems)})
        else:
            show("\n".join(plan_lines(found.plan, store=found.store)))


@click.command()
@now_option
@click.option(
    "--accept",
    multiple=True,
    metavar="KIND[:SUBJECT]",
    help="Agree to a consequence that plan names, such as vanished:my-episode.",
)
@deadline_option
@watched
@json_option
@click.pass_obj
def publish(
    context: Context,
    now: datetime,
    accept: tuple[str, ...],
    deadline: timedelta | None,
    log: str | None,
    metrics: Path | None,
    report: Path | None,
    as_json: bool,
) -> None:
    """Make the store equal to the workspace. Audio and transcripts come first, feeds last."""
    from podwright.operations.unattended import publish_watched

    # With somebody at the terminal nobody else is told how it ends.
    attended, quiet = is_attended(), log == STDERR
    job = job_of(context, now, Silent() if as_json or quiet else progress_shown(), deadline=deadline)
    with desk_for("publish", log=log, metrics=metrics, report=report, attended=attended, verbose=not as_json) as desk:
        with stoppable(b"" if log == STDERR else STOPPING):
            run = publish_watched(job, accepted=accept, desk=desk)
        _print_run(run, as_json=as_json, quiet=quiet, silent=False)


@click.command()
@now_option
@deadline_option
@click.option("--until-due", is_flag=True, help="Print when the clock next changes anything, and nothing else.")
@watched
@json_option
@click.pass_obj
def rebuild(
    context: Context,
    now: datetime,
    deadline: timedelta | None,
    until_due: bool,
    log: str | None,
    metrics: Path | None,
    report: Path | None,
    as_json: bool,
) -> None:
    """Publish for cron, silent where nothing changed. Needs no MP3s that were published before."""
    from podwright.operations.unattended import publish_watched

    job = job_of(context, now, Silent(), deadline=deadline)
    with desk_for("rebuild", log=log, metrics=metrics, report=report, attended=False, verbose=False) as desk:
        with stoppable(b"" if log == STDERR else STOPPING):
            run = publish_watched(job, accepted=(), desk=desk)
        silent = run.result == "up-to-date" or (until_due and run.error is None)
        _print_run(run, as_json=as_json, quiet=log == STDERR, silent=silent)
        if until_due and not as_json and run.outcome and run.outcome.next_due:
            show(run.outcome.next_due.astimezone(UTC).isoformat())


def _print_run(run: Run, *, as_json: bool, quiet: bool, silent: bool) -> None:
    """Tell how a run ended. quiet: the log is on stderr, and tells all that is wrong; silent: no news is no line."""
    from podwright.operations.run_report import run_values
    from podwright.report.plans import outcome_line

    with reported(as_json=as_json, quiet=quiet):
        if run.error:
            raise run.error
        if run.outcome is None:
            raise AssertionError("a run that ends has an outcome or an error")
        if not quiet and not silent:
            warn(run.outcome.problems)
        if as_json:
            echo_json(run_values(run))
        elif not silent:
            show(outcome_line(run.outcome))


@click.command()
@now_option
@json_option
@click.pass_obj
def status(context: Context, now: datetime, as_json: bool) -> None:
    """Show what is live, scheduled and changed."""
    from podwright.publishing.publish import plan as plan_publish
    from podwright.report.status import status_lines, status_values

    with reported(as_json=as_json):
        found = plan_publish(job_of(context, now, Silent()))
        if as_json:
            echo_json(status_values(found))
        else:
            show("\n".join(status_lines(found)))
