"""The outcome of an import, as lines and as values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from podwright.inspection.beside import Comparison
from podwright.report.problems import problem_values
from podwright.report.text import count_text
from podwright.workspace.importing import Imported

_KINDS = {
    "settings": "settings file",
    "episode": "episode",
    "audio": "recording",
    "transcript": "transcript",
    "artwork": "picture",
    "picture": "picture",
}
#: So many findings are told in full.
MOST_TOLD = 20


def import_lines(done: Imported) -> Iterator[str]:
    """Yield what was written, what was left as it is, and what is wrong with the source."""
    for outcome in ("new", "renewed"):
        counts = Counter[str]()
        for (kind, became), count in done.counts.items():
            counts[_KINDS[kind]] += count if became == outcome else 0
        if said := ", ".join(count_text(count, kind) for kind, count in counts.items() if count):
            yield f"{outcome}: {said}"
    if not any(became in ("new", "renewed") for _, became in done.counts):
        yield "nothing is new"
    if done.edited:
        yield f"edited here, and left as they are: {', '.join(done.edited[:5])}{' …' if len(done.edited) > 5 else ''}"
    if done.html_notes:
        reasons = ", ".join(f"{count:,}: {why}" for why, count in Counter(done.html_notes.values()).most_common())
        yield f"{count_text(len(done.html_notes), 'episode')} with notes kept as HTML ({reasons})"
    yield from (f"{one.level}: {one}" for one in done.findings[:MOST_TOLD])
    if len(done.findings) > MOST_TOLD:
        yield f"… and {len(done.findings) - MOST_TOLD:,} more; --json tells all"


def import_values(done: Imported) -> dict[str, Any]:
    """Return the same for machines."""
    files = [{"kind": kind, "outcome": outcome, "count": count} for (kind, outcome), count in done.counts.items()]
    return {
        "feed": done.feed,
        "episodes": len(done.folders),
        "files": files,
        "edited": done.edited,
        "html_notes": done.html_notes,
        "findings": problem_values(done.findings),
    }


def compared_lines(compared: Comparison, folder: Path) -> Iterator[str]:
    """Yield how what would be published differs from the old feed, an episode a line, and the outcome."""
    if compared.problems:
        yield from (f"{one.level}: {one}" for one in compared.problems[:MOST_TOLD])
        yield f"Nothing can be compared before that is mended; podwright -C {folder} check tells all."
        return
    width = max((len(one.where) for one in compared.differences), default=0)
    yield from (f"{one.where:<{width}}  {', '.join(one.what)}" for one in compared.differences[:MOST_TOLD])
    if len(compared.differences) > MOST_TOLD:
        yield f"… and {len(compared.differences) - MOST_TOLD:,} more; --json tells all"
    if compared.waiting:
        yield f"{count_text(compared.waiting, 'episode')} without audio here, not compared"
    again = f"{compared.again:,} of {count_text(compared.episodes - compared.waiting, 'episode')}"
    yield f"{again} would be downloaded again; {count_text(len(compared.differences), 'difference')}."


def compared_values(compared: Comparison) -> dict[str, Any]:
    """Return the same for machines."""
    return {
        "episodes": compared.episodes,
        "waiting": compared.waiting,
        "again": compared.again,
        "differences": [
            {"guid": one.guid, "title": one.title, "folder": one.where, "what": list(one.what)}
            for one in compared.differences
        ],
        "problems": problem_values(compared.problems),
    }
