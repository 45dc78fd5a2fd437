"""Other tags for published audio in stores that join no ranges, or join them whatever the condition says."""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import feedparser
import pytest
from mutagen.id3 import ID3

from podwright.core.errors import StoreError
from podwright.core.model import Overrides, Storage
from podwright.stores import Store, open_store
from podwright.stores.ledger.recovery import observe_manifest
from podwright.stores.splicing import put_spliced
from tests.publishing.test_retag import HERE, edit, frames_of, remove_audio, root
from tests.stores.test_conformance import KEY, LIVE, artifact, content, retagged
from tests.support.published import Place
from tests.support.strange import BUCKET, REGION, Server, running_moto, running_rclone

__all__ = ["root"]
SERVERS = {"rclone serve s3": running_rclone, "moto": running_moto}
HELD = pytest.mark.parametrize("held", [True, False], ids=["with the recording", "without the recording"])


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with SERVERS[request.param](tmp_path_factory.mktemp("strange") / "server") as running:
        yield running


@pytest.fixture
def storage(server: Server, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """An empty part of the bucket."""
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    url = f"s3://{BUCKET}/{uuid.uuid4().hex}"
    return Storage(url=url, public_url="https://example.org/", endpoint_url=server.endpoint_url, region=REGION)


@pytest.fixture
def store(storage: Storage) -> Store:
    """A store of which nothing is known yet, so that everything is tried."""
    return open_store(storage)


@HELD
def test_the_right_bytes_are_published_in_one_way_or_the_other(store: Store, tmp_path: Path, held: bool) -> None:
    store.put(artifact(LIVE))
    wanted, splice = retagged(store, b"tag", held=held)
    stored = put_spliced(wanted, splice, store, build_dir=tmp_path)
    assert (stored.size, stored.sha256) == (wanted.size, wanted.sha256)
    assert content(store) == b"tag" + LIVE[splice.start :]
    assert [found.key for found in store.observe_all("")] == [KEY]


@HELD
def test_what_somebody_replaced_is_never_spliced(store: Store, tmp_path: Path, held: bool) -> None:
    store.put(artifact(LIVE))
    wanted, splice = retagged(store, b"tag", held=held)
    store.put(artifact(LIVE[::-1]))
    try:
        put_spliced(wanted, splice, store, build_dir=tmp_path)
    except StoreError:
        assert content(store) == LIVE[::-1]
    else:
        assert held
        assert content(store) == b"tag" + LIVE[splice.start :]


@pytest.mark.parametrize("leave", HERE)
def test_another_title_is_published_with_its_frames_as_they_were(
    root: Path, storage: Storage, store: Store, leave: Callable[[Path], None]
) -> None:
    overrides = Overrides(
        storage=storage.url, public_url=storage.public_url, endpoint_url=storage.endpoint_url, region=REGION
    )
    place = Place(root, overrides, storage.public_url)
    key = "episodes/long/long.mp3"
    place.publish()
    before = content(store, key)
    assert before
    leave(root)
    edit(root, "One title", "Another title")
    place.publish()
    after, feed = content(store, key), content(store, "show.xml")
    assert after
    assert feed
    (entry,) = feedparser.parse(feed).entries
    manifest, _ = observe_manifest(store)
    record = manifest.objects[key]
    assert (record.size, record.sha256) == (len(after), hashlib.sha256(after).hexdigest())
    assert int(entry.enclosures[0].length) == len(after)
    assert frames_of(after) == frames_of(before)
    assert entry.title == "Another title"
    assert manifest.capabilities
    tag = ID3(io.BytesIO(after))["TIT2"].text
    assert tag == ["Another title" if leave is not remove_audio or manifest.capabilities.ranges else "One title"]
    assert not any(found.key.startswith("private/podwright/composed/") for found in store.observe_all("private/"))
