"""What the gateway keeps of the store, and for how long."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from podwright.core.artifact import bytes_artifact
from podwright.core.errors import StoreError
from podwright.core.names import MANIFEST_KEY
from podwright.members.gateway.shelf import FRESH, Document, Shelf
from podwright.stores.ledger.manifest import Manifest, Unsettled
from podwright.stores.local import LocalStore
from tests.support.gateway import publish, say

KEY = "private/gold.xml"


class Clock:
    """Seconds that a test sets."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def manifest(shelf: Shelf) -> Manifest:
    """The manifest, once the store was looked at where that is due."""
    if look := shelf.look():
        look.result(60)
    return shelf.published().manifest


def document(shelf: Shelf) -> Document:
    """The document, read from the store where it was not before."""
    sha256 = manifest(shelf).objects[KEY].sha256
    return shelf.known(KEY, sha256) or shelf.read(KEY, sha256)


def test_a_new_publish_is_seen_after_a_short_while(tmp_path: Path) -> None:
    store, clock = LocalStore(tmp_path / "store", url="file:store"), Clock()
    publish(store, {KEY: b"one"})
    shelf = Shelf(store, clock)
    assert document(shelf).data == b"one"
    publish(store, {KEY: b"two"}, generation=2)
    assert (manifest(shelf).generation, document(shelf).data) == (1, b"one")
    clock.now += FRESH
    assert (manifest(shelf).generation, document(shelf).data) == (2, b"two")


def test_a_store_that_fails_later_leaves_what_was_known(tmp_path: Path) -> None:
    store, clock = LocalStore(tmp_path / "store", url="file:store"), Clock()
    publish(store, {KEY: b"one"})
    shelf = Shelf(store, clock)
    assert document(shelf).data == b"one"
    (tmp_path / "store" / MANIFEST_KEY).write_bytes(b"torn")
    clock.now += FRESH
    assert document(shelf).data == b"one"
    clock.now += FRESH
    assert shelf.look() is None
    with pytest.raises(StoreError, match="is not a manifest"):
        manifest(Shelf(store, clock))


def test_a_document_that_the_store_lost_is_told(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "store", url="file:store")
    publish(store, {KEY: b"one"})
    store.delete([KEY])
    with pytest.raises(StoreError, match="the store lost it; run podwright verify"):
        document(Shelf(store, Clock()))


def test_while_a_publish_is_under_way_what_was_published_before_counts(tmp_path: Path) -> None:
    store, clock = LocalStore(tmp_path / "store", url="file:store"), Clock()
    publish(store, {KEY: b"one"})
    shelf = Shelf(store, clock)
    whole = manifest(shelf)
    writing = replace(whole, generation=2, objects={}, unsettled={KEY: Unsettled(None, whole.objects[KEY])})
    say(store, writing)
    clock.now += FRESH
    assert manifest(shelf) == whole
    say(store, replace(whole, generation=2, doomed=("private/old.mp3",)))
    clock.now += FRESH
    assert manifest(shelf) == whole
    say(store, replace(whole, generation=2))
    clock.now += FRESH
    assert manifest(shelf).generation == 2
    assert manifest(Shelf(store, clock)).generation == 2


def test_bytes_are_not_remembered_as_a_version_that_they_are_not(tmp_path: Path) -> None:
    store, clock = LocalStore(tmp_path / "store", url="file:store"), Clock()
    publish(store, {KEY: b"two"})
    said = manifest(Shelf(store, clock))
    publish(store, {KEY: b"one"}, generation=2)
    say(store, said)
    shelf = Shelf(store, clock)
    early = document(shelf)
    assert early.data == b"one"
    artifact = bytes_artifact(KEY, b"two", media_type="text/xml", cache_control="private", side="private")
    store.put(artifact)
    late = document(shelf)
    assert (late.data, late.sha256) == (b"two", artifact.sha256)
    assert early.sha256 != late.sha256
