"""Apache httpd (https://httpd.apache.org/docs/2.4/mod/mod_alias.html#redirectmatch)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit, urlunsplit

from podwright.operations.moving.types import Moved, Rules, split_by

_HEAD = "# In the virtual host of the old address, or in its .htaccess; needs mod_alias.\n"


def render(moves: Sequence[Moved]) -> Rules:
    """Return a pattern for each path; Redirect alone would take all paths that begin so."""
    kept, left = split_by(moves)
    targets = [(move, _target(move)) for move in kept]
    left += [move for move, target in targets if target is None]
    lines = (
        f"RedirectMatch permanent {_quoted(_pattern(move.path))} {_quoted(target)}\n"
        for move, target in targets
        if target
    )
    return Rules(files={"podwright-moved.conf": _HEAD + "".join(lines)}, left=tuple(left))


def _target(move: Moved) -> str | None:
    """Return the new address with the path that Apache escapes itself; None for one that it would not come back to.

    A dollar and an ampersand would stand for what was matched.
    """
    scheme, host, path, query, fragment = urlsplit(move.target)
    if "%2f" in path.lower() or "%5c" in path.lower():
        return None
    plain = re.sub("[$&]", lambda found: f"{chr(92)}{found[0]}", unquote(path))
    return urlunsplit((scheme, host, plain, query.replace("&", f"{chr(92)}&"), fragment))


def _pattern(path: str) -> str:
    """Return a pattern for one path; a dollar before a brace would be a variable of the configuration."""
    return f"^{re.escape(path).replace(chr(92) + '$', '[$]')}$"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
