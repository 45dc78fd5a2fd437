"""Show what publish would write and what listeners would notice. Writes nothing."""

from __future__ import annotations

from datetime import datetime

import click

from podwright.cli.options import Context, jobs_option, json_option, now_option
from podwright.cli.output import progress_for, reported, show, show_json, warn
from podwright.cli.session import session_of
from podwright.publishing.proposal import plan as plan_publish
from podwright.report.plans import plan_lines, plan_values
from podwright.report.problems import problem_values


@click.command(help=__doc__)
@now_option
@jobs_option
@json_option
@click.pass_obj
def plan(context: Context, now: datetime, jobs: int | None, as_json: bool) -> None:
    with reported(as_json=as_json):
        proposal = plan_publish(session_of(context, now, progress_for(machine=as_json), jobs=jobs))
        problems = proposal.podcast.problems
        warn(problems)
        if as_json:
            moves = {"private_moves_to": proposal.moves_to} if proposal.moves_to else {}
            show_json(plan_values(proposal.plan) | moves | {"problems": problem_values(problems)})
        else:
            show(plan_lines(proposal.plan, store=proposal.store, moves_to=proposal.moves_to))
