"""Say what a move takes, step by step.

With --rules also what has the old address send listeners to the new one.
OLD is the address of the old feed, or a file with a copy of it; without it the feed's moved_from. Nothing is published
and nothing at the old host is changed.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import click

from podwright.cli.options import Context, json_option
from podwright.cli.output import Silent, reported, show, show_json, tell
from podwright.cli.session import session_of
from podwright.core.errors import WorkspaceError
from podwright.core.finding import Finding
from podwright.core.http import Client
from podwright.core.model import Feed, Selection, Show
from podwright.core.names import ObjectName, feed_side, public_url
from podwright.inspection.moved import observe_moved
from podwright.operations.moving import find_faults, moves_between, steps_in, steps_out
from podwright.operations.moving.lines import move_lines, move_values, rules_lines
from podwright.operations.moving.rules import render_all, servers
from podwright.operations.moving.views import View, load_view
from podwright.report.findings import health_lines, health_values
from podwright.workspace.author import write_files
from podwright.workspace.importing.fetching import HttpFetcher, Pace, admit_public


@click.command(help=__doc__)
@click.argument("old", required=False)
@click.option(
    "--feed",
    "name",
    metavar="NAME",
    help="The feed of this workspace.  [default: the public one that carries everything]",
)
@click.option("--to", "target", metavar="URL", help="Leave instead: the address of the feed at the new host.")
@click.option("--at", "address", metavar="URL", help="The address that OLD, a file, was a copy of.")
@click.option("--rules", type=click.Choice(servers()), help="Print the rules of redirects for a server.")
@click.option("--write", type=click.Path(path_type=Path, file_okay=False), help="Write the rules into a folder.")
@click.option("--watch", is_flag=True, help="Say what the feed's moved_from answer; exit status 1 unless all is well.")
@click.option("--allow-host", "allowed", multiple=True, help="A host in a private network that may be asked.")
@json_option
@click.pass_obj
def move(
    context: Context,
    old: str | None,
    name: str | None,
    target: str | None,
    address: str | None,
    rules: str | None,
    write: Path | None,
    watch: bool,
    allowed: tuple[str, ...],
    as_json: bool,
) -> None:
    with reported(as_json=as_json), ExitStack() as stack:
        workspace = session_of(context, datetime.now(UTC), Silent()).show
        if watch:
            _watch(workspace, as_json=as_json)
            return
        feed = _feed(workspace, name)
        own = public_url(ObjectName(kind="feed", owner=feed.name).render(), workspace)
        other = target or old or next(iter(feed.moved_from), None)
        if other is None:
            message = "names no address at an old host; name one, or write moved_from"
            raise WorkspaceError([Finding(f"feeds/{feed.name}.toml", message)])
        named = {urlsplit(url).hostname for url in (own, other) if "://" in url}
        client = stack.enter_context(Client(admit=admit_public([*allowed, *filter(None, named)])))
        fetcher = HttpFetcher(client=client, pace=Pace(None))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sides = [load_view(own, fetcher, folder), load_view(other, fetcher, folder, address=address)]
        before, after = sides if target else reversed(sides)
        if rules:
            _rules(before, after, rules, write, as_json=as_json)
            return
        faults = tuple(find_faults(before, after))
        steps = tuple((steps_out if target else steps_in)(before, after, feed))
        if as_json:
            show_json(move_values(before, after, faults=faults, steps=steps))
        else:
            show(move_lines(before, after, faults=faults, steps=steps))
    if any(one.level == "error" for one in faults):
        raise SystemExit(1)


def _feed(workspace: Show, name: str | None) -> Feed:
    """Return the public feed of a name; without one the feed that leaves out no section, season or tag."""
    public = {feed.name: feed for feed in workspace.feeds if feed_side(feed, workspace) == "public"}
    if name in public:
        return public[name]
    whole = [feed for feed in public.values() if replace(feed.select, tiers=()) == Selection(tiers=())]
    if name is None and len(whole) == 1:
        return whole[0]
    what = f"no public feed is called {name}" if name else f"{len(whole)} public feeds carry everything"
    raise WorkspaceError([Finding("feeds", f"{what}; name one with --feed: {', '.join(public) or 'none is public'}")])


def _watch(workspace: Show, *, as_json: bool) -> None:
    with Client() as client:
        found = tuple(observe_moved(workspace, client))
    if as_json:
        show_json(health_values(found, ()))
    else:
        show(f"{one.level}: {one.where}: {one.message}" for one in found if one.level == "ok")
        show(health_lines(found, ()))
    if any(one.level != "ok" for one in found):
        raise SystemExit(1)


def _rules(before: View, after: View, server: str, write: Path | None, *, as_json: bool) -> None:
    made = render_all(moves_between(before, after), server)
    wrote = write_files(write.resolve(), {name: text.encode() for name, text in made.files.items()}) if write else ()
    if as_json:
        left = [{"old": move.old, "new": move.new} for move in made.left]
        show_json({"files": dict(made.files), "wrote": [str(path) for path in wrote], "left": left})
        return
    if not write:
        show(rules_lines(made.files, made.left))
        return
    show(f"wrote {path}" for path in wrote)
    for one in made.left:
        tell(f"not said, since its path alone does not tell where it moved: {one.old}")
