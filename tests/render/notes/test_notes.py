"""Show notes: what they say, in which order, and what they leave out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from podwright.core.model import AbstractSection, Chapter, Contact, Credit, Link, NotesSettings, Person, Reference
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
    assert "<p><em>A</em></p><p>Of A.</p><p><em>B</em></p><p>Of B.</p>" in html


def test_an_abstract_names_all_authors_and_a_citation_stands_as_it_was_written() -> None:
    reference = Reference(
        citation="Lind M, et al. Beans & slugs. Garden J. 2026",
        title="Beans and slugs",
        authors=("Lind M", "Berg J", "Pike J", "Vale R"),
        abstract=(AbstractSection(heading="Aim", text="To count slugs."),),
    )
    source = with_episode(PLAIN, references=(reference,))
    html = build_notes(replace(source, settings=NotesSettings(et_al=3))).html
    assert html == (
        "<p><strong>Abstract</strong></p><p><em>Beans and slugs</em></p><p>Lind M, Berg J, Pike J, Vale R</p>"
        "<p><strong>Aim:</strong> To count slugs.</p>\n"
        "<p><strong>References</strong></p><ul><li>Lind M, et al. Beans &amp; slugs. Garden J. 2026</li></ul>"
    )


def test_title_and_authors_beside_a_citation_stand_above_it() -> None:
    reference = Reference(citation="Lind 2026", title="Beans", authors=("Lind M",))
    html = build_notes(with_episode(PLAIN, references=(reference,))).html
    assert html.endswith("<ul><li><em>Beans</em><br>Lind M<br>Lind 2026</li></ul>")


def test_a_position_stands_between_role_and_institution() -> None:
    mara = Person(
        name="Mara Lind", credentials="MD", role="author", position="Research Editor", affiliation="Bean Trust"
    )
    html = build_notes(with_episode(PLAIN, people=(mara,))).html
    assert html.endswith("<li>Mara Lind, MD (author, Research Editor, Bean Trust)</li></ul>")


def test_objectives_are_numbered_below_the_sentence_that_leads_to_them() -> None:
    source = with_episode(PLAIN, objectives=("Sow.", "Water."), objectives_lead="You will:")
    assert build_notes(source).html.endswith("<p>You will:</p><ol><li>Sow.</li><li>Water.</li></ol>")
    assert build_notes(source).text == "Learning objectives\n\nYou will:\n\n1. Sow.\n2. Water."
    assert build_notes(with_episode(PLAIN, objectives_lead="You will:")).html == ""


def test_a_credit_need_not_say_how_much() -> None:
    html = build_notes(with_episode(PLAIN, credits=(Credit(kind="Bean CPD", expires=date(2029, 3, 1)),))).html
    assert "<li>Bean CPD, expires 1 March 2029</li>" in html


def test_disclosures_and_contact_are_markdown() -> None:
    source = with_episode(
        PLAIN,
        disclosures=("**Mara Lind**\n\n- fees\n  - from *Copper & Co*\n- none else", "Jon Berg: none."),
        contact=Contact(text="Write to the [office](mailto:office@example.org).\n\nOr call."),
        participation="Listen.\n\nThen answer.",
        commercial_support="None of:\n\n1. Copper\n2. Beer",
    )
    notes = build_notes(source)
    assert "Mara Lind\n\n- fees\n  - from Copper & Co\n- none else\n\nJon Berg: none." in notes.text
    assert "Contact\n\nWrite to the office (office@example.org).\n\nOr call." in notes.text
    assert "Listen.\n\nThen answer." in notes.text
    assert "None of:\n\n1. Copper\n2. Beer" in notes.text
    Reader(notes.html)


@pytest.mark.parametrize(
    ("number", "display", "label", "row"),
    [
        (7, None, "Beans, Episode 7", "7. Slugs"),
        (2, "02", "Beans, Episode 02", "02. Slugs"),
        (3, "Ch. 3", "Beans, Ch. 3", "Ch. 3: Slugs"),
        (None, None, "Beans", "Slugs"),
    ],
)
def test_a_number_stands_as_it_is_displayed(number: int | None, display: str | None, label: str, row: str) -> None:
    entry = ContentsEntry(title="Slugs", number=number, display=display, url=None, current=False)
    outline = replace(OUTLINE, number=number, display=display)
    html = build_notes(replace(with_episode(PLAIN, outline=outline), season_title="Beans", contents=(entry,))).html
    assert html.startswith(f"<p>{label}</p>")
    assert f"<li>{row}</li>" in html


def test_a_field_that_came_later_leaves_printed_values_as_they_were() -> None:
    assert repr(Person(name="Mara Lind")) == (
        "Person(name='Mara Lind', credentials=None, role='host', group='cast', affiliation=None, url=None, image=None)"
    )
    assert "position='Editor'" in repr(Person(name="Mara Lind", position="Editor"))
    entry = ContentsEntry(title="Slugs", number=7, url=None, current=False)
    assert repr(entry) == "ContentsEntry(title='Slugs', number=7, url=None, current=False)"
    assert "display='07'" in repr(replace(entry, display="07"))


def test_what_has_expired_is_not_said_to_be_current() -> None:
    ended = replace(MEDICAL, expired=True, ended=1)
    text = build_notes(ended).text
    assert "Current until" not in text
    assert "it expired on 1 March 2029." in text
    assert "ended 1 March 2029" in text
    assert "expires" not in text


def test_a_tier_has_the_name_by_which_listeners_know_it() -> None:
    source = with_episode(PLAIN, outline=replace(OUTLINE, tier="silver-extended"))
    assert build_notes(replace(source, tier_name="Silver extended")).html == "<p>Silver extended</p>"


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
        pytest.param(with_episode(PLAIN, people=(Person(name="A", position=HOSTILE),)), id="position"),
        pytest.param(with_episode(PLAIN, objectives=("A",), objectives_lead=HOSTILE), id="lead"),
        pytest.param(replace(with_episode(PLAIN), tier_name=HOSTILE), id="tier"),
        pytest.param(
            replace(with_episode(PLAIN, outline=replace(OUTLINE, display=HOSTILE)), season_title="A"), id="display"
        ),
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
