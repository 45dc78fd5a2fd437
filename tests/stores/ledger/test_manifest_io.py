"""A manifest in a store: a large one is written as a snapshot and what changed since."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podwright.core.errors import ConflictError, StoreError
from podwright.core.names import MANIFEST_KEY, content_key, generation_key
from podwright.stores import Read
from podwright.stores.ledger.manifest import DamagedManifestError, FeedRecord, Manifest, ObjectRecord
from podwright.stores.ledger.manifest_io import ROOM, load_manifest, write_manifest
from podwright.stores.ledger.manifest_json import parse_manifest, render_changes, render_manifest, render_snapshot
from podwright.stores.ledger.moved import MOVED
from podwright.stores.local import LocalStore
from tests.stores.ledger.test_manifest import manifests

_FEED = FeedRecord(name="f", key="f.xml", guid="g", tiers=(), signature="s", channel="c", items=())
#: More than what is stored in one piece.
LARGE = Manifest(
    generation=1,
    objects={f"episodes/{n}/index.html": ObjectRecord(n, f"{n:064x}", f"{n}") for n in range(3_000)},
    feeds={"f": replace(_FEED, items=tuple(map(str, range(20_000))))},
)


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path, url="file:test")


def keys(store: LocalStore) -> set[str]:
    return {one.key for one in store.observe_all("")}


def raw(store: LocalStore, key: str = MANIFEST_KEY) -> bytes:
    return (store.root / key).read_bytes()


def edited(manifest: Manifest) -> Manifest:
    """A manifest after one of many objects changed and an episode came to the front of the feed."""
    feed = manifest.feeds["f"]
    return replace(
        manifest,
        generation=manifest.generation + 1,
        objects={**manifest.objects, "episodes/7/index.html": ObjectRecord(1, "new", "x")},
        feeds={"f": replace(feed, signature="t", items=(f"new-{manifest.generation}", *feed.items))},
    )


@given(manifests, manifests)
@settings(deadline=None)
def test_any_manifest_comes_back_from_any_snapshot_and_what_changed_since(former: Manifest, now: Manifest) -> None:
    base, data = render_snapshot(former, render_manifest(former))
    read = parse_manifest(render_changes(now, base), load={content_key(base.sha256): data}.get)
    assert (read, read.base and read.base.manifest) == (now, former)


@given(st.lists(st.sampled_from("abc")), st.lists(st.sampled_from("abc")))
@settings(deadline=None)
def test_the_items_of_a_feed_come_back_whatever_changed_in_them(former: list[str], now: list[str]) -> None:
    old, new = (Manifest(feeds={"f": replace(_FEED, items=tuple(one))}) for one in (former, now))
    base, data = render_snapshot(old, render_manifest(old))
    assert parse_manifest(render_changes(new, base), load={content_key(base.sha256): data}.get) == new


def test_a_small_manifest_is_one_readable_object(store: LocalStore) -> None:
    written, etag = write_manifest(store, Manifest(generation=3), expected=None)
    assert keys(store) == {MANIFEST_KEY}
    assert json.loads(raw(store))["generation"] == 3
    assert load_manifest(store) == (written, etag)
    assert load_manifest(store, unless=etag) is None


def test_a_change_of_a_large_manifest_writes_what_changed(store: LocalStore) -> None:
    present, etag = write_manifest(store, LARGE, expected=None)
    before = keys(store)
    assert len(before) == 2
    for _ in range(5):
        present, etag = write_manifest(store, edited(present), expected=etag)
        assert load_manifest(store) == (present, etag)
    assert keys(store) == before
    assert len(raw(store)) < 2_000


def test_where_much_changed_there_is_a_new_snapshot_and_the_former_one_stays(store: LocalStore) -> None:
    first, etag = write_manifest(store, LARGE, expected=None)
    assert store.keep(MANIFEST_KEY, generation_key(1), etag=etag)
    many = {key: replace(one, sha256="0" * 64) for key, one in LARGE.objects.items()}
    second, etag = write_manifest(store, replace(first, generation=2, objects=many), expected=etag)
    assert first.base != second.base
    assert len(raw(store)) < ROOM
    assert load_manifest(store) == (second, etag)
    former = load_manifest(store, key=generation_key(1))
    assert former
    assert former[0] == first


def test_what_is_no_more_does_not_come_back_from_the_snapshot(store: LocalStore) -> None:
    large, etag = write_manifest(store, LARGE, expected=None)
    small, etag = write_manifest(store, replace(large, objects={}, feeds={}), expected=etag)
    assert load_manifest(store) == (small, etag) == (Manifest(generation=1), etag)


def test_who_lost_the_turn_replaces_nothing(store: LocalStore) -> None:
    present, etag = write_manifest(store, LARGE, expected=None)
    with pytest.raises(ConflictError):
        write_manifest(store, edited(present), expected="other")
    assert load_manifest(store) == (present, etag)


@pytest.mark.parametrize("damage", [None, b"", b"\x1f\x8b torn"])
def test_a_lost_or_damaged_snapshot_is_found_and_its_version_told(store: LocalStore, damage: bytes | None) -> None:
    present, etag = write_manifest(store, LARGE, expected=None)
    assert present.base
    path = store.root / content_key(present.base.sha256)
    path.unlink()
    if damage is not None:
        path.write_bytes(damage)
    with pytest.raises(DamagedManifestError, match="run podwright verify --repair") as caught:
        load_manifest(store)
    assert caught.value.etag == etag


class Overtaken(LocalStore):
    """A folder to which somebody publishes, and which somebody prunes, after the first look at its manifest."""

    def read(self, key: str, *, unless: str | None = None) -> Read | None:
        found = super().read(key, unless=unless)
        if key == MANIFEST_KEY and unless is None:
            store = LocalStore(self.root, url=self.url)
            (now, etag) = load_manifest(store) or (Manifest(), "")
            changed = {key: replace(one, size=0) for key, one in now.objects.items()}
            write_manifest(store, replace(now, objects=changed), expected=etag)
            assert now.base
            store.delete([content_key(now.base.sha256)])
        return found


def test_a_publish_and_a_prune_between_two_reads_are_no_damage(store: LocalStore) -> None:
    write_manifest(store, LARGE, expected=None)
    found = load_manifest(Overtaken(store.root, url="file:test"))
    assert found
    assert set(found[0].objects) == set(LARGE.objects)


def test_a_manifest_of_an_earlier_version_is_read_and_its_next_one_is_refused_by_it(store: LocalStore) -> None:
    data = b'{"format":1,"generation":7,"doomed":[],"feeds":{},"episodes":{},"objects":{}}'
    etag = store.write(MANIFEST_KEY, data, media_type="", cache_control="", expected=None)
    loaded = load_manifest(store)
    assert loaded == (Manifest(generation=7), etag)
    write_manifest(store, LARGE, expected=etag)
    # An earlier version reads any JSON whose format it does not know, and says that it must be upgraded.
    assert json.loads(raw(store))["format"] == 2


def test_what_builds_on_a_snapshot_cannot_be_read_without_it() -> None:
    base, _ = render_snapshot(LARGE, render_manifest(LARGE))
    with pytest.raises(StoreError, match="which it builds on"):
        parse_manifest(render_changes(LARGE, base))


def test_a_note_that_a_manifest_moved_says_where_to_look_for_it() -> None:
    with pytest.raises(StoreError, match=r"has moved to another place; name it as storage\.private_url"):
        parse_manifest(MOVED)
