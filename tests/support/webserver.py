"""A web server on loopback that serves a folder as apps want it, until a test makes it do one thing wrong."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import re
import ssl
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.support.answers import serving

TYPES = {
    ".xml": "application/rss+xml; charset=utf-8",
    ".opml": "text/x-opml; charset=utf-8",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/x-m4a",
    "-chapters.json": "application/json+chapters",
    ".vtt": "text/vtt; charset=utf-8",
    ".srt": "application/x-subrip; charset=utf-8",
    ".json": "application/json",
    ".html": "text/html; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
#: Those of streams, which podwright does not publish.
STREAM_TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".m4s": "video/iso.segment",
    ".bin": "application/octet-stream",
}


@dataclass(frozen=True)
class Asked:
    """A request. key: the path without its first slash; headers have lower-case names; stored: the file's bytes."""

    method: str
    key: str
    headers: Mapping[str, str]
    stored: bytes
    query: str = ""


@dataclass(frozen=True)
class Reply:
    """What is answered. pace: seconds between two bytes of the body. A Content-Length of "none" is not sent."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    pace: float = 0

    def but(self, **headers: str | None) -> Reply:
        """The same with other headers; None takes one away."""
        changed = dict(self.headers) | {name.replace("_", "-"): value for name, value in headers.items() if value}
        gone = {name.replace("_", "-") for name, value in headers.items() if value is None}
        return replace(self, headers={name: value for name, value in changed.items() if name not in gone})


#: What is done to the right answer.
Fault = Callable[[Asked, Reply], Reply]


def right_reply(asked: Asked) -> Reply:
    """The answer of a server that does everything as it should."""
    body = asked.stored
    if asked.key.startswith("private/"):
        return Reply(403)
    if not body:
        return Reply(404)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {
        "Content-Type": _type(asked.key),
        "Cache-Control": "public, max-age=300",
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "Content-Length, Content-Range, ETag",
    }
    if asked.headers.get("if-none-match") == etag:
        return Reply(304, headers)
    wanted = asked.headers.get("range", "") if asked.headers.get("if-range", etag) == etag else ""
    if found := re.fullmatch(r"bytes=(\d+)-(\d*)", wanted):
        start, end = int(found[1]), int(found[2] or len(body) - 1)
        if start >= len(body):
            return Reply(416, headers | {"Content-Range": f"bytes */{len(body)}"})
        return Reply(206, headers | {"Content-Range": f"bytes {start}-{end}/{len(body)}"}, body[start : end + 1])
    if asked.headers.get("accept-encoding") == "gzip" and asked.key.endswith(".xml"):
        weak = {"Content-Encoding": "gzip", "ETag": f"W/{etag}", "Vary": "Accept-Encoding"}
        return Reply(200, headers | weak, gzip.compress(body, mtime=0))
    return Reply(200, headers, body)


def _type(key: str) -> str:
    if key == "sitemap.xml":
        return "application/xml"
    return next(media_type for ending, media_type in (TYPES | STREAM_TYPES).items() if key.endswith(ending))


def right(_: Asked, reply: Reply) -> Reply:
    """No fault."""
    return reply


class Server(ThreadingHTTPServer):
    """A web server whose folder and fault a test may change; it counts the requests that are under way at once."""

    #: So many connections may wait; those beyond are dropped.
    request_queue_size = 128

    def __init__(self, root: Path, fault: Fault = right, *, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.root, self.fault = root, fault
        self.over = threading.Event()
        self.scheme = "https" if tls else "http"
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        self.counting = threading.Lock()
        self.busy = self.busiest = 0

    @property
    def url(self) -> str:
        """The address of its root."""
        return f"{self.scheme}://127.0.0.1:{self.server_port}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away, or trusts no certificate of ours, is no error of the server."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    @contextlib.contextmanager
    def counted(self) -> Iterator[None]:
        """Count a request while it is under way."""
        with self.counting:
            self.busy += 1
            self.busiest = max(self.busiest, self.busy)
        try:
            yield
        finally:
            with self.counting:
                self.busy -= 1


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        assert isinstance(self.server, Server)
        # It ends before its last byte is sent, after which the client may ask again.
        with self.server.counted():
            reply = self._decide(self.server)
        self._send(self.server, reply)

    def _decide(self, server: Server) -> Reply:
        headers = {name.lower(): value for name, value in self.headers.items()}
        key = unquote(urlsplit(self.path).path).removeprefix("/")
        path = server.root / key
        asked = Asked(
            self.command, key, headers, path.read_bytes() if path.is_file() else b"", urlsplit(self.path).query
        )
        return server.fault(asked, right_reply(asked))

    def _send(self, server: Server, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in ({"Content-Length": str(len(reply.body))} | dict(reply.headers)).items():
            if value != "none":
                self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD" or reply.status == 304:
            return
        with contextlib.suppress(ConnectionError):
            if reply.pace:
                for byte in reply.body:
                    self.wfile.write(bytes([byte]))
                    if server.over.wait(reply.pace):
                        break
            else:
                self.wfile.write(reply.body)
        # Where the announced length is missing or wrong, only the end of the connection ends the body.
        self.close_connection = "Content-Length" in reply.headers

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextlib.contextmanager
def running_server(root: Path, fault: Fault = right, *, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Serve a folder on loopback; gives the server."""
    server = Server(root, fault, tls=tls)
    with serving(server, over=server.over):
        yield server


@contextlib.contextmanager
def running_webserver(root: Path, fault: Fault = right) -> Iterator[str]:
    """Serve a folder on loopback; gives the address of its root."""
    with running_server(root, fault) as server:
        yield server.url
