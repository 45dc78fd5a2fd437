"""What is remembered of publishes: so many whole ones, and so many that were stopped."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from podwright.stores.ledger.generations import NAMED, FeedChange, Generation, ItemChange, news, remembered


def generation(number: int, *, whole: bool = True) -> Generation:
    return Generation(number=number, at=datetime(2026, 3, 2, tzinfo=UTC), whole=whole, live=1, waiting=0)


LOG = tuple(generation(number, whole=number not in (2, 5, 6)) for number in range(1, 8))


@pytest.mark.parametrize(
    ("keep", "besides", "expected"),
    [
        (0, None, [8]),
        (1, None, [6, 7, 8]),
        (2, None, [4, 5, 6, 7, 8]),
        (3, None, [2, 3, 4, 5, 6, 7, 8]),
        (9, None, [1, 2, 3, 4, 5, 6, 7, 8]),
        (1, 3, [3, 6, 7, 8]),
    ],
)
def test_a_stopped_publish_takes_no_whole_ones_place(keep: int, besides: int | None, expected: list[int]) -> None:
    found = remembered(LOG, generation(8), keep=keep, besides=besides)
    assert [one.number for one in found] == expected


def test_of_a_large_change_the_first_items_are_named_and_all_are_counted() -> None:
    items = tuple(ItemChange(kind="new" if n % 2 else "gone", guid=f"{n}", title=f"{n}") for n in range(2 * NAMED))
    (found,) = news([FeedChange(kind="changed", name="show", channel=False, items=items)])
    assert (found.new, found.changed, found.gone) == (NAMED, 0, NAMED)
    assert found.change.items == items[:NAMED]
