"""A run ends when its time is over or somebody stops it, with a moment to give back what it holds."""

from __future__ import annotations

from podwright.core.deadline import GRACE, Deadline, gives_back, giving_back
from tests.support.slow import Clock


def test_a_run_ends_at_its_deadline_and_sooner_where_somebody_stops_it() -> None:
    clock = Clock()
    limited, endless = Deadline(60, clock=clock.read), Deadline(clock=clock.read)
    clock.now = 59
    assert (limited.has_passed(), limited.left()) == (False, 1)
    endless.stop()
    assert (endless.has_passed(), endless.left(), endless.left(gives_back=True)) == (True, 0, GRACE)
    clock.now = 61
    limited.stop()
    assert (limited.has_passed(), limited.left()) == (True, -1)


def test_who_gives_back_has_a_moment_more() -> None:
    assert not gives_back()
    with giving_back():
        with giving_back():
            assert gives_back()
        assert gives_back()
    assert not gives_back()
