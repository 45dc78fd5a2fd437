"""Make a workspace in FOLDER that publishes at once. A first episode is there to be replaced."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path

import click

from podwright.cli.options import json_option
from podwright.cli.output import reported, show_written
from podwright.workspace.author import write_workspace


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
@click.option("--title", prompt="Title of the show", help="Title of the show.")
@click.option(
    "--url", default="http://127.0.0.1:8000/", show_default=True, help="The address at which the public will read it."
)
@click.option("--slug", help="The name of the feed's file.", show_default="made of the title")
@json_option
def init(folder: Path, title: str, url: str, slug: str | None, as_json: bool) -> None:
    with reported(as_json=as_json):
        root = folder.resolve()
        paths = write_workspace(
            root, title=title, guid=str(uuid.uuid4()), now=datetime.now(UTC), public_url=url, slug=slug
        )
        show_written(paths, root, as_json=as_json, then=f"Now: podwright -C {folder} publish")
