"""An object of many parts in a bucket, part by part, and what plain HTTP says of an object."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.artifact import Artifact, FileSlice, body_size, bytes_artifact, load_sha256
from pipeline.errors import StoreError
from pipeline.model import Storage
from pipeline.stores import open_store
from pipeline.stores.s3 import MULTIPART_FROM, PART
from tests.seaweed import Seaweed
from tests.stores.test_properties import untold

TAG = b"ID3 tag " * 1000
LENGTH = 65 << 20
MARK = b"podwright" * 10
KEY = "episodes/long/long.mp3"


@pytest.fixture
def long(tmp_path: Path) -> Artifact:
    """65 MiB behind a tag, with a mark across each border of two parts."""
    source = tmp_path / "long.mp3"
    with source.open("wb") as file:
        file.truncate(LENGTH)
        for border in range(PART, LENGTH, PART):
            file.seek(border - len(TAG) - len(MARK) // 2)
            file.write(MARK)
    body = (TAG, FileSlice(source, 0, LENGTH))
    made = bytes_artifact(KEY, b"", media_type="audio/mpeg", cache_control="no-store", access="public")
    return replace(made, body=body, size=body_size(body), sha256=load_sha256(body))


@pytest.fixture
def client(seaweed: Seaweed) -> Any:
    return seaweed.client()


def bucket_of(storage: Storage) -> str:
    return storage.url.removeprefix("s3://")


def part_sizes(client: Any, bucket: str, etag: str) -> Iterator[int]:
    count = int(etag.rpartition("-")[2])
    for number in range(1, count + 1):
        head = client.head_object(Bucket=bucket, Key=KEY, PartNumber=number)
        assert head["PartsCount"] == count
        yield head["ContentLength"]


def test_parts_are_equal_but_for_the_last_and_join_without_a_seam(
    long: Artifact, storage: Storage, client: Any
) -> None:
    assert long.size > MULTIPART_FROM
    stored = open_store(storage).put(long, progress=untold)
    assert stored.size == long.size
    assert stored.sha256 == long.sha256
    assert list(part_sizes(client, bucket_of(storage), stored.etag)) == [*[PART] * 4, long.size - 4 * PART]
    for border in range(PART, long.size, PART):
        begin = border - len(MARK) // 2
        request = urllib.request.Request(storage.public_url + KEY)
        request.add_header("Range", f"bytes={begin}-{begin + len(MARK) - 1}")
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert (answer.status, answer.read()) == (206, MARK)


def test_an_upload_of_other_bytes_leaves_neither_object_nor_parts(
    long: Artifact, storage: Storage, client: Any
) -> None:
    store = open_store(storage)
    with pytest.raises(StoreError, match=rf"^{KEY}: its source changed while it was published; publish again"):
        store.put(replace(long, sha256="0" * 64), progress=untold)
    assert store.observe(KEY) is None
    assert "Uploads" not in client.list_multipart_uploads(Bucket=bucket_of(storage))


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
    made = bytes_artifact(key, data, media_type=media_type, cache_control="public, max-age=300", access="public")
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
