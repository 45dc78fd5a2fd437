"""See whether what was published reaches listeners. Tries what the store can do, then asks as an app does.

What the store can do is written into its manifest, where that says something else.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from podwright.cli.options import Context, json_option
from podwright.cli.output import Silent, reported, show, show_json
from podwright.cli.session import session_of
from podwright.inspection.doctor import apply_fixes, apply_trial, observe_health
from podwright.inspection.doctor.policies import load_policies
from podwright.report.findings import health_lines, health_values


@click.command(help=__doc__)
@click.option("--fix", is_flag=True, help="First let players on other sites read the bucket (CORS).")
@click.option("--policy", is_flag=True, help="Print the policies that publisher and public need, as JSON, and end.")
@json_option
@click.pass_obj
def doctor(context: Context, fix: bool, policy: bool, as_json: bool) -> None:
    session = session_of(context, datetime.now(UTC), Silent())
    if policy:
        with reported(as_json=as_json):
            show(json.dumps(load_policies(session), indent=2))
        return
    with reported(as_json=as_json):
        fixed = apply_fixes(session) if fix else ()
        tried = apply_trial(session)
        observed = observe_health(session)
        if as_json:
            show_json(health_values((*tried, *observed), fixed))
        else:
            show(health_lines(observed, fixed, tried))
    if any(finding.level == "error" for finding in (*tried, *observed)):
        raise SystemExit(4)
