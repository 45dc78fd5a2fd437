"""The gateway among silent stores, readers that stall, requests half sent, and whoever means to fill its log."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import socket
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path

import pytest

from podwright.core.serving import listen
from podwright.members.gateway import Audit, Bounds, Gateway, make_server
from podwright.members.gateway.app import LONGEST_PATH, STRANGER_RATE, network_of
from podwright.members.gateway.shelf import FRESH
from podwright.members.register import open_members
from podwright.report.members import audit_values
from podwright.stores import Read, Stored
from podwright.stores.local import LocalStore
from tests.support.answers import PATIENCE, ask, ask_on
from tests.support.gateway import episode, feed, publish

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
AUDIO, PAGE, TEXT = (f"private/episodes/g/{name}" for name in ("g.mp3", "index.html", "g.vtt"))
CONTENTS = {"private/gold.xml": b"<rss/>", PAGE: b"<p>", TEXT: b"WEBVTT", AUDIO: bytes(16 << 20)}


class Silent(LocalStore):
    """A folder that answers only while it is told to."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, url="file:store")
        self.speaks = threading.Event()
        self.speaks.set()

    def observe(self, key: str) -> Stored | None:
        assert self.speaks.wait(PATIENCE)
        return super().observe(key)

    def read(self, key: str, *, unless: str | None = None) -> Read | None:
        assert self.speaks.wait(PATIENCE)
        return super().read(key, unless=unless)


@dataclass
class Attacked:
    """A gateway in a thread. clock: its seconds, which a test sets; held: its connections."""

    port: int
    token: str
    revoked: str
    store: Silent
    held: set[object]
    audit: list[Audit]
    clock: float = 1_000

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, Message, bytes]:
        return ask(f"127.0.0.1:{self.port}", path, method, **headers)

    def statuses(self, path: str, hosts: Iterable[str]) -> list[int]:
        """How a path is answered on one connection, each time for another of these hosts."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as connection:
            return [ask_on(connection, path, X_Forwarded_For=host)[0] for host in hosts]

    def status(self, path: str, **headers: str) -> int:
        """What a member is answered."""
        return self.ask(f"/m/{self.token}/{path}", **headers)[0]

    def connect(self, sent: bytes = b"") -> socket.socket:
        """A connection on which so much was sent."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(sent)
        return connection


@contextlib.contextmanager
def running(folder: Path, *, answer: float = PATIENCE, speaks: bool = True) -> Iterator[Attacked]:
    """A gateway; answer: how long it waits for its store, which speaks at once or later."""
    store = Silent(folder / "store")
    publish(store, CONTENTS, episodes=[episode("g", "gold")], feeds=[feed("gold", "gold", items=("g",))])
    if not speaks:
        store.speaks.clear()
    with (
        open_members(f"sqlite:///{folder / 'members.sqlite'}") as members,
        contextlib.closing(listen("127.0.0.1", 0, options="--port")) as listening,
    ):
        ada, eve = members.add([("Ada", ["gold"]), ("Eve", ["gold"])], now=NOW)
        members.revoke("Eve", now=NOW)
        audit: list[Audit] = []
        gateway = Gateway(
            store=store,
            members=members,
            url="https://members.example.org/",
            public_url="https://podcast.example.org/",
            now=lambda: NOW,
            clock=lambda: attacked.clock,
            audit=audit.append,
            bounds=Bounds(request=1, stall=2, answer=answer, look=answer / 4),
        )
        server = make_server(gateway, listening)
        held: set[object] = server.server_state.connections  # type: ignore[assignment]
        attacked = Attacked(listening.getsockname()[1], ada.token, eve.token, store, held, audit)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
        thread.start()
        try:
            yield attacked
        finally:
            server.should_exit = True
            # A store that is still silent does not keep it.
            thread.join(PATIENCE)
            store.speaks.set()
        assert not thread.is_alive()


@pytest.fixture
def attacked(tmp_path: Path) -> Iterator[Attacked]:
    with running(tmp_path) as found:
        yield found


@pytest.fixture
def hasty(tmp_path: Path) -> Iterator[Attacked]:
    """The same, which waits for its store no longer than a moment."""
    with running(tmp_path, answer=2) as found:
        yield found


def test_a_silent_store_stops_nothing_that_needs_no_store(hasty: Attacked) -> None:
    assert [hasty.status(path) for path in ("gold.xml", PAGE)] == [200, 200]
    hasty.store.speaks.clear()
    hasty.clock += FRESH
    with ThreadPoolExecutor(30) as pool:
        asked = [pool.submit(hasty.status, path) for path in (AUDIO, TEXT) * 15]
        assert hasty.ask("/health")[0] == 200
        assert hasty.ask(f"/m/{'x' * 43}/gold.xml")[0] == 403
        assert hasty.ask(f"/m/{hasty.revoked}/gold.xml")[0] == 403
        assert [hasty.status(path) for path in ("gold.xml", PAGE, "nosuch.xml")] == [200, 200, 404]
        assert {one.result() for one in asked} == {503}
    hasty.store.speaks.set()
    assert [hasty.status(path) for path in (AUDIO, TEXT)] == [200, 200]
    assert {line.member for line in hasty.audit if line.status == 503} == {"Ada"}


def test_a_gateway_before_a_silent_store_says_so_until_it_answers(tmp_path: Path) -> None:
    with running(tmp_path, answer=2, speaks=False) as attacked:
        status, headers, _ = attacked.ask(f"/m/{attacked.token}/gold.xml")
        assert (status, headers["Retry-After"]) == (503, "60")
        assert attacked.ask("/health")[0] == 200
        attacked.store.speaks.set()
        attacked.clock += FRESH
        assert any(attacked.status("gold.xml") == 200 for _ in range(500))


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /hea",
        b"GET /health HTTP/1.1\r\nHost: a\r\nX-Long: ",
        b"GET /health HTTP/1.1\r\nHost: a\r\n\r\nGET /health HTTP/1.1\r\n",
        b"GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nbod",
    ],
    ids=["nothing", "line", "headers", "second", "body"],
)
def test_a_request_that_is_half_sent_ends(attacked: Attacked, sent: bytes) -> None:
    with attacked.connect(sent) as connection:
        received = b""
        # A byte now and then gives it no more time.
        connection.settimeout(0.2)
        for _ in range(PATIENCE * 5):
            try:
                data = connection.recv(1 << 16)
            except TimeoutError:
                with contextlib.suppress(ConnectionError):
                    connection.send(b"a")
            except ConnectionError:
                break
            else:
                received += data
                if not data:
                    break
        else:
            pytest.fail("it was never ended")
        assert received.count(b"200 OK") == ("/health HTTP/1.1\r\nHost: a\r\n\r\n" in sent.decode() or b"bod" in sent)


def test_a_reader_that_takes_nothing_is_ended_and_a_slow_one_gets_all(attacked: Attacked) -> None:
    request = f"GET /m/{attacked.token}/{AUDIO} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
    with attacked.connect(request) as stalled, attacked.connect(request) as slow:
        slow.settimeout(PATIENCE)
        left = len(CONTENTS[AUDIO])
        pause = threading.Event()
        while left > 0:
            data = slow.recv(1 << 20)
            assert data
            left -= len(data)
            pause.wait(0.05)
        for _ in range(PATIENCE * 20):
            if len(attacked.held) <= 1:
                break
            pause.wait(0.05)
        else:
            pytest.fail("it was never ended")
        assert stalled.fileno() >= 0


@pytest.mark.parametrize("asked", ["bytes=1-", "bytes= 0-", "bytes=5-9", "bytes=-4"])
def test_a_listening_leaves_a_line_wherever_it_begins_and_then_no_more_for_a_while(
    attacked: Attacked, asked: str
) -> None:
    assert [attacked.status(AUDIO, Range=asked) for _ in range(3)] == [206] * 3
    lines = [line for line in attacked.audit if line.status == 206]
    # Each from the first byte on is a listening of its own.
    assert len(lines) == (3 if "0-" in asked else 1)
    assert {(line.member, line.path) for line in lines} == {("Ada", AUDIO)}
    attacked.clock += 3_600
    attacked.status(AUDIO, Range="bytes=7-")
    assert len(attacked.audit) == len(lines) + 1


def test_who_is_refused_cannot_fill_the_log(attacked: Attacked) -> None:
    statuses = attacked.statuses("/m/x/gold.xml", ["192.0.2.1"] * 200)
    assert (statuses.count(403), statuses.count(429)) == (STRANGER_RATE.burst, 200 - STRANGER_RATE.burst)
    assert len(attacked.audit) == STRANGER_RATE.burst + 1
    attacked.clock += 60
    attacked.statuses("/m/x/gold.xml", ["192.0.2.1"])
    assert attacked.audit[-1].left_out == 200 - STRANGER_RATE.burst - 1
    assert audit_values(attacked.audit[-1])["left_out"] == attacked.audit[-1].left_out


def test_all_strangers_together_cannot_fill_the_log(attacked: Attacked) -> None:
    hosts = (f"192.0.{number // 200}.{number % 200}" for number in range(1_100))
    assert set(attacked.statuses("/m/x/gold.xml", hosts)) == {403}
    assert len(attacked.audit) == 1_000
    assert attacked.status("gold.xml") == 200
    assert (attacked.audit[-1].member, attacked.audit[-1].left_out) == ("Ada", 100)


def test_who_was_revoked_waits_as_any_member_does(attacked: Attacked) -> None:
    statuses = attacked.statuses(f"/m/{attacked.revoked}/gold.xml", ["192.0.2.1"] * 601)
    assert statuses == [403] * 600 + [429]


def test_a_network_of_one_subscriber_is_one_stranger(attacked: Attacked) -> None:
    statuses = attacked.statuses("/m/x/gold.xml", (f"2001:db8::{number:x}" for number in range(40)))
    assert statuses.count(429) == 40 - STRANGER_RATE.burst
    assert attacked.ask("/m/x/gold.xml", X_Forwarded_For="2001:db8:0:1::1")[0] == 403


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("unknown", "unknown"),
        ("", ""),
        ("x" * 9_000, "x" * LONGEST_PATH),
    ],
)
def test_a_stranger_is_named_after_a_network(host: str, network: str) -> None:
    assert network_of(host) == network


def test_a_long_path_is_refused_and_not_kept(attacked: Attacked) -> None:
    for path in ("a" * 30_000, f"{'a/' * 15_000}", f"{'%1b%5b' * 5_000}", f"{'a' * 290}/{attacked.token}"):
        assert attacked.status(path) == 404
        assert len(attacked.audit[-1].path) <= LONGEST_PATH + 1
        assert attacked.audit[-1].path.isprintable()
        assert attacked.token[:12] not in json.dumps(audit_values(attacked.audit[-1]))


@pytest.mark.parametrize("path", ["/m/{}", "/m/{}/", "/m//{}", "/{}", "/m/{}/m/{}/gold.xml", "//m/{}/gold.xml"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_no_answer_repeats_a_token(attacked: Attacked, path: str, method: str) -> None:
    status, headers, data = attacked.ask(path.replace("{}", attacked.token), method)
    assert status in (403, 404, 405)
    assert attacked.token not in f"{headers}{data!r}"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert not any(attacked.token in line.path for line in attacked.audit)


def test_head_says_of_everything_what_get_does(attacked: Attacked) -> None:
    for path in ("gold.xml", PAGE, AUDIO, "nosuch.xml"):
        got, head = attacked.ask(f"/m/{attacked.token}/{path}"), attacked.ask(f"/m/{attacked.token}/{path}", "HEAD")
        assert (head[0], head[2]) == (got[0], b"")
        for name in ("Content-Length", "Content-Type", "ETag"):
            assert head[1][name] == got[1][name]
