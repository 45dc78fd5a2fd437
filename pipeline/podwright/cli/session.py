"""The session of a command: which workspace, as of when, by whom, for how long."""

from __future__ import annotations

import getpass
import math
import os
import socket
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import click
from click.core import ParameterSource

from podwright.cli.options import Context
from podwright.cli.output import tell
from podwright.core.deadline import Deadline
from podwright.core.http import observe_as_anybody
from podwright.core.progress import Progress
from podwright.publishing.session import Session
from podwright.stores import open_store
from podwright.stores.ledger.lease import PATIENCE, Publisher
from podwright.workspace.storage import load_folder, storage_url

#: What the clocks of this machine and the store may be apart.
_SKEW = timedelta(minutes=1)


def session_of(
    context: Context,
    now: datetime,
    progress: Progress,
    *,
    deadline: timedelta | None = None,
    jobs: int | None = None,
    private_from: str | None = None,
) -> Session:
    """Return the session of a command.

    deadline: how long it may take, with the time that it waits for others; private_from: where the private side lies.
    """
    seconds = math.inf if deadline is None else deadline.total_seconds()
    limit = Deadline(seconds)
    return Session(
        root=context.root,
        now=now,
        tolerance=_SKEW if _is_clock() else None,
        overrides=context.overrides,
        progress=progress,
        open_store=partial(open_store, deadline=limit),
        publisher=Publisher(name=_process_name(), tell=tell, patience=min(PATIENCE, seconds)),
        private_from=_place(private_from, context.root) if private_from else None,
        ask_as_anybody=observe_as_anybody,
        deadline=limit,
        jobs=jobs,
    )


def _is_clock() -> bool:
    """Return whether the command acts as of now, and not as of what somebody said."""
    context = click.get_current_context(silent=True)
    return context is not None and context.get_parameter_source("now") is not ParameterSource.COMMANDLINE


def _place(address: str, root: Path) -> tuple[str, Path | None]:
    """Return the address of a store, and its folder where it is one."""
    try:
        return storage_url(address), load_folder(storage_url(address), root)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--private-from") from error


def _process_name() -> str:
    """Return the name of this process as it helps whoever has to wait for it."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = f"user {os.getuid()}"
    return f"{user} on {socket.gethostname()} (process {os.getpid()})"
