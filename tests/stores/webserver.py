"""A web server on loopback that serves a folder as apps want it, until a test makes it do one thing wrong."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

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


@dataclass(frozen=True)
class Asked:
    """A request. key: the path without its first slash; headers have lower-case names; stored: the file's bytes."""

    method: str
    key: str
    headers: Mapping[str, str]
    stored: bytes


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
        "Content-Type": next(media_type for ending, media_type in TYPES.items() if asked.key.endswith(ending)),
        "Cache-Control": "public, max-age=300",
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "Content-Length, Content-Range, ETag",
    }
    if asked.headers.get("if-none-match") == etag:
        return Reply(304, headers)
    if found := re.fullmatch(r"bytes=(\d+)-(\d+)", asked.headers.get("range", "")):
        start, end = int(found[1]), int(found[2])
        return Reply(206, headers | {"Content-Range": f"bytes {start}-{end}/{len(body)}"}, body[start : end + 1])
    if asked.headers.get("accept-encoding") == "gzip" and asked.key.endswith(".xml"):
        weak = {"Content-Encoding": "gzip", "ETag": f"W/{etag}", "Vary": "Accept-Encoding"}
        return Reply(200, headers | weak, gzip.compress(body, mtime=0))
    return Reply(200, headers, body)


class _Server(ThreadingHTTPServer):
    def __init__(self, root: Path, fault: Fault) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.root, self.fault = root, fault
        self.over = threading.Event()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, _Server)
        headers = {name.lower(): value for name, value in self.headers.items()}
        key = unquote(urlsplit(self.path).path).removeprefix("/")
        path = server.root / key
        asked = Asked(self.command, key, headers, path.read_bytes() if path.is_file() else b"")
        reply = server.fault(asked, right_reply(asked))
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

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextlib.contextmanager
def running_webserver(root: Path, fault: Fault = lambda _, reply: reply) -> Iterator[str]:
    """Serve a folder on loopback; gives the address of its root."""
    with _Server(root, fault) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.over.set()
            server.shutdown()
            thread.join()
