"""Commands that look at what listeners get: what was published, and a preview of what would be."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from podwright.cli.base import Context, Moment, Silent, echo_json, job_of, json_option, reported, show, tell


@click.command()
@click.option("--fix", is_flag=True, help="First let players on other sites read the bucket (CORS).")
@click.option("--policy", is_flag=True, help="Print the policies that publisher and public need, as JSON, and end.")
@json_option
@click.pass_obj
def doctor(context: Context, fix: bool, policy: bool, as_json: bool) -> None:
    """See whether what was published reaches listeners. Tries what the store can do, then asks as an app does.

    What the store can do is written into its manifest, where that says something else.
    """
    from podwright.inspection.doctor import apply_fixes, apply_trial, observe_health
    from podwright.inspection.doctor.policies import load_policies
    from podwright.report.health import health_lines, health_values

    if policy:
        with reported(as_json=as_json):
            show(json.dumps(load_policies(context.root, context.overrides), indent=2))
        return
    with reported(as_json=as_json):
        done = apply_fixes(context.root, context.overrides) if fix else ()
        job = job_of(context, datetime.now(UTC), Silent())
        tried = apply_trial(context.root, context.overrides, now=job.now, publisher=job.publisher, work=job.work)
        found = observe_health(context.root, context.overrides)
        if as_json:
            echo_json(health_values((*tried, *found), done))
        else:
            show("\n".join(health_lines(found, done, tried)))
    if any(one.level == "error" for one in (*tried, *found)):
        raise SystemExit(4)


@click.command()
@click.option("--port", default=8000, show_default=True, help="Where to listen on 127.0.0.1; 0 takes any free port.")
@click.option("--now", type=Moment(), default=None, help="Show the podcast as of this time.", show_default="now")
@click.option("--members", is_flag=True, help="Answer for what is not public, too.")
@click.pass_obj
def serve(context: Context, port: int, now: datetime | None, members: bool) -> None:
    """Preview the podcast on this machine. It is served as by a CDN, and what you edit is shown at once."""
    from podwright.operations.preview import Preview
    from podwright.operations.preview import serve as serve_preview

    with reported(as_json=False):
        serve_preview(
            Preview(
                root=context.root,
                overrides=context.overrides,
                clock=lambda: now or datetime.now(UTC),
                progress=Silent(),
                port=port,
                shown=frozenset(["public", "private"] if members else ["public"]),
                say=click.echo,
                complain=tell,
            )
        )
