"""Commands about the clock: what it will change, and what has a machine run when it does."""

from __future__ import annotations

import getpass
import shutil
import sys
from datetime import datetime, timedelta
from pathlib import Path

import click

from podwright.cli.base import Context, echo_json, json_option, now_option, reported, show
from podwright.operations.schedule import KINDS, MINUTES, Schedule, render_schedule, write_schedule


@click.command()
@click.option("--days", type=click.IntRange(min=0), help="Only what happens within so many days.", metavar="N")
@click.option("--ics", is_flag=True, help="Print iCalendar, for calendar apps.")
@now_option
@json_option
@click.pass_obj
def calendar(context: Context, days: int | None, ics: bool, now: datetime, as_json: bool) -> None:
    """List what the clock will change. Episodes are published, credits end, episodes leave."""
    from podwright.operations.calendar import load_calendar
    from podwright.operations.calendar_report import calendar_ics, calendar_lines, calendar_values

    if ics and as_json:
        raise click.UsageError("--ics and --json exclude each other")
    with reported(as_json=as_json):
        within = timedelta(days=days) if days is not None else None
        found = load_calendar(context.root, context.overrides, now=now, within=within)
        if ics:
            show(calendar_ics(found, now=now), nl=False)
        elif as_json:
            echo_json(calendar_values(found))
        else:
            show("\n".join(calendar_lines(found)))


@click.command()
@click.argument("action", type=click.Choice(["install"]), default="install")
@click.option("--cron", is_flag=True, help="A crontab line.")
@click.option("--systemd", is_flag=True, help="A service and its timer.")
@click.option("--container", is_flag=True, help="A container that runs on, with a compose file.")
@click.option("--github", is_flag=True, help="A workflow for GitHub Actions.")
@click.option("--gitlab", is_flag=True, help="A job for GitLab CI.")
@click.option(
    "--every",
    type=click.Choice([str(one) for one in MINUTES]),
    default="10",
    show_default=True,
    help="How often it looks, in minutes.",
)
@click.option("--write", type=click.Path(path_type=Path, file_okay=False), help="Write the files into a folder.")
@json_option
@click.pass_obj
def schedule(
    context: Context,
    action: str,
    cron: bool,
    systemd: bool,
    container: bool,
    github: bool,
    gitlab: bool,
    every: str,
    write: Path | None,
    as_json: bool,
) -> None:
    """Print what has a machine run rebuild by the clock. For cron and systemd, if no other kind is named.

    Nothing is installed: each file says in its first lines where it goes.
    """
    from podwright.workspace.load import load_place
    from podwright.workspace.scan import scan_workspace

    del action
    asked_for = {"cron": cron, "systemd": systemd, "container": container, "github": github, "gitlab": gitlab}
    kinds = [kind for kind in KINDS if asked_for[kind]] or ["cron", "systemd"]
    with reported(as_json=as_json):
        storage = load_place(scan_workspace(context.root), context.overrides).storage
        wanted = Schedule(
            program=Path(shutil.which(sys.argv[0]) or sys.argv[0]).absolute(),
            root=context.root,
            user=getpass.getuser(),
            minutes=int(every),
            folder=storage.folder,
        )
        files = render_schedule(wanted, kinds)
        wrote = write_schedule(files, write.resolve()) if write else ()
        if as_json:
            echo_json({"files": files, "wrote": [str(path) for path in wrote]})
        elif write:
            show("\n".join(f"wrote {path}" for path in wrote))
        else:
            show(_joined(files), nl=False)


def _joined(files: dict[str, str]) -> str:
    """One file as it is, several with their names between them."""
    if len(files) == 1:
        return next(iter(files.values()))
    return "\n".join(f"# ---- {name}\n{text}" for name, text in files.items())
