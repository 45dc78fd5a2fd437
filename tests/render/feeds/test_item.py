"""What an item says of its episode."""

from __future__ import annotations

import locale
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podwright.core.model import Person
from podwright.render.feeds import TranscriptLink, render_items
from tests.render.feeds.reading import angled
from tests.render.feeds.values import BARE_CHANNEL, GARDEN, HARD, MEDICAL, NS, attributes, channel_of, item_of, texts


def test_a_plain_item_says_only_what_is_known() -> None:
    prefixes = {address: name for name, address in NS.items()}
    names = [child.tag.removeprefix("{").split("}") for child in item_of(GARDEN)]
    assert [f"{prefixes[name[0]]}:{name[1]}" if len(name) == 2 else name[0] for name in names] == [
        "title",
        "description",
        "content:encoded",
        "guid",
        "enclosure",
        "pubDate",
        "itunes:title",
        "itunes:duration",
        "itunes:episodeType",
        "itunes:explicit",
    ]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("title", [MEDICAL.title]),
        ("link", [MEDICAL.link]),
        ("description", [MEDICAL.description]),
        ("content:encoded", [MEDICAL.content_html]),
        ("guid", [MEDICAL.guid]),
        ("category", ["Cardiology"]),
        ("pubDate", ["Mon, 02 Mar 2026 09:00:00 -0500"]),
        ("itunes:title", [MEDICAL.title]),
        ("itunes:author", ["Ada Example, MD, FACP"]),
        ("itunes:duration", ["600"]),
        ("itunes:episodeType", ["full"]),
        ("itunes:season", ["3"]),
        ("itunes:episode", ["7"]),
        ("itunes:explicit", ["false"]),
        ("itunes:summary", ["A trial of statins after 75."]),
        ("itunes:keywords", ["statins,older adults"]),
        ("podcast:season", ["3"]),
        ("podcast:episode", ["7"]),
        ("podcast:person", ["Ada Example, MD, FACP", "Ben Example", "Chloé Example"]),
    ],
)
def test_texts_of_a_full_item(path: str, expected: list[str]) -> None:
    assert texts(item_of(MEDICAL), path) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("guid", [{"isPermaLink": "false"}]),
        (
            "enclosure",
            [{"url": "https://cdn.example.org/audio/statins.mp3?v=1&x=2", "length": "4711000", "type": "audio/mpeg"}],
        ),
        ("itunes:image", [{"href": "https://cdn.example.org/art/statins.png"}]),
        (
            "podcast:transcript",
            [
                {
                    "url": "https://cdn.example.org/t/statins.vtt",
                    "type": "text/vtt",
                    "language": "en-US",
                    "rel": "captions",
                },
                {"url": "https://cdn.example.org/t/statins.html", "type": "text/html", "language": "en-US"},
            ],
        ),
        (
            "podcast:chapters",
            [{"url": "https://cdn.example.org/c/statins.json", "type": "application/json+chapters"}],
        ),
        ("podcast:season", [{"name": "Spring & Summer 2026"}]),
        (
            "podcast:person",
            [
                {
                    "role": "host",
                    "group": "cast",
                    "href": "https://example.org/ada",
                    "img": "https://example.org/a.png",
                },
                {"role": "guest", "group": "cast"},
                {"role": "editor", "group": "audio post-production"},
            ],
        ),
    ],
)
def test_attributes_of_a_full_item(path: str, expected: list[dict[str, str]]) -> None:
    assert attributes(item_of(MEDICAL), path) == expected


@pytest.mark.parametrize(
    ("change", "path", "expected"),
    [
        ({"explicit": True}, "itunes:explicit", ["true"]),
        ({"type": "trailer"}, "itunes:episodeType", ["trailer"]),
        ({"season_name": None}, "podcast:season", ["3"]),
        ({"season_number": None}, "podcast:season", []),
        ({"season_number": None}, "itunes:season", []),
        ({"number": None}, "podcast:episode", []),
        ({"number": None}, "itunes:episode", []),
        ({"number": 0}, "itunes:episode", ["0"]),
        ({"link": None}, "link", []),
        ({"image_url": None}, "itunes:image", []),
        ({"chapters_url": None}, "podcast:chapters", []),
        ({"transcripts": ()}, "podcast:transcript", []),
        ({"keywords": ()}, "itunes:keywords", []),
        ({"summary": None}, "itunes:summary", []),
        ({"author": None}, "itunes:author", []),
        ({"section": None}, "category", []),
        ({"people": ()}, "podcast:person", []),
    ],
)
def test_a_value_is_said_only_where_there_is_one(change: dict[str, Any], path: str, expected: list[str]) -> None:
    assert texts(item_of(replace(MEDICAL, **change)), path) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.2, "1"), (1.4, "1"), (59.6, "60"), (599.6, "600"), (3_600, "3600"), (90_061.3, "90061")],
)
def test_durations_are_whole_seconds(seconds: float, expected: str) -> None:
    assert texts(item_of(replace(GARDEN, duration=timedelta(seconds=seconds))), "itunes:duration") == [expected]


@pytest.mark.parametrize("image", ["https://e.org/a.jpeg", "https://e.org/a.png?x=1&y=%20", "https://e.org/art/3000"])
def test_artwork_is_kept_whatever_its_address_ends_with(image: str) -> None:
    assert attributes(item_of(replace(GARDEN, image_url=image)), "itunes:image") == [{"href": image}]


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (Person(name="Ada Example"), "Ada Example"),
        (Person(name="Ada Example", credentials="MD"), "Ada Example, MD"),
        (Person(name="é" * 128), "é" * 128),
        (Person(name="é" * 129), "é" * 128),
        (Person(name="é" * 118, credentials="MD, FACP"), "é" * 118 + ", MD, FACP"),
        (Person(name="é" * 119, credentials="MD, FACP"), "é" * 119),
        (Person(name="é" * 129, credentials="MD"), "é" * 128),
    ],
)
def test_a_person_has_at_most_128_characters_and_whole_credentials(person: Person, expected: str) -> None:
    assert texts(item_of(replace(GARDEN, people=(person,))), "podcast:person") == [expected]


def test_a_transcript_without_a_language_claims_none() -> None:
    link = TranscriptLink(url="https://e.org/t.srt?a=1&b=2", media_type="application/x-subrip")
    assert attributes(item_of(replace(GARDEN, transcripts=(link,))), "podcast:transcript") == [
        {"url": "https://e.org/t.srt?a=1&b=2", "type": "application/x-subrip"}
    ]


@pytest.mark.parametrize("description", ["", "HDL < 40 & rising"])
@pytest.mark.parametrize("html", ["", "<p>HDL &lt; 40 &amp; rising ]]></p>"])
def test_plain_text_and_html_never_stand_in_for_each_other(description: str, html: str) -> None:
    found = item_of(replace(GARDEN, description=description, content_html=html))
    assert texts(found, "description") == ([description] if description else [])
    assert texts(found, "content:encoded") == ([html] if html else [])


def test_an_item_is_rendered_without_touching_the_locale_of_the_process() -> None:
    called = set()
    before = sys.getprofile()
    sys.setprofile(lambda frame, event, _: called.add(frame.f_code) if event == "call" else None)
    try:
        render_items([MEDICAL])
    finally:
        sys.setprofile(before)
    assert render_items.__code__ in called
    assert locale.setlocale.__code__ not in called


def installed(*names: str) -> list[str]:
    """Those of the locales that this computer has."""
    before = locale.setlocale(locale.LC_TIME)
    found = []
    for name in names:
        try:
            found.append(locale.setlocale(locale.LC_TIME, name))
        except locale.Error:
            continue
    locale.setlocale(locale.LC_TIME, before)
    return found


@pytest.fixture(params=installed("C", "C.UTF-8", "de_DE.UTF-8", "fr_FR.UTF-8", "ja_JP.UTF-8"))
def time_locale(request: pytest.FixtureRequest) -> Iterator[str]:
    """The process in another locale."""
    before = locale.setlocale(locale.LC_TIME)
    yield locale.setlocale(locale.LC_TIME, request.param)
    locale.setlocale(locale.LC_TIME, before)


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        (datetime(2026, 2, 28, 23, 30, tzinfo=UTC), "Sat, 28 Feb 2026 23:30:00 +0000"),
        (datetime(2024, 2, 29, 0, 0, 1, tzinfo=timezone(timedelta(hours=14))), "Thu, 29 Feb 2024 00:00:01 +1400"),
        (datetime(2026, 5, 3, 6, 7, 8, 999, timezone(timedelta(hours=-3.5))), "Sun, 03 May 2026 06:07:08 -0330"),
        (datetime(1999, 12, 31, 12, 0, tzinfo=timezone(timedelta(hours=1))), "Fri, 31 Dec 1999 12:00:00 +0100"),
    ],
)
def test_dates_have_english_names_and_their_own_offset(time_locale: str, published: datetime, expected: str) -> None:
    assert texts(item_of(replace(GARDEN, published=published)), "pubDate") == [expected]


def is_xml(char: str) -> bool:
    """https://www.w3.org/TR/xml/#charsets."""
    return char in "\t\n\r" or (char >= " " and not "\ud800" <= char <= "\udfff" and char not in "\ufffe\uffff")


_xml = st.text(st.one_of(st.characters().filter(is_xml), st.sampled_from("<>&\"'\r\t\n]\u2028\u0085😀ש")), min_size=1)
_short = _xml.filter(lambda text: len(text) <= 128)


@settings(max_examples=50)
@given(title=_xml, notes=_xml, html=_xml, name=_short, attribute=_xml)
def test_any_text_survives(title: str, notes: str, html: str, name: str, attribute: str) -> None:
    item = replace(
        MEDICAL,
        title=title,
        description=notes,
        content_html=html,
        people=(Person(name=name, role=attribute),),
        season_name=attribute,
    )
    channel = replace(BARE_CHANNEL, title=title, description=notes, people=(Person(name=name),))
    found = channel_of(channel, item)
    assert texts(found, "title") == texts(found, "item/title") == texts(found, "item/itunes:title") == [title]
    assert texts(found, "item/description") == [notes]
    assert [angled(one) for one in texts(found, "description")] == [angled(notes)]
    assert texts(found, "item/content:encoded") == [html]
    assert texts(found, "podcast:person") == texts(found, "item/podcast:person") == [name]
    assert [one["role"] for one in attributes(found, "item/podcast:person")] == [attribute]
    assert attributes(found, "item/podcast:season") == [{"name": attribute}]


def test_hard_text_survives_in_every_place() -> None:
    item = replace(MEDICAL, title=HARD, description=HARD, content_html=HARD, summary=HARD, section=HARD, author=HARD)
    found = item_of(item)
    for path in ("title", "description", "content:encoded", "category", "itunes:author"):
        assert texts(found, path) == [HARD]
    assert [angled(one) for one in texts(found, "itunes:summary")] == [HARD]
