"""A publish that is stopped at any request to the store: listeners notice nothing, and the next run completes it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from podwright.building.types import Podcast
from podwright.core.errors import StoreError
from podwright.core.names import HISTORY, MANIFEST_KEY
from podwright.publishing.apply import apply_plan
from podwright.stores.ledger.manifest_json import parse_manifest
from podwright.stores.ledger.recovery import observe_manifest
from podwright.stores.local import LocalStore
from tests.publishing.test_history import roll_back
from tests.support.plans import DAY, episode, planned, podcast
from tests.support.published import Quiet

#: Former generations are kept on the way.
KEEP = 3
BEFORE = podcast(
    episode("kept"), episode("edited"), episode("gated"), episode("waiting", stage="waiting"), limit=2, keep=KEEP
)
GROWN = podcast(
    episode("kept"),
    episode("edited", title="New"),
    episode("gated", tier="gold"),
    episode("waiting"),
    episode("new"),
    episode("newest"),
    limit=2,
    keep=KEEP,
)
SHRUNK = podcast(episode("kept"), episode("edited"), episode("new"), limit=3, keep=KEEP)
ENDS = {"withdraw": DAY}
ENDED = podcast(
    episode("kept"),
    episode("edited", stage="unlisted", unlist=DAY),
    episode("gated", tier="gold"),
    episode("waiting", stage="withdrawn", **ENDS),
    episode("new", stage="withdrawn", withdraw_policy="delete", **ENDS),
    episode("newest"),
    episode("third"),
    limit=2,
    keep=KEEP,
)
CHANGES = [
    pytest.param(BEFORE, GROWN, id="a page more, an episode gated, one opened"),
    pytest.param(GROWN, SHRUNK, id="no page any more"),
    pytest.param(GROWN, ENDED, id="one unlisted, one put away, one deleted"),
    pytest.param(ENDED, GROWN, id="all three come back"),
]


class Interrupted(LocalStore):
    """A store whose requests fail from a certain one on, before or after they are carried out."""

    concurrency = 1

    def __init__(self, root: Path, *, at: int, late: bool) -> None:
        super().__init__(root, url="file:test")
        self.at, self.late, self.count = at, late, 0

    def _do(self, name: str, *args: Any, **kwargs: Any) -> Any:
        self.count += 1
        if self.count > self.at or (self.count == self.at and not self.late):
            raise StoreError("the power went off")
        result = getattr(LocalStore, name)(self, *args, **kwargs)
        if self.count == self.at:
            raise StoreError("the power went off")
        return result

    def put(self, *args: Any, **kwargs: Any) -> Any:
        return self._do("put", *args, **kwargs)

    def copy(self, *args: Any, **kwargs: Any) -> Any:
        return self._do("copy", *args, **kwargs)

    def compose(self, *args: Any, **kwargs: Any) -> Any:
        return self._do("compose", *args, **kwargs)

    def write(self, *args: Any, **kwargs: Any) -> Any:
        return self._do("write", *args, **kwargs)

    def keep(self, *args: Any, **kwargs: Any) -> Any:
        return self._do("keep", *args, **kwargs)

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._do("delete", [key])


def publish(store: LocalStore, wanted: Podcast) -> None:
    manifest, etag = observe_manifest(store)
    plan = planned(wanted, manifest)
    if plan.writes:
        apply_plan(plan, store, previous=manifest, etag=etag, progress=Quiet())


def contents(root: Path) -> dict[str, bytes]:
    """Everything in a store but what its own versions and counters make different."""
    files = [path for path in root.rglob("*") if path.is_file() and ".podwright" not in path.parts]
    found = {path.relative_to(root).as_posix(): path.read_bytes() for path in files}
    manifest = parse_manifest(found.pop(MANIFEST_KEY, b'{"format":1}'))
    kept = {key: found.pop(key) for key in list(found) if key.startswith(HISTORY)}
    assert manifest.doomed == ()
    assert all(feed.signature for feed in manifest.feeds.values())
    assert {key: record.sha256 for key, record in manifest.objects.items()}.keys() == found.keys()
    # A manifest that was kept is that of a whole publish; its versions are those of this folder's files.
    return found | {key: b"" if "/generations/" in key else data for key, data in kept.items()}


def check_truth(root: Path) -> None:
    """What the manifest says of objects is so, though it may not know of all."""
    manifest, _ = observe_manifest(LocalStore(root, url="file:test"))
    for key, record in manifest.held.items():
        assert hashlib.sha256((root / key).read_bytes()).hexdigest() == record.sha256


def check_listener(root: Path, states: tuple[Podcast, ...]) -> None:
    """The feed is the old one or the new one, whole; all the audio and pages that it names are there, and whole."""
    feed = (root / "show.xml").read_bytes()
    (wanted,) = (one for one in states if b"".join(one.feeds[0].artifact.body or ()) == feed)
    named = [one for one in wanted.episodes if one.outline.guid in wanted.feeds[0].items]
    assert len(named) >= 3
    for one in named:
        known = [
            other.artifacts[0]
            for state in states
            for other in state.episodes
            if other.enclosure == one.enclosure and other.artifacts
        ]
        assert (root / one.enclosure).read_bytes() in [b"".join(artifact.body or ()) for artifact in known]
    for page in wanted.feeds[0].pages:
        known = [document for one in states for document in one.feeds[0].pages if document.key == page.key]
        assert (root / page.key).read_bytes() in [b"".join(document.body or ()) for document in known]


def undisturbed(root: Path, states: tuple[Podcast, Podcast]) -> tuple[dict[str, bytes], int]:
    store = Interrupted(root, at=1_000, late=False)
    publish(store, states[0])
    begun = store.count
    publish(store, states[1])
    return contents(store.root), store.count - begun


@pytest.mark.parametrize("back", [False, True], ids=["again", "after all not"])
@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_wherever_it_stops_listeners_notice_nothing_and_the_next_run_completes_it(
    tmp_path: Path, before: Podcast, after: Podcast, late: bool, back: bool
) -> None:
    expected, requests = undisturbed(tmp_path / "undisturbed", (before, after))
    assert requests > 5
    for at in range(1, requests + 1):
        root = tmp_path / f"{at}"
        publish(LocalStore(root, url="file:test"), before)
        with pytest.raises(StoreError, match="power"):
            publish(Interrupted(root, at=at, late=late), after)
        check_listener(root, (before, after))
        check_truth(root)
        if back:
            publish(LocalStore(root, url="file:test"), before)
            check_truth(root)
            assert (root / "show.xml").read_bytes() == b"".join(before.feeds[0].artifact.body or ())
            check_listener(root, (before,))
        publish(LocalStore(root, url="file:test"), after)
        assert contents(root).items() >= expected.items(), f"stopped at request {at} of {requests}"
        assert back or contents(root) == expected, f"stopped at request {at} of {requests}"
        if any(not one.artifacts for one in after.episodes):
            # Nothing leads back behind what was withdrawn for good.
            with pytest.raises(StoreError, match=r"episodes/new/new\.mp3"):
                roll_back(LocalStore(root, url="file:test"), 1)
            continue
        roll_back(LocalStore(root, url="file:test"), 1)
        assert (root / "show.xml").read_bytes() == b"".join(before.feeds[0].artifact.body or ())


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
def test_wherever_a_rollback_stops_listeners_notice_nothing_and_a_second_one_completes_it(
    tmp_path: Path, late: bool
) -> None:
    def prepare(root: Path) -> None:
        for state in (BEFORE, GROWN):
            publish(LocalStore(root, url="file:test"), state)

    prepare(tmp_path / "undisturbed")
    whole = Interrupted(tmp_path / "undisturbed", at=1_000, late=False)
    roll_back(whole, 1)
    expected = contents(whole.root)
    assert whole.count > 5
    for at in range(1, whole.count + 1):
        root = tmp_path / f"{at}"
        prepare(root)
        with pytest.raises(StoreError, match="power"):
            roll_back(Interrupted(root, at=at, late=late), 1)
        check_listener(root, (BEFORE, GROWN))
        roll_back(LocalStore(root, url="file:test"), 1)
        assert contents(root) == expected, f"stopped at request {at} of {whole.count}"
        publish(LocalStore(root, url="file:test"), GROWN)
        check_listener(root, (BEFORE, GROWN))
