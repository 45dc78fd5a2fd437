"""Playlists of HTTP Live Streaming, followed to their segments on a web server of this machine."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podwright.core.errors import FormatError
from podwright.core.http import Client
from podwright.core.model import Overrides
from podwright.inspection.verify import Request, observe_published
from podwright.inspection.verify.playlists import MOST_PLAYLISTS, MOST_SEGMENTS, observe_playlist, parse_playlist
from podwright.workspace.author import write_workspace
from tests.support.published import NOW, Place
from tests.support.webserver import Asked, Reply, Server, right, running_server

MASTER = """#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="English, plain",URI="audio/index.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1280000,CODECS="avc1.4d401f,mp4a.40.2",AUDIO="a"
low/index.m3u8
"""
MEDIA = """#EXTM3U
#EXT-X-TARGETDURATION:6
#EXT-X-KEY:METHOD=AES-128,URI="key.bin"
#EXT-X-MAP:URI="init.m4s"
{segments}
#EXT-X-ENDLIST
"""
COUNT = 40


def media(count: int = COUNT) -> str:
    return MEDIA.format(segments="\n".join(f"#EXTINF:6.0,\n{number}.m4s" for number in range(count)))


@pytest.fixture
def asked() -> list[Asked]:
    return []


@pytest.fixture
def server(tmp_path: Path, asked: list[Asked]) -> Iterator[Server]:
    root = tmp_path / "video"
    for folder in ("audio", "low"):
        (root / folder).mkdir(parents=True)
        (root / folder / "index.m3u8").write_text(media())
        for name in ("key.bin", "init.m4s", *(f"{number}.m4s" for number in range(COUNT))):
            (root / folder / name).write_bytes(b"segment")
    (root / "master.m3u8").write_text(MASTER)

    def noted(one: Asked, reply: Reply) -> Reply:
        asked.append(one)
        return reply

    with running_server(root, noted) as found:
        yield found


def wrong(server: Server, name: str = "master.m3u8") -> list[str]:
    with Client(patience=timedelta(seconds=10)) as client:
        return [one.replace(server.url, "") for one in observe_playlist(client, server.url + name)]


def test_a_whole_stream_is_content_and_its_segments_are_asked_for_by_head(server: Server, asked: list[Asked]) -> None:
    assert wrong(server) == []
    segments = [one for one in asked if one.key.endswith(".m4s")]
    assert {one.method for one in segments} == {"HEAD"}
    assert len(segments) == 2 * (MOST_SEGMENTS + 1)
    keys = {one.key for one in segments}
    assert {"low/0.m4s", f"low/{COUNT - 1}.m4s", "low/init.m4s"} <= keys
    assert {one.key for one in asked} > {"master.m3u8", "audio/index.m3u8", "low/index.m3u8", "low/key.bin"}


def test_a_playlist_of_segments_alone_is_one_too(server: Server) -> None:
    assert wrong(server, "low/index.m3u8") == []


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("master.m3u8", "<html>Not here</html>", "as a playlist is no playlist: its first line is not #EXTM3U; *"),
        ("master.m3u8", "#EXTM3U\n", "as a playlist names neither other playlists nor segments; write it anew"),
        ("master.m3u8", f"{MASTER}#EXTINF:6,\na.m4s\n", "as a playlist names both other playlists and segments; *"),
        ("low/index.m3u8", MASTER, "its playlist low/index.m3u8 leads to playlists again, not to segments; *"),
        ("low/index.m3u8", media().replace("#EXT-X-ENDLIST", ""), "its playlist low/index.m3u8 has no end *"),
        ("low/index.m3u8", None, "its playlist low/index.m3u8 answers 404, not 200; publish it, or take it out"),
        (
            f"low/{COUNT - 1}.m4s",
            None,
            f"its playlist low/index.m3u8 names what is not there: low/{COUNT - 1}.m4s answers 404 (1 of 14 *",
        ),
        ("low/key.bin", None, "its playlist low/index.m3u8 names what is not there: low/key.bin answers 404 *"),
        ("master.m3u8", None, "as a playlist answers 404, not 200; publish it, or take it out"),
    ],
)
def test_what_does_not_play_is_told(server: Server, name: str, text: str | None, said: str) -> None:
    if text is None:
        (server.root / name).unlink()
    else:
        (server.root / name).write_text(text)
    found, star, _ = said.partition("*")
    (one,) = wrong(server)
    assert one.startswith(found) if star else one == found


def test_a_server_that_knows_no_head_is_asked_otherwise(server: Server) -> None:
    server.fault = lambda asked, reply: Reply(405) if asked.method == "HEAD" else reply
    assert wrong(server) == []


def test_a_playlist_that_nothing_tells_from_text_is_told(server: Server) -> None:
    (server.root / "low/stream.txt").write_text(media())
    assert wrong(server, "low/stream.txt") == [
        "as a playlist is served as text/plain; serve it as application/vnd.apple.mpegurl"
    ]


def test_what_is_read_of_a_stream_is_bounded(server: Server, asked: list[Asked]) -> None:
    rows = "".join(f"#EXT-X-STREAM-INF:BANDWIDTH={number}\nlow/index.m3u8?{number}\n" for number in range(100))
    (server.root / "master.m3u8").write_text(f"#EXTM3U\n{rows}")
    assert wrong(server) == []
    assert len({one.query for one in asked if one.key == "low/index.m3u8"}) == MOST_PLAYLISTS


@given(st.text() | st.text(st.sampled_from('#EXTINFM3U-:,="/.\n h[]')).map(lambda text: f"#EXTM3U\n{text}"))
def test_any_text_is_a_playlist_or_is_refused(text: str) -> None:
    with contextlib.suppress(FormatError):
        found = parse_playlist(text.encode("utf-8", "replace"), url="https://video.example.org/a/master.m3u8")
        assert bool(found.renditions) != bool(found.segments)


def test_verify_follows_an_episode_s_playlist(server: Server, tmp_path: Path) -> None:
    root = tmp_path / "show"
    with running_server(root / "public", right) as own:
        write_workspace(root, title="Garden Hours", guid="playlist-1", now=NOW, public_url=own.url)
        page = root / "episodes/welcome/episode.md"
        head, fence, notes = page.read_text().rpartition("\n---\n")
        alternate = f"{{type: application/x-mpegURL, title: Video, sources: ['{server.url}master.m3u8']}}"
        page.write_text(f"{head}\nalternates: [{alternate}]{fence}{notes}")
        place = Place(root, Overrides(), own.url, root / "public")
        place.publish()
        feed = (root / "public/garden-hours.xml").read_text()
        assert '<podcast:alternateEnclosure type="application/x-mpegURL" length="0" title="Video">' in feed
        request = Request(session=place.session(NOW), patience=timedelta(seconds=10))
        assert observe_published(request).findings == ()
        (server.root / "low/0.m4s").unlink()
        (finding,) = observe_published(replace(request)).findings
        assert (finding.level, finding.code, finding.where) == ("warning", "playlist", f"{server.url}master.m3u8")
        assert "low/0.m4s answers 404" in finding.message
