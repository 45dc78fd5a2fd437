"""What a feed names is read from any document, and a document that could harm is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podwright.core.errors import FormatError
from podwright.render.feeds import Named, parse_feed, parse_sitemap

NAMESPACES = (
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:podcast="https://podcastindex.org/namespace/1.0" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:psc="http://podlove.org/simple-chapters"'
)


def feed(inside: str, *, before: str = "") -> bytes:
    return f"{before}<rss {NAMESPACES}><channel><title>A</title>{inside}</channel></rss>".encode()


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        (
            '<enclosure url=" u " length="7" type="audio/mpeg"/>',
            [Named(role="enclosure", url="u", length=7, media_type="audio/mpeg")],
        ),
        ('<enclosure url="u" length="many"/>', [Named(role="enclosure", url="u")]),
        (f'<enclosure url="u" length="{"9" * 5000}"/>', [Named(role="enclosure", url="u")]),
        ('<enclosure length="7"/>', []),
        ('<podcast:transcript url="t" type="text/vtt"/>', [Named(role="transcript", url="t", media_type="text/vtt")]),
        ('<podcast:chapters url="c"/>', [Named(role="chapters", url="c")]),
        ('<podcast:image href="i" type="image/png"/>', [Named(role="image", url="i", media_type="image/png")]),
        ('<podcast:images srcset="a 1w, b 2w"/>', [Named(role="image", url="a"), Named(role="image", url="b")]),
        ('<itunes:image href="i"/>', [Named(role="image", url="i")]),
        ('<podcast:person img="p">Ada</podcast:person>', [Named(role="image", url="p")]),
        ("<podcast:person>Ada</podcast:person>", []),
        ('<psc:chapters><psc:chapter image="p"/><psc:chapter/></psc:chapters>', [Named(role="image", url="p")]),
        (
            (
                '<podcast:alternateEnclosure type="a/b" length="9"><podcast:source uri="s" contentType="c/d"/>'
                '<podcast:integrity type="sri" value="sha384-AA sha256-AAEC"/></podcast:alternateEnclosure>'
            ),
            [Named(role="source", url="s", length=9, media_type="c/d", sha256="000102")],
        ),
        ('<podcast:unknown url="u"/>', []),
    ],
)
def test_each_element_names_what_it_has_an_address_of(element: str, expected: list[Named]) -> None:
    (item,) = parse_feed(feed(f"<item>{element}</item>")).items
    assert list(item.names) == expected
    assert list(parse_feed(feed(element)).names) == expected


def test_a_feed_says_who_it_is_and_where_it_goes_on() -> None:
    found = parse_feed(
        feed(
            '<generator>podwright</generator><podcast:guid>g</podcast:guid><atom:link rel="self" href="s"/>'
            '<atom:link rel="prev-archive" href="p"/><item><guid> i </guid><title>T</title><link>l</link>'
            "<pubDate>Mon, 02 Mar 2026 09:00:00 GMT</pubDate></item><item><pubDate>soon</pubDate></item>"
        )
    )
    assert (found.title, found.guid, found.generator, found.older) == ("A", "g", "podwright", "p")
    first, second = found.items
    assert (first.guid, first.title, first.names) == ("i", "T", (Named(role="page", url="l"),))
    assert first.published == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert second.published is None


@pytest.mark.parametrize("date", ["1 Jan 2026 0:0:0 +" + "9" * 30, "1 Jan , 0:0:0", "1 Jan 99999 0:0:0", "0 Jan 0"])
def test_a_date_that_is_none_is_passed_over(date: str) -> None:
    (item,) = parse_feed(feed(f"<item><pubDate>{date}</pubDate></item>")).items
    assert item.published is None


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"", "is not well-formed XML"),
        (b"<rss><channel>", "is not well-formed XML"),
        (b"<html/>", "is html and no rss"),
        (feed("<title>&lol;</title>"), "is not well-formed XML"),
        (feed("", before='<!DOCTYPE rss SYSTEM "file:///etc/passwd">'), "has a document type"),
        (feed("&a;", before='<!DOCTYPE rss [<!ENTITY a "b">]>'), "has a document type"),
        ('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE r><rss/>'.encode("utf-16"), "has a document type"),
        (feed("<a>" * 300 + "</a>" * 300), "is not well-formed XML"),
        (feed("<item/>" * 100_001), "has more than 100,000 items"),
    ],
)
def test_what_is_no_feed_or_could_harm_is_refused(data: bytes, part: str) -> None:
    with pytest.raises(FormatError, match=part):
        parse_feed(data)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: feed(f"<item>{text}</item>")))
def test_any_bytes_are_a_feed_or_refused(data: bytes) -> None:
    told: list[str] = []
    try:
        parse_feed(data)
    except FormatError as error:
        told.append(str(error))
    assert all("; publish it again" in message for message in told)


def test_a_sitemap_and_a_list_of_sitemaps_give_their_addresses() -> None:
    namespace = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    assert parse_sitemap(f"<urlset {namespace}><url><loc> a </loc></url><url/></urlset>".encode()) == ("a",)
    assert parse_sitemap(f"<sitemapindex {namespace}><sitemap><loc>b</loc></sitemap></sitemapindex>".encode()) == ("b",)
    with pytest.raises(FormatError, match="is rss and no urlset or sitemapindex"):
        parse_sitemap(feed(""))
