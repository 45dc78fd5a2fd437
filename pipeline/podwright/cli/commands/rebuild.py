"""Publish for cron, silent where nothing changed. Needs no MP3s that were published before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from podwright.cli.options import Context, deadline_option, jobs_option, json_option, now_option
from podwright.cli.output import Silent, show
from podwright.cli.runs import STDERR, monitor_for, print_run, run_options, run_session
from podwright.cli.session import session_of


@click.command(help=__doc__)
@now_option
@deadline_option
@click.option("--until-due", is_flag=True, help="Print when the clock next changes anything, and nothing else.")
@run_options
@jobs_option
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
    jobs: int | None,
    as_json: bool,
) -> None:
    quiet = log == STDERR
    session = session_of(context, now, Silent(), deadline=deadline, jobs=jobs)
    with monitor_for("rebuild", log=log, metrics=metrics, report=report, attended=False, verbose=False) as monitor:
        run = run_session(session, monitor, quiet=quiet)
        silent = run.result == "up-to-date" or (until_due and run.error is None)
        print_run(run, as_json=as_json, quiet=quiet, silent=silent)
        if until_due and not as_json and run.outcome and run.outcome.next_due:
            show(run.outcome.next_due.astimezone(UTC).isoformat())
