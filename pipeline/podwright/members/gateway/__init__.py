"""The members' gateway: a small server that gives each member what their feeds carry, and nobody else anything."""

from __future__ import annotations

import asyncio
import contextlib
import socket

import uvicorn

from podwright.members.gateway.app import Audit, Gateway, make_app

__all__ = ["Audit", "Gateway", "serve_gateway"]

#: How long a stopped server waits for who still reads, in seconds.
GRACE = 5


def serve_gateway(gateway: Gateway, listening: socket.socket) -> None:
    """Serve on a bound socket until interrupted."""
    config = uvicorn.Config(
        make_app(gateway),
        log_level="error",
        access_log=False,
        server_header=False,
        # Who asks is told by the proxy on this machine, for the limits of strangers.
        proxy_headers=True,
        forwarded_allow_ips="127.0.0.1",
        timeout_graceful_shutdown=GRACE,
        lifespan="off",
    )
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(uvicorn.Server(config).serve(sockets=[listening]))
