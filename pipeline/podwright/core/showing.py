"""The words of others as messages show them: in short, and without what may be secret in them.

A message ends up in logs, e-mails and the output of CI, which more people read than the workspace or the environment.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

#: Characters of a text that a message shows.
LONGEST = 60

#: A user, or a user and a password, before a host; people write passwords as they are, slashes and all, and forget what
#: stands before them. A number with a path behind it is a port, and what stands before `://` is no user.
_CREDENTIALS = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*@"
    r"|(?!mailto:)(?:[A-Za-z][A-Za-z0-9+.-]*:/*|/*(?![A-Za-z][A-Za-z0-9+.-]*://))[^/?#@:]*:(?![0-9]{1,5}(?:[/?#]|$))[^@\s]*@"
)
#: The query or fragment of an address, and the parameters of what has lost its beginning.
_MORE = re.compile(r"(?<=\S)[?#][\w.~%+-]*[=&]\S*|(?<=//)(?P<place>[^\s?#]*)[?#]\S*")


def has_credentials(text: str) -> bool:
    """Return whether an address holds a user name or password."""
    return _CREDENTIALS.match(text) is not None


def shortened(text: str) -> str:
    """Return a text as a message shows it: what may be secret in it, and all that is too much, is “…”."""
    if has_credentials(text):
        return "…"
    told = _MORE.sub(lambda found: f"{found['place'] or ''}?…", text)
    return told if len(told) <= LONGEST else f"{told[: LONGEST - 1]}…"


def shown(url: str) -> str:
    """Return an address without what may be secret in it: user, password, query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "what is no address"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
