"""Plans, outcomes and problems as lines for people and as values for machines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from pipeline.assembly.types import BuiltEpisode
from pipeline.errors import PodwrightError, Problem, WorkspaceError
from pipeline.plan import PARTS, FeedChange, ItemChange, Plan, Step
from pipeline.publish import Outcome, Proposal

if TYPE_CHECKING:
    from pipeline.check import Checked
    from pipeline.doctor import Finding
    from pipeline.rules import Rule

_SIGNS = {"new": "+", "changed": "~", "gone": "-"}


def size_text(count: int) -> str:
    """A number of bytes for people, in powers of 1000."""
    if count < 1000:
        return f"{count} B"
    value = float(count)
    for unit in ("kB", "MB", "GB"):
        value /= 1000
        if value < 999.5 or unit == "GB":
            break
    return f"{value:.1f} {unit}"


def count_text(count: int, noun: str) -> str:
    """“1 episode”, “2 episodes”."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def plan_lines(plan: Plan, *, store: str) -> Iterator[str]:
    """A plan as a person reads it: objects, then what listeners notice, then what needs a word."""
    if not plan.writes:
        yield f"{store} is up to date: {_standing(plan.live, plan.waiting)}."
        return
    yield f"{store}"
    for step in plan.steps:
        yield f"  {_step_text(step)}"
    for change in plan.changes:
        yield ""
        yield from _change_lines(change)
    yield ""
    yield f"{plan_summary(plan)}."
    for consequence in plan.consequences:
        yield f"needs your word: {consequence.message} (--accept {consequence.kind}:{consequence.subject})"


def _step_text(step: Step) -> str:
    size = f"  {size_text(step.size)}" if step.size else f"  from {step.source}" if step.source else ""
    return f"{step.kind:<8} {step.key}{size}"


def _change_lines(change: FeedChange) -> Iterator[str]:
    heading = {"new": "new feed", "changed": "feed", "gone": "feed no longer published:"}[change.kind]
    yield f"{heading} {change.name}" + (" (channel changed)" if change.channel else "")
    for item in change.items:
        yield f"  {_SIGNS[item.kind]} {_item_text(item)}"


def _item_text(item: ItemChange) -> str:
    said = {"new": "new episode", "gone": "leaves the feed"}.get(item.kind) or ", ".join(PARTS[p] for p in item.parts)
    return f"{item.title}: {said}"


def plan_summary(plan: Plan) -> str:
    """One line that counts a plan's writes."""
    counts = [
        (sum(step.kind == kind for step in plan.steps), past)
        for kind, past in (
            ("create", "to create"),
            ("replace", "to replace"),
            ("compose", "to compose"),
            ("delete", "to delete"),
        )
    ]
    said = [f"{count:,} {text}" for count, text in counts if count]
    sent = size_text(sum(step.size for step in plan.steps))
    return f"{', '.join(said) or 'manifest only'}; {plan.kept:,} kept; {sent} to send"


def _standing(live: int, waiting: int) -> str:
    scheduled = f", {waiting:,} scheduled" if waiting else ""
    return f"{count_text(live, 'episode')} live{scheduled}"


def outcome_line(outcome: Outcome) -> str:
    """The last line of a publish."""
    standing = _standing(outcome.live, outcome.waiting)
    if outcome.plan is None or not outcome.plan.steps:
        return f"{outcome.store} is up to date: {standing}."
    sent = size_text(sum(step.size for step in outcome.plan.steps))
    return f"Published to {outcome.store}: {count_text(len(outcome.plan.steps), 'object')} written, {sent}; {standing}."


def outcome_values(outcome: Outcome) -> dict[str, Any]:
    """A publish as JSON values."""
    plan = (
        plan_values(outcome.plan) if outcome.plan else {"steps": [], "feeds": [], "consequences": [], "writes": False}
    )
    return plan | {
        "store": outcome.store,
        "live": outcome.live,
        "scheduled": outcome.waiting,
        "problems": problem_values(outcome.problems),
    }


def plan_values(plan: Plan) -> dict[str, Any]:
    """A plan as JSON values."""
    return {
        "steps": [
            {"kind": step.kind, "key": step.key, "bytes": step.size} | ({"source": step.source} if step.source else {})
            for step in plan.steps
        ],
        "kept": plan.kept,
        "feeds": [
            {
                "feed": change.name,
                "kind": change.kind,
                "channel": change.channel,
                "items": [
                    {"kind": item.kind, "guid": item.guid, "title": item.title, "parts": list(item.parts)}
                    for item in change.items
                ],
            }
            for change in plan.changes
        ],
        "consequences": [
            {"kind": one.kind, "subject": one.subject, "message": one.message} for one in plan.consequences
        ],
        "live": plan.live,
        "scheduled": plan.waiting,
        "writes": plan.writes,
    }


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
    from pipeline.rules import TOPICS, Audience

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


def status_values(found: Proposal) -> dict[str, Any]:
    """What is live, scheduled and changed, the newest episode first, as JSON values."""
    episodes = sorted(found.podcast.episodes, key=lambda e: (e.outline.published, e.outline.guid), reverse=True)
    horizon = found.podcast.horizon
    return {
        "store": found.store,
        "next_change": horizon.isoformat() if horizon else None,
        "episodes": [_status_row(episode, found) for episode in episodes],
    }


def _status_row(episode: BuiltEpisode, found: Proposal) -> dict[str, Any]:
    outline = episode.outline
    known = found.manifest.episodes.get(outline.guid)
    published = bool(known and known.live)
    state = "scheduled" if not episode.live else "live" if published else "due"
    return {
        "slug": outline.slug,
        "title": outline.title,
        "published": outline.published.isoformat(),
        "access": outline.access,
        "state": state,
        "changed": bool(known and published and known.parts != episode.parts),
        "feeds": [feed.feed.name for feed in found.podcast.feeds if outline.guid in feed.items],
    }


def status_lines(found: Proposal) -> Iterator[str]:
    """What is live, due (a publish makes it live), scheduled and changed, an episode a line."""
    values = status_values(found)
    yield found.store
    for row in values["episodes"]:
        state = f"{row['state']}, changed" if row["changed"] else row["state"]
        yield f"  {row['published'][:10]}  {state:<13}  {row['access']:<7}  {row['title']}"
    if values["next_change"]:
        yield f"Next change by the clock: {values['next_change']}"


def health_lines(found: Iterable[Finding], fixed: Iterable[str]) -> Iterator[str]:
    """What the doctor did and found, a finding a line; what is fine is only counted."""
    findings = tuple(found)
    yield from (f"fixed {line}" for line in fixed)
    yield from (f"{one.level}: {one.subject}: {one.message}" for one in findings if one.level != "ok")
    yield f"{sum(one.level == 'ok' for one in findings)} of {count_text(len(findings), 'check')} are fine."


def health_values(found: Iterable[Finding], fixed: Iterable[str]) -> dict[str, Any]:
    """What the doctor did and found as JSON values."""
    rows = [{"level": f.level, "subject": f.subject, "probe": f.probe, "message": f.message} for f in found]
    return {"fixed": list(fixed), "findings": rows}
