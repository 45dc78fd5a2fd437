"""A first publish to a bucket tries the store and takes the right to write while it builds."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from podwright.core.errors import StoreError, WorkspaceError
from podwright.core.model import Overrides
from podwright.publishing.publish import publish
from podwright.stores.ledger.lease import LEASE_KEY
from tests.faults.proxy import Asked, Proxy, matching, running_proxy, untouched
from tests.support.published import NOW, Place, Quiet
from tests.support.seaweed import REGION, Seaweed

#: Nothing here takes as long, in seconds.
PATIENCE = 60


@pytest.fixture
def proxy(seaweed: Seaweed, credentials: None) -> Iterator[Proxy]:
    with running_proxy(seaweed) as running:
        yield running


@pytest.fixture
def place(sample: Path, bucket: str, proxy: Proxy) -> Place:
    """The sample show, and a bucket to which nothing was published."""
    base = f"{proxy.endpoint_url}/{bucket}/"
    overrides = Overrides(storage=f"s3://{bucket}", public_url=base, endpoint_url=proxy.endpoint_url, region=REGION)
    return Place(sample, overrides, base)


class Reading(Quiet):
    """Progress that lets nothing be read before something else happened."""

    def __init__(self, happened: threading.Event) -> None:
        super().__init__()
        self._happened = happened

    def begin(self, label: str, total: int) -> None:
        if label == "reading":
            assert self._happened.wait(PATIENCE)
        super().begin(label, total)


def test_the_store_is_tried_and_its_lease_taken_before_anything_is_read(place: Place, proxy: Proxy) -> None:
    taken = threading.Event()

    def script(asked: Asked) -> None:
        if asked.method == "PUT" and asked.key == LEASE_KEY:
            taken.set()

    proxy.script = script
    session = replace(place.session(NOW), progress=Reading(taken))
    outcome = publish(session, accepted=())
    assert outcome.plan
    assert outcome.plan.manifest.generation == 1
    written = [asked.key for asked in proxy.asked if asked.method == "PUT" and "/probe/" not in asked.key]
    assert written[0] == LEASE_KEY


def holder(place: Place) -> str | None:
    """Who has the right to write, by the store."""
    read = place.store.read(LEASE_KEY)
    name: str | None = json.loads(read.data or b"{}")["holder"] if read else None
    return name


def test_where_an_episode_cannot_be_read_the_right_is_given_back_and_nothing_else_is_left(place: Place) -> None:
    audio = next(place.root.glob("episodes/**/*.mp3"))
    kept = audio.read_bytes()
    audio.write_bytes(b"no audio at all")
    with pytest.raises(WorkspaceError):
        place.publish()
    assert holder(place) is None
    assert [found.key for found in place.store.observe_all("") if found.key != LEASE_KEY] == []
    audio.write_bytes(kept)
    assert place.publish().plan


def test_of_wrong_settings_the_store_hears_nothing(place: Place, proxy: Proxy) -> None:
    (place.root / "podwright.toml").write_text("title = 7\n")
    with pytest.raises(WorkspaceError):
        place.publish()
    assert proxy.asked == []


def test_a_store_that_fails_meanwhile_is_told_once_all_is_read_and_got_nothing(place: Place, proxy: Proxy) -> None:
    proxy.script = matching("forbidden", methods=("PUT",), keys=LEASE_KEY, times=None)
    with pytest.raises(StoreError, match="see that the key and its secret are right"):
        place.publish()
    proxy.script = untouched
    assert list(place.store.observe_all("")) == []
