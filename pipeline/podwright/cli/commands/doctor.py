"""See whether what was published reaches listeners. Tries what the store can do, then asks as an app does.

What the store can do is written into its manifest, where that says something else.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import click

from podwright.cli.options import Context, json_option
from podwright.cli.output import Silent, reported, show, show_json, tell
from podwright.cli.session import session_of
from podwright.cli.stopping import stoppable
from podwright.core.errors import StoreError
from podwright.core.model import Storage
from podwright.inspection.doctor import apply_fixes, apply_trial, observe_health
from podwright.inspection.doctor.policies import Policies, load_policies
from podwright.report.findings import health_lines, health_values


class _Principal(click.ParamType[str]):
    """Somebody who publishes, as Scaleway's policies name them."""

    name = "principal"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the principal, or refuse it."""
        if not re.fullmatch(r"(application_id|user_id):[A-Za-z0-9-]{1,64}", value):
            self.fail(f"{value!r} is nobody who publishes; write application_id:ID or user_id:ID", param, ctx)
        return str(value)


@click.command(help=__doc__)
@click.option("--fix", is_flag=True, help="First let players on other sites read the bucket (CORS).")
@click.option(
    "--policy",
    type=click.Choice(["both", "publisher", "public"]),
    is_flag=False,
    flag_value="both",
    help="Print the policies that publisher and public need, or one of them, as JSON, and end.",
)
@click.option(
    "--principal",
    type=_Principal(),
    help="Who publishes, where the policy for the public must name them too (Scaleway): application_id:ID.",
)
@json_option
@click.pass_obj
def doctor(context: Context, fix: bool, policy: str | None, principal: str | None, as_json: bool) -> None:
    session = session_of(context, datetime.now(UTC), Silent())
    if policy:
        with reported(as_json=as_json):
            _print_policies(load_policies(session, principal=principal), session.show.storage, policy)
        return
    with reported(as_json=as_json), stoppable(session.deadline):
        fixed = apply_fixes(session) if fix else ()
        tried = apply_trial(session)
        observed = observe_health(session)
        if as_json:
            show_json(health_values((*tried, *observed), fixed))
        else:
            show(health_lines(observed, fixed, tried))
    if any(finding.level == "error" for finding in (*tried, *observed)):
        raise SystemExit(4)


def _print_policies(policies: Policies, storage: Storage, name: str) -> None:
    """Print a policy as stores take it, or both by name; on stderr what else has to be done."""
    if name not in ("both", *policies.documents):
        raise StoreError(f"{storage.url}: its store has one policy for both; print it by --policy public")
    show(json.dumps(policies.documents if name == "both" else policies.documents[name], indent=2))
    if name != "publisher":
        endpoint = f" --endpoint-url {storage.endpoint_url}" if storage.endpoint_url else ""
        bucket = storage.url.removeprefix("s3://").partition("/")[0]
        command = f"aws s3api put-bucket-policy{endpoint} --bucket {bucket} --policy file:///dev/stdin"
        for note in (*policies.notes, f"to apply it: podwright doctor --policy public | {command}"):
            tell(note)
