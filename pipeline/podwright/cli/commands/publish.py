"""Make the store equal to the workspace. Audio and transcripts come first, feeds last."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import click

from podwright.cli.options import Context, accept_option, deadline_option, jobs_option, json_option, now_option
from podwright.cli.output import is_attended, progress_for
from podwright.cli.runs import STDERR, monitor_for, print_run, run_options, run_session
from podwright.cli.session import session_of


@click.command(help=__doc__)
@now_option
@accept_option("Agree to a consequence that plan names, such as vanished:my-episode.")
@click.option(
    "--private-from",
    metavar="ADDRESS",
    help="Where the private side lies until now, to be moved to where the settings say.",
)
@deadline_option
@run_options
@jobs_option
@json_option
@click.pass_obj
def publish(
    context: Context,
    now: datetime,
    accept: tuple[str, ...],
    private_from: str | None,
    deadline: timedelta | None,
    log: str | None,
    metrics: Path | None,
    report: Path | None,
    jobs: int | None,
    as_json: bool,
) -> None:
    # With somebody at the terminal nobody else is told how it ends.
    attended, quiet = is_attended(), log == STDERR
    progress = progress_for(machine=as_json or quiet)
    session = session_of(context, now, progress, deadline=deadline, jobs=jobs, private_from=private_from)
    with monitor_for(
        "publish", log=log, metrics=metrics, report=report, attended=attended, verbose=not as_json
    ) as monitor:
        run = run_session(session, monitor, accepted=accept, quiet=quiet)
        print_run(run, as_json=as_json, quiet=quiet)
