"""A store that looks at nothing: it takes any bytes under any checksum, and can be told to misbehave in other ways."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.support.answers import serving


@dataclass
class Careless:
    """The store's content, as body and headers by path. refuse: the status that every PUT is answered with.

    keep: how many bytes of a body it keeps; deaf: how many PUTs it carries out and does not answer. digests: the
    Content-MD5 of each PUT that had one.
    """

    url: str
    refuse: int | None = None
    keep: int | None = None
    deaf: int = 0
    digests: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    objects: dict[str, tuple[bytes, dict[str, str]]] = field(default_factory=dict)


class _Server(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.state = Careless(f"http://127.0.0.1:{self.server_port}")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def _state(self) -> Careless:
        assert isinstance(self.server, _Server)
        return self.server.state

    def do_PUT(self) -> None:
        state = self._state
        state.asked.append("PUT")
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if "Content-MD5" in self.headers:
            state.digests.append(self.headers["Content-MD5"])
        if state.refuse:
            return self._answer(state.refuse)
        if self.headers["If-None-Match"] == "*" and self.path in state.objects:
            return self._answer(412)
        # The names of metadata change their case, as they do in some stores.
        kept = {name.title(): value for name, value in self.headers.items() if name.lower().startswith("x-amz-meta-")}
        state.objects[self.path] = (body[: state.keep], kept)
        if state.deaf:
            state.deaf -= 1
            self.close_connection = True
            return None
        return self._answer(200)

    def do_HEAD(self) -> None:
        self._state.asked.append(self.command)
        self._answer(200 if self.path in self._state.objects else 404)

    def do_GET(self) -> None:
        self.do_HEAD()

    def _answer(self, status: int) -> None:
        body, headers = self._state.objects[self.path] if status == 200 else (b"", {})
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("ETag", f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"')
        self.send_header("Content-Length", str(0 if self.command == "PUT" else len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextlib.contextmanager
def running_careless() -> Iterator[Careless]:
    """Run a careless store on loopback."""
    server = _Server()
    with serving(server):
        yield server.state
