"""Redirects for addresses that moved, a file a server: its `render` makes the files that have it answer 301.

Apps take over a new address from a 301 alone, and some only where it is the first answer and leads straight to the feed
(AntennaPod's RedirectChecker; gPodder's feedcore).
A server looks at paths: what differs in its query alone is left, and named.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from itertools import groupby
from pkgutil import iter_modules

from podwright.operations.moving.types import Moved, Rules


def servers() -> tuple[str, ...]:
    """Return the names of the servers that there are rules for."""
    return tuple(sorted(module.name for module in iter_modules(__path__)))


def render_all(moves: Iterable[Moved], server: str) -> Rules:
    """Return the rules of a server for all hosts that addresses moved from, in a folder for each host."""
    render = import_module(f"{__name__}.{server}").render
    files: dict[str, str] = {}
    left: list[Moved] = []
    for host, own in groupby(sorted(moves, key=lambda move: move.host), key=lambda move: move.host):
        made: Rules = render(list(own))
        files |= {f"{host.replace(':', '-')}/{name}": text for name, text in made.files.items()}
        left += made.left
    return Rules(files=files, left=tuple(left))
