"""Bring a show from another host into FOLDER.

SOURCE is an address or a file: a feed (RSS, Atom), an export of WordPress, or the page of one episode. What comes is
what that says, with notes, pictures and audio.
Nothing is published, and no file that you edited is written again. Run again, it brings what is new at the old host.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import click

from podwright.cli.options import Context, Size, json_option, now_option
from podwright.cli.output import progress_for, reported, show, show_json
from podwright.core.http import Client
from podwright.inspection.beside import compare_feeds
from podwright.report.importing import compared_lines, compared_values, import_lines, import_values
from podwright.workspace.importing import Request, Source, import_show, look_through
from podwright.workspace.importing.fetching import HttpFetcher, Pace, admit_public

#: Downloads that are under way at once.
_CONNECTIONS = 4


@click.command("import", help=__doc__)
@click.argument("source")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
@click.option("--compare", "only_compare", is_flag=True, help="Only compare what would be published with SOURCE.")
@click.option("--media/--no-media", default=True, help="Fetch audio and pictures, or the texts alone.")
@click.option(
    "--url", default="http://127.0.0.1:8000/", show_default=True, help="The address at which the public will read it."
)
@click.option("--slug", help="The name of the feed's file.", show_default="made of the title")
@click.option("--owner", metavar="ADDRESS", help="The e-mail address of the owner of a locked feed, as it says it.")
@click.option(
    "--rate", type=Size(), help="Fetch at most so many bytes a second (500k, 5M).", show_default="as they come"
)
@click.option("--allow-host", "allowed", multiple=True, help="A host in a private network that may be asked.")
@now_option
@json_option
@click.pass_obj
def import_(
    context: Context,
    source: str,
    folder: Path,
    only_compare: bool,
    media: bool,
    url: str,
    slug: str | None,
    owner: str | None,
    rate: int | None,
    allowed: tuple[str, ...],
    now: datetime,
    as_json: bool,
) -> None:
    root = folder.resolve()
    named = {*allowed, urlsplit(source).hostname} if "://" in source else set(allowed)
    progress = progress_for(machine=as_json)
    with reported(as_json=as_json), ExitStack() as stack:
        client = stack.enter_context(
            Client(connections=_CONNECTIONS, admit=admit_public([host for host in named if host]))
        )
        fetcher = HttpFetcher(client=client, pace=Pace(rate), sleep=time.sleep, advance=progress.advance)
        request = Request(source=source, root=root, public_url=url, slug=slug, owner=owner, media=media, now=now)
        if only_compare:
            looked = Source(source, root, fetcher)
            survey, done = look_through(looked), None
        else:
            done = import_show(request, fetcher, progress=progress)
            looked, survey = done.source, done.survey
        compared = compare_feeds(looked, survey, now=now, overrides=context.overrides)
        if as_json:
            show_json({**(import_values(done) if done else {}), "compared": compared_values(compared)})
        else:
            show([*(import_lines(done) if done else ()), *compared_lines(compared, folder)])
    if any(
        one.level == "error" for one in (*(done.findings if done else ()), *(compared.problems if only_compare else ()))
    ):
        raise SystemExit(1)
