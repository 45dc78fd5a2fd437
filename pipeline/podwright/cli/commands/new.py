"""Make the folder of a new episode called TITLE. Its front matter has a fresh guid."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import click

from podwright.cli.options import Context, json_option
from podwright.cli.output import reported, show_written
from podwright.workspace.author import write_episode
from podwright.workspace.load import load_show
from podwright.workspace.scan import scan_workspace


@click.command(help=__doc__)
@click.argument("title")
@click.option("--season", help="The season's folder name.")
@click.option("--slug", help="The episode's folder name, which is its address.", show_default="made of the title")
@json_option
@click.pass_obj
def new(context: Context, title: str, season: str | None, slug: str | None, as_json: bool) -> None:
    with reported(as_json=as_json):
        show = load_show(scan_workspace(context.root), context.overrides)
        path = write_episode(show, title=title, guid=str(uuid.uuid4()), now=datetime.now(UTC), season=season, slug=slug)
        then = "Now put the MP3 and, where there is one, transcript.vtt beside it."
        show_written((path,), show.root, as_json=as_json, then=then)
