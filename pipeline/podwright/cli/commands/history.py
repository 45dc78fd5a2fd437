"""List the publishes that can be brought back. Says what listeners noticed of each."""

from __future__ import annotations

from datetime import datetime

import click

from podwright.cli.options import Context, json_option, now_option
from podwright.cli.output import Silent, reported, show, show_json
from podwright.cli.session import session_of
from podwright.publishing.rollback import observe_log
from podwright.report.history import history_lines, history_values


@click.command(help=__doc__)
@now_option
@json_option
@click.pass_obj
def history(context: Context, now: datetime, as_json: bool) -> None:
    with reported(as_json=as_json):
        log = observe_log(session_of(context, now, Silent()))
        if as_json:
            show_json(history_values(log))
        else:
            show(history_lines(log))
