"""A proxy on loopback in front of SeaweedFS that lets requests fail and answers lie, as a script says.

    with running_proxy(seaweed, matching("slow-down", methods=("PUT",), times=3)) as proxy:
        ...  # proxy.endpoint_url instead of seaweed.endpoint_url
    assert proxy.injected == {"slow-down": 3}

A script is asked about every request and names what happens to it, or None. The same script does the same to the same
requests, whatever their order. Kinds of faults are the keys of `KINDS`, `REFUSALS`, `SLOW` and
`FOREIGN`.
"""

from __future__ import annotations

import contextlib
import re
import select
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from random import Random
from urllib.parse import unquote, urlsplit

from tests.support.answers import serving
from tests.support.seaweed import REGION, Seaweed

# Scripts


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request. number: 1 for the first of all; again: how many equal ones came before it; size: bytes of its body.

    Two are equal where method, key and query are, apart from the number of an upload. headers have lower-case names.
    """

    number: int
    again: int
    method: str
    bucket: str
    key: str
    query: str
    headers: Mapping[str, str]
    size: int


Script = Callable[[Asked], str | None]


def untouched(asked: Asked) -> None:
    """Nothing happens."""


def matching(
    kind: str, *, methods: Collection[str] = (), keys: str = "", times: int | None = 1, after: int = 0
) -> Script:
    """A fault with the first `times` requests (None: all) whose keys match a pattern, after `after` others."""
    seen = count()

    def script(asked: Asked) -> str | None:
        if (methods and asked.method not in methods) or not re.match(keys, asked.key) or not _ALL[kind].fits(asked):
            return None
        number = next(seen)
        return kind if number >= after and (times is None or number < after + times) else None

    return script


def randomly(seed: int, *, rate: float, kinds: Collection[str], most: int = 3) -> Script:
    """Faults with a share of all requests, never with more than `most` equal ones in a row.

    What happens depends on the seed, the request, and how often it was made, and on no order between threads.
    """

    in_a_row = Counter[tuple[str, str, str]]()

    def script(asked: Asked) -> str | None:
        request = (asked.method, asked.key, _plain(asked.query))
        random = Random(f"{seed} {request} {asked.again}")
        fitting = sorted(kind for kind in kinds if _ALL[kind].fits(asked))
        if not fitting or in_a_row[request] == most or random.random() >= rate:
            in_a_row[request] = 0
            return None
        in_a_row[request] += 1
        return random.choice(fitting)

    return script


def either(*scripts: Script) -> Script:
    """What the first script says that says anything; all are asked."""

    def script(asked: Asked) -> str | None:
        return next((kind for kind in [one(asked) for one in scripts] if kind), None)

    return script


def _plain(query: str) -> str:
    return re.sub(r"(?<=uploadId=)[^&]*", "", query)


# The proxy


@dataclass(slots=True)
class Proxy:
    """A running proxy. script may be changed under way; injected counts what was done, by kind."""

    endpoint_url: str
    script: Script
    injected: Counter[str] = field(default_factory=Counter)
    asked: list[Asked] = field(default_factory=list)
    #: Set as soon as a request hangs.
    hung: threading.Event = field(default_factory=threading.Event)

    def sent(self, method: str, keys: str = "") -> int:
        """How many requests of a kind came, with whatever success."""
        return sum(one.method == method and re.match(keys, one.key) is not None for one in self.asked)


@contextlib.contextmanager
def running_proxy(server: Seaweed, script: Script = untouched) -> Iterator[Proxy]:
    """Run a proxy in front of a server while it is needed."""
    listener = _Server(server, script)
    with serving(listener, over=listener.over):
        yield listener.proxy


class _Server(ThreadingHTTPServer):
    def __init__(self, server: Seaweed, script: Script) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind = server
        self.proxy = Proxy(f"http://127.0.0.1:{self.server_port}", script)
        self.over = threading.Event()
        self._lock = threading.Lock()
        self._equal = Counter[tuple[str, str, str, str]]()

    def decide(self, handler: _Handler) -> tuple[Asked, str | None]:
        """Write a request down and ask the script about it."""
        parts = urlsplit(handler.path)
        bucket, _, key = unquote(parts.path).removeprefix("/").partition("/")
        same = (handler.command, bucket, key, _plain(parts.query))
        with self._lock:
            asked = Asked(
                number=len(self.proxy.asked) + 1,
                again=self._equal[same],
                method=handler.command,
                bucket=bucket,
                key=key,
                query=parts.query,
                headers={name.lower(): value for name, value in handler.headers.items()},
                size=int(handler.headers.get("Content-Length", 0)),
            )
            self._equal[same] += 1
            self.proxy.asked.append(asked)
            kind = self.proxy.script(asked)
            if kind is not None:
                self.proxy.injected[kind] += 1
            return asked, kind

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no error here."""


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Any method."""
        server = self.server
        assert isinstance(server, _Server)
        asked, kind = server.decide(self)
        (_ALL[kind].do if kind else _pass)(self, asked)

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):
            return self.do_GET
        raise AttributeError(name)

    def load_body(self, asked: Asked) -> bytes:
        """All of the request's body."""
        return self.rfile.read(asked.size)

    def ask_behind(self, body: bytes, *, cut: int | None = None, headers: Mapping[str, str] | None = None) -> _Reply:
        """The store's own answer; with `cut`, only so much of the body is sent, and the connection is broken."""
        assert isinstance(self.server, _Server)
        connection = HTTPConnection(urlsplit(self.server.behind.endpoint_url).netloc, timeout=60)
        with contextlib.closing(connection):
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in (headers or self.headers).items():
                if name.lower() not in ("expect", "connection"):
                    connection.putheader(name, value)
            connection.endheaders(body[:cut])
            if cut is not None:
                return _Reply(0, (), b"")
            reply = connection.getresponse()
            kept = [(n, v) for n, v in reply.getheaders() if n.lower() not in ("transfer-encoding", "connection")]
            return _Reply(reply.status, tuple(kept), reply.read())

    def tell(self, reply: _Reply, *, most: int | None = None) -> None:
        """Answer; with `most`, only so much of the body, although all of it is announced."""
        self.send_response_only(reply.status)
        names = {name.lower() for name, _ in reply.headers}
        bare = self.command == "HEAD" or reply.status in (204, 304)
        for name, value in reply.headers:
            self.send_header(name, value)
        if not names & {"content-length", "transfer-encoding"} and not bare:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if not bare:
            self.wfile.write(reply.body[:most])

    def hang_up(self) -> None:
        """Break the connection as a failing network does."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def _pass(handler: _Handler, asked: Asked) -> None:
    handler.tell(handler.ask_behind(handler.load_body(asked)))


# Kinds of faults


@dataclass(frozen=True, slots=True)
class _Kind:
    do: Callable[[_Handler, Asked], None]
    fits: Callable[[Asked], bool] = lambda _: True


def _refusing(status: int, code: str) -> Callable[[_Handler, Asked], None]:
    """The store says an error and does nothing."""

    def do(handler: _Handler, asked: Asked) -> None:
        handler.load_body(asked)
        body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>injected</Message></Error>".encode()
        handler.tell(_Reply(status, (("Content-Type", "application/xml"),), body))

    return do


def _refusing_header(status: int, code: str, pattern: str) -> _Kind:
    """The store refuses a request for one of its headers, and names it."""

    def names(asked: Asked) -> list[str]:
        return [name for name in asked.headers if re.fullmatch(pattern, name)]

    def do(handler: _Handler, asked: Asked) -> None:
        handler.load_body(asked)
        said = f"Unsupported header '{names(asked)[0]}' received for this API call."
        body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{said}</Message></Error>".encode()
        handler.tell(_Reply(status, (("Content-Type", "application/xml"),), body))

    return _Kind(do, lambda asked: bool(names(asked)))


def _lose_answer(handler: _Handler, asked: Asked) -> None:
    """The store does what it was asked to, and nobody hears of it."""
    handler.ask_behind(handler.load_body(asked))
    handler.hang_up()


def _reset_sent(handler: _Handler, asked: Asked) -> None:
    """The connection breaks when half of the body is sent."""
    body = handler.rfile.read(asked.size // 2)
    handler.ask_behind(body, cut=len(body))
    handler.hang_up()


def _cut(handler: _Handler, asked: Asked) -> None:
    """The answer ends in its middle, although all of it was announced."""
    reply = handler.ask_behind(handler.load_body(asked))
    handler.tell(reply, most=len(reply.body) // 2)
    handler.close_connection = True


def _reset_answer(handler: _Handler, asked: Asked) -> None:
    """The same by a broken connection."""
    _cut(handler, asked)
    handler.hang_up()


def _hang(handler: _Handler, data: bytes = b"") -> None:
    """Say nothing more until the client gives up; or something again and again, a little at a time."""
    assert isinstance(handler.server, _Server)
    handler.server.proxy.hung.set()
    poller = select.poll()
    poller.register(handler.connection, select.POLLRDHUP)
    while not handler.server.over.is_set() and not poller.poll(50):
        handler.wfile.write(data)
    handler.close_connection = True


def _stall(handler: _Handler, asked: Asked) -> None:
    """Nothing is done and nothing is said until the client gives up."""
    handler.load_body(asked)
    _hang(handler)


def _leave_unread(handler: _Handler, asked: Asked) -> None:
    """The body is not even read."""
    _hang(handler)


def _take_slowly(handler: _Handler, asked: Asked) -> None:
    """The body is read, but slowly, and no more than a little waits to be."""
    assert isinstance(handler.server, _Server)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
    body = bytearray()
    while len(body) < asked.size:
        handler.server.over.wait(0.03)
        body += handler.rfile.read(min(1 << 17, asked.size - len(body)))
    handler.tell(handler.ask_behind(bytes(body)))


def _drip(handler: _Handler, asked: Asked) -> None:
    """The answer begins, and its headers never end."""
    handler.load_body(asked)
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    _hang(handler, b"X-Slow: yes\r\n")


def _drip_body(handler: _Handler, asked: Asked) -> None:
    """The answer is right, and its body comes a byte at a time, without end."""
    reply = handler.ask_behind(handler.load_body(asked))
    headers = [(name, value) for name, value in reply.headers if name.lower() != "content-length"]
    handler.tell(_Reply(reply.status, (*headers, ("Content-Length", "1000000")), b""))
    _hang(handler, b" ")


def _answering(status: int, body: bytes = b"", **headers: str) -> Callable[[_Handler, Asked], None]:
    """Something that is no store answers."""

    def do(handler: _Handler, asked: Asked) -> None:
        handler.load_body(asked)
        handler.tell(_Reply(status, tuple((name.replace("_", "-"), value) for name, value in headers.items()), body))

    return do


def _answer_endlessly(handler: _Handler, asked: Asked) -> None:
    """The body of an answer has no end."""
    reply = handler.ask_behind(handler.load_body(asked))
    headers = [(name, value) for name, value in reply.headers if name.lower() != "content-length"]
    handler.tell(_Reply(reply.status, (*headers, ("Transfer-Encoding", "chunked")), b""))
    with contextlib.suppress(OSError):
        while True:
            handler.wfile.write(b"100000\r\n" + bytes(1 << 20) + b"\r\n")
    handler.close_connection = True


def _without(name: bytes) -> Callable[[_Handler, Asked], None]:
    """The answer lacks a header or an element, as far as it had it."""

    def do(handler: _Handler, asked: Asked) -> None:
        reply = handler.ask_behind(handler.load_body(asked))
        headers = [(n, v) for n, v in reply.headers if n.lower() not in (name.decode().lower(), "content-length")]
        body = re.sub(rb"<%s>[^<]*</%s>" % (name, name), b"", reply.body) if b"<?xml" in reply.body else reply.body
        handler.tell(_Reply(reply.status, tuple(headers), body))

    return do


def _garble(handler: _Handler, asked: Asked) -> None:
    """One bit of the last tag is another."""
    reply = handler.ask_behind(handler.load_body(asked))
    at = len(reply.body.rstrip()) - 3
    handler.tell(
        _Reply(reply.status, reply.headers, reply.body[:at] + bytes([reply.body[at] ^ 1]) + reply.body[at + 1 :])
    )


def _lie_about_etag(handler: _Handler, asked: Asked) -> None:
    """What was asked is done, and another version is said."""
    reply = handler.ask_behind(handler.load_body(asked))
    turned = str.maketrans("0123456789abcdef", "123456789abcdef0")
    headers = [(name, value.translate(turned) if name.lower() == "etag" else value) for name, value in reply.headers]
    body = re.sub(rb"(?<=<ETag>)[^<]*", lambda found: found[0].decode().translate(turned).encode(), reply.body)
    handler.tell(_Reply(reply.status, tuple(headers), body if asked.method != "GET" else reply.body))


def _corrupt(handler: _Handler, asked: Asked) -> None:
    """One byte of what is read is another."""
    reply = handler.ask_behind(handler.load_body(asked))
    handler.tell(_Reply(reply.status, reply.headers, _flipped(reply.body)))


def _corrupt_sent(handler: _Handler, asked: Asked) -> None:
    """One byte of what is written is another."""
    handler.tell(handler.ask_behind(_flipped(handler.load_body(asked))))


def _flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes(byte ^ 1 for byte in data[middle : middle + 1]) + data[middle + 1 :]


_CONDITIONS = ("if-match", "if-none-match", "x-amz-copy-source-if-match")


def _ignore_condition(handler: _Handler, asked: Asked) -> None:
    """The store writes whatever the condition says; the request is signed anew without it."""
    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    assert isinstance(handler.server, _Server)
    behind = handler.server.behind
    dropped = (*_CONDITIONS, "authorization", "x-amz-date", "expect", "connection")
    kept = {name: value for name, value in handler.headers.items() if name.lower() not in dropped}
    request = AWSRequest(handler.command, f"{handler.server.proxy.endpoint_url}{handler.path}", headers=kept)
    request.context["payload_signing_enabled"] = False
    request.context["client_config"] = None
    S3SigV4Auth(Credentials(behind.access_key, behind.secret_key), "s3", REGION).add_auth(request)
    handler.tell(handler.ask_behind(handler.load_body(asked), headers=dict(request.headers.items())))


def _is_read(asked: Asked) -> bool:
    return asked.method == "GET"


def _has_body(asked: Asked) -> bool:
    return asked.method == "GET" or _is_told(asked)


def _is_told(asked: Asked) -> bool:
    """Whether the answer is XML."""
    return not asked.key or asked.method == "POST" or "x-amz-copy-source" in asked.headers


def _is_sent(asked: Asked) -> bool:
    return asked.method == "PUT" and asked.size > 0


def _is_conditional(asked: Asked) -> bool:
    return asked.method == "PUT" and any(name in asked.headers for name in _CONDITIONS)


#: What some stores refuse for good.
REFUSALS: Mapping[str, _Kind] = {
    "no-checksums": _refusing_header(400, "InvalidArgument", "x-amz-(sdk-)?checksum-.*"),
    "no-sha256": _refusing_header(400, "InvalidArgument", "x-amz-checksum-sha256"),
    "no-crc32": _refusing_header(501, "NotImplemented", "x-amz-checksum-(crc32|algorithm)"),
    "no-conditions": _refusing_header(501, "NotImplemented", "if-(none-)?match"),
    "no-source-conditions": _refusing_header(501, "NotImplemented", "x-amz-copy-source-if-match"),
}
KINDS: Mapping[str, _Kind] = {
    "error-500": _Kind(_refusing(500, "InternalError")),
    "error-503": _Kind(_refusing(503, "ServiceUnavailable")),
    "slow-down": _Kind(_refusing(503, "SlowDown")),
    "skewed": _Kind(_refusing(403, "RequestTimeTooSkewed")),
    "expired": _Kind(_refusing(400, "ExpiredToken")),
    "forbidden": _Kind(_refusing(403, "AccessDenied")),
    "precondition": _Kind(_refusing(412, "PreconditionFailed"), _is_conditional),
    "full": _Kind(_refusing(507, "InsufficientStorage"), _is_sent),
    "lost-answer": _Kind(_lose_answer),
    "reset-sent": _Kind(_reset_sent, _is_sent),
    "reset-answer": _Kind(_reset_answer, _is_read),
    "cut": _Kind(_cut, _is_read),
    "stall": _Kind(_stall),
    "wrong-etag": _Kind(_lie_about_etag),
    "corrupt": _Kind(_corrupt, _is_read),
    "corrupt-sent": _Kind(_corrupt_sent, _is_sent),
    "ignored-condition": _Kind(_ignore_condition, _is_conditional),
}
#: What hangs in spite of signs of life, and what is only slow.
SLOW: Mapping[str, _Kind] = {
    "unread": _Kind(_leave_unread, _is_sent),
    "slow": _Kind(_take_slowly, _is_sent),
    "drip": _Kind(_drip),
    "drip-body": _Kind(_drip_body, _has_body),
}
#: What answers in the place of a store, or is not what a store answered.
FOREIGN: Mapping[str, _Kind] = {
    "portal": _Kind(_answering(200, b"<!DOCTYPE html><title>Sign in</title>", Content_Type="text/html")),
    "fragment": _Kind(
        _answering(200, b"<!-- hello --><body>It works!</body>", Content_Type="text/html", ETag='"5f-61"')
    ),
    "nothing": _Kind(_answering(200)),
    "json": _Kind(_answering(200, b'{"ok": true}', Content_Type="application/json", ETag='"1"')),
    "endless": _Kind(_answer_endlessly, _has_body),
    "no-etag": _Kind(_without(b"ETag")),
    "no-upload": _Kind(_without(b"UploadId"), lambda asked: asked.method == "POST" and "uploads" in asked.query),
    "garbled": _Kind(_garble, _is_told),
}
_ALL: Mapping[str, _Kind] = {**KINDS, **REFUSALS, **SLOW, **FOREIGN}
