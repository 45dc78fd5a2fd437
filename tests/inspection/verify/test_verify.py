"""Verifying follows the live feeds to everything that they name; each fault gives exactly its finding."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from click.testing import CliRunner

from podwright.cli import main
from podwright.core.errors import WorkspaceError
from podwright.core.finding import Finding
from podwright.core.model import Overrides
from podwright.core.names import MANIFEST_KEY, generation_key, parse
from podwright.core.progress import Progress
from podwright.inspection.verify import Request, Verified, observe_published
from podwright.inspection.verify.objects import observe_certificates
from podwright.inspection.verify.pages import addresses, page_links
from podwright.inspection.verify.store import observe_drift
from podwright.report.findings import verified_lines
from podwright.stores.ledger.manifest import REPAIR, Manifest, ObjectRecord, Unsettled
from podwright.stores.local import LocalStore
from tests.support.paths import ROOT
from tests.support.published import NOW, Place, Quiet
from tests.support.seaweed import REGION, Seaweed
from tests.support.webserver import Asked, Fault, Reply, Server, right, running_server

PORTRAIT = "https://example.org/people/ines-calder.jpg"
PATIENCE = timedelta(seconds=10)


def write_show(root: Path, *, elsewhere: str, limit: int | None = None) -> None:
    """The sample show, whose one picture at another site is on this machine, and whose feed has pages."""
    for name in ("feeds", "episodes", "artwork"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "podwright.toml", root)
    for path in [root / "podwright.toml", *root.rglob("*.md"), *root.rglob("season.toml")]:
        path.write_text(path.read_text().replace(PORTRAIT, elsewhere))
    if limit:
        feed = root / "feeds" / "quick-take.toml"
        feed.write_text(f"limit = {limit}\n{feed.read_text()}")


@dataclasses.dataclass(frozen=True)
class Live:
    """A published show and the web servers that answer for it and for another site."""

    place: Place
    server: Server
    elsewhere: Server

    @property
    def folder(self) -> Path:
        return self.server.root

    def verify(self, *, progress: Progress | None = None, **changes: Any) -> Verified:
        session = self.place.session(NOW)
        request = Request(
            session=dataclasses.replace(session, progress=progress or session.progress), patience=PATIENCE
        )
        return observe_published(dataclasses.replace(request, **changes))


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Published once, and to be looked at only; `live` gives each test its own faults."""
    root = tmp_path_factory.mktemp("verify") / "show"
    (root / "public").mkdir(parents=True)
    other = tmp_path_factory.mktemp("elsewhere")
    (other / "portrait.jpg").write_bytes(b"picture")
    with running_server(root / "public") as server, running_server(other) as elsewhere:
        write_show(root, elsewhere=f"{elsewhere.url}portrait.jpg", limit=2)
        place = Place(root, Overrides(public_url=server.url), server.url, folder=root / "public")
        place.publish()
        yield Live(place, server, elsewhere)


@pytest.fixture
def live(shown: Live) -> Iterator[Live]:
    yield shown
    shown.server.fault = shown.elsewhere.fault = right


@pytest.fixture
def own(shown: Live, tmp_path: Path) -> Iterator[Live]:
    """A copy of the published folder that a test may damage."""
    root = tmp_path / "show"
    shutil.copytree(shown.place.root, root, symlinks=True, copy_function=shutil.copy2)
    with running_server(root / "public") as server:
        # The pages and feeds name the shared server's address, so that it answers from this folder.
        shown.server.root = root / "public"
        yield dataclasses.replace(shown, place=dataclasses.replace(shown.place, root=root, folder=server.root))
        shown.server.root = shown.place.root / "public"


def brief(found: Verified) -> list[tuple[str, str, str]]:
    return [(one.where, one.code, one.level) for one in found.findings]


def test_nothing_is_found_where_all_is_well(live: Live) -> None:
    for deep in (False, True):
        found = live.verify(deep=deep)
        assert found.findings == ()
        assert not found.broken
        assert found.objects > 70
        assert found.checks > 5 * found.objects


def test_the_address_that_a_feed_had_elsewhere_is_followed(own: Live) -> None:
    old = f"{own.elsewhere.url}old.rss"
    feed = own.place.root / "feeds/quick-take.toml"
    feed.write_text(f'moved_from = ["{old}"]\n{feed.read_text()}')
    assert brief(own.verify()) == [(old, "moved", "warning")]
    assert brief(own.verify(feeds=("quick-take",))) == []


def test_the_address_that_a_feed_had_under_a_former_name_is_looked_at_too(own: Live) -> None:
    feeds = own.place.root / "feeds"
    renamed = (feeds / "cardiology.toml").rename(feeds / "heart.toml")
    renamed.write_text(f'former = ["cardiology"]\n{renamed.read_text()}')
    own.place.publish()
    assert own.verify().findings == ()
    own.server.fault = lambda asked, reply: Reply(200, {}, b"<rss>") if asked.key == "cardiology.xml" else reply
    assert "cardiology.xml" in {one.where for one in own.verify(feeds=("cardiology",)).findings}
    own.server.fault = right


class Publishing(Quiet):
    """Publishes an edit whenever a stretch of work of that name begins, as often as is said."""

    def __init__(self, live: Live, label: str, times: int) -> None:
        super().__init__()
        self._live, self._label, self._times = live, label, times

    def begin(self, label: str, total: int) -> None:
        super().begin(label, total)
        if label == self._label and self._times:
            self._times -= 1
            page = self._live.place.root / "episodes/gardening-between-shifts/episode.md"
            page.write_text(f"{page.read_text()}\nOne more line about beans.\n")
            dataclasses.replace(self._live.place, progress=Quiet()).publish()


@pytest.mark.parametrize("label", ["comparing", "verifying"])
def test_a_publish_that_comes_in_between_is_no_fault(own: Live, label: str) -> None:
    assert own.verify(progress=Publishing(own, label, 1)).findings == ()


@pytest.mark.parametrize("deep", [False, True])
def test_a_former_generation_that_is_lost_is_told(own: Live, deep: bool) -> None:
    own.verify(progress=Publishing(own, "comparing", 1))
    path = own.folder / generation_key(1)
    if deep:
        path.write_bytes(path.read_bytes()[:-9])
    else:
        path.unlink()
    found = own.verify(deep=deep)
    assert (brief(found), found.broken) == ([(generation_key(1), "history", "warning")], False)


def test_where_publishes_come_in_between_again_and_again_that_is_said(own: Live) -> None:
    found = own.verify(progress=Publishing(own, "comparing", 9))
    assert found.broken
    assert ("store", "unfinished", "warning") in brief(found)


AUDIO = "episodes/mind-the-rug/mind-the-rug.mp3"
CAPTIONS = "episodes/mind-the-rug/mind-the-rug.vtt"
CHAPTERS = "episodes/mind-the-rug/mind-the-rug-chapters.json"
PAGE = "episodes/mind-the-rug/index.html"
ASSET = r"assets/site-[0-9a-f]+\.css"
ARTWORK = r"artwork/show-[0-9a-f]+-600\.jpg"
ARCHIVE = "archive/quick-take/1.xml"
MEMBERS = "private/episodes/sleep-after-night-shifts/sleep-after-night-shifts.mp3"
STAGED = "private/staged/a-scale-by-the-door/a-scale-by-the-door.mp3"


def only_for(pattern: str, fault: Fault) -> Fault:
    def answer(asked: Asked, reply: Reply) -> Reply:
        return fault(asked, reply) if re.fullmatch(pattern, asked.key) else reply

    return answer


def answering(status: int, **headers: str) -> Fault:
    return lambda *_: Reply(status).but(**headers)


def having(**headers: str | None) -> Fault:
    return lambda _, reply: reply.but(**headers) if reply.status in (200, 206, 304) else reply


def _cut(asked: Asked, reply: Reply) -> Reply:
    whole = reply.status == 200 and "range" not in asked.headers
    return Reply(200, reply.headers, reply.body[:-7]) if whole else reply


def _other(asked: Asked, reply: Reply) -> Reply:
    whole = reply.status == 200 and "range" not in asked.headers
    return Reply(200, reply.headers, bytes([reply.body[0] ^ 1]) + reply.body[1:]) if whole else reply


def _no_ranges(_: Asked, reply: Reply) -> Reply:
    return Reply(200, reply.headers, b"all") if reply.status == 206 else reply


def _never_unchanged(_: Asked, reply: Reply) -> Reply:
    return Reply(200, reply.headers, b"again") if reply.status == 304 else reply


def _no_head(asked: Asked, reply: Reply) -> Reply:
    return Reply(405) if asked.method == "HEAD" else reply


def _open(asked: Asked, _: Reply) -> Reply:
    return Reply(200, {}, asked.stored)


FAULTS: tuple[tuple[str, str, Fault, list[tuple[str, str, str]]], ...] = (
    ("refuses audio", AUDIO, answering(403), [("answer", "error", "is refused (403); let anybody read")]),
    ("lost a transcript", CAPTIONS, answering(404), [("answer", "error", "is not there (404)")]),
    ("lost a picture", ARTWORK, answering(410), [("answer", "error", "is not there (410)")]),
    ("fails at chapters", CHAPTERS, answering(500), [("answer", "error", "answers 500, not 200")]),
    ("lost a page", PAGE, answering(404), [("answer", "error", "is not there (404)")]),
    ("lost what pages load", ASSET, answering(404), [("answer", "error", "is not there (404)")]),
    ("lost an archive page", ARCHIVE, answering(404), [("answer", "error", "is not there (404)")]),
    (
        "serves audio as anything",
        AUDIO,
        having(Content_Type="application/octet-stream"),
        [("type", "error", "is served as application/octet-stream")],
    ),
    ("serves a page as text", PAGE, having(Content_Type="text/plain"), [("type", "error", "is served as text/plain")]),
    ("has an older transcript", CAPTIONS, _cut, [("content", "error", "were published; empty the caches")]),
    ("has another picture", ARTWORK, _other, [("content", "error", "has other bytes than were published")]),
    ("has a shorter recording", AUDIO, _cut, [("content", "error", "were published; empty the caches")]),
    ("knows no ranges", AUDIO, _no_ranges, [("ranges", "error", "answers 200, not 206, to a range")]),
    ("has no version", AUDIO, having(ETag=None), [("etag", "warning", "has no ETag")]),
    ("sends it again and again", CAPTIONS, _never_unchanged, [("etag", "warning", "answers 200, not 304")]),
    ("knows no HEAD", AUDIO, _no_head, [("head", "error", "answers 405 to HEAD")]),
    (
        "keeps a transcript to itself",
        CAPTIONS,
        having(Access_Control_Allow_Origin=None),
        [("sharing", "error", "cannot be read by players on other sites")],
    ),
    (
        "keeps chapters to itself",
        CHAPTERS,
        having(Access_Control_Allow_Origin=None),
        [("sharing", "error", "cannot be read by players on other sites")],
    ),
    ("lets anybody read members' audio", MEMBERS, _open, [("private", "error", "anybody can read it")]),
    ("lets anybody read what is not due", STAGED, _open, [("private", "error", "anybody can read it")]),
    ("lets anybody read the manifest", MANIFEST_KEY, _open, [("private", "error", "anybody can read it")]),
)


@pytest.mark.parametrize(("key", "fault", "expected"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_each_thing_that_a_server_does_wrong_is_found_and_nothing_else(
    live: Live, key: str, fault: Fault, expected: list[tuple[str, str, str]]
) -> None:
    live.server.fault = only_for(key, fault)
    found = live.verify()
    assert [(one.code, one.level) for one in found.findings] == [(probe, level) for probe, level, _ in expected]
    assert found.broken == any(level == "error" for _, level, _ in expected)
    for one, (_, _, part) in zip(found.findings, expected, strict=True):
        assert re.fullmatch(key, one.where)
        assert part in one.message
        assert "; " in one.message


def test_what_is_missing_is_told_with_what_leads_there(live: Live) -> None:
    live.server.fault = only_for(f"{CAPTIONS}|{ASSET}", answering(404))
    named = {Path(one.where).suffix: one.about for one in live.verify().findings}
    assert named[".vtt"] == "quick-take.xml" or named[".vtt"] == ARCHIVE
    assert str(named[".css"]).endswith(".html")
    assert "(named by " in "\n".join(verified_lines(live.verify()))


# Redirects


def test_a_redirect_is_followed_and_told(live: Live) -> None:
    moved = f"{live.server.url}{CAPTIONS}?moved"

    def fault(asked: Asked, reply: Reply) -> Reply:
        return reply if asked.query == "moved" else Reply(301).but(Location=moved)

    live.server.fault = only_for(CAPTIONS, fault)
    [one] = live.verify().findings
    assert (one.code, one.level) == ("redirects", "warning")
    assert "redirects (301) to " in one.message


def test_what_lies_behind_a_redirect_is_looked_at(live: Live) -> None:
    def fault(asked: Asked, _: Reply) -> Reply:
        return Reply(404) if asked.query == "moved" else Reply(302).but(Location=f"/{CAPTIONS}?moved")

    live.server.fault = only_for(CAPTIONS, fault)
    assert [(one.code, one.level) for one in live.verify().findings] == [
        ("answer", "error"),
        ("redirects", "warning"),
    ]


@pytest.mark.parametrize(
    ("location", "part"),
    [
        (f"/{CAPTIONS}", "apps give up; make it answer itself"),
        (f"/{CAPTIONS}?again", "apps give up; make it answer itself"),
        ("ftp://127.0.0.1/", "to what is no address of the web"),
        ("http://[", "to what is no address of the web"),
        (None, "without saying where to"),
    ],
)
def test_a_redirect_that_leads_nowhere_is_an_error(live: Live, location: str | None, part: str) -> None:
    def fault(asked: Asked, _: Reply) -> Reply:
        target = f"{location}{asked.query}a" if location and "?" in location else location
        return Reply(302).but(Location=target)

    live.server.fault = only_for(CAPTIONS, fault)
    [one] = live.verify().findings
    assert (one.where, one.code, one.level) == (CAPTIONS, "redirects", "error")
    assert part in one.message


# Feeds


def _feed(change: Callable[[bytes], bytes]) -> Fault:
    def fault(_: Asked, reply: Reply) -> Reply:
        plain = reply.status == 200 and "Content-Encoding" not in reply.headers
        return Reply(200, reply.headers, change(reply.body)) if plain else reply

    return fault


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda data: data[:400], {("feed", "is not well-formed XML"), ("content", "were published")}),
        (
            lambda data: data.replace(b"<rss", b'<!DOCTYPE rss [<!ENTITY a "b">]><rss', 1),
            {("feed", "has a document type"), ("content", "were published")},
        ),
        (
            lambda data: re.sub(rb'(<enclosure[^>]* length=")\d+', rb"\g<1>7", data, count=1),
            {("promise", "promises 7 bytes, and "), ("content", "were published")},
        ),
        (
            lambda data: re.sub(rb'(<enclosure[^>]* type=")audio/mpeg', rb"\g<1>video/mp4", data, count=1),
            {("promise", "promises video/mp4, and it is audio/mpeg"), ("content", "were published")},
        ),
        (
            lambda data: re.sub(rb'value="sha256-[^"]+', b'value="sha256-AAAA', data, count=1),
            {("promise", "promises the digest of other bytes"), ("content", "were published")},
        ),
        (
            lambda data: data.replace(b".vtt", b".gone.vtt", 1),
            {("link", "names it, and it is not published"), ("content", "were published")},
        ),
    ],
)
def test_what_a_feed_says_is_held_against_what_was_published(
    live: Live, change: Callable[[bytes], bytes], expected: set[tuple[str, str]]
) -> None:
    live.server.fault = only_for("cardiology.xml", _feed(change))
    found = live.verify(feeds=("cardiology",)).findings
    assert {one.code for one in found} == {probe for probe, _ in expected}
    for probe, part in expected:
        [told] = [one for one in found if one.code == probe]
        assert part in told.message
        assert told.level == "error"


def test_one_feed_can_be_looked_at_alone(live: Live) -> None:
    live.server.fault = only_for(f"quick-take.xml|index.html|{STAGED}", _open)
    assert live.verify(feeds=("cardiology",)).findings == ()
    assert live.verify(feeds=("cardiology",)).objects < live.verify(feeds=("quick-take",)).objects
    with pytest.raises(WorkspaceError, match=r"feeds/none\.toml: no feed of this name is published; name one of card"):
        live.verify(feeds=("none",))


def test_members_feeds_are_followed_in_the_store_and_refused_to_the_public(live: Live) -> None:
    asked: set[str] = set()

    def fault(question: Asked, reply: Reply) -> Reply:
        asked.add(question.key)
        return reply

    live.server.fault = fault
    assert live.verify(feeds=("quick-take-gold",)).findings == ()
    assert {"private/quick-take-gold.xml", MEMBERS} <= asked


# Other hosts


@pytest.mark.parametrize(
    ("fault", "part"),
    [
        (answering(404), "answers 404, not 200; name another address"),
        (answering(302), "without saying where to"),
        (_no_head, None),
    ],
)
def test_what_lies_elsewhere_must_be_there_and_no_more(live: Live, fault: Fault, part: str | None) -> None:
    live.elsewhere.fault = fault
    found = live.verify()
    assert not found.broken
    assert [one.code for one in found.findings] == (["elsewhere"] if part else [])
    assert all(part in one.message for one in found.findings if part)


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A show whose audio goes through a service that counts downloads."""
    root = tmp_path_factory.mktemp("counted") / "show"
    (root / "public").mkdir(parents=True)
    other = tmp_path_factory.mktemp("service")
    (other / "portrait.jpg").write_bytes(b"picture")
    with running_server(root / "public") as server, running_server(other) as service:
        write_show(root, elsewhere=f"{service.url}portrait.jpg")
        settings = root / "podwright.toml"
        settings.write_text(f'enclosure_prefix = "{service.url}e/"\n{settings.read_text()}')
        place = Place(root, Overrides(public_url=server.url), server.url, folder=root / "public")
        place.publish()
        yield Live(place, server, service)


def _counting(status: int = 302, *, to: str = "") -> Fault:
    def fault(asked: Asked, reply: Reply) -> Reply:
        if not asked.key.startswith("e/"):
            return reply
        assert asked.method == "HEAD", "anything else would be counted"
        return Reply(status).but(Location=to or asked.key.removeprefix("e/"))

    return fault


@pytest.mark.parametrize(
    ("fault", "part"),
    [
        (_counting(), None),
        (_counting(503), "answers 503, not with the way to the audio; correct enclosure_prefix"),
        (_counting(to="/portrait.jpg"), "not to the audio; correct enclosure_prefix"),
        (_counting(to="ftp://x/"), "to what is no address of the web"),
    ],
)
def test_a_counting_service_is_followed_to_the_audio_without_being_counted(
    counted: Live, fault: Fault, part: str | None
) -> None:
    counted.elsewhere.fault = fault
    found = counted.verify().findings
    assert {one.code for one in found} == ({"counting"} if part else set())
    assert all(part in one.message and one.level == "error" for one in found if part)


def test_a_certificate_that_ends_soon_or_is_not_trusted_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = datetime(2037, 1, 31, tzinfo=UTC)
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", not_after=ends).configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with running_server(tmp_path, tls=context) as server:

        def told(now: datetime) -> list[tuple[str, str]]:
            found = observe_certificates([server.url, f"{server.url}a"], now=now, patience=PATIENCE)
            return [(one.level, one.message) for one in found]

        [(level, message)] = told(ends)
        assert level == "error"
        assert "is not trusted; renew it" in message
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        assert told(ends - timedelta(days=15)) == [("ok", "has a good certificate")]
        [(level, message)] = told(ends - timedelta(days=13, hours=1))
        assert level == "warning"
        assert message == "its certificate ends in 13 days, on 2037-01-31; renew it, and see why nothing did"


# Limits


def test_no_more_requests_are_under_way_at_once_than_allowed(live: Live) -> None:
    together = threading.Barrier(3)

    def fault(_: Asked, reply: Reply) -> Reply:
        try:
            together.wait(0.05)
        except threading.BrokenBarrierError:
            together.reset()
        return reply

    live.server.fault = fault
    live.server.busiest = 0
    assert live.verify(concurrency=3, feeds=("cardiology",)).findings == ()
    assert live.server.busiest == 3


def test_an_address_that_falls_silent_is_left_alone(live: Live) -> None:
    live.server.fault = only_for("episodes/.*", having(Content_Length=str(10**9)))
    found = live.verify(concurrency=1)
    assert "gave no answer 10 times" in "".join(one.message for one in found.findings if one.code == "address")
    assert sum(one.code == "answer" for one in found.findings) == 10


# All bytes


def _altered_within(asked: Asked, reply: Reply) -> Reply:
    if reply.status != 200 or "range" in asked.headers:
        return reply
    middle = len(reply.body) // 2
    return Reply(200, reply.headers, reply.body[:middle] + b"?" + reply.body[middle + 1 :])


def test_only_a_deep_look_finds_other_bytes_inside_a_large_object(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("podwright.inspection.verify.WHOLE", 1000)
    live.server.fault = only_for(AUDIO, _altered_within)
    assert live.verify().findings == ()
    [one] = live.verify(deep=True).findings
    assert (one.where, one.code, one.level) == (AUDIO, "digest", "error")


# The store


def lose(folder: Path, key: str) -> None:
    (folder / key).unlink()


def cut(folder: Path, key: str) -> None:
    (folder / key).write_bytes((folder / key).read_bytes()[:-3])


def alter(folder: Path, key: str) -> None:
    data = (folder / key).read_bytes()
    (folder / key).write_bytes(data[:9] + bytes([data[9] ^ 1]) + data[10:])


def test_a_folder_that_was_restored_from_a_backup_is_as_good(own: Live) -> None:
    # Every file of the copy has another version than the manifest says.
    assert own.verify().findings == ()


@pytest.mark.parametrize(
    ("key", "damage", "probe"),
    [
        *((key, lose, "lost") for key in (AUDIO, PAGE, "quick-take.xml", MEMBERS, "feeds.opml")),
        (AUDIO, cut, "size"),
        ("quick-take.xml", cut, "size"),
        (CAPTIONS, alter, "bytes"),
        (MEMBERS, alter, "bytes"),
    ],
)
def test_what_the_store_lost_or_holds_otherwise_is_told_once(
    own: Live, key: str, damage: Callable[[Path, str], None], probe: str
) -> None:
    damage(own.place.root / "public", key)
    [one] = own.verify().findings
    assert (one.where, one.code, one.level) == (key, probe, "error")
    assert REPAIR in one.message


def test_what_no_publish_knows_is_told_once(own: Live) -> None:
    for number in range(5):
        (own.place.root / "public" / f"episodes/stray-{number}.txt").write_text("stray")
    [one] = own.verify().findings
    assert (one.where, one.code, one.level) == ("store", "unknown", "warning")
    assert "5 objects that no publish knows (episodes/stray-0.txt, " in one.message


@pytest.mark.parametrize("damage", [lose, cut, lambda folder, key: (folder / key).write_bytes(b"[]")])
def test_a_manifest_that_is_lost_or_damaged_is_told(own: Live, damage: Callable[[Path, str], None]) -> None:
    damage(own.place.root / "public", MANIFEST_KEY)
    [one] = own.verify().findings
    assert (one.where, one.code, one.level) == (MANIFEST_KEY, "manifest", "error")
    assert REPAIR in one.message


def test_what_a_stopped_publish_left_is_told_as_that_and_not_as_unknown(tmp_path: Path) -> None:
    record = ObjectRecord(1, "a", "b")
    (tmp_path / "a.vtt").write_bytes(b"a")
    manifest = Manifest(unsettled={"a.vtt": Unsettled(record, record)})
    store = LocalStore(tmp_path, url="file:public")
    found = observe_drift(
        store, manifest, headers=False, read_whole=lambda _: False, concurrency=1, advance=lambda _: None
    )
    assert [(one.code, one.level) for one in found.findings] == [("unfinished", "warning")]


def test_a_store_that_was_emptied_is_broken(own: Live) -> None:
    shutil.rmtree(own.place.root / "public")
    [one] = own.verify().findings
    assert (one.where, one.code, one.level) == ("store", "published", "error")


def test_the_headers_that_are_expected_are_those_that_are_published(live: Live) -> None:
    found = live.place.plan()
    artifacts = list(found.podcast.artifacts)
    assert len(artifacts) > 70
    for one in artifacts:
        name = parse(one.key)
        assert name
        assert (name.media_type, name.cache_control) == (one.media_type, one.cache_control), one.key


@pytest.mark.parametrize(
    ("key", "media_type"),
    [
        ("episodes/a/a-chapters.json", "application/json+chapters"),
        ("private/episodes/a/a-chapters.json", "application/json+chapters"),
        ("episodes/a-chapters/a-chapters.json", "application/json"),
    ],
)
def test_what_an_episode_left_where_it_is_no_more_is_of_the_type_that_it_was(key: str, media_type: str) -> None:
    name = parse(key)
    assert name
    assert name.media_type == media_type


# A real bucket


@pytest.fixture
def stored(seaweed: Seaweed, bucket: str, tmp_path: Path) -> Iterator[Live]:
    """The sample show in a bucket."""
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / "portrait.jpg").write_bytes(b"picture")
    root = tmp_path / "show"
    root.mkdir()
    url = f"{seaweed.endpoint_url}/{bucket}/"
    with running_server(other) as elsewhere:
        write_show(root, elsewhere=f"{elsewhere.url}portrait.jpg")
        overrides = Overrides(
            storage=f"s3://{bucket}", public_url=url, endpoint_url=seaweed.endpoint_url, region=REGION
        )
        place = Place(root, overrides, url)
        place.publish()
        yield Live(place, elsewhere, elsewhere)


def test_a_bucket_is_verified_and_each_fault_of_it_is_found(stored: Live, seaweed: Seaweed, bucket: str) -> None:
    client = seaweed.client()
    assert stored.verify(deep=True).findings == ()

    held = client.get_object(Bucket=bucket, Key=CAPTIONS)
    data, digest = held["Body"].read(), held["Metadata"]

    def put(body: bytes, metadata: dict[str, str], media_type: str) -> None:
        client.put_object(
            Bucket=bucket,
            Key=CAPTIONS,
            Body=body,
            ContentType=media_type,
            CacheControl="public, max-age=3600",
            Metadata=metadata,
        )

    put(data[:-1] + b"?", {}, "text/vtt; charset=utf-8")
    assert brief(stored.verify()) == [(CAPTIONS, "bytes", "error")]
    put(data, digest, "text/plain")
    assert brief(stored.verify()) == [(CAPTIONS, "type", "error")]
    assert brief(stored.verify(deep=True)) == [(CAPTIONS, "headers", "error")]
    client.delete_object(Bucket=bucket, Key=CAPTIONS)
    assert brief(stored.verify()) == [(CAPTIONS, "lost", "error")]
    put(data, digest, "text/vtt; charset=utf-8")
    assert stored.verify(deep=True).findings == ()
    seaweed.make_public(bucket, except_prefix="nothing/")
    probes = {(one.code, one.level) for one in stored.verify().findings}
    assert probes == {("private", "error")}


# The command


def run(live: Live, *arguments: str) -> tuple[int, str, str]:
    command = ["-C", str(live.place.root), "--public-url", live.place.base, "verify", "--now", NOW.isoformat()]
    done = CliRunner().invoke(main, [*command, *arguments])
    return done.exit_code, done.stdout, done.stderr


def test_the_command_says_what_is_broken_and_ends_so_that_monitoring_notices(live: Live) -> None:
    status, out, _ = run(live)
    assert status == 0
    assert re.fullmatch(r"\d+ objects, [\d,]+ checks: 0 errors, 0 warnings\.\n", out)
    live.server.fault = only_for("episodes/.*mp3", answering(404))
    status, out, _ = run(live)
    assert status == 4
    assert f"error: {AUDIO}: is not there (404); " in out
    status, out, _ = run(live, "--json", "--deep", "--concurrency", "2")
    assert status == 4
    document = json.loads(out)
    assert document["broken"]
    assert {row["probe"] for row in document["findings"]} == {"answer"}


def test_a_warning_is_no_reason_to_wake_anybody(live: Live) -> None:
    live.server.fault = only_for(AUDIO, having(ETag=None))
    status, out, _ = run(live)
    assert status == 0
    assert f"warning: {AUDIO}: has no ETag" in out


def test_what_is_wrong_with_many_objects_alike_is_counted() -> None:
    def finding(number: int) -> Finding:
        key = f"episodes/{number}.mp3"
        return Finding(where=key, code="etag", level="warning", message="has no ETag; have the server send one")

    found = Verified(findings=tuple(map(finding, range(9))), objects=9, checks=9)
    lines = list(verified_lines(found))
    assert lines[4] == "warning: episodes/4.mp3: has no ETag; have the server send one"
    assert lines[5:] == [
        "warning: the same with 4 more objects; --json names them all",
        "9 objects, 9 checks: 0 errors, 9 warnings.",
    ]


def test_the_links_of_a_page_are_what_it_leads_to_loads_and_shows() -> None:
    page = b"""<link href="a.css"><a href="b.html#x"><a href="#c"><img src="d.png" srcset="e.png 1x, f.png 2x">
    <video poster="g.jpg"><script src=h.js></script><a href="&amp;i"><a name=j>"""
    assert page_links(page) == ("a.css", "b.html#x", "d.png", "e.png", "f.png", "g.jpg", "h.js", "&i")
    assert page_links(b"<a href=b><![x[<a href=c>") == ("b",)
    assert addresses("https://example.org/a/", b'<a href="http://["><a href="../b">') == ("https://example.org/b",)
