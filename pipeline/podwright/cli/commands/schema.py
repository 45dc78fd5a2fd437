"""Print the JSON Schema of a file kind, for editors."""

from __future__ import annotations

import json

import click

from podwright.cli.output import show
from podwright.workspace.schema import json_schema


@click.command(help=__doc__)
@click.argument("kind", type=click.Choice(["show", "feed", "season", "episode"]))
def schema(kind: str) -> None:
    show(json.dumps(json_schema(kind), ensure_ascii=False, indent=2))
