"""Commands for members: who they are, and the gateway that they read through."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from podwright.cli.base import Context, echo_json, json_option, now_option, reported

if TYPE_CHECKING:
    from podwright.core.model import Show
    from podwright.members.gateway import Audit
    from podwright.members.register import Issued, Members

_database = click.option(
    "--database",
    envvar="PODWRIGHT_MEMBERS",
    help="Where members are kept, as an SQLAlchemy address.",
    show_default="sqlite:///members.sqlite in the workspace",
)


class _Address(click.ParamType[str]):
    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from podwright.workspace.values import base_url

        try:
            return base_url(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


_url = click.option(
    "--url",
    envvar="PODWRIGHT_GATEWAY_URL",
    type=_Address(),
    required=True,
    help="The gateway's public address, such as https://members.example.org/.",
)


@contextmanager
def _opened(context: Context, database: str | None) -> Iterator[Members]:
    from podwright.members.register import open_members

    with open_members(database or f"sqlite:///{context.root / 'members.sqlite'}") as members:
        yield members


def _show(context: Context) -> Show:
    from podwright.workspace.load import load_show
    from podwright.workspace.scan import scan_workspace

    return load_show(scan_workspace(context.root), context.overrides)


def _check_feeds(context: Context, names: Collection[str]) -> None:
    from podwright.members.register import MembersError

    known = [feed.name for feed in _show(context).feeds]
    wrong = [f"{name}: is no feed of this show; choose from {', '.join(known)}" for name in names if name not in known]
    if wrong:
        raise MembersError("\n".join(wrong))


def _say(issued: Collection[Issued], url: str, *, as_json: bool) -> None:
    from podwright.report.members import issued_lines, issued_values

    if as_json:
        echo_json({"members": issued_values(issued, url=url)})
    else:
        click.echo("\n".join(issued_lines(issued, url=url)))


@click.group()
def members() -> None:
    """Add, list and revoke members. Each has addresses of their own.

    The token in an address is told once and kept nowhere; the database holds its hash.
    """


@members.command()
@click.argument("name")
@click.option("--feed", "feeds", multiple=True, required=True, help="A feed that they may read; can be given again.")
@_url
@_database
@now_option
@json_option
@click.pass_obj
def add(
    context: Context, name: str, feeds: tuple[str, ...], url: str, database: str | None, now: datetime, as_json: bool
) -> None:
    """Add the member NAME, and print their addresses. Each feed has one that is theirs alone."""
    with reported(as_json=as_json):
        _check_feeds(context, feeds)
        with _opened(context, database) as people:
            _say(people.add([(name, feeds)], now=now), url, as_json=as_json)


@members.command(name="import")
@click.argument("file", type=click.File("rb"))
@_url
@_database
@now_option
@json_option
@click.pass_obj
def import_(context: Context, file: Any, url: str, database: str | None, now: datetime, as_json: bool) -> None:
    """Add all members of FILE, or none. It is CSV with the columns name and feeds; prints it with their addresses."""
    from podwright.members.register import parse_list
    from podwright.report.members import issued_table, issued_values

    with reported(as_json=as_json):
        people = parse_list(file.read())
        _check_feeds(context, dict.fromkeys(feed for _, feeds in people for feed in feeds))
        with _opened(context, database) as known:
            issued = known.add(people, now=now)
        if as_json:
            echo_json({"members": issued_values(issued, url=url)})
        else:
            click.echo(issued_table(issued, url=url))


@members.command()
@click.argument("name")
@_url
@_database
@now_option
@json_option
@click.pass_obj
def rotate(context: Context, name: str, url: str, database: str | None, now: datetime, as_json: bool) -> None:
    """Give the member NAME new addresses; the old ones end at once. A revoked member may read again."""
    with reported(as_json=as_json), _opened(context, database) as people:
        _say([people.rotate(name, now=now)], url, as_json=as_json)


@members.command()
@click.argument("name")
@_database
@now_option
@json_option
@click.pass_obj
def revoke(context: Context, name: str, database: str | None, now: datetime, as_json: bool) -> None:
    """End the addresses of the member NAME at once."""
    from podwright.report.members import member_values

    with reported(as_json=as_json), _opened(context, database) as people:
        member = people.revoke(name, now=now)
        if as_json:
            echo_json({"members": member_values([member])})
        else:
            click.echo(f"{member.name} reads no feed any more.")


@members.command(name="list")
@_database
@json_option
@click.pass_obj
def list_(context: Context, database: str | None, as_json: bool) -> None:
    """List everybody; no address is shown."""
    from podwright.report.members import member_lines, member_values

    with reported(as_json=as_json), _opened(context, database) as people:
        everybody = people.all()
        if as_json:
            echo_json({"members": member_values(everybody)})
        else:
            click.echo("\n".join(member_lines(everybody)))


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Where to listen; a proxy with TLS stands before it."
)
@click.option("--port", default=8100, show_default=True, help="Where to listen; 0 takes any free port.")
@click.option(
    "--audit",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Append one JSON line a request to this file.",
    show_default="standard output",
)
@_url
@_database
@click.pass_obj
def gateway(context: Context, host: str, port: int, audit: Path | None, url: str, database: str | None) -> None:
    """Serve members what their own addresses lead to. Reads the store that was published to."""
    from podwright.core.serving import listen
    from podwright.members.gateway import Gateway, serve_gateway
    from podwright.report.members import audit_values
    from podwright.stores import open_store

    bound = partial(listen, host, port, options="--host and --port")
    with reported(as_json=False), _opened(context, database) as people, closing(bound()) as listening:
        storage = _show(context).storage
        file = audit.open("a", encoding="utf-8", buffering=1) if audit else sys.stdout
        with closing(file) if audit else nullcontext():

            def write(record: Audit) -> None:
                click.echo(json.dumps(audit_values(record), ensure_ascii=False), file=file)

            click.echo(
                f"Members read at {url}; listening on {host}:{listening.getsockname()[1]} (Ctrl-C ends)", err=True
            )
            serve_gateway(
                Gateway(
                    store=open_store(storage),
                    members=people,
                    url=url,
                    public_url=storage.public_url,
                    now=lambda: datetime.now(UTC),
                    clock=time.monotonic,
                    audit=write,
                ),
                listening,
            )
