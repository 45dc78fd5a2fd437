"""Run all benchmarks, or those named, and print Markdown: `python -m benchmarks [--quick] [startup] [feed] [cold] …`.

With --quick each table is made in small, in 5 minutes together; costs are ratios to the same work on the same machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import catalogue, cold, feed, gateway, measure, memory, pages, startup

ALL = {
    "startup": startup.report,
    "feed": feed.report,
    "pages": pages.report,
    "catalogue": catalogue.report,
    "cold": cold.report,
    "memory": memory.report,
    "gateway": gateway.report,
}


HEAD = """\
# Performance

Printed by `make bench` at commit {commit}, all tools in one run on one machine ({cores} cores, Linux, servers on
loopback); ratios matter, not seconds. CPU and peak memory are those of the client alone. A peak below 105 MiB may be
that of the harness which started the command.
"""
QUICK_HEAD = """\
# Performance in small, at commit {commit}

Wall and CPU are multiples of {yardstick:.2f} s, which {cores} cores take for the same hashing and JSON in Python.
"""


def main(names: list[str]) -> None:
    """Run the named benchmarks, each in a temporary folder of its own."""
    describe = ["git", "describe", "--always", "--dirty"]
    commit = subprocess.run(describe, capture_output=True, text=True, check=True).stdout.strip()
    if measure.QUICK:
        print(QUICK_HEAD.format(cores=os.cpu_count(), commit=commit, yardstick=measure.yardstick().cpu), flush=True)
    else:
        print(HEAD.format(cores=os.cpu_count(), commit=commit), flush=True)
    for name in names or list(ALL):
        with tempfile.TemporaryDirectory(prefix="podwright-bench-") as folder:
            print(ALL[name](Path(folder)), flush=True)


if __name__ == "__main__":
    main([name for name in sys.argv[1:] if name != "--quick"])
