"""Judge the whole workspace by the table of rules. Decodes its audio and builds its feeds.

Ends with 1 where there is an error; warnings and advice end with 0.
"""

from __future__ import annotations

from datetime import datetime

import click

from podwright.cli.options import Context, jobs_option, json_option, now_option
from podwright.cli.output import progress_for, reported, show, show_json
from podwright.inspection.check import Request, check_workspace
from podwright.inspection.rules import Audience, rules_for
from podwright.report.check import check_lines, check_values, rules_lines, rules_values
from podwright.workspace.scan import AUDIO_SUFFIXES, scan_workspace


@click.command(help=__doc__)
@click.option(
    "--audience",
    "audiences",
    multiple=True,
    type=click.Choice(list(map(str, Audience)), case_sensitive=False),
    help="Judge for this reader alone; may be given several times.",
)
@click.option("--rules", "show_rules", is_flag=True, help="Print the table of rules, and judge nothing.")
@now_option
@jobs_option
@json_option
@click.pass_obj
def check(
    context: Context, audiences: tuple[str, ...], show_rules: bool, now: datetime, jobs: int | None, as_json: bool
) -> None:
    wanted = tuple(map(Audience, audiences))
    if show_rules:
        rules = rules_for(wanted)
        if as_json:
            show_json({"rules": rules_values(rules)})
        else:
            show(rules_lines(rules))
        return
    progress = progress_for(machine=as_json)
    with reported(as_json=as_json):
        files = (file for folder in scan_workspace(context.root).episodes for file in folder.files)
        audio = (file for file in files if file.path.lower().endswith(tuple(AUDIO_SUFFIXES)))
        progress.begin("checking", sum(file.size for file in audio))
        request = Request(root=context.root, overrides=context.overrides, now=now, audiences=wanted, jobs=jobs)
        try:
            checked = check_workspace(request, advance=progress.advance)
        finally:
            progress.end()
        if as_json:
            show_json(check_values(checked))
        else:
            show(check_lines(checked))
    if checked.count("error"):
        raise SystemExit(1)
