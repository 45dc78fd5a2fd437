"""Notices that are sent once feeds are live, a file a kind: its `STAGE` says when, its `notices` makes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import TYPE_CHECKING

from podwright.operations.notify.delivery import Notice, Pace, Sending, Stage

if TYPE_CHECKING:
    # What this loads a publish with nothing to do does without.
    from podwright.publishing.pending_notices import News

#: In their order, and how often and how long each is tried. A cache takes up to a minute to forget.
STAGES: Mapping[Stage, tuple[int, timedelta]] = {
    "caches": (4, timedelta(seconds=45)),
    "feeds": (12, timedelta(seconds=90)),
    "listeners": (4, timedelta(seconds=45)),
}


def kinds() -> list[ModuleType]:
    """Return the module of each kind."""
    return [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]


def stages(news: News, sending: Sending, pace: Pace) -> Iterator[tuple[tuple[Notice, ...], Pace]]:
    """Yield the notices of each stage, and the pace to send them with. A stage begins when the former has ended."""
    modules = kinds()
    for stage, (attempts, total) in STAGES.items():
        made = tuple(notice for kind in modules if stage == kind.STAGE for notice in kind.notices(news, sending))
        yield made, replace(pace, attempts=attempts, total=total)
