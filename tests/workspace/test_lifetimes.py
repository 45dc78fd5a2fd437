"""What becomes of an episode by the clock: what it says, what it inherits, and what contradicts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podwright.core.model import Ending, Lifetime, Overrides, Period
from podwright.workspace.lifetimes import contradictions, lifetime_dates
from podwright.workspace.load import load_workspace
from tests.workspace.conftest import EPISODE, SHOW, reported, with_field

Write = Callable[[str, str | bytes], None]

ZONE = ZoneInfo("America/New_York")
SEASON = 'title = "Lipids"\n[lifetime]\n'


def place(write: Write, *, show: str = "", season: str = "", episode: str = "") -> None:
    write("podwright.toml", f"{SHOW}[lifetime]\n{show}\n")
    write("episodes/lipids/season.toml", f"{SEASON}{season}\n")
    write("episodes/first/episode.md", EPISODE.replace("09:00", "08:00"))
    write("episodes/lipids/second/episode.md", with_field(episode).replace("guid-1", "guid-2"))


@pytest.mark.parametrize(
    ("show", "season", "episode", "ends"),
    [
        pytest.param("", "", "", (None, None, None), id="nobody says anything"),
        pytest.param('withdraw = "3 years"', "", "", (None, None, "2029-03-02T09:00-05:00"), id="the show"),
        pytest.param(
            'unlist = "2 years"\nwithdraw = "3 years"',
            'withdraw = "P4Y"',
            "",
            (None, "2028-03-02T09:00-05:00", "2030-03-02T09:00-05:00"),
            id="each date from who is nearest",
        ),
        pytest.param(
            'expires = "1 year"',
            "expires = 2028-02-01",
            "withdraw: 2029-07-01",
            ("2028-02-01T23:59:59-05:00", None, "2029-07-01T00:00-04:00"),
            id="a day ends what expires and begins what is withdrawn",
        ),
        pytest.param(
            'unlist = "2 years"\nwithdraw = "3 years"',
            "",
            "withdraw: never",
            (None, "2028-03-02T09:00-05:00", None),
            id="never",
        ),
        pytest.param(
            'unlist = "2 years"',
            "",
            "withdraw: 2027-01-01",
            (None, "2027-01-01T00:00-05:00", "2027-01-01T00:00-05:00"),
            id="an inherited unlist gives way",
        ),
    ],
)
def test_an_episode_ends_as_it_says_or_as_its_season_or_the_show_do(
    root: Path, write: Write, show: str, season: str, episode: str, ends: tuple[str | None, ...]
) -> None:
    place(write, show=show, season=season, episode=episode)
    _, episodes, _ = load_workspace(root, Overrides())
    (found,) = (one.outline for one in episodes if one.outline.slug == "second")
    wanted = tuple(datetime.fromisoformat(end) if end else None for end in ends)
    assert (found.expires, found.unlist, found.withdraw) == wanted


def test_policy_and_reason_are_inherited_one_by_one(root: Path, write: Write) -> None:
    place(write, show='withdraw_policy = "delete"\nwithdraw_reason = "Too old."', episode="withdraw_reason: Wrong.")
    _, episodes, _ = load_workspace(root, Overrides())
    said = {one.outline.slug: (one.outline.withdraw_policy, one.withdraw_reason) for one in episodes}
    assert said == {"first": ("delete", "Too old."), "second": ("delete", "Wrong.")}


BEFORE = "4: published: is not before the withdraw that season or show give it, 2026-03-01 00:00-05:00; give the "
AFTER = "5: unlist: is after the withdraw that season or show give it, 2027-03-02 09:00-05:00; give the "


@pytest.mark.parametrize(
    ("season", "episode", "problem"),
    [
        ("withdraw = 2026-03-01", "", f"{BEFORE}episode its own withdraw, or never"),
        ('withdraw = "1 year"', "unlist: 2028-01-01", f"{AFTER}episode its own withdraw, or never"),
        ("unlist = 2028-01-01", "withdraw: 2026-02-01", "5: withdraw: is not after published; correct one of the two"),
    ],
)
def test_what_an_episode_inherits_may_contradict_it(
    root: Path, write: Write, season: str, episode: str, problem: str
) -> None:
    place(write, season=season, episode=episode)
    (found,) = reported(root)
    assert found == f"episodes/lipids/second/episode.md:{problem}"


MOMENT = datetime(2026, 3, 2, 9, tzinfo=ZONE)
_endings: st.SearchStrategy[Ending | None] = st.one_of(
    st.none(),
    st.just("never"),
    st.integers(-400, 4000).map(lambda days: MOMENT + timedelta(days=days)),
    st.builds(Period, months=st.integers(0, 60), days=st.integers(1, 60)),
)
_lifetimes = st.builds(Lifetime, expires=_endings, unlist=_endings, withdraw=_endings)


@given(_lifetimes, st.lists(_lifetimes, max_size=2))
def test_whatever_is_written_the_dates_are_in_order_or_a_contradiction_is_told(
    own: Lifetime, inherited: list[Lifetime]
) -> None:
    found = lifetime_dates(own, inherited, published=MOMENT, zone=ZONE)
    told = list(contradictions(own, found, published=MOMENT))
    dates = [when for when in (found.unlist, found.withdraw) if when]
    ends = [*dates, *filter(None, [found.expires])]
    assert bool(told) == (sorted(dates) != dates or any(when <= MOMENT for when in ends))
