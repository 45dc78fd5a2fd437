"""Recordings are fetched whole, go on where they were stopped, and never from a machine that nobody named."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from podwright.core.http import Client, UnreachableError
from podwright.workspace.importing.fetching import HttpFetcher, Pace, RefusedError, admit_public
from tests.support.webserver import Asked, Reply, running_server

DATA = bytes(range(256)) * 800


class Host:
    """A fault that notes what was asked, and answers the first requests in another way."""

    def __init__(self, *answers: Reply | int | None) -> None:
        self.asked: list[dict[str, str]] = []
        self.answers = list(answers)

    def __call__(self, asked: Asked, reply: Reply) -> Reply:
        self.asked.append({name: asked.headers[name] for name in ("range", "if-range") if name in asked.headers})
        wanted = self.answers.pop(0) if self.answers else None
        if isinstance(wanted, int):
            # The connection breaks after so many bytes.
            return replace(
                reply, headers={**reply.headers, "Content-Length": str(len(reply.body))}, body=reply.body[:wanted]
            )
        return wanted or reply


@contextmanager
def fetching(root: Path, host: Host, *named: str) -> Iterator[tuple[HttpFetcher, str, list[float]]]:
    (root / "a.mp3").write_bytes(DATA)
    waits: list[float] = []
    with running_server(root, host) as server, Client(admit=admit_public(named)) as client:
        yield HttpFetcher(client=client, pace=Pace(None), sleep=waits.append), server.url, waits


def test_a_broken_download_goes_on_where_it_broke(tmp_path: Path) -> None:
    host = Host(100_000, 50_000)
    with fetching(tmp_path, host, "127.0.0.1") as (fetcher, url, _):
        fetched = fetcher.fetch(f"{url}a.mp3", tmp_path / "out", most=1 << 20)
    assert fetched.path.read_bytes() == DATA
    assert [asked.get("range") for asked in host.asked] == [None, "bytes=100000-", "bytes=150000-"]
    assert not (tmp_path / "out.json").exists()


def test_a_file_that_changed_meanwhile_is_fetched_from_its_beginning(tmp_path: Path) -> None:
    host = Host(100_000)
    with fetching(tmp_path, host, "127.0.0.1") as (fetcher, url, _):
        (tmp_path / "out").write_bytes(b"old")
        (tmp_path / "out.json").write_text(f'{{"url": "{url}a.mp3", "validator": "\\"other\\""}}')
        assert fetcher.fetch(f"{url}a.mp3", tmp_path / "out", most=1 << 20).path.read_bytes() == DATA
    assert host.asked[0] == {"range": "bytes=3-", "if-range": '"other"'}


def test_a_file_that_a_stopped_run_had_whole_is_not_fetched_again(tmp_path: Path) -> None:
    host = Host()
    with fetching(tmp_path, host, "127.0.0.1") as (fetcher, url, _):
        fetcher.fetch(f"{url}a.mp3", tmp_path / "out", most=1 << 20)
        etag = '\\"' + hashlib.sha256(DATA).hexdigest()[:32] + '\\"'
        (tmp_path / "out.json").write_text(f'{{"url": "{url}a.mp3", "validator": "{etag}"}}')
        assert fetcher.fetch(f"{url}a.mp3", tmp_path / "out", most=1 << 20).path.read_bytes() == DATA
    assert host.asked[1]["range"] == f"bytes={len(DATA)}-"


def test_a_busy_host_is_asked_again_when_it_says_so(tmp_path: Path) -> None:
    host = Host(Reply(503, {"Retry-After": "7"}), Reply(429))
    with fetching(tmp_path, host, "127.0.0.1") as (fetcher, url, waits):
        assert fetcher.fetch(f"{url}a.mp3", tmp_path / "out", most=1 << 20).path.read_bytes() == DATA
    assert waits == [7.0, 4.0]


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (Reply(404), "is not there; look for it at the old host"),
        (Reply(403), "is forbidden; ask the old host for it"),
        (Reply(302, {"Location": "ftp://a.example/"}), "redirects to nowhere; look for it at the old host"),
        (Reply(200, {"Content-Length": "2000000"}), "is longer than 1,048,576 bytes; it is not fetched"),
        (Reply(200, {"Content-Length": "none"}, bytes(1 << 21)), "is longer than 1,048,576 bytes; it is not fetched"),
    ],
)
def test_what_will_never_come_is_asked_for_once(tmp_path: Path, reply: Reply, message: str) -> None:
    host = Host(reply)
    with (
        fetching(tmp_path, host, "127.0.0.1") as (fetcher, url, waits),
        pytest.raises(RefusedError, match=message),
    ):
        fetcher.fetch(f"{url}a.mp3", tmp_path / "out", most=1 << 20)
    assert waits == []


def test_redirects_in_a_circle_end(tmp_path: Path) -> None:
    host = Host(*[Reply(302, {"Location": f"/{name}.mp3"}) for name in "bcbcbcbcbcbc"])
    with (
        fetching(tmp_path, host, "127.0.0.1") as (fetcher, url, _),
        pytest.raises(RefusedError, match="redirects more than 10 times"),
    ):
        fetcher.fetch(f"{url}a.mp3", tmp_path / "out", most=1 << 20)


def test_a_machine_of_a_private_network_is_not_asked_unless_it_was_named(tmp_path: Path) -> None:
    host = Host()
    with (
        fetching(tmp_path, host) as (fetcher, url, _),
        pytest.raises(UnreachableError, match="is a machine of a private network"),
    ):
        fetcher.fetch(f"{url}a.mp3", tmp_path / "out", most=1 << 20)
    assert host.asked == []


def test_a_redirect_into_a_private_network_is_not_followed(tmp_path: Path) -> None:
    with running_server(tmp_path) as inner:
        host = Host(Reply(302, {"Location": inner.url.replace("127.0.0.1", "localhost")}))
        with (
            fetching(tmp_path, host, "127.0.0.1") as (fetcher, url, _),
            pytest.raises(RefusedError, match="localhost: is a machine of a private network"),
        ):
            fetcher.fetch(f"{url}a.mp3", tmp_path / "out", most=1 << 20)


def test_a_rate_is_kept_by_all_downloads_together() -> None:
    waits: list[float] = []
    pace = Pace(1000, sleep=waits.append)
    pace.spend(500)
    pace.spend(1500)
    assert waits == [pytest.approx(0.5, abs=0.05), pytest.approx(2.0, abs=0.05)]
