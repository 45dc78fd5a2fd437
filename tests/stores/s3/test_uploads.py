"""Objects sent to a bucket, whole and in parts: what arrives, and what is found not to have arrived as it was meant."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from podwright.core.artifact import Artifact, FileSlice, body_size, bytes_artifact, load_sha256, load_stamps
from podwright.core.errors import StoreError
from podwright.core.model import Storage
from podwright.stores import Store, open_store
from podwright.stores.s3.put import MULTIPART_FROM, PART
from tests.stores.s3.conftest import at
from tests.stores.test_conformance import DATA, KEY, LARGE, WRONG, artifact, content
from tests.stores.test_properties import untold
from tests.support.careless import Careless
from tests.support.seaweed import Seaweed

TAG = b"ID3 tag " * 1000
LENGTH = 65 << 20
MARK = b"podwright" * 10


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
    made = bytes_artifact(KEY, b"", media_type="audio/mpeg", cache_control="no-store", side="public")
    return dataclasses.replace(made, body=body, size=body_size(body), sha256=load_sha256(body))


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
        store.put(dataclasses.replace(long, sha256="0" * 64), progress=untold)
    assert store.observe(KEY) is None
    assert "Uploads" not in client.list_multipart_uploads(Bucket=bucket_of(storage))


def test_a_large_file_is_sent_in_parts_and_arrives_whole(
    store: Store, storage: Storage, seaweed: Seaweed, tmp_path: Path
) -> None:
    source = tmp_path / "long.mp3"
    with source.open("wb") as file:
        file.truncate(70_000_000)
        for place in (0, PART - 100, 4 * PART, 70_000_000 - len(DATA)):
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
    monkeypatch.setattr("podwright.stores.s3.put.MULTIPART_FROM", len(LARGE))
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


def test_a_source_that_is_cut_short_under_way_is_not_taken_for_a_bad_connection(
    careless: Careless, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("podwright.stores.s3.bucket.ATTEMPTS", 1)
    path = tmp_path / "sound"
    path.write_bytes(LARGE)
    body = load_stamps((FileSlice(path, 0, len(LARGE)),))
    wanted = dataclasses.replace(artifact(LARGE), body=body)
    with pytest.raises(StoreError, match=r"sound.*see that its source is there"):
        at(careless.url).put(wanted, progress=lambda _: os.truncate(path, 1))


def test_a_source_that_is_gone_is_told_without_sending(careless: Careless, tmp_path: Path) -> None:
    gone: Artifact = dataclasses.replace(artifact(), body=(FileSlice(tmp_path / "gone.mp3", 0, len(DATA)),))
    with pytest.raises(StoreError, match=r"gone\.mp3.*see that its source is there"):
        at(careless.url).put(gone)
    assert careless.objects == {}
