"""The options that stand before a command, and those that several commands have, with the types of their values."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, get_args

import click

from podwright.core.model import Overrides

Command = TypeVar("Command", bound=Callable[..., Any])

#: Years in which one may act as if it were then.
_FIRST, _LAST = 1970, 9000


@dataclass(frozen=True, slots=True)
class Context:
    """The workspace that a command is about, and what stands above its settings."""

    root: Path
    overrides: Overrides


class Moment(click.ParamType[datetime]):
    """A time with its zone."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Parse a time, or refuse it."""
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


class Duration(click.ParamType[timedelta]):
    """A duration in seconds, minutes or hours."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Parse a duration, or refuse it."""
        if isinstance(value, timedelta):
            return value
        match = re.fullmatch(r"(\d{1,6})(s|m|h)", value)
        if match is None:
            self.fail(f"{value!r} is not a duration; write 90s, 30m or 2h", param, ctx)
        return int(match[1]) * {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1)}[match[2]]


class Size(click.ParamType[int]):
    """A number of bytes, thousands or millions of them."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Parse a size, or refuse it."""
        if isinstance(value, int):
            return value
        match = re.fullmatch(r"([1-9]\d{0,8})([kMG]?)", value)
        if match is None:
            self.fail(f"{value!r} is not a size; write 500k or 5M", param, ctx)
        return int(match[1]) * {"": 1, "k": 10**3, "M": 10**6, "G": 10**9}[match[2]]


deadline_option = click.option(
    "--deadline",
    type=Duration(),
    envvar="PODWRIGHT_DEADLINE",
    help="Give up after so long (90s, 30m, 2h), but not once feeds are being replaced.",
    show_default="never",
)
jobs_option = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    envvar="PODWRIGHT_JOBS",
    help="Read and build in at most so many processes; 1 for this one alone.",
    show_default="one a core",
)
#: 0 stands for any free port.
port_type = click.IntRange(0, 65_535)
now_option = click.option(
    "--now", type=Moment(), default=lambda: datetime.now(UTC), help="Act as if it were this time.", show_default="now"
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document for machines.")
concurrency_option = click.option(
    "--concurrency",
    type=click.IntRange(1, 64),
    default=8,
    show_default=True,
    help="How many requests may be under way at once.",
)


class Accepted(click.ParamType[str]):
    """The name of a consequence: its kind, or `kind:subject`."""

    name = "consequence"

    def __init__(self, *kinds: str) -> None:
        #: Those that there are; none given: those of a plan.
        self._kinds = kinds

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name, or refuse one of no kind that there is."""
        # What loads for a plan is not loaded for who accepts nothing.
        from podwright.publishing.plan.consequences import ConsequenceKind

        known = self._kinds or get_args(ConsequenceKind)
        kind = str(value).partition(":")[0]
        if kind not in known:
            near = difflib.get_close_matches(kind, known, n=1)
            advice = (
                f"did you mean {near[0]!r}?" if near else f"write one of {', '.join(known)}, with :SUBJECT or without"
            )
            self.fail(f"{kind!r} is no consequence; {advice}", param, ctx)
        return str(value)


def accept_option(help_text: str) -> Callable[[Command], Command]:
    """Return the option that approves consequences."""
    return click.option("--accept", multiple=True, type=Accepted(), metavar="KIND[:SUBJECT]", help=help_text)
