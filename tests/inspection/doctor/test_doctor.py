"""The doctor finds each thing that keeps listeners from what was published, and nothing where all is well."""

from __future__ import annotations

import dataclasses
import re
import shutil
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from podwright.core.errors import StoreError
from podwright.core.finding import Finding
from podwright.core.http import Client, UnreachableError
from podwright.core.model import Overrides
from podwright.inspection import doctor
from podwright.inspection.doctor import apply_fixes, observe_health, sample
from podwright.stores import CORS
from podwright.stores.ledger.manifest import AudioRecord, EpisodeRecord, FeedRecord, Manifest, ObjectRecord
from tests.support.paths import ROOT
from tests.support.published import Place
from tests.support.seaweed import REGION, SECRET_KEY, Seaweed
from tests.support.webserver import TYPES, Asked, Fault, Reply, running_webserver

BASE = "https://podcast.example.org/"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The sample show in a folder, to be looked at only."""
    root = tmp_path_factory.mktemp("doctor") / "show"
    for name in ("feeds", "episodes", "artwork"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "podwright.toml", root)
    place = Place(root, Overrides(), BASE, folder=root / "public")
    place.publish()
    return place


def examine(place: Place, public_url: str) -> tuple[Finding, ...]:
    return observe_health(
        dataclasses.replace(place, overrides=dataclasses.replace(place.overrides, public_url=public_url)).session()
    )


def faults(findings: tuple[Finding, ...]) -> list[Finding]:
    return [one for one in findings if one.level != "ok"]


def folder_of(place: Place) -> Path:
    assert place.folder is not None
    return place.folder


# A server that does all as it should, and one thing wrong


def test_nothing_is_found_where_all_is_well(published: Place) -> None:
    with running_webserver(folder_of(published)) as url:
        findings = examine(published, url)
    assert faults(findings) == []
    looked_at = {one.where for one in findings if one.code == "answer"}
    endings = {"-chapters.json" if key.endswith("-chapters.json") else Path(key).suffix for key in looked_at}
    assert endings == {
        ".xml",
        ".opml",
        ".mp3",
        "-chapters.json",
        ".vtt",
        ".srt",
        ".json",
        ".html",
        ".txt",
        ".jpg",
        ".png",
        ".css",
        ".js",
        ".svg",
    }
    refused = {one.where for one in findings if one.code == "private"}
    assert "private/podwright/manifest.json" in refused
    assert any(key.startswith("private/staged/") for key in refused)


def test_the_types_that_a_web_server_is_told_to_send_are_those_that_are_found_right() -> None:
    text = (ROOT / "docs/publishing.md").read_text()
    rows = dict(re.findall(r"^\| (.*`\..*`|`-chapters.json`) \| (`.*/.*`) \|$", text, re.MULTILINE))
    told = {
        ending: media_type
        for endings, types in rows.items()
        for ending, media_type in zip(re.findall(r"`(.*?)`", endings), re.findall(r"`(.*?)`", types), strict=True)
    }
    assert told == TYPES


def whole(asked: Asked, reply: Reply) -> bool:
    """Whether a plain request gets the object."""
    return reply.status == 200 and "range" not in asked.headers


def without(name: str) -> Fault:
    return lambda _, reply: Reply(
        reply.status, {key: value for key, value in reply.headers.items() if key != name}, reply.body
    )


def having(**headers: str) -> Fault:
    return lambda _, reply: reply.but(**headers) if reply.status in (200, 206, 304) else reply


def answering(status: int, **headers: str) -> Fault:
    return lambda *_: Reply(status).but(**headers)


def altered(body: bytes) -> bytes:
    return bytes([body[0] ^ 1]) + body[1:]


def _shorter(asked: Asked, reply: Reply) -> Reply:
    return Reply(200, reply.headers, reply.body[:-7]) if whole(asked, reply) else reply


def _longer_than_sent(asked: Asked, reply: Reply) -> Reply:
    return reply.but(Content_Length=str(len(reply.body) + 10)) if asked.method == "GET" else reply


def _other_bytes(asked: Asked, reply: Reply) -> Reply:
    return Reply(200, reply.headers, altered(reply.body)) if whole(asked, reply) else reply


def _no_head(asked: Asked, reply: Reply) -> Reply:
    return Reply(405) if asked.method == "HEAD" else reply


def _other_head(asked: Asked, reply: Reply) -> Reply:
    return reply.but(Content_Length="0") if asked.method == "HEAD" else reply


def _never_unchanged(asked: Asked, reply: Reply) -> Reply:
    return Reply(200, reply.headers, b"again") if reply.status == 304 else reply


def _no_ranges(asked: Asked, reply: Reply) -> Reply:
    return Reply(200, reply.headers, b"all") if reply.status == 206 else reply


def _other_content_range(asked: Asked, reply: Reply) -> Reply:
    return reply.but(Content_Range="bytes 0-1/*") if reply.status == 206 else reply


def _other_range(asked: Asked, reply: Reply) -> Reply:
    return Reply(206, reply.headers, altered(reply.body)) if reply.status == 206 else reply


def _echoed(asked: Asked, reply: Reply) -> Reply:
    return reply.but(Access_Control_Allow_Origin=asked.headers.get("origin", "*"))


def _allowed_to_another(asked: Asked, reply: Reply) -> Reply:
    return reply.but(Access_Control_Allow_Origin="https://player.example", Vary="Origin")


def _compressed_unasked(asked: Asked, reply: Reply) -> Reply:
    return reply.but(Content_Encoding="br")


def _plain(asked: Asked, reply: Reply) -> Reply:
    return Reply(200, {}, asked.stored) if "Content-Encoding" in reply.headers else reply


def _dripping(asked: Asked, reply: Reply) -> Reply:
    return dataclasses.replace(reply, pace=0.02) if whole(asked, reply) and asked.method == "GET" else reply


NO_CORS = without("Access-Control-Allow-Origin")
REDIRECT = answering(301, Location="https://elsewhere.example/")
#: What the server does wrong, with what, how, and all that is found: probe, level, a part of the message.
FAULTS: tuple[tuple[str, str, Fault, list[tuple[str, str, str]]], ...] = (
    ("refuses audio", ".mp3", answering(403), [("answer", "error", "is refused (403); let anybody read")]),
    ("asks for a password", ".xml", answering(401), [("answer", "error", "is refused (401)")]),
    ("lost it", ".vtt", answering(404), [("answer", "error", "is not there (404); see that public_url")]),
    ("fails", ".png", answering(500), [("answer", "error", "answers 500, not 200; correct the server")]),
    ("sends nothing at all", ".txt", answering(204), [("answer", "error", "answers 204, not 200")]),
    ("redirects", ".mp3", REDIRECT, [("answer", "warning", "redirects (301); make public_url the address that")]),
    (
        "serves audio as anything",
        ".mp3",
        having(Content_Type="application/octet-stream"),
        [("type", "error", "is served as application/octet-stream; have the server send audio/mpeg")],
    ),
    ("says no type", ".srt", without("Content-Type"), [("type", "error", "is served as nothing; have the server")]),
    (
        "serves captions in another charset",
        ".vtt",
        having(Content_Type="text/vtt; charset=ISO-8859-1"),
        [("type", "error", "is served in iso-8859-1, and is UTF-8")],
    ),
    (
        "serves text without a charset",
        ".txt",
        having(Content_Type="text/plain"),
        [("type", "warning", "is served without a charset, and read as Latin-1 by some")],
    ),
    (
        "serves a feed as XML",
        ".xml",
        having(Content_Type="text/xml"),
        [("type", "advice", "is served as text/xml, which apps take as well; better is application/rss+xml")],
    ),
    (
        "serves chapters as JSON",
        "-chapters.json",
        having(Content_Type="application/json"),
        [("type", "advice", "is served as application/json, which apps take as well")],
    ),
    (
        "compresses for who did not ask",
        ".json",
        _compressed_unasked,
        [("content", "error", "comes as br to who asked for no coding; turn that off")],
    ),
    ("has an older file", ".vtt", _shorter, [("content", "error", " were published; empty the caches before")]),
    ("has another file", ".html", _other_bytes, [("content", "error", "has other bytes than were published; empty")]),
    (
        "says no length",
        ".srt",
        having(Content_Length="none"),
        [("content", "warning", "comes without Content-Length")],
    ),
    ("sends less than it says", ".vtt", _longer_than_sent, [("answer", "error", "ends before the length that it")]),
    ("sends byte by byte", ".vtt", _dripping, [("answer", "error", "answers too slowly; see what holds it up")]),
    ("knows no HEAD", ".mp3", _no_head, [("head", "error", "answers 405 to HEAD; allow HEAD wherever GET is allowed")]),
    ("says another length to HEAD", ".jpg", _other_head, [("head", "error", "says another Content-Length to HEAD")]),
    ("has no version", ".xml", without("ETag"), [("etag", "warning", "has no ETag, so apps fetch it again")]),
    (
        "has a weak version",
        ".mp3",
        having(ETag='W/"1"'),
        [
            ("etag", "warning", 'has a weak ETag (W/"1"); turn off what alters it'),
            ("etag", "warning", "answers 200, not 304, to If-None-Match"),
        ],
    ),
    ("sends it again and again", ".xml", _never_unchanged, [("etag", "warning", "answers 200, not 304, to If-None")]),
    (
        "knows no ranges",
        ".mp3",
        _no_ranges,
        [("ranges", "error", "answers 200, not 206, to a range; turn byte ranges")],
    ),
    (
        "does not say which range",
        ".mp3",
        _other_content_range,
        [("ranges", "error", "answers the range 0-1 of ")],
    ),
    ("sends another range", ".png", _other_range, [("ranges", "error", "has other bytes at 0-1 than were published")]),
    ("says no caching", ".vtt", without("Cache-Control"), [("caching", "advice", "has no Cache-Control, so that")]),
    (
        "has a feed kept for a day",
        ".xml",
        having(Cache_Control="public, max-age=86400"),
        [("caching", "advice", "may be kept for 86400 s")],
    ),
    ("sends feeds as they are", ".xml", _plain, [("compression", "advice", "is not compressed; a web server or CDN")]),
    (
        "keeps transcripts to itself",
        ".vtt",
        NO_CORS,
        [("sharing", "error", "cannot be read by players on other sites")],
    ),
    ("keeps chapters to itself", "-chapters.json", NO_CORS, [("sharing", "error", "cannot be read by players on")]),
    ("keeps feeds to itself", ".xml", NO_CORS, [("sharing", "warning", "cannot be read by players on other sites")]),
    ("keeps audio to itself", ".mp3", NO_CORS, [("sharing", "advice", "cannot be read by players on other sites")]),
    ("shares with one site", ".vtt", _allowed_to_another, [("sharing", "error", "cannot be read by players on")]),
    ("mixes sites up", ".vtt", _echoed, [("sharing", "warning", "allows the site that asks without Vary: Origin")]),
    (
        "hides what a player needs",
        ".mp3",
        without("Access-Control-Expose-Headers"),
        [("sharing", "advice", "hides ETag, Content-Range from other sites")],
    ),
    (
        "lets anybody read the manifest",
        "private/podwright/manifest.json",
        lambda asked, _: Reply(200, {}, asked.stored),
        [("private", "error", "anybody can read it; refuse all below private/")],
    ),
    (
        "answers anything with a page",
        "private/podwright/manifest.json",
        lambda *_: Reply(200, {}, b"<html>Welcome"),
        [("private", "warning", "answers 200 with something else; let it be refused (403)")],
    ),
    (
        "sends who wants the manifest elsewhere",
        "private/podwright/manifest.json",
        REDIRECT,
        [("private", "warning", "redirects (301), so nobody knows who can read it")],
    ),
)


def only_for(ending: str, fault: Fault) -> Fault:
    """A fault with the keys that end so, and right answers for all others."""

    def answer(asked: Asked, reply: Reply) -> Reply:
        private = asked.key.startswith("private/") and not ending.startswith("private/")
        chapters = asked.key.endswith("-chapters.json") and ending == ".json"
        return fault(asked, reply) if asked.key.endswith(ending) and not private and not chapters else reply

    return answer


@pytest.mark.parametrize(
    ("ending", "fault", "expected"), [row[1:] for row in FAULTS], ids=[f"{row[0]}, {row[1]}" for row in FAULTS]
)
def test_each_thing_that_a_server_does_wrong_is_found_and_nothing_else(
    published: Place,
    monkeypatch: pytest.MonkeyPatch,
    ending: str,
    fault: Fault,
    expected: list[tuple[str, str, str]],
) -> None:
    monkeypatch.setattr(doctor, "PATIENCE", timedelta(seconds=5))
    if fault is _dripping:
        monkeypatch.setattr(doctor, "PATIENCE", timedelta(seconds=0.5))
    with running_webserver(folder_of(published), only_for(ending, fault)) as url:
        found = faults(examine(published, url))
    assert [(one.code, one.level) for one in found] == [(probe, level) for probe, level, _ in expected]
    assert all(one.where.endswith(ending) for one in found)
    for one, (_, _, part) in zip(found, expected, strict=True):
        assert part in one.message
        assert "; " in one.message


def test_a_large_object_is_looked_at_by_its_ends_without_fetching_it(
    published: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("podwright.inspection.doctor.types.WHOLE", 1000)
    with running_webserver(folder_of(published), only_for(".mp3", _other_range)) as url:
        found = faults(examine(published, url))
    assert [(one.code, one.level) for one in found] == [("ranges", "error")]
    with running_webserver(folder_of(published), only_for(".mp3", _shorter)) as url:
        found = faults(examine(published, url))
    assert [(one.code, one.level) for one in found] == [("content", "error")]


# The address


@contextmanager
def listening(answer: bytes | None) -> Iterator[str]:
    """A socket that takes any connection and says these bytes; None: it says nothing and keeps it open."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held: list[socket.socket] = []

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                if answer is None:
                    held.append(connection)
                else:
                    with connection:
                        connection.recv(65536)
                        connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()
            for connection in held:
                connection.close()


def _address_findings(findings: tuple[Finding, ...]) -> list[tuple[str, str, str]]:
    return [(one.where, one.code, one.message) for one in findings if one.level == "error"]


def test_an_address_that_nobody_answers_at_is_told_once(published: Place) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        found = examine(published, f"http://127.0.0.1:{closed.getsockname()[1]}/")
    [(subject, probe, message)] = _address_findings(found)
    assert (subject, probe) == ("public_url", "address")
    assert "cannot be reached; start the web server, or correct the address" in message


@pytest.mark.parametrize(
    ("scheme", "answer", "part"),
    [
        ("http", None, "does not answer in time; see what holds it up"),
        ("http", b"SSH-2.0-OpenSSH_9.6\r\n", "breaks the connection, or does not speak HTTP; correct the server"),
        ("http", b"", "breaks the connection, or does not speak HTTP; correct the server"),
        ("https", b"HTTP/1.1 400 Bad Request\r\n\r\n", "its certificate is not trusted; renew it"),
    ],
)
def test_an_address_that_does_not_speak_as_it_should_is_told_once_and_soon(
    published: Place, monkeypatch: pytest.MonkeyPatch, scheme: str, answer: bytes | None, part: str
) -> None:
    monkeypatch.setattr(doctor, "PATIENCE", timedelta(seconds=0.3))
    with listening(answer) as url:
        found = examine(published, url.replace("http", scheme, 1))
    [(subject, probe, message)] = _address_findings(found)
    assert (subject, probe) == ("public_url", "address")
    assert part in message


def test_a_server_that_stops_answering_is_left_alone_after_three_questions(
    published: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dead(asked: Asked, reply: Reply) -> Reply:
        return reply.but(Content_Length=str(10**9)) if asked.key else reply

    monkeypatch.setattr(doctor, "PATIENCE", timedelta(seconds=5))
    with running_webserver(folder_of(published), dead) as url:
        found = faults(examine(published, url))
    assert [one.code for one in found] == ["answer", "answer", "answer", "address"]
    assert "gave no answer 3 times, so the rest was left out" in found[-1].message


def test_what_may_be_secret_in_an_address_is_not_told() -> None:
    with socket.socket() as closed, Client() as client:
        closed.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{closed.getsockname()[1]}/feed"
        with pytest.raises(UnreachableError) as caught:
            client.observe(f"http://name:{SECRET_KEY}@{place}?token={SECRET_KEY}", headers={}, most=0)
    assert str(caught.value).startswith(f"http://{place}: cannot be reached")
    assert SECRET_KEY not in str(caught.value)


def test_an_address_without_https_is_told_but_on_this_machine(published: Place) -> None:
    with running_webserver(folder_of(published)) as url:
        # A name of this machine that does not say so.
        found = faults(examine(published, url.replace("127.0.0.1", "0.0.0.0")))  # noqa: S104
    assert [(one.where, one.code, one.level) for one in found] == [("public_url", "https", "warning")]


def test_a_bucket_that_anybody_can_list_is_told(published: Place) -> None:
    def listing(asked: Asked, reply: Reply) -> Reply:
        return reply if asked.key else Reply(200, {}, b'<?xml version="1.0"?><ListBucketResult xmlns="x"/>')

    with running_webserver(folder_of(published), listing) as url:
        found = faults(examine(published, url))
    assert [(one.where, one.code, one.level) for one in found] == [("public_url", "listing", "warning")]


def test_a_place_where_nothing_is_published_is_told(sample: Path) -> None:
    (sample / "public").mkdir()
    with running_webserver(sample / "public") as url:
        found = observe_health(Place(sample, Overrides(public_url=url), url).session())
    assert [(one.code, one.level) for one in faults(found)] == [("published", "advice")]
    assert {one.where for one in found} == {"store", "public_url"}


# The sample


def test_the_sample_is_of_the_newest_episode_that_has_such_a_file() -> None:
    def episode(slug: str, day: int) -> EpisodeRecord:
        return EpisodeRecord(
            guid=slug,
            slug=slug,
            stem=f"episodes/{slug}/{slug}",
            title=slug,
            tier="free",
            published=datetime(2026, 1, day, tzinfo=UTC),
            live=True,
            enclosure=f"episodes/{slug}/{slug}.mp3",
            audio=AudioRecord(media_type="audio/mpeg", duration=timedelta(1), tag_length=0, frames_hash=""),
            parts={},
        )

    feed = FeedRecord(name="z", key="z.xml", guid="", tiers=("free",), signature="", channel="", items=())
    keys = [
        "z.xml",
        "archive/z/1.xml",
        "feeds.opml",
        "episodes/old/old.mp3",
        "episodes/old/old.srt",
        "episodes/old/old-chapters.json",
        "episodes/new-chapters/new-chapters.mp3",
        "episodes/new-chapters/new-chapters.json",
        "episodes/doomed/doomed.vtt",
        "private/staged/next/next.mp3",
        "private/staged/next/next.vtt",
        "private/members.xml",
        "site/robots.unknown",
    ]
    manifest = Manifest(
        doomed=("episodes/doomed/doomed.vtt",),
        objects={key: ObjectRecord(1, "", "") for key in keys},
        episodes={one.guid: one for one in (episode("old", 1), episode("new-chapters", 2))},
        feeds={"z": feed},
    )
    assert [(one.key, one.kind) for one in sample(manifest)] == [
        ("z.xml", "feed"),
        ("feeds.opml", "list"),
        ("episodes/new-chapters/new-chapters.mp3", "audio"),
        ("episodes/old/old-chapters.json", "chapters"),
        ("episodes/old/old.srt", "transcript"),
        ("episodes/new-chapters/new-chapters.json", "transcript"),
        ("private/podwright/manifest.json", "private"),
        ("private/members.xml", "private"),
        ("private/staged/next/next.mp3", "private"),
    ]


# A real bucket

THEIRS = {
    "ID": "theirs",
    "AllowedOrigins": ["https://app.example"],
    "AllowedMethods": ["PUT", "GET"],
    "MaxAgeSeconds": 5,
}


@pytest.fixture(scope="module")
def stored(seaweed: Seaweed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The sample show in a bucket of its own, public but for `private/`; tests change the rules of the bucket only."""
    root = tmp_path_factory.mktemp("bucket") / "show"
    for name in ("feeds", "episodes", "artwork"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "podwright.toml", root)
    bucket = f"doctor-{uuid.uuid4().hex}"
    overrides = Overrides(
        storage=f"s3://{bucket}",
        public_url=f"{seaweed.endpoint_url}/{bucket}/",
        endpoint_url=seaweed.endpoint_url,
        region=REGION,
    )
    with pytest.MonkeyPatch.context() as patch:
        for name, value in seaweed.environment.items():
            patch.setenv(name, value)
        seaweed.create_bucket(bucket)
        seaweed.make_public(bucket)
        place = Place(root, overrides, str(overrides.public_url))
        place.publish()
        yield place
        seaweed.delete_bucket(bucket)


def bucket_of(place: Place) -> str:
    return str(place.overrides.storage).removeprefix("s3://")


@pytest.fixture
def place(stored: Place, seaweed: Seaweed, credentials: None) -> Iterator[Place]:
    yield stored
    seaweed.client().delete_bucket_cors(Bucket=bucket_of(stored))
    seaweed.make_public(bucket_of(stored))


def _brief(findings: tuple[Finding, ...]) -> set[tuple[str, str, str]]:
    """What is wrong, without naming episodes."""
    return {(Path(one.where).suffix or one.where, one.code, one.level) for one in faults(findings)}


def test_a_bucket_serves_all_as_apps_want_it_once_it_has_our_rule(place: Place) -> None:
    before = observe_health(place.session())
    # SeaweedFS lets any site read a bucket that has no rules, and never compresses.
    assert _brief(before) == {
        ("store", "rules", "advice"),
        (".xml", "compression", "advice"),
        (".mp3", "sharing", "advice"),
    }
    assert apply_fixes(place.session()) == ("store: pages of any site may read it now (cross-origin rule 'podwright')",)
    assert _brief(observe_health(place.session())) == {(".xml", "compression", "advice")}
    assert apply_fixes(place.session()) == ()


def test_a_bucket_that_other_sites_cannot_read_is_told_and_mended_without_touching_what_others_wrote(
    place: Place, seaweed: Seaweed
) -> None:
    client, bucket = seaweed.client(), bucket_of(place)
    client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [THEIRS]})
    sharing = {
        (".xml", "sharing", "warning"),
        (".opml", "sharing", "advice"),
        (".mp3", "sharing", "advice"),
        *((ending, "sharing", "error") for ending in (".vtt", ".srt", ".json", ".html", ".txt")),
    }
    found = observe_health(place.session())
    assert _brief(found) == {("store", "rules", "advice"), (".xml", "compression", "advice"), *sharing}
    [one] = [one for one in found if one.code == "sharing" and one.where.endswith(".vtt")]
    assert one.message.endswith("run podwright doctor --fix, or have the server send Access-Control-Allow-Origin: *")
    assert apply_fixes(place.session())
    assert _brief(observe_health(place.session())) == {(".xml", "compression", "advice")}
    rules = client.get_bucket_cors(Bucket=bucket)["CORSRules"]
    assert [rule["ID"] for rule in rules] == ["theirs", CORS.name]
    assert rules[0] == THEIRS


def test_a_bucket_whose_private_side_anybody_can_read_is_told(place: Place, seaweed: Seaweed) -> None:
    seaweed.make_public(bucket_of(place), except_prefix="nothing/")
    found = [one for one in observe_health(place.session()) if one.code == "private"]
    assert len(found) > 3
    assert {(one.level, one.message.partition(";")[0]) for one in found} == {("error", "anybody can read it")}


def test_a_bucket_that_nobody_can_read_is_told(place: Place, seaweed: Seaweed) -> None:
    seaweed.client().delete_bucket_policy(Bucket=bucket_of(place))
    found = observe_health(place.session())
    [closed] = [one for one in found if one.code == "answer"]
    assert (closed.where, closed.level) == ("public_url", "error")
    advice = "let anybody read all but private/ (podwright doctor --policy public prints how)"
    assert closed.message == f"refuses all that is public (403); {advice}"
    assert any(one.code == "private" and one.level == "ok" for one in found)


def test_a_bucket_of_which_a_part_is_closed_is_told_object_by_object(place: Place, seaweed: Seaweed) -> None:
    seaweed.make_public(bucket_of(place), except_prefix="episodes/")
    found = [one for one in observe_health(place.session()) if one.code == "answer" and one.level == "error"]
    assert len(found) > 5
    assert all(one.where.startswith("episodes/") for one in found)
    assert {one.message.partition("; ")[0] for one in found} == {"is refused (403)"}


def test_rules_that_the_key_may_not_read_are_told_and_no_secret_is(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", f"{SECRET_KEY}-wrong")
    with pytest.raises(StoreError, match="see that the key and its secret are right") as caught:
        apply_fixes(place.session())
    assert "s3:GetBucketCORS" in str(caught.value)
    assert SECRET_KEY not in str(caught.value)


def test_a_folder_has_nothing_to_mend(published: Place) -> None:
    assert apply_fixes(published.session()) == ()
