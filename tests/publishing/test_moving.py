"""A show whose private side moves to a place of its own, and back, by one publish each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from podwright.core.artifact import Artifact
from podwright.core.deadline import Deadline
from podwright.core.errors import DeadlineError, PrivateIsPublicError, StoreError, UnsafePlanError
from podwright.core.http import observe_as_anybody
from podwright.core.model import Overrides, Storage
from podwright.core.names import MANIFEST_KEY, side_of
from podwright.inspection.verify import Request
from podwright.inspection.verify.repair import repair
from podwright.publishing.proposal import plan
from podwright.publishing.prune import plan_prune
from podwright.publishing.publish import publish
from podwright.publishing.session import Session
from podwright.stores import Store, open_store
from podwright.stores.ledger.lease import LEASE_KEY
from podwright.stores.ledger.manifest_json import parse_manifest
from podwright.stores.ledger.moved import MOVED
from podwright.stores.local import LocalStore
from podwright.stores.sides import SidedStore
from tests.faults import scenario
from tests.support.published import Quiet
from tests.support.seaweed import REGION, Seaweed

NOW = datetime.fromisoformat(scenario.BEFORE)
ACCEPT = ("vanished", "made-private", "made-public")


@dataclass(frozen=True)
class Places:
    """A show, and where its sides lie. private: where the private side may lie beside the public place."""

    root: Path
    storage: str
    private: str
    endpoint_url: str | None = None

    def session(self, *, private: str | None = None, **changes: Any) -> Session:
        """A session that names a private place, or none."""
        overrides = Overrides(storage=self.storage, private_url=private, endpoint_url=self.endpoint_url, region=REGION)
        return Session(root=self.root, now=NOW, overrides=overrides, progress=Quiet(), **changes)

    def store(self, address: str) -> Store:
        """One of both places alone."""
        folder = Path(address.removeprefix("file:")) if address.startswith("file:") else None
        return open_store(
            Storage(
                url=address,
                public_url=scenario.BASE,
                folder=folder,
                endpoint_url=None if folder else self.endpoint_url,
                region=None if folder else REGION,
            )
        )

    def load(self, address: str) -> dict[str, bytes]:
        """All objects of a place but its lease."""
        store = self.store(address)
        found = {one.key: store.read(one.key) for one in store.observe_all("") if one.key != LEASE_KEY}
        return {key: one.data for key, one in found.items() if one and one.data is not None}


@pytest.fixture(params=["folders", "buckets", "a bucket and a folder"])
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Places:
    """A show that has everything, published with both sides in one place."""
    root = tmp_path / "show"
    scenario.write_before(root)
    aside = f"file:{tmp_path}/aside"
    if request.param == "folders":
        return Places(root, f"file:{tmp_path}/public", aside)
    server: Seaweed = request.getfixturevalue("seaweed")
    first: str = request.getfixturevalue("bucket")
    buckets = request.param == "buckets"
    second = f"s3://{request.getfixturevalue('private_bucket')}/pod" if buckets else aside
    return Places(root, f"s3://{first}/pod", second, server.endpoint_url)


def _sides(objects: dict[str, bytes]) -> tuple[dict[str, bytes], dict[str, bytes]]:
    public = {key: data for key, data in objects.items() if side_of(key) == "public"}
    return public, {key: data for key, data in objects.items() if key not in public}


def _without_versions(objects: dict[str, bytes]) -> dict[str, bytes]:
    """Objects without what tells one store's versions from another's."""
    return {key: data for key, data in objects.items() if key != MANIFEST_KEY}


def test_the_private_side_moves_to_a_place_of_its_own_by_one_publish_and_back_by_another(places: Places) -> None:
    publish(places.session(), accepted=())
    scenario.write_after(places.root)
    publish(places.session(), accepted=ACCEPT)
    public, private = _sides(places.load(places.storage))
    assert {key.split("/")[1] for key in private} >= {"staged", "podwright", "episodes"}
    versions = {one.key: one.etag for one in places.store(places.storage).observe_all("") if one.key in public}

    there = places.session(private=places.private)
    assert plan(there).moves_to == places.private
    publish(there, accepted=())
    assert places.load(places.storage) == public
    assert not list(places.store(places.storage).observe_all("private/"))
    moved = places.load(places.private)
    assert _without_versions(moved) == _without_versions(private)
    for key, record in parse_manifest(moved[MANIFEST_KEY]).objects.items():
        place = places.private if side_of(key) == "private" else places.storage
        found = places.store(place).observe(key)
        assert found
        assert found.etag == record.etag == versions.get(key, record.etag)
    assert not plan(places.session(private=places.private)).plan.writes

    with pytest.raises(UnsafePlanError, match="--accept private-moved"):
        publish(places.session(), accepted=())
    assert places.load(places.private) == moved
    publish(places.session(), accepted=("private-moved",))
    assert _without_versions(places.load(places.storage)) == _without_versions(public | private)
    assert not places.load(places.private)
    assert not plan(places.session()).plan.writes


@pytest.mark.parametrize("places", ["folders"], indirect=True)
def test_a_machine_that_never_published_is_told_where_the_private_side_lies(places: Places) -> None:
    publish(places.session(private=places.private), accepted=())
    moved = places.load(places.private)
    for leftover in (places.root / ".podwright").glob("*"):
        if leftover.is_file():
            leftover.unlink()
    with pytest.raises(StoreError, match=r"is not there, and the store holds .* by --private-from"):
        publish(places.session(), accepted=())
    folder = Path(places.private.removeprefix("file:")) if places.private.startswith("file:") else None
    publish(places.session(private_from=(places.private, folder)), accepted=())
    assert _without_versions(_sides(places.load(places.storage))[1]) == _without_versions(moved)
    assert not places.load(places.private)


@pytest.mark.parametrize("places", ["folders"], indirect=True)
def test_another_public_place_is_not_taken_for_that_of_the_private_side(places: Places) -> None:
    publish(places.session(private=places.private), accepted=())
    elsewhere = replace(places, storage=f"{places.storage}-too")
    with pytest.raises(StoreError, match=r"show\.xml: is not in .*-too, and the private side says that it is; correct"):
        publish(elsewhere.session(private=places.private), accepted=())
    repair(Request(session=elsewhere.session(private=places.private)), accepted=())
    assert elsewhere.load(elsewhere.storage) == places.load(places.storage)
    assert not plan(elsewhere.session(private=places.private)).plan.writes


@pytest.mark.parametrize("places", ["folders"], indirect=True)
def test_nothing_else_works_before_the_side_has_moved(places: Places) -> None:
    publish(places.session(), accepted=())
    with pytest.raises(StoreError, match="the private side still lies there; run podwright publish, which moves it"):
        plan_prune(places.session(private=places.private), grace=NOW - NOW, accepted=())


def test_a_show_moves_out_of_a_bucket_that_is_public_and_not_back(
    tmp_path: Path, seaweed: Seaweed, bucket: str, private_bucket: str
) -> None:
    scenario.write_before(tmp_path / "show")
    places = Places(tmp_path / "show", f"s3://{bucket}", f"s3://{private_bucket}", seaweed.endpoint_url)
    publish(places.session(), accepted=())
    seaweed.make_public(bucket, except_prefix="nothing/")
    publish(places.session(private=places.private, ask_as_anybody=observe_as_anybody), accepted=())
    moved = places.load(places.private)
    with pytest.raises(PrivateIsPublicError):
        publish(places.session(ask_as_anybody=observe_as_anybody), accepted=("private-moved",))
    assert places.load(places.private) == moved
    assert not _sides(places.load(places.storage))[1]


@pytest.mark.parametrize("places", ["folders"], indirect=True)
def test_a_deadline_that_passes_while_it_moves_leaves_the_former_place_in_force(places: Places) -> None:
    publish(places.session(), accepted=())
    scenario.write_after(places.root)
    publish(places.session(), accepted=ACCEPT)
    before = places.load(places.storage)
    copied = Path(places.private.removeprefix("file:"), "private/podwright/history")
    deadline = Deadline(1, clock=lambda: 2 * copied.exists())
    with pytest.raises(DeadlineError, match="nothing has moved yet, publish again to go on"):
        publish(places.session(private=places.private, deadline=deadline), accepted=())
    assert places.load(places.storage) == before
    publish(places.session(private=places.private), accepted=())
    assert not _sides(places.load(places.storage))[1]


@dataclass
class Countdown:
    """So many writes are done; then the store fails."""

    left: int
    done: int = 0

    def __call__(self) -> None:
        self.done += 1
        self.left -= 1
        if self.left < 0:
            raise StoreError("the store failed")


@dataclass
class Failing:
    """Opens folders that fail after a while."""

    countdown: Countdown = field(default_factory=lambda: Countdown(1 << 30))

    def __call__(self, storage: Storage) -> Store:
        assert storage.folder
        public = _FailingFolder(storage.folder, url=storage.url, countdown=self.countdown)
        return SidedStore(public, self(storage.private)) if storage.private else public


class _FailingFolder(LocalStore):
    def __init__(self, root: Path, *, url: str, countdown: Callable[[], None]) -> None:
        super().__init__(root, url=url)
        self._countdown = countdown

    def put(self, artifact: Artifact, **options: Any) -> Any:
        self._countdown()
        return super().put(artifact, **options)

    def keep(self, source: str, key: str, *, etag: str) -> bool:
        self._countdown()
        return super().keep(source, key, etag=etag)

    def write(self, key: str, data: bytes, **options: Any) -> str:
        self._countdown()
        return super().write(key, data, **options)

    def delete(self, keys: Any) -> None:
        for key in keys:
            self._countdown()
            super().delete([key])


def _is_in_force(places: Places, address: str) -> bool:
    data = places.load(address).get(MANIFEST_KEY)
    return data is not None and data != MOVED


def test_stopped_at_any_write_the_move_leaves_one_place_in_force_and_the_next_publish_completes_it(
    tmp_path: Path,
) -> None:
    scenario.write_before(tmp_path / "show")
    places = Places(tmp_path / "show", f"file:{tmp_path}/public", f"file:{tmp_path}/aside")
    publish(places.session(), accepted=())
    before = places.load(places.storage)
    opener = Failing()
    publish(places.session(private=places.private, open_store=opener), accepted=())
    after, count = places.load(places.private), opener.countdown.done
    publish(places.session(), accepted=("private-moved",))
    assert count > 20
    # The last of them are the note and what is deleted.
    for at in {*range(0, count, count // 5), *range(count - 4, count, 2)}:
        assert _without_versions(places.load(places.storage)) == _without_versions(before)
        failing = Failing(Countdown(at))
        stopped = places.session(private=places.private, open_store=failing)
        # What fails to give a lease back fails nobody.
        try:
            publish(stopped, accepted=())
        except StoreError:
            forces = [_is_in_force(places, places.storage), _is_in_force(places, places.private)]
            assert forces != [True, True], at
        publish(places.session(private=places.private), accepted=())
        assert _without_versions(places.load(places.private)) == _without_versions(after), at
        assert not _sides(places.load(places.storage))[1], at
        assert not plan(places.session(private=places.private)).plan.writes
        publish(places.session(), accepted=("private-moved",))
