"""Results on stdout, everything else on stderr, errors as people and machines want them, progress."""

from __future__ import annotations

import io
import json
import os
import re
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import click

from podwright.core.errors import PodwrightError
from podwright.core.finding import Finding
from podwright.core.progress import Progress
from podwright.report.problems import error_values
from podwright.report.text import size_text


def tell(line: str) -> None:
    """Print something besides the result, on stderr. A stderr that is closed or full stops nothing."""
    with suppress(OSError):
        click.echo(line, err=True)


def show(text: str | Iterable[str], *, nl: bool = True) -> None:
    """Print a result, a text or its lines, on stdout. Ends with 1 where that cannot be written."""
    text = text if isinstance(text, str) else "\n".join(text)
    try:
        click.echo(text, nl=nl)
    except BrokenPipeError:
        raise
    except OSError as error:
        tell(f"stdout: cannot be written ({error.strerror}); what was done is done, only its result could not be shown")
        # What is left in Python's buffer would be tried once more at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None


def show_json(document: object) -> None:
    """Print a document as JSON; letters that the terminal or pipe does not take are escaped."""
    text = json.dumps(document, ensure_ascii=False)
    try:
        text.encode(getattr(sys.stdout, "encoding", "utf-8"))
    except UnicodeEncodeError:
        text = json.dumps(document)
    show(text)


def show_written(paths: Iterable[Path], root: Path, *, as_json: bool, then: str) -> None:
    """Print which files of a workspace were written, and what to do then."""
    names = [path.relative_to(root).as_posix() for path in paths]
    if as_json:
        show_json({"wrote": names})
    else:
        show([*(f"wrote {name}" for name in names), then])


def warn(problems: Iterable[Finding]) -> None:
    """Print problems that stop nothing, each with its level."""
    for problem in problems:
        tell(f"{problem.level}: {problem}")


@contextmanager
def reported(*, as_json: bool = False, quiet: bool = False) -> Iterator[None]:
    """Print an error of what happens inside and end with its exit status. With quiet, print nothing on stderr."""
    try:
        yield
    except PodwrightError as error:
        if not quiet:
            tell(str(error))
        if as_json:
            show_json(error_values(error))
        raise SystemExit(error.exit_status) from None


@contextmanager
def values_left_out(given: Sequence[str]) -> Iterator[None]:
    """Leave out of an error of usage what an option or a variable of the environment holds, since it may be secret.

    given: the arguments of the command line.
    """
    try:
        yield
    except click.UsageError as error:
        values = [value for name, value in os.environ.items() if name.startswith("PODWRIGHT_")]
        for before, argument in pairwise(("", *given)):
            name, equals, value = argument.partition("=")
            if name.startswith("-"):
                values += [value] if equals else []
            elif before.startswith("-") and "=" not in before:
                values.append(argument)
        message = error.message
        for value in sorted(filter(_may_be_secret, values), key=len, reverse=True):
            message = message.replace(value, "…")
        # A part of a value is quoted, too.
        message = re.sub("'([^']+)'", lambda part: "'…'" if any(part[1] in one for one in values) else part[0], message)
        vars(error)["message"] = message
        raise


def _may_be_secret(value: str) -> bool:
    return len(value) > 3 and not value.lstrip("-").isdecimal()


def escape_unknown_letters() -> None:
    """Have letters that a terminal or pipe does not know escaped on stdout, as stderr does by itself."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


class Silent:
    """No progress, for cron and for machines."""

    def begin(self, label: str, total: int) -> None:
        """Ignore it."""

    def advance(self, count: int) -> None:
        """Ignore it."""

    def end(self) -> None:
        """Ignore it."""


class Lines(Silent):
    """A plain line where work begins, for logs."""

    def begin(self, label: str, total: int) -> None:
        """Print a line."""
        if total:
            tell(f"{label} {size_text(total)}")


class Bars:
    """A progress bar, for a terminal."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        #: Of each stretch of work that has begun; None where there is nothing to be seen of it.
        self._bars: list[Any] = []

    def begin(self, label: str, total: int) -> None:
        """Draw a bar."""
        bar = click.progressbar(length=total, label=f"{label:<10}", file=sys.stderr, width=0) if total else None
        if bar is not None:
            _draw(bar.render_progress)
        self._bars.append(bar)

    def advance(self, count: int) -> None:
        """Lengthen the bar that was begun last."""
        with self._lock:
            if self._bars and self._bars[-1] is not None:
                _draw(partial(self._bars[-1].update, count))

    def end(self) -> None:
        """Leave the bar that was begun last."""
        bar = self._bars.pop()
        if bar is not None:
            _draw(bar.render_finish)


def _draw(change: Callable[[], object]) -> None:
    """Change a bar, on a terminal that may be gone by now."""
    with suppress(OSError):
        change()


def progress_for(*, machine: bool) -> Progress:
    """Return the progress that is shown: none to a machine, bars on a terminal, else lines."""
    if machine:
        return Silent()
    return Bars() if is_attended() else Lines()


def is_attended() -> bool:
    """Tell whether somebody sits at the terminal; a service may have no stderr at all."""
    return sys.stderr is not None and sys.stderr.isatty()
