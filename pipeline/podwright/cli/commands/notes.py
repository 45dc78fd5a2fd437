"""Draft key points for EPISODE (its slug) from its transcript. Prints or writes them."""

from __future__ import annotations

import click

from podwright.cli.options import Context, json_option
from podwright.cli.output import reported, show, show_json
from podwright.workspace.author import load_draft, write_draft


@click.command(help=__doc__)
@click.argument("episode")
@click.option("--write", is_flag=True, help="Write the drafted key points into episode.md, to edit and approve there.")
@json_option
@click.pass_obj
def notes(context: Context, episode: str, write: bool, as_json: bool) -> None:
    with reported(as_json=as_json):
        draft = load_draft(context.root, context.overrides, slug=episode)
        if write:
            write_draft(draft)
        wrote = [draft.path.relative_to(context.root).as_posix()] if write else []
        if as_json:
            show_json({"key_points": draft.points, "wrote": wrote})
        else:
            show([*(f"- {point}" for point in draft.points), *(f"wrote {name}" for name in wrote)])
