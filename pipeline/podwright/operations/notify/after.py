"""Who is told once feeds are live, in this order: caches forget, the new feeds are served, everybody hears of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from podwright.operations.notify import changes, cloudfront, podping, purge, served, websub
from podwright.operations.notify.types import Notice, Pace, Sending
from podwright.publishing.news import News

Maker = Callable[[News, Sending], Iterator[Notice]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Notices that go side by side; the next stage begins when all of them have fared."""

    makers: tuple[Maker, ...]
    attempts: int
    total: timedelta


#: All kinds, each in its stage. A cache takes up to a minute to forget.
STAGES = (
    Stage(makers=(cloudfront.notices, purge.notices), attempts=4, total=timedelta(seconds=45)),
    Stage(makers=(served.notices,), attempts=12, total=timedelta(seconds=90)),
    Stage(makers=(websub.notices, podping.notices, changes.notices), attempts=4, total=timedelta(seconds=45)),
)


def stages(news: News, sending: Sending, pace: Pace) -> Iterator[tuple[tuple[Notice, ...], Pace]]:
    """The notices of each stage, and the pace to send them with."""
    for stage in STAGES:
        notices = tuple(notice for make in stage.makers for notice in make(news, sending))
        yield notices, replace(pace, attempts=stage.attempts, total=stage.total)
