"""A checkout that was not pulled: what it would take back is said, and done only where a person accepts it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from podwright.building.types import BuiltEpisode
from podwright.core.errors import UnsafePlanError
from podwright.publishing.plan import Plan, build_plan, check_accepted
from podwright.publishing.plan.former_states import MOST
from podwright.publishing.plan.target import target_of
from podwright.stores.ledger.manifest import Manifest
from podwright.stores.ledger.manifest_json import parse_manifest, render_manifest
from tests.support.plans import DAY, LATER, SOON, applied, episode, kinds, planned, podcast, published

BACK = ["taken-back:one"]


def said(notes: str, **others: Any) -> BuiltEpisode:
    """An episode that says this."""
    built = episode("one", **others)
    return replace(built, parts=built.parts | {"notes": notes, "summary": f"of {notes}", "tags": notes})


def waiting(source: str) -> BuiltEpisode:
    return replace(episode("one", stage="waiting", published=LATER), source=source)


def after(*states: BuiltEpisode | None) -> Manifest:
    """A store to which one after another was published, whatever that takes back."""
    manifest = published()
    for state in states:
        manifest = applied(planned(podcast(*([state] if state else ())), manifest))
    return manifest


OLD, NEW = said("5 mg"), said("0.5 mg")
GONE = episode("one", stage="withdrawn", withdraw=SOON)


@pytest.mark.parametrize(
    ("states", "then", "parts"),
    [
        pytest.param((OLD, NEW), OLD, "notes", id="a text"),
        pytest.param((OLD, said("1 mg"), NEW), OLD, "notes", id="a text from before the last"),
        pytest.param((OLD, NEW), said("5 mg", title="Two"), "notes", id="an old text beside a new title"),
        pytest.param((OLD, NEW, said("0.5 mg", title="Two")), OLD, "title, notes", id="two edits"),
        pytest.param((OLD, said("5 mg", audio="new")), OLD, "audio", id="a recording"),
        pytest.param((OLD, said("5 mg", withdraw=LATER)), OLD, "dates when it goes", id="a date that was announced"),
        pytest.param((OLD, GONE), OLD, "dates when it goes", id="a withdrawal"),
        pytest.param((waiting("a"), waiting("b")), waiting("a"), "files", id="a text that nobody heard yet"),
        pytest.param(
            (waiting("a"), waiting("b")), replace(said("5 mg"), source="a"), "files", id="such a text once it is due"
        ),
    ],
)
def test_a_publish_that_goes_back_to_what_was_replaced_needs_approval(
    states: tuple[BuiltEpisode, ...], then: BuiltEpisode, parts: str
) -> None:
    plan = planned(podcast(then), after(*states))
    assert kinds(plan) == BACK
    with pytest.raises(UnsafePlanError, match=rf"later publish replaced \({parts}\); .*--accept taken-back:one"):
        check_accepted(plan, ())
    check_accepted(plan, {"taken-back"})


def test_an_episode_that_was_taken_out_does_not_come_back_by_itself() -> None:
    plan = planned(podcast(OLD), after(OLD, None))
    assert kinds(plan) == BACK
    assert "was taken out by a later publish" in plan.consequences[0].message


@pytest.mark.parametrize(
    ("states", "then"),
    [
        pytest.param((OLD, NEW), said("0.4 mg"), id="a new text"),
        pytest.param((OLD, NEW), said("0.5 mg", title="Two"), id="a new title"),
        pytest.param((OLD, NEW), None, id="gone is said in another way"),
        pytest.param((waiting("a"),), replace(said("5 mg"), source="a"), id="due"),
        pytest.param((waiting("a"), waiting("b")), replace(said("5 mg"), source="b"), id="corrected, and due"),
        pytest.param((OLD, said("5 mg", tier="gold")), replace(OLD, stem="x/one"), id="where it lies is no text"),
        pytest.param((episode("one", stage="early", published=LATER),), OLD, id="the end of early access"),
    ],
)
def test_what_was_never_replaced_is_not_asked_about(states: tuple[BuiltEpisode, ...], then: BuiltEpisode) -> None:
    assert "taken-back:one" not in kinds(planned(podcast(*([then] if then else ())), after(*states)))


def test_two_machines_that_swap_a_correction_end() -> None:
    corrected = after(OLD, NEW)
    assert kinds(planned(podcast(OLD), corrected)) == BACK
    reverted = applied(planned(podcast(OLD), corrected))
    assert kinds(planned(podcast(NEW), reverted)) == BACK, "who accepted it is not overruled by the other either"
    assert kinds(planned(podcast(OLD), reverted)) == []


def test_a_rollback_and_what_undoes_it_stay_one_question() -> None:
    old, new = episode("one", title="Old"), episode("one", title="New")
    back = build_plan(target_of(podcast(old)), after(old, new), restored=1)
    assert kinds(back) == []
    undone = planned(podcast(new), applied(back))
    assert kinds(undone) == ["rollback-undone:1"]
    assert kinds(planned(podcast(old), applied(undone))) == BACK
    settled = applied(planned(podcast(old), applied(back)))
    assert settled.restored is None
    assert kinds(planned(podcast(new), settled)) == BACK, "what was rolled back does not come again by itself"


def test_many_are_counted_and_accepted_together() -> None:
    slugs = [f"number-{number:02}" for number in range(12)]
    first, second = ([episode(slug, title=f"{slug} {at}") for slug in slugs] for at in ("old", "new"))
    corrected = applied(planned(podcast(*second), published(*first)))
    plan = planned(podcast(*first), corrected)
    ((message, name),) = plan.approvals
    assert message.startswith("this takes back what a later publish replaced in 12 episodes; pull first")
    assert name == "taken-back"


def test_what_never_changed_keeps_its_bytes() -> None:
    fresh, same = published(OLD, episode("two")), episode("two")
    corrected = applied(planned(podcast(NEW, same), fresh))
    assert b"former" not in render_manifest(fresh)
    before, now = (one.episodes["guid-two"] for one in (fresh, corrected))
    assert msgspec.json.encode(before) == msgspec.json.encode(now)
    assert not planned(podcast(NEW, same), corrected).writes


def test_what_waits_in_an_older_store_is_no_reason_to_write() -> None:
    older = published(replace(waiting(""), source=""))
    assert not planned(podcast(waiting("a")), older).writes


def at(commit: str | None, *episodes: BuiltEpisode, before: Manifest, is_behind: bool = False) -> Plan:
    target = replace(target_of(podcast(*episodes)), commit=commit, is_behind=is_behind)
    return build_plan(target, before)


A, B, C = ("a" * 40, "b" * 40, "c" * 40)
TWO = episode("two")


def test_a_commit_is_recorded_with_what_was_published_of_it() -> None:
    first = applied(at(A, OLD, before=published()))
    assert first.commits == (A,)
    assert first == parse_manifest(render_manifest(first))
    assert not at(B, OLD, before=first).writes, "a commit of something else is no reason to write"
    assert applied(at(B, OLD, TWO, before=first)).commits == (A, B)
    assert applied(at(None, OLD, TWO, before=first)).commits == (A,), "published from what is in no repository"


@pytest.mark.parametrize(
    ("commit", "is_behind", "asked"),
    [
        pytest.param(A, False, True, id="published before the last"),
        pytest.param(C, True, True, id="an ancestor of the last"),
        pytest.param(B, False, False, id="the last"),
        pytest.param(C, False, False, id="a new one"),
        pytest.param(None, False, False, id="none"),
    ],
)
def test_a_publish_from_an_older_commit_needs_approval(commit: str | None, is_behind: bool, asked: bool) -> None:
    before = applied(at(B, OLD, before=applied(at(A, before=published()))))
    plan = at(commit, OLD, TWO, before=before, is_behind=is_behind)
    assert kinds(plan) == ([f"taken-back:{(commit or '')[:12]}"] if asked else [])
    assert kinds(at(commit, OLD, before=before, is_behind=is_behind)) == [], "nothing is to be written"
    if asked:
        with pytest.raises(UnsafePlanError, match=r"commit (a|c){12}, and the later b{12} was published; pull first"):
            check_accepted(plan, ())
        last = applied(plan).commits[-1]
        assert last == commit
        assert kinds(at(B, OLD, before=applied(plan))) == ["vanished:two", f"taken-back:{B[:12]}"]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=60))
def test_any_life_is_remembered_within_bounds_and_its_last_state_is_never_former(notes: list[int]) -> None:
    manifest = after(*(said(str(number)) for number in notes))
    assert manifest == parse_manifest(render_manifest(manifest))
    former = manifest.episodes["guid-one"].former or ()
    assert len(former) <= MOST
    assert len(set(former)) == len(former)
    last = [number for number in dict.fromkeys(reversed(notes)) if number != notes[-1]][:MOST]
    for number in range(31):
        expected = BACK if number in last else []
        assert kinds(planned(podcast(said(str(number))), manifest)) == expected


def test_what_was_published_by_an_older_podwright_is_remembered_from_the_next_edit_on() -> None:
    older = published(OLD)
    assert kinds(planned(podcast(OLD), applied(planned(podcast(NEW), older)))) == BACK
    assert DAY + timedelta(0) == older.episodes["guid-one"].published
