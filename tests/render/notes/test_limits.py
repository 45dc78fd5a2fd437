"""Whatever is said, notes stay within what apps show, and in sound HTML."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podwright.core.model import (
    NOTES_PARTS,
    AbstractSection,
    Chapter,
    Contact,
    Credit,
    Episode,
    Link,
    NotesPart,
    NotesSettings,
    Person,
    Reference,
)
from podwright.render.notes import ContentsEntry, NotesInput, build_notes
from tests.support.notes import MEDICAL, OUTLINE
from tests.support.notes_reader import Reader

PIECES = st.sampled_from(
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "javascript:alert(1)",
        "[a](javascript:alert(1))",
        "[b](https://example.org/?a=1&b=2)",
        "https://example.org/<b>",
        "<a href='https://example.org/'>c",
        "<p><ul><li>",
        "<table><tr><td>",
        "</table>",
        "\n\n| a | b |\n|---|---|\n| c |\n\n",
        "<iframe src='https://example.org/'>",
        "<details><summary>",
        "</details>",
        "<pre>",
        "<sup>2",
        "[^1]",
        "\n\n[^1]: a\n\n",
        "<div><b>",
        "</p></li>",
        "<!-- d",
        "&amp;lt; &#1; &#60;b&#62;",
        "\n\n# e\n\n",
        "\n\n- f\n  1. g\n\n",
        "\n```\n",
        "\u202e\u2066",
        "薬を飲む。",
        "A sentence that is longer. ",
    ]
)
LINES = st.one_of(st.text(max_size=40), PIECES, st.builds(str.__mul__, PIECES, st.integers(1, 400)))
MAYBE = st.none() | LINES
URLS = st.none() | st.sampled_from(["https://example.org/", "javascript:alert(1)", "/a", "", '"'])


def several(of: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, max_size=3).map(tuple)


REFERENCES = st.builds(
    Reference,
    citation=MAYBE,
    title=LINES,
    authors=several(LINES),
    journal=MAYBE,
    doi=MAYBE,
    url=URLS,
    abstract=several(st.builds(AbstractSection, heading=MAYBE, text=LINES)),
)
EPISODES = st.builds(
    Episode,
    outline=st.builds(
        replace, st.just(OUTLINE), section=MAYBE, expires=st.none() | st.just(datetime(2029, 3, 1, tzinfo=UTC))
    ),
    subtitle=MAYBE,
    notes=st.lists(LINES, max_size=6).map(" ".join),
    people=several(st.builds(Person, name=LINES, credentials=MAYBE, position=MAYBE, url=URLS)),
    references=several(REFERENCES),
    objectives=several(LINES),
    objectives_lead=MAYBE,
    credits=several(st.builds(Credit, kind=LINES, amount=st.just(Decimal("0.5")), expires=st.just(date(2029, 1, 1)))),
    disclosures=several(LINES),
    participation=MAYBE,
    commercial_support=MAYBE,
    contact=st.none() | st.builds(Contact, text=MAYBE, name=MAYBE, email=MAYBE, url=URLS),
    links=several(st.builds(Link, title=LINES, url=URLS.map(str))),
)
SOURCES = st.builds(
    NotesInput,
    episode=EPISODES,
    key_points=several(LINES),
    drafted=st.booleans(),
    chapters=st.lists(st.builds(Chapter, start=st.just(timedelta()), title=LINES, url=URLS), max_size=4).map(tuple),
    season_title=MAYBE,
    contents=several(st.builds(ContentsEntry, title=LINES, number=st.none(), url=URLS, current=st.booleans())),
    transcript_url=st.none() | st.sampled_from(["https://example.org/t", "https://example.org/" + 4_000 * "t"]),
)


@settings(max_examples=60)
@given(SOURCES)
def test_any_notes_are_sound_and_within_limits(source: NotesInput) -> None:
    notes = build_notes(source)
    Reader(notes.html)
    assert len(notes.html) <= 4_000
    assert len(notes.text.encode()) <= 4_000
    assert len(notes.summary) <= 255
    assert len(notes.summary.splitlines()) <= 1
    assert notes == build_notes(source)


#: Of the medical episode, by part.
MARKS: dict[NotesPart, str] = {
    "contents": "In the series",
    "links": "Links",
    "abstracts": "Abstract",
    "contact": "Contact",
    "standing": "Current until",
    "objectives": "Learning objectives",
    "references": "References",
    "people": "With",
    "chapters": "Chapters",
    "participation": "How to take part",
    "commercial_support": "Commercial support",
    "disclosures": "Disclosures",
    "credits": "Education credit",
    "key_points": "Key points",
    "transcript": "Full transcript",
}


def long(length: int, **settings: Any) -> NotesInput:
    """The medical episode with written notes of a length."""
    episode = replace(MEDICAL.episode, notes=f"{'word ' * (length // 5)}end.")
    return replace(MEDICAL, episode=episode, settings=NotesSettings(**settings))


def shown(source: NotesInput) -> list[NotesPart]:
    html = build_notes(source).html
    return [part for part, mark in MARKS.items() if f">{mark}" in html or f" {mark}" in html]


def test_what_is_left_out_is_named_and_would_not_fit() -> None:
    seen = set()
    for length in range(0, 4_400, 40):
        source = long(length)
        notes, kept = build_notes(source), shown(source)
        left = {one.part: one.size for one in notes.left_out}
        assert set(left) - {None} == MARKS.keys() - {"transcript", *kept}
        for part, size in left.items():
            assert len(notes.html) + len("\n") + size > 4_000, part
        assert (None in left) is ("end." not in notes.html)
        seen |= left.keys()
    assert seen == {None, *MARKS} - {"transcript"}


def test_the_least_important_parts_go_first() -> None:
    source = long(1_240)
    assert [one.part for one in build_notes(source).left_out] == ["contents"]
    rest = tuple(part for part in NOTES_PARTS if part != "contents")
    moved = build_notes(replace(source, settings=NotesSettings(importance=("contents", *rest))))
    assert "In the series" in moved.html
    assert moved.left_out[0].part in ("links", "abstracts")


def test_a_show_chooses_the_parts_of_its_notes() -> None:
    chosen = long(0, parts=("abstracts", "key_points"))
    assert sorted(shown(chosen)) == ["abstracts", "key_points"]
    assert build_notes(chosen).left_out == ()
    assert build_notes(long(0, parts=())).html == "<p>end.</p>"


@pytest.mark.parametrize(
    ("notes", "ending"),
    [
        ("A sentence. " * 500, 'sentence.</p>\n<p><a href="https://e.org/t">Read on in the full transcript</a></p>'),
        (
            "Paragraph.\n\n" * 500,
            '<p>Paragraph.</p>\n<p><a href="https://e.org/t">Read on in the full transcript</a></p>',
        ),
        ("- item\n" * 500, '<li>item</li></ul>\n<p><a href="https://e.org/t">Read on in the full transcript</a></p>'),
        ("word " * 1000, 'word…</p>\n<p><a href="https://e.org/t">Read on in the full transcript</a></p>'),
        ("x" * 5_000, '<p><a href="https://e.org/t">Read on in the full transcript</a></p>'),
    ],
)
def test_long_notes_are_cut_and_lead_to_the_transcript(notes: str, ending: str) -> None:
    source = replace(MEDICAL, episode=replace(MEDICAL.episode, notes=notes), transcript_url="https://e.org/t")
    html = build_notes(source).html
    assert html.endswith(ending)
    assert len(html) > 3_900 or "x" in notes


def test_long_notes_without_a_transcript_are_cut_alone() -> None:
    episode = replace(MEDICAL.episode, notes="A sentence. " * 500)
    notes = build_notes(replace(MEDICAL, episode=episode, transcript_url=None))
    assert notes.html.endswith("A sentence.</p>")
    assert notes.text.endswith("A sentence.")


def test_text_of_wide_letters_is_cut_without_cutting_the_html() -> None:
    episode = replace(MEDICAL.episode, notes="薬を飲む。" * 300)
    notes = build_notes(replace(MEDICAL, episode=episode))
    assert notes.html.count("薬") == 300
    assert 200 < notes.text.count("薬を飲む。") < 300
    assert notes.text.endswith("Read on in the full transcript (https://cdn.example.org/e/stopping-ppis.html)")


@pytest.mark.parametrize("letter", ["a", "日", "&"])
def test_notes_without_a_single_break_are_cut_and_not_lost(letter: str) -> None:
    episode = replace(MEDICAL.episode, notes=letter * 4_001)
    notes = build_notes(replace(MEDICAL, episode=episode))
    assert notes.text.startswith(letter * 500)
    assert "…" in notes.html
    assert "…" in notes.text
    assert len(notes.html) <= 4_000
    assert len(notes.text.encode()) <= 4_000


@pytest.mark.parametrize("source", [MEDICAL, replace(MEDICAL, contents=())])
def test_what_notes_say_of_the_episode_itself_is_what_they_say_without_the_contents(source: NotesInput) -> None:
    alone = build_notes(replace(source, contents=()))
    assert build_notes(source).own == alone.html + alone.text
