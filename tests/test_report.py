"""Numbers and counts as people read them."""

from __future__ import annotations

import pytest

from pipeline.errors import Problem, UnsafePlanError, WorkspaceError
from pipeline.manifest import EMPTY
from pipeline.plan import build_plan
from pipeline.report import count_text, error_values, plan_lines, plan_summary, size_text
from tests.test_plan import applied, episode, podcast


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
    before = applied(build_plan(podcast(episode("one"), episode("two")), EMPTY))
    plan = build_plan(podcast(episode("two", title="Zwei")), before)
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
        "2 to replace; 2 kept; 20 B to send.",
        "needs your word: one: “One” vanishes from the feed show (--accept vanished:one)",
    ]


def test_a_plan_without_writes_says_how_things_stand() -> None:
    manifest = applied(build_plan(podcast(episode("one"), episode("two", live=False)), EMPTY))
    plan = build_plan(podcast(episode("one"), episode("two", live=False)), manifest)
    assert list(plan_lines(plan, store="s3://b")) == ["s3://b is up to date: 1 episode live, 1 scheduled."]
    assert plan_summary(plan) == "manifest only; 5 kept; 0 B to send"


def test_errors_become_values_with_their_problems() -> None:
    error = WorkspaceError(
        [Problem("b.md", "is wrong; mend it", line=3, field="title"), Problem("a.md", "too; mend it")]
    )
    values = error_values(error)
    assert values["error"] == "Workspace"
    assert [(p["path"], p["line"], p["field"]) for p in values["problems"]] == [
        ("a.md", None, None),
        ("b.md", 3, "title"),
    ]
    assert error_values(UnsafePlanError("x")) == {"error": "UnsafePlan", "message": "x", "problems": []}
