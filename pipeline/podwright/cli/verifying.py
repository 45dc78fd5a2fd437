"""The commands that look at what was published through its public address; the store is repaired by one of them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from podwright.inspection.verify import Request

concurrency_option = click.option(
    "--concurrency",
    type=click.IntRange(1, 64),
    default=8,
    show_default=True,
    help="How many requests may be under way at once.",
)


@click.command()
@click.option("--deep", is_flag=True, help="Read all bytes and compare them, and the headers of all objects.")
@click.option("--feed", "feeds", multiple=True, metavar="NAME", help="Look at this feed and what it names alone.")
@concurrency_option
@click.option(
    "--repair",
    "repairing",
    is_flag=True,
    help="Compare store and manifest alone, and plan what makes them agree again.",
)
@click.option("--yes", is_flag=True, help="With --repair: do what it plans.")
@click.option(
    "--accept",
    multiple=True,
    metavar="KIND[:SUBJECT]",
    help="With --repair: agree to a consequence that its plan names, such as vanished:my-episode.",
)
@now_option
@json_option
@click.pass_obj
def verify(
    context: Context,
    deep: bool,
    feeds: tuple[str, ...],
    concurrency: int,
    repairing: bool,
    yes: bool,
    accept: tuple[str, ...],
    now: datetime,
    as_json: bool,
) -> None:
    """Check all that live feeds name, and the store. That is compared with its manifest.

    Ends with 4 where anything is broken, or stays so after --repair; warnings end with 0.
    """
    if repairing and feeds:
        raise click.UsageError("--repair looks at the whole store; leave --feed out")
    if (accept or yes) and not repairing:
        raise click.UsageError("--yes and --accept are for --repair; say that too")
    from podwright.inspection.verify import Request

    job = job_of(context, now, Silent() if as_json else progress_shown())
    request = Request(
        root=context.root,
        overrides=context.overrides,
        now=now,
        progress=job.progress,
        deep=deep,
        feeds=feeds,
        concurrency=concurrency,
        publisher=job.publisher,
    )
    with reported(as_json=as_json), stoppable():
        broken = (
            _repair(request, yes=yes, accept=accept, as_json=as_json)
            if repairing
            else _verify(request, as_json=as_json)
        )
    if broken:
        raise SystemExit(4)


def _verify(request: Request, *, as_json: bool) -> bool:
    """Whether anything is broken."""
    from podwright.inspection.verify import observe_published
    from podwright.report.verification import verified_lines, verified_values

    found = observe_published(request)
    if as_json:
        echo_json(verified_values(found))
    else:
        show("\n".join(verified_lines(found)))
    return found.broken


def _repair(request: Request, *, yes: bool, accept: tuple[str, ...], as_json: bool) -> bool:
    """Whether anything stays broken."""
    from podwright.inspection.verify.repair import plan_repair, repair
    from podwright.report.verification import repair_lines, repair_values

    found = repair(request, accepted=accept) if yes else plan_repair(request)
    if as_json:
        echo_json(repair_values(found, done=yes))
    else:
        show("\n".join(repair_lines(found, done=yes)))
    return bool(found.beyond) if yes else found.broken


@click.command()
@concurrency_option
@now_option
@json_option
@click.pass_obj
def leaks(context: Context, concurrency: int, now: datetime, as_json: bool) -> None:
    """Search what strangers get for what is not theirs. All that the store holds is asked for.

    Every public object is read whole and searched for the titles, notes, transcripts, names and audio of episodes that
    are for members, not due yet or withdrawn; everything private must be refused. Ends with 4 where anything is found.
    """
    from podwright.inspection.leaks import Request, observe_leaks
    from podwright.report.leaks import leak_lines, leak_values

    with reported(as_json=as_json):
        request = Request(
            root=context.root,
            overrides=context.overrides,
            now=now,
            progress=Silent() if as_json else progress_shown(),
            concurrency=concurrency,
        )
        found = observe_leaks(request)
        if as_json:
            echo_json(leak_values(found))
        else:
            show("\n".join(leak_lines(found)))
    if found.leaks:
        raise SystemExit(4)
