"""Servers on loopback while a test needs them, and asking them as an app does: nothing is followed or decoded."""

from __future__ import annotations

import contextlib
import http.client
import threading
from collections.abc import Iterator
from email.message import Message
from socketserver import BaseServer

#: No answer takes as long, in seconds.
PATIENCE = 60


@contextlib.contextmanager
def serving(server: BaseServer, *, over: threading.Event | None = None) -> Iterator[None]:
    """Have a server answer meanwhile; over: is set before it ends, for answers that wait for it."""
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield
        finally:
            if over:
                over.set()
            server.shutdown()
            thread.join()


def ask(place: str, path: str, method: str = "GET", **headers: str) -> tuple[int, Message, bytes]:
    """What is answered at `host:port`; `_` in the name of a header stands for `-`."""
    with contextlib.closing(http.client.HTTPConnection(place, timeout=PATIENCE)) as connection:
        return ask_on(connection, path, method, **headers)


def ask_on(
    connection: http.client.HTTPConnection, path: str, method: str = "GET", **headers: str
) -> tuple[int, Message, bytes]:
    """The same on a connection that is kept."""
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read()
