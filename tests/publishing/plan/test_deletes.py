"""What a publish deletes: where it was, after the feeds, and nothing that is wanted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from podwright.building.types import BuiltEpisode
from tests.support.plans import DAYS, SOON, episode, planned, podcast, published


def test_gating_an_episode_deletes_its_public_objects_after_the_feeds() -> None:
    plan = planned(podcast(episode("one", tier="gold")), published(episode("one")))
    assert [step.key for step in plan.deletes] == ["episodes/one/one.mp3", "episodes/one/one.vtt"]
    assert plan.steps[-2:] == plan.deletes


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(episode("one", guid="other", tier="gold"), id="gated under a new guid"),
        pytest.param(episode("one", stage="waiting"), id="put off"),
        pytest.param(episode("one", stage="waiting", tier="gold"), id="gated and put off"),
    ],
)
def test_what_is_no_longer_for_everybody_is_deleted_where_it_was(after: BuiltEpisode) -> None:
    plan = planned(podcast(after), published(episode("one")))
    assert [step.key for step in plan.deletes] == ["episodes/one/one.mp3", "episodes/one/one.vtt"]
    assert [key for key in plan.manifest.objects if key.startswith("episodes/")] == []


def test_audio_put_away_is_deleted_when_the_policy_says_so_later() -> None:
    away = published(episode("one", stage="withdrawn", withdraw=SOON), episode("two"))
    gone = episode("one", stage="withdrawn", withdraw=SOON, withdraw_policy="delete")
    plan = planned(podcast(gone, episode("two")), away)
    assert [(s.kind, s.key) for s in plan.steps] == [("delete", "private/withdrawn/one/one.mp3")]
    assert plan.consequences == ()
    assert plan.manifest.episodes["guid-one"].enclosure == "episodes/one/one.mp3"


def test_pages_that_a_feed_no_longer_has_are_deleted_after_it_was_swapped() -> None:
    before = published(*DAYS, limit=3)
    plan = planned(podcast(*DAYS, limit=None), before)
    assert before.feeds["show"].pages == ("archive/show/1.xml", "archive/show/2.xml")
    assert [step.key for step in plan.feeds] == ["show.xml"]
    assert [step.key for step in plan.deletes] == ["archive/show/1.xml", "archive/show/2.xml"]
    assert plan.consequences == ()
    assert plan.manifest.feeds["show"].pages == ()


def test_what_a_stopped_publish_began_to_delete_is_sent_again_where_it_is_wanted() -> None:
    before = published(episode("one"))
    plan = planned(podcast(episode("one")), replace(before, doomed=("episodes/one/one.vtt", "archive/show/1.xml")))
    assert [(step.kind, step.key) for step in plan.steps] == [("create", "episodes/one/one.vtt")]
