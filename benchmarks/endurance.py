"""Memory of what runs for long: `python -m benchmarks.endurance [--edits N]`.

A show of 100 episodes is edited again and again: under `podwright serve`, whose page of the edited episode is asked for
until it shows the edit, and under one process that publishes to a folder and to SeaweedFS after each edit. Prints the
memory after every tenth of the edits.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import measure, workspaces
from podwright.cli.output import Silent
from podwright.core.model import Overrides
from podwright.publishing.publish import publish
from podwright.publishing.session import Session
from tests.support.seaweed import running_seaweed

EPISODES = 100
#: Nothing here takes as long, in seconds.
PATIENCE = 60
#: Episodes that are edited in turn.
EDITED = 10


def resident(pid: int) -> float:
    """Memory of a process, in MiB (https://man7.org/linux/man-pages/man5/proc_pid_statm.5.html)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def edit(root: Path, number: int) -> str:
    """Give an episode another title; returns its folder's name."""
    folder = root / "episodes" / f"episode-{number % EDITED:05}"
    path = folder / "episode.md"
    lines = [f"title: Take {number}" if line.startswith("title:") else line for line in path.read_text().splitlines()]
    fresh = root / "edited"
    fresh.write_text("\n".join(lines) + "\n")
    fresh.replace(path)
    return folder.name


def measured(edits: int, pid: int, go: Callable[[int], None]) -> list[float]:
    """Memory after the first edit and after each tenth of them."""
    found = []
    for number in range(1, edits + 1):
        go(number)
        if number == 1 or number % (edits // 10) == 0:
            found.append(resident(pid))
            print(f"  {number}: {found[-1]:.1f} MiB", file=sys.stderr, flush=True)
    return found


@contextlib.contextmanager
def serving(root: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`podwright serve`; gives its process and address."""
    command = measure.podwright("-C", str(root), "serve", "--port", "0")
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as run:
        try:
            found = re.search(r"http://127\.0\.0\.1:\d+/", run.stdout.readline() if run.stdout else "")
            if found is None:
                raise RuntimeError("podwright serve did not start")
            yield run, found[0]
        finally:
            run.kill()


def load(url: str) -> bytes:
    """What is served, b"" where that is not there."""
    with contextlib.suppress(urllib.error.HTTPError), urllib.request.urlopen(url, timeout=PATIENCE) as answer:
        return bytes(answer.read())
    return b""


def serve(root: Path, edits: int) -> list[float]:
    """Memory of the preview."""
    with serving(root) as (process, base):

        def go(number: int) -> None:
            name = edit(root, number)
            deadline = time.monotonic() + PATIENCE
            while f"<title>Take {number} ".encode() not in load(f"{base}episodes/{name}/index.html"):
                if time.monotonic() > deadline:
                    raise RuntimeError(f"edit {number} is not served")
                time.sleep(0.05)
            for path in ("show.xml", "index.html", f"episodes/{name}/{name}.mp3"):
                load(base + path)

        return measured(edits, process.pid, go)


def publishing(root: Path, edits: int, overrides: Overrides) -> list[float]:
    """Memory of this process, which publishes."""

    def go(number: int) -> None:
        edit(root, number)
        publish(Session(root=root, now=datetime.now(UTC), overrides=overrides, progress=Silent()), accepted=())

    return measured(edits, os.getpid(), go)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.endurance", description=__doc__)
    parser.add_argument("--edits", type=int, default=300)
    edits = parser.parse_args().edits
    with tempfile.TemporaryDirectory(prefix="podwright-bench-") as name:
        root = Path(name, "show")
        workspaces.write_catalogue(root, episodes=EPISODES)
        rows = {"`podwright serve`": serve(root, edits)}
        rows["publishes to a folder"] = publishing(root, edits, Overrides(storage=f"file:{name}/public"))
        with running_seaweed(Path(name, "seaweed")) as server:
            server.create_bucket("long")
            os.environ.update(server.environment)
            overrides = Overrides(storage="s3://long", endpoint_url=server.endpoint_url, region="us-east-1")
            rows["publishes to SeaweedFS"] = publishing(root, edits, overrides)
    marks = [1, *range(edits // 10, edits + 1, edits // 10)]
    print(f"| memory in MiB after so many edits | {' | '.join(map(str, marks))} |")
    print(f"| --- |{' ---: |' * len(marks)}")
    for title, found in rows.items():
        print(f"| {title} | {' | '.join(f'{one:.0f}' for one in found)} |")


if __name__ == "__main__":
    main()
