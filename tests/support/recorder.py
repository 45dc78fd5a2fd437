"""A web server on loopback that records what it is sent, and answers as a test's script says."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from tests.support.answers import serving

#: A status, with headers and a body where a tuple; "hang" until the test is over; "drip" headers slowly; "reset" the
#: connection.
Step = int | tuple[int, Mapping[str, str]] | tuple[int, Mapping[str, str], bytes] | Literal["hang", "drip", "reset"]


@dataclass(frozen=True)
class Sent:
    """A request as it arrived; headers have lower-case names."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.target).query)

    @property
    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body.decode())


@dataclass
class Recorder:
    """script: what is answered, one step a request; the last step is for all that follow."""

    url: str
    script: list[Step] = field(default_factory=lambda: [200])
    sent: list[Sent] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self, sent: Sent) -> Step:
        with self.lock:
            self.sent.append(sent)
            return self.script.pop(0) if len(self.script) > 1 else self.script[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    recorder: Recorder


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_one_request(self) -> None:
        with contextlib.suppress(ConnectionError):
            super().handle_one_request()

    def _any(self) -> None:
        server = self.server
        assert isinstance(server, _Server)
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        step = server.recorder.next(Sent(self.command, self.path, headers, body))
        if step == "hang":
            server.recorder.over.wait(30)
            self.close_connection = True
        elif step == "drip":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while not server.recorder.over.wait(0.02):
                self.wfile.write(b"X-Slow: yes\r\n")
            self.close_connection = True
        elif step == "reset":
            # A linger of zero makes closing a reset.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
        else:
            status, more, said = (*step, b"")[:3] if isinstance(step, tuple) else (step, {}, b"")
            self.send_response(status)
            for name, value in {"Content-Length": str(len(said)), **more}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(said)

    do_GET = do_PUT = do_POST = do_HEAD = do_PURGE = do_DELETE = _any  # noqa: N815 - names of the base class

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextlib.contextmanager
def running_recorder() -> Iterator[Recorder]:
    """A server for the time of a test."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.recorder = Recorder(f"http://127.0.0.1:{server.server_port}")
    with serving(server, over=server.recorder.over):
        yield server.recorder
