"""Bring feeds, pages and texts back to what they were. GENERATION is a number that `history` lists."""

from __future__ import annotations

from datetime import datetime

import click

from podwright.cli.options import Context, accept_option, json_option, now_option
from podwright.cli.output import progress_for, reported, show, show_json
from podwright.cli.session import session_of
from podwright.cli.stopping import stoppable
from podwright.publishing.rollback import plan_rollback
from podwright.publishing.rollback import rollback as roll_back
from podwright.report.history import rollback_lines, rollback_values
from podwright.report.plans import plan_lines


@click.command(help=__doc__)
@click.argument("generation", type=click.IntRange(min=1))
@click.option("--plan", "plan_only", is_flag=True, help="Show what it would write and what listeners would notice.")
@now_option
@accept_option("Agree to a consequence that --plan names, such as vanished:my-episode.")
@json_option
@click.pass_obj
def rollback(
    context: Context, generation: int, plan_only: bool, now: datetime, accept: tuple[str, ...], as_json: bool
) -> None:
    session = session_of(context, now, progress_for(machine=as_json))
    with reported(as_json=as_json), stoppable(session.deadline):
        done = plan_rollback(session, generation) if plan_only else roll_back(session, generation, accepted=accept)
        if as_json:
            show_json(rollback_values(done))
        else:
            show(plan_lines(done.plan, store=done.store) if plan_only else rollback_lines(done))
