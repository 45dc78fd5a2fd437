"""What a prune found, as lines and values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from podwright.publishing.prune import FEED_LOST, Pruning
from podwright.report.text import count_text, size_text
from podwright.stores import printable

_REASONS = {
    "retired": "nothing names it any more",
    "history": "of a generation that is not kept",
    "unknown": "left by a publish that was stopped",
}
#: So many keys of others are listed by name.
_SHOWN = 10


def pruning_lines(found: Pruning, *, done: bool) -> Iterator[str]:
    """What was or would be deleted, what stays, and how to go on."""
    yield found.store
    for one in found.deletes:
        size = size_text(one.found.size)
        yield f"  delete   {one.found.key}  {size}  {_REASONS[one.reason]}, since {one.since:%Y-%m-%d}"
    yield from (f"  give up  {one.key}  an upload begun {one.started:%Y-%m-%d}" for one in found.uploads)
    for key, count in found.feeds.items():
        named = f" and {count_text(count, 'object')} that it names" if count else ""
        yield f"  keep     {key}{named}: subscribers of a former feed read it (--accept {FEED_LOST}:{key})"
    yield from (f"  leave    {printable(key)}  not known to be podwright's" for key in found.foreign[:_SHOWN])
    if len(found.foreign) > _SHOWN:
        yield f"  leave    {len(found.foreign) - _SHOWN:,} more"
    yield _summary(found, done=done)


def _summary(found: Pruning, *, done: bool) -> str:
    young = f"; {found.young:,} unnamed for less than {found.grace.days} days" if found.young else ""
    if not found.deletes and not found.uploads:
        return f"Nothing to delete{young}."
    uploads = f" and {count_text(len(found.uploads), 'upload')}" if found.uploads else ""
    what = f"{count_text(len(found.deletes), 'object')}{uploads}, {size_text(found.size)}"
    if done:
        return f"Deleted {what}{young}."
    return f"{what} to delete{young}. Nothing was deleted; `podwright prune --yes` does."


def pruning_values(found: Pruning, *, done: bool) -> dict[str, Any]:
    """The same as JSON values."""
    return {
        "store": found.store,
        "done": done,
        "deletes": [
            {"key": one.found.key, "bytes": one.found.size, "since": one.since.isoformat(), "reason": one.reason}
            for one in found.deletes
        ],
        "uploads": [{"key": one.key, "started": one.started.isoformat()} for one in found.uploads],
        "former_feeds": dict(found.feeds),
        "young": found.young,
        "foreign": list(found.foreign),
    }
