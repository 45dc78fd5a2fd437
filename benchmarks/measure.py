"""Running a command and measuring its cost: wall seconds, CPU seconds, peak memory."""

from __future__ import annotations

import functools
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

#: No command here takes as long; one that hangs is ended.
LIMIT = 1200
#: True for each table in small, with costs as ratios; in the environment, so that the processes of a benchmark agree.
QUICK = os.environ.setdefault("BENCHMARKS_QUICK", "yes" if "--quick" in sys.argv else "") != ""
# Producers' machines keep what Python compiled.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
#: Work that no change of podwright makes cheaper.
YARDSTICK = "import hashlib, json; [hashlib.sha256(json.dumps(list(range(30_000))).encode()) for _ in range(100)]"


@dataclass(frozen=True, slots=True)
class Cost:
    """wall and cpu in seconds (children included), peak in MiB."""

    wall: float
    cpu: float
    peak: float


def run(command: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Cost:
    """Run a command to its end. Raises RuntimeError with its output where it fails."""
    began = time.perf_counter()
    with subprocess.Popen(
        command, env={**os.environ, **(env or {})}, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        output = process.stdout.read() if process.stdout else b""
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{output.decode()}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def sized(whole: T, quick: T) -> T:
    """Return the size of a benchmark."""
    return quick if QUICK else whole


@functools.cache
def yardstick() -> Cost:
    """Return what the same work costs on this machine now, whatever the version of podwright."""
    return median([run([sys.executable, "-c", YARDSTICK]) for _ in range(5)])


def median(costs: Sequence[Cost]) -> Cost:
    """The median of each figure; of peak memory the highest."""
    return Cost(
        statistics.median(cost.wall for cost in costs),
        statistics.median(cost.cpu for cost in costs),
        max(cost.peak for cost in costs),
    )


def interleaved(tools: Mapping[str, Callable[[int], Cost]], *, rounds: int) -> dict[str, Cost]:
    """Run every tool once a round, so that a slow minute hurts all alike; each gets the number of the round."""
    costs: dict[str, list[Cost]] = {name: [] for name in tools}
    for number in range(rounds):
        for name, tool in tools.items():
            cost = tool(number)
            costs[name].append(cost)
            print(f"  round {number + 1}: {name:<24} {cost.wall:7.2f} s wall {cost.cpu:7.2f} s CPU", file=sys.stderr)
    return {name: median(found) for name, found in costs.items()}


def table(title: str, costs: Mapping[str, Cost], *, note: str = "") -> str:
    """Return a Markdown section with one row a tool; in quick benchmarks with ratios to the yardstick."""
    wall, cpu, unit = (yardstick().wall, yardstick().cpu, "×") if QUICK else (1, 1, "s")
    rows = [f"| {name} | {c.wall / wall:.2f} | {c.cpu / cpu:.2f} | {c.peak:.0f} |" for name, c in costs.items()]
    head = [f"| | wall {unit} | CPU {unit} | peak MiB |", "| --- | ---: | ---: | ---: |"]
    return "\n".join([f"## {title}", "", *([note, ""] if note else []), *head, *rows, ""])


def podwright(*arguments: str) -> list[str]:
    """The podwright command of this environment."""
    return [str(Path(sys.executable).with_name("podwright")), *arguments]


def tool(name: str) -> str:
    """A program that PyPI installed into this environment."""
    return str(Path(sys.executable).with_name(name))
