"""Check all that live feeds name, and the store. That is compared with its manifest.

Ends with 4 where anything is broken, or stays so after --repair; warnings end with 0.
"""

from __future__ import annotations

from datetime import datetime

import click

from podwright.cli.options import Context, accept_option, concurrency_option, json_option, now_option
from podwright.cli.output import progress_for, reported, show, show_json
from podwright.cli.session import session_of
from podwright.cli.stopping import stoppable
from podwright.inspection.verify import Request, observe_published
from podwright.inspection.verify.repair import plan_repair, repair
from podwright.report.findings import repair_lines, repair_values, verified_lines, verified_values


@click.command(help=__doc__)
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
@accept_option("With --repair: agree to a consequence that its plan names, such as vanished:my-episode.")
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
    if repairing and feeds:
        raise click.UsageError("--repair looks at the whole store; leave --feed out")
    if (accept or yes) and not repairing:
        raise click.UsageError("--yes and --accept are for --repair; say that too")
    session = session_of(context, now, progress_for(machine=as_json))
    request = Request(session=session, deep=deep, feeds=feeds, concurrency=concurrency)
    with reported(as_json=as_json), stoppable(session.deadline):
        broken = (
            _repair(request, yes=yes, accept=accept, as_json=as_json)
            if repairing
            else _verify(request, as_json=as_json)
        )
    if broken:
        raise SystemExit(4)


def _verify(request: Request, *, as_json: bool) -> bool:
    """Verify, and tell whether anything is broken."""
    verified = observe_published(request)
    if as_json:
        show_json(verified_values(verified))
    else:
        show(verified_lines(verified))
    return verified.broken


def _repair(request: Request, *, yes: bool, accept: tuple[str, ...], as_json: bool) -> bool:
    """Repair, or plan that, and tell whether anything stays broken."""
    mended = repair(request, accepted=accept) if yes else plan_repair(request)
    if as_json:
        show_json(repair_values(mended, done=yes))
    else:
        show(repair_lines(mended, done=yes))
    return bool(mended.beyond) if yes else mended.broken
