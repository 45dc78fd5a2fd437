"""Pruning: what nothing names goes when somebody says so, and nothing else."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podwright.building.types import Podcast
from podwright.core.errors import ConflictError, StoreError
from podwright.core.model import Overrides
from podwright.core.names import HISTORY, MANIFEST_KEY, PRIVATE, content_key, generation_key, is_document, is_media
from podwright.publishing.apply import apply_plan
from podwright.publishing.history import load_generation
from podwright.publishing.prune import Pruning, apply_pruning, build_pruning, plan_prune, prune
from podwright.report.history import pruning_lines, pruning_values
from podwright.stores import Store, observe_uploads
from podwright.stores.ledger.generations import Generation
from podwright.stores.ledger.lease import Publisher, held_lease
from podwright.stores.ledger.manifest import pending, writing
from podwright.stores.ledger.manifest_io import write_manifest
from podwright.stores.ledger.manifest_json import parse_manifest, render_manifest
from podwright.stores.ledger.recovery import observe_manifest
from podwright.stores.local import LocalStore
from tests.publishing.test_history import documents, paged, publish, roll_back
from tests.publishing.test_rollback import EPISODE, run, write_line
from tests.stores.ledger.test_manifest_io import LARGE
from tests.support.plans import DAY, artifact, episode, planned
from tests.support.published import Place, Quiet
from tests.support.seaweed import REGION, Seaweed

GRACE = timedelta(days=30)


def later(days: int = 31) -> datetime:
    """A time by which what the store was given just now is so old."""
    return datetime.now(UTC) + timedelta(days=days)


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "store", url="file:store")


def look(store: Store, *accepted: str, now: datetime | None = None) -> Pruning:
    manifest, _ = observe_manifest(store)
    return build_pruning(store, manifest, now=now or later(), grace=GRACE, accepted=accepted)


def clear(store: Store, *accepted: str) -> list[str]:
    """Prune, and say what went."""
    found = look(store, *accepted)
    manifest, etag = observe_manifest(store)
    assert etag
    apply_pruning(found, store, manifest, etag=etag, now=later())
    return keys(found)


def keys(found: Pruning) -> list[str]:
    return [one.stored.key for one in found.deletes]


def unkept(state: Podcast) -> Podcast:
    return replace(state, keep=0)


def test_what_left_the_feeds_goes_when_it_is_old_enough(store: LocalStore) -> None:
    publish(store, unkept(paged(episode("one"), episode("two"))))
    publish(store, unkept(paged(episode("one"))))
    assert keys(look(store)) == ["episodes/two/two.mp3", "episodes/two/two.vtt"]
    young = look(store, now=later(1))
    assert (keys(young), young.young) == ([], 2)
    assert clear(store) == ["episodes/two/two.mp3", "episodes/two/two.vtt"]
    assert not (store.root / "episodes/two/two.mp3").exists()
    manifest, _ = observe_manifest(store)
    assert manifest.objects.keys() == {found.key for found in store.observe_all("")} - {MANIFEST_KEY}
    assert (manifest.retired, manifest.doomed) == ({}, ())
    assert clear(store) == []


def test_the_grace_counts_from_when_nothing_named_it_any_more(store: LocalStore) -> None:
    publish(store, unkept(paged(episode("one"), episode("two"))))
    publish(store, replace(unkept(paged(episode("one"))), moment=later(20)))
    assert keys(look(store, now=later(49))) == []
    assert keys(look(store, now=later(51))) == ["episodes/two/two.mp3", "episodes/two/two.vtt"]


def test_what_was_pruned_is_uploaded_again_where_it_is_wanted_again(store: LocalStore) -> None:
    publish(store, unkept(paged(episode("one"), episode("two"))))
    publish(store, unkept(paged(episode("one"))))
    clear(store)
    publish(store, unkept(paged(episode("one"), episode("two"))))
    assert (store.root / "episodes/two/two.mp3").read_bytes() == b"Twosound"


def test_what_a_kept_generation_names_stays_and_what_only_older_ones_name_goes(store: LocalStore) -> None:
    publish(store, paged(episode("one"), episode("two")))
    first, _ = observe_manifest(store)
    publish(store, paged(episode("one")))
    assert clear(store) == []
    publish(store, replace(paged(episode("one"), episode("three")), keep=1))
    publish(store, replace(paged(episode("one"), episode("four")), keep=1))
    gone = clear(store)
    assert {generation_key(1), generation_key(2), "episodes/two/two.mp3"} <= set(gone)
    assert content_key(first.objects["show.xml"].sha256) in gone
    # Manifests go before what they name.
    assert [key for key in gone if "/generations/" in key] == [key for key in gone if key.startswith(HISTORY)][:2]
    roll_back(store, 3)
    assert "episodes/three/three.mp3" in observe_manifest(store)[0].named


def test_what_others_put_there_is_left_alone(store: LocalStore) -> None:
    publish(store, paged(episode("one")))
    others = [
        "robots.txt", "other.xml", "archive/other/1.xml", "index.php", "episodes/12/12.mp3", "episodes/one/bonus.mp3",
        "episodes/one/one.srt", "artwork/logo.png", "assets/app.js", "private/notes.txt", "private/staged/a/b.mp3",
    ]  # fmt: skip
    ours = [
        "private/staged/old/old.mp3", "private/withdrawn/x/x.mp3",
        "private/episodes/x-y/x-y.m4a", "artwork/show-0123456789ab-600.jpg",
        "assets/page-0123456789ab.css", content_key("0" * 64), generation_key(77),
    ]  # fmt: skip
    for key in (*others, *ours):
        store.put(artifact(key, key))
    # These cannot even be asked for.
    strange = ["ü.txt", "assets/ü-0123456789ab.css", "two\nlines.txt"]
    for name in strange:
        (store.root / name).write_text(name)
    found = look(store)
    assert found.foreign == tuple(sorted((*others, *strange)))
    assert sorted(keys(found)) == sorted(ours)
    clear(store)
    assert all((store.root / name).is_file() for name in strange)
    assert {one.key for one in store.observe_all("")} >= set(others)


@pytest.mark.parametrize("key", ["private/podwright/composed/1", "private/podwright/lease.json"])
def test_what_other_parts_of_podwright_write_is_neither_pruned_nor_called_foreign(store: LocalStore, key: str) -> None:
    publish(store, paged(episode("one")))
    store.put(artifact(key, key))
    assert (look(store).foreign, keys(look(store))) == ((), [])


def test_a_former_feed_that_an_older_podwright_left_stays_with_what_it_names_until_somebody_agrees(
    store: LocalStore,
) -> None:
    def state(name: str, *slugs: str) -> Podcast:
        found = unkept(paged(*map(episode, slugs)))
        (feed,) = found.feeds
        text = " ".join(f"https://example.org/episodes/{slug}/{slug}.mp3" for slug in slugs)
        built = replace(feed, feed=replace(feed.feed, name=name), artifact=artifact(f"{name}.xml", text))
        return replace(found, feeds=(built,))

    publish(store, state("old", "one", "two"))
    left, data = observe_manifest(store)[0].objects["old.xml"], (store.root / "old.xml").read_bytes()
    publish(store, state("new", "one"))
    (store.root / "old.xml").write_bytes(data)
    manifest, etag = observe_manifest(store)
    manifest = replace(manifest, objects={**manifest.objects, "old.xml": left})
    write_manifest(store, replace(manifest, retired={**manifest.retired, "old.xml": DAY}), expected=etag)
    found = look(store)
    assert found.feeds == {"old.xml": 1}
    assert keys(found) == ["episodes/two/two.vtt"]
    for word in ("feed-lost", "feed-lost:old.xml"):
        assert keys(look(store, word)) == ["old.xml", "episodes/two/two.mp3", "episodes/two/two.vtt"]
    assert clear(store, "feed-lost:old.xml")[0] == "old.xml"
    assert not (store.root / "old.xml").exists()


def test_what_is_named_goes_at_once_though_it_is_young_and_a_kept_generation_needs_it(store: LocalStore) -> None:
    publish(store, paged(episode("one"), episode("two")))
    publish(store, paged(episode("one")))
    store.put(artifact("episodes/two/robots.txt", "somebody else's"))
    manifest, etag = observe_manifest(store)
    assert etag
    now = later(0)

    def look_at(*keys: str) -> Pruning:
        return build_pruning(store, manifest, now=now, grace=GRACE, accepted=(), at_once=keys)

    assert keys(look_at()) == []
    assert keys(look_at("episodes/two/two.vtt", "episodes/one/", "show.xml")) == ["episodes/two/two.vtt"]
    found = look_at("episodes/two/")
    assert keys(found) == ["episodes/two/two.mp3", "episodes/two/two.vtt"]
    assert found.foreign == ("episodes/two/robots.txt",)
    apply_pruning(found, store, manifest, etag=etag, now=now)
    assert [one.key for one in store.observe_all("episodes/two/")] == ["episodes/two/robots.txt"]
    with pytest.raises(StoreError, match=r"episodes/two/two\.mp3"):
        roll_back(store, 1)


# Races, and being stopped


def test_a_publish_that_was_faster_keeps_everything(store: LocalStore) -> None:
    publish(store, unkept(paged(episode("one"), episode("two"))))
    publish(store, unkept(paged(episode("one"))))
    found, (manifest, etag) = look(store), observe_manifest(store)
    assert etag
    publish(store, unkept(paged(episode("one"), episode("two"))))
    with pytest.raises(ConflictError):
        apply_pruning(found, store, manifest, etag=etag, now=later())
    assert (store.root / "episodes/two/two.mp3").read_bytes() == b"Twosound"


def test_a_publish_that_began_before_loses_its_turn_and_plans_again(store: LocalStore) -> None:
    publish(store, unkept(paged(episode("one"), episode("two"))))
    publish(store, unkept(paged(episode("one"))))
    manifest, etag = observe_manifest(store)
    wanted = unkept(paged(episode("one"), episode("two")))
    plan = planned(wanted, manifest)
    assert [step.key for step in plan.media] == []
    clear(store)
    with pytest.raises(ConflictError):
        apply_plan(plan, store, previous=manifest, etag=etag, progress=Quiet())
    publish(store, wanted)
    assert (store.root / "episodes/two/two.mp3").read_bytes() == b"Twosound"


def test_what_changed_since_it_was_looked_at_stays(store: LocalStore) -> None:
    publish(store, unkept(paged(episode("one"), episode("two"))))
    publish(store, unkept(paged(episode("one"))))
    found, (manifest, etag) = look(store), observe_manifest(store)
    assert etag
    store.put(artifact("episodes/two/two.mp3", "somebody uploads it again"))
    apply_pruning(found, store, manifest, etag=etag, now=later())
    assert (store.root / "episodes/two/two.mp3").exists()
    assert not (store.root / "episodes/two/two.vtt").exists()


def test_what_is_as_it_was_but_was_kept_again_stays(store: LocalStore) -> None:
    publish(store, unkept(paged(episode("one"), episode("two"))))
    publish(store, unkept(paged(episode("one"))))
    found, (manifest, etag) = look(store), observe_manifest(store)
    assert etag
    apply_pruning(found, store, manifest, etag=etag, now=later(1))
    assert (store.root / "episodes/two/two.mp3").exists()


class Stopped(LocalStore):
    """A store that fails at a certain write or delete, before or after it."""

    concurrency = 1

    def __init__(self, root: Path, *, at: int, late: bool) -> None:
        super().__init__(root, url="file:store")
        self.at, self.late, self.count = at, late, 0

    def _do(self, act: Callable[[], str | None]) -> str | None:
        self.count += 1
        if self.count == self.at and not self.late:
            raise StoreError("the power went off")
        done = act()
        if self.count == self.at:
            raise StoreError("the power went off")
        return done

    def write(self, key: str, data: bytes, **kwargs: Any) -> str:
        act = super().write
        done = self._do(lambda: act(key, data, **kwargs))
        assert done
        return done

    def delete(self, keys: Iterable[str]) -> None:
        act = super().delete
        self._do(lambda: act(keys))


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("then", ["prune", "publish"])
def test_wherever_it_stops_the_next_run_completes_it(tmp_path: Path, then: str, late: bool) -> None:
    wanted = unkept(paged(episode("one")))

    def prepare(root: Path) -> None:
        plain = LocalStore(root, url="file:store")
        publish(plain, unkept(paged(episode("one"), episode("two"))))
        publish(plain, wanted)

    prepare(tmp_path / "undisturbed")
    whole = Stopped(tmp_path / "undisturbed", at=0, late=False)
    clear(whole)
    expected = {found.key for found in whole.observe_all("")}
    assert whole.count == 4
    for at in range(1, whole.count + 1):
        root = tmp_path / f"{at}"
        prepare(root)
        with pytest.raises(StoreError, match="power"):
            clear(Stopped(root, at=at, late=late))
        plain = LocalStore(root, url="file:store")
        if then == "prune":
            clear(plain)
        else:
            publish(plain, wanted)
        manifest, _ = observe_manifest(plain)
        here = {found.key for found in plain.observe_all("")}
        assert manifest.objects.keys() == here - {MANIFEST_KEY}
        assert manifest.doomed == ()
        assert here >= expected
        assert then == "publish" or here == expected


def test_while_a_publish_is_stopped_nothing_is_pruned(sample: Path) -> None:
    place = Place(sample, Overrides(), "https://podcast.example.org/", folder=sample / "public")
    with pytest.raises(StoreError, match="publish first"):
        plan_prune(place.session(), grace=GRACE, accepted=())
    place.publish()
    path = sample / "public" / MANIFEST_KEY
    manifest = parse_manifest(path.read_bytes())
    stopped = (
        pending(manifest, swapped=(), doomed=(), previous=manifest),
        writing(manifest, ["quick-take.xml"], after=manifest, previous=manifest),
    )
    for state in stopped:
        path.write_bytes(render_manifest(state))
        with pytest.raises(StoreError, match="publish again, then prune"):
            prune(place.session(), grace=GRACE, accepted=())


def test_while_somebody_publishes_nothing_is_pruned(sample: Path, tmp_path: Path) -> None:
    place = Place(sample, Overrides(), "https://podcast.example.org/", folder=sample / "public")
    place.publish()
    store = place.store
    impatient = Publisher(patience=0)
    with (
        held_lease(store, Publisher(name="cron on the server"), work=tmp_path / "other"),
        pytest.raises(StoreError, match="cron on the server is publishing there"),
    ):
        prune(replace(place.session(now=later()), publisher=impatient), grace=GRACE, accepted=())
    assert keys(prune(replace(place.session(now=later()), publisher=impatient), grace=GRACE, accepted=())) == []


# Whatever happens


_episodes = st.builds(
    episode,
    st.sampled_from(["a", "b", "c"]),
    title=st.sampled_from(["", "New title"]),
    stage=st.sampled_from(["listed", "waiting", "unlisted", "withdrawn"]),
    tier=st.sampled_from(["free", "gold"]),
)
_states = st.builds(
    lambda episodes, keep: replace(paged(*episodes), keep=keep),
    st.lists(_episodes, max_size=3, unique_by=lambda one: one.outline.slug),
    st.integers(0, 3),
)


@settings(max_examples=30)
@given(states=st.lists(_states, min_size=2, max_size=5), data=st.data())
def test_a_prune_deletes_nothing_that_a_present_or_kept_document_names(
    states: list[Podcast], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = LocalStore(Path(folder) / "store", url="file:store")
        former: dict[int, dict[str, bytes]] = {}
        for state in states:
            publish(store, state)
            former[observe_manifest(store)[0].generation] = documents(store)
            if data.draw(st.booleans()):
                clear(store, "feed-lost")
        clear(store, "feed-lost")
        manifest, _ = observe_manifest(store)
        here = {found.key for found in store.observe_all("")}
        assert documents(store) == former[manifest.generation]
        assert manifest.named.keys() <= here
        for number in [one.number for one in manifest.log[:-1] if one.whole]:
            gated, lost = gated_since(store, number), lost_for(store, number)
            assert lost <= gated
            if lost:
                continue
            assert documents(store) == former[number]
            present, _ = observe_manifest(store)
            assert all((store.root / key).is_file() for key in present.named)


def lost_for(store: LocalStore, generation: int) -> set[str]:
    """The keys that keep a rollback from what it shall bring back; none where it was brought back."""
    try:
        roll_back(store, generation)
    except StoreError as refused:
        return set(str(refused).split(", "))
    return set()


def gated_since(store: LocalStore, generation: int) -> set[str]:
    """Audio of a generation that is for members now, and tagged for them: no rollback brings that back."""
    present, _ = observe_manifest(store)
    now = {guid for guid, one in present.episodes.items() if one.stem.startswith(PRIVATE)}
    then = load_generation(store, present, generation).episodes.values()
    return {one.enclosure for one in then if one.guid in now and not one.stem.startswith(PRIVATE)}


# The sample show


def test_of_the_sample_show_nothing_goes_that_any_document_names(place: Place) -> None:
    place.publish()
    for path in place.root.glob("episodes/**/blood-pressure-at-home/*"):
        if path.suffix in (".vtt", ".srt"):
            path.unlink()
    write_line(place.root, "One more line about beans.")
    place.publish()
    (place.root / EPISODE).rename((place.root / EPISODE).with_name("draft.txt"))
    place.publish("vanished")
    store = place.store
    before = {found.key for found in store.observe_all("")}
    assert keys(prune(place.session(now=later(40)), grace=GRACE, accepted=())) == []
    (place.root / "podwright.toml").write_text((place.root / "podwright.toml").read_text() + "\n[history]\nkeep = 0\n")
    write_again = place.root / "feeds/quick-take.toml"
    write_again.write_text(write_again.read_text().replace('title = "', 'title = "A ', 1))
    place.publish()
    done = set(keys(prune(place.session(now=later(40)), grace=GRACE, accepted=())))
    assert {"episodes/gardening-between-shifts/gardening-between-shifts.mp3", generation_key(1)} <= done
    here = {found.key for found in store.observe_all("")}
    assert here.isdisjoint(done)
    assert done <= before | here | {key for key in done if key.startswith(HISTORY)}
    manifest = place.plan().manifest
    assert manifest.objects.keys() <= here
    text = b"".join(read.data or b"" for key in manifest.named if is_document(key) and (read := store.read(key)))
    assert [key for key in done if quote(key).encode() in text] == []
    assert place.publish().plan is None or not place.plan().plan.writes


def test_what_a_stopped_publish_uploaded_is_told_by_its_mark(bucket: str, seaweed: Seaweed, sample: Path) -> None:
    base = f"{seaweed.endpoint_url}/{bucket}/"
    overrides = Overrides(storage=f"s3://{bucket}", public_url=base, endpoint_url=seaweed.endpoint_url, region=REGION)
    place = Place(sample, overrides, base)
    place.publish()
    store = place.store
    store.put(artifact("episodes/stray/stray.mp3", "uploaded by us"))
    client = boto3.client("s3", endpoint_url=seaweed.endpoint_url, region_name=REGION)
    client.put_object(Bucket=bucket, Key="episodes/12/12.mp3", Body=b"somebody else's")
    begun = client.create_multipart_upload(Bucket=bucket, Key="episodes/half/half.mp3")
    client.create_multipart_upload(Bucket=bucket, Key="backups/dump.sql")
    found = plan_prune(place.session(now=later()), grace=GRACE, accepted=())
    assert keys(found) == ["episodes/stray/stray.mp3"]
    assert found.foreign == ("episodes/12/12.mp3",)
    assert [(one.key, one.identifier) for one in found.uploads] == [("episodes/half/half.mp3", begun["UploadId"])]
    assert plan_prune(place.session(now=later(1)), grace=GRACE, accepted=()).uploads == ()
    prune(place.session(now=later()), grace=GRACE, accepted=())
    assert store.observe("episodes/stray/stray.mp3") is None
    assert store.observe("episodes/12/12.mp3") is not None
    assert [one.key for one in observe_uploads(store)] == ["backups/dump.sql"]


def test_a_prune_is_listed_and_deletes_with_yes_alone(sample: Path) -> None:
    run(sample, "publish", "--now", "2026-11-01T12:00:00+00:00")
    stray = sample / "public/private/staged/stray/stray.mp3"
    stray.parent.mkdir(parents=True)
    stray.write_bytes(bytes(2_000))
    (sample / "public/robots.txt").write_text("User-agent: *\n")
    now = ("--now", later().isoformat())
    listed = run(sample, "prune", *now).stdout
    assert "delete   private/staged/stray/stray.mp3  2.0 kB  left by a publish that was stopped" in listed
    assert "leave    robots.txt  not known to be podwright's" in listed
    assert "Nothing was deleted; `podwright prune --yes` does." in listed
    assert stray.exists()
    values = json.loads(run(sample, "prune", "--yes", "--json", *now).stdout)
    assert ([row["key"] for row in values["deletes"]], values["foreign"]) == (
        ["private/staged/stray/stray.mp3"],
        ["robots.txt"],
    )
    assert not stray.exists()
    assert "Nothing to delete." in run(sample, "prune", *now).stdout
    assert run(sample, "prune", "--grace", "0").exit_code == 2


def test_former_feeds_and_many_foreign_keys_are_told_briefly() -> None:
    found = Pruning(
        store="file:store", grace=GRACE, deletes=(), uploads=(), young=2, feeds={"old.xml": 3, "older.xml": 0},
        foreign=("two\nlines", *(f"file-{n}" for n in range(11))),
    )  # fmt: skip
    text = "\n".join(pruning_lines(found, done=False))
    assert "keep     old.xml and 3 objects that it names: subscribers" in text
    assert "(--accept feed-lost:older.xml)" in text
    assert "leave    2 more" in text
    assert "leave    two\\nlines  not known to be podwright's" in text
    assert text.endswith("Nothing to delete; 2 unnamed for less than 30 days.")
    assert pruning_values(found, done=True)["former_feeds"] == {"old.xml": 3, "older.xml": 0}


def test_every_object_that_is_sent_before_the_feeds_has_a_shape_that_is_known(sample: Path) -> None:
    place = Place(sample, Overrides(), "https://podcast.example.org/", folder=sample / "public")
    for now in (DAY, later(40_000)):
        found = place.plan(now=now).podcast
        media = [one.key for built in found.episodes for one in built.artifacts]
        media += [one.key for feed in found.feeds for one in feed.images] + [one.key for one in found.site.files]
        assert [key for key in media if not is_media(key)] == []
        documents_of_feeds = [one.key for feed in found.feeds for one in feed.documents] + [MANIFEST_KEY]
        assert [key for key in documents_of_feeds if is_media(key)] == []


def test_a_snapshot_goes_when_no_kept_manifest_builds_on_it(tmp_path: Path) -> None:
    store = LocalStore(tmp_path, url="file:test")
    bases, etag = [], None
    for number in (1, 2, 3):
        log = tuple(Generation(number=one, at=None, whole=True, live=0, waiting=0) for one in range(2, number + 1))
        size = {key: replace(one, size=number) for key, one in LARGE.objects.items()}
        manifest, etag = write_manifest(store, replace(LARGE, generation=number, objects=size, log=log), expected=etag)
        assert manifest.base
        bases.append(content_key(manifest.base.sha256))
        assert store.keep(MANIFEST_KEY, generation_key(number), etag=etag)
    found = build_pruning(store, manifest, now=datetime(2100, 1, 1, tzinfo=UTC), grace=timedelta(days=1), accepted=())
    assert {one.stored.key for one in found.deletes} == {bases[0], generation_key(1), generation_key(3)}
    apply_pruning(found, store, manifest, etag=etag or "", now=datetime(2100, 1, 1, tzinfo=UTC))
    after, _ = observe_manifest(store)
    assert after.objects == manifest.objects
    assert load_generation(store, after, 2).base
