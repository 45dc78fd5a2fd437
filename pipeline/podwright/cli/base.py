"""What commands share: the workspace they stand in, progress, times, errors as people and machines want them."""

from __future__ import annotations

import getpass
import io
import json
import os
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from podwright.core.errors import PodwrightError, Problem
from podwright.core.model import Overrides

if TYPE_CHECKING:
    from podwright.core.progress import Progress
    from podwright.publishing.publish import Job


@dataclass(frozen=True, slots=True)
class Context:
    root: Path
    overrides: Overrides


class Silent:
    """No progress, for cron and for machines."""

    def begin(self, label: str, total: int) -> None:
        pass

    def advance(self, count: int) -> None:
        pass

    def end(self) -> None:
        pass


class Lines:
    """A plain line where work begins, for logs."""

    def begin(self, label: str, total: int) -> None:
        from podwright.report.text import size_text

        if total:
            tell(f"{label} {size_text(total)}")

    def advance(self, count: int) -> None:
        pass

    def end(self) -> None:
        pass


class Bars:
    """A progress bar, for a terminal."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        #: Of each stretch of work that has begun; None where there is nothing to be seen of it.
        self._bars: list[Any] = []

    def begin(self, label: str, total: int) -> None:
        bar = click.progressbar(length=total, label=f"{label:<10}", file=sys.stderr, width=0) if total else None
        if bar is not None:
            _draw(bar.render_progress)
        self._bars.append(bar)

    def advance(self, count: int) -> None:
        with self._lock:
            if self._bars and self._bars[-1] is not None:
                _draw(partial(self._bars[-1].update, count))

    def end(self) -> None:
        bar = self._bars.pop()
        if bar is not None:
            _draw(bar.render_finish)


def _draw(change: Callable[[], object]) -> None:
    """Change a bar, on a terminal that may be gone by now."""
    with suppress(OSError):
        change()


def progress_shown() -> Progress:
    return Bars() if is_attended() else Lines()


def is_attended() -> bool:
    """Whether somebody sits at the terminal; a service may have no stderr at all."""
    return sys.stderr is not None and sys.stderr.isatty()


def tell(line: str) -> None:
    """Say something besides the result, on stderr. That nobody can be told any more stops nothing."""
    with suppress(OSError):
        click.echo(line, err=True)


def show(text: str, *, nl: bool = True) -> None:
    """Print a result, on stdout. Where that cannot be written it ends with 1, and says what was done before stands."""
    try:
        click.echo(text, nl=nl)
    except BrokenPipeError:
        raise
    except OSError as error:
        tell(f"stdout: cannot be written ({error.strerror}); what was done is done, only its result could not be shown")
        # What is left in Python's buffer would be tried once more at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None


#: Years in which one may act as if it were then.
_FIRST, _LAST = 1970, 9000


class Moment(click.ParamType[datetime]):
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
        # A day in any zone, and a hundred years before and after, are to be times as well.
        if not _FIRST <= moment.year <= _LAST:
            self.fail(f"{value!r} is no time to publish at; write one from the years {_FIRST} to {_LAST}", param, ctx)
        return moment


class Span(click.ParamType[timedelta]):
    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        found = re.fullmatch(r"(\d{1,6})(s|m|h)", value)
        if found is None:
            self.fail(f"{value!r} is no span of time; write 90s, 30m or 2h", param, ctx)
        return int(found[1]) * {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1)}[found[2]]


deadline_option = click.option(
    "--deadline",
    type=Span(),
    envvar="PODWRIGHT_DEADLINE",
    help="Give up after so long (90s, 30m, 2h), but not once feeds are being replaced.",
    show_default="never",
)
now_option = click.option(
    "--now", type=Moment(), default=lambda: datetime.now(UTC), help="Act as if it were this time.", show_default="now"
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document for machines.")


@contextmanager
def reported(*, as_json: bool, quiet: bool = False) -> Iterator[None]:
    """Print an error where people and machines look for it, and end with its exit status. quiet: not on stderr."""
    try:
        yield
    except PodwrightError as error:
        if not quiet:
            tell(str(error))
        if as_json:
            from podwright.report.problems import error_values

            echo_json(error_values(error))
        raise SystemExit(error.exit_status) from None


def echo_json(document: object) -> None:
    """Print a document; where the terminal or a pipe does not take its letters, escaped as JSON escapes them."""
    text = json.dumps(document, ensure_ascii=False)
    try:
        text.encode(getattr(sys.stdout, "encoding", "utf-8"))
    except UnicodeEncodeError:
        text = json.dumps(document)
    show(text)


def print_anything() -> None:
    """Have what a terminal or a pipe does not know, such as letters of another alphabet, escaped on stdout.

    On stderr that is so by itself.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def warn(problems: Iterable[Problem]) -> None:
    for problem in problems:
        tell(f"warning: {problem}")


def job_of(context: Context, now: datetime, progress: Progress, *, deadline: timedelta | None = None) -> Job:
    from podwright.publishing.publish import Job
    from podwright.stores.ledger.lease import PATIENCE, Publisher

    # Waiting for others is part of the time that is given.
    patience = PATIENCE if deadline is None else min(PATIENCE, deadline.total_seconds())
    who = Publisher(name=_this_process(), tell=tell, patience=patience)
    began = time.monotonic()

    def late() -> bool:
        return deadline is not None and time.monotonic() - began >= deadline.total_seconds()

    return Job(root=context.root, now=now, overrides=context.overrides, progress=progress, publisher=who, late=late)


def _this_process() -> str:
    """Who publishes, in words that help whoever has to wait for it."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = f"user {os.getuid()}"
    return f"{user} on {socket.gethostname()} (process {os.getpid()})"
