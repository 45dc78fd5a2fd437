"""Run all benchmarks, or those named, and print Markdown: `python -m benchmarks [startup] [feed] [cold] …`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks import catalogue, cold, feed, memory, startup

ALL = {
    "startup": startup.report,
    "feed": feed.report,
    "catalogue": catalogue.report,
    "cold": cold.report,
    "memory": memory.report,
}


def main(names: list[str]) -> None:
    """Run the named benchmarks, each in a temporary folder of its own."""
    for name in names or list(ALL):
        with tempfile.TemporaryDirectory(prefix="podwright-bench-") as folder:
            print(ALL[name](Path(folder)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
