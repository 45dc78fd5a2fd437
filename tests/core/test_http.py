"""Requests as apps make them: digests of long bodies, redirects with an end, one more try on a closed connection."""

from __future__ import annotations

import contextlib
import hashlib
import select
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from podwright.core.errors import StoreError
from podwright.core.http import MOST_REDIRECTS, Client, UnreachableError, observe_expiry
from podwright.core.showing import shown
from tests.support.recorder import Step, running_recorder
from tests.support.webserver import Asked, Fault, Reply, running_server

PATIENCE = timedelta(seconds=10)


def announcing(length: int) -> Fault:
    return lambda _, reply: reply.but(Content_Length=str(length))


def test_a_body_is_digested_as_far_as_it_is_of_use(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(b"abcdef")
    with running_server(tmp_path) as server, Client(patience=PATIENCE) as client:
        for most, read in ((100, b"abcdef"), (3, b"abc")):
            told: list[int] = []
            found = client.observe_digest(f"{server.url}a.mp3", headers={}, most=most, tell=told.append)
            assert (found.size, found.sha256) == (len(read), hashlib.sha256(read).hexdigest())
            assert (sum(told), found.answer.status) == (len(read), 200)


def test_a_body_that_is_cut_off_has_no_digest(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(b"abc")
    with (
        running_server(tmp_path, announcing(9)) as server,
        Client(patience=PATIENCE) as client,
        pytest.raises(StoreError, match="ends before the length that it announces"),
    ):
        client.observe_digest(f"{server.url}a.mp3", headers={}, most=100, tell=lambda _: None)


def broken(times: int) -> Fault:
    """The connection is closed instead of so many answers."""
    left = [None] * times

    def fault(_: Asked, reply: Reply) -> Reply:
        if left:
            left.pop()
            raise ConnectionResetError
        return reply

    return fault


def test_a_question_is_asked_once_more_where_the_connection_was_closed_and_nothing_is_sent_twice(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.mp3").write_bytes(b"abc")
    with running_server(tmp_path) as server, Client(patience=PATIENCE) as client:
        server.fault = broken(1)
        assert client.observe(f"{server.url}a.mp3", headers={}, most=9).data == b"abc"
        server.fault = broken(1)
        with pytest.raises(UnreachableError, match="breaks the connection"):
            client.observe(f"{server.url}a.mp3", method="POST", headers={}, most=9, body=b"once")
        server.fault = broken(2)
        with pytest.raises(UnreachableError, match="breaks the connection"):
            client.observe(f"{server.url}a.mp3", headers={}, most=9)


def counting_down(asked: Asked, reply: Reply) -> Reply:
    """`?3` leads to `?2`, and so on, and `?0` is there."""
    left = int(asked.query)
    return Reply(307).but(Location=f"a.mp3?{left - 1}") if left else reply


def test_redirects_are_followed_up_to_their_limit(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(b"abc")
    with running_server(tmp_path, counting_down) as server, Client(patience=PATIENCE) as client:
        found = client.follow(f"{server.url}a.mp3?{MOST_REDIRECTS - 1}")
        assert found.statuses == (307,) * (MOST_REDIRECTS - 1)
        assert (found.url, found.answer.status, found.lost) == (f"{server.url}a.mp3?0", 200, None)
        found = client.follow(f"{server.url}a.mp3?{MOST_REDIRECTS}")
        assert "apps give up" in str(found.lost)


def test_nothing_is_asked_where_redirects_shall_end(tmp_path: Path) -> None:
    asked: list[str] = []

    def fault(question: Asked, reply: Reply) -> Reply:
        asked.append(question.query)
        return counting_down(question, reply)

    with running_server(tmp_path, fault) as server, Client(patience=PATIENCE) as client:
        found = client.follow(f"{server.url}a.mp3?2", until=f"{server.url}a.mp3?1")
        assert (found.url, found.lost) == (f"{server.url}a.mp3?1", None)
    assert asked == ["2"]


@pytest.mark.parametrize(("scheme", "downgraded"), [("http", True), ("https", False)])
def test_a_redirect_from_https_to_plain_http_is_noticed(tmp_path: Path, scheme: str, downgraded: bool) -> None:
    with running_server(tmp_path) as server, Client(patience=PATIENCE) as client:
        first = client.observe(f"{server.url}a.mp3", headers={}, most=0)
        moved = type(first)(302, {"location": f"{scheme}://127.0.0.1:{server.server_port}/b.mp3"}, b"")
        found = client.follow("https://podcast.invalid/a.mp3", first=moved, until=moved.headers["location"])
    assert found.downgraded is downgraded


def test_plain_http_has_no_certificate_and_a_closed_port_no_answer(tmp_path: Path, closed: Callable[[], str]) -> None:
    with running_server(tmp_path) as server:
        assert observe_expiry(server.url) is None
    with pytest.raises(UnreachableError, match="cannot be reached; start the web server"):
        observe_expiry(closed(), patience=PATIENCE)


@pytest.fixture
def closed(tmp_path: Path) -> Callable[[], str]:
    """An address at which nobody listens any more."""

    def address() -> str:
        with running_server(tmp_path) as server:
            return server.url.replace("http:", "https:")

    return address


def test_an_address_is_shown_without_what_may_be_secret_and_what_is_none_is_not_shown() -> None:
    assert shown("https://me:secret@example.org:8080/a?token=secret#b") == "https://example.org:8080/a"
    assert shown("https://[secret") == "what is no address"


def test_a_server_that_begins_no_encryption_holds_nobody() -> None:
    """The limit of a socket's silence is renewed by each of its bytes, and here one comes again and again."""
    with socket.create_server(("127.0.0.1", 0)) as server, Client(patience=timedelta(seconds=0.5)) as client:
        thread = threading.Thread(target=_drip, args=(server,))
        thread.start()
        with pytest.raises(UnreachableError, match="answers too slowly; see what holds it up"):
            client.observe(f"https://127.0.0.1:{server.getsockname()[1]}/", headers={}, most=9)
        thread.join()


def _drip(server: socket.socket) -> None:
    """Begin a record of TLS, and send it a byte at a time until the other side hangs up."""
    connection, _ = server.accept()
    with connection, contextlib.suppress(OSError):
        connection.sendall(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03")
        while not select.select([connection], [], [], 0.05)[0] or connection.recv(1 << 16):
            connection.sendall(b"x")


def test_a_name_server_that_is_silent_holds_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *_: over.wait(30))
    with (
        Client(patience=timedelta(seconds=0.3)) as client,
        pytest.raises(UnreachableError, match="cannot be reached in time; check the address and the network"),
    ):
        client.observe("http://podcast.example.org/", headers={}, most=9)
    over.set()


@pytest.mark.parametrize(("step", "told"), [("hang", "does not answer in time"), ("drip", "answers too slowly")])
def test_an_answer_that_never_comes_to_its_end_is_ended(step: Step, told: str) -> None:
    """A limit of a socket's silence does not notice headers that come a few bytes at a time."""
    with running_recorder() as recorder, Client(patience=timedelta(seconds=0.3)) as client:
        recorder.script = [step]
        with pytest.raises(UnreachableError, match=f"{told}; see what holds it up"):
            client.observe(recorder.url, headers={}, most=9)
        recorder.script = [200]
        assert client.observe(recorder.url, headers={}, most=9).status == 200
