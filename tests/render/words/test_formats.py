"""Dates, lengths and sizes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from podwright.core.model import Location
from podwright.render.site.machine_readable import iso_duration
from podwright.render.site.templating import clock_text, instant_text, map_url, seconds_text
from podwright.render.words.formats import day_of, day_text, length_text, locale_of, open_graph_locale, size_text


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


@pytest.mark.parametrize(
    ("tag", "locale"),
    [
        ("en", "en_US"),
        ("en-GB", "en_GB"),
        ("de", "de_DE"),
        ("pt", "pt_BR"),
        ("nb", "nb_NO"),
        ("zh-Hant", "zh_TW"),
        ("he", "he_IL"),
        ("de-XX", "de_DE"),
        ("xx", None),
    ],
)
def test_a_language_is_told_with_a_territory(tag: str, locale: str | None) -> None:
    assert open_graph_locale(tag) == locale


@pytest.mark.parametrize(
    ("offset", "text"),
    [
        (timedelta(hours=5, minutes=30), "2026-03-02T09:00:00+05:30"),
        (timedelta(), "2026-03-02T09:00:00+00:00"),
        (timedelta(minutes=-44, seconds=-30), "2026-03-02T09:44:30+00:00"),
    ],
)
def test_a_moment_is_written_as_html_has_them(offset: timedelta, text: str) -> None:
    assert instant_text(datetime(2026, 3, 2, 9, 0, 0, 123456, timezone(offset))) == text


@pytest.mark.parametrize(
    ("place", "url"),
    [
        (Location(name="Pier", geo="geo:42.36,-71.05"), "?mlat=42.36&mlon=-71.05#map=16/42.36/-71.05"),
        (Location(name="Hill", geo="geo:42.36,-71.05,90;u=35"), "?mlat=42.36&mlon=-71.05#map=16/42.36/-71.05"),
        (Location(name="Gate", geo="geo:1,2", osm="W77#3"), "way/77"),
    ],
)
def test_a_place_has_a_map(place: Location, url: str) -> None:
    assert map_url(place) == f"https://www.openstreetmap.org/{url}"
