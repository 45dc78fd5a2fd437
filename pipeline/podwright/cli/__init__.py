"""The command line: parse, call, print.

Only here are the date, podwright's variables of the environment and the working directory read, and anything printed.
"""

from __future__ import annotations

import gc
from importlib import import_module
from keyword import iskeyword
from pathlib import Path
from typing import Any

import click

from podwright import __version__
from podwright.cli.options import Context
from podwright.cli.output import escape_unknown_letters, values_left_out
from podwright.core.model import Overrides

_STATUSES = """Exit status: 0 done; 1 problems in the workspace; 2 wrong usage; 3 the plan is unsafe and was not
accepted; 4 the store failed."""
_FOLDER = Path(__file__).parent / "commands"
#: Where a context keeps the arguments of the command line.
_GIVEN = "podwright.given"


class CommandFolder(click.Group):
    """A group whose commands are the files of a folder, of which only the one that runs is imported."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Return the context of what was given, which is kept in it."""
        given = tuple(args)
        with values_left_out(given):
            context = super().make_context(info_name, args, parent, **extra)
        context.meta[_GIVEN] = given
        return context

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        with values_left_out(ctx.meta[_GIVEN]):
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order of the alphabet."""
        del ctx
        return sorted(path.stem for path in _FOLDER.glob("[a-z]*.py"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        # A word of Python can name a file, but no function.
        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command: click.Command = getattr(import_module(f"{__name__}.commands.{cmd_name}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write all commands with their help, which is read from their files since importing them takes long."""
        names = self.list_commands(ctx)
        room = formatter.width - 6 - max(map(len, names))
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, click.Command(name, help=_docstring(name)).get_short_help_str(room)) for name in names]
            )


def _docstring(name: str) -> str:
    """Return the docstring that a command's file begins with."""
    return (_FOLDER / f"{name}.py").read_text(encoding="utf-8").split('"""', 2)[1]


@click.group(cls=CommandFolder, epilog=_STATUSES)
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
@click.option("--private-url", envvar="PODWRIGHT_PRIVATE_URL", help="Where what is private lies, if elsewhere.")
@click.option("--public-url", envvar="PODWRIGHT_PUBLIC_URL", help="The address at which the public reads it.")
@click.option("--endpoint-url", envvar="PODWRIGHT_ENDPOINT_URL", help="The S3 endpoint of a store that is not AWS.")
@click.option("--region", envvar="PODWRIGHT_REGION", help="The S3 region.")
@click.pass_context
def main(
    context: click.Context,
    workspace: Path,
    storage: str | None,
    private_url: str | None,
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
    escape_unknown_letters()
    overrides = Overrides(
        storage=storage,
        private_url=private_url,
        public_url=public_url,
        endpoint_url=endpoint_url,
        region=region,
    )
    try:
        root = workspace.resolve()
    except OSError as error:
        message = f"this folder is gone ({error.strerror}); change to another one"
        raise click.BadParameter(message, param_hint="--workspace") from error
    context.obj = Context(root, overrides)
