"""The plan: from what is wanted and what is there to the writes between them, and to what listeners notice."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from podwright.building.types import Podcast
from podwright.stores.ledger.manifest import EMPTY, pending
from tests.support.plans import DAYS, SOON, applied, episode, kinds, noticed, planned, podcast, published


def test_a_first_publish_creates_everything_and_has_no_consequences() -> None:
    plan = planned(podcast(episode("one"), episode("two")), EMPTY)
    assert {step.kind for step in plan.steps} == {"create"}
    assert [step.key for step in plan.feeds] == ["show.xml", "feeds.opml"]
    assert noticed(plan) == ["new Two", "new One"]
    assert plan.consequences == ()
    assert plan.manifest.generation == 1


def test_a_second_plan_writes_nothing() -> None:
    plan = planned(podcast(episode("one")), published(episode("one")))
    assert plan.steps == ()
    assert plan.changes == ()
    assert plan.writes is False
    assert plan.kept == 6


def test_one_edited_episode_touches_its_own_objects_and_its_feed() -> None:
    plan = planned(podcast(episode("one", title="Eins"), episode("two")), published(episode("one"), episode("two")))
    assert [(step.kind, step.key) for step in plan.steps] == [
        ("replace", "episodes/one/one.mp3"),
        ("replace", "show.xml"),
    ]
    assert noticed(plan) == ["changed Eins title"]
    assert plan.consequences == ()


def test_replaced_audio_keeps_its_address_and_is_told() -> None:
    plan = planned(podcast(episode("one", audio="better")), published(episode("one")))
    assert [step.key for step in plan.media] == ["episodes/one/one.mp3"]
    assert noticed(plan) == ["changed One audio"]


def test_opening_a_tier_is_told_and_takes_the_audio_along_inside_the_store() -> None:
    plan = planned(podcast(episode("one")), published(episode("one", tier="gold")))
    assert kinds(plan) == ["made-public:one"]
    (compose,) = (step for step in plan.media if step.kind == "compose")
    assert (compose.source, compose.key) == ("private/episodes/one/one.mp3", "episodes/one/one.mp3")
    assert [step.key for step in plan.deletes] == ["private/episodes/one/one.mp3", "private/episodes/one/one.vtt"]


def test_scheduled_audio_waits_privately_and_is_composed_when_due() -> None:
    waiting = published(episode("one", stage="waiting"))
    assert [key for key in waiting.objects if key.startswith("episodes/")] == []
    plan = planned(podcast(episode("one")), waiting)
    assert [(s.kind, s.source, s.key) for s in plan.media if s.kind == "compose"] == [
        ("compose", "private/staged/one/one.mp3", "episodes/one/one.mp3")
    ]
    assert [step.key for step in plan.deletes] == ["private/staged/one/one.mp3"]
    assert noticed(plan) == ["new One"]


def test_withdrawn_audio_is_put_away_inside_the_store_and_all_else_goes_after_the_feeds() -> None:
    before = published(episode("one", withdraw=SOON), episode("two"))
    plan = planned(podcast(episode("one", stage="withdrawn", withdraw=SOON), episode("two")), before)
    assert [(s.kind, s.source, s.key) for s in plan.media] == [
        ("compose", "episodes/one/one.mp3", "private/withdrawn/one/one.mp3")
    ]
    assert [step.key for step in plan.deletes] == ["episodes/one/one.mp3", "episodes/one/one.vtt"]
    assert plan.steps[-2:] == plan.deletes
    back = planned(podcast(episode("one"), episode("two")), applied(plan))
    assert [(s.kind, s.source, s.key) for s in back.media if s.source] == [
        ("compose", "private/withdrawn/one/one.mp3", "episodes/one/one.mp3")
    ]
    assert [step.key for step in back.deletes] == ["private/withdrawn/one/one.mp3"]
    assert noticed(back) == ["new One"]


def test_a_new_episode_of_a_paged_feed_changes_no_page_that_is_full() -> None:
    plan = planned(podcast(*DAYS[:6], limit=3), published(*DAYS[:5], limit=3))
    assert noticed(plan) == ["new E5"]
    assert [(step.kind, step.key) for step in plan.feeds] == [("replace", "show.xml")]
    assert plan.consequences == ()


def test_pages_are_written_before_the_feed_that_leads_to_them() -> None:
    plan = planned(podcast(*DAYS[:7], limit=3), published(*DAYS[:6], limit=3))
    assert [(step.kind, step.key) for step in plan.feeds] == [("create", "archive/show/2.xml"), ("replace", "show.xml")]


def test_all_documents_of_a_feed_whose_swap_was_not_seen_to_end_are_written_again() -> None:
    before = published(*DAYS, limit=3)
    claim = pending(before, swapped={"archive/show/2.xml", "feeds.opml"}, doomed=(), previous=before)
    plan = planned(podcast(*DAYS, limit=3), claim)
    assert [step.key for step in plan.steps] == ["archive/show/1.xml", "archive/show/2.xml", "show.xml", "feeds.opml"]


def test_a_swap_that_was_not_seen_to_end_is_done_again() -> None:
    before = published(episode("one"))
    feeds = {name: replace(feed, signature=None) for name, feed in before.feeds.items()}
    plan = planned(podcast(episode("one")), replace(before, feeds=feeds))
    assert [(step.kind, step.key) for step in plan.steps] == [("replace", "show.xml")]


_slugs = st.sampled_from(["a", "b", "c", "d"])
_episodes = st.builds(
    episode,
    _slugs,
    title=st.sampled_from(["", "New title"]),
    audio=st.sampled_from(["x", "y"]),
    stage=st.sampled_from(["waiting", "listed", "unlisted", "withdrawn"]),
    withdraw_policy=st.sampled_from(["deny", "delete"]),
    tier=st.sampled_from(["free", "gold"]),
)
_podcasts = st.lists(_episodes, max_size=4, unique_by=lambda e: e.outline.slug).map(lambda es: podcast(*es))


@given(st.lists(_podcasts, min_size=1, max_size=4))
def test_from_any_state_one_publish_is_enough_and_every_feed_names_only_what_is_there(states: list[Podcast]) -> None:
    manifest = EMPTY
    for wanted in states:
        plan = planned(wanted, manifest)
        manifest = applied(plan)
        assert planned(wanted, manifest).writes is False
        for built in wanted.episodes:
            assert {a.key: a.sha256 for a in built.artifacts}.items() <= {
                key: record.sha256 for key, record in manifest.objects.items()
            }.items()
        deleted = {step.key for step in plan.deletes}
        assert deleted.isdisjoint(a.key for built in wanted.episodes for a in built.artifacts)


@given(_podcasts, _podcasts)
def test_what_is_gated_or_withdrawn_is_under_no_public_key(before: Podcast, after: Podcast) -> None:
    manifest = applied(planned(after, applied(planned(before, EMPTY))))
    hidden = [e for e in after.episodes if e.outline.tier != "free" or e.stage == "withdrawn"]
    for built in hidden:
        assert [key for key in manifest.objects if key.startswith(f"episodes/{built.outline.slug}/")] == []
