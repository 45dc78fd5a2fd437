"""A published show gives nothing away; each kind of leak that is made by hand is found, and told without the secret."""

from __future__ import annotations

import json
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from podwright.cli import main
from podwright.core.errors import StoreError, WorkspaceError
from podwright.core.model import Overrides
from podwright.inspection.leaks import Request, Searched, observe_leaks
from tests.support.paths import ROOT
from tests.support.published import NOW, Place, copy_show
from tests.support.seaweed import Seaweed
from tests.support.webserver import Asked, Fault, Reply, Server, right, running_server

GOLD = "episodes/counting-clean-hands/counting-clean-hands"
FREE = "episodes/mind-the-rug/mind-the-rug"
PAGE = "episodes/mind-the-rug/index.html"
TITLE = "Counting clean hands on home visits"


def look(place: Place) -> Searched:
    """What anybody finds."""
    return observe_leaks(Request(session=place.session(NOW)))


def found(place: Place) -> set[tuple[str, str]]:
    return {(one.code, one.where) for one in look(place).leaks}


@dataclass(frozen=True)
class Shown:
    """A published show behind a web server."""

    place: Place
    server: Server

    @property
    def folder(self) -> Path:
        return self.server.root


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    root = tmp_path_factory.mktemp("leaks") / "show"
    copy_show(root)
    (root / "public").mkdir()
    with running_server(root / "public") as server:
        place = Place(root, Overrides(public_url=server.url), server.url, folder=root / "public")
        place.publish()
        yield Shown(place, server)


@pytest.fixture
def shown(published: Shown, tmp_path: Path) -> Iterator[Shown]:
    """The same with a folder that a test may change."""
    folder = tmp_path / "public"
    shutil.copytree(published.folder, folder)
    published.server.root = folder
    overrides = replace(published.place.overrides, storage=f"file:{folder}")
    yield Shown(replace(published.place, overrides=overrides, folder=folder), published.server)
    published.server.root, published.server.fault = published.place.root / "public", right


def test_nothing_is_found_where_all_is_well(shown: Shown) -> None:
    searched = look(shown.place)
    assert searched.leaks == ()
    assert searched.public > 60
    assert searched.refused > 40
    assert searched.secrets > 400
    assert searched.size > 2_000_000


def edited(key: str, old: bytes, new: bytes) -> Callable[[Path], None]:
    def inject(folder: Path) -> None:
        data = (folder / key).read_bytes()
        assert old in data
        (folder / key).write_bytes(data.replace(old, new, 1))

    return inject


def added(key: str, data: bytes) -> Callable[[Path], None]:
    def inject(folder: Path) -> None:
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        (folder / key).write_bytes(data)

    return inject


def copied(source: str, key: str, *, before: bytes = b"") -> Callable[[Path], None]:
    return lambda folder: added(key, before + (folder / source).read_bytes())(folder)


def listed(folder: Path) -> None:
    path = folder / "search/0/1-0.json"
    words = json.loads(path.read_text())
    path.write_text(json.dumps(words | {"audit": [3, 1]}))


def tagged(folder: Path) -> None:
    """The title of a gated episode, as ID3 2.3 writes it, in the tag of a public one."""
    path = folder / f"{FREE}.mp3"
    data = path.read_bytes()
    frame = b"\x01\xff\xfe" + TITLE.encode("utf-16-le")
    frame = b"TIT3" + len(frame).to_bytes(4, "big") + bytes(2) + frame
    size = sum(byte << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))
    longer = size + len(frame)
    head = data[:6] + bytes(longer >> shift & 0x7F for shift in (21, 14, 7, 0))
    path.write_bytes(head + data[10 : 10 + size] + frame + data[10 + size :])


INJECTED = {
    "a title on a page": (edited(PAGE, b"</main>", f"<i>{TITLE}</i></main>".encode()), "title", PAGE),
    "a title in the sitemap": (
        edited("sitemap.xml", b"</loc>", b"?Counting%20clean%20hands%20on%20home%20visits</loc>"),
        "title",
        "sitemap.xml",
    ),
    "a line of the notes in a feed": (
        edited(
            "quick-take.xml",
            b"</item>",
            b"<x>&lt;p&gt;counted &lt;b&gt;all&lt;/b&gt; the same,\nand found the reason in the hall.</x></item>",
        ),
        "notes",
        "quick-take.xml",
    ),
    "a key point among the results of the search": (
        edited("search/episodes-0.json", b'["', b'["Count, change one thing, and count again.","'),
        "key-point",
        "search/episodes-0.json",
    ),
    "a line of a transcript": (
        added(f"{FREE}.txt", b"\nJonah Pike is a community nurse,\n"),
        "transcript",
        f"{FREE}.txt",
    ),
    "a word of a transcript in the index": (listed, "word", "search/0/1-0.json"),
    "the title of what is not due": (
        edited("index.html", b"</main>", b"Heart failure: a scale by the bathroom door</main>"),
        "title",
        "index.html",
    ),
    "an address": (
        edited("feeds.opml", b'xmlUrl="', b'xmlUrl="http://x/private/quick-take-gold.xml?'),
        "key",
        "feeds.opml",
    ),
    "a guid": (added("x.json", b'{"guid":"e09e0119-71aa-43a5-952e-347cc4b1a333"}'), "guid", "x.json"),
    "a tag of audio": (tagged, "title", f"{FREE}.mp3"),
    "audio under another name": (copied(f"private/{GOLD}.m4a", "x1.mp3", before=b"odd"), "audio", "x1.mp3"),
    "audio that is not due": (
        copied("private/staged/a-scale-by-the-door/a-scale-by-the-door.mp3", "x2.mp3", before=b"odd"),
        "audio",
        "x2.mp3",
    ),
    "the manifest": (copied("private/podwright/manifest.json", "m.txt"), "key", "m.txt"),
    "what was public once": (copied(f"private/{GOLD}.srt", f"{GOLD}.srt"), "copy", f"{GOLD}.srt"),
}


@pytest.fixture(scope="module")
def injected(published: Shown, tmp_path_factory: pytest.TempPathFactory) -> Searched:
    """What is found where all of it is given away at once, each by an object of its own."""
    folder, whole = tmp_path_factory.mktemp("injected") / "public", published.place.folder
    assert whole
    shutil.copytree(whole, folder)
    for inject, _, _ in INJECTED.values():
        inject(folder)
    published.server.root = folder
    try:
        return look(replace(published.place, overrides=replace(published.place.overrides, storage=f"file:{folder}")))
    finally:
        published.server.root = whole


@pytest.mark.parametrize(("kind", "where"), [row[1:] for row in INJECTED.values()], ids=INJECTED)
def test_each_thing_that_is_given_away_is_found(injected: Searched, kind: str, where: str) -> None:
    assert (kind, where) in {(one.code, one.where) for one in injected.leaks}


def test_nothing_else_is_found_and_no_secret_is_repeated(injected: Searched) -> None:
    assert {one.where for one in injected.leaks} == {where for _, _, where in INJECTED.values()}
    assert not any(TITLE in one.message for one in injected.leaks)


def only(pattern: str, reply: Reply) -> Fault:
    return lambda asked, answer: reply if asked.key.startswith(pattern) else answer


def opened(asked: Asked, reply: Reply) -> Reply:
    """A server that refuses nothing."""
    return Reply(200, {}, asked.stored) if asked.stored else Reply(403)


def listing(asked: Asked, reply: Reply) -> Reply:
    return Reply(200, {}, b"<?xml?><ListBucketResult/>") if asked.key == "" else reply


def kept_by_the_cache(asked: Asked, reply: Reply) -> Reply:
    return Reply(200, {}, b"WEBVTT") if asked.key == f"{GOLD}.vtt" else reply


def telling(asked: Asked, reply: Reply) -> Reply:
    return Reply(404) if asked.key.startswith("private/") and not asked.stored else reply


def named(asked: Asked, reply: Reply) -> Reply:
    said = {"Content-Disposition": f'inline; filename="{TITLE}.mp3"'}
    return replace(reply, headers={**reply.headers, **said}) if asked.key == PAGE else reply


FAULTS: dict[str, tuple[Fault, str, str]] = {
    "nothing is refused": (opened, "readable", f"private/{GOLD}.m4a"),
    "the manifest is not refused": (opened, "readable", "private/podwright/manifest.json"),
    "the bucket lists itself": (listing, "listed", "listing"),
    "a folder lists itself": (only("private/", Reply(200, {}, b"<a href='episodes'>")), "listed", "listing"),
    "a cache keeps what was public": (kept_by_the_cache, "left", f"{GOLD}.vtt"),
    "names can be guessed": (telling, "guess", "private/"),
    "a header tells": (named, "title", PAGE),
    "what is public cannot be read": (only(PAGE, Reply(500)), "unread", PAGE),
}


@pytest.mark.parametrize(("fault", "kind", "where"), FAULTS.values(), ids=FAULTS)
def test_each_thing_that_a_server_gives_away_is_found(shown: Shown, fault: Fault, kind: str, where: str) -> None:
    shown.server.fault = fault
    assert (kind, where) in found(shown.place)


def test_a_server_that_answers_everything_with_a_page_gives_nothing_away(shown: Shown) -> None:
    shown.server.fault = lambda _, reply: Reply(200, {}, b"<h1>Home</h1>") if reply.status == 404 else reply
    assert found(shown.place) == set()


def edit(place: Place, episode: str, old: str, new: str) -> None:
    path = place.root / "episodes" / episode / "episode.md"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))


@contextmanager
def answering(place: Place) -> Iterator[Place]:
    """A place whose address answers."""
    if place.folder is None:
        yield place
        return
    place.folder.mkdir(exist_ok=True)
    with running_server(place.folder) as server:
        yield replace(place, overrides=Overrides(public_url=server.url), base=server.url)


def test_an_episode_changes_sides_and_nothing_is_left_on_the_other(place: Place) -> None:
    episode, key = "gardening-between-shifts", "episodes/gardening-between-shifts/gardening-between-shifts.mp3"
    with answering(place) as live:
        live.publish()
        assert found(live) == set()
        assert live.is_public(key)
        edit(live, episode, "title:", "access: gold\ntitle:")
        assert ("left", key) not in found(live)
        assert ("title", "quick-take.xml") in found(live)
        live.publish("made-private")
        assert found(live) == set()
        assert not live.is_public(key)
        edit(live, episode, "access: gold\n", "")
        live.publish("made-public")
        assert found(live) == set()
        assert live.is_public(key)


def test_a_teaser_tells_its_title_and_key_points_and_nothing_else(sample: Path) -> None:
    feed = sample / "feeds" / "quick-take.toml"
    feed.write_text(f'{feed.read_text()}\n[teaser]\nlink = "https://example.org/join"\n')
    folder = sample / "episodes/home-monitoring/counting-clean-hands"
    shutil.copyfile(ROOT / "tests/data/audio/cbr-64k.mp3", folder / "teaser.mp3")
    with answering(Place(sample, Overrides(), "", folder=sample / "public")) as live:
        live.publish()
        assert TITLE.encode() in live.get(f"{live.base}quick-take.xml")
        assert found(live) == set()
        INJECTED["a line of the notes in a feed"][0](sample / "public")
        assert found(live) == {("notes", "quick-take.xml")}


def test_the_page_of_a_withdrawn_episode_tells_whom_to_ask_and_gives_nothing_away(sample: Path) -> None:
    page = sample / "episodes/home-monitoring/mind-the-rug/episode.md"
    contact = "contact: The education office answers what is left to ask about rugs."
    page.write_text(page.read_text().replace("---\n", f"---\nwithdraw: 2026-06-01\n{contact}\n", 1))
    with running_server(sample / "public") as server:
        place = Place(sample, Overrides(public_url=server.url), server.url, folder=sample / "public")
        place.publish()
        assert b"what is left to ask about rugs" in (sample / "public" / PAGE).read_bytes()
        assert look(place).leaks == ()


def test_a_bucket_that_is_open_behind_its_cdn_is_found(sample: Path, bucket: str, seaweed: Seaweed) -> None:
    """The address that listeners know refuses what is private, and the bucket itself gives it to anybody."""
    (sample / "public").mkdir()
    with running_server(sample / "public") as cdn:
        overrides = Overrides(
            storage=f"s3://{bucket}/shows/one",
            public_url=cdn.url,
            endpoint_url=seaweed.endpoint_url,
            region="us-east-1",
        )
        place = Place(sample, overrides, cdn.url)
        place.publish()
        seaweed.make_public(bucket, except_prefix="shows/one/private/")
        assert found(place) == set()
        seaweed.make_public(bucket, except_prefix="nothing/")
        leaks = look(place).leaks
        assert {one.code for one in leaks} == {"readable"}
        assert all(seaweed.endpoint_url in one.message for one in leaks)


def test_a_right_guess_at_a_name_is_answered_as_a_wrong_one(place: Place) -> None:
    with answering(place) as live:
        live.publish()
        for key in (f"{GOLD}.m4a", f"{GOLD}-no.m4a", "episodes/no/no.mp3"):
            with pytest.raises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(f"{live.base}private/{key}", timeout=30)
            assert caught.value.code == 403
            caught.value.close()


def test_without_a_publish_or_an_answer_nothing_is_claimed(shown: Shown, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nothing is published here; run podwright publish"):
        look(replace(shown.place, overrides=replace(shown.place.overrides, storage=f"file:{tmp_path}/none")))
    with pytest.raises(StoreError, match="cannot be reached"):
        look(replace(shown.place, overrides=replace(shown.place.overrides, public_url="http://127.0.0.1:9/")))
    with pytest.raises(WorkspaceError):
        look(replace(shown.place, root=tmp_path))


def test_the_command_tells_people_and_machines_and_ends_with_4(shown: Shown) -> None:
    options = ["-C", str(shown.place.root), "--storage", f"file:{shown.folder}", "--public-url", shown.place.base]
    run = CliRunner().invoke(main, [*options, "leaks", "--now", NOW.isoformat()])
    assert run.exit_code == 0
    assert run.stdout.endswith(": 0 leaks.\n")
    for number in range(7):
        added(f"x{number}.html", TITLE.encode())(shown.folder)
    run = CliRunner().invoke(main, [*options, "leaks", "--now", NOW.isoformat()])
    assert run.exit_code == 4
    assert "x0.html: tells the title of counting-clean-hands (gold); " in run.stdout
    assert "the same in 2 more objects; --json names them all" in run.stdout
    assert TITLE not in run.stdout
    run = CliRunner().invoke(main, [*options, "leaks", "--json", "--now", NOW.isoformat()])
    assert run.exit_code == 4
    document = json.loads(run.stdout)
    titles = [row for row in document["leaks"] if row["kind"] == "title"]
    assert [row["where"] for row in titles] == [f"x{number}.html" for number in range(7)]
    assert {row["subject"] for row in document["leaks"]} == {"counting-clean-hands (gold)"}
