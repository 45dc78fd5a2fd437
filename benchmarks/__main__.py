"""Run all benchmarks, or those named, and print Markdown: `python -m benchmarks [startup] [feed] [cold] …`."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from benchmarks import catalogue, cold, feed, gateway, memory, pages, startup

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

Printed by `make bench`, all tools in one run on one machine ({cores} cores, Linux, servers on loopback); ratios matter,
not seconds. CPU and peak memory are those of the client alone. A peak below 105 MiB may be that of the harness which
started the command.
"""


def main(names: list[str]) -> None:
    """Run the named benchmarks, each in a temporary folder of its own."""
    print(HEAD.format(cores=os.cpu_count()), flush=True)
    for name in names or list(ALL):
        with tempfile.TemporaryDirectory(prefix="podwright-bench-") as folder:
            print(ALL[name](Path(folder)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
