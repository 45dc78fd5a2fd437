"""Dates, lengths and sizes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from podwright.render.site.machine_readable import iso_duration
from podwright.render.site.templating import clock_text, seconds_text
from podwright.render.words.formats import day_of, day_text, length_text, locale_of, size_text


@pytest.mark.parametrize(
    ("seconds", "language", "text"),
    [
        (58, "en", "58 sec"),
        (60, "en", "1 min"),
        (3599, "en", "1 hr"),
        (3723, "en", "1 hr 2 min"),
        (3723, "de", "1 Std. 2 Min."),
    ],
)
def test_a_length_is_told_in_two_units_at_most(seconds: int, language: str, text: str) -> None:
    assert length_text(seconds, language) == text


@pytest.mark.parametrize(
    ("size", "text"), [(1, "1 kB"), (523_900, "524 kB"), (1_250_000, "1.2 MB"), (61_000_000, "61 MB")]
)
def test_a_size_is_told_in_kilobytes_or_megabytes(size: int, text: str) -> None:
    assert size_text(size, "en") == text


@pytest.mark.parametrize(
    ("time", "clock", "seconds", "iso"),
    [
        (timedelta(), "0:00", "0", "PT0S"),
        (timedelta(seconds=61, milliseconds=250), "1:01", "61.25", "PT61S"),
        (timedelta(hours=1, minutes=2, seconds=3), "1:02:03", "3723", "PT3723S"),
        (timedelta(hours=10), "10:00:00", "36000", "PT36000S"),
    ],
)
def test_a_time_in_the_recording(time: timedelta, clock: str, seconds: str, iso: str) -> None:
    assert (clock_text(time), seconds_text(time), iso_duration(time)) == (clock, seconds, iso)


def test_a_day_is_that_of_the_zone() -> None:
    late = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    assert day_of(late, "Europe/Berlin") == date(2026, 3, 3)
    assert day_text(date(2026, 3, 3), "fr-CA") == "3 mars 2026"


@pytest.mark.parametrize(("tag", "language"), [("en-US", "en"), ("de-XX", "de"), ("xx", "en"), ("zh-Hant-TW", "zh")])
def test_an_unknown_region_or_language_falls_back(tag: str, language: str) -> None:
    assert locale_of(tag).language == language
