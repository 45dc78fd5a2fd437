"""Files that are small on disk and large in memory, or slow, end in a clear error or are read, within bounds."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.hostile.bombs import BOMBS, Bomb

ROOT = Path(__file__).parents[2]
PATIENCE = 600


def test_every_bomb_is_refused_in_clear_words_or_read_within_its_bound() -> None:
    command = [sys.executable, "-m", "tests.hostile.bombs"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(results) == len(BOMBS) > 50
    wrong = {
        f"{bomb.name}{bomb.suffix}": said
        for bomb, told in zip(BOMBS, results, strict=True)
        if (said := [*faults(bomb, told)])
    }
    assert wrong == {}


def faults(bomb: Bomb, told: dict[str, Any]) -> Iterator[str]:
    """What is wrong with how a bomb ended."""
    if told["kind"] != ("read" if bomb.error is None else "refused"):
        yield f"{told['kind']}: {told['error']}"
    elif bomb.error and (bomb.error not in told["error"] or "; " not in told["error"]):
        yield told["error"]
    if told["peak"] > bomb.peak:
        yield f"{told['peak']} MB, not {bomb.peak}"
