"""The members' gateway: a small server that gives each member what their feeds carry, and nobody else anything."""

from __future__ import annotations

import asyncio
import contextlib
import socket

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from podwright.members.gateway.app import Audit, Bounds, Gateway, make_app

__all__ = ["Audit", "Bounds", "Gateway", "serve_gateway"]

#: How long a stopped server waits for who still reads, in seconds.
GRACE = 5
#: So many connections are answered; a process may have 1,024 files open where nobody says otherwise.
MOST_CONNECTIONS = 512


class _Connection(H11Protocol):
    """A connection that ends where no whole request comes in time, as uvicorn's own does where nothing comes."""

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait(None)

    def on_response_complete(self) -> None:
        # What it calls may begin with a request that has come already.
        self._wait(self.cycle)
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._waiting:
            self._waiting.cancel()

    def _wait(self, last: RequestResponseCycle | None) -> None:
        """Give the request after the last one its time."""
        if self._waiting:
            self._waiting.cancel()
        self._waiting = self.loop.call_later(self.timeout_keep_alive, self._end, last)

    def _end(self, last: RequestResponseCycle | None) -> None:
        if self.cycle is not last:
            return
        if self.transport.get_write_buffer_size():
            # The last answer is still being taken.
            self._wait(last)
        else:
            self.transport.abort()


def make_server(gateway: Gateway, listening: socket.socket) -> uvicorn.Server:
    """Return a server for a bound socket, which it makes ready."""
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        # Accepted connections inherit it: who takes nothing of an answer for so long is gone.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(gateway.bounds.stall * 1_000))
    config = uvicorn.Config(
        make_app(gateway),
        http=_Connection,
        ws="none",
        log_level="error",
        access_log=False,
        server_header=False,
        # Who asks is told by the proxy on this machine, for the limits of strangers.
        proxy_headers=True,
        forwarded_allow_ips="127.0.0.1",
        timeout_keep_alive=gateway.bounds.request,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=GRACE,
        lifespan="off",
    )
    return uvicorn.Server(config)


def serve_gateway(gateway: Gateway, listening: socket.socket) -> None:
    """Serve on a bound socket until interrupted."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(make_server(gateway, listening).serve(sockets=[listening]))
