"""The gateway as members' apps and strangers meet it, before a folder and before a bucket."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import etree, html

from podwright.core.model import Overrides
from tests.support.commands import run
from tests.support.gateway import Running, running_gateway
from tests.support.published import Place, copy_show
from tests.support.seaweed import Seaweed

ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
PODCAST = "{https://podcastindex.org/namespace/1.0}"
ATOM = "{http://www.w3.org/2005/Atom}"
GOLD_MP3 = "private/episodes/counting-clean-hands/counting-clean-hands.m4a"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    root = tmp_path_factory.mktemp("gateway") / "show"
    copy_show(root)
    found = Place(root, Overrides(), "https://podcast.example.org/", folder=root / "public")
    found.publish()
    return found


@pytest.fixture(scope="module")
def gateway(place: Place) -> Iterator[Running]:
    with running_gateway(place.root) as found:
        yield found


def added(gateway: Running, name: str) -> str:
    """The address of a new member, who reads the gold feed."""
    address = gateway.members("add", name, "--feed", "quick-take-gold")
    assert address.startswith("https://members.example.org/m/")
    return address


def test_a_member_reads_the_feed_and_everything_that_it_names(gateway: Running, place: Place) -> None:
    address = added(gateway, "Ada")
    status, headers, data = gateway.ask(address)
    assert status == 200
    assert headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Cache-Control"].startswith("private")
    assert b"https://podcast.example.org/private" not in data
    channel = etree.fromstring(data).find("channel")
    assert channel is not None
    assert channel.findtext(f"{ITUNES}block") == "Yes"
    assert channel.findtext(f"{PODCAST}block") == "yes"
    assert channel.findtext(f"{PODCAST}locked") == "yes"
    (self_link,) = (one for one in channel.findall(f"{ATOM}link") if one.get("rel") == "self")
    assert self_link.get("href") == address
    mine = address.rpartition("/")[0] + "/"
    named = {one for one in etree.fromstring(data).xpath("//@url | //@href | //@uri") if one.startswith(mine)} - {
        address
    }
    assert len(named) > 10
    for url in named:
        status, headers, body = gateway.ask(url)
        assert status == 200, url
        if headers["Content-Type"].startswith(("audio/", "image/")):
            assert place.folder
            assert body == (place.folder / url.removeprefix(mine)).read_bytes()


def test_a_members_page_shows_its_style_player_and_full_text(gateway: Running) -> None:
    mine = added(gateway, "Bea").rpartition("/")[0] + "/"
    page = f"{mine}private/episodes/counting-clean-hands/index.html"
    status, headers, data = gateway.ask(page)
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    document = html.document_fromstring(data.decode())
    links = document.xpath("//link[@rel='stylesheet']/@href | //script/@src | //audio/@src | //img/@src")
    assert len(links) >= 4
    for link in links:
        assert gateway.ask(urljoin(page, link))[0] == 200, link


def test_who_has_the_feed_already_is_told_so_and_another_member_has_another_version(gateway: Running) -> None:
    first, second = added(gateway, "Cleo"), added(gateway, "Second")
    etag = gateway.ask(first)[1]["ETag"]
    assert gateway.ask(first, If_None_Match=etag)[0] == 304
    assert gateway.ask(second, If_None_Match=etag)[0] == 200


def test_a_revoked_address_ends_at_the_next_request_and_a_rotated_one_too(gateway: Running) -> None:
    address = added(gateway, "Dora")
    assert gateway.ask(address)[0] == 200
    gateway.members("revoke", "Dora")
    status, _, data = gateway.ask(address)
    assert status == 403
    assert b"no longer valid" in data
    renewed = gateway.members("rotate", "Dora")
    assert gateway.ask(renewed)[0] == 200
    assert gateway.ask(address)[0] == 403


@pytest.mark.parametrize(
    "path",
    [
        "private/podwright/manifest.json",
        "private/../private/podwright/manifest.json",
        "private/%2e%2e/%2e%2e/podwright.toml",
        "nosuch.xml",
    ],
)
def test_a_member_reads_nothing_else(gateway: Running, path: str) -> None:
    mine = added(gateway, f"Edna {path}").rpartition("/")[0]
    assert gateway.ask(f"{mine}/{path}")[0] == 404


def test_strangers_read_nothing_and_wait_when_they_guess(gateway: Running) -> None:
    statuses = [gateway.ask(f"https://members.example.org/m/{number}/quick-take-gold.xml")[0] for number in range(40)]
    assert set(statuses) == {403, 429}
    assert statuses[0] == 403
    assert statuses[-1] == 429
    assert "Retry-After" in gateway.ask("https://members.example.org/m/x/quick-take-gold.xml")[1]


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        ("bytes=0-99", 206, 0, 100),
        ("bytes=0-", 206, 0, None),
        ("bytes=100-", 206, 100, None),
        ("bytes=-7", 206, -7, None),
        ("bytes=5-2", 200, 0, None),
        ("bytes=0-1,5-9", 200, 0, None),
        ("items=0-1", 200, 0, None),
        (f"bytes=0-{'9' * 5_000}", 206, 0, None),
        (f"bytes={'9' * 5_000}-", 416, 0, 0),
    ],
)
def test_audio_comes_in_ranges(
    gateway: Running, place: Place, asked: str, status: int, start: int, end: int | None
) -> None:
    mine = added(gateway, f"Fay {asked[:40]} {len(asked)}").rpartition("/")[0]
    assert place.folder
    whole = (place.folder / GOLD_MP3).read_bytes()
    said, headers, data = gateway.ask(f"{mine}/{GOLD_MP3}", Range=asked)
    assert said == status
    assert data == whole[start:end]
    if status == 206:
        first = start % len(whole)
        assert headers["Content-Range"] == f"bytes {first}-{first + len(data) - 1}/{len(whole)}"
    assert gateway.ask(f"{mine}/{GOLD_MP3}", Range=f"bytes={len(whole)}-")[0] == 416
    assert gateway.ask(f"{mine}/{GOLD_MP3}", "HEAD")[1]["Content-Length"] == str(len(whole))


def test_a_token_that_is_sent_once_more_as_a_part_of_the_path_is_not_kept(gateway: Running) -> None:
    address = added(gateway, "Grace")
    token = address.split("/")[4]
    assert gateway.ask(f"https://members.example.org/m/{token}/m/{token}/a.xml")[0] == 404
    assert gateway.ask(f"https://members.example.org/m/m/{token}")[0] == 403
    assert [row["path"] for row in gateway.audit()[-2:]] == ["m/…/a.xml", "…"]


def test_the_audit_names_who_read_what_and_holds_no_token(gateway: Running) -> None:
    address = added(gateway, "Gail")
    token = address.split("/")[4]
    gateway.ask(address)
    gateway.ask(f"https://members.example.org/m/{token}x/quick-take-gold.xml")
    rows = gateway.audit()[-2:]
    assert [(row["member"], row["path"], row["status"]) for row in rows] == [
        ("Gail", "quick-take-gold.xml", 200),
        (None, "quick-take-gold.xml", 403),
    ]
    assert token not in (gateway.root / "audit.jsonl").read_text()
    assert token not in gateway.members("list")
    assert (gateway.root / "audit.jsonl").stat().st_mode & 0o777 == 0o600


def test_an_audit_that_cannot_be_written_is_told(gateway: Running) -> None:
    done = run(gateway.root, "gateway", "--port", "0", "--url", gateway.url, "--audit", "/nosuch/audit.jsonl")
    assert done.exit_code == 1
    assert "/nosuch/audit.jsonl: cannot be written (No such file or directory); name another file" in done.stderr


def test_memory_stays_flat_whoever_asks_and_however_often(place: Place) -> None:
    rows = "".join(f"member-{number},quick-take-gold\n" for number in range(10))
    (place.root / "many.csv").write_text(f"name,feeds\n{rows}")
    with running_gateway(place.root) as own:
        table = own.members("import", str(place.root / "many.csv")).splitlines()[1:]
        addresses = [row.split(",")[2] for row in table]
        etags: dict[str, str] = {}

        def ask(count: int) -> set[int]:
            statuses = set()
            for number in range(count):
                url = addresses[number % 10] if number % 7 else f"{own.url}m/{number}-{count}/quick-take-gold.xml"
                known = etags.get(url) if number % 3 else None
                status, headers, _ = own.ask(url, **({"If_None_Match": known} if known else {}))
                etags[url] = headers.get("ETag", "")
                statuses.add(status)
            return statuses

        ask(100)
        before = own.memory()
        assert ask(500) == {200, 304, 403, 429}
        assert own.memory() - before < 2


@pytest.mark.parametrize("port", ["taken", "65536", "-1"])
def test_a_port_that_cannot_be_listened_at_is_wrong_usage(gateway: Running, port: str) -> None:
    number = str(gateway.port) if port == "taken" else port
    done = run(gateway.root, "gateway", "--port", number, "--url", gateway.url)
    assert done.exit_code == 2
    said = f"127.0.0.1:{number} cannot be used (Address already in use); name another with --host and --port"
    assert (said if port == "taken" else "is not in the range 0<=x<=65535") in done.stderr


def test_a_list_of_members_is_imported_whole_or_not_at_all(gateway: Running) -> None:
    (gateway.root / "list.csv").write_text("name,feeds\nUma,quick-take-gold\nVera,quick-take-gold quick-take\n")
    rows = gateway.members("import", str(gateway.root / "list.csv")).splitlines()
    assert rows[0] == "name,feed,address"
    assert [row.split(",")[:2] for row in rows[1:]] == [
        ["Uma", "quick-take-gold"],
        ["Vera", "quick-take-gold"],
        ["Vera", "quick-take"],
    ]
    assert all(gateway.ask(row.split(",")[2])[0] == 200 for row in rows[1:])
    listed = {one["name"]: one["feeds"] for one in json.loads(gateway.members("list", "--json"))["members"]}
    assert listed["Vera"] == ["quick-take-gold", "quick-take"]


@pytest.mark.parametrize("places", [1, 2])
def test_before_a_bucket_audio_is_redirected_to_for_a_while(
    sample: Path, bucket: str, private_bucket: str, seaweed: Seaweed, places: int
) -> None:
    base = f"{seaweed.endpoint_url}/{bucket}/"
    where = Overrides(
        storage=f"s3://{bucket}",
        private_url=f"s3://{private_bucket}" if places == 2 else None,
        public_url=base,
        endpoint_url=seaweed.endpoint_url,
        region="us-east-1",
    )
    Place(sample, where, base).publish()
    options = ["--storage", f"s3://{bucket}", "--public-url", base, "--endpoint-url", seaweed.endpoint_url]
    options += ["--private-url", where.private_url] if where.private_url else []
    with running_gateway(sample, *options, "--region", "us-east-1") as gateway:
        address = added(gateway, "Hope")
        status, _, feed = gateway.ask(address)
        assert status == 200
        assert f"{base}private".encode() not in feed
        status, headers, _ = gateway.ask(f"{address.rpartition('/')[0]}/{GOLD_MP3}")
        assert status == 302
        assert urlsplit(headers["Location"]).path.split("/")[1] == (bucket if places == 1 else private_bucket)
        assert headers["Cache-Control"] == "private, no-store"
        with urllib.request.urlopen(headers["Location"], timeout=30) as answer:
            data = answer.read()
        assert data[4:8] == b"ftyp"
        asked = f"{address.rpartition('/')[0]}/{GOLD_MP3}"
        status, headers_only, nothing = gateway.ask(asked, "HEAD")
        assert (status, nothing) == (200, b"")
        assert headers_only["Content-Length"] == str(len(data))
        assert headers_only["Content-Type"] == "audio/x-m4a"
        assert headers_only["Accept-Ranges"] == "bytes"
        assert gateway.ask(asked, "HEAD", If_None_Match=headers_only["ETag"])[0] == 304
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(headers["Location"].partition("?")[0], timeout=30)
