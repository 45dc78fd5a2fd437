"""The preview, asked as browsers and apps ask."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path

import pytest

from podwright.core.model import Overrides
from podwright.operations.preview import LiveBuild, Preview, build_preview, watch
from tests.support.answers import ask
from tests.support.paths import ROOT
from tests.support.published import NOW, Quiet

#: The installed command.
PODWRIGHT = str(Path(sys.executable).parent / "podwright")
MP3 = "episodes/mind-the-rug/mind-the-rug.mp3"
PAGE = "episodes/mind-the-rug/index.html"
DUE = datetime(2099, 2, 1, tzinfo=UTC)
#: Nothing here takes as long, in seconds.
PATIENCE = 60


@dataclass(frozen=True)
class Served:
    """A running `podwright serve`."""

    port: int
    root: Path
    process: subprocess.Popen[str]

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, Message, bytes]:
        return ask(f"127.0.0.1:{self.port}", path, method, **headers)

    def stored(self, key: str) -> bytes:
        return (self.root / ".podwright/preview/store" / key).read_bytes()


def started(root: Path, *options: str) -> Served:
    command = [PODWRIGHT, "-C", str(root), "serve", "--port", "0", *options]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    assert process.stdout
    found = re.search(r":(\d+)/", process.stdout.readline())
    assert found, process.stderr.read() if process.stderr else ""
    return Served(int(found[1]), root, process)


def stop(served: Served) -> int:
    served.process.send_signal(signal.SIGINT)
    try:
        return served.process.wait(PATIENCE)
    finally:
        served.process.kill()
        served.process.communicate()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    from shutil import copy, copytree

    root = tmp_path_factory.mktemp("served") / "show"
    for name in ("feeds", "episodes", "artwork"):
        copytree(ROOT / name, root / name)
    copy(ROOT / "podwright.toml", root)
    found = started(root, "--now", NOW.isoformat())
    yield found
    assert stop(found) == 0


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1", 200), ("localhost", 200), ("localhost:8000", 200), ("rebound.example.org", 400), ("", 400)],
)
def test_only_its_own_names_are_answered(served: Served, host: str, status: int) -> None:
    assert served.ask("/quick-take.xml", Host=host)[0] == status
    assert served.ask("/-/reload.js", Host=host)[0] == status


@pytest.mark.parametrize(
    ("key", "media_type", "kept"),
    [
        (MP3, "audio/mpeg", "public, max-age=86400"),
        ("quick-take.xml", "application/rss+xml; charset=utf-8", "public, max-age=300"),
        (
            "episodes/blood-pressure-at-home/blood-pressure-at-home.vtt",
            "text/vtt; charset=utf-8",
            "public, max-age=3600",
        ),
        ("feeds.opml", "text/x-opml; charset=utf-8", "public, max-age=3600"),
        ("sitemap.xml", "application/xml", "public, max-age=300"),
    ],
)
def test_an_object_is_served_as_it_was_published(served: Served, key: str, media_type: str, kept: str) -> None:
    status, headers, data = served.ask(f"/{key}")
    assert (status, data) == (200, served.stored(key))
    assert headers["Content-Type"] == media_type
    assert headers["Cache-Control"] == kept
    assert "Access-Control-Allow-Origin" not in headers
    assert headers["Cross-Origin-Resource-Policy"] == "same-site"
    assert headers["Accept-Ranges"] == "bytes"
    assert headers["Content-Length"] == str(len(data))
    head = served.ask(f"/{key}", "HEAD", Range="bytes=0-1")
    assert (head[0], head[1]["ETag"], head[1]["Content-Length"], head[2]) == (200, headers["ETag"], str(len(data)), b"")


@pytest.mark.parametrize(
    ("asked", "begin", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=100-", 100, None),
        ("bytes=-7", -7, None),
        ("bytes=5-9999999", 5, None),
    ],
)
def test_a_range_is_a_slice(served: Served, asked: str, begin: int, end: int | None) -> None:
    data = served.stored(MP3)
    status, headers, part = served.ask(f"/{MP3}", Range=asked)
    assert (status, part) == (206, data[begin:end])
    at = begin % len(data)
    assert headers["Content-Range"] == f"bytes {at}-{at + len(part) - 1}/{len(data)}"
    tag = headers["ETag"]
    assert served.ask(f"/{MP3}", Range=asked, If_Range=tag)[0] == 206
    assert served.ask(f"/{MP3}", Range=asked, If_Range='"other"')[0] == 200


def test_several_ranges_come_as_parts(served: Served) -> None:
    data = served.stored(MP3)
    status, headers, body = served.ask(f"/{MP3}", Range="bytes=0-3, 100-103")
    assert status == 206
    assert headers["Content-Type"].startswith("multipart/byteranges; boundary=")
    assert data[:4] in body
    assert data[100:104] in body


@pytest.mark.parametrize("asked", ["lines=1-2", "bytes=x-y", "bytes=", "bytes"])
def test_a_range_that_makes_no_sense_is_ignored(served: Served, asked: str) -> None:
    assert served.ask(f"/{MP3}", Range=asked)[0] == 200


def test_a_range_beyond_the_end_is_refused(served: Served) -> None:
    status, headers, _ = served.ask(f"/{MP3}", Range="bytes=99999999-")
    assert (status, headers["Content-Range"]) == (416, f"bytes */{len(served.stored(MP3))}")


@pytest.mark.parametrize("key", [MP3, PAGE, "quick-take.xml"])
def test_who_has_it_already_is_told_so(served: Served, key: str) -> None:
    _, headers, _ = served.ask(f"/{key}")
    for asked in (headers["ETag"], f'"x", W/{headers["ETag"]}', "*"):
        status, said, data = served.ask(f"/{key}", If_None_Match=asked)
        assert (status, said["ETag"], data) == (304, headers["ETag"], b"")
    assert served.ask(f"/{key}", If_Modified_Since=headers["Last-Modified"])[0] == 304
    assert served.ask(f"/{key}", If_None_Match='"x"', If_Modified_Since=headers["Last-Modified"])[0] == 200
    assert served.ask(f"/{key}", If_Modified_Since="Thu, 01 Jan 1970 00:00:00 GMT")[0] == 200
    assert served.ask(f"/{key}", If_Modified_Since="yesterday")[0] == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/archive/", 200),
        ("/archive", 307),
        ("/nothing", 404),
        ("/private/quick-take-gold.xml", 403),
        ("/private/.podwright/manifest.json", 403),
        ("/../podwright.toml", 404),
        ("/%2e%2e/%2e%2e/%2e%2e/podwright.toml", 404),
        ("//etc/passwd", 404),
    ],
)
def test_what_is_not_an_object_is_answered_as_a_cdn_does(served: Served, path: str, status: int) -> None:
    assert served.ask(path)[0] == status


def test_a_missing_page_is_the_shows_own(served: Served) -> None:
    status, _, data = served.ask("/nothing")
    assert status == 404
    assert b"This page does not exist" in data


def test_nothing_can_be_written(served: Served) -> None:
    status, headers, _ = served.ask(f"/{MP3}", "DELETE")
    assert (status, sorted(headers["Allow"].split(", "))) == (405, ["GET", "HEAD"])


def test_only_the_reload_script_is_added_to_a_page(served: Served) -> None:
    _, _, data = served.ask(f"/{PAGE}")
    added = b'<script src="/-/reload.js" defer></script>'
    assert data.replace(added, b"") == served.stored(PAGE)
    assert data.count(added) == 1
    status, headers, script = served.ask("/-/reload.js")
    assert (status, headers["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    assert b"EventSource" in script


def test_members_objects_are_served_where_that_is_asked_for_and_the_clock_is_the_given_one(sample: Path) -> None:
    found = started(sample, "--now", DUE.isoformat(), "--members")
    try:
        assert found.ask("/private/quick-take-gold.xml")[0] == 200
        assert (
            found.ask("/private/episodes/a-scale-by-the-door/index.html")[0] == 200
            or found.ask("/episodes/a-scale-by-the-door/index.html")[0] == 200
        )
    finally:
        assert stop(found) == 0


def test_an_edit_is_shown_and_a_mistake_is_told(sample: Path) -> None:
    found = started(sample, "--now", NOW.isoformat())
    try:
        connection = http.client.HTTPConnection("127.0.0.1", found.port, timeout=PATIENCE)
        connection.request("GET", "/-/events")
        events = connection.getresponse()
        assert events.readline() == b"retry: 500\n"
        path = sample / "episodes/home-monitoring/mind-the-rug/episode.md"
        before = path.read_text()
        path.write_text(before + "\nRugs again.\n")
        assert next_event(events) == ("built", "")
        assert b"Rugs again." in found.ask(f"/{PAGE}")[2]
        path.write_text(before.replace("published: ", "published: x"))
        event, said = next_event(events)
        assert event == "problems"
        assert "mind-the-rug/episode.md:" in said
        assert b"Rugs again." in found.ask(f"/{PAGE}")[2]
        connection.close()
    finally:
        assert stop(found) == 0


def test_an_edit_from_before_the_watch_began_is_shown(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("podwright.operations.preview.TICK", 50)
    preview = Preview(
        root=sample,
        overrides=Overrides(),
        clock=lambda: NOW,
        progress=Quiet(),
        port=1,
        shown=frozenset(["public"]),
        say=str,
        complain=str,
    )
    live = LiveBuild(build_preview(preview), preview.shown)
    path = sample / "episodes/home-monitoring/mind-the-rug/episode.md"
    path.write_text(f"{path.read_text()}\nRugs again.\n")

    async def load_event() -> tuple[str, str]:
        told: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        live.listeners.add(told)
        watching = asyncio.create_task(watch(preview, live))
        event = await asyncio.wait_for(told.get(), PATIENCE)
        watching.cancel()
        await asyncio.wait([watching])
        return event

    assert asyncio.run(load_event()) == ("built", "")
    assert b"Rugs again." in (live.build.folder / PAGE).read_bytes()


def next_event(events: http.client.HTTPResponse) -> tuple[str, str]:
    while not (line := events.readline()).startswith(b"event: "):
        assert line, "the server ended the events"
    data = events.readline().removeprefix(b"data: ")
    return line.removeprefix(b"event: ").decode().strip(), json.loads(data)


def test_a_port_that_is_taken_is_named(served: Served, sample: Path) -> None:
    command = [PODWRIGHT, "-C", str(sample), "serve", "--port", str(served.port)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert run.returncode == 2
    assert run.stderr == f"127.0.0.1:{served.port} cannot be used (Address already in use); name another with --port\n"
