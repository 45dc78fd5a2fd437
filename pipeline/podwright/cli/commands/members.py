"""Add, list and revoke members. Each has addresses of their own.

The token in an address is told once and kept nowhere; the database holds its hash.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import BinaryIO

import click

from podwright.cli.membership import database_option, opened_members, show_of, url_option
from podwright.cli.options import Context, json_option, now_option
from podwright.cli.output import reported, show, show_json
from podwright.members.people import Issued, MembersError, parse_list
from podwright.report.members import issued_lines, issued_table, issued_values, member_lines, member_values


@click.group(help=__doc__)
def members() -> None:
    pass


@members.command()
@click.argument("name")
@click.option("--feed", "feeds", multiple=True, required=True, help="A feed that they may read; can be given again.")
@url_option
@database_option
@now_option
@json_option
@click.pass_obj
def add(
    context: Context, name: str, feeds: tuple[str, ...], url: str, database: str | None, now: datetime, as_json: bool
) -> None:
    """Add the member NAME, and print their addresses. Each feed has one that is theirs alone."""
    with reported(as_json=as_json):
        _check_feeds(context, feeds)
        with opened_members(context, database) as register:
            _show_issued(register.add([(name, feeds)], now=now), url, as_json=as_json)


@members.command(name="import")
@click.argument("file", type=click.File("rb"))
@url_option
@database_option
@now_option
@json_option
@click.pass_obj
def import_(context: Context, file: BinaryIO, url: str, database: str | None, now: datetime, as_json: bool) -> None:
    """Add all members of FILE, or none. It is CSV with the columns name and feeds; prints it with their addresses."""
    with reported(as_json=as_json):
        rows = parse_list(file.read())
        _check_feeds(context, dict.fromkeys(feed for _, feeds in rows for feed in feeds))
        with opened_members(context, database) as register:
            issued = register.add(rows, now=now)
        if as_json:
            show_json({"members": issued_values(issued, url=url)})
        else:
            show(issued_table(issued, url=url))


@members.command()
@click.argument("name")
@url_option
@database_option
@now_option
@json_option
@click.pass_obj
def rotate(context: Context, name: str, url: str, database: str | None, now: datetime, as_json: bool) -> None:
    """Give the member NAME new addresses; the old ones end at once. A revoked member may read again."""
    with reported(as_json=as_json), opened_members(context, database) as register:
        _show_issued([register.rotate(name, now=now)], url, as_json=as_json)


@members.command()
@click.argument("name")
@database_option
@now_option
@json_option
@click.pass_obj
def revoke(context: Context, name: str, database: str | None, now: datetime, as_json: bool) -> None:
    """End the addresses of the member NAME at once."""
    with reported(as_json=as_json), opened_members(context, database) as register:
        member = register.revoke(name, now=now)
        if as_json:
            show_json({"members": member_values([member])})
        else:
            show(f"{member.name} reads no feed any more.")


@members.command(name="list")
@database_option
@json_option
@click.pass_obj
def list_(context: Context, database: str | None, as_json: bool) -> None:
    """List everybody; no address is shown."""
    with reported(as_json=as_json), opened_members(context, database) as register:
        everybody = register.all()
        if as_json:
            show_json({"members": member_values(everybody)})
        else:
            show(member_lines(everybody))


def _check_feeds(context: Context, names: Collection[str]) -> None:
    """Raise MembersError where a name is that of no feed."""
    known = [feed.name for feed in show_of(context).feeds]
    wrong = [f"{name}: is no feed of this show; choose from {', '.join(known)}" for name in names if name not in known]
    if wrong:
        raise MembersError("\n".join(wrong))


def _show_issued(issued: Collection[Issued], url: str, *, as_json: bool) -> None:
    """Print new addresses."""
    if as_json:
        show_json({"members": issued_values(issued, url=url)})
    else:
        show(issued_lines(issued, url=url))
