"""A machine whose clock is wrong: the store's tells what is due, in the answers that are had anyway."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from podwright.core.errors import UnsafePlanError
from podwright.core.model import Overrides, Storage
from podwright.publishing.outcome import Outcome
from podwright.publishing.publish import publish
from podwright.publishing.session import Session
from podwright.stores import Store
from podwright.stores.local import LocalStore
from tests.support.plans import DAY, episode, planned, podcast, published
from tests.support.published import Quiet

#: When the sample's last episode is due.
DUE = datetime(2099, 1, 5, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Dated(LocalStore):
    """A folder with a clock of its own."""

    skew: timedelta | None = None


def publish_at(root: Path, now: datetime, *, skew: timedelta | None, tolerance: timedelta | None = MINUTE) -> Outcome:
    def open_store(storage: Storage) -> Store:
        store = Dated(root / "public", url=storage.url)
        store.skew = skew
        return store

    session = Session(
        root=root, now=now, tolerance=tolerance, overrides=Overrides(), progress=Quiet(), open_store=open_store
    )
    return publish(session, accepted=())


def clock_of(outcome: Outcome) -> list[str]:
    return [one.message for one in outcome.problems if one.code == "clock"]


@pytest.mark.parametrize(
    ("late", "skew", "waiting", "said"),
    [
        pytest.param(2 * MINUTE, -10 * MINUTE, 1, "600 s ahead of the store's, and nothing is due before", id="fast"),
        pytest.param(11 * MINUTE, -10 * MINUTE, 0, "600 s ahead", id="fast, and due by the store's clock, too"),
        pytest.param(
            -2 * MINUTE, 10 * MINUTE, 1, "600 s behind the store's, so that what is due comes late", id="slow"
        ),
        pytest.param(timedelta(), -MINUTE, 0, None, id="a minute is nothing"),
        pytest.param(timedelta(), None, 0, None, id="a store without a clock"),
    ],
)
def test_nothing_is_due_before_the_stores_clock_says_so(
    sample: Path, late: timedelta, skew: timedelta | None, waiting: int, said: str | None
) -> None:
    outcome = publish_at(sample, DUE + late, skew=skew)
    assert outcome.waiting == waiting
    assert len(clock_of(outcome)) == (said is not None)
    assert all(said in one for one in clock_of(outcome) if said)
    assert (outcome.next_due == DUE) is bool(waiting)


def test_it_is_due_later_and_a_time_that_somebody_said_is_taken_for_that(sample: Path) -> None:
    assert publish_at(sample, DUE + 2 * MINUTE, skew=-10 * MINUTE).waiting == 1
    assert publish_at(sample, DUE + 3 * MINUTE, skew=-10 * MINUTE).waiting == 1
    assert publish_at(sample, DUE + 2 * MINUTE, skew=-10 * MINUTE, tolerance=None).waiting == 0


def test_what_another_machine_published_early_is_explained(sample: Path) -> None:
    publish_at(sample, DUE + 2 * MINUTE, skew=None)
    with pytest.raises(UnsafePlanError, match=r"until 2099-01-05.*, its date, before which it was published by a mach"):
        publish_at(sample, DUE - 2 * MINUTE, skew=None)
    assert publish_at(sample, DUE + MINUTE, skew=None).waiting == 0


def test_an_episode_that_an_edit_postpones_is_no_matter_of_clocks() -> None:
    postponed = episode("one", stage="waiting", published=DAY + MINUTE)
    (consequence,) = planned(podcast(postponed), published(episode("one"))).consequences
    assert consequence.message == "one: “One” vanishes from the feed show"
