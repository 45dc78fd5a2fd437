"""Numbers and counts as people read them."""

from __future__ import annotations

import pytest
from msgspec import UNSET, UnsetType

from podwright.core.errors import UnsafePlanError, WorkspaceError
from podwright.core.finding import Finding
from podwright.inspection.check import Checked
from podwright.report.check import check_lines, check_values
from podwright.report.plans import change_lines, plan_lines, plan_summary
from podwright.report.problems import error_values
from podwright.report.text import count_text, size_text
from podwright.stores.ledger.generations import FeedChange, LiveChange
from podwright.stores.ledger.manifest import EMPTY
from tests.support.plans import applied, episode, planned, podcast


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 kB"),
        (999_499, "999.5 kB"),
        (999_600, "1.0 MB"),
        (60_000_000, "60.0 MB"),
        (2_500_000_000_000, "2500.0 GB"),
    ],
)
def test_sizes_are_told_in_the_unit_that_fits(count: int, text: str) -> None:
    assert size_text(count) == text


@pytest.mark.parametrize(("count", "text"), [(0, "0 objects"), (1, "1 object"), (1_234, "1,234 objects")])
def test_counts_agree_with_their_noun(count: int, text: str) -> None:
    assert count_text(count, "object") == text


def test_a_plan_lists_objects_then_what_listeners_notice_then_what_needs_a_word() -> None:
    before = applied(planned(podcast(episode("one"), episode("two")), EMPTY))
    plan = planned(podcast(episode("two", title="Zwei")), before)
    lines = list(plan_lines(plan, store="file:public"))
    assert lines == [
        "file:public",
        "  replace  episodes/two/two.mp3  9 B",
        "  replace  show.xml  11 B",
        "",
        "feed show",
        "  ~ Zwei: title changed",
        "  - One: leaves the feed",
        "",
        "2 to replace; 4 kept; 20 B to send.",
        "needs your approval: one: “One” vanishes from the feed show (--accept vanished:one)",
    ]


@pytest.mark.parametrize(
    ("live", "line"),
    [
        ("begun", "feed garden (channel changed) (live now)"),
        ("ended", "feed garden (channel changed) (live no more)"),
        (UNSET, "feed garden (channel changed)"),
    ],
)
def test_a_plan_says_that_a_feed_goes_live(live: LiveChange | UnsetType, line: str) -> None:
    assert list(change_lines(FeedChange(kind="changed", name="garden", channel=True, items=(), live=live))) == [line]


def test_advice_that_comes_often_is_one_line_and_the_values_keep_it_all() -> None:
    advice = [
        Finding(f"e{n:03}/episode.md", "has no transcript; add one", level="advice", code="transcript-present")
        for n in range(200)
    ]
    once = Finding("podwright.toml", "says nothing; say it", level="advice", code="copyright-present")
    found = Checked(episodes=200, feeds=1, problems=(*advice, once))
    assert list(check_lines(found)) == [
        "advice: podwright.toml: says nothing; say it [copyright-present]",
        "",
        "advice: 200 times: has no transcript; add one [transcript-present]",
        "  e000/episode.md, e001/episode.md, e002/episode.md and 197 more; --json names them all",
        "",
        "200 episodes, 1 feed: no errors, no warnings, 201 advice.",
    ]
    assert len(check_values(found)["problems"]) == 201
    few = Checked(episodes=5, feeds=1, problems=tuple(advice[:5]))
    assert len([line for line in check_lines(few) if line.startswith("advice: ")]) == 5


def test_a_plan_without_writes_says_how_things_stand() -> None:
    manifest = applied(planned(podcast(episode("one"), episode("two", stage="waiting")), EMPTY))
    plan = planned(podcast(episode("one"), episode("two", stage="waiting")), manifest)
    assert list(plan_lines(plan, store="s3://b")) == ["s3://b is up to date: 1 episode live, 1 scheduled."]
    assert plan_summary(plan) == "manifest only; 7 kept; 0 B to send"


def test_errors_become_values_with_their_problems() -> None:
    error = WorkspaceError(
        [Finding("b.md", "is wrong; mend it", line=3, field="title"), Finding("a.md", "too; mend it")]
    )
    values = error_values(error)
    assert values["error"] == "Workspace"
    assert [(p["path"], p["line"], p["field"]) for p in values["problems"]] == [
        ("a.md", None, None),
        ("b.md", 3, "title"),
    ]
    assert error_values(UnsafePlanError("x")) == {"error": "UnsafePlan", "message": "x", "problems": []}


CHECKED = Checked(
    episodes=2,
    feeds=1,
    problems=(
        Finding("a.md", "is wrong; mend it", line=3, field="title"),
        Finding("a.md", "is dull; brighten it", level="warning", code="dull-title"),
        Finding("b.md", "is plain; paint it", level="advice", code="plain-title"),
    ),
)


def test_a_judgement_stands_file_by_file_with_its_rules_and_counts_in_the_end() -> None:
    assert list(check_lines(CHECKED)) == [
        "error: a.md:3: title: is wrong; mend it",
        "warning: a.md: is dull; brighten it [dull-title]",
        "",
        "advice: b.md: is plain; paint it [plain-title]",
        "",
        "2 episodes, 1 feed: 1 error, 1 warning, 1 advice.",
    ]
    assert list(check_lines(Checked(episodes=0, feeds=0, problems=()))) == [
        "0 episodes, 0 feeds: no errors, no warnings."
    ]


def test_a_judgement_becomes_values_with_rules_and_counts() -> None:
    values = check_values(CHECKED)
    assert {name: values[name] for name in ("episodes", "feeds", "errors", "warnings", "advice")} == {
        "episodes": 2,
        "feeds": 1,
        "errors": 1,
        "warnings": 1,
        "advice": 1,
    }
    assert [problem["rule"] for problem in values["problems"]] == [None, "dull-title", "plain-title"]
