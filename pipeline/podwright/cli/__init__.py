"""The command line: parse, call, print. Only here are the clock, the environment and the working directory read."""

from __future__ import annotations

import gc
from pathlib import Path

import click

from podwright import __version__
from podwright.cli import history, members, publishing, timing, verifying, viewing, workspace
from podwright.cli.base import Context, print_anything
from podwright.core.model import Overrides

_STATUSES = """Exit status: 0 done; 1 problems in the workspace; 2 wrong usage; 3 the plan is unsafe and was not
accepted; 4 the store failed."""


@click.group(epilog=_STATUSES)
@click.version_option(__version__, prog_name="podwright")
@click.option(
    "-C",
    "--workspace",
    type=click.Path(path_type=Path, file_okay=False),
    default=".",
    help="The workspace's folder.",
    show_default="this folder",
)
@click.option("--storage", envvar="PODWRIGHT_STORAGE", help="Where to publish: file:FOLDER or s3://bucket/prefix.")
@click.option("--public-url", envvar="PODWRIGHT_PUBLIC_URL", help="The address at which the public reads it.")
@click.option("--endpoint-url", envvar="PODWRIGHT_ENDPOINT_URL", help="The S3 endpoint of a store that is not AWS.")
@click.option("--region", envvar="PODWRIGHT_REGION", help="The S3 region.")
@click.pass_context
def main(
    context: click.Context,
    workspace: Path,
    storage: str | None,
    public_url: str | None,
    endpoint_url: str | None,
    region: str | None,
) -> None:
    """Publish a podcast: tag the audio, upload it, and assemble feeds that every app plays.

    The options for storage stand above podwright.toml; each can be given in the environment as PODWRIGHT_STORAGE
    and so on. Credentials come from the AWS chain alone.
    """
    # A short run makes many values and hardly a cycle; looking for cycles as often as by default costs a quarter of it.
    gc.set_threshold(200_000, 50, 100)
    print_anything()
    overrides = Overrides(storage=storage, public_url=public_url, endpoint_url=endpoint_url, region=region)
    try:
        root = workspace.resolve()
    except OSError as error:
        message = f"this folder is gone ({error.strerror}); change to another one"
        raise click.BadParameter(message, param_hint="--workspace") from error
    context.obj = Context(root, overrides)


for _command in (
    workspace.init,
    workspace.new,
    workspace.check,
    workspace.notes,
    workspace.schema,
    publishing.plan,
    publishing.publish,
    publishing.rebuild,
    publishing.status,
    timing.calendar,
    timing.schedule,
    history.history,
    history.rollback,
    history.prune,
    viewing.doctor,
    verifying.verify,
    verifying.leaks,
    viewing.serve,
    members.members,
    members.gateway,
):
    main.add_command(_command)
