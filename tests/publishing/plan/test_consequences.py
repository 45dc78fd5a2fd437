"""What listeners would suffer from: told, counted, and done only where a person accepts it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from podwright.building.types import BuiltEpisode, Podcast
from podwright.core.errors import UnsafePlanError
from podwright.publishing.plan import check_accepted
from podwright.publishing.plan.consequences import describe
from podwright.stores.ledger.manifest import EMPTY, Manifest
from tests.support.plans import DAY, LATER, SOON, applied, artifact, episode, kinds, planned, podcast, published

WITHDRAWN: dict[str, Any] = {"stage": "withdrawn", "withdraw": SOON}
UNLISTED: dict[str, Any] = {"stage": "unlisted", "unlist": SOON}


@pytest.mark.parametrize(
    ("after", "consequence"),
    [
        pytest.param((episode("two"),), "vanished:one", id="folder removed"),
        pytest.param(
            (episode("one", stage="waiting"), episode("two")), "vanished:one", id="date moved into the future"
        ),
        pytest.param((episode("one", guid="other"), episode("two")), "guid-changed:one", id="guid edited"),
        pytest.param((episode("one", tier="gold"), episode("two")), "made-private:one", id="gated"),
    ],
)
def test_what_listeners_would_suffer_from_needs_a_word(after: tuple[BuiltEpisode, ...], consequence: str) -> None:
    plan = planned(podcast(*after), published(episode("one"), episode("two")))
    assert kinds(plan) == [consequence]
    with pytest.raises(UnsafePlanError, match=f"--accept {consequence}"):
        check_accepted(plan, ())
    check_accepted(plan, {consequence})
    check_accepted(plan, {consequence.partition(":")[0]})


def test_another_public_address_moves_everything_and_is_asked_for_once() -> None:
    here, there = "https://one.example/", "https://two.example/"
    wanted = podcast(episode("one"), episode("two"))
    before = applied(planned(replace(wanted, public_url=here), published()))
    assert before.public_url == here
    plan = planned(replace(wanted, public_url=there), before)
    ((message, name),) = describe(plan.consequences)
    assert message.startswith(f"public_url changes from {here} to {there}: the feed show moves, and the audio of 2 epi")
    assert name == "moved:public_url"
    assert kinds(planned(replace(wanted, public_url=there), applied(plan))) == []


def test_an_older_store_is_not_asked_about_an_address_that_it_did_not_say_nor_written_for_it() -> None:
    older = published(episode("one"))
    assert older.public_url is None
    plan = planned(replace(podcast(episode("one")), public_url="https://one.example/"), older)
    assert kinds(plan) == []
    assert not plan.writes
    later = planned(replace(podcast(episode("two")), public_url="https://one.example/"), older)
    assert later.manifest.public_url == "https://one.example/"


def test_an_unlisted_episode_that_is_removed_vanishes_for_those_who_have_its_address() -> None:
    before = published(episode("one", **UNLISTED), episode("two"))
    plan = planned(podcast(episode("two")), before)
    assert kinds(plan) == ["vanished:one"]
    assert kinds(planned(podcast(episode("two")), applied(plan))) == []


def test_an_accepted_loss_is_not_asked_about_again() -> None:
    gone = applied(planned(podcast(episode("two")), published(episode("one"), episode("two"))))
    assert kinds(planned(podcast(episode("two")), gone)) == []
    assert gone.episodes["guid-one"].live is False
    assert "episodes/one/one.mp3" in gone.objects


def test_episodes_that_change_sides_are_counted_and_accepted_together() -> None:
    slugs = [f"number-{number:02}" for number in range(12)]
    gated = [episode(slug, tier="gold") for slug in slugs]
    opened = planned(podcast(*map(episode, slugs)), published(*gated))
    assert len(opened.consequences) == 12
    shown = ", ".join(slugs[:10])
    assert list(describe(opened.consequences)) == [
        (f"this makes 12 gold episodes public: {shown} and 2 more", "made-public"),
    ]
    with pytest.raises(UnsafePlanError, match=r"^this makes 12 gold .*; to go on: --accept made-public$"):
        check_accepted(opened, ())
    with pytest.raises(UnsafePlanError, match=r"^number-07: this makes a gold episode public; "):
        check_accepted(opened, {f"made-public:{slug}" for slug in slugs if slug != "number-07"})
    check_accepted(opened, {"made-public"})
    silver = planned(podcast(*map(episode, slugs)), published(episode(slugs[0], tier="silver"), *gated[1:]))
    assert [message.partition(" public")[0] for message, _ in describe(silver.consequences)] == [
        "number-00: this makes a silver episode",
        "this makes 11 gold episodes",
    ]


def test_what_the_public_loses_is_said() -> None:
    before = published(episode("one"), episode("two"), episode("three", stage="unlisted", unlist=DAY))
    gated = [episode("one", tier="gold"), episode("two", tier="gold")]
    plan = planned(podcast(*gated, episode("three", stage="unlisted", unlist=DAY, tier="gold")), before)
    two = "this takes 2 public episodes away from everybody but gold members; they leave the feed show, and lose their"
    one = "three: this takes a public episode away from everybody but gold members; it loses its public audio,"
    assert list(describe(plan.consequences)) == [
        (f"{two} public audio, transcripts and pages: one, two", "made-private"),
        (f"{one} transcripts and page", "made-private:three"),
    ]


@pytest.mark.parametrize(
    ("before", "asked"),
    [
        pytest.param(published(episode("one", tier="gold", **WITHDRAWN)), True, id="withdrawn meanwhile"),
        pytest.param(
            applied(planned(podcast(), published(episode("one", tier="gold")))), True, id="left out for a while"
        ),
        pytest.param(published(episode("one", tier="gold", stage="waiting")), False, id="never heard"),
    ],
)
def test_making_public_what_members_had_before_needs_a_word(before: Manifest, asked: bool) -> None:
    assert ("made-public:one" in kinds(planned(podcast(episode("one")), before))) is asked


@pytest.mark.parametrize(
    ("before", "after", "told", "asked"),
    [
        pytest.param({"unlist": SOON}, UNLISTED, "unlisted as scheduled", [], id="unlist"),
        pytest.param({"unlist": LATER}, UNLISTED, "unlisted at once", ["vanished:one"], id="unlist moved to the past"),
        pytest.param({}, UNLISTED, "unlisted at once", ["vanished:one"], id="unlist set to the past"),
        pytest.param({"withdraw": SOON}, WITHDRAWN, "withdrawn as scheduled", [], id="withdraw"),
        pytest.param(
            {"withdraw": SOON},
            WITHDRAWN | {"withdraw": LATER},
            "withdrawn as scheduled",
            [],
            id="withdraw put off, and past all the same",
        ),
        pytest.param({}, WITHDRAWN, "withdrawn at once", ["withdrawn:one"], id="withdraw set to the past"),
        pytest.param(UNLISTED, {}, "listed as scheduled", [], id="unlist taken back"),
        pytest.param(WITHDRAWN, {"withdraw": LATER}, "listed as scheduled", [], id="withdraw put off"),
        pytest.param({"stage": "waiting"}, {}, "", [], id="due"),
        pytest.param({"stage": "waiting"}, {"stage": "early"}, "", [], id="due for members"),
        pytest.param({"stage": "early"}, {}, "", [], id="due for all"),
        pytest.param({"stage": "waiting"}, WITHDRAWN, "withdrawn at once", [], id="withdrawn before it was heard"),
    ],
)
def test_leaving_by_its_own_dates_is_told_and_needs_a_word_only_where_nobody_announced_it(
    before: dict[str, Any], after: dict[str, Any], told: str, asked: list[str]
) -> None:
    plan = planned(
        podcast(episode("one", **after), episode("two")), published(episode("one", **before), episode("two"))
    )
    said = [f"{one.kind} {'as scheduled' if one.announced else 'at once'}" for one in plan.stage_changes]
    assert said == ([told] if told else [])
    assert kinds(plan) == asked


def test_the_address_of_a_withdrawn_episode_is_not_given_to_another_unasked() -> None:
    before = published(episode("one", stage="withdrawn", withdraw=SOON))
    plan = planned(podcast(episode("one", guid="other")), before)
    assert kinds(plan) == ["guid-changed:one"]
    assert kinds(planned(podcast(episode("one", guid="other")), applied(plan))) == []


def test_a_feed_that_is_gone_or_changes_its_identity_needs_a_word() -> None:
    before = published(episode("one"))
    assert kinds(planned(podcast(episode("one"), name="other"), before)) == ["feed-gone:show"]
    assert kinds(planned(podcast(episode("one"), guid="new"), before)) == ["feed-guid-changed:show"]


def named(*slugs: str, name: str, former: str = "", tier: str = "free") -> Podcast:
    """A podcast with a feed of that name, which may go on at the address of a former one."""
    found = podcast(*map(episode, slugs), name=name)
    (feed,) = found.feeds
    select = replace(feed.feed.select, tiers=(tier,))
    copies = (artifact(f"{former}.xml", "copy"),) if former else ()
    return replace(found, feeds=(replace(feed, feed=replace(feed.feed, select=select), copies=copies),))


@pytest.mark.parametrize(
    ("wanted", "asked"),
    [
        pytest.param(named("one", "two", name="new", former="old"), [], id="renamed"),
        pytest.param(named("one", name="new", former="old"), ["vanished:two"], id="renamed and with less"),
        pytest.param(named("one", "two", name="new"), ["feed-gone:old"], id="another feed"),
    ],
)
def test_a_former_name_keeps_an_address_and_all_that_was_promised_there(wanted: Podcast, asked: list[str]) -> None:
    before = applied(planned(named("one", "two", name="old"), EMPTY))
    plan = planned(wanted, before)
    assert kinds(plan) == asked
    assert ("delete" in {step.kind for step in plan.steps}) is (asked == ["feed-gone:old"])
    assert kinds(planned(wanted, applied(plan))) == []


@pytest.mark.parametrize(
    ("wanted", "proposed"),
    [
        (named("one", "two", name="new"), True),
        (named("one", name="new"), True),
        (named("three", name="new"), False),
        (named("one", "two", name="new", tier="gold"), False),
    ],
    ids=["the same", "half", "others", "for others"],
)
def test_a_rename_is_proposed_where_a_new_feed_has_most_of_the_episodes(wanted: Podcast, proposed: bool) -> None:
    found = replace(wanted, feeds=tuple(replace(feed, guid="another") for feed in wanted.feeds))
    plan = planned(found, applied(planned(named("one", "two", name="old"), EMPTY)))
    (gone,) = (one for one in plan.consequences if one.kind == "feed-gone")
    assert ('feeds/new.toml by now, write former = ["old"] there' in gone.message) is proposed


def test_the_document_of_a_former_feed_that_an_older_podwright_left_is_asked_about_and_goes() -> None:
    before = applied(planned(named("one", name="old"), EMPTY))
    record = before.objects["old.xml"]
    now = applied(planned(named("one", name="new"), EMPTY))
    left = {"old.xml": record, "archive/old/1.xml": record, "private/gold.xml": record}
    before = replace(now, objects={**now.objects, **left}, retired={**now.retired, **dict.fromkeys(left, DAY)})
    plan = planned(named("one", name="new"), before)
    assert kinds(plan) == ["feed-gone:old"]
    assert [step.key for step in plan.deletes] == sorted(left)
    # What has begun is not asked for again.
    assert kinds(planned(named("one", name="new"), replace(before, doomed=tuple(left)))) == []
    assert kinds(planned(named("one", name="new", former="old"), before)) == []
