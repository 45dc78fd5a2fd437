"""Running the command line as producers, cron and machines do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from podwright.cli import main

NOW = "2026-11-01T12:00:00+00:00"


def run(root: Path, *arguments: str, **environment: str) -> Result:
    """Run a command in a workspace."""
    result = CliRunner().invoke(main, ["-C", str(root), *arguments], env=environment or None)
    assert not isinstance(result.exception, Exception), result.exception
    return result


def machine(result: Result) -> dict[str, Any]:
    """Return the JSON document that a command printed."""
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text in a file."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
