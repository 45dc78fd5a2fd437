"""The outcome of an import, as lines and as values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from podwright.report.problems import problem_values
from podwright.workspace.importing import Imported

_KINDS = {
    "settings": "settings",
    "episode": "episodes",
    "audio": "recordings",
    "transcript": "transcripts",
    "artwork": "pictures",
    "picture": "pictures",
}
#: So many findings are told in full.
MOST_TOLD = 20


def import_lines(done: Imported, folder: Path) -> Iterator[str]:
    """Yield what was written, what was left as it is, and what is wrong with the source."""
    for outcome in ("new", "renewed"):
        counts = Counter[str]()
        for (kind, became), count in done.counts.items():
            counts[_KINDS[kind]] += count if became == outcome else 0
        if said := ", ".join(f"{count:,} {kind}" for kind, count in counts.items() if count):
            yield f"{outcome}: {said}"
    if not any(became in ("new", "renewed") for _, became in done.counts):
        yield "nothing is new"
    if done.edited:
        yield f"edited here, and left as they are: {', '.join(done.edited[:5])}{' …' if len(done.edited) > 5 else ''}"
    yield from (f"{one.level}: {one}" for one in done.findings[:MOST_TOLD])
    if len(done.findings) > MOST_TOLD:
        yield f"… and {len(done.findings) - MOST_TOLD:,} more; --json tells all"
    yield f"Now: podwright -C {folder} check"


def import_values(done: Imported) -> dict[str, Any]:
    """Return the same for machines."""
    files = [{"kind": kind, "outcome": outcome, "count": count} for (kind, outcome), count in done.counts.items()]
    return {
        "feed": done.feed,
        "episodes": len(done.folders),
        "files": files,
        "edited": done.edited,
        "findings": problem_values(done.findings),
    }
