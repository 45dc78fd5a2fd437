"""What `publish` and `rebuild` share: options for log, metrics and report, and how a watched run is told."""

from __future__ import annotations

import os
import random
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from podwright.cli.base import tell

if TYPE_CHECKING:
    from podwright.operations.notify import Delivery
    from podwright.operations.unattended import Desk

F = TypeVar("F", bound=Callable[..., Any])

#: As the name of a log: standard error.
STDERR = "-"


class OutputFile(click.ParamType[Path]):
    """A file that will be written, in a folder that is there; endings: those that its name may have."""

    name = "file"

    def __init__(self, *endings: str) -> None:
        self._endings = endings

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        path = Path(value)
        if self._endings and path.suffix not in self._endings:
            self.fail(f"{str(value)!r} does not end with {' or '.join(self._endings)}", param, ctx)
        if not path.parent.is_dir():
            self.fail(f"{str(path.parent)!r} is no folder; make it first", param, ctx)
        return path.absolute()


def watched(command: F) -> F:
    """Add the options to a command."""
    options = (
        click.option(
            "--log",
            envvar="PODWRIGHT_LOG",
            metavar="FILE",
            help="Append one line of JSON for each event; - stands for stderr, which then has nothing else.",
        ),
        click.option(
            "--metrics",
            envvar="PODWRIGHT_METRICS",
            type=OutputFile(".prom"),
            help="Write metrics for Prometheus' node exporter into a .prom file.",
        ),
        click.option(
            "--report",
            envvar="PODWRIGHT_REPORT",
            type=OutputFile(".json", ".md"),
            help="Write what was done into a .json or .md file.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@contextmanager
def desk_for(
    command: str, *, log: str | None, metrics: Path | None, report: Path | None, attended: bool, verbose: bool
) -> Iterator[Desk]:
    """What a run is watched with. verbose: whether notices that were taken are told as well."""
    from podwright.operations.notify import Pace
    from podwright.operations.run_report import delivery_line
    from podwright.operations.unattended import Desk

    def told(delivery: Delivery) -> None:
        if log != STDERR and not delivery.ok:
            tell(f"warning: {delivery_line(delivery)}")
        elif log != STDERR and verbose:
            tell(delivery_line(delivery))

    def complain(message: str) -> None:
        if log != STDERR:
            tell(f"warning: {message}")

    with _opened(log) as file:
        yield Desk(
            command=command,
            identifier=str(uuid.uuid4()),
            environment=os.environ,
            now=lambda: datetime.now(UTC),
            pace=Pace(clock=time.monotonic, sleep=time.sleep, jitter=random.random),
            attended=attended,
            log=_line_writer(file),
            told=told,
            complain=complain,
            metrics=metrics,
            report=report,
        )


@contextmanager
def _opened(log: str | None) -> Iterator[TextIO | None]:
    if log is None:
        yield None
    elif log == STDERR:
        yield sys.stderr
    else:
        try:
            file = Path(log).open("a", encoding="utf-8")  # noqa: SIM115 - closed below, outside of what is caught here
        except OSError as error:
            raise click.BadParameter(f"{log!r} cannot be opened ({error.strerror})", param_hint="--log") from error
        try:
            yield file
        finally:
            # What could not be written was told.
            with suppress(OSError):
                file.close()


def _line_writer(file: TextIO | None) -> Callable[[str], None]:
    """Writes lines whole, whichever thread they come from. Where there is no room for one, that is told once."""
    lock = threading.Lock()
    failed = threading.Event()

    def write(line: str) -> None:
        if file is None or failed.is_set():
            return
        with lock:
            try:
                file.write(f"{line}\n")
                file.flush()
            except OSError as error:
                failed.set()
                tell(f"warning: log: cannot be written ({error.strerror}); make room; the run goes on without it")

    return write
