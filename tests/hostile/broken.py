"""podwright without waits, and with a part of it broken: `python -m tests.hostile.broken MODULE:NAME ARGUMENT…`.

What is named raises an error that nobody foresaw, while another one is handled; "-" breaks nothing.
"""

from __future__ import annotations

import importlib
import operator
import sys
import time

from podwright.cli import main


def _broken(*_: object, **__: object) -> None:
    try:
        {}["first"]
    except KeyError as error:
        raise RuntimeError("broken on purpose") from error


def _break(place: str) -> None:
    module, _, name = place.partition(":")
    holder, _, last = name.rpartition(".")
    found = importlib.import_module(module)
    setattr(operator.attrgetter(holder)(found) if holder else found, last, _broken)


if __name__ == "__main__":
    time.sleep = lambda _: None
    if sys.argv[1] != "-":
        _break(sys.argv[1])
    main(sys.argv[2:])
