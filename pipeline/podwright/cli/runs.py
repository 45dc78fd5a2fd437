"""The way that `publish` and `rebuild` share: options for log, metrics and report, a monitored run, how it ended."""

from __future__ import annotations

import os
import random
import sys
import threading
import time
import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import click

from podwright.cli.options import Command
from podwright.cli.output import reported, show, show_json, tell, warn
from podwright.cli.stopping import STOPPING, stoppable
from podwright.operations.notify import Delivery, Pace
from podwright.operations.runs import Run, delivery_line, run_values
from podwright.operations.unattended import RunMonitor, publish_monitored
from podwright.publishing.session import Session
from podwright.report.plans import first_line, outcome_line

#: As the name of a log: standard error.
STDERR = "-"


class OutputFile(click.ParamType[Path]):
    """A file that will be written, in a folder that is there; endings: those that its name may have."""

    name = "file"

    def __init__(self, *endings: str) -> None:
        self._endings = endings

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the file's absolute path, or refuse it."""
        path = Path(value)
        if self._endings and path.suffix not in self._endings:
            self.fail(f"{str(value)!r} does not end with {' or '.join(self._endings)}", param, ctx)
        if not path.parent.is_dir():
            self.fail(f"{str(path.parent)!r} is no folder; make it first", param, ctx)
        return path.absolute()


def run_options(command: Command) -> Command:
    """Add the options for log, metrics and report to a command."""
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
def monitor_for(
    command: str, *, log: str | None, metrics: Path | None, report: Path | None, attended: bool, verbose: bool
) -> Iterator[RunMonitor]:
    """Return the monitor of a run. With verbose, notices that were taken are printed as well."""

    def delivered(delivery: Delivery) -> None:
        if log != STDERR and not delivery.ok:
            tell(f"warning: {delivery_line(delivery)}")
        elif log != STDERR and verbose:
            tell(delivery_line(delivery))

    def complain(message: str) -> None:
        if log != STDERR:
            tell(f"warning: {message}")

    with _opened(log) as file:
        yield RunMonitor(
            command=command,
            identifier=str(uuid.uuid4()),
            environment=os.environ,
            now=lambda: datetime.now(UTC),
            pace=Pace(clock=time.monotonic, sleep=time.sleep, jitter=random.random),
            attended=attended,
            log=_line_writer(file),
            delivered=delivered,
            complain=complain,
            metrics=metrics,
            report=report,
        )


def run_session(session: Session, monitor: RunMonitor, *, accepted: Collection[str] = (), quiet: bool) -> Run:
    """Publish as a run that can be stopped. With quiet, who stops it is told nothing."""
    with stoppable(session.deadline, b"" if quiet else STOPPING):
        return publish_monitored(session, accepted=accepted, monitor=monitor)


def print_run(run: Run, *, as_json: bool, quiet: bool, silent: bool = False) -> None:
    """Print how a run ended. quiet: the log on stderr has all that is wrong; silent: no news is no line."""
    with reported(as_json=as_json, quiet=quiet):
        if run.error:
            raise run.error
        if run.outcome is None:
            raise AssertionError("a run that ends has an outcome or an error")
        if not quiet and not silent:
            warn(run.outcome.problems)
        if as_json:
            show_json(run_values(run))
        elif not silent:
            show(outcome_line(run.outcome))
        if not (quiet or silent or as_json) and (line := first_line(run.outcome)):
            tell(line)


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
            # A failure to write was told when it happened.
            with suppress(OSError):
                file.close()


def _line_writer(file: TextIO | None) -> Callable[[str], None]:
    """Return a function that writes lines whole, from any thread. Where there is no room for one, that is told once."""
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
