"""Single values of the podcast namespace: what is taken as what, and what is refused with which advice."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podwright.workspace.schema import tag_values
from tests.workspace.test_values import ANY


@pytest.mark.parametrize(
    ("parse", "value", "expected"),
    [
        (tag_values.short, "x" * 32, "x" * 32),
        (tag_values.label, "é" * 128, "é" * 128),
        (tag_values.long_text, "a\n" + "x" * 3998, "a\n" + "x" * 3998),
        (tag_values.word, "ActivityPub", "activitypub"),
        (tag_values.word, "applepodcasts.verify-2", "applepodcasts.verify-2"),
        (tag_values.uri, "https://cdn.example.org/a.opus?x=[1]", "https://cdn.example.org/a.opus?x=[1]"),
        (tag_values.uri, "ipfs://QmX33FYehk6ckGQ6g1D9", "ipfs://QmX33FYehk6ckGQ6g1D9"),
        (tag_values.uri, "magnet:?xt=urn:btih:0123", "magnet:?xt=urn:btih:0123"),
        (tag_values.media_type, "application/x-bittorrent", "application/x-bittorrent"),
        (tag_values.geo, "42.3601, -71.0589", "geo:42.3601,-71.0589"),
        (tag_values.geo, "geo:-27.86159,153.3169", "geo:-27.86159,153.3169"),
        (tag_values.geo, "48.2,16.3,183;u=10", "geo:48.2,16.3,183;u=10"),
        (tag_values.geo, "90,180", "geo:90,180"),
        (tag_values.osm, "R113314", "R113314"),
        (tag_values.osm, "W43678282#3", "W43678282#3"),
        (tag_values.country, "us", "US"),
        (tag_values.lower_country, "US", "us"),
        (tag_values.token, 5124, "5124"),
        (tag_values.server, "irc.example.org", "irc.example.org"),
        (tag_values.medium, "musicL", "musicL"),
        (tag_values.rule, "freq=weekly;byday=MO", "FREQ=WEEKLY;BYDAY=MO"),
        (tag_values.rule, "RRULE:FREQ=YEARLY;BYDAY=+4TH;BYMONTH=11", "FREQ=YEARLY;BYDAY=+4TH;BYMONTH=11"),
        (tag_values.sri, "sha256-" + "A" * 43 + "=", "sha256-" + "A" * 43 + "="),
        (tag_values.ratio, "16/9", "16/9"),
        (tag_values.ratio, "1.91/1", "1.91/1"),
        (tag_values.suggested, Decimal("5E-8"), Decimal("0.00000005")),
        (tag_values.suggested, "0.00000005", Decimal("0.00000005")),
        (tag_values.count, 0, 0),
        (tag_values.count, "12", 12),
        (tag_values.size, 5_000_000_000, 5_000_000_000),
        (tag_values.percentage, 100, 100),
    ],
)
def test_a_value_is_read(parse: Callable[[Any], Any], value: Any, expected: Any) -> None:
    assert parse(value) == expected


@pytest.mark.parametrize(
    ("parse", "value", "message"),
    [
        (tag_values.short, "x" * 33, "has 33 characters; shorten it to 32"),
        (tag_values.label, "x" * 129, "has 129 characters; shorten it to 128"),
        (tag_values.long_text, "x" * 4001, "has 4,001 characters; shorten it to 4,000"),
        (tag_values.word, "two words", "'two words' is not a single word; write one like activitypub"),
        (tag_values.uri, "/a.opus", "'/a.opus' is not an address; write one like https://example.org/a.opus"),
        (tag_values.uri, "ftp://a:secret@h/x", "holds a user name and password; take it out of the address"),
        (tag_values.media_type, "opus", "'opus' is not a media type; write one like audio/opus"),
        (tag_values.geo, "91,0", "'91,0' is not a latitude and longitude; write one like 42.36,-71.06"),
        (tag_values.geo, "0,181", "'0,181' is not a latitude and longitude; write one like 42.36,-71.06"),
        (tag_values.geo, "Boston", "'Boston' is not a latitude and longitude; write one like 42.36,-71.06"),
        (tag_values.osm, "113314", "'113314' is not an OpenStreetMap object; write one like R113314"),
        (tag_values.country, "USA", "'USA' is not a country code; write one like US"),
        (tag_values.country, "uk", "'uk' is not a country code; write GB"),
        (tag_values.token, "051 24", "'051 24' has spaces in it; write the code alone"),
        (tag_values.server, "localhost", "'localhost' is not a domain name; write one like irc.example.org"),
        (tag_values.medium, "Podcast", "'Podcast' is not a medium; did you mean 'podcast'?"),
        (tag_values.medium, "radio", "'radio' is not a medium; write one of podcast, music, *"),
        (tag_values.rule, "weekly", "'weekly' is not a recurrence rule; write one like FREQ=WEEKLY;BYDAY=MO"),
        (tag_values.rule, "FREQ=NEVER", "'FREQ=NEVER' is not a recurrence rule; *"),
        (tag_values.rule, "BYDAY=MO", "'BYDAY=MO' is not a recurrence rule; *"),
        (tag_values.rule, "FREQ=DAILY;INTERVAL=X", "'FREQ=DAILY;INTERVAL=X' is not a recurrence rule; *"),
        (tag_values.sri, "sha1-AAAA", "'sha1-AAAA' is not an integrity string; *"),
        (tag_values.ratio, "16:9", "'16:9' is not an aspect ratio; write one like 16/9"),
        (tag_values.suggested, 0, "'0' is not an amount; write one like 0.00000005"),
        (tag_values.suggested, Decimal("NaN"), "'NaN' is not an amount; write one like 0.00000005"),
        (tag_values.count, -1, "'-1' is not a whole number; write one like 0 or 12"),
        (tag_values.count, True, "'True' is not a whole number; write one like 0 or 12"),
        (tag_values.size, "4 GB", "'4 GB' is not a length in bytes; write one like 24000000"),
        (tag_values.percentage, 101, "'101' is more than 100; write a percentage"),
    ],
)
def test_a_wrong_value_is_refused_with_advice(parse: Callable[[Any], Any], value: Any, message: str) -> None:
    with pytest.raises(ValueError, match="; ") as caught:
        parse(value)
    begin, star, _ = message.partition("*")
    assert str(caught.value) == message if not star else str(caught.value).startswith(begin)


def test_a_password_is_not_repeated() -> None:
    with pytest.raises(ValueError, match="password") as caught:
        tag_values.uri("https://me:hunter2@example.org/")
    assert "hunter2" not in str(caught.value)


PARSERS = [
    tag_values.short,
    tag_values.label,
    tag_values.long_text,
    tag_values.word,
    tag_values.uri,
    tag_values.media_type,
    tag_values.geo,
    tag_values.osm,
    tag_values.country,
    tag_values.lower_country,
    tag_values.token,
    tag_values.server,
    tag_values.medium,
    tag_values.rule,
    tag_values.sri,
    tag_values.ratio,
    tag_values.suggested,
    tag_values.count,
    tag_values.size,
    tag_values.percentage,
]
_RULES = st.lists(
    st.tuples(
        st.sampled_from(["FREQ", "COUNT", "UNTIL", "BYDAY", "INTERVAL", "BYMONTH", "X"]),
        st.text("DAILYWEK0123456789+-,MOTUZ", max_size=8),
    ),
    max_size=4,
).map(lambda parts: ";".join("=".join(part) for part in parts))


@settings(max_examples=100)
@given(ANY | _RULES | st.text("geo:0123456789.,-;u=", max_size=20), st.sampled_from(PARSERS))
def test_any_value_is_read_or_refused_in_one_printable_line(value: Any, parse: Callable[[Any], Any]) -> None:
    message = ""
    try:
        parse(value)
    except ValueError as error:
        message = str(error)
    assert not message or ("; " in message and message.isprintable())


@pytest.mark.parametrize(
    ("identifier", "public"),
    [
        ("cc-by-4.0", True),
        ("CC-BY-NC-ND-4.0", True),
        ("cc0-1.0", True),
        ("arr", True),
        ("cc-by", False),
        ("my-licence", False),
    ],
)
def test_a_licence_that_everybody_knows_needs_no_address(identifier: str, public: bool) -> None:
    assert tag_values.is_public_license(identifier) is public
