"""Commands that make, read and judge a workspace and write nothing to a store."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from podwright.cli.base import Context, Silent, echo_json, json_option, now_option, progress_shown, reported, show

if TYPE_CHECKING:
    from podwright.inspection.rules import Rule


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
@click.option("--title", prompt="Title of the show", help="Title of the show.")
@click.option(
    "--url", default="http://127.0.0.1:8000/", show_default=True, help="The address at which the public will read it."
)
@json_option
def init(folder: Path, title: str, url: str, as_json: bool) -> None:
    """Make a workspace in FOLDER that publishes at once. A first episode is there to be replaced."""
    from podwright.workspace.scaffold import write_workspace

    with reported(as_json=as_json):
        root = folder.resolve()
        paths = write_workspace(root, title=title, guid=str(uuid.uuid4()), now=datetime.now(UTC), public_url=url)
        _say_written(paths, root, as_json=as_json, then=f"Now: podwright -C {folder} publish")


@click.command()
@click.argument("title")
@click.option("--season", help="The season's folder name.")
@json_option
@click.pass_obj
def new(context: Context, title: str, season: str | None, as_json: bool) -> None:
    """Make the folder of a new episode called TITLE. Its front matter has a fresh guid."""
    from podwright.workspace.load import load_show
    from podwright.workspace.scaffold import write_episode
    from podwright.workspace.scan import scan_workspace

    with reported(as_json=as_json):
        show = load_show(scan_workspace(context.root), context.overrides)
        path = write_episode(show, title=title, guid=str(uuid.uuid4()), now=datetime.now(UTC), season=season)
        then = "Now put the MP3 and, where there is one, transcript.vtt beside it."
        _say_written((path,), show.root, as_json=as_json, then=then)


def _say_written(paths: Iterable[Path], root: Path, *, as_json: bool, then: str) -> None:
    names = [path.relative_to(root).as_posix() for path in paths]
    if as_json:
        echo_json({"wrote": names})
    else:
        show("\n".join([*(f"wrote {name}" for name in names), then]))


@click.command()
@click.option(
    "--audience",
    "audiences",
    multiple=True,
    type=click.Choice(
        ["apple", "spotify", "psp-1", "podcast-index", "rss", "accessibility", "accme"], case_sensitive=False
    ),
    help="Judge for this reader alone; may be given several times.",
)
@click.option("--rules", "show_rules", is_flag=True, help="Print the table of rules, and judge nothing.")
@now_option
@json_option
@click.pass_obj
def check(context: Context, audiences: tuple[str, ...], show_rules: bool, now: datetime, as_json: bool) -> None:
    """Judge the whole workspace by the table of rules. Decodes its audio and builds its feeds.

    Ends with 1 where there is an error; warnings and advice end with 0.
    """
    from podwright.inspection.rules import Audience, rules_for

    wanted = tuple(map(Audience, audiences))
    if show_rules:
        _print_rules(rules_for(wanted), as_json=as_json)
        return
    from podwright.inspection.check import Request, check_workspace
    from podwright.report.problems import check_lines, check_values
    from podwright.workspace.scan import AUDIO_SUFFIXES, scan_workspace

    progress = Silent() if as_json else progress_shown()
    with reported(as_json=as_json):
        files = (file for folder in scan_workspace(context.root).episodes for file in folder.files)
        progress.begin(
            "checking", sum(file.size for file in files if file.path.lower().endswith(tuple(AUDIO_SUFFIXES)))
        )
        request = Request(root=context.root, overrides=context.overrides, now=now, audiences=wanted)
        try:
            found = check_workspace(request, advance=progress.advance)
        finally:
            progress.end()
        if as_json:
            echo_json(check_values(found))
        else:
            show("\n".join(check_lines(found)))
    if found.count("error"):
        raise SystemExit(1)


def _print_rules(rules: Collection[Rule], *, as_json: bool) -> None:
    from podwright.report.problems import rules_lines, rules_values

    if as_json:
        echo_json({"rules": rules_values(rules)})
    else:
        show("\n".join(rules_lines(rules)))


@click.command()
@click.argument("episode")
@click.option("--write", is_flag=True, help="Write the drafted key points into episode.md, to edit and approve there.")
@json_option
@click.pass_obj
def notes(context: Context, episode: str, write: bool, as_json: bool) -> None:
    """Draft key points for EPISODE (its slug) from its transcript. Prints or writes them."""
    from podwright.workspace.drafts import load_draft, write_draft

    with reported(as_json=as_json):
        draft = load_draft(context.root, context.overrides, slug=episode)
        if write:
            write_draft(draft)
        wrote = [draft.path.relative_to(context.root).as_posix()] if write else []
        if as_json:
            echo_json({"key_points": draft.points, "wrote": wrote})
        else:
            show("\n".join([*(f"- {point}" for point in draft.points), *(f"wrote {name}" for name in wrote)]))


@click.command()
@click.argument("kind", type=click.Choice(["show", "feed", "season", "episode"]))
def schema(kind: str) -> None:
    """Print the JSON Schema of a file kind, for editors."""
    from podwright.workspace.schema import json_schema

    show(json.dumps(json_schema(kind), ensure_ascii=False, indent=2))
