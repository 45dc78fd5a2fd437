"""The needs of a move, as lines and as values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from podwright.core.finding import Finding
from podwright.operations.moving import Step, lacking
from podwright.operations.moving.types import Moved
from podwright.operations.moving.views import View
from podwright.report.problems import problem_values
from podwright.report.text import count_text

_MARKS = {True: "done", False: "to do", None: "by hand"}


def move_lines(old: View, new: View, *, faults: Iterable[Finding], steps: Iterable[Step]) -> Iterator[str]:
    """Yield how far a move is: what the feeds have in common, what is wrong, and the steps."""
    kept = len(old.episodes) - len(lacking(old, new))
    count = count_text(len(old.episodes), "episode")
    yield f"{kept:,} of {count} of {old.address} are in {new.address}, with their guids."
    yield from (f"{one.level}: {one}" for one in faults)
    yield from (f"{number}. {_MARKS[step.done]}: {step.text}" for number, step in enumerate(steps, 1))


def move_values(old: View, new: View, *, faults: Iterable[Finding], steps: Iterable[Step]) -> dict[str, Any]:
    """Return the same for machines."""
    return {
        "old": {"url": old.address, "episodes": len(old.episodes)},
        "new": {"url": new.address, "episodes": len(new.episodes)},
        "lacking": list(lacking(old, new)),
        "findings": problem_values(tuple(faults)),
        "steps": [{"text": step.text, "done": step.done} for step in steps],
    }


def rules_lines(files: Mapping[str, str], left: Iterable[Moved]) -> Iterator[str]:
    """Yield the files one below another, each under its name, and what none of them can say."""
    for name, text in files.items():
        yield f"# ---- {name}"
        yield text.rstrip("\n")
    yield from (f"# not said, since its path alone does not tell where it moved: {move.old}" for move in left)
