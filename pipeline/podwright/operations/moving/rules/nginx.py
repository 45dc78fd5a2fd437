"""nginx (https://nginx.org/en/docs/http/ngx_http_map_module.html)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from podwright.operations.moving.types import Moved, Rules, split_by

_MAP = """\
# In the http block: include this file.
map_hash_max_size 65536;
map_hash_bucket_size 1024;
map $uri $podwright_moved {{
    default "";
{lines}
}}
"""
_SERVER = """\
# In the server block of the old address, before its locations: include this file.
if ($podwright_moved) {
    return 301 $podwright_moved;
}
"""


def render(moves: Sequence[Moved]) -> Rules:
    """Return a map of paths and the test of it."""
    kept, left = split_by(moves)
    counts = Counter(move.path.casefold() for move in kept)
    lines = "\n".join(
        f"    {_quoted(_key(move.path, alike=counts[move.path.casefold()] > 1))} {_quoted(move.target)};"
        for move in kept
    )
    return Rules(
        files={"podwright-map.conf": _MAP.format(lines=lines), "podwright-moved.conf": _SERVER}, left=tuple(left)
    )


def _key(path: str, *, alike: bool) -> str:
    """Return what a map compares a path with; plain texts have no case there, so paths that are alike are patterns."""
    return f"~^{re.escape(path)}$" if alike else path


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
