"""Print what has a machine run rebuild by the clock. For cron and systemd, if no other kind is named.

Nothing is installed: each file says in its first lines where it goes.
"""

from __future__ import annotations

import getpass
import shutil
import sys
from importlib.metadata import distribution
from pathlib import Path

import click

from podwright.cli.options import Context, json_option
from podwright.cli.output import reported, show, show_json
from podwright.operations.schedule import ELSEWHERE, KINDS, MINUTES, Schedule, render_schedule, write_schedule
from podwright.operations.schedule.source import check_source, find_source
from podwright.workspace.load import load_place
from podwright.workspace.scan import scan_workspace


@click.command(help=__doc__)
@click.argument("action", type=click.Choice(["install"]), default="install")
@click.option("--cron", is_flag=True, help="A crontab line.")
@click.option("--systemd", is_flag=True, help="A service and its timer.")
@click.option("--container", is_flag=True, help="A container that runs on, with a compose file.")
@click.option("--github", is_flag=True, help="A workflow for GitHub Actions.")
@click.option("--gitlab", is_flag=True, help="A job for GitLab CI.")
@click.option(
    "--every",
    type=click.Choice([str(minutes) for minutes in MINUTES]),
    default="10",
    show_default=True,
    help="How often it looks, in minutes.",
)
@click.option(
    "--source",
    metavar="REQUIREMENT",
    help="One version of podwright as pip takes it, for a container and CI.  [default: where this one came from]",
)
@click.option("--write", type=click.Path(path_type=Path, file_okay=False), help="Write the files into a folder.")
@json_option
@click.pass_obj
def schedule(
    context: Context,
    /,
    action: str,
    every: str,
    source: str | None,
    write: Path | None,
    as_json: bool,
    **kinds: bool,
) -> None:
    del action
    with reported(as_json=as_json):
        asked = [kind for kind in KINDS if kinds[kind]] or ["cron", "systemd"]
        storage = load_place(scan_workspace(context.root), context.overrides).storage
        wanted = Schedule(
            program=Path(shutil.which(sys.argv[0]) or sys.argv[0]).absolute(),
            root=context.root,
            user=getpass.getuser(),
            minutes=int(every),
            folders=tuple(filter(None, (storage.folder, storage.private_folder))),
            source=_source(source, context.root) if ELSEWHERE & set(asked) else ".",
        )
        files = render_schedule(wanted, asked)
        wrote = write_schedule(files, write.resolve()) if write else ()
        if as_json:
            show_json({"files": files, "wrote": [str(path) for path in wrote]})
        elif write:
            show(f"wrote {path}" for path in wrote)
        else:
            show(_joined(files), nl=False)


def _source(named: str | None, root: Path) -> str:
    if named is not None:
        return check_source(named)
    installed = distribution("podwright")
    return find_source(installed.read_text("direct_url.json"), installed.version, root)


def _joined(files: dict[str, str]) -> str:
    """Return one file as it is, several with their names between them."""
    if len(files) == 1:
        return next(iter(files.values()))
    return "\n".join(f"# ---- {name}\n{text}" for name, text in files.items())
