"""Show notes: what they say, in which order, and what they leave out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from podwright.core.model import AbstractSection, Chapter, Contact, Credit, Link, Person, Reference
from podwright.render.notes import ContentsEntry, NotesInput, build_notes
from podwright.render.plain import shown_by_all
from tests.support.notes import GARDENING, MEDICAL, OUTLINE, PLAIN
from tests.support.notes_reader import Reader
from tests.support.paths import DATA

NOTES = DATA / "notes"
HOSTILE = """<script>alert("1")</script> <img src=x onerror='alert(2)'> javascript:alert(3) &lt; \u202eabc"""


def with_episode(source: NotesInput, **changes: Any) -> NotesInput:
    return replace(source, episode=replace(source.episode, **changes))


@pytest.mark.parametrize(("name", "source"), [("medical", MEDICAL), ("gardening", GARDENING)])
def test_notes_are_as_reviewed(name: str, source: NotesInput) -> None:
    notes = build_notes(source)
    assert notes.html == (NOTES / f"{name}.html").read_text(encoding="utf-8").removesuffix("\n")
    assert notes.text == (NOTES / f"{name}.txt").read_text(encoding="utf-8").removesuffix("\n")
    Reader(notes.html)


def test_an_episode_of_which_nothing_is_known_has_no_notes() -> None:
    notes = build_notes(PLAIN)
    assert (notes.html, notes.text, notes.summary) == ("", "", "")


def test_what_an_episode_lacks_leaves_no_heading() -> None:
    notes = build_notes(with_episode(PLAIN, notes="Only this."))
    assert (notes.html, notes.text) == ("<p>Only this.</p>", "Only this.")


def test_blank_rows_leave_no_heading() -> None:
    blank = with_episode(PLAIN, objectives=(" ",), disclosures=("",))
    assert build_notes(replace(blank, key_points=("\n",))).html == ""


def test_a_subtitle_stands_where_no_notes_are() -> None:
    notes = build_notes(with_episode(PLAIN, subtitle="Slugs & snails"))
    assert (notes.html, notes.text, notes.summary) == ("<p>Slugs &amp; snails</p>", "Slugs & snails", "Slugs & snails")


@pytest.mark.parametrize(
    ("starts", "shown"),
    [((0, 60), False), ((0, 60, 120), True), ((5, 60, 120), False), ((0.4, 60, 120), True), ((), False)],
)
def test_chapters_are_listed_where_apps_make_chapters_of_them(starts: tuple[float, ...], shown: bool) -> None:
    chapters = tuple(Chapter(start=timedelta(seconds=start), title="Beer") for start in starts)
    assert ("Chapters" in build_notes(replace(PLAIN, chapters=chapters)).html) is shown


def test_hidden_chapters_are_not_listed_and_do_not_count() -> None:
    def html(*hidden: bool) -> str:
        chapters = (Chapter(start=timedelta(minutes=n), title=f"Part {n}", hidden=h) for n, h in enumerate(hidden))
        return build_notes(replace(PLAIN, chapters=tuple(chapters))).html

    shown = "<p>00:00:00 Part 0<br>00:02:00 Part 2<br>00:03:00 Part 3</p>"
    assert html(False, True, False, False).endswith(shown)
    assert html(False, True, False) == ""
    assert html(True, False, False, False) == ""


def test_the_people_of_a_chapter_stand_in_brackets() -> None:
    chapters = (
        Chapter(start=timedelta(), title="Start"),
        Chapter(start=timedelta(minutes=1), title="Talk", url="https://e.org/", people=("Ada <A>", "Ben & Co")),
        Chapter(start=timedelta(minutes=2), title="End", people=("Ada",)),
    )
    notes = build_notes(replace(PLAIN, chapters=chapters))
    assert notes.html.endswith(
        '<p>00:00:00 Start<br>00:01:00 <a href="https://e.org/">Talk</a> (Ada &lt;A&gt;, Ben &amp; Co)'
        "<br>00:02:00 End (Ada)</p>"
    )
    assert "00:01:00 Talk (https://e.org/) (Ada ‹A›, Ben & Co)" in notes.text
    Reader(notes.html)


@pytest.mark.parametrize(
    ("section", "tier", "line"),
    [
        ("Cardiology", "free", "<p>Cardiology · Free</p>"),
        (None, "free", ""),
        ("Cardiology", "gold", "<p>Cardiology · Gold</p>"),
    ],
)
def test_section_and_tier_are_one_line(section: str | None, tier: str, line: str) -> None:
    source = with_episode(PLAIN, outline=replace(OUTLINE, section=section, tier=tier))
    assert build_notes(source).html == line


def test_a_person_of_several_parts_is_named_once_with_all_that_is_known() -> None:
    people = (
        Person(name="Ada"),
        Person(name="Ben"),
        Person(name="Ada", role="guest", credentials="MD", url="https://a.org/"),
    )
    html = build_notes(with_episode(PLAIN, people=people)).html
    assert html.endswith('<ul><li><a href="https://a.org/">Ada, MD</a> (host, guest)</li><li>Ben (host)</li></ul>')


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        (Contact(name="Office"), "<p>Office</p>"),
        (Contact(email="a@b.org"), '<p><a href="mailto:a@b.org">a@b.org</a></p>'),
        (Contact(url="https://b.org/"), '<p><a href="https://b.org/">https://b.org/</a></p>'),
        (Contact(email="a?cc=c@b.org"), '<p><a href="mailto:a%3Fcc%3Dc@b.org">a?cc=c@b.org</a></p>'),
    ],
)
def test_contacts_are_live(contact: Contact, shown: str) -> None:
    assert build_notes(with_episode(PLAIN, contact=contact)).html == f"<p><strong>Contact</strong></p>{shown}"


def test_an_amount_of_credit_is_a_plain_number() -> None:
    html = build_notes(with_episode(PLAIN, credits=(Credit(kind="points", amount=Decimal("1E+1")),))).html
    assert "<li>10 points</li>" in html


def test_several_abstracts_say_what_they_are_of() -> None:
    references = tuple(
        Reference(title=title, abstract=(AbstractSection(heading=None, text=f"Of {title}."),)) for title in ("A", "B")
    )
    html = build_notes(with_episode(PLAIN, references=references)).html
    assert html.endswith("<p><em>A</em></p><p>Of A.</p><p><em>B</em></p><p>Of B.</p>")


@pytest.mark.parametrize(("language", "heading"), [("en-GB", "Links"), ("xx", "Links"), ("EN", "Links")])
def test_a_language_without_words_of_its_own_uses_english(language: str, heading: str) -> None:
    source = with_episode(PLAIN, links=(Link(title="T", url="https://e.org/"),), language=language)
    assert f"<strong>{heading}</strong>" in build_notes(source).html


@pytest.mark.parametrize(
    ("notes", "key_points", "summary"),
    [
        ("## Slugs\n\nDr. Ada met [them](https://e.org). And lost.", (), "Dr. Ada met them."),
        ("", ("One point. Two.",), "One point."),
        ("word " * 100, (), "word " * 50 + "word…"),
        ("x" * 300, (), "x" * 254 + "…"),
        ("First line\nsecond line", (), "First line second line"),
    ],
)
def test_a_summary_is_the_first_sentence(notes: str, key_points: tuple[str, ...], summary: str) -> None:
    found = build_notes(replace(with_episode(PLAIN, notes=notes), key_points=key_points)).summary
    assert found == summary
    assert len(found) <= 255


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(replace(PLAIN, key_points=(HOSTILE,)), id="key point"),
        pytest.param(replace(PLAIN, chapters=(Chapter(start=timedelta(), title=HOSTILE),) * 3), id="chapter"),
        pytest.param(
            replace(PLAIN, contents=(ContentsEntry(title=HOSTILE, number=1, url=HOSTILE, current=False),)),
            id="contents",
        ),
        pytest.param(
            replace(
                PLAIN, season_title=HOSTILE, contents=(ContentsEntry(title="A", number=1, url=None, current=True),)
            ),
            id="season",
        ),
        pytest.param(with_episode(PLAIN, subtitle=HOSTILE), id="subtitle"),
        pytest.param(with_episode(PLAIN, people=(Person(name=HOSTILE, url=HOSTILE),)), id="name"),
        pytest.param(with_episode(PLAIN, people=(Person(name="A", affiliation=HOSTILE),)), id="affiliation"),
        pytest.param(with_episode(PLAIN, objectives=(HOSTILE,)), id="objective"),
        pytest.param(with_episode(PLAIN, disclosures=(HOSTILE,)), id="disclosure"),
        pytest.param(with_episode(PLAIN, participation=HOSTILE), id="participation"),
        pytest.param(with_episode(PLAIN, commercial_support=HOSTILE), id="support"),
        pytest.param(with_episode(PLAIN, credits=(Credit(kind=HOSTILE, amount=Decimal(1), url=HOSTILE),)), id="credit"),
        pytest.param(with_episode(PLAIN, references=(Reference(citation=HOSTILE),)), id="citation"),
        pytest.param(with_episode(PLAIN, references=(Reference(title="A", doi=HOSTILE),)), id="doi"),
        pytest.param(
            with_episode(
                PLAIN, references=(Reference(title="A", abstract=(AbstractSection(heading=HOSTILE, text="B"),)),)
            ),
            id="abstract",
        ),
        pytest.param(with_episode(PLAIN, contact=Contact(name=HOSTILE, url=HOSTILE)), id="contact"),
        pytest.param(with_episode(PLAIN, contact=Contact(email=HOSTILE)), id="email"),
        pytest.param(with_episode(PLAIN, links=(Link(title=HOSTILE, url=HOSTILE),)), id="link"),
        pytest.param(with_episode(PLAIN, outline=replace(OUTLINE, section=HOSTILE)), id="section"),
    ],
)
def test_markup_in_a_field_is_text(source: NotesInput) -> None:
    notes = build_notes(source)
    assert HOSTILE in Reader(notes.html).shown
    assert shown_by_all(HOSTILE) in notes.text


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "de-AT",
            ("Kapitel", "Fortbildungspunkte", "Lernziele", "gültig bis 1. März 2029", "Vollständiges Transkript"),
        ),
        ("es", ("Capítulos", "Crédito formativo", "caduca el 1 de marzo de 2029", "Transcripción completa")),
        ("fr-CA", ("Chapitres", "Crédit de formation", "expire le 1 mars 2029", "Transcription intégrale")),
        ("it", ("Capitoli", "Crediti formativi", "scadenza: 1 marzo 2029", "Trascrizione completa")),
        ("ja", ("チャプター", "生涯教育単位", "有効期限：2029年3月1日", "文字起こし全文")),
        ("nl-BE", ("Hoofdstukken", "Accreditatiepunten", "geldig tot 1 maart 2029", "Volledig transcript")),
        (
            "pt-BR",
            ("Capítulos", "Crédito de educação continuada", "válido até 1 de março de 2029", "Transcrição completa"),
        ),
        ("sv", ("Chapters", "Education credit", "expires 1 March 2029", "Full transcript")),
    ],
)
def test_notes_speak_the_language_of_the_episode(language: str, lines: tuple[str, ...]) -> None:
    text = build_notes(replace(MEDICAL, episode=replace(MEDICAL.episode, language=language))).text
    assert [line for line in lines if line not in text] == []
