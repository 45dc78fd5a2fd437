"""Commands about former generations: list them, bring one back, and delete what nothing needs any more."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from podwright.cli.base import (
    Context,
    Silent,
    echo_json,
    job_of,
    json_option,
    now_option,
    progress_shown,
    reported,
    show,
)
from podwright.cli.stopping import stoppable


@click.command()
@now_option
@json_option
@click.pass_obj
def history(context: Context, now: datetime, as_json: bool) -> None:
    """List the publishes that can be brought back. Says what listeners noticed of each."""
    from podwright.publishing.rollback import observe_log
    from podwright.report.history import history_lines, history_values

    with reported(as_json=as_json):
        found = observe_log(job_of(context, now, Silent()))
        if as_json:
            echo_json(history_values(found))
        else:
            show("\n".join(history_lines(found)))


@click.command()
@click.argument("generation", type=click.IntRange(min=1))
@click.option("--plan", "plan_only", is_flag=True, help="Show what it would write and what listeners would notice.")
@now_option
@click.option(
    "--accept",
    multiple=True,
    metavar="KIND[:SUBJECT]",
    help="Agree to a consequence that --plan names, such as vanished:my-episode.",
)
@json_option
@click.pass_obj
def rollback(
    context: Context, generation: int, plan_only: bool, now: datetime, accept: tuple[str, ...], as_json: bool
) -> None:
    """Bring feeds, pages and texts back to what they were. GENERATION is a number that `history` lists."""
    from podwright.publishing.rollback import plan_rollback
    from podwright.publishing.rollback import rollback as roll_back
    from podwright.report.history import rollback_lines, rollback_values
    from podwright.report.plans import plan_lines

    with reported(as_json=as_json), stoppable():
        job = job_of(context, now, Silent() if as_json else progress_shown())
        done = plan_rollback(job, generation) if plan_only else roll_back(job, generation, accepted=accept)
        if as_json:
            echo_json(rollback_values(done))
        else:
            show("\n".join(plan_lines(done.plan, store=done.store) if plan_only else rollback_lines(done)))


@click.command()
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
    "--accept", multiple=True, metavar="feed-lost[:KEY]", help="Agree that the document of a former feed is deleted."
)
@now_option
@json_option
@click.pass_obj
def prune(context: Context, grace: int, yes: bool, accept: tuple[str, ...], now: datetime, as_json: bool) -> None:
    """List what nothing needs any more; delete it with --yes. No feed, page or kept generation names it."""
    from podwright.publishing.prune import plan_prune
    from podwright.publishing.prune import prune as apply_prune
    from podwright.report.pruning import pruning_lines, pruning_values

    with reported(as_json=as_json), stoppable():
        look = apply_prune if yes else plan_prune
        found = look(job_of(context, now, Silent()), grace=timedelta(days=grace), accepted=accept)
        if as_json:
            echo_json(pruning_values(found, done=yes))
        else:
            show("\n".join(pruning_lines(found, done=yes)))
