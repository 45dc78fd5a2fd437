"""A judgement of a workspace, and the rules that it is judged by, as lines and values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from podwright.core.finding import Finding
from podwright.inspection.check import Checked
from podwright.inspection.rules import TOPICS, Audience, Rule
from podwright.report.findings import MOST_ALIKE
from podwright.report.problems import problem_values
from podwright.report.text import count_text

#: The number of files that are named of those that get the same advice.
_MOST_NAMED = 3


def check_lines(checked: Checked) -> Iterator[str]:
    """Yield a judgement as a person reads it, by file and the worst first; the last line counts.

    The same advice for many files is one line at the end.
    """
    path = None
    alike = _alike(checked.problems)
    for problem in checked.problems:
        if problem.level == "advice" and problem.code in alike:
            continue
        if path not in (None, problem.where):
            yield ""
        path = problem.where
        yield f"{problem.level}: {problem}" + (f" [{problem.code}]" if problem.code else "")
    if path is not None:
        yield ""
    for code, group in alike.items():
        named = ", ".join(dict.fromkeys(one.where for one in group[:_MOST_NAMED]))
        more = f"and {len(group) - _MOST_NAMED:,} more"
        yield f"advice: {len(group):,} times: {group[0].message} [{code}]"
        yield f"  {named} {more}; --json names them all"
    if alike:
        yield ""
    counts = (_no_or_count(checked.count("error"), "error"), _no_or_count(checked.count("warning"), "warning"))
    advice = f", {checked.count('advice'):,} advice" if checked.count("advice") else ""
    read = f"{count_text(checked.episodes, 'episode')}, {count_text(checked.feeds, 'feed')}"
    yield f"{read}: {', '.join(counts)}{advice}."


def _alike(problems: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Return, by rule, the advice that more than MOST_ALIKE findings give."""
    groups: dict[str, list[Finding]] = {}
    for one in problems:
        if one.level == "advice" and one.code:
            groups.setdefault(one.code, []).append(one)
    return {code: group for code, group in groups.items() if len(group) > MOST_ALIKE}


def _no_or_count(count: int, noun: str) -> str:
    return count_text(count, noun) if count else f"no {noun}s"


def check_values(checked: Checked) -> dict[str, Any]:
    """Return a judgement as JSON values."""
    return {
        "episodes": checked.episodes,
        "feeds": checked.feeds,
        "errors": checked.count("error"),
        "warnings": checked.count("warning"),
        "advice": checked.count("advice"),
        "problems": problem_values(checked.problems),
    }


def rules_lines(rules: Collection[Rule]) -> Iterator[str]:
    """Yield the table of rules in Markdown, a topic a section."""
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
    """Return the table of rules as JSON values."""
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
