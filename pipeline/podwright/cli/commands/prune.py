"""List what nothing needs any more; delete it with --yes. No feed, page or kept generation names it."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from podwright.cli.options import Accepted, Context, json_option, now_option
from podwright.cli.output import Silent, reported, show, show_json
from podwright.cli.session import session_of
from podwright.cli.stopping import stoppable
from podwright.publishing.prune import plan_prune
from podwright.publishing.prune import prune as apply_prune
from podwright.report.history import pruning_lines, pruning_values


@click.command(help=__doc__)
@click.option(
    "--grace",
    type=click.IntRange(1, 36_500),
    default=30,
    show_default=True,
    metavar="DAYS",
    help="Keep what something named, or somebody uploaded, within so many days.",
)
@click.option("--yes", is_flag=True, help="Delete what is listed.")
@click.option(
    "--accept",
    multiple=True,
    type=Accepted("feed-lost"),
    metavar="feed-lost[:KEY]",
    help="Agree that the document of a former feed is deleted.",
)
@click.option(
    "--at-once",
    multiple=True,
    metavar="KEY",
    help="Whatever the grace, and though a former generation names it: this object, or with / at its end this folder.",
)
@now_option
@json_option
@click.pass_obj
def prune(
    context: Context,
    grace: int,
    yes: bool,
    accept: tuple[str, ...],
    at_once: tuple[str, ...],
    now: datetime,
    as_json: bool,
) -> None:
    session = session_of(context, now, Silent())
    with reported(as_json=as_json), stoppable(session.deadline):
        look = apply_prune if yes else plan_prune
        pruning = look(session, grace=timedelta(days=grace), accepted=accept, at_once=at_once)
        if as_json:
            show_json(pruning_values(pruning, done=yes))
        else:
            show(pruning_lines(pruning, done=yes))
