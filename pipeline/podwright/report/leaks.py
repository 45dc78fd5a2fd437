"""What anybody can get that is not for everybody, as lines and values."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

from podwright.report.text import count_text, size_text

if TYPE_CHECKING:
    from podwright.inspection.leaks import Searched

#: The same of one subject is told of so many objects one by one; then the others are counted.
MOST_ALIKE = 5


def leak_lines(found: Searched) -> Iterator[str]:
    """A leak a line; what many objects say of one subject is told of the first ones."""
    order = sorted(found.leaks, key=lambda one: (one.subject, one.kind, one.where))
    for _, group in groupby(order, key=lambda one: (one.subject, one.kind)):
        alike = list(group)
        yield from (f"{one.where}: {one.message}" for one in alike[:MOST_ALIKE])
        if len(alike) > MOST_ALIKE:
            yield f"the same in {count_text(len(alike) - MOST_ALIKE, 'more object')}; --json names them all"
    read = f"{count_text(found.public, 'public object')} read ({size_text(found.size)})"
    asked = f"{found.refused:,} private ones refused"
    sought = f"{found.secrets:,} texts, names and recordings looked for"
    yield f"{read}, {asked}, {sought}: {count_text(len(found.leaks), 'leak')}."


def leak_values(found: Searched) -> dict[str, Any]:
    """A search as JSON values. The secrets themselves are not in it."""
    rows = [
        {"where": one.where, "kind": one.kind, "subject": one.subject, "message": one.message} for one in found.leaks
    ]
    return {
        "public": found.public,
        "bytes": found.size,
        "refused": found.refused,
        "secrets": found.secrets,
        "leaks": rows,
    }
