"""Problems of a workspace, and errors, as JSON values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from podwright.core.errors import PodwrightError, WorkspaceError
from podwright.core.finding import Finding


def problem_values(problems: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return problems as JSON values."""
    return [
        {
            "level": p.level,
            "path": p.where,
            "line": p.line,
            "field": p.field,
            "message": p.message,
            "rule": p.code,
        }
        for p in problems
    ]


def error_values(error: PodwrightError) -> dict[str, Any]:
    """Return an error as JSON values."""
    problems = error.problems if isinstance(error, WorkspaceError) else ()
    kind = type(error).__name__.removesuffix("Error")
    return {"error": kind, "message": str(error), "problems": problem_values(problems)}
