"""What has servers answer 301 for addresses that moved, a file a server: its `render` makes the server's files.

Apps take over a new address from a 301 alone, and some only where it is the first answer and leads straight to the feed
(https://github.com/AntennaPod/AntennaPod/blob/develop/net/download/service/src/main/java/de/danoeh/antennapod/net/download/service/feed/remote/HttpDownloader.java).
A server looks at paths: what differs in its query alone is left, and named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pkgutil import iter_modules

from podwright.operations.moving.types import Moved, Rules

Render = Callable[[Sequence[Moved]], Rules]


def renderers() -> Mapping[str, Render]:
    """Return for each server by its name the function that makes its files, for the moves of one host."""
    return {module.name: import_module(f"{__name__}.{module.name}").render for module in iter_modules(__path__)}
