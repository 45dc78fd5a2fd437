"""The parts that `members` and `gateway` share: where members are kept, and the gateway's address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from podwright.cli.options import Context
from podwright.core.model import Show
from podwright.workspace.load import load_show
from podwright.workspace.scan import scan_workspace
from podwright.workspace.values import base_url

if TYPE_CHECKING:
    from podwright.members.register import Members


class _Address(click.ParamType[str]):
    """An address that others begin with."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the address, or refuse it."""
        try:
            return base_url(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


database_option = click.option(
    "--database",
    envvar="PODWRIGHT_MEMBERS",
    help="Where members are kept, as an SQLAlchemy address.",
    show_default="sqlite:///members.sqlite in the workspace",
)
url_option = click.option(
    "--url",
    envvar="PODWRIGHT_GATEWAY_URL",
    type=_Address(),
    required=True,
    help="The gateway's public address, such as https://members.example.org/.",
)


@contextmanager
def opened_members(context: Context, database: str | None) -> Iterator[Members]:
    """Open the register of members."""
    # What it needs takes a fifth of a second to load, which no help should cost.
    from podwright.members.register import open_members

    with open_members(database or f"sqlite:///{context.root / 'members.sqlite'}") as members:
        yield members


def show_of(context: Context) -> Show:
    """Return the show of the workspace. Raises WorkspaceError."""
    return load_show(scan_workspace(context.root), context.overrides)
