"""No network but this machine's own, for tests that publish under addresses of others."""

from __future__ import annotations

import socket
from typing import Any

_HERE = (None, "", "localhost", "::1", "0.0.0.0", socket.gethostname())  # noqa: S104
_resolve = socket.getaddrinfo


def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
    """Know no host but this one: nobody else is asked for anything, and nobody waits for an answer."""
    name = host.decode() if isinstance(host, bytes) else host
    if name not in _HERE and not str(name).startswith("127."):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return _resolve(host, *args, **kwargs)
