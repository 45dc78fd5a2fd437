"""A store in a bucket: what listeners are sent, large files, and what is said when it cannot be reached."""

import base64
import dataclasses
import hashlib
import os
import socket
import traceback
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest

from pipeline.artifact import Artifact, FileSlice, body_size, load_sha256, load_stamps
from pipeline.errors import ConflictError, StoreError
from pipeline.model import Storage
from pipeline.stores import CORS, CorsRule, Store, open_store, s3
from pipeline.stores.s3 import content_disposition
from tests.seaweed import SECRET_KEY, Seaweed
from tests.stores.careless import Careless, running_careless
from tests.stores.test_conformance import DATA, KEY, LARGE, WRONG, artifact, content, write


@pytest.fixture
def store(storage: Storage) -> Store:
    """Our own, at the root of the bucket, as its policy wants it."""
    return open_store(storage)


@pytest.fixture
def careless(monkeypatch: pytest.MonkeyPatch) -> Iterator[Careless]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
    with running_careless() as state:
        yield state


def at(endpoint_url: str = "http://127.0.0.1:9") -> Store:
    """A store of which nothing is known but its address."""
    return open_store(
        Storage(url="s3://bucket", public_url="https://example.org/", endpoint_url=endpoint_url, region="us-east-1")
    )


def get(url: str, **headers: str) -> tuple[int, bytes, Message]:
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), error.headers


# What listeners are sent


def test_anybody_gets_a_public_object_with_its_headers(store: Store, storage: Storage) -> None:
    store.put(dataclasses.replace(artifact(), filename="Statins after 75 – Ä.mp3"))
    status, data, headers = get(storage.public_url + KEY)
    assert (status, data) == (200, DATA)
    assert headers["Content-Type"] == "audio/mpeg"
    assert headers["Cache-Control"] == "public, max-age=60"
    assert headers["Content-Length"] == str(len(DATA))
    assert headers["x-amz-meta-sha256"] == artifact().sha256
    # The standard library's own reader of RFC 2231 sees the full name.
    assert headers.get_content_disposition() == "attachment"
    assert headers["Content-Disposition"].endswith("filename*=UTF-8''Statins%20after%2075%20%E2%80%93%20%C3%84.mp3")


def test_anybody_gets_ranges_and_is_told_that_nothing_changed(store: Store, storage: Storage) -> None:
    stored = store.put(artifact())
    url = storage.public_url + KEY
    status, data, headers = get(url, Range="bytes=100-199")
    assert (status, data, headers["Content-Range"]) == (206, DATA[100:200], f"bytes 100-199/{len(DATA)}")
    status, data, _ = get(url, If_None_Match=f'"{stored.etag}"')
    assert (status, data) == (304, b"")


def test_nobody_else_gets_what_is_private(store: Store, storage: Storage) -> None:
    store.put(artifact(key="private/members.xml"))
    write(store, b"{}", expected=None)
    for key in ("private/members.xml", "private/manifest.json", "private/absent"):
        assert get(storage.public_url + key)[0] == 403


def test_a_copy_has_the_headers_of_its_new_place(store: Store, storage: Storage) -> None:
    staged = dataclasses.replace(artifact(key="private/staged.mp3"), cache_control="private, max-age=1")
    store.put(staged)
    store.copy(staged.key, artifact())
    _, _, headers = get(storage.public_url + KEY)
    assert (headers["Cache-Control"], headers["Content-Type"]) == ("public, max-age=60", "audio/mpeg")
    assert headers["x-amz-meta-sha256"] == artifact().sha256


@pytest.mark.parametrize(
    ("name", "plain", "full"),
    [
        ("Statins.mp3", "Statins.mp3", "Statins.mp3"),
        ("Dr. Müller.mp3", "Dr. M_ller.mp3", "Dr.%20M%C3%BCller.mp3"),
        ('5" \\ 50%.mp3', "5_ _ 50_.mp3", "5%22%20%5C%2050%25.mp3"),
        ("a\r\nb: c.mp3", "a__b: c.mp3", "a%0D%0Ab%3A%20c.mp3"),
    ],
)
def test_a_download_has_its_name_in_ascii_and_in_full(name: str, plain: str, full: str) -> None:
    value = content_disposition(name)
    assert value == f"attachment; filename=\"{plain}\"; filename*=UTF-8''{full}"
    message = Message()
    message["Content-Disposition"] = f"attachment; filename*=UTF-8''{full}"
    assert message.get_filename() == name


# Pages of other sites


def _rule(**said: object) -> dict[str, object]:
    return {"AllowedOrigins": ["https://app.example"], "AllowedMethods": ["PUT"], "MaxAgeSeconds": 5, **said}


OURS = {
    "AllowedOrigins": ["*"],
    "AllowedMethods": ["GET", "HEAD"],
    "AllowedHeaders": ["*"],
    "ExposeHeaders": list(CORS.exposed),
    "MaxAgeSeconds": CORS.max_age,
}


@pytest.mark.parametrize(
    ("before", "written", "after"),
    [
        ([], True, [CORS.name]),
        ([_rule(ID="a"), _rule(ID="b")], True, ["a", "b", CORS.name]),
        ([_rule(ID=CORS.name), _rule(ID="b")], True, ["b", CORS.name]),
        ([_rule(), _rule(AllowedHeaders=["x-y"], ExposeHeaders=["ETag"])], True, ["", "", CORS.name]),
        ([OURS | {"ID": CORS.name}, _rule(ID="b")], False, [CORS.name, "b"]),
        ([OURS | {"ID": "of another name"}], False, ["of another name"]),
    ],
    ids=["none", "others", "ours, out of date", "nameless ones", "ours", "as ours"],
)
def test_our_cross_origin_rule_comes_last_and_others_stay(
    store: Store, storage: Storage, seaweed: Seaweed, before: list[dict[str, object]], written: bool, after: list[str]
) -> None:
    client, bucket = seaweed.client(), storage.url.removeprefix("s3://")
    if before:
        client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": before})
    assert store.apply_cors() == written
    rules = client.get_bucket_cors(Bucket=bucket)["CORSRules"]
    assert [rule.get("ID", "") for rule in rules] == after
    kept = [rule for rule in before if rule.get("ID") != CORS.name]
    assert [rule for rule in rules if rule.get("ID") != CORS.name] == kept


def test_rules_are_read_as_they_were_written(store: Store, storage: Storage, seaweed: Seaweed) -> None:
    assert store.observe_cors() == ()
    seaweed.client().put_bucket_cors(
        Bucket=storage.url.removeprefix("s3://"),
        CORSConfiguration={"CORSRules": [_rule(ID="a", AllowedHeaders=["x-y"]), OURS]},
    )
    theirs = CorsRule(
        name="a", origins=("https://app.example",), methods=("PUT",), headers=("x-y",), exposed=(), max_age=5
    )
    assert store.observe_cors() == (theirs, dataclasses.replace(CORS, name=None))
    assert [rule.opens for rule in store.observe_cors() or ()] == [False, True]


def test_a_page_of_another_site_may_ask_for_a_range_once_the_rule_is_there(store: Store, storage: Storage) -> None:
    store.put(artifact())
    store.apply_cors()
    request = urllib.request.Request(
        storage.public_url + KEY,
        method="OPTIONS",
        headers={
            "Origin": "https://player.example",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "range",
        },
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] in ("*", "https://player.example")
        assert "GET" in answer.headers["Access-Control-Allow-Methods"]
        assert answer.headers["Access-Control-Allow-Headers"] in ("*", "range")
        assert answer.headers["Access-Control-Max-Age"] == "86400"


def test_rules_of_a_bucket_that_is_not_there_are_told(storage: Storage) -> None:
    with pytest.raises(StoreError, match=r"cross-origin rules .*there is no such bucket; make it, or correct"):
        open_store(dataclasses.replace(storage, url="s3://never-made")).observe_cors()


def test_a_store_that_knows_no_cross_origin_rules_is_told(careless: Careless) -> None:
    careless.refuse = 501
    with pytest.raises(StoreError, match="the store keeps no cross-origin rules; set the headers in its own settings"):
        at(careless.url).apply_cors()


def test_rules_are_written_with_the_md5_that_some_stores_want(careless: Careless) -> None:
    at(careless.url).apply_cors()
    [(body, _)] = careless.objects.values()
    digest = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
    assert careless.digests == [digest]


# Large files


def test_a_large_file_is_sent_in_parts_and_arrives_whole(
    store: Store, storage: Storage, seaweed: Seaweed, tmp_path: Path
) -> None:
    source = tmp_path / "long.mp3"
    with source.open("wb") as file:
        file.truncate(70_000_000)
        for place in (0, s3.PART - 100, 4 * s3.PART, 70_000_000 - len(DATA)):
            file.seek(place)
            file.write(DATA)
    body = (b"tag" * 1000, FileSlice(source, 0, 70_000_000))
    wanted = dataclasses.replace(artifact(), body=body, size=body_size(body), sha256=load_sha256(body))
    told: list[int] = []
    stored = store.put(wanted, progress=told.append)
    found = store.observe(KEY)
    assert found
    assert (found.size, found.etag, found.sha256) == (stored.size, stored.etag, wanted.sha256)
    assert sum(told) == wanted.size
    with urllib.request.urlopen(storage.public_url + KEY, timeout=60) as answer:
        assert answer.headers["Content-Type"] == "audio/mpeg"
        assert hashlib.file_digest(answer, "sha256").hexdigest() == wanted.sha256
    assert "Uploads" not in seaweed.client().list_multipart_uploads(Bucket=storage.url.removeprefix("s3://"))


def test_a_large_file_that_changed_is_given_up_whole(
    store: Store, storage: Storage, seaweed: Seaweed, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put(artifact(b"before"))
    monkeypatch.setattr(s3, "MULTIPART_FROM", len(LARGE))
    with pytest.raises(StoreError, match="its source changed while it was published; publish again"):
        store.put(dataclasses.replace(artifact(LARGE), sha256=WRONG))
    assert content(store) == b"before"
    assert "Uploads" not in seaweed.client().list_multipart_uploads(Bucket=storage.url.removeprefix("s3://"))


# A store that looks at nothing


@pytest.mark.parametrize("data", [DATA, LARGE], ids=["small", "large"])
def test_a_store_that_says_no_checksum_is_asked_what_it_holds(careless: Careless, data: bytes) -> None:
    wanted = artifact(data)
    stored = at(careless.url).put(wanted)
    assert (stored.size, stored.sha256) == (len(data), wanted.sha256)
    assert [body for body, _ in careless.objects.values()] == [data]


def test_a_changed_source_is_found_without_the_stores_help(careless: Careless) -> None:
    with pytest.raises(StoreError, match="its source changed"):
        at(careless.url).put(dataclasses.replace(artifact(LARGE), sha256=WRONG))


def test_a_source_that_changes_under_way_is_found_by_its_stamp(careless: Careless, tmp_path: Path) -> None:
    path = tmp_path / "sound"
    path.write_bytes(LARGE)
    body = load_stamps((b"tag", FileSlice(path, 0, len(LARGE))))
    wanted = dataclasses.replace(artifact(), size=body_size(body), sha256=load_sha256(body), body=body)
    at(careless.url).put(wanted)

    sent = []

    def touch(count: int) -> None:
        sent.append(count)
        if sum(sent) == wanted.size:
            os.utime(path, ns=(1, 1))

    with pytest.raises(StoreError, match="sound changed while it was published"):
        at(careless.url).put(wanted, progress=touch)


def test_a_store_that_kept_less_than_was_sent_is_found_out(careless: Careless) -> None:
    careless.keep = 100
    with pytest.raises(StoreError, match=f"the store holds 100 bytes, not {len(DATA)}; publish again"):
        at(careless.url).put(artifact())


def test_a_conditional_write_whose_answer_was_lost_is_not_taken_for_somebody_elses(careless: Careless) -> None:
    careless.deaf = 1
    store = at(careless.url)
    version = write(store, b"ours", expected=None)
    assert store.read("private/manifest.json", unless=version)
    with pytest.raises(ConflictError):
        write(store, b"ours", expected=None)


# Errors


def test_a_store_that_knows_no_conditions_is_named(careless: Careless) -> None:
    careless.refuse = 501
    with pytest.raises(StoreError, match=r"private/manifest\.json: the store does not know what was asked of it"):
        write(at(careless.url), b"{}", expected=None)


def _fails(store: Store, message: str) -> None:
    """Every method fails with a message that says what to do, and no secret is in what anybody may print."""
    for call in (
        lambda: store.read(KEY),
        lambda: store.put(artifact()),
        lambda: write(store, b"{}", expected=None),
        lambda: list(store.observe_all("")),
    ):
        with pytest.raises(StoreError, match=message) as caught:
            call()
        told = "".join([*traceback.format_exception(caught.value), repr(caught.value), str(caught.value)])
        assert SECRET_KEY not in told
        assert "session-token" not in told
        assert "Signature=" not in told


def test_a_wrong_secret_is_told_and_not_shown(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", f"{SECRET_KEY}-wrong")
    _fails(open_store(storage), r"see that the key and its secret are right and may get, put, .*SignatureDoesNot")


def test_an_unknown_key_is_told(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    _fails(open_store(storage), r"see that the key and its secret are right .*\(InvalidAccessKeyId\)")


def test_no_credentials_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "absent"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    _fails(at(), "no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE")


def test_a_profile_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    _fails(at(), "AWS_PROFILE names no profile")


@pytest.mark.parametrize(
    ("scheme", "message"),
    [
        ("http", "the store cannot be reached; check endpoint_url and the network"),
        ("https", "the store's certificate is not trusted"),
    ],
)
def test_an_endpoint_that_does_not_answer_so_is_told(
    careless: Careless, monkeypatch: pytest.MonkeyPatch, scheme: str, message: str
) -> None:
    monkeypatch.setattr(s3, "ATTEMPTS", 1)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        ports = {"http": closed.getsockname()[1], "https": careless.url.rpartition(":")[2]}
        _fails(at(f"{scheme}://127.0.0.1:{ports[scheme]}"), message)


def test_an_endpoint_that_is_no_address_is_told() -> None:
    _fails(at("http://["), "endpoint_url is no address; write one like https://")


def test_a_bucket_that_is_not_there_is_told(storage: Storage) -> None:
    with pytest.raises(StoreError, match=r"there is no such bucket; make it, or correct storage\.url"):
        open_store(dataclasses.replace(storage, url="s3://never-made")).read(KEY)


def test_a_source_that_is_gone_is_told_without_sending(careless: Careless, tmp_path: Path) -> None:
    gone: Artifact = dataclasses.replace(artifact(), body=(FileSlice(tmp_path / "gone.mp3", 0, len(DATA)),))
    with pytest.raises(StoreError, match=r"gone\.mp3.*see that its source is there"):
        at(careless.url).put(gone)
    assert careless.objects == {}
