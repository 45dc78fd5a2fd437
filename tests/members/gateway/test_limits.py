"""Who asks too often waits, and who waits may ask again."""

from __future__ import annotations

import pytest

from podwright.members.gateway.limits import MOST, Limits, Rate


def test_a_burst_is_let_through_and_then_only_what_the_rate_allows() -> None:
    limits = Limits(Rate(burst=3, per_second=2))
    assert [limits.take("a", at=0.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
    assert limits.take("b", at=0.0) == 0.0
    assert limits.take("a", at=0.25) == pytest.approx(0.25)
    assert limits.take("a", at=0.5) == 0.0
    assert limits.take("a", at=0.5) == pytest.approx(0.5)
    assert [limits.take("a", at=1_000.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]


def test_names_are_forgotten_before_memory_is_full() -> None:
    limits = Limits(Rate(burst=1, per_second=0.001))
    for number in range(MOST + 1):
        limits.take(str(number), at=0.0)
    assert limits.take("0", at=0.0) == 0.0
    assert limits.take(str(MOST), at=0.0) > 0
