"""Single values: what is taken as what, and what is refused with which advice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podwright.core.model import Category, Period
from podwright.workspace import dates, values
from podwright.workspace.values import LONGEST_SLUG, is_slug, slugify, spelled_slug

NEW_YORK = ZoneInfo("America/New_York")


def moment(value: Any) -> dt.datetime:
    return dates.moment(value, NEW_YORK)


def last_moment(value: Any) -> dt.datetime:
    return dates.last_moment(value, NEW_YORK)


def in_zone(parse: Callable[[Any, dt.tzinfo], dt.datetime], zone: str) -> Callable[[Any], dt.datetime]:
    return lambda value: parse(value, ZoneInfo(zone))


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("parse", "value", "expected"),
    [
        (values.line, "  Title é ", "Title é"),
        (values.line, "x" * 255, "x" * 255),
        (values.prose, "a\n\nb\n", "a\n\nb"),
        (values.description, "é" * 2000, "é" * 2000),
        (values.truth, True, True),
        (values.truth, "false", False),
        (values.whole, 3, 3),
        (values.whole, "012", 12),
        (values.year, "2026", 2026),
        (values.amount, Decimal("0.25"), Decimal("0.25")),
        (values.amount, "10.10", Decimal("10.10")),
        (values.amount, 2, Decimal(2)),
        (values.url, "https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        (values.url, "http://[::1]:8000/", "http://[::1]:8000/"),
        (values.url, "https://social.example.org/@society", "https://social.example.org/@society"),
        (values.url, "https://social.example.org:8443/@a:b@c", "https://social.example.org:8443/@a:b@c"),
        (values.base_url, "https://example.org/pod", "https://example.org/pod/"),
        (values.email, "first.last+tag@mail.example.org", "first.last+tag@mail.example.org"),
        (values.language, "zh-Hant-TW", "zh-Hant-TW"),
        (values.language, "es-419", "es-419"),
        (values.language, "de-CH-1901", "de-CH-1901"),
        (values.guid, "https://old.example.org/?p=12", "https://old.example.org/?p=12"),
        (values.guid, " 45 at https://old.example.org ", "45 at https://old.example.org"),
        (values.url, "https://xn--mller-kva.example/%C3%BC", "https://xn--mller-kva.example/%C3%BC"),
        (values.feed_guid, "9B024349-CCF0-5F69-A609-6B82873EAB3C", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        (values.doi, "https://doi.org/10.1000/182", "10.1000/182"),
        (values.doi, "doi: 10.1056/NEJMoa2400000", "10.1056/NEJMoa2400000"),
        (values.pmid, "PMID: 12345678", "12345678"),
        (values.pmid, 123, "123"),
        (values.category, "Health & Fitness>Medicine", Category(name="Health & Fitness", sub="Medicine")),
        (values.category, "True Crime", Category(name="True Crime")),
        (values.category, "Leisure / Home &amp; Garden", Category(name="Leisure", sub="Home & Garden")),
        (values.category, "Leisure -> Home & Garden", Category(name="Leisure", sub="Home & Garden")),
        (values.one_of("full", "bonus"), "Full", "full"),
        (moment, "2026-03-02", at("2026-03-02T00:00:00-05:00")),
        (moment, "2026-07-02 09:00", at("2026-07-02T09:00:00-04:00")),
        (moment, "2026-03-02T09:00:30+01:00", at("2026-03-02T09:00:30+01:00")),
        (moment, "2026-03-02 09:00Z", at("2026-03-02T09:00:00+00:00")),
        # Clocks go back at 2:00 on that day: the first of the two half past one.
        (moment, "2026-11-01 01:30", at("2026-11-01T01:30:00-04:00")),
        (last_moment, "2029-03-01", at("2029-03-01T23:59:59-05:00")),
        (last_moment, "2029-03-01 12:00", at("2029-03-01T12:00:00-05:00")),
        # On that day clocks in Sao Paulo went from midnight to one, in Havana from one back to midnight.
        (in_zone(dates.moment, "America/Sao_Paulo"), "2018-11-04", at("2018-11-04T01:00:00-02:00")),
        (in_zone(dates.last_moment, "America/Sao_Paulo"), "2018-02-17", at("2018-02-17T23:59:59-03:00")),
        (in_zone(dates.moment, "America/Havana"), "2026-11-01", at("2026-11-01T00:00:00-04:00")),
        (dates.period, "3 years", Period(months=36)),
        (dates.period, "1 year 6 months", Period(months=18)),
        (dates.period, "2 weeks, 1 Day", Period(days=15)),
        (dates.period, "P1Y6M2W3D", Period(months=18, days=17)),
        (dates.period, "P90D", Period(days=90)),
        (dates.day, "2026-03-02", dt.date(2026, 3, 2)),
        (dates.day, dt.date(2026, 3, 2), dt.date(2026, 3, 2)),
        (dates.offset, "01:30", dt.timedelta(seconds=90)),
        (dates.offset, "90:00", dt.timedelta(minutes=90)),
        (dates.offset, "00:01,250", dt.timedelta(seconds=1.25)),
        (dates.offset, "00:01.2509", dt.timedelta(seconds=1.25)),
        (dates.offset, "1:02:03.5", dt.timedelta(hours=1, minutes=2, seconds=3.5)),
        (dates.zone_named, "UTC", dt.UTC),
    ],
)
def test_a_value_is_read(parse: Callable[[Any], Any], value: Any, expected: Any) -> None:
    found = parse(value)
    assert found == expected
    assert type(found) is type(expected)


NO_DATE = "is not a date; write 2019-10-03 or 2019-10-03T09:00:00-04:00"


@pytest.mark.parametrize(
    ("parse", "value", "message"),
    [
        (values.line, None, "is empty; write a text, or delete the line"),
        (values.line, "  ", "is empty; write a text, or delete the line"),
        (values.line, 5, 'is a number, not text; put it in quotes: "…"'),
        (values.line, dt.date(2026, 1, 1), 'is a date, not text; put it in quotes: "…"'),
        (values.line, ["a"], "is a list, not text; write one text"),
        (values.line, "a\nb", "has several lines; write it in one"),
        (values.line, "x" * 256, "has 256 characters; shorten it to 255"),
        (values.line, "a\x00b", "holds the control character U+0000; delete it"),
        (values.line, "a\u2028b", "holds the control character U+2028; delete it"),
        (values.line, "a\ud800", "holds the control character U+D800; delete it"),
        (values.description, "é" * 2001, "has 4,002 bytes; shorten it to 4,000"),
        (values.truth, "yes", "'yes' is neither true nor false; write one of them, without quotes"),
        (values.truth, 1, "'1' is neither true nor false; write one of them, without quotes"),
        (values.whole, 0, "'0' is not a whole number above 0; write one like 12"),
        (values.whole, True, "'True' is not a whole number above 0; write one like 12"),
        (values.whole, "1.5", "'1.5' is not a whole number above 0; write one like 12"),
        (values.whole, "٣", "'٣' is not a whole number above 0; write one like 12"),
        (values.year, "26", "'26' is not a year; write one like 2026"),
        (values.amount, Decimal("NaN"), "'NaN' is not an amount; write one like 0.25"),
        (values.amount, "0.0", "'0.0' is not an amount; write one like 0.25"),
        (values.amount, "1/4", "'1/4' is not an amount; write one like 0.25"),
        (values.url, "example.org", "'example.org' is not a web address; write one like https://example.org/page"),
        (values.url, "ftp://x.org", "'ftp://x.org' is not a web address; write one like https://example.org/page"),
        (values.url, "javascript:alert(1)", "'javascript:alert(1)' is not a web address; *"),
        (values.url, "https://", "'https://' is not a web address; write one like https://example.org/page"),
        (values.url, "https://[x", "'https://[x' is not a URL; write one like https://example.org/page"),
        (values.url, "https://x.org:99999/", "'https://x.org:99999/' is not a URL; *"),
        (values.url, "https://x.org/a b", "'https://x.org/a b' holds ' '; write it as %20"),
        (values.url, 'https://x.org/"', "'https://x.org/\"' holds '\"'; write it as %22"),
        (values.url, "https://x.org/é", "'https://x.org/é' holds 'é'; write the address percent-encoded, in ASCII"),
        (values.url, "https://müller.example/", "* has a host that is not in ASCII; write it as xn--mller-kva.example"),
        (values.url, "https://straße.example/", "* has a host that is not in ASCII; write it in punycode, xn--…"),
        (
            values.url,
            "https://m%C3%BCller.example/",
            "* percent-encodes its host, which no server has; write it as xn--*",
        ),
        (values.email, "a@müller.example", "* has a domain that is not in ASCII; write it as a@xn--mller-kva.example"),
        (values.line, {"Remember": "water"}, "* a text with a colon in it needs quotes around it, like 'Remember: …'"),
        (values.url, "https://me:secret@x.org/", "holds a user name or password; take it out of the address"),
        (values.url, "ftp://me:se cret@x.org/", "holds a user name or password; take it out of the address"),
        (values.url, "https://me:se/cr?et@x.org/", "holds a user name or password; take it out of the address"),
        (values.url, "me:secret@x.org", "holds a user name or password; take it out of the address"),
        (values.url, "https:/me:secret@x.org", "holds a user name or password; take it out of the address"),
        (values.url, "mailto:me@x.org", "'mailto:me@x.org' is not a web address; *"),
        (values.bare_url, "https://x.org/#a", "'https://x.org/?…' has a query or fragment; end it with the path"),
        (values.base_url, "https://x.org/?a", "'https://x.org/?…' has a query or fragment; end it with the path"),
        (values.email, "me@localhost", "'me@localhost' is not an e-mail address; write one like podcast@example.org"),
        (values.email, "a@b.org, c@d.org", "'a@b.org, c@d.org' is not an e-mail address; *"),
        (values.language, "en_US", "'en_US' is not a language tag; write one like en or en-US"),
        (values.language, "english", "'english' is not a language tag; write one like en or en-US"),
        (values.guid, "a\nb", "is no line of at most 2,000 characters; *"),
        (
            values.element,
            "<a:b/>",
            "is no XML element (unbound prefix: line 1, column 0); declare its namespace in it *",
        ),
        (values.element, "<title>x</title>", "'title' is of no namespace of its own; write the field that says it"),
        (values.element, "<!DOCTYPE x><ttl>1</ttl>", "'' is of no namespace of its own; *"),
        (values.feed_guid, "abc", "'abc' is not a UUID; copy the podcast:guid of the old feed, or delete the line"),
        (values.doi, "11.1000/1", "'11.1000/1' is not a DOI; write one like 10.1000/182"),
        (values.pmid, "PMC123", "'PMC123' is not a PMID; write its digits, like 12345678"),
        (values.category, "Health", "'Health' is not an Apple category; write one of Arts, Business, *"),
        (values.category, "Home & Garden", "'Home & Garden' is not an Apple category; write 'Leisure > Home & Garden'"),
        (
            values.category,
            "Home and Garden",
            "'Home and Garden' is not an Apple category; write 'Leisure > Home & Garden'",
        ),
        (
            values.category,
            "Science > Medicine",
            "'Medicine' is not a sub-category of Science; write 'Health & Fitness > *",
        ),
        (values.category, "true crime", "'true crime' is not an Apple category; did you mean 'True Crime'?"),
        (
            values.category,
            "Health & Fitness > Medecine",
            "'Medecine' is not a sub-category of Health & Fitness; did you mean 'Medicine'?",
        ),
        (values.category, "History > Rome", "'Rome' is not a sub-category of History; write 'History' alone"),
        (values.category, "Arts >", "'' is not a sub-category of Arts; write one of Books, Design, *"),
        (values.one_of("full", "bonus"), "ful", "'ful' is not a known value; did you mean 'full'?"),
        (values.one_of("full", "bonus"), "x", "'x' is not a known value; write one of full, bonus"),
        (moment, "2019-13-03", f"'2019-13-03' {NO_DATE}"),
        (moment, "2026-02-30", f"'2026-02-30' {NO_DATE}"),
        (moment, "03/02/2026", f"'03/02/2026' {NO_DATE}"),
        (moment, "2026-03-02 9am", f"'2026-03-02 9am' {NO_DATE}"),
        (moment, "2026-03-02T25:00", f"'2026-03-02T25:00' {NO_DATE}"),
        (moment, "0001-01-01", f"'0001-01-01' {NO_DATE}"),
        (moment, "9999-12-31 23:59-12:00", f"'9999-12-31 23:59-12:00' {NO_DATE}"),
        (
            moment,
            "2026-03-08 02:30",
            "'2026-03-08 02:30' does not exist in America/New_York, where clocks skip it; write another time",
        ),
        (
            in_zone(dates.moment, "Pacific/Apia"),
            "2011-12-30",
            "'2011-12-30' does not exist in Pacific/Apia, where clocks skip it; write another time",
        ),
        (dates.period, "3", "'3' is not a period of at most 100 years; write one like 3 years or P3Y"),
        (dates.period, "", "'' is not a period of at most 100 years; *"),
        (dates.period, "P", "'P' is not a period of at most 100 years; *"),
        (dates.period, "0 days", "'0 days' is not a period of at most 100 years; *"),
        (dates.period, "101 years", "'101 years' is not a period of at most 100 years; *"),
        (dates.period, "PT1H", "'PT1H' is not a period of at most 100 years; *"),
        (dates.day, "2026-3-2", "'2026-3-2' is not a date; write one like 2019-10-03"),
        (dates.day, dt.datetime(2026, 3, 2, tzinfo=dt.UTC), "'2026-03-02 00:00:00+00:00' is not a date; *"),
        (dates.offset, "90", "'90' is not a time; write 01:30, or 01:02:30.500 with hours"),
        (dates.offset, "00:75", "'00:75' is not a time; write 01:30, or 01:02:30.500 with hours"),
        (dates.offset, "1:75:00", "'1:75:00' is not a time; write 01:30, or 01:02:30.500 with hours"),
        (dates.zone_named, "America/NewYork", "'America/NewYork' is not a time zone; did you mean 'America/New_York'?"),
        (dates.zone_named, "../../etc/passwd", "'../../etc/passwd' is not a time zone; write one like *"),
        (dates.zone_named, "America", "'America' is not a time zone; *"),
    ],
)
def test_a_wrong_value_is_refused_with_advice(parse: Callable[[Any], Any], value: Any, message: str) -> None:
    with pytest.raises(ValueError, match="; ") as caught:
        parse(value)
    assert fnmatchcase(str(caught.value), message.replace("[", "[[]"))


PARSERS = [
    values.prose,
    values.line,
    values.description,
    values.slug,
    values.truth,
    values.whole,
    values.year,
    values.amount,
    values.url,
    values.base_url,
    values.email,
    values.language,
    values.guid,
    values.feed_guid,
    values.doi,
    values.pmid,
    values.category,
    values.one_of("a", "b"),
    moment,
    last_moment,
    dates.day,
    dates.period,
    dates.offset,
    dates.zone_named,
]
ANY = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="0123456789-:T Z./@[]", max_size=25),
    st.from_regex(r"\A(https?|ftp|file|s3)://.{0,20}\Z"),
    st.integers(),
    st.booleans(),
    st.none(),
    st.decimals(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.lists(st.text(max_size=3), max_size=2),
    st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
)


@settings(max_examples=60)
@given(ANY, st.sampled_from(PARSERS))
def test_any_value_is_read_or_refused_in_one_printable_line(value: Any, parse: Callable[[Any], Any]) -> None:
    message = ""
    try:
        parse(value)
    except ValueError as error:
        message = str(error)
    assert not message or ("; " in message and message.isprintable())


@pytest.mark.parametrize(
    ("begin", "period", "zone", "end"),
    [
        pytest.param("2026-03-02T09:00-05:00", "3 years", "America/New_York", "2029-03-02T09:00-05:00", id="years"),
        pytest.param("2024-02-29T09:00Z", "P1Y", "UTC", "2025-02-28T09:00Z", id="a leap day"),
        pytest.param("2024-02-29T09:00Z", "P4Y", "UTC", "2028-02-29T09:00Z", id="leap day to leap day"),
        pytest.param("2026-01-31T09:00Z", "1 month", "UTC", "2026-02-28T09:00Z", id="a short month"),
        pytest.param("2026-01-15T09:00-05:00", "6 months", "America/New_York", "2026-07-15T09:00-04:00", id="summer"),
        pytest.param("2026-03-07T02:30-05:00", "1 day", "America/New_York", "2026-03-08T03:30-04:00", id="skipped"),
        pytest.param("2026-10-31T01:30-04:00", "1 day", "America/New_York", "2026-11-01T01:30-04:00", id="twice"),
        pytest.param("2026-11-01T01:30-05:00", "1 day", "America/New_York", "2026-11-02T01:30-05:00", id="from twice"),
        pytest.param("2026-03-02T01:00+01:00", "1 month", "America/New_York", "2026-04-01T19:00-04:00", id="abroad"),
    ],
)
def test_a_period_goes_by_the_clocks_and_the_calendar_of_the_zone(begin: str, period: str, zone: str, end: str) -> None:
    found = dates.after(at(begin), dates.period(period), zone=dates.zone_named(zone))
    assert found == at(end)
    assert found.utcoffset() == at(end).utcoffset()


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Statins after 75", "statins-after-75"),
        ("What's new?  Élan & Øre — part II", "whats-new-elan-ore-part-ii"),
        ("Straße, Łódź, ﬁne", "strasse-lodz-fine"),
        ("日本", ""),
        ("word " * 30, "word-" * 19 + "word"),
        ("x" * 200, "x" * LONGEST_SLUG),
    ],
)
def test_a_title_gives_a_slug(title: str, slug: str) -> None:
    assert slugify(title) == slug


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("What's new?  Élan & Øre", "whats-new-elan-ore"),
        ("Привет мир", "privet-mir"),
        ("大家好", "da-jia-hao"),
        ("日本の森 2026", "ri-benno-sen-2026"),
        ("हिन्दी", "hindi"),
        ("שלום", "slvm"),
        ("🎙️ Garden", "garden"),
        ("🎉", ""),
    ],
)
def test_a_title_in_any_script_is_spelled(title: str, slug: str) -> None:
    assert spelled_slug(title) == slug


@settings(max_examples=60)
@given(st.text(max_size=150))
def test_any_title_gives_a_slug_or_nothing(title: str) -> None:
    for slug in (slugify(title), spelled_slug(title)):
        assert slug == "" or is_slug(slug)
