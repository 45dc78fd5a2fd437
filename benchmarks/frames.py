"""Change boxes and frames of recordings, and see that whatever is accepted is published whole.

`python -m benchmarks.fuzz audio --inputs 100000`. Each input follows from its kind and number alone, so that a failure
is made again by `python -m benchmarks.fuzz audio --only m4a:4711`. Runs in processes of its own: what a library does to
one ends that one, and is counted. Every 200th M4A that is accepted is read by the command `ffmpeg` as well, where there
is one.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

KINDS = ("m4a", "mp3")
#: Inputs of one process, and seconds that it may take.
_BATCH, _PATIENCE = 500, 300
_EVERY = 200
HEAD = """\
| kind | inputs | seconds | published, each frame that of the source | refused | failures |
| --- | ---: | ---: | ---: | ---: | ---: |"""


def report(inputs: int, *, keep: Path, jobs: int, start: int = 0) -> int:
    """Try so many inputs of both kinds together, print a table, and return the number of failures."""
    failed = 0
    refusals: Counter[str] = Counter()
    print(HEAD, flush=True)
    for kind in KINDS:
        share, begun = inputs // len(KINDS), time.monotonic()
        taken, refused, failures = 0, 0, 0
        batches = [(first, min(first + _BATCH, start + share)) for first in range(start, start + share, _BATCH)]
        with ThreadPoolExecutor(jobs) as pool:
            for rows in pool.map(_run, ((kind, *batch) for batch in batches)):
                for number, said in rows:
                    if said == "taken":
                        taken += 1
                    elif said.startswith("!"):
                        failures += 1
                        _keep(kind, number, said, keep)
                    else:
                        refused += 1
                        refusals[re.sub(r"[\d:.,]+", "N", said)] += 1
        failed += failures
        cells = (f"{n:,}" for n in (share, round(time.monotonic() - begun), taken, refused, failures))
        print(f"| {kind} | {' | '.join(cells)} |", flush=True)
    print("\n| refusals | reason |\n| ---: | --- |")
    for reason, count in refusals.most_common(25):
        print(f"| {count:,} | {reason} |")
    return failed


def _keep(kind: str, number: int, said: str, keep: Path) -> None:
    from tests.hostile.frames import make

    keep.mkdir(exist_ok=True)
    (keep / f"{number}.{kind}").write_bytes(make(kind, number))
    print(f"{kind}:{number}: {said[1:]}", file=sys.stderr, flush=True)


def _run(batch: tuple[str, int, int]) -> list[tuple[int, str]]:
    return list(_batch(*batch))


def _batch(kind: str, first: int, end: int) -> Iterator[tuple[int, str]]:
    """Yield how each input of a batch ended; one that ended its process is a failure, and the rest is tried anew."""
    while first < end:
        command = [sys.executable, "-m", "benchmarks.frames", kind, str(first), str(end)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=_PATIENCE)
            lines, how = done.stdout.splitlines(), f"ended its process ({done.returncode}): {done.stderr[-300:]}"
        except subprocess.TimeoutExpired as error:
            lines, how = (error.stdout or b"").decode(errors="replace").splitlines(), "took too long"
        for line in lines:
            number, said = json.loads(line)
            yield number, said
        first += len(lines)
        if first < end:
            yield first, f"!{how}"
            first += 1


def child(kind: str, first: int, end: int) -> None:
    """Try some inputs, and print how each ended."""
    from tests.hostile.frames import NotWholeError, make, outcome

    ffmpeg = shutil.which("ffmpeg") is not None
    fast = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(dir=fast) as folder:
        path = Path(folder, f"audio.{kind}")
        for number in range(first, end):
            path.write_bytes(make(kind, number))
            try:
                said = outcome(path, second=ffmpeg and number % _EVERY == 0)
            except NotWholeError as error:
                said = f"!{error}"
            except Exception as error:  # noqa: BLE001 - whatever is raised is a failure, and is reported
                said = f"!raised {error!r}"
            print(json.dumps([number, said]), flush=True)


if __name__ == "__main__":
    child(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
