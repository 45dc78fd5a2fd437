"""Education credit: the facts that learners must be told, and reviews of the content in time.

Such an episode is what ACCME calls an enduring material: recorded, and taken whenever the learner wants. `rules` names
the source of each fact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType

from podwright.core.model import Credit, Episode, Person

#: Content is looked through at least that often, in years.
REVIEW_YEARS = 3
#: So long before a review is due it is told.
NOTICE = timedelta(days=90)

#: Groups of the podcast taxonomy whose people teach: they are heard, or wrote it.
_FACULTY = frozenset({"cast", "writing"})
_WHERE = "here or in season.toml"

_Find = Callable[[Episode, tuple[Credit, ...]], Iterable[str]]


def claimable(episode: Episode, day: date) -> tuple[Credit, ...]:
    """Return the credits of an episode that can be claimed on a day, or later."""
    return tuple(one for one in episode.credits if one.expires is None or one.expires >= day)


def find_lacks(episode: Episode, day: date, *, facts: Iterable[str] = ()) -> Iterator[str]:
    """Return what an episode leaves unsaid that gives credit on a day or later, each as `what is wrong; what to do`.

    facts: names of FACTS to look for; all where none is named.
    """
    if credits_ := claimable(episode, day):
        for fact in facts or FACTS:
            yield from FACTS[fact](episode, credits_)


def review_due(credit: Credit) -> date | None:
    """Return the day by which a credit's content must be reviewed again; None where it has no date to count from."""
    seen = [one for one in (credit.released, credit.reviewed) if one]
    return _years_later(max(seen)) if seen else None


def find_reviews(episode: Episode, day: date) -> Iterator[str]:
    """Yield reviews that are due on a day, or will be within NOTICE, each as `what is wrong; what to do`."""
    for credit in claimable(episode, day):
        due = review_due(credit)
        if due and day >= due - NOTICE:
            verb = "was" if due < day else "is"
            advice = "look it through and write reviewed and a later expires into the credit, or let it end"
            yield f"a review of what gives {credit.kind!r} {verb} due on {due}; {advice}"


def find_amounts(episode: Episode, day: date) -> Iterator[str]:
    """Yield credits of which neither amount nor time is known, each as `what is wrong; what to do`."""
    if episode.time_to_complete is None:
        for credit in claimable(episode, day):
            if credit.amount is None:
                advice = "write amount into the credit, or minutes_to_complete"
                yield f"does not say how much {credit.kind!r} it gives; {advice}"


def ended_credits(episode: Episode, ended: int) -> frozenset[date]:
    """Return the last days of an episode's credits that have passed. ended: how many such days have."""
    return frozenset(sorted({one.expires for one in episode.credits if one.expires})[:ended])


def _years_later(day: date) -> date:
    year = day.year + REVIEW_YEARS
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=year, day=28) if leap else day.replace(year=year)


def _faculty(episode: Episode, _: tuple[Credit, ...]) -> Iterator[str]:
    people: dict[str, list[Person]] = {}
    for one in episode.people:
        if one.group in _FACULTY:
            people.setdefault(one.name, []).append(one)
    if not people:
        yield f"gives credit and names nobody who teaches; add authors, or people {_WHERE}, with their credentials"
    for name, parts in people.items():
        if not any(part.credentials for part in parts):
            yield f"gives credit and no credentials of {name}; write them beside the name, like MD or patient"


def _dates(_: Episode, credits_: tuple[Credit, ...]) -> Iterator[str]:
    for credit in credits_:
        if credit.released is None and credit.reviewed is None:
            yield f"does not say when {credit.kind!r} was released or reviewed; write one of the two into the credit"
        if credit.expires is None:
            yield f"does not say until when {credit.kind!r} can be claimed; write expires into the credit"


def _unsaid(field: str, what: str, *, advice: str) -> _Find:
    def find(episode: Episode, _: tuple[Credit, ...]) -> Iterator[str]:
        if not getattr(episode, field):
            yield f"gives credit {what}; write {field}, {advice}"

    return find


#: By name, how each fact is missed.
FACTS: Mapping[str, _Find] = MappingProxyType(
    {
        "faculty": _faculty,
        "objectives": _unsaid("objectives", "without learning objectives", advice=_WHERE),
        "dates": _dates,
        "participation": _unsaid("participation", "without saying how a learner takes part", advice=_WHERE),
        "disclosures": _unsaid(
            "disclosures", "without disclosures", advice=f"{_WHERE}, also where nobody has any to make"
        ),
        "support": _unsaid(
            "commercial_support", "without saying who supported it", advice=f"{_WHERE}, also where nobody did"
        ),
        "references": _unsaid("references", "without a reference", advice="a citation at least"),
    }
)
