"""Publishers at once: `python -m benchmarks.races [--store local|seaweed|careless] [--rounds N] [--minutes M]`.

2, 4 and 8 processes publish to one place, with checkouts of their own or with one that they share; in every other round
one of them is killed. A careless store is a SeaweedFS that says 200 to conditions and ignores them. Prints what was
found; ends with 1 where anything was wrong.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.faults.children import Children
from tests.faults.places import Bucket, Folder, Place
from tests.faults.proxy import matching, running_proxy
from tests.faults.races import Race, Round
from tests.support.seaweed import running_seaweed

SIZES = (2, 4, 8)
#: What a publish waits for without conditions, in seconds, instead of 2.
SETTLING = {"podwright.stores.s3.put.SETTLING": 0.5}


def races(race: Race, *, rounds: int, deadline: float) -> tuple[list[Round], int]:
    """Rounds of one race, and how many were wrong."""
    done, wrong = [], 0
    for number in range(rounds):
        try:
            done.append(race.run(chance=random.Random(number), kills=number % 2 == 1))
        except AssertionError as error:
            wrong += 1
            print(f"  round {number}: {str(error)[:1000]}", file=sys.stderr)
        if time.monotonic() > deadline:
            break
    return done, wrong


@contextmanager
def running(store: str, folder: Path) -> Iterator[Callable[[Path], Place]]:
    """A server if one is needed; gives what makes places in it that are called like a folder."""
    if store == "local":
        yield lambda here: Folder(here / "store")
        return
    with running_seaweed(folder / "seaweed") as server:
        server.create_bucket("races")
        if store == "seaweed":
            yield lambda here: Bucket(server, "races", here.name)
            return
        with running_proxy(server, matching("ignored-condition", times=None)) as proxy:
            yield lambda here: Bucket(server, "races", here.name, proxy.endpoint_url)


def report(name: str, done: list[Round], wrong: int, *, began: float) -> None:
    """What became of rounds, in one line."""
    won, waited, killed, looked = (sum(getattr(one, what) for one in done) for what in Round.__dataclass_fields__)
    print(
        f"{name}: {len(done) + wrong} rounds, {wrong} failures; {won} publishes won, {waited} gave up waiting, "
        f"{killed} killed, {looked} looks meanwhile; {time.monotonic() - began:.0f} s",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.races", description=__doc__)
    parser.add_argument("--store", choices=["local", "seaweed", "careless"], default="seaweed")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--rounds", type=int, default=50, help="of each size, with each kind of checkout")
    parser.add_argument("--minutes", type=float, default=2.5, help="for each size and kind of checkout")
    asked = parser.parse_args()
    failures = 0
    with tempfile.TemporaryDirectory(prefix="podwright-races-") as name, ExitStack() as stack:
        folder = Path(name)
        children = [stack.enter_context(Children()) for _ in range(max(asked.sizes))]
        make_place = stack.enter_context(running(asked.store, folder))
        patches = SETTLING if asked.store == "careless" else {}
        for shared in (False, True):
            for size in asked.sizes:
                here = folder / f"{size}-{shared}"
                here.mkdir()
                began = time.monotonic()
                race = Race(here, make_place(here), children[:size], shared=shared, patches=patches)
                done, wrong = races(race, rounds=asked.rounds, deadline=began + 60 * asked.minutes)
                failures += wrong
                what = "one checkout" if shared else "checkouts of their own"
                report(f"{asked.store}, {size} publishers, {what}", done, wrong, began=began)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
