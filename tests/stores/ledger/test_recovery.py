"""What a stopped publish left is found out by looking."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from podwright.core.artifact import bytes_artifact
from podwright.core.errors import StoreError
from podwright.stores import Stored
from podwright.stores.ledger.manifest import AudioRecord, Manifest, ObjectRecord, Unsettled
from podwright.stores.ledger.recovery import observe_unsettled
from podwright.stores.local import LocalStore
from tests.support.plans import episode, published

KEY = "episodes/a/a.mp3"
OLD, NEW, OTHER = b"old words", b"new words", b"odd words"


class Rangeless(LocalStore):
    """A folder that gives no part of a file."""

    def read_range(self, key: str, **part: int) -> bytes:
        raise StoreError(f"{key}: no part {part}")


class Telling(Rangeless):
    """A folder that knows the digest of each file."""

    def observe(self, key: str) -> Stored | None:
        found = super().observe(key)
        return replace(found, sha256=hashlib.sha256((self.root / key).read_bytes()).hexdigest()) if found else None


def record(data: bytes, etag: str = "") -> ObjectRecord:
    return ObjectRecord(len(data), hashlib.sha256(data).hexdigest(), etag)


def held(store: LocalStore, data: bytes | None, unsettled: Unsettled) -> str | None:
    """What the manifest says of a key whose object has these bytes."""
    if data is not None:
        store.put(bytes_artifact(KEY, data, media_type="", cache_control="", side="public"))
    found = observe_unsettled(Manifest(unsettled={KEY: unsettled}), store).objects.get(KEY)
    there = store.observe(KEY)
    assert found is None or (there and found.etag == there.etag)
    return found.sha256 if found else None


@pytest.mark.parametrize("kind", [LocalStore, Telling])
@pytest.mark.parametrize(
    ("data", "expected"), [(OLD, OLD), (NEW, NEW), (OTHER, None), (b"longer than both", None), (None, None)]
)
def test_an_object_is_what_it_was_or_what_it_should_become_or_unknown(
    tmp_path: Path, kind: type[LocalStore], data: bytes | None, expected: bytes | None
) -> None:
    found = held(kind(tmp_path, url="file:test"), data, Unsettled(record(OLD), record(NEW)))
    assert found == (record(expected).sha256 if expected else None)


def test_an_object_that_is_new_is_there_or_not(tmp_path: Path) -> None:
    store = LocalStore(tmp_path, url="file:test")
    assert held(store, None, Unsettled(None, record(NEW))) is None
    assert held(store, OLD, Unsettled(None, record(NEW))) is None
    assert held(store, NEW, Unsettled(None, record(NEW))) == record(NEW).sha256


def test_where_a_store_tells_nothing_only_an_object_of_the_same_version_is_known(tmp_path: Path) -> None:
    store = Rangeless(tmp_path, url="file:test")
    assert held(store, NEW, Unsettled(record(OLD), record(NEW))) is None
    there = store.observe(KEY)
    assert there
    assert held(store, None, Unsettled(record(NEW, there.etag), record(OLD))) == record(NEW).sha256


def test_an_episode_has_the_facts_of_the_audio_that_is_there(tmp_path: Path) -> None:
    store = LocalStore(tmp_path, url="file:test")
    before = published(episode("a"))
    known = before.episodes["guid-a"].audio
    coming = AudioRecord(media_type="audio/mpeg", duration=timedelta(seconds=5), tag_length=3, frames_hash="new")
    begun = replace(before, unsettled={KEY: Unsettled(record(OLD), record(NEW))}, coming={"guid-a": coming})
    for data, audio in ((OLD, known), (NEW, coming), (OTHER, known)):
        store.put(bytes_artifact(KEY, data, media_type="", cache_control="", side="public"))
        assert observe_unsettled(begun, store).episodes["guid-a"].audio == audio
