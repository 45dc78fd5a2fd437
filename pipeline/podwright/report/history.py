"""Generations, and what bringing one back did, as lines and values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from podwright.publishing.rollback import Log, Rollback
from podwright.report.plans import SIGNS, item_text, plan_values
from podwright.report.text import count_text, size_text
from podwright.stores.ledger.generations import FeedNews, Generation, item_values


def history_lines(found: Log) -> Iterator[str]:
    """The generations, the newest first, each with what listeners noticed."""
    yield found.store
    if not found.manifest.log:
        yield "Nothing was published yet."
    for one in reversed(found.manifest.log):
        when = f"{one.at:%Y-%m-%d %H:%M %Z}" if one.at else "at an unknown time"
        scheduled = f", {one.waiting:,} scheduled" if one.waiting else ""
        yield f"  {one.number:>4}  {when}  {count_text(one.live, 'episode')} live{scheduled}  {_standing(one, found)}"
        for feed in one.feeds:
            yield from _feed_lines(feed)


def _standing(one: Generation, found: Log) -> str:
    """What can be said of a generation as a whole."""
    brought = f"generation {one.restored} again" if one.restored is not None else ""
    if one.number == found.manifest.generation:
        return ", ".join(filter(None, ("present" if one.whole else "stopped on its way: publish again", brought)))
    if not one.whole:
        return "stopped on its way, completed by the next"
    return ", ".join(filter(None, ("can be brought back", brought)))


def _feed_lines(feed: FeedNews) -> Iterator[str]:
    change = feed.change
    counts = [f"{n:,} {word}" for n, word in ((feed.new, "new"), (feed.changed, "changed"), (feed.gone, "gone")) if n]
    said = {"new": "new feed", "gone": "no longer published"}.get(change.kind)
    channel = "channel changed" if change.channel else None
    yield f"        {change.name}: {', '.join(filter(None, (said, channel, *counts))) or 'changed'}"
    yield from (f"          {SIGNS[item.kind]} {item_text(item)}" for item in change.items)
    more = feed.new + feed.changed + feed.gone - len(change.items)
    if more:
        yield f"          and {more:,} more"


def history_values(found: Log) -> dict[str, Any]:
    """The generations, the newest first, as JSON values."""
    rows = [_generation_values(one, found) for one in reversed(found.manifest.log)]
    return {"store": found.store, "present": found.manifest.generation, "generations": rows}


def _generation_values(one: Generation, found: Log) -> dict[str, Any]:
    return {
        "generation": one.number,
        "at": one.at.isoformat() if one.at else None,
        "whole": one.whole,
        "kept": one.number in found.kept,
        "restored": one.restored,
        "live": one.live,
        "scheduled": one.waiting,
        "feeds": [
            {
                "feed": feed.change.name,
                "kind": feed.change.kind,
                "channel": feed.change.channel,
                "new": feed.new,
                "changed": feed.changed,
                "gone": feed.gone,
                "items": item_values(feed.change.items),
            }
            for feed in one.feeds
        ],
    }


def rollback_lines(done: Rollback) -> Iterator[str]:
    """What a rollback did, and what undoes it."""
    if not done.plan.writes:
        yield f"{done.store} is what it was in generation {done.generation} already."
        return
    sent = size_text(sum(step.size for step in done.plan.steps))
    written = count_text(len(done.plan.steps), "object")
    yield f"Rolled {done.store} back to generation {done.generation}: {written} written, {sent}."
    yield "The workspace is unchanged. Publishing it undoes this; publish and rebuild ask for --accept rollback-undone."


def rollback_values(done: Rollback) -> dict[str, Any]:
    """A rollback, planned or done, as JSON values."""
    return {"store": done.store, "generation": done.generation} | plan_values(done.plan)
