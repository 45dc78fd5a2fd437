"""The crash matrix in full: `python -m benchmarks.crash [--store local|seaweed|sides] [--every N] [--minutes M]`.

Kills a publish at each of its effects, looks at the store as a listener, runs again, and compares the end with that of
an undisturbed publish. Prints the points tried and what failed; ends with 1 where anything did.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import zip_longest
from pathlib import Path

from podwright.stores.ledger.manifest_io import ROOM
from tests.faults.children import Children
from tests.faults.matrix import EFFECTS, Matrix, Tried, effect_of
from tests.faults.places import Bucket, Folder, Place, Sides
from tests.support.seaweed import running_seaweed

#: How many points are tried at once.
WORKERS = 2


def in_turn(matrix: Matrix, numbers: Iterable[int]) -> list[int]:
    """Points in an order that takes the kinds of effects in turn, so that none is left out when time runs out."""
    kinds: dict[str, list[int]] = {}
    for number in numbers:
        kinds.setdefault(effect_of(matrix.points[number - 1]), []).append(number)
    for found in kinds.values():
        random.Random(1).shuffle(found)
    return [number for turn in zip_longest(*kinds.values()) for number in turn if number is not None]


def run(matrices: list[Matrix], *, every: int, skip: int, deadline: float) -> Iterator[Tried]:
    """Try every n-th point, each worker its share; skip: how many were tried before."""
    numbers = in_turn(matrices[0], range(1, len(matrices[0].points) + 1, every))[skip:]

    def work(at: int) -> list[Tried]:
        found = []
        for one in matrices[at].run(numbers[at :: len(matrices)]):
            found.append(one)
            if one.failure:
                print(f"  point {one.number} ({one.name}), then {one.sequel}: {one.failure}", file=sys.stderr)
            if time.monotonic() > deadline:
                break
        return found

    with ThreadPoolExecutor(len(matrices)) as pool:
        for found in pool.map(work, range(len(matrices))):
            yield from found


def report(name: str, places: list[Place], folder: Path, *, every: int, skip: int, minutes: float, room: int) -> int:
    """Try one kind of store; returns how many points failed."""
    deadline = time.monotonic() + 60 * minutes
    began = time.monotonic()
    with ExitStack() as stack:
        children = [stack.enter_context(Children()) for _ in places]
        matrices = [
            Matrix(folder / f"{name}-{at}", place, child, room=room)
            for at, (place, child) in enumerate(zip(places, children, strict=True))
        ]
        tried = list(run(matrices, every=every, skip=skip, deadline=deadline))
    failed = [one for one in tried if one.failure]
    sequels = ", ".join(f"{sequel} {count}" for sequel, count in Counter(one.sequel for one in tried).items())
    print(
        f"\n{name}: {len(matrices[0].points)} points, {len(tried)} tried in {time.monotonic() - began:.0f} s;", end=""
    )
    print(f" failures: {len(failed)}. Followed by: {sequels}.\n")
    print("| effect | points tried | failures |\n| --- | ---: | ---: |")
    counts, wrong = (Counter(effect_of(one.name) for one in found) for found in (tried, failed))
    for effect in EFFECTS:
        if counts[effect]:
            print(f"| {effect} | {counts[effect]} | {wrong[effect]} |")
    print(flush=True)
    return len(failed)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crash", description=__doc__)
    parser.add_argument("--store", choices=["local", "seaweed", "sides"], action="append")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--skip", type=int, default=0, help="how many an earlier run tried, to go on after it")
    parser.add_argument("--minutes", type=float, default=7, help="for each store")
    parser.add_argument("--room", type=int, default=ROOM, help="bytes from which on a manifest has a snapshot")
    asked = parser.parse_args()
    failures = 0
    with tempfile.TemporaryDirectory(prefix="podwright-crash-") as name:
        folder = Path(name)
        for store in asked.store or ["local", "seaweed", "sides"]:
            with ExitStack() as stack:
                places: list[Place] = [Folder(folder / f"store-{at}") for at in range(WORKERS)]
                if store != "local":
                    server = stack.enter_context(running_seaweed(folder / store))
                    server.create_bucket("crash")
                    buckets = [Bucket(server, "crash", f"show-{at}") for at in range(WORKERS)]
                    places = list(buckets)
                if store == "sides":
                    server.create_bucket("aside")
                    places = [Sides(one, Bucket(server, "aside", one.prefix)) for one in buckets]
                failures += report(
                    store, places, folder, every=asked.every, skip=asked.skip, minutes=asked.minutes, room=asked.room
                )
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
