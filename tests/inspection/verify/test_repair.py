"""A store that lost something gets it again, and one that lost its manifest keeps every promise that it made."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import json
import os
import random
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from msgspec import UNSET

from podwright.cli import main
from podwright.core.errors import BusyError, ConflictError, StoreError
from podwright.core.model import Overrides
from podwright.core.names import HISTORY, MANIFEST_KEY, generation_key, parse
from podwright.inspection.verify import Request
from podwright.inspection.verify.repair import Repair, plan_repair, repair
from podwright.publishing.prune import plan_prune
from podwright.publishing.rollback import observe_log, plan_rollback
from podwright.stores import Store
from podwright.stores.ledger.lease import Publisher, SystemClock, held_lease
from podwright.stores.ledger.manifest import Manifest
from podwright.stores.ledger.recovery import observe_manifest
from podwright.workspace.author import write_workspace
from tests.faults.proxy import matching, running_proxy
from tests.publishing.test_publish_interrupted import Interrupted
from tests.publishing.test_tiers import DUE, WEEK, early, tease
from tests.support.paths import DATA
from tests.support.published import NOW, Place, Quiet, copy_show
from tests.support.seaweed import REGION, Seaweed

BASE = "https://podcast.example.org/"
AUDIO = "episodes/mind-the-rug/mind-the-rug.mp3"
CAPTIONS = "episodes/mind-the-rug/mind-the-rug.vtt"
MEMBERS = "private/episodes/sleep-after-night-shifts/sleep-after-night-shifts.mp3"
TRAILER = DATA / "audio" / "cbr-info.mp3"
STAGED = "private/staged/a-scale-by-the-door/a-scale-by-the-door.mp3"


@dataclasses.dataclass(frozen=True)
class Mended:
    """A place whose store may be damaged and repaired."""

    place: Place
    now: datetime = NOW

    @property
    def store(self) -> Store:
        return self.place.store

    @property
    def manifest(self) -> Manifest:
        return observe_manifest(self.store)[0]

    def request(self, *, store: Store | None = None, deep: bool = False, **changes: Any) -> Request:
        """Return what is asked of a repair. store: as if the settings named it; changes: of the session."""
        session = replace(self.place.session(self.now), **changes)
        if store is not None:
            session = replace(session, open_store=lambda _: store)
        return Request(session=session, deep=deep)

    def plan(self, **changes: Any) -> Repair:
        return plan_repair(self.request(**changes))

    def repair(self, *accepted: str, **changes: Any) -> Repair:
        return repair(self.request(**changes), accepted=accepted)

    def objects(self) -> dict[str, bytes]:
        """All that listeners, members and the clock can get."""
        store = self.store
        keys = [one.key for one in store.observe_all("") if not one.key.startswith("private/podwright/")]
        reads = {key: store.read(key) for key in keys}
        return {key: read.data for key, read in reads.items() if read and read.data is not None}

    def writes_nothing(self) -> bool:
        """Whether the workspace is what the store holds."""
        outcome = None if self.place.plan().plan.writes else self.place.publish()
        return outcome is not None and (outcome.plan is None or not outcome.plan.writes)


def write_show(root: Path, *, settings: str = "") -> None:
    copy_show(root)
    text = (root / "podwright.toml").read_text()
    (root / "podwright.toml").write_text(f"{settings}{text}")
    feed = root / "feeds" / "quick-take.toml"
    feed.write_text(f"limit = 2\n{feed.read_text()}")


def without_audio(root: Path) -> None:
    """What a fresh checkout without large files has."""
    for path in [one for one in root.rglob("*") if one.suffix in (".mp3", ".m4a") and "public" not in one.parts]:
        path.unlink()
    shutil.rmtree(root / ".podwright", ignore_errors=True)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A show that is published into its own folder, to be copied."""
    root = tmp_path_factory.mktemp("template") / "show"
    root.mkdir()
    write_show(root)
    Place(root, Overrides(), BASE, folder=root / "public").publish()
    return root


@pytest.fixture
def local(template: Path, tmp_path: Path) -> Mended:
    """A copy of it; every file of the store has another version than its manifest says."""
    root = tmp_path / "show"
    shutil.copytree(template, root)
    return Mended(Place(root, Overrides(), BASE, folder=root / "public"))


@pytest.fixture
def remote(seaweed: Seaweed, bucket: str, tmp_path: Path) -> Mended:
    """The same in a bucket."""
    root = tmp_path / "show"
    root.mkdir()
    write_show(root)
    url = f"{seaweed.endpoint_url}/{bucket}/"
    overrides = Overrides(storage=f"s3://{bucket}", public_url=url, endpoint_url=seaweed.endpoint_url, region=REGION)
    mended = Mended(Place(root, overrides, url))
    mended.place.publish()
    return mended


@pytest.fixture
def sided(seaweed: Seaweed, bucket: str, private_bucket: str, tmp_path: Path) -> Mended:
    """The same in two buckets, one a side."""
    root = tmp_path / "show"
    root.mkdir()
    write_show(root)
    url = f"{seaweed.endpoint_url}/{bucket}/"
    overrides = Overrides(
        storage=f"s3://{bucket}",
        private_url=f"s3://{private_bucket}/aside",
        public_url=url,
        endpoint_url=seaweed.endpoint_url,
        region=REGION,
    )
    mended = Mended(Place(root, overrides, url))
    mended.place.publish()
    return mended


@pytest.fixture(params=["local", "remote"])
def either(request: pytest.FixtureRequest) -> Mended:
    found: Mended = request.getfixturevalue(request.param)
    return found


def lose(mended: Mended) -> None:
    mended.store.delete([MANIFEST_KEY])


def cut(mended: Mended) -> None:
    spoil(mended, lambda data: data[: len(data) // 2])


def spoil(mended: Mended, change: Callable[[bytes], bytes]) -> None:
    read = mended.store.read(MANIFEST_KEY)
    assert read is not None
    assert read.data is not None
    mended.store.write(
        MANIFEST_KEY, change(read.data), media_type="application/json", cache_control="no-store", expected=read.etag
    )


def rewrite(mended: Mended, key: str, data: bytes) -> None:
    """Put other bytes in an object's place, with the right headers, as somebody else does."""
    name = parse(key)
    assert name
    found = mended.store.observe(key)
    etag = found.etag if found else None
    mended.store.write(key, data, media_type=name.media_type, cache_control=name.cache_control, expected=etag)


def edit(mended: Mended, name: str, old: str, new: str) -> None:
    [page] = [one for one in mended.place.root.rglob("episode.md") if one.parent.name == name]
    text = page.read_text()
    assert old in text
    page.write_text(text.replace(old, new, 1))


# The manifest


@pytest.mark.parametrize(
    ("where", "damage", "audio"),
    [
        ("local", lose, "with audio"),
        ("local", cut, "without audio"),
        ("remote", lose, "without audio"),
        ("sided", lose, "without audio"),
        ("sided", cut, "with audio"),
    ],
)
def test_a_lost_manifest_is_rebuilt_so_that_nobody_notices(
    request: pytest.FixtureRequest, where: str, damage: Callable[[Mended], None], audio: str
) -> None:
    either: Mended = request.getfixturevalue(where)
    before, objects = either.manifest, either.objects()
    damage(either)
    if audio == "without audio":
        without_audio(either.place.root)
    planned = either.plan()
    assert planned.rebuilt
    assert planned.plan.steps == ()
    assert planned.plan.changes == ()
    either.repair()
    after = either.manifest
    assert after.episodes == before.episodes
    assert after.feeds == before.feeds
    assert {key: (one.size, one.sha256) for key, one in after.objects.items()} == {
        key: (one.size, one.sha256) for key, one in before.objects.items()
    }
    assert either.objects() == objects
    assert either.writes_nothing()
    assert either.objects() == objects
    assert either.manifest == after


def test_the_promised_address_outlives_a_renamed_folder_and_a_lost_manifest(local: Mended) -> None:
    [folder] = [one for one in local.place.root.rglob("mind-the-rug") if "public" not in one.parts]
    folder.rename(folder.with_name("mind-the-carpet"))
    local.place.publish()
    before = local.manifest
    lose(local)
    without_audio(local.place.root)
    local.repair()
    guid = next(guid for guid, one in before.episodes.items() if one.enclosure == AUDIO)
    assert local.manifest.episodes[guid].enclosure == AUDIO
    assert local.manifest.episodes[guid].stem == AUDIO.removesuffix(".mp3")
    assert not local.place.plan().plan.steps


def test_an_edit_since_is_planned_as_that_edit_alone(local: Mended) -> None:
    lose(local)
    edit(local, "start-here", 'title: "', 'title: "Again ')
    plan = local.plan().plan
    assert plan.consequences == ()
    told = {item.title: set(item.parts) for change in plan.changes for item in change.items}
    assert {title for title, parts in told.items() if "title" in parts} == {
        "Again Start here: medicine at the kitchen table"
    }
    # Its sisters list it; of episodes of no season nothing is told.
    assert "Gardening between shifts" not in told
    assert not any({"audio", "date", "address"} & parts for parts in told.values())
    assert {title for title, parts in told.items() if {"tags", "transcript"} & parts} == {
        "Again Start here: medicine at the kitchen table"
    }


def test_the_keys_of_audio_that_goes_through_a_counting_service_are_known_again(tmp_path: Path) -> None:
    root = tmp_path / "show"
    root.mkdir()
    write_show(root, settings='enclosure_prefix = "https://op3.dev/e/"\n')
    mended = Mended(Place(root, Overrides(), BASE, folder=root / "public"))
    mended.place.publish()
    before = mended.manifest
    lose(mended)
    without_audio(root)
    mended.repair()
    assert mended.manifest.episodes == before.episodes


@pytest.fixture
def grown(local: Mended) -> Mended:
    """A show with four generations, the last of which brought an episode back."""
    [folder] = [one for one in local.place.root.rglob("mind-the-rug") if "public" not in one.parts]
    aside = folder.rename(local.place.root / "aside")
    local.place.publish("vanished")
    edit(local, "gardening-between-shifts", "\n---\n", "\n---\nBeans.\n")
    local.place.publish()
    aside.rename(folder)
    local.place.publish("taken-back")
    return local


def test_what_the_history_keeps_is_remembered(grown: Mended) -> None:
    before, objects = grown.manifest, grown.objects()
    assert before.generation == 4
    cut(grown)
    without_audio(grown.place.root)
    grown.repair()
    after = grown.manifest
    assert (after.generation, after.capabilities) == (before.generation, before.capabilities)
    assert after.episodes == before.episodes
    assert after.feeds == before.feeds
    assert after.retired.keys() == before.retired.keys()
    assert grown.objects() == objects
    assert grown.writes_nothing()
    log = observe_log(grown.place.session())
    assert log.kept == (1, 2, 3)
    assert [(one.number, one.whole, one.live) for one in log.manifest.log] == [
        (one.number, one.whole, one.live) for one in before.log
    ]
    assert plan_rollback(grown.place.session(), 3).plan.steps != ()


@pytest.mark.parametrize(("generation", "audio"), [(1, "without audio"), (3, "with audio"), (3, "without audio")])
def test_an_older_manifest_that_was_put_back_is_found_and_rebuilt(grown: Mended, generation: int, audio: str) -> None:
    before, objects = grown.manifest, grown.objects()
    older = grown.store.read(generation_key(generation))
    assert older is not None
    assert older.data is not None
    data = older.data
    spoil(grown, lambda _: data)
    if audio == "without audio":
        without_audio(grown.place.root)
    planned = grown.plan()
    assert planned.rebuilt
    assert planned.plan.steps == ()
    assert f"is that of generation {generation}, and the store holds what generation 4" in planned.found[0].message
    grown.repair()
    assert grown.manifest.episodes == before.episodes
    assert grown.manifest.feeds == before.feeds
    assert grown.objects() == objects
    assert grown.writes_nothing()


@pytest.mark.parametrize("manifest", ["held", "lost"])
@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_a_generation_that_cannot_be_brought_back_is_forgotten_and_stands_in_nobodys_way(
    grown: Mended, damage: str, manifest: str
) -> None:
    path = grown.place.root / "public" / generation_key(2)
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-9])
    else:
        path.unlink()
    place, day = grown.place, timedelta(days=1)
    for call in (
        lambda: plan_rollback(place.session(), 2),
        lambda: plan_prune(place.session(), grace=day, accepted=()),
    ):
        with pytest.raises(StoreError, match=r"generations/2\.json: .*; .* run podwright verify --repair"):
            call()
    kept = observe_log(place.session()).kept
    if manifest == "lost":
        lose(grown)
        grown.repair()
    else:
        done = grown.repair()
        assert [(one.where, one.code, one.level) for one in done.found] == [(generation_key(2), "history", "warning")]
        assert done.plan.steps == ()
    assert observe_log(place.session()).kept == tuple(number for number in kept if number != 2)
    plan_prune(place.session(), grace=day, accepted=())
    assert not grown.plan().found


def test_audio_that_is_lost_with_the_manifest_is_still_promised_as_the_history_says(grown: Mended) -> None:
    grown.place.publish(now=NOW)
    edit(grown, "gardening-between-shifts", "\n---\n", "\n---\nPeas.\n")
    grown.place.publish()
    before, objects = grown.manifest, grown.objects()
    lose(grown)
    grown.store.delete([AUDIO])
    without_audio(grown.place.root)
    done = grown.repair()
    assert [one.where for one in done.beyond] == [AUDIO]
    assert grown.manifest.episodes == before.episodes
    assert grown.objects() == {key: data for key, data in objects.items() if key != AUDIO}
    assert grown.writes_nothing()
    (grown.place.root / "public" / AUDIO).write_bytes(objects[AUDIO])
    grown.repair()
    assert not grown.plan().found


@pytest.mark.parametrize("audio", ["with audio", "without audio"])
def test_what_members_have_early_and_what_is_teased_is_known_again(local: Mended, audio: str) -> None:
    root = local.place.root
    edit(
        local,
        "a-scale-by-the-door",
        "published: 2099-01-05 07:00",
        "published: 2026-11-05 07:00\nearly: {gold: 1 week}",
    )
    shutil.copyfile(TRAILER, root / "episodes/home-monitoring/counting-clean-hands/teaser.mp3")
    with (root / "feeds/quick-take.toml").open("a") as file:
        file.write('\n[teaser]\nlink = "https://example.org/join"\n')
    local.place.publish()
    before, objects = local.manifest, local.objects()
    assert {one.stage for one in before.episodes.values()} == {"early", "listed"}
    assert before.feeds["quick-take"].teasers
    lose(local)
    if audio == "without audio":
        without_audio(root)
    planned = local.plan()
    assert planned.plan.consequences == ()
    local.repair()
    assert local.manifest.episodes == before.episodes
    assert local.manifest.feeds == before.feeds
    assert local.objects() == objects


@pytest.mark.parametrize(
    ("teaser", "audio"),
    [
        ("teasers/counting-clean-hands/counting-clean-hands.mp3", "with audio"),
        ("private/episodes/counting-clean-hands/counting-clean-hands-teaser.mp3", "without audio"),
    ],
)
def test_what_members_have_early_and_what_others_see_of_it_is_told_without_a_history(
    local: Mended, teaser: str, audio: str
) -> None:
    early(local.place)
    page = tease(local.place)
    if teaser.startswith("private/"):
        # Some members have it before the others, and nobody is told of it yet.
        edit(local, page.parent.name, "published: 2026-07-06 07:00", "published: 2099-01-08 07:00\nearly: {gold: P14D}")
        edit(local, page.parent.name, "access: gold", "access: silver")
        with (local.place.root / "feeds/quick-take.toml").open("a") as file:
            file.write('access = ["silver"]\n')
    with_early = dataclasses.replace(local, now=DUE - WEEK)
    local.place.publish(now=with_early.now)
    before, objects = local.manifest, local.objects()
    assert {one.stage for one in before.episodes.values()} == {"early", "listed"}
    assert [one.teaser.key for one in before.episodes.values() if one.teaser] == [teaser]
    local.store.delete([one.key for one in local.store.observe_all(HISTORY)])
    lose(local)
    if audio == "without audio":
        without_audio(local.place.root)
    planned = with_early.plan()
    assert planned.plan.consequences == ()
    assert planned.plan.steps == ()
    with_early.repair()
    # What they said before is in the manifest and its history alone.
    assert local.manifest.episodes == {guid: replace(one, former=UNSET) for guid, one in before.episodes.items()}
    assert local.manifest.feeds == before.feeds
    assert local.objects() == objects


def test_an_episode_that_was_withdrawn_stays_withdrawn(local: Mended) -> None:
    edit(local, "mind-the-rug", "\n---\n", '\nwithdraw: "2026-10-01"\nwithdraw_policy: deny\n---\n')
    local.place.publish("withdrawn")
    before, objects = local.manifest, local.objects()
    assert any(key.startswith("private/withdrawn/") for key in objects)
    lose(local)
    without_audio(local.place.root)
    planned = local.plan()
    assert planned.plan.steps == ()
    assert planned.plan.consequences == ()
    local.repair()
    assert local.manifest.episodes == before.episodes
    assert local.writes_nothing()


def test_where_nothing_was_published_there_is_nothing_to_repair(local: Mended) -> None:
    shutil.rmtree(local.place.root / "public")
    with pytest.raises(StoreError, match="nothing is published here; run podwright publish"):
        local.repair()


def test_a_publish_refuses_to_forget_what_a_lost_manifest_promised(local: Mended) -> None:
    lose(local)
    objects = local.objects()
    with pytest.raises(StoreError, match=r"and the store holds .*\.xml; .* or run podwright verify --repair"):
        local.place.publish()
    assert local.objects() == objects
    assert local.store.read(MANIFEST_KEY) is None


def test_a_publish_to_what_another_show_left_without_a_manifest_is_refused(local: Mended) -> None:
    lose(local)
    for feed in (local.place.root / "feeds").iterdir():
        feed.rename(feed.with_name(f"other-{feed.name}"))
    objects = local.objects()
    with pytest.raises(StoreError, match=r"and the store holds artwork/.*; .* or run podwright verify --repair"):
        local.place.publish()
    assert {one.kind for one in local.plan().plan.consequences} == {"feed-gone"}
    assert local.objects() == objects


def test_what_is_left_without_manifest_feeds_and_history_is_taken_over(local: Mended) -> None:
    objects = local.objects()
    feeds = [key for key in objects if key.endswith(".xml")]
    history = [one.key for one in local.store.observe_all(HISTORY)]
    local.store.delete([MANIFEST_KEY, *feeds, *history])
    with pytest.raises(StoreError, match="run podwright verify --repair"):
        local.place.publish()
    local.repair()
    assert local.objects() == objects
    assert local.writes_nothing()


def test_a_manifest_of_a_newer_podwright_is_left_alone(local: Mended) -> None:
    spoil(local, lambda _: b'{"format":99}\n')
    with pytest.raises(StoreError, match="upgrade podwright"):
        local.plan()


def test_what_is_not_ours_is_not_taken_for_ours_and_never_deleted(local: Mended) -> None:
    strays = {"notes.txt": b"1", "episodes/readme.md": b"2", "other.xml": b"<rss><channel/></rss>"}
    # No object can have such a name.
    strays["ü.xml"] = b"<rss><channel/></rss>"
    folder = local.place.root / "public"
    for key, data in strays.items():
        (folder / key).write_bytes(data)
    lose(local)
    local.repair()
    assert not strays.keys() & local.manifest.objects.keys()
    assert all((folder / key).read_bytes() == data for key, data in strays.items())


def test_a_damaged_recording_is_written_again_when_the_manifest_is_lost_too(local: Mended) -> None:
    path = local.place.root / "public" / AUDIO
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    lose(local)
    assert [(step.kind, step.key) for step in local.plan().plan.media] == [("replace", AUDIO)]
    local.repair()
    assert path.read_bytes() == whole
    assert not local.place.plan().plan.writes


def flipped(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize("every", [0, 1])
@pytest.mark.parametrize(
    "damage", [flipped, lambda data: data[: len(data) // 2], lambda _: None], ids=["flip", "cut", "gone"]
)
def test_whatever_is_damaged_along_with_the_manifest_one_repair_mends_it(
    local: Mended, damage: Callable[[bytes], bytes | None], every: int
) -> None:
    objects, store = local.objects(), local.place.root / "public"
    for key in sorted(objects)[every::2]:
        data = damage(objects[key])
        (store / key).unlink()
        if data is not None:
            (store / key).write_bytes(data)
    lose(local)
    # Guids and dates are in the workspace as well, and so is every promise of this show.
    assert run(local, "--repair", "--yes", "--accept", "vanished")[0] == 0
    assert local.objects() == objects
    assert local.writes_nothing()


@pytest.mark.parametrize("seed", range(int(os.environ.get("PODWRIGHT_EXAMPLES", "6"))))
def test_after_one_repair_nothing_is_broken_or_it_says_so(grown: Mended, seed: int) -> None:
    chance, root, objects = random.Random(seed), grown.place.root / "public", grown.objects()
    for key in chance.sample(sorted(objects), k=chance.choice((1, 3, 20))):
        damage = chance.choice((flipped, lambda data: data[: len(data) // 2], lambda data: data + data, None))
        (root / key).unlink()
        if damage:
            (root / key).write_bytes(damage(objects[key]))
    chance.choice((lose, cut, lambda _: None))(grown)
    if chance.random() < 0.5:
        without_audio(grown.place.root)
    status, _, err = run(grown, "--repair", "--yes")
    assert status in (0, 4), err
    if status == 0:
        assert grown.objects() == objects
        assert not grown.plan().found
        assert grown.writes_nothing()


def test_a_recording_of_another_length_than_the_feed_promises_is_not_believed(grown: Mended) -> None:
    edit(grown, "gardening-between-shifts", "\n---\n", "\n---\nPeas.\n")
    grown.place.publish()
    objects = grown.objects()
    (grown.place.root / "public" / AUDIO).write_bytes(TRAILER.read_bytes())
    lose(grown)
    shutil.copytree(grown.place.root, grown.place.root.with_name("with audio"))
    without_audio(grown.place.root)
    status, _, err = run(grown, "--repair", "--yes")
    assert status == 4, err
    others = objects.keys() - {AUDIO}
    assert {key: grown.objects()[key] for key in others} == {key: objects[key] for key in others}, (
        "the feed promises on"
    )
    whole = Place(
        grown.place.root.with_name("with audio"), Overrides(), BASE, grown.place.root.with_name("with audio") / "public"
    )
    assert run(Mended(whole), "--repair", "--yes")[0] == 0
    assert Mended(whole).objects() == objects


@pytest.mark.parametrize("manifest", ["held", "lost"])
@pytest.mark.parametrize("key", [AUDIO, CAPTIONS, "artwork/show"])
def test_the_digest_that_a_store_keeps_is_not_believed_for_the_bytes(
    remote: Mended, seaweed: Seaweed, key: str, manifest: str
) -> None:
    objects = remote.objects()
    key = next(one for one in sorted(objects, reverse=True) if one.startswith(key))
    client, bucket = seaweed.client(), remote.place.overrides.storage.removeprefix("s3://")
    head = client.head_object(Bucket=bucket, Key=key)
    headers = {name: head[name] for name in ("ContentType", "CacheControl", "Metadata")}
    client.put_object(Bucket=bucket, Key=key, Body=flipped(objects[key]), **headers)
    if manifest == "lost":
        lose(remote)
    remote.repair()
    assert remote.objects() == objects
    assert not remote.plan().found


def test_without_the_right_to_write_nothing_is_done_and_that_is_said(seaweed: Seaweed, remote: Mended) -> None:
    lose(remote)
    objects = remote.objects()
    with running_proxy(seaweed, matching("forbidden", methods={"PUT"}, times=None)) as proxy:
        overrides = replace(remote.place.overrides, endpoint_url=proxy.endpoint_url)
        refused = Mended(replace(remote.place, overrides=overrides))
        with pytest.raises(StoreError, match="see that the key and its secret are right"):
            refused.repair()
    assert remote.objects() == objects
    assert remote.store.read(MANIFEST_KEY) is None


def test_who_repairs_a_manifest_that_somebody_wrote_meanwhile_is_told(local: Mended) -> None:
    class Meddling(SystemClock):
        """Somebody else repairs when one is about to ask who may write."""

        met = False

        def seconds(self) -> float:
            if not self.met:
                self.met = True
                local.repair()
            return super().seconds()

    lose(local)
    with pytest.raises(ConflictError, match="somebody published meanwhile; run podwright verify --repair again"):
        local.repair(publisher=Publisher(clock=Meddling()))
    assert local.writes_nothing()


def test_what_was_found_while_somebody_published_is_not_planned(local: Mended) -> None:
    class Meddling(Quiet):
        """Somebody publishes when store and manifest begin to be compared."""

        def begin(self, label: str, total: int) -> None:
            super().begin(label, total)
            if label == "comparing":
                edit(local, "mind-the-rug", "\n---\n", "\n---\nOne more line.\n")
                local.place.publish()

    with pytest.raises(ConflictError, match="somebody published meanwhile; run podwright verify --repair again"):
        local.plan(progress=Meddling())
    assert not local.plan().found


def test_a_repair_waits_for_whoever_publishes_and_says_for_whom(local: Mended, tmp_path: Path) -> None:
    local.store.delete([CAPTIONS])
    objects = local.objects()
    with (
        held_lease(local.store, Publisher(name="Ada"), work=tmp_path / "ada"),
        pytest.raises(BusyError, match="Ada is publishing there"),
    ):
        local.repair(publisher=Publisher(patience=0))
    assert local.objects() == objects


# Objects


@pytest.mark.parametrize("key", [MEMBERS, STAGED, "archive/quick-take/1.xml"])
def test_what_the_store_lost_is_written_again_and_nothing_else(local: Mended, key: str) -> None:
    objects = local.objects()
    local.store.delete([key])
    planned = local.plan()
    assert [(one.where, one.code) for one in planned.found] == [(key, "lost")]
    assert [(step.kind, step.key) for step in planned.plan.steps] == [("create", key)]
    assert planned.plan.consequences == ()
    local.repair()
    assert local.objects() == objects
    assert local.writes_nothing()


def test_what_somebody_changed_is_written_again_and_nothing_else(either: Mended) -> None:
    objects = either.objects()
    store = either.store
    for key in (AUDIO, "cardiology.xml"):
        data = objects[key]
        store.delete([key])
        store.write(key, b"?" + data[1:], media_type="text/plain", cache_control="no-store", expected=None)
    planned = either.plan()
    assert {one.where for one in planned.found} == {AUDIO, "cardiology.xml"}
    assert {(step.kind, step.key) for step in planned.plan.steps} == {("replace", AUDIO), ("replace", "cardiology.xml")}
    assert [step.key for step in planned.plan.feeds] == ["cardiology.xml"]
    either.repair()
    assert either.objects() == objects
    assert either.writes_nothing()


@pytest.mark.parametrize("manifest", ["held", "lost"])
def test_headers_that_somebody_changed_are_corrected_in_place_without_the_recordings(
    remote: Mended, seaweed: Seaweed, manifest: str
) -> None:
    bucket = str(remote.place.overrides.storage).removeprefix("s3://")
    client, keys = seaweed.client(), (AUDIO, CAPTIONS, "cardiology.xml", MEMBERS)
    names = ("ContentType", "CacheControl", "ContentDisposition", "Metadata", "ContentLength")

    def headers() -> list[dict[str, Any]]:
        return [{name: client.head_object(Bucket=bucket, Key=key).get(name) for name in names} for key in keys]

    held, objects = headers(), remote.objects()
    for key, one in zip(keys, held, strict=True):
        media_type = one["ContentType"] if key == MEMBERS else "text/plain"
        client.put_object(Bucket=bucket, Key=key, Body=objects[key], Metadata=one["Metadata"], ContentType=media_type)
    without_audio(remote.place.root)
    if manifest == "lost":
        lose(remote)
    planned = remote.plan()
    found = {(one.where, one.code) for one in planned.found}
    assert found - {(MANIFEST_KEY, "manifest")} == {(key, "headers") for key in keys}
    told = {one.where: one.message for one in planned.found}
    assert told[CAPTIONS] == "is stored as text/plain, not text/vtt; charset=utf-8 and without public, max-age=3600"
    assert told[MEMBERS] == "is stored without private, max-age=86400"
    assert {(step.kind, step.key, step.source, step.size) for step in planned.plan.steps} == {
        ("compose", key, key, 0) for key in keys
    }
    remote.repair()
    assert headers() == held
    assert remote.objects() == objects
    assert not remote.plan().needed
    assert remote.writes_nothing()


def test_what_no_version_tells_is_found_by_reading_all_bytes(local: Mended) -> None:
    local.repair()
    path = local.place.root / "public" / AUDIO
    data, stat = path.read_bytes(), path.stat()
    with path.open("r+b") as file:
        file.write(b"?")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert not local.plan().needed
    assert [step.key for step in local.repair(deep=True).plan.steps] == [AUDIO]
    assert path.read_bytes() == data


def test_without_the_recordings_all_else_is_repaired_and_what_is_lost_is_named(either: Mended) -> None:
    before, objects = either.manifest, either.objects()
    lost, cut_short = AUDIO, STAGED
    either.store.delete([lost, CAPTIONS, "index.html", "quick-take.xml"])
    rewrite(either, cut_short, objects[cut_short][:-100])
    rewrite(either, "cardiology.xml", b"<rss/>")
    without_audio(either.place.root)
    done = either.repair()
    assert [one.where for one in done.beyond] == sorted([lost, cut_short])
    assert all("its recording is not here; repair from where episodes/" in one.message for one in done.beyond)
    audio = {lost, cut_short}
    after = either.objects()
    assert {key: after[key] for key in after.keys() - audio} == {
        key: data for key, data in objects.items() if key not in audio
    }
    assert either.manifest.episodes == before.episodes
    assert either.manifest.objects.keys() == before.objects.keys()
    assert either.writes_nothing()
    again = either.plan()
    assert not again.needed
    assert [one.where for one in again.beyond] == sorted([lost, cut_short])
    for key in audio:
        either.store.delete([key])
        rewrite(either, key, objects[key])
    either.repair()
    assert not either.plan().found


def test_audio_that_is_lost_with_a_manifest_that_nothing_else_tells_of_is_asked_for(local: Mended) -> None:
    lose(local)
    local.store.delete([AUDIO])
    objects = local.objects()
    without_audio(local.place.root)
    status, _, err = run(local, "--repair", "--yes")
    assert status == 4
    assert f"mind-the-rug/episode.md: no audio here, and the store has {AUDIO} no more, or with other bytes; put" in err
    assert local.objects() == objects
    assert local.store.read(MANIFEST_KEY) is None


@pytest.mark.parametrize(
    ("torn", "late"), [(False, True), (True, False)], ids=["objects lost", "the manifest torn as well"]
)
def test_wherever_a_repair_is_killed_another_one_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, torn: bool, late: bool
) -> None:
    root, folder = tmp_path / "show", tmp_path / "show" / "public"
    write_workspace(root, title="Garden Hours", guid="1", now=NOW, public_url=BASE)
    small = Mended(Place(root, Overrides(), BASE, folder=folder))
    small.place.publish()
    edit(small, "welcome", "\n---\n", "\n---\nBeans.\n")
    small.place.publish()
    objects, episodes = small.objects(), small.manifest.episodes
    for key in ("episodes/welcome/welcome.mp3", "episodes/welcome/welcome.vtt", "index.html", "garden-hours.xml"):
        small.store.delete([key])
    rewrite(small, "404.html", b"?")
    if torn:
        cut(small)
    damaged = shutil.copytree(folder, tmp_path / "damaged", copy_function=shutil.copy2)
    for at in itertools.count(1):
        shutil.rmtree(folder)
        shutil.copytree(damaged, folder, copy_function=shutil.copy2)
        store = Interrupted(folder, at=at, late=late)
        with contextlib.suppress(StoreError):
            small.repair(store=store)
        small.repair()
        assert small.objects() == objects, f"killed at write {at}"
        assert small.manifest.episodes == episodes
        assert not small.plan().needed
        assert small.writes_nothing()
        if store.count < at:
            break
    assert at > 8


def test_a_restored_backup_only_gets_its_versions_noted(local: Mended) -> None:
    edit(local, "start-here", 'title: "', 'title: "Again ')
    objects, planned = local.objects(), local.plan()
    assert planned.found == ()
    assert planned.noted == len(local.manifest.objects)
    assert not planned.publishes
    local.repair()
    assert not local.plan().needed
    assert local.objects() == objects
    held = {one.key: one.etag for one in local.store.observe_all("")}
    assert all(one.etag == held[key] for key, one in local.manifest.objects.items())


# The command


def run(mended: Mended, *arguments: str) -> tuple[int, str, str]:
    command = ["-C", str(mended.place.root), "verify", "--now", NOW.isoformat(), *arguments]
    done = CliRunner().invoke(main, command)
    return done.exit_code, done.stdout, done.stderr


def test_the_command_shows_the_plan_and_carries_it_out_once_it_is_accepted(local: Mended) -> None:
    local.repair()
    local.store.delete([CAPTIONS])
    objects = local.objects()
    status, out, _ = run(local, "--repair")
    assert status == 4
    assert f"error: {CAPTIONS}: the store lost it\n" in out
    assert f"create   {CAPTIONS}" in out
    assert "Nothing was written; `podwright verify --repair --yes` does it." in out
    assert local.objects() == objects
    status, out, _ = run(local, "--repair", "--yes")
    assert status == 0
    assert "Repaired file:public: 1 object written, " in out
    assert CAPTIONS in local.objects()
    status, out, _ = run(local, "--repair", "--yes", "--json")
    assert status == 0
    assert (json.loads(out)["needed"], json.loads(out)["done"]) == (False, False)
    status, out, _ = run(local, "--repair")
    assert (status, out) == (0, "file:public holds what its manifest says; there is nothing to repair.\n")


def test_the_command_says_what_stays_broken_and_ends_so_that_monitoring_notices(local: Mended) -> None:
    local.store.delete([AUDIO])
    without_audio(local.place.root)
    for _ in range(2):
        status, out, _ = run(local, "--repair", "--yes")
        assert status == 4
        assert f"error: {AUDIO}: the store lost it, and its recording is not here; repair from where " in out
    status, out, _ = run(local, "--repair", "--json")
    document = json.loads(out)
    assert (status, document["needed"], len(document["beyond"])) == (4, False, 1)


def test_what_listeners_would_suffer_from_needs_a_word(local: Mended) -> None:
    lose(local)
    shutil.rmtree(next(one for one in local.place.root.rglob("mind-the-rug") if "public" not in one.parts))
    status, out, _ = run(local, "--repair")
    assert status == 4
    assert "needs your approval: mind-the-rug: “" in out
    status, _, err = run(local, "--repair", "--yes")
    assert status == 3
    assert "--accept vanished:mind-the-rug" in err
    assert local.store.read(MANIFEST_KEY) is None
    status, _, _ = run(local, "--repair", "--yes", "--accept", "vanished")
    assert status == 0
    assert AUDIO.encode() not in local.objects()["quick-take.xml"]


def test_a_rebuilt_manifest_is_told_as_that(local: Mended) -> None:
    cut(local)
    status, out, _ = run(local, "--repair")
    assert status == 4
    assert out.startswith(f"error: {MANIFEST_KEY}: is not a manifest\n")
    assert re.search(r"The manifest is written anew from what the store holds: \d+ objects, \d+ episodes\.", out)
    status, out, _ = run(local, "--repair", "--yes")
    assert status == 0
    assert out.startswith(f"repaired: {MANIFEST_KEY}: is not a manifest\n")
    assert "Repaired file:public: nothing but the manifest was written." in out


@pytest.mark.parametrize("arguments", [("--repair", "--feed", "cardiology"), ("--accept", "vanished"), ("--yes",)])
def test_options_that_do_not_go_together_are_wrong_usage(local: Mended, arguments: tuple[str, ...]) -> None:
    status, _, err = run(local, *arguments)
    assert status == 2
    assert "Error: --" in err
