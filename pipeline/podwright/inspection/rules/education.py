"""Rules about education credit: what learners are told before they begin, and content that is reviewed in time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from podwright.core.education import find_amounts, find_lacks, find_reviews
from podwright.core.model import Episode
from podwright.inspection.rules import sources
from podwright.inspection.rules.types import ACCME, Check, Rule, Source, each_recording
from podwright.inspection.rules.view import Recording


def _each(find: Callable[[Episode, date], Iterable[str]]) -> Check:
    """Return a rule about one episode of a show that asks for it, on the day on which it is judged."""

    def check(recording: Recording) -> Iterable[str]:
        return find(recording.episode, recording.day) if recording.day else ()

    return each_recording(check)


def _fact(name: str, source: Source, text: str) -> Rule:
    """Return a rule that an episode that gives credit states a fact."""

    def find(episode: Episode, day: date) -> Iterator[str]:
        return find_lacks(episode, day, facts=(name,))

    return Rule(f"credit-{name}", "error", (ACCME,), source, text, _each(find))


RULES = (
    _fact("faculty", sources.ACCME_ENDURING, "An episode that gives credit names who teaches, with credentials."),
    _fact("objectives", sources.AMA_CORE, "An episode that gives credit states its learning objectives."),
    _fact(
        "dates",
        sources.ACCME_ENDURING,
        "A credit says when its content was released or last reviewed, and until when it can be claimed.",
    ),
    _fact("participation", sources.ACCME_ENDURING, "An episode that gives credit says how a learner takes part."),
    _fact(
        "disclosures",
        sources.ACCME_DISCLOSE,
        "An episode that gives credit discloses relevant financial relationships, or that there are none.",
    ),
    _fact(
        "support",
        sources.ACCME_SUPPORT,
        "An episode that gives credit says which companies supported it, or that none did.",
    ),
    _fact("references", sources.AMA_ENDURING, "An episode that gives credit has a reference for further study."),
    Rule(
        "credit-amount",
        "warning",
        (ACCME,),
        sources.ACCME_ENDURING,
        "An episode that gives credit says how much, or how long it takes.",
        _each(find_amounts),
    ),
    Rule(
        "credit-review",
        "warning",
        (ACCME,),
        sources.ACCME_ENDURING,
        "What gives credit is reviewed every three years; it is told 90 days before.",
        _each(find_reviews),
    ),
)
