"""Problems of a workspace, the rules that find them, and errors, as lines and values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from podwright.core.errors import PodwrightError, Problem, WorkspaceError
from podwright.report.text import count_text

if TYPE_CHECKING:
    from podwright.inspection.check import Checked
    from podwright.inspection.rules import Rule


def problem_values(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Problems as JSON values."""
    return [
        {
            "level": p.level,
            "path": p.path,
            "line": p.line,
            "field": p.field,
            "message": p.message,
            "rule": p.rule,
        }
        for p in problems
    ]


def check_lines(found: Checked) -> Iterator[str]:
    """A judgement as a person reads it, by file and the worst first; the last line counts."""
    path = None
    for problem in found.problems:
        if path not in (None, problem.path):
            yield ""
        path = problem.path
        yield f"{problem.level}: {problem}" + (f" [{problem.rule}]" if problem.rule else "")
    if path is not None:
        yield ""
    counts = (_no_or_count(found.count("error"), "error"), _no_or_count(found.count("warning"), "warning"))
    advice = f", {found.count('advice'):,} advice" if found.count("advice") else ""
    yield f"{count_text(found.episodes, 'episode')}, {count_text(found.feeds, 'feed')}: {', '.join(counts)}{advice}."


def _no_or_count(count: int, noun: str) -> str:
    return count_text(count, noun) if count else f"no {noun}s"


def check_values(found: Checked) -> dict[str, Any]:
    """A judgement as JSON values."""
    return {
        "episodes": found.episodes,
        "feeds": found.feeds,
        "errors": found.count("error"),
        "warnings": found.count("warning"),
        "advice": found.count("advice"),
        "problems": problem_values(found.problems),
    }


def rules_lines(rules: Collection[Rule]) -> Iterator[str]:
    """The table of rules in Markdown, a topic a section."""
    from podwright.inspection.rules import TOPICS, Audience

    yield "# What `podwright check` judges"
    yield ""
    yield "`podwright check` builds the feeds as `publish` would, and judges their bytes and the workspace."
    yield "Errors break a specification or make apps refuse the feed, listeners see warnings, advice makes it better."
    yield f"`--audience` judges for some readers alone: {', '.join(f'`{one}`' for one in Audience)}."
    yield "`podwright check --rules` prints this page."
    for topic, members in TOPICS:
        chosen = [rule for rule in members if rule in rules]
        if chosen:
            yield from (
                "",
                f"## {topic}",
                "",
                "| rule | level | for | what must hold | source |",
                "| --- | --- | --- | --- | --- |",
            )
            yield from map(_rule_row, chosen)


def _rule_row(rule: Rule) -> str:
    audiences = ", ".join(audience.label for audience in rule.audiences)
    return f"| `{rule.id}` | {rule.level} | {audiences} | {rule.text} | [{rule.source.name}]({rule.source.link}) |"


def rules_values(rules: Iterable[Rule]) -> list[dict[str, Any]]:
    """The table of rules as JSON values."""
    return [
        {
            "rule": rule.id,
            "level": rule.level,
            "audiences": list(rule.audiences),
            "text": rule.text,
            "source": rule.source.name,
            "link": rule.source.link,
        }
        for rule in rules
    ]


def error_values(error: PodwrightError) -> dict[str, Any]:
    """An error as JSON values."""
    problems = error.problems if isinstance(error, WorkspaceError) else ()
    kind = type(error).__name__.removesuffix("Error")
    return {"error": kind, "message": str(error), "problems": problem_values(problems)}
