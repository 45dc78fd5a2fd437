"""Sockets of our own servers."""

from __future__ import annotations

import socket
from contextlib import closing

from podwright.core.serving import listen


def test_an_accepted_connection_sends_at_once_what_is_written() -> None:
    with (
        closing(listen("127.0.0.1", 0, options="--port")) as listening,
        socket.create_connection(listening.getsockname()),
        listening.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
