"""A store in two places: what goes from one to the other, where the store itself does not take it there."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from podwright.core.artifact import LEAST_PART, Artifact, Splice, bytes_artifact
from podwright.core.errors import ComposeError, StoreError
from podwright.core.model import Storage
from podwright.stores import Store, open_store
from podwright.stores.sides import SidedStore
from podwright.stores.splicing import put_spliced
from tests.faults.proxy import Asked, Proxy, running_proxy
from tests.stores.conftest import s3_storage
from tests.support.seaweed import Seaweed

DATA = bytes(range(256)) * 10
KEY, STAGED = "episodes/a/a.mp3", "private/staged/a/a.mp3"


def artifact(data: bytes = DATA, key: str = KEY) -> Artifact:
    return bytes_artifact(key, data, media_type="audio/mpeg", cache_control="public, max-age=60", side="public")


def content(store: Store, key: str = KEY) -> bytes | None:
    found = store.read(key)
    return found.data if found else None


def refuse_copies_between(asked: Asked) -> str | None:
    """Refuse to copy from another bucket, as a store does whose buckets lie in other clusters."""
    source = asked.headers.get("x-amz-copy-source", "").lstrip("/").partition("/")[0]
    return "forbidden" if source and source != asked.bucket else None


@pytest.fixture
def proxy(seaweed: Seaweed, credentials: None) -> Iterator[Proxy]:
    with running_proxy(seaweed, refuse_copies_between) as running:
        yield running


@pytest.fixture
def apart(seaweed: Seaweed, common_bucket: str, other_bucket: str, proxy: Proxy) -> Store:
    """Two buckets of which neither takes anything from the other."""
    prefix = f"/a/{uuid.uuid4().hex}"
    storage = s3_storage(seaweed, common_bucket, prefix=prefix)
    private = f"s3://{other_bucket}{prefix}"
    return open_store(replace(storage, endpoint_url=proxy.endpoint_url, private_url=private))


@pytest.mark.parametrize("small", [1 << 20, 100], ids=["in memory", "through a file"])
def test_what_the_store_does_not_copy_passes_through_this_machine(
    apart: Store, monkeypatch: pytest.MonkeyPatch, small: int
) -> None:
    monkeypatch.setattr("podwright.stores.sides._SMALL", small)
    apart.put(artifact(key=STAGED))
    copied = apart.copy(STAGED, artifact())
    assert (copied.key, copied.size, content(apart)) == (KEY, len(DATA), DATA)
    found = apart.observe(KEY)
    assert found
    assert (found.etag, found.media_type, found.sha256) == (copied.etag, "audio/mpeg", artifact().sha256)
    with pytest.raises(StoreError, match=r"a\.mp3"):
        apart.copy(STAGED, artifact(DATA[::-1]))
    with pytest.raises(StoreError, match=r"b\.mp3: the store lost it"):
        apart.copy("private/staged/b/b.mp3", artifact())
    assert content(apart) == DATA


def test_what_is_kept_is_carried_with_its_headers_and_only_in_the_version_that_is_meant(apart: Store) -> None:
    first = apart.put(artifact())
    assert apart.keep(KEY, "private/kept", etag=first.etag)
    found = apart.observe("private/kept")
    assert found
    assert (found.media_type, found.cache_control) == ("audio/mpeg", "public, max-age=60")
    apart.put(artifact(b"other"))
    assert not apart.keep(KEY, "private/kept", etag=first.etag)
    assert content(apart, "private/kept") == DATA


@pytest.mark.parametrize("held", [True, False], ids=["with the recording", "without the recording"])
def test_new_tags_of_what_is_staged_arrive_though_nothing_is_composed_between_the_buckets(
    apart: Store, held: bool
) -> None:
    live = b"old tag" + bytes(2 * LEAST_PART)
    staged = apart.put(artifact(live, STAGED))
    splice = Splice(front=(b"tag",), key=STAGED, etag=staged.etag, size=len(live), start=7)
    wanted = artifact(b"tag" + live[7:])
    with pytest.raises(ComposeError):
        apart.compose(wanted, splice)
    put_spliced(wanted if held else replace(wanted, body=None), splice, apart)
    assert content(apart) == b"tag" + live[7:]


def test_each_side_lies_in_its_place_and_nobody_lists_what_lies_in_the_wrong_one(tmp_path: Path) -> None:
    public = Storage(url="file:public", public_url="https://example.org/", folder=tmp_path / "public")
    store = open_store(replace(public, private_url="file:aside", private_folder=tmp_path / "aside"))
    assert isinstance(store, SidedStore)
    for key in (KEY, STAGED):
        store.put(artifact(key=key))
        store.public.put(artifact(b"astray", "private/astray"))
        store.private.put(artifact(b"astray", "astray"))
    assert [one.key for one in store.observe_all("")] == [KEY, STAGED]
    for prefix, keys in (("private/", [STAGED]), ("p", [STAGED]), ("episodes/", [KEY]), ("private/staged/b", [])):
        assert [one.key for one in store.observe_all(prefix)] == keys
    assert {one.key for one in store.private.observe_all("")} == {STAGED, "astray"}
