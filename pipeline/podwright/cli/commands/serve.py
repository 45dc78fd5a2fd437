"""Preview the podcast on this machine. It is served as by a CDN, and what you edit is shown at once."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from podwright.cli.options import Context, Moment, port_type
from podwright.cli.output import Silent, reported, show, tell
from podwright.core.errors import StoreError


@click.command(help=__doc__)
@click.option(
    "--port",
    type=port_type,
    default=8000,
    show_default=True,
    help="Where to listen on 127.0.0.1; 0 takes any free port.",
)
@click.option("--now", type=Moment(), default=None, help="Show the podcast as of this time.", show_default="now")
@click.option("--members", is_flag=True, help="Answer for what is not public, too.")
@click.pass_obj
def serve(context: Context, port: int, now: datetime | None, members: bool) -> None:
    with reported():
        try:
            # The libraries that it needs come with an extra, which may be missing.
            from podwright.operations.preview import Preview, serve_preview
        except ModuleNotFoundError as error:
            raise StoreError("serving needs libraries that are not here; pip install 'podwright[serve]'") from error
        serve_preview(
            Preview(
                root=context.root,
                overrides=context.overrides,
                clock=lambda: now or datetime.now(UTC),
                progress=Silent(),
                port=port,
                shown=frozenset(["public", "private"] if members else ["public"]),
                say=show,
                complain=tell,
            )
        )
