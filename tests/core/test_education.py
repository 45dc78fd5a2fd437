"""What learners must be told of an episode that gives credit, and when it must be looked through again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from podwright.core.education import FACTS, find_lacks, find_reviews, review_due
from podwright.core.model import Credit, Episode, Outline, Person, Reference

DAY = date(2026, 11, 1)
CREDIT = Credit(kind="CME", amount=Decimal("0.25"), released=date(2026, 3, 2), expires=date(2029, 3, 1))
WHOLE = Episode(
    outline=Outline(
        slug="beans", folder="episodes/beans", guid="g", title="Beans", published=datetime(2026, 3, 2, tzinfo=UTC)
    ),
    people=(
        Person(name="Ada", credentials="MD"),
        Person(name="Cy", role="audio editor", group="audio post-production"),
    ),
    objectives=("Choose.",),
    credits=(CREDIT,),
    disclosures=("None.",),
    participation="Listen.",
    commercial_support="None.",
    references=(Reference(citation="A work."),),
)


def without(credit: Credit = CREDIT, **changes: object) -> Episode:
    """The whole episode with one thing changed."""
    return replace(WHOLE, **{"credits": (credit,), **changes})


LACKS = [
    ("faculty", without(people=()), "names nobody who teaches; add authors"),
    ("faculty", without(people=WHOLE.people[1:]), "names nobody who teaches; add authors"),
    ("faculty", without(people=(*WHOLE.people, Person(name="Ben"))), "no credentials of Ben; write them"),
    ("objectives", without(objectives=()), "write objectives, here or in season.toml"),
    ("dates", without(replace(CREDIT, released=None)), "when 'CME' was released or reviewed; write one of the two"),
    ("dates", without(replace(CREDIT, expires=None)), "until when 'CME' can be claimed; write expires"),
    ("participation", without(participation=None), "how a learner takes part; write participation"),
    ("disclosures", without(disclosures=()), "without disclosures; write disclosures"),
    ("support", without(commercial_support=None), "who supported it; write commercial_support"),
    ("references", without(references=()), "without a reference; write references"),
]


@pytest.mark.parametrize(("fact", "episode", "said"), LACKS)
def test_a_missing_fact_is_named_and_it_alone(fact: str, episode: Episode, said: str) -> None:
    (message,) = find_lacks(episode, DAY)
    assert said in message
    assert [name for name in FACTS if list(find_lacks(episode, DAY, facts=(name,)))] == [fact]


@pytest.mark.parametrize(
    "episode",
    [
        WHOLE,
        without(replace(CREDIT, released=None, reviewed=date(2026, 3, 2))),
        without(people=(Person(name="Ada", role="author", group="writing", credentials="MD"), Person(name="Ada"))),
        Episode(outline=WHOLE.outline),
        Episode(outline=WHOLE.outline, credits=(replace(CREDIT, expires=date(2026, 10, 31)),)),
    ],
    ids=["whole", "reviewed", "credentials-once", "no-credit", "ended"],
)
def test_nothing_is_asked_of_what_says_all_or_gives_no_credit_any_more(episode: Episode) -> None:
    assert list(find_lacks(episode, DAY)) == []


def test_everything_that_is_missing_is_told_at_once() -> None:
    bare = Episode(outline=WHOLE.outline, credits=(Credit(kind="CME", amount=Decimal(1)),))
    assert len(list(find_lacks(bare, DAY))) == len(FACTS) + 1


@pytest.mark.parametrize(
    ("released", "reviewed", "due"),
    [
        (date(2026, 3, 2), None, date(2029, 3, 2)),
        (date(2026, 3, 2), date(2027, 6, 30), date(2030, 6, 30)),
        (None, date(2027, 6, 30), date(2030, 6, 30)),
        (date(2028, 2, 29), None, date(2031, 2, 28)),
        (None, None, None),
    ],
)
def test_a_review_is_due_three_years_after_the_release_or_the_last_one(
    released: date | None, reviewed: date | None, due: date | None
) -> None:
    assert review_due(replace(CREDIT, released=released, reviewed=reviewed)) == due


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2028, 12, 1), None),
        (date(2028, 12, 2), "is due on 2029-03-02"),
        (date(2029, 3, 2), "is due on 2029-03-02"),
        (date(2029, 3, 3), "was due on 2029-03-02"),
        (date(2035, 1, 2), None),
    ],
)
def test_a_review_is_told_from_ninety_days_before_until_the_credit_ends(day: date, said: str | None) -> None:
    found = list(find_reviews(without(replace(CREDIT, expires=date(2035, 1, 1))), day))
    assert len(found) == bool(said)
    assert all(said in message for message in found if said)
