"""Show what is live, scheduled and changed."""

from __future__ import annotations

from datetime import datetime

import click

from podwright.cli.options import Context, json_option, now_option
from podwright.cli.output import Silent, reported, show, show_json
from podwright.cli.session import session_of
from podwright.publishing.proposal import plan
from podwright.report.status import status_lines, status_values


@click.command(help=__doc__)
@now_option
@json_option
@click.pass_obj
def status(context: Context, now: datetime, as_json: bool) -> None:
    with reported(as_json=as_json):
        proposal = plan(session_of(context, now, Silent()))
        if as_json:
            show_json(status_values(proposal))
        else:
            show(status_lines(proposal))
