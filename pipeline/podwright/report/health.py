"""What a look at published objects found, as lines and values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from podwright.report.text import count_text

if TYPE_CHECKING:
    from podwright.inspection.doctor import Finding


def health_lines(found: Iterable[Finding], fixed: Iterable[str], tried: Iterable[Finding] = ()) -> Iterator[str]:
    """What the doctor did, tried and found, a finding a line; of what was found what is fine is only counted."""
    findings = tuple(found)
    yield from (f"fixed {line}" for line in fixed)
    yield from (f"{one.level}: {one.subject}: {one.message}" for one in tried)
    yield from (f"{one.level}: {one.subject}: {one.message}" for one in findings if one.level != "ok")
    yield f"{sum(one.level == 'ok' for one in findings)} of {count_text(len(findings), 'check')} are fine."


def health_values(found: Iterable[Finding], fixed: Iterable[str]) -> dict[str, Any]:
    """What the doctor did and found as JSON values."""
    rows = [{"level": f.level, "subject": f.subject, "probe": f.probe, "message": f.message} for f in found]
    return {"fixed": list(fixed), "findings": rows}
