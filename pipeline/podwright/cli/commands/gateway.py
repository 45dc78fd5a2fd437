"""Serve members what their own addresses lead to. Reads the store that was published to."""

from __future__ import annotations

import json
import sys
import time
from contextlib import closing, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from podwright.cli.membership import database_option, opened_members, show_of, url_option
from podwright.cli.options import Context, port_type
from podwright.cli.output import reported, tell
from podwright.core.errors import StoreError
from podwright.core.serving import listen
from podwright.members.people import keep_private
from podwright.report.members import audit_values
from podwright.stores import open_store

if TYPE_CHECKING:
    from podwright.members.gateway import Audit


@click.command(help=__doc__)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Where to listen; a proxy with TLS stands before it."
)
@click.option("--port", type=port_type, default=8100, show_default=True, help="Where to listen; 0 takes any free port.")
@click.option(
    "--audit",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Append one JSON line a request to this file.",
    show_default="standard output",
)
@url_option
@database_option
@click.pass_obj
def gateway(context: Context, host: str, port: int, audit: Path | None, url: str, database: str | None) -> None:
    with (
        reported(),
        opened_members(context, database) as members,
        closing(listen(host, port, options="--host and --port")) as listening,
    ):
        try:
            # The libraries that it needs come with an extra, which may be missing.
            from podwright.members.gateway import Gateway, serve_gateway
        except ModuleNotFoundError as error:
            raise StoreError(
                "the gateway needs libraries that are not here; pip install 'podwright[gateway]'"
            ) from error
        storage = show_of(context).storage
        if audit:
            keep_private(audit)
        file = audit.open("a", encoding="utf-8", buffering=1) if audit else sys.stdout
        with closing(file) if audit else nullcontext():

            def write(record: Audit) -> None:
                click.echo(json.dumps(audit_values(record), ensure_ascii=False), file=file)

            tell(f"Members read at {url}; listening on {host}:{listening.getsockname()[1]} (Ctrl-C ends)")
            serve_gateway(
                Gateway(
                    store=open_store(storage),
                    members=members,
                    url=url,
                    public_url=storage.public_url,
                    now=lambda: datetime.now(UTC),
                    clock=time.monotonic,
                    audit=write,
                ),
                listening,
            )
