"""Commands that plan and publish, for people and for cron."""

from __future__ import annotations

from datetime import datetime

import click

from pipeline.cli.base import (
    Context,
    Silent,
    echo_json,
    job_of,
    json_option,
    now_option,
    progress_shown,
    reported,
    warn,
)


@click.command()
@now_option
@json_option
@click.pass_obj
def plan(context: Context, now: datetime, as_json: bool) -> None:
    """Show what publish would write and what listeners would notice. Writes nothing."""
    from pipeline.publish import plan as plan_publish
    from pipeline.report.plans import plan_lines, plan_values
    from pipeline.report.problems import problem_values

    with reported(as_json=as_json):
        found = plan_publish(job_of(context, now, Silent() if as_json else progress_shown()))
        warn(found.podcast.problems)
        if as_json:
            echo_json(plan_values(found.plan) | {"problems": problem_values(found.podcast.problems)})
        else:
            click.echo("\n".join(plan_lines(found.plan, store=found.store)))


@click.command()
@now_option
@click.option(
    "--accept",
    multiple=True,
    metavar="KIND[:SUBJECT]",
    help="Agree to a consequence that plan names, such as vanished:my-episode.",
)
@json_option
@click.pass_obj
def publish(context: Context, now: datetime, accept: tuple[str, ...], as_json: bool) -> None:
    """Make the store equal to the workspace: audio and transcripts first, feeds last."""
    from pipeline.publish import publish as publish_podcast
    from pipeline.report.plans import outcome_line, outcome_values

    with reported(as_json=as_json):
        outcome = publish_podcast(job_of(context, now, Silent() if as_json else progress_shown()), accepted=accept)
        warn(outcome.problems)
        if as_json:
            echo_json(outcome_values(outcome))
        else:
            click.echo(outcome_line(outcome))


@click.command()
@now_option
@json_option
@click.pass_obj
def rebuild(context: Context, now: datetime, as_json: bool) -> None:
    """Publish for cron: silent where nothing changed, and without the MP3s that were published before."""
    from pipeline.publish import publish as publish_podcast
    from pipeline.report.plans import outcome_line, outcome_values

    with reported(as_json=as_json):
        outcome = publish_podcast(job_of(context, now, Silent()), accepted=())
        if as_json:
            echo_json(outcome_values(outcome))
        elif outcome.plan is not None and outcome.plan.writes:
            warn(outcome.problems)
            click.echo(outcome_line(outcome))


@click.command()
@now_option
@json_option
@click.pass_obj
def status(context: Context, now: datetime, as_json: bool) -> None:
    """Show what is live, scheduled and changed."""
    from pipeline.publish import plan as plan_publish
    from pipeline.report.status import status_lines, status_values

    with reported(as_json=as_json):
        found = plan_publish(job_of(context, now, Silent()))
        if as_json:
            echo_json(status_values(found))
        else:
            click.echo("\n".join(status_lines(found)))
