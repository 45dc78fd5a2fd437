"""The cost of a command before it does anything."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks import measure

ROUNDS = measure.sized(15, 7)


def report(folder: Path) -> str:
    """Measure `--help` beside Python itself."""
    tools = {
        "podwright --help": measure.podwright("--help"),
        "python -c pass": [sys.executable, "-c", "pass"],
        "python -c 'import click'": [sys.executable, "-c", "import click"],
    }
    costs = {
        name: measure.median([measure.run(command, cwd=folder) for _ in range(ROUNDS)])
        for name, command in tools.items()
    }
    return measure.table("Start-up", costs, note=f"Medians of {ROUNDS}.")
