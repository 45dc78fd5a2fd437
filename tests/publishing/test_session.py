"""A session reads once what it is asked for, and lets one of several write."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from podwright.core.errors import StoreError
from podwright.core.model import Overrides, Storage
from podwright.publishing.session import Session
from podwright.publishing.turn import take_turn
from podwright.stores import Store
from podwright.stores.ledger.lease import Publisher
from podwright.stores.ledger.manifest import EMPTY, Manifest
from podwright.stores.ledger.manifest_io import write_manifest
from podwright.stores.local import LocalStore
from tests.support.published import NOW, Quiet

HERE = Storage(url="file:x", public_url="https://example.org/")


@pytest.fixture
def opened() -> list[Storage]:
    return []


@pytest.fixture
def session(tmp_path: Path, opened: list[Storage]) -> Session:
    def open_store(storage: Storage) -> Store:
        opened.append(storage)
        return LocalStore(tmp_path / "store", url="file:x")

    progress = Quiet()
    return Session(
        root=tmp_path, now=NOW, overrides=Overrides(), progress=progress, open_store=open_store, storage=HERE
    )


def test_the_store_is_opened_once_and_the_manifest_read_once(session: Session, opened: list[Storage]) -> None:
    assert session.observed == (EMPTY, None)
    write_manifest(session.store, Manifest(generation=3), expected=None)
    assert session.observed == (EMPTY, None)
    assert opened == [HERE]
    assert replace(session).observed[0].generation == 3
    assert opened == [HERE, HERE]


def test_a_turn_tells_whether_somebody_wrote_since_the_manifest_was_read(session: Session) -> None:
    with take_turn(session) as turn:
        assert not turn.moved
        assert turn.manifest.capabilities
        assert turn.observe() == (turn.manifest, None)
    write_manifest(session.store, Manifest(generation=3), expected=None)
    with take_turn(session) as turn:
        assert turn.moved
        manifest, etag = turn.observe()
        assert (manifest.generation, manifest.capabilities) == (3, turn.manifest.capabilities)
        assert etag


def test_one_of_two_has_the_turn(session: Session) -> None:
    other = replace(session, work_dir="elsewhere", publisher=Publisher(name="Ben", patience=0))
    with (
        take_turn(session, Publisher(name="Ada")),
        pytest.raises(StoreError, match="Ada is publishing there"),
        take_turn(other),
    ):
        pass
    with take_turn(other) as turn:
        turn.check()
