"""Generations, what bringing one back did, and what a prune deletes, as lines and values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from podwright.publishing.prune import FEED_LOST, Pruning
from podwright.publishing.rollback import Log, Rollback
from podwright.report.plans import SIGNS, item_values, plan_values
from podwright.report.text import count_text, size_text
from podwright.stores import printable
from podwright.stores.ledger.generations import FeedNews, Generation

_REASONS = {
    "retired": "nothing names it any more",
    "history": "of a generation that is not kept",
    "unknown": "left by a publish that was stopped",
}
#: So many keys of others are listed by name.
_SHOWN = 10


def history_lines(log: Log) -> Iterator[str]:
    """Yield the generations, the newest first, each with what listeners noticed."""
    yield log.store
    if not log.manifest.log:
        yield "Nothing was published yet."
    for generation in reversed(log.manifest.log):
        when = f"{generation.at:%Y-%m-%d %H:%M %Z}" if generation.at else "at an unknown time"
        scheduled = f", {generation.waiting:,} scheduled" if generation.waiting else ""
        live = f"{count_text(generation.live, 'episode')} live{scheduled}"
        yield f"  {generation.number:>4}  {when}  {live}  {_standing(generation, log)}"
        for feed in generation.feeds:
            yield from _feed_lines(feed)


def _standing(generation: Generation, log: Log) -> str:
    """Return the state of a generation as a whole."""
    brought = f"generation {generation.restored} again" if generation.restored is not None else ""
    if generation.number == log.manifest.generation:
        state = "present" if generation.whole else "stopped on its way: publish again"
        return ", ".join(filter(None, (state, brought)))
    if not generation.whole:
        return "stopped on its way, completed by the next"
    return ", ".join(filter(None, ("can be brought back", brought)))


def _feed_lines(feed: FeedNews) -> Iterator[str]:
    change = feed.change
    counts = [f"{n:,} {word}" for n, word in ((feed.new, "new"), (feed.changed, "changed"), (feed.gone, "gone")) if n]
    gone = f"goes on as {change.heir}" if change.heir else "no longer published"
    state = {"new": "new feed", "gone": gone}.get(change.kind)
    channel = "channel changed" if change.channel else None
    yield f"        {change.name}: {', '.join(filter(None, (state, channel, *counts))) or 'changed'}"
    yield from (f"          {SIGNS[item.kind]} {item}" for item in change.items)
    more = feed.new + feed.changed + feed.gone - len(change.items)
    if more:
        yield f"          and {more:,} more"


def history_values(log: Log) -> dict[str, Any]:
    """Return the generations, the newest first, as JSON values."""
    rows = [_generation_values(generation, log) for generation in reversed(log.manifest.log)]
    return {"store": log.store, "present": log.manifest.generation, "generations": rows}


def _generation_values(generation: Generation, log: Log) -> dict[str, Any]:
    return {
        "generation": generation.number,
        "at": generation.at.isoformat() if generation.at else None,
        "whole": generation.whole,
        "kept": generation.number in log.kept,
        "restored": generation.restored,
        "live": generation.live,
        "scheduled": generation.waiting,
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
            for feed in generation.feeds
        ],
    }


def rollback_lines(done: Rollback) -> Iterator[str]:
    """Yield what a rollback did, and what undoes it."""
    if not done.plan.writes:
        yield f"{done.store} is what it was in generation {done.generation} already."
        return
    sent = size_text(sum(step.size for step in done.plan.steps))
    written = count_text(len(done.plan.steps), "object")
    yield f"Rolled {done.store} back to generation {done.generation}: {written} written, {sent}."
    yield "The workspace is unchanged. Publishing it undoes this; publish and rebuild ask for --accept rollback-undone."


def rollback_values(done: Rollback) -> dict[str, Any]:
    """Return a rollback, planned or done, as JSON values."""
    return {"store": done.store, "generation": done.generation} | plan_values(done.plan)


def pruning_lines(pruning: Pruning, *, done: bool) -> Iterator[str]:
    """Yield what was or would be deleted, what stays, and how to go on."""
    yield pruning.store
    for one in pruning.deletes:
        size = size_text(one.stored.size)
        yield f"  delete   {one.stored.key}  {size}  {_REASONS[one.reason]}, since {one.since:%Y-%m-%d}"
    yield from (f"  give up  {one.key}  an upload begun {one.started:%Y-%m-%d}" for one in pruning.uploads)
    for key, count in pruning.feeds.items():
        named = f" and {count_text(count, 'object')} that it names" if count else ""
        yield f"  keep     {key}{named}: subscribers of a former feed read it (--accept {FEED_LOST}:{key})"
    yield from (f"  leave    {printable(key)}  not known to be podwright's" for key in pruning.foreign[:_SHOWN])
    if len(pruning.foreign) > _SHOWN:
        yield f"  leave    {len(pruning.foreign) - _SHOWN:,} more"
    yield _pruning_summary(pruning, done=done)


def _pruning_summary(pruning: Pruning, *, done: bool) -> str:
    young = f"; {pruning.young:,} unnamed for less than {pruning.grace.days} days" if pruning.young else ""
    if not pruning.deletes and not pruning.uploads:
        return f"Nothing to delete{young}."
    uploads = f" and {count_text(len(pruning.uploads), 'upload')}" if pruning.uploads else ""
    what = f"{count_text(len(pruning.deletes), 'object')}{uploads}, {size_text(pruning.size)}"
    if done:
        return f"Deleted {what}{young}."
    return f"{what} to delete{young}. Nothing was deleted; `podwright prune --yes` does."


def pruning_values(pruning: Pruning, *, done: bool) -> dict[str, Any]:
    """Return a prune, planned or done, as JSON values."""
    return {
        "store": pruning.store,
        "done": done,
        "deletes": [
            {"key": one.stored.key, "bytes": one.stored.size, "since": one.since.isoformat(), "reason": one.reason}
            for one in pruning.deletes
        ],
        "uploads": [{"key": one.key, "started": one.started.isoformat()} for one in pruning.uploads],
        "former_feeds": dict(pruning.feeds),
        "young": pruning.young,
        "foreign": list(pruning.foreign),
    }
