"""List what the clock will change. Episodes are published, credits end, episodes leave."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from podwright.cli.options import Context, json_option, now_option
from podwright.cli.output import reported, show, show_json
from podwright.operations.calendar import calendar_ics, calendar_lines, calendar_values, load_calendar


@click.command(help=__doc__)
@click.option("--days", type=click.IntRange(min=0), help="Only what happens within so many days.", metavar="N")
@click.option("--ics", is_flag=True, help="Print iCalendar, for calendar apps.")
@now_option
@json_option
@click.pass_obj
def calendar(context: Context, days: int | None, ics: bool, now: datetime, as_json: bool) -> None:
    if ics and as_json:
        raise click.UsageError("--ics and --json exclude each other")
    with reported(as_json=as_json):
        within = timedelta(days=days) if days is not None else None
        events = load_calendar(context.root, context.overrides, now=now, within=within)
        if ics:
            show(calendar_ics(events, now=now), nl=False)
        elif as_json:
            show_json(calendar_values(events))
        else:
            show(calendar_lines(events))
