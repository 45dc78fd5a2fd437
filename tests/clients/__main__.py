"""Says what is missing before the tests against real clients can run, and how to install it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

HERE = Path(__file__).parent

PROGRAMS = {
    "node": "apt-get install nodejs",
    "npm": "apt-get install npm",
    "gpo": "apt-get install --no-install-recommends gpodder",
    "newsboat": "apt-get install newsboat",
    "podboat": "apt-get install newsboat",
}


def missing() -> list[str]:
    """One line for each thing that is not here."""
    lines = [f"{name} is missing; {how}" for name, how in PROGRAMS.items() if shutil.which(name) is None]
    if not (HERE / "node_modules" / "podcast-partytime").is_dir():
        lines.append("podcast-partytime is missing; npm install --prefix tests/clients")
    return lines


if __name__ == "__main__":
    lines = missing()
    sys.stderr.writelines(f"{line}\n" for line in lines)
    sys.exit(1 if lines else 0)
