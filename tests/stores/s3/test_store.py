"""What listeners are sent of a store in a bucket."""

from __future__ import annotations

import dataclasses
import urllib.error
import urllib.request
from email.message import Message

import pytest

from podwright.core.artifact import bytes_artifact
from podwright.core.model import Storage
from podwright.stores import Store, open_store
from tests.stores.test_conformance import DATA, KEY, artifact, write
from tests.stores.test_properties import untold
from tests.support.seaweed import Seaweed


def get(url: str, **headers: str) -> tuple[int, bytes, Message]:
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), error.headers


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
    ("key", "media_type"),
    [
        ("main.xml", "application/rss+xml; charset=utf-8"),
        ("episodes/a/a.vtt", "text/vtt; charset=utf-8"),
        ("episodes/a/a.mp3", "audio/mpeg"),
    ],
)
def test_a_head_request_says_all_that_a_player_asks(storage: Storage, key: str, media_type: str) -> None:
    data = b"words " * 50
    made = bytes_artifact(key, data, media_type=media_type, cache_control="public, max-age=300", side="public")
    stored = open_store(storage).put(made, progress=untold)
    for method in ("HEAD", "GET"):
        request = urllib.request.Request(storage.public_url + key, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status == 200
            assert answer.read() == (data if method == "GET" else b"")
            said = answer.headers
        assert said["Content-Type"] == media_type
        assert said["Content-Length"] == str(len(data))
        assert said["Cache-Control"] == "public, max-age=300"
        assert said["Accept-Ranges"] == "bytes"
        assert said["ETag"] == f'"{stored.etag}"'
        assert said["Content-Disposition"] is None


def test_what_others_put_beside_it_is_listed_but_for_the_mark_of_the_prefix_itself(
    seaweed: Seaweed, storage: Storage
) -> None:
    client, bucket = seaweed.client(), storage.url.removeprefix("s3://")
    for key in ("show/", "show/ü.txt", f"show/{KEY}"):
        client.put_object(Bucket=bucket, Key=key, Body=b"" if key.endswith("/") else b"x")
    below = open_store(dataclasses.replace(storage, url=f"{storage.url}/show"))
    assert {one.key for one in below.observe_all("")} == {"ü.txt", KEY}
