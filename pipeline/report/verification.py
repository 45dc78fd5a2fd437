"""What a verification found, as lines and values."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

from pipeline.report.text import count_text

if TYPE_CHECKING:
    from pipeline.verify import Verified

#: The same thing is told of so many objects one by one; then the others are counted.
MOST_ALIKE = 5


def verified_lines(found: Verified) -> Iterator[str]:
    """A finding a line, the worst first; what is wrong with many objects in the same way is told of the first ones."""

    def alike(index: int) -> tuple[str, str, str]:
        one = found.findings[index]
        return one.level, one.probe, one.message.replace(one.subject, "").replace(one.named_by or one.subject, "")

    order = sorted(range(len(found.findings)), key=lambda index: (alike(index)[0] != "error", alike(index), index))
    for (level, _, _), group in groupby(order, key=alike):
        members = [found.findings[index] for index in group]
        for one in members[:MOST_ALIKE]:
            named = f" (named by {one.named_by})" if one.named_by and one.named_by not in one.message else ""
            yield f"{level}: {one.subject}: {one.message}{named}"
        if len(members) > MOST_ALIKE:
            more = count_text(len(members) - MOST_ALIKE, "more object")
            yield f"{level}: the same with {more}; --json names them all"
    errors = sum(one.level == "error" for one in found.findings)
    counts = f"{count_text(errors, 'error')}, {count_text(len(found.findings) - errors, 'warning')}"
    yield f"{count_text(found.objects, 'object')}, {count_text(found.checks, 'check')}: {counts}."


def verified_values(found: Verified) -> dict[str, Any]:
    """A verification as JSON values."""
    rows = [
        {
            "level": one.level,
            "subject": one.subject,
            "probe": one.probe,
            "message": one.message,
            "named_by": one.named_by,
        }
        for one in found.findings
    ]
    return {"objects": found.objects, "checks": found.checks, "broken": found.broken, "findings": rows}
