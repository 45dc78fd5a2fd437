"""A long life of a show: `python -m benchmarks.soak [--publishes N] [--minutes M] [--seed S]`.

One show in one bucket of SeaweedFS is edited at random and published again and again; some publishes meet faults of
network and store, some are killed at a random effect. After each the store is looked at as a listener. Every 50
publishes, and in the end, an undisturbed publish is compared with a first one of the same show to an empty folder; in
the end `podwright verify --deep` reads everything. Prints what was done; ends with 1 where anything was wrong.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.faults.children import Children
from tests.faults.places import Bucket
from tests.faults.proxy import running_proxy
from tests.faults.soak import Soak
from tests.support.seaweed import running_seaweed

#: After how many publishes the store is compared with a first publish.
WHOLE = 50


def told(counts: Counter[str]) -> str:
    """Counts for people."""
    return ", ".join(f"{name} {count:,}" for name, count in counts.most_common())


def run(soak: Soak, *, publishes: int, deadline: float) -> int:
    """Publish so often, or until the time is over; returns how often."""
    for number in range(1, publishes + 1):
        soak.edit()
        try:
            soak.publish(soak.draw())
            if number % WHOLE == 0:
                soak.check_whole()
                print(f"  {number}: {told(soak.counts.ended)}", file=sys.stderr, flush=True)
        except AssertionError as error:
            raise SystemExit(f"publish {number}: {error}") from error
        if time.monotonic() > deadline:
            return number
    return publishes


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--publishes", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="podwright-soak-") as name,
        running_seaweed(Path(name, "seaweed")) as server,
        running_proxy(server) as proxy,
        Children() as children,
    ):
        server.create_bucket("soak")
        server.make_public("soak", except_prefix="show/private/")
        soak = Soak(Path(name), Bucket(server, "soak", "show"), proxy, children, seed=asked.seed)
        done = run(soak, publishes=asked.publishes, deadline=began + 60 * asked.minutes)
        soak.check_whole()
        soak.verify()
        counts = soak.counts
        print(f"{done} publishes in {time.monotonic() - began:.0f} s, seed {asked.seed}: losses 0, broken feeds 0")
        print(f"  ended: {told(counts.ended)}")
        print(f"  edits: {told(counts.edits)}")
        print(f"  faults: {told(proxy.injected)}")
        print(f"  looks as a listener: {counts.looked}; at the end verify --deep: all well")


if __name__ == "__main__":
    main()
