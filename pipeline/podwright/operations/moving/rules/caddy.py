"""Caddy (https://caddyserver.com/docs/caddyfile/directives/map)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from podwright.operations.moving.types import Moved, Rules, split_by

_SITE = """\
# In the site block of the old address: import this file.
map {{path}} {{podwright_moved}} {{
{lines}
	default ""
}}
@podwright_moved expression `{{podwright_moved}} != ""`
redir @podwright_moved {{podwright_moved}} permanent
"""


def render(moves: Sequence[Moved]) -> Rules:
    """Return a map of paths and the redirect to what it says."""
    kept, left = split_by(moves)
    lines = "\n".join(f"\t`{_key(move.path)}` {move.target}" for move in kept)
    return Rules(files={"podwright-moved.caddy": _SITE.format(lines=lines)}, left=tuple(left))


def _key(path: str) -> str:
    """Return a path, or a pattern of one that would say something else in the file.

    Words in braces are replaced (https://caddyserver.com/docs/caddyfile/concepts#placeholders), and a backtick ends it.
    """
    if not re.search("[{}`]", path):
        return path
    return f"~^{re.sub('[^A-Za-z0-9/]', lambda found: f'{chr(92)}x{{{ord(found[0]):x}}}', path)}$"
