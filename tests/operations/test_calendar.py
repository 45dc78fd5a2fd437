"""What the clock will do: the events of a workspace, as lines, as values and for calendar apps."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import icalendar
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from podwright.building.select import next_change
from podwright.cli import main
from podwright.core.model import Outline
from podwright.operations.calendar import Calendar, Event, calendar_ics, calendar_lines, upcoming
from tests.building.values import NOW, outline

DAY = timedelta(days=1)


def said(*outlines: Outline, until: datetime | None = None) -> list[str]:
    return [f"{(one.at - NOW).days} {one.kind} {one.slug}" for one in upcoming(outlines, now=NOW, until=until)]


WHOLE = outline(
    "one",
    published=NOW + DAY,
    expires=NOW + 4 * DAY,
    credit_ends=(NOW + 2 * DAY, NOW + 3 * DAY),
    unlist=NOW + 5 * DAY,
    withdraw=NOW + 6 * DAY,
)


def test_every_date_of_an_episode_is_an_event_the_next_one_first() -> None:
    assert said(WHOLE, outline("two", published=NOW - DAY, unlist=NOW + DAY)) == [
        "1 published one",
        "1 unlisted two",
        "2 credit-ends one",
        "3 credit-ends one",
        "4 expires one",
        "5 unlisted one",
        "6 withdrawn one",
    ]


def test_each_tier_that_has_an_episode_early_is_an_event() -> None:
    found = outline("one", published=NOW + 9 * DAY, early=(("gold", NOW + 2 * DAY), ("silver", NOW + 7 * DAY)))
    assert said(found) == ["2 early one", "7 early one", "9 published one"]
    calendar = Calendar(title="Show", timezone="UTC", events=upcoming([found], now=NOW, until=None))
    read = icalendar.Calendar.from_ical(calendar_ics(calendar, now=NOW))
    assert len({one["uid"] for one in read.walk("VEVENT")}) == 3
    assert "is early for members" in "\n".join(calendar_lines(calendar))


def test_a_draft_has_no_events() -> None:
    assert said(replace(WHOLE, draft=True)) == []


def test_what_is_past_or_too_far_ahead_is_no_event() -> None:
    assert said(outline(published=NOW)) == []
    assert said(WHOLE, until=NOW + 2 * DAY) == ["1 published one", "2 credit-ends one"]


def test_an_episode_that_is_gone_has_no_events_left() -> None:
    gone = outline(published=NOW - DAY, unlist=NOW + DAY, withdraw=NOW + DAY, expires=NOW + 2 * DAY)
    assert said(gone) == ["1 withdrawn one"]


_days = st.integers(-5, 5).map(lambda days: NOW + days * DAY)
_outlines = st.builds(
    lambda guid, published, ends: outline(guid, published=published, **ends),
    st.text("abc", min_size=1, max_size=3),
    _days,
    st.fixed_dictionaries({}, optional={"expires": _days, "unlist": _days, "withdraw": _days}),
)


@given(st.lists(_outlines, max_size=4))
def test_the_first_event_is_not_before_the_next_change(outlines: list[Outline]) -> None:
    first = next(iter(upcoming(outlines, now=NOW, until=None)), None)
    change = next_change(outlines, (), NOW)
    assert first is None or (change is not None and change <= first.at)


def test_lines_are_in_the_show_s_zone() -> None:
    event = Event(at=datetime(2026, 7, 1, 4, tzinfo=UTC), kind="withdrawn", guid="g", slug="one", title="One")
    found = Calendar(title="Show", timezone="America/New_York", events=(event,))
    assert list(calendar_lines(found)) == [
        "2026-07-01 00:00:00  is withdrawn            One",
        "Times are those of America/New_York.",
    ]
    assert list(calendar_lines(Calendar(title="Show", timezone="UTC", events=()))) == ["The clock changes nothing."]


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=90))
def test_a_calendar_app_reads_every_event_with_any_title(title: str) -> None:
    events = upcoming([outline("one", title=title, published=NOW + DAY, unlist=NOW + 2 * DAY)], now=NOW, until=None)
    text = calendar_ics(Calendar(title=title, timezone="UTC", events=events), now=NOW)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    read = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert [(one["uid"], one.decoded("dtstart")) for one in read] == [
        ("published-1-one@podwright", NOW + DAY),
        ("unlisted-1-one@podwright", NOW + 2 * DAY),
    ]
    assert all(str(one["summary"]).startswith(title) for one in read)


def run(sample: Path, *arguments: str) -> str:
    done = CliRunner().invoke(main, ["-C", str(sample), "calendar", "--now", "2026-11-01T12:00:00+00:00", *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_command_prints_lines_json_or_icalendar(sample: Path) -> None:
    assert "2099-01-05 07:00:00  is published" in run(sample)
    assert run(sample, "--days", "30") == "The clock changes nothing.\n"
    values = json.loads(run(sample, "--json"))
    assert values["timezone"] == "America/New_York"
    assert values["events"][0] | {"guid": ""} == {
        "at": "2028-05-03T23:59:59-04:00",
        "kind": "expires",
        "slug": "sleep-after-night-shifts",
        "guid": "",
        "title": "A sleep diary for night workers",
    }
    assert len(icalendar.Calendar.from_ical(run(sample, "--ics")).walk("VEVENT")) == len(values["events"])


def test_a_broken_episode_is_named(sample: Path) -> None:
    path = next(sample.glob("episodes/*/mind-the-rug/episode.md"))
    path.write_text(path.read_text().replace("expires: 2029-03-01", "expires: 2029-13-01"))
    done = CliRunner().invoke(main, ["-C", str(sample), "calendar"])
    assert done.exit_code == 1
    assert "mind-the-rug/episode.md:5: expires: '2029-13-01' is not a date" in done.stderr


@pytest.mark.parametrize("due", ["2099-01-05T12:00:00+00:00"])
def test_a_rebuild_says_when_to_run_next_and_nothing_else(sample: Path, due: str) -> None:
    now = "2029-06-01T12:00:00+00:00"
    for _ in range(2):
        done = CliRunner().invoke(main, ["-C", str(sample), "rebuild", "--until-due", "--now", now])
        assert (done.exit_code, done.stdout) == (0, f"{due}\n")
    last = CliRunner().invoke(main, ["-C", str(sample), "rebuild", "--until-due", "--now", "2199-01-01T00:00:00+00:00"])
    assert (last.exit_code, last.stdout) == (0, "")
