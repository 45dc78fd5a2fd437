"""The command line: parse, call, print. Only here are the clock, the environment and the working directory read."""

from __future__ import annotations

import gc
import json
import sys
import threading
import uuid
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline import __version__
from pipeline.errors import PodwrightError, Problem
from pipeline.model import Overrides

if TYPE_CHECKING:
    from pipeline.publish import Job, Progress
    from pipeline.rules import Rule

_STATUSES = """Exit status: 0 done; 1 problems in the workspace; 2 wrong usage; 3 the plan is unsafe and was not
accepted; 4 the store failed."""


@dataclass(frozen=True, slots=True)
class _Context:
    root: Path
    overrides: Overrides


class _Silent:
    """No progress, for cron and for machines."""

    def begin(self, label: str, total: int) -> None:
        pass

    def advance(self, count: int) -> None:
        pass

    def end(self) -> None:
        pass


class _Lines:
    """A plain line where work begins, for logs."""

    def begin(self, label: str, total: int) -> None:
        from pipeline.report import size_text

        if total:
            click.echo(f"{label} {size_text(total)}", err=True)

    def advance(self, count: int) -> None:
        pass

    def end(self) -> None:
        pass


class _Bars:
    """A progress bar, for a terminal."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bar: Any = None

    def begin(self, label: str, total: int) -> None:
        if total:
            self._bar = click.progressbar(length=total, label=f"{label:<10}", file=sys.stderr, width=0)
            self._bar.render_progress()

    def advance(self, count: int) -> None:
        if self._bar is not None:
            with self._lock:
                self._bar.update(count)

    def end(self) -> None:
        if self._bar is not None:
            self._bar.render_finish()
            self._bar = None


def _progress() -> Progress:
    return _Bars() if sys.stderr.isatty() else _Lines()


class _Moment(click.ParamType[datetime]):
    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a time; write 2026-03-02T09:00:00-05:00", param, ctx)
        if moment.tzinfo is None:
            self.fail(f"{value!r} has no zone; write {value}+00:00 for UTC", param, ctx)
        return moment


_now = click.option(
    "--now", type=_Moment(), default=lambda: datetime.now(UTC), help="Act as if it were this time.", show_default="now"
)
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document for machines.")


@contextmanager
def _reported(*, as_json: bool) -> Iterator[None]:
    """Print an error where people and machines look for it, and end with its exit status."""
    try:
        yield
    except PodwrightError as error:
        click.echo(str(error), err=True)
        if as_json:
            from pipeline.report import error_values

            _echo_json(error_values(error))
        raise SystemExit(error.exit_status) from None


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
    overrides = Overrides(storage=storage, public_url=public_url, endpoint_url=endpoint_url, region=region)
    context.obj = _Context(workspace.resolve(), overrides)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
@click.option("--title", prompt="Title of the show", help="Title of the show.")
@click.option(
    "--url", default="http://127.0.0.1:8000/", show_default=True, help="The address at which the public will read it."
)
@_json
def init(folder: Path, title: str, url: str, as_json: bool) -> None:
    """Make a workspace in FOLDER that publishes at once, with a first episode to replace."""
    from pipeline.workspace.scaffold import write_workspace

    with _reported(as_json=as_json):
        root = folder.resolve()
        paths = write_workspace(root, title=title, guid=str(uuid.uuid4()), now=datetime.now(UTC), public_url=url)
        _say_written(paths, root, as_json=as_json, then=f"Now: podwright -C {folder} publish")


@main.command()
@click.argument("title")
@click.option("--season", help="The season's folder name.")
@_json
@click.pass_obj
def new(context: _Context, title: str, season: str | None, as_json: bool) -> None:
    """Make the folder of a new episode called TITLE, with its front matter and a fresh guid."""
    from pipeline.workspace.load import load_show
    from pipeline.workspace.scaffold import write_episode
    from pipeline.workspace.scan import scan_workspace

    with _reported(as_json=as_json):
        show = load_show(scan_workspace(context.root), context.overrides)
        path = write_episode(show, title=title, guid=str(uuid.uuid4()), now=datetime.now(UTC), season=season)
        then = "Now put the MP3 and, where there is one, transcript.vtt beside it."
        _say_written((path,), show.root, as_json=as_json, then=then)


def _say_written(paths: Iterable[Path], root: Path, *, as_json: bool, then: str) -> None:
    names = [path.relative_to(root).as_posix() for path in paths]
    if as_json:
        _echo_json({"wrote": names})
    else:
        click.echo("\n".join([*(f"wrote {name}" for name in names), then]))


@main.command()
@click.option(
    "--audience",
    "audiences",
    multiple=True,
    type=click.Choice(["apple", "spotify", "psp-1", "podcast-index", "rss", "accessibility"], case_sensitive=False),
    help="Judge for this reader alone; may be given several times.",
)
@click.option("--rules", "show_rules", is_flag=True, help="Print the table of rules, and judge nothing.")
@_now
@_json
@click.pass_obj
def check(context: _Context, audiences: tuple[str, ...], show_rules: bool, now: datetime, as_json: bool) -> None:
    """Read the whole workspace, decode its audio, build its feeds, and judge all by the table of rules.

    Ends with 1 where there is an error; warnings and advice end with 0.
    """
    from pipeline.rules import Audience, rules_for

    wanted = tuple(map(Audience, audiences))
    if show_rules:
        _print_rules(rules_for(wanted), as_json=as_json)
        return
    from pipeline.check import Request, check_workspace
    from pipeline.report import check_lines, check_values
    from pipeline.workspace.scan import AUDIO_SUFFIXES, scan_workspace

    progress = _Silent() if as_json else _progress()
    with _reported(as_json=as_json):
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
            _echo_json(check_values(found))
        else:
            click.echo("\n".join(check_lines(found)))
    if found.count("error"):
        raise SystemExit(1)


def _print_rules(rules: Collection[Rule], *, as_json: bool) -> None:
    from pipeline.report import rules_lines, rules_values

    if as_json:
        _echo_json({"rules": rules_values(rules)})
    else:
        click.echo("\n".join(rules_lines(rules)))


def _echo_json(document: object) -> None:
    click.echo(json.dumps(document, ensure_ascii=False))


def _warn(problems: Iterable[Problem]) -> None:
    for problem in problems:
        click.echo(f"warning: {problem}", err=True)


def _job(context: _Context, now: datetime, progress: Progress) -> Job:
    from pipeline.publish import Job

    return Job(root=context.root, now=now, overrides=context.overrides, progress=progress)


@main.command()
@_now
@_json
@click.pass_obj
def plan(context: _Context, now: datetime, as_json: bool) -> None:
    """Show what publish would write and what listeners would notice. Writes nothing."""
    from pipeline.publish import plan as plan_publish
    from pipeline.report import plan_lines, plan_values, problem_values

    with _reported(as_json=as_json):
        found = plan_publish(_job(context, now, _Silent() if as_json else _progress()))
        _warn(found.podcast.problems)
        if as_json:
            _echo_json(plan_values(found.plan) | {"problems": problem_values(found.podcast.problems)})
        else:
            click.echo("\n".join(plan_lines(found.plan, store=found.store)))


@main.command()
@_now
@click.option(
    "--accept",
    multiple=True,
    metavar="KIND[:SUBJECT]",
    help="Agree to a consequence that plan names, such as vanished:my-episode.",
)
@_json
@click.pass_obj
def publish(context: _Context, now: datetime, accept: tuple[str, ...], as_json: bool) -> None:
    """Make the store equal to the workspace: audio and transcripts first, feeds last."""
    from pipeline.publish import publish as publish_podcast
    from pipeline.report import outcome_line, outcome_values

    with _reported(as_json=as_json):
        outcome = publish_podcast(_job(context, now, _Silent() if as_json else _progress()), accepted=accept)
        _warn(outcome.problems)
        if as_json:
            _echo_json(outcome_values(outcome))
        else:
            click.echo(outcome_line(outcome))


@main.command()
@_now
@_json
@click.pass_obj
def rebuild(context: _Context, now: datetime, as_json: bool) -> None:
    """Publish for cron: silent where nothing changed, and without the MP3s that were published before."""
    from pipeline.publish import publish as publish_podcast
    from pipeline.report import outcome_line, outcome_values

    with _reported(as_json=as_json):
        outcome = publish_podcast(_job(context, now, _Silent()), accepted=())
        if as_json:
            _echo_json(outcome_values(outcome))
        elif outcome.plan is not None and outcome.plan.writes:
            _warn(outcome.problems)
            click.echo(outcome_line(outcome))


@main.command()
@_now
@_json
@click.pass_obj
def status(context: _Context, now: datetime, as_json: bool) -> None:
    """Show what is live, scheduled and changed."""
    from pipeline.publish import plan as plan_publish
    from pipeline.report import status_lines, status_values

    with _reported(as_json=as_json):
        found = plan_publish(_job(context, now, _Silent()))
        if as_json:
            _echo_json(status_values(found))
        else:
            click.echo("\n".join(status_lines(found)))


@main.command()
@click.argument("episode")
@click.option("--write", is_flag=True, help="Write the drafted key points into episode.md, to edit and approve there.")
@_json
@click.pass_obj
def notes(context: _Context, episode: str, write: bool, as_json: bool) -> None:
    """Draft key points for EPISODE (its slug) from its transcript, and print or write them."""
    from pipeline.drafts import load_draft, write_draft

    with _reported(as_json=as_json):
        draft = load_draft(context.root, context.overrides, slug=episode)
        if write:
            write_draft(draft)
        wrote = [draft.path.relative_to(context.root).as_posix()] if write else []
        if as_json:
            _echo_json({"key_points": draft.points, "wrote": wrote})
        else:
            click.echo("\n".join([*(f"- {point}" for point in draft.points), *(f"wrote {name}" for name in wrote)]))


@main.command()
@click.option("--fix", is_flag=True, help="First let players on other sites read the bucket (CORS).")
@_json
@click.pass_obj
def doctor(context: _Context, fix: bool, as_json: bool) -> None:
    """Ask for what was published as an app does, and say what is wrong with the answers."""
    from pipeline.doctor import apply_fixes, observe_health
    from pipeline.report import health_lines, health_values

    with _reported(as_json=as_json):
        done = apply_fixes(context.root, context.overrides) if fix else ()
        found = observe_health(context.root, context.overrides)
        if as_json:
            _echo_json(health_values(found, done))
        else:
            click.echo("\n".join(health_lines(found, done)))
    if any(one.level == "error" for one in found):
        raise SystemExit(4)


@main.command()
@click.option("--port", default=8000, show_default=True, help="Where to listen on 127.0.0.1; 0 takes any free port.")
@click.option("--now", type=_Moment(), default=None, help="Show the podcast as of this time.", show_default="now")
@click.option("--members", is_flag=True, help="Answer for what is not public, too.")
@click.pass_obj
def serve(context: _Context, port: int, now: datetime | None, members: bool) -> None:
    """Preview the podcast on this machine, as a store behind a CDN serves it; what you edit is shown at once."""
    from pipeline.serve import Preview
    from pipeline.serve import serve as serve_preview

    with _reported(as_json=False):
        serve_preview(
            Preview(
                root=context.root,
                overrides=context.overrides,
                clock=lambda: now or datetime.now(UTC),
                progress=_Silent(),
                port=port,
                shown=frozenset(["public", "private"] if members else ["public"]),
                say=click.echo,
                complain=lambda text: click.echo(text, err=True),
            )
        )


@main.command()
@click.argument("kind", type=click.Choice(["show", "feed", "season", "episode"]))
def schema(kind: str) -> None:
    """Print the JSON Schema of a file kind, for editors."""
    from pipeline.workspace.schema import json_schema

    click.echo(json.dumps(json_schema(kind), ensure_ascii=False, indent=2))
