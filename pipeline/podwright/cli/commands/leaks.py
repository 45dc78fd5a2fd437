"""Search what strangers get for what is not theirs. All that the store holds is asked for.

Every public object is read whole and searched for the titles, notes, transcripts, names and audio of episodes that
are for members, not due yet or withdrawn; everything private must be refused. Ends with 4 where anything is found.
"""

from __future__ import annotations

from datetime import datetime

import click

from podwright.cli.options import Context, concurrency_option, json_option, now_option
from podwright.cli.output import progress_for, reported, show, show_json
from podwright.cli.session import session_of
from podwright.cli.stopping import stoppable
from podwright.inspection.leaks import Request, observe_leaks
from podwright.report.findings import leak_lines, leak_values


@click.command(help=__doc__)
@concurrency_option
@now_option
@json_option
@click.pass_obj
def leaks(context: Context, concurrency: int, now: datetime, as_json: bool) -> None:
    session = session_of(context, now, progress_for(machine=as_json))
    with reported(as_json=as_json), stoppable(session.deadline):
        search = observe_leaks(Request(session=session, concurrency=concurrency))
        if as_json:
            show_json(leak_values(search))
        else:
            show(leak_lines(search))
    if search.leaks:
        raise SystemExit(4)
