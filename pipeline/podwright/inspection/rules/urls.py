"""Parts of an address, however malformed it is (https://www.rfc-editor.org/rfc/rfc3986#appendix-B)."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import unquote

_PARTS = re.compile(r"(?:[^:/?#]+:)?(?://([^/?#]*))?([^?#]*)", re.DOTALL)
_LOCAL = re.compile(r"(localhost|127\.[0-9.]+|\[::1\]|.*\.(local|localhost|test|internal))(:\d*)?", re.IGNORECASE)


def authority_of(url: str) -> str:
    """User, host and port, "" where there are none."""
    found = _PARTS.match(url)
    return (found[1] or "") if found else ""


def suffix_of(url: str) -> str:
    """The ending of an address's path, in lower case, with its dot."""
    found = _PARTS.match(url)
    return PurePosixPath(unquote(found[2]).replace("\0", "")).suffix.lower() if found else ""


def is_local(url: str) -> bool:
    """Whether an address is that of a trial on one's own machine, where nothing encrypts."""
    return bool(_LOCAL.fullmatch(authority_of(url).rpartition("@")[2]))
