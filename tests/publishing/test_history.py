"""Former generations: what a publish keeps of them, and that each comes back as it was."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podwright.building.spool import Spool
from podwright.building.types import BuiltEpisode, BuiltSite, Podcast
from podwright.core.errors import ConflictError, StoreError
from podwright.core.model import Overrides
from podwright.core.names import HISTORY, MANIFEST_KEY, content_key, generation_key, is_document, parse
from podwright.publishing.apply import apply_plan
from podwright.publishing.history import Save, apply_saves, load_generation, load_restored, saves
from podwright.publishing.plan import Plan
from podwright.publishing.rollback import build_rollback
from podwright.stores.ledger.manifest import EMPTY
from podwright.stores.ledger.recovery import observe_manifest
from podwright.stores.local import LocalStore
from tests.publishing.test_publish import LATER
from tests.support.plans import DAY, applied, artifact, episode, kinds, noticed, planned, podcast
from tests.support.published import Place, Quiet

KEEP = 20


def paged(*episodes: BuiltEpisode, limit: int | None = None) -> Podcast:
    """A podcast with pages: one for each episode that is live, and one that lists them."""
    with_pages = [
        replace(one, pages=(artifact(f"{one.stem.rpartition('/')[0]}/index.html", f"page {one.item}"),))
        if one.live
        else one
        for one in episodes
    ]
    listing = artifact("index.html", "list " + " ".join(one.item for one in episodes))
    found = podcast(*with_pages, limit=limit, keep=KEEP)
    return replace(found, site=BuiltSite(pages=(listing,)))


def publish(store: LocalStore, wanted: Podcast) -> Plan:
    manifest, etag = observe_manifest(store)
    plan = planned(wanted, manifest)
    if plan.writes:
        apply_plan(plan, store, previous=manifest, etag=etag, progress=Quiet())
    return plan


def roll_back(store: LocalStore, generation: int) -> Plan:
    present, etag = observe_manifest(store)
    with tempfile.TemporaryDirectory() as folder, Spool(Path(folder)) as spool:
        former = load_generation(store, present, generation)
        restored = load_restored(
            former, present, store, spool=spool, moment=DAY + timedelta(days=9), keep=KEEP, show_title="Show"
        )
        if restored.lost:
            raise StoreError(", ".join(restored.lost))
        plan = build_rollback(restored, present, generation=generation)
        if plan.writes:
            apply_plan(plan, store, previous=present, etag=etag, progress=Quiet())
        return plan


def documents(store: LocalStore) -> dict[str, bytes]:
    """Feeds, pages and texts that the store's manifest names, as they lie there."""
    manifest, _ = observe_manifest(store)
    return {key: (store.root / key).read_bytes() for key in manifest.named if is_document(key)}


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "store", url="file:store")


# What is kept


def test_a_first_publish_keeps_nothing_and_a_second_what_it_replaces(store: LocalStore) -> None:
    publish(store, paged(episode("one"), episode("two")))
    assert list(store.observe_all(HISTORY)) == []
    before, _ = observe_manifest(store)
    page = before.objects["episodes/two/index.html"]
    publish(store, paged(episode("one"), episode("two", title="Zwei")))
    kept = {found.key for found in store.observe_all(HISTORY)}
    changed = ("show.xml", "index.html", "episodes/two/index.html")
    assert kept == {generation_key(1), *(content_key(before.objects[key].sha256) for key in changed)}
    assert (store.root / content_key(page.sha256)).read_bytes() == b"page Twosound"


def test_a_publish_that_has_nothing_to_do_keeps_nothing(store: LocalStore) -> None:
    publish(store, paged(episode("one")))
    before = list(store.observe_all(""))
    assert publish(store, paged(episode("one"))).writes is False
    assert list(store.observe_all("")) == before


def test_where_no_generations_are_wanted_none_is_kept(store: LocalStore) -> None:
    publish(store, podcast(episode("one")))
    publish(store, podcast(episode("one", title="Eins")))
    assert list(store.observe_all(HISTORY)) == []
    manifest, _ = observe_manifest(store)
    assert [one.number for one in manifest.log] == [2]


def test_audio_and_artwork_are_not_kept() -> None:
    before = applied(planned(paged(episode("one")), EMPTY))
    found = saves(planned(paged(episode("one", audio="better")), before), before, etag="1")
    assert [save.source for save in found if not is_document(save.source)] == [MANIFEST_KEY]


def test_an_older_manifest_without_a_log_is_a_generation_too() -> None:
    before = replace(applied(planned(paged(episode("one")), EMPTY)), log=())
    plan = planned(paged(episode("one", title="Eins")), before)
    assert [(one.number, one.at, one.whole) for one in plan.manifest.log] == [(1, None, True), (2, DAY, True)]
    assert Save(MANIFEST_KEY, generation_key(1), "7") in saves(plan, before, etag="7")


def test_what_somebody_else_replaced_is_not_kept_and_stops_nothing(store: LocalStore) -> None:
    publish(store, paged(episode("one")))
    (store.root / "index.html").write_bytes(b"written by hand")
    publish(store, paged(episode("one", title="Eins")))
    with pytest.raises(StoreError, match=r"index\.html"):
        roll_back(store, 1)


def test_a_manifest_that_another_publish_replaced_is_a_conflict(store: LocalStore) -> None:
    publish(store, paged(episode("one")))
    with pytest.raises(ConflictError, match="another run published first"):
        apply_saves([Save(MANIFEST_KEY, generation_key(1), "other")], store)


def test_the_log_says_when_and_what_listeners_noticed(store: LocalStore) -> None:
    publish(store, paged(episode("one")))
    publish(store, paged(episode("one", title="Eins"), episode("two"), episode("three", stage="waiting")))
    manifest, _ = observe_manifest(store)
    first, second = manifest.log
    assert (first.number, first.live, first.feeds[0].new) == (1, 1, 1)
    assert (second.number, second.at, second.live, second.waiting) == (2, DAY, 2, 1)
    (feed,) = second.feeds
    assert (feed.new, feed.changed, feed.gone) == (1, 1, 0)
    assert {(item.kind, item.title) for item in feed.change.items} == {("changed", "Eins"), ("new", "Two")}


def test_what_nothing_names_any_more_is_told_with_the_time(store: LocalStore) -> None:
    publish(store, paged(episode("one"), episode("two")))
    publish(store, replace(paged(episode("one")), moment=DAY + timedelta(days=1)))
    publish(store, replace(paged(episode("one", title="Eins")), moment=DAY + timedelta(days=2)))
    manifest, _ = observe_manifest(store)
    since = DAY + timedelta(days=1)
    assert manifest.retired == {"episodes/two/two.mp3": since, "episodes/two/two.vtt": since}
    publish(store, paged(episode("one"), episode("two")))
    manifest, _ = observe_manifest(store)
    assert manifest.retired == {}


# How it comes back


def test_a_rollback_is_a_plan_that_says_what_listeners_notice(store: LocalStore) -> None:
    publish(store, paged(episode("one"), episode("two")))
    before = documents(store)
    publish(store, paged(episode("one", title="Eins"), episode("three")))
    plan = roll_back(store, 1)
    assert sorted(noticed(plan)) == ["changed One title", "gone Three", "new Two"]
    # The old audio of the first has another length than the one that is there now.
    assert sorted(kinds(plan)) == ["audio-replaced:one", "vanished:three"]
    assert documents(store) == before
    manifest, _ = observe_manifest(store)
    assert (manifest.generation, manifest.restored, manifest.log[-1].restored) == (3, 1, 1)
    assert manifest.episodes["guid-three"].live is False


def test_a_rollback_can_be_rolled_back(store: LocalStore) -> None:
    publish(store, paged(episode("one")))
    publish(store, paged(episode("one"), episode("two")))
    after = documents(store)
    roll_back(store, 1)
    assert roll_back(store, 1).writes is False
    plan = roll_back(store, 2)
    assert kinds(plan) == []
    assert documents(store) == after


def test_publishing_after_a_rollback_needs_a_word_unless_it_changes_nothing(store: LocalStore) -> None:
    old, new = paged(episode("one")), paged(episode("one"), episode("two"))
    publish(store, old)
    publish(store, new)
    roll_back(store, 1)
    manifest, _ = observe_manifest(store)
    assert kinds(planned(new, manifest)) == ["rollback-undone:1"]
    again = publish(store, old)
    assert (kinds(again), again.steps, again.writes) == ([], (), True)
    manifest, _ = observe_manifest(store)
    assert manifest.restored is None
    assert kinds(planned(new, manifest)) == ["taken-back:two"]


def test_what_moved_behind_the_members_door_comes_back_by_a_copy(store: LocalStore) -> None:
    publish(store, paged(episode("one"), episode("two")))
    before = documents(store)
    publish(store, paged(episode("one"), episode("two", tier="gold")))
    plan = roll_back(store, 1)
    assert [(step.key, step.source) for step in plan.media if step.source] == [
        ("episodes/two/two.mp3", "private/episodes/two/two.mp3")
    ]
    assert kinds(plan) == ["made-public:two"]
    assert documents(store) == before
    assert (store.root / "episodes/two/two.mp3").read_bytes() == b"Twosound"


def test_an_episode_that_was_not_due_yet_waits_again(store: LocalStore) -> None:
    publish(store, paged(episode("one"), episode("two", stage="waiting")))
    before = documents(store)
    publish(store, paged(episode("one"), episode("two")))
    plan = roll_back(store, 1)
    assert kinds(plan) == ["vanished:two"]
    assert documents(store) == before
    assert (store.root / "private/staged/two/two.mp3").read_bytes() == b"Twosound"
    assert publish(store, paged(episode("one"), episode("two", stage="waiting"))).steps == ()


GONE = {"stage": "withdrawn", "withdraw": DAY}


def test_an_episode_that_was_withdrawn_since_comes_back_only_with_a_word(store: LocalStore) -> None:
    publish(store, paged(episode("one"), episode("two")))
    before = documents(store)
    publish(store, paged(episode("one"), episode("two", **GONE)))
    plan = roll_back(store, 1)
    assert kinds(plan) == ["brought-back:two"]
    assert [(step.source, step.key) for step in plan.media if step.source] == [
        ("private/withdrawn/two/two.mp3", "episodes/two/two.mp3")
    ]
    assert documents(store) == before


def test_of_an_episode_that_was_withdrawn_for_good_nothing_of_its_own_is_kept(store: LocalStore) -> None:
    publish(store, paged(episode("one"), episode("two")))
    publish(store, paged(episode("one"), episode("two", withdraw_policy="delete", **GONE)))
    kept = [path.read_bytes() for path in (store.root / HISTORY).rglob("*") if path.is_file()]
    assert b"words of two" not in kept
    assert b"page Twosound" not in kept
    with pytest.raises(StoreError, match=r"episodes/two/two\.mp3, episodes/two/two\.vtt"):
        roll_back(store, 1)


def test_an_object_that_is_lost_is_named_and_nothing_is_written(store: LocalStore) -> None:
    publish(store, paged(episode("one")))
    manifest, _ = observe_manifest(store)
    publish(store, paged(episode("one", title="Eins")))
    (store.root / content_key(manifest.objects["show.xml"].sha256)).unlink()
    (store.root / content_key(manifest.objects["index.html"].sha256)).write_bytes(b"damaged")
    before = list(store.observe_all(""))
    with pytest.raises(StoreError, match=r"^index\.html, show\.xml$"):
        roll_back(store, 1)
    assert list(store.observe_all("")) == before


def test_audio_of_another_kind_does_not_stand_in_under_the_old_name(store: LocalStore) -> None:
    for audio in ("first", "second"):
        publish(store, paged(episode("one", audio=audio)))
    other = episode("one", audio="third")
    m4a = replace(other.artifacts[0], key="episodes/one/one.m4a")
    publish(store, paged(replace(other, enclosure=m4a.key, artifacts=(m4a, *other.artifacts[1:]))))
    with pytest.raises(StoreError, match=r"^episodes/one/one\.mp3$"):
        roll_back(store, 1)


def test_audio_that_was_tagged_for_members_since_is_not_made_public(store: LocalStore) -> None:
    publish(store, paged(episode("one")))
    publish(store, paged(episode("one", tier="gold", audio="tagged for members")))
    with pytest.raises(StoreError, match=r"^episodes/one/one\.mp3$"):
        roll_back(store, 1)
    publish(store, paged(episode("one", audio="tagged anew")))
    assert "audio-replaced:one" in kinds(roll_back(store, 2))


@pytest.mark.parametrize("number", [2, 3, 9])
def test_a_generation_that_is_not_kept_is_refused(store: LocalStore, number: int) -> None:
    publish(store, paged(episode("one")))
    publish(store, paged(episode("one", title="Eins")))
    with pytest.raises(StoreError, match=rf"generation {number}: is not kept; .*: 1$"):
        roll_back(store, number)
    shutil.rmtree(store.root / HISTORY)
    with pytest.raises(StoreError, match="the store lost it"):
        roll_back(store, 1)


_episodes = st.builds(
    episode,
    st.sampled_from(["a", "b", "c", "d"]),
    title=st.sampled_from(["", "New title"]),
    stage=st.sampled_from(["waiting", "listed", "unlisted", "withdrawn"]),
    tier=st.sampled_from(["free", "gold"]),
)
_podcasts = st.builds(
    lambda episodes, limit: paged(*episodes, limit=limit),
    st.lists(_episodes, max_size=4, unique_by=lambda one: one.outline.slug),
    st.sampled_from([None, 1, 2]),
)


def gated_since(store: LocalStore, number: int) -> bool:
    """Whether audio that was public may be tagged for members by now."""
    present, _ = observe_manifest(store)
    former = load_generation(store, present, number)
    stems = ((one.stem, present.episodes[guid].stem) for guid, one in former.episodes.items())
    return any(now.startswith("private/") and not old.startswith("private/") for old, now in stems)


@settings(max_examples=40)
@given(states=st.lists(_podcasts, min_size=2, max_size=5), data=st.data())
def test_every_kept_generation_comes_back_byte_for_byte(states: list[Podcast], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = LocalStore(Path(folder) / "store", url="file:store")
        former: dict[int, dict[str, bytes]] = {}
        for state in states:
            publish(store, state)
            manifest, _ = observe_manifest(store)
            former[manifest.generation] = documents(store)
        for _ in range(2):
            choices = [one.number for one in observe_manifest(store)[0].log[:-1]]
            if choices:
                number = data.draw(st.sampled_from(choices))
                if gated_since(store, number):
                    continue
                roll_back(store, number)
                former[observe_manifest(store)[0].generation] = former[number]
                assert documents(store) == former[number]
        manifest, _ = observe_manifest(store)
        assert {key for key in manifest.objects if not (store.root / key).is_file()} == set()
        for feed in manifest.feeds.values():
            assert all((store.root / manifest.episodes[guid].enclosure).is_file() for guid in feed.items)


# Headers


def test_every_published_object_is_described_as_it_was_stored(sample: Path) -> None:
    place = Place(sample, Overrides(), "https://podcast.example.org/", folder=sample / "public")
    found = place.plan(now=LATER).podcast
    artifacts = [one for built in found.episodes for one in (*built.artifacts, *built.pages)]
    artifacts += [one for feed in found.feeds for one in (*feed.documents, *feed.images)]
    artifacts += [*found.lists, *found.site.pages, *found.site.files]
    assert len({one.key.rpartition(".")[2] for one in artifacts}) > 9
    for one in artifacts:
        name = parse(one.key)
        assert name
        assert (name.media_type, name.cache_control) == (one.media_type, one.cache_control), one.key
