"""Reading a workspace: what is inherited, and what is wrong where."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podwright.core.errors import FormatError, WorkspaceError
from podwright.core.model import (
    NOTES_PARTS,
    AbstractSection,
    Category,
    Chapter,
    Contact,
    Credit,
    Link,
    NotesSettings,
    Overrides,
    Owner,
    Period,
    Person,
    Reference,
    Selection,
    tier_name,
)
from podwright.workspace.front_matter import parse_episode_file
from podwright.workspace.load import load_episode, load_show, load_workspace
from podwright.workspace.scan import scan_workspace
from podwright.workspace.schema import EpisodeFile, validate
from podwright.workspace.schema.fields import Known
from tests.workspace.conftest import EPISODE, PICTURE, SHOW, reported, with_field, write_file

Write = Callable[[str, str | bytes], None]

SEASON = """\
title = "Lipids"
number = 3
section = "Cardiology"
objectives = ["Choose"]
disclosures = ["None"]
image = "artwork/show.png"
contact = {email = "education@example.org"}
people = [{name = "Ada"}]

[[credits]]
kind = "CME"
amount = 0.25
released = 2026-03-02
"""


def test_an_empty_feed_takes_everything_from_the_show(root: Path, write: Write) -> None:
    write("podwright.toml", f'{SHOW}owner = {{name = "O", email = "o@example.org"}}\n[[people]]\nname = "Ada"\n')
    show = load_show(scan_workspace(root), Overrides())
    (feed,) = show.feeds
    assert feed.name == "main"
    for field in ("title", "description", "link", "language", "author", "explicit", "image", "copyright", "people"):
        assert getattr(feed, field) == getattr(show, field)
    assert feed.image == root / "artwork/show.png"
    assert feed.owner == Owner(name="O", email="o@example.org")
    assert feed.categories == (Category(name="Education"),)
    assert feed.select == Selection(tiers=("free",))
    assert (feed.type, feed.locked, feed.complete, feed.block, feed.limit) == ("episodic", True, False, False, None)


def test_a_feed_s_own_values_stand_over_the_show_s(root: Path, write: Write) -> None:
    text = 'title = "Gold"\nexplicit = true\ncategories = ["News > Politics"]\npeople = []\nlimit = 5\n'
    funding = '[[funding]]\ntitle = "Join"\nurl = "https://example.org/join"\n'
    write("feeds/main.toml", f'{text}[select]\naccess = ["gold", "free"]\ntags = ["a"]\n{funding}')
    (feed,) = load_show(scan_workspace(root), Overrides()).feeds
    assert (feed.title, feed.explicit, feed.people, feed.limit) == ("Gold", True, (), 5)
    assert feed.categories == (Category(name="News", sub="Politics"),)
    assert feed.select == Selection(tiers=("gold", "free"), tags=("a",))
    assert feed.tags.funding == (Link(title="Join", url="https://example.org/join"),)


def test_a_tier_may_be_written_as_listeners_know_it(root: Path, write: Write) -> None:
    tiers = 'members = ["gold", "Silver extended"], names = {gold = "Gold & more"}'
    write("podwright.toml", SHOW.replace('members = ["gold"]', tiers) + '\n[early]\n"Silver extended" = "2 days"\n')
    write("feeds/main.toml", '[select]\naccess = ["free", "Silver extended"]\n')
    write("feeds/gold.toml", '[select]\naccess = ["Gold & more"]\n')
    write("episodes/first/episode.md", with_field("access: silver extended\nearly: {Gold & more: 3 days}"))
    show, (episode,), _ = load_workspace(root, Overrides())
    assert show.members == ("gold", "silver-extended")
    assert show.tier_names == (("silver-extended", "Silver extended"), ("gold", "Gold & more"))
    assert [tier_name(tier, show) for tier in ("free", "silver-extended")] == ["free", "Silver extended"]
    gold, main = show.feeds
    assert (gold.select.tiers, main.select.tiers) == (("gold",), ("free", "silver-extended"))
    assert [feed.title.partition(" (")[2] for feed in show.feeds] == ["Gold & more)", "Silver extended)"]
    assert show.early == (("silver-extended", Period(days=2)),)
    assert (episode.outline.tier, episode.outline.early[0][0]) == ("silver-extended", "gold")


def test_a_medical_page_s_fields_arrive(root: Path, write: Write) -> None:
    write(
        "episodes/first/episode.md",
        with_field(
            'number: 2\ndisplay: "02"\nauthors: [{name: Ben, position: "Editor, Trust"}]\nobjectives: [Sow.]\n'
            "objectives_lead: You will\ncredits: [{kind: CPD}]\ncontact: Write to a@example.org.\n"
            "disclosures: |\n  - a\n    - b\nreferences: [{citation: C, title: T, authors: [A, B]}]"
        ),
    )
    _, (episode,), _ = load_workspace(root, Overrides())
    assert (episode.outline.display, episode.people[0].position) == ("02", "Editor, Trust")
    assert (episode.objectives_lead, episode.disclosures) == ("You will", ("- a\n  - b",))
    assert (episode.credits, episode.contact) == ((Credit(kind="CPD"),), Contact(text="Write to a@example.org."))
    assert episode.references == (Reference(citation="C", title="T", authors=("A", "B")),)


def test_a_show_says_what_its_notes_carry(root: Path, write: Write) -> None:
    assert load_show(scan_workspace(root), Overrides()).notes == NotesSettings()
    write("podwright.toml", SHOW + '\n[notes]\nparts = ["links"]\nimportance = ["contents", "links"]\net_al = 6\n')
    notes = load_show(scan_workspace(root), Overrides()).notes
    assert (notes.parts, notes.importance[:3], notes.et_al) == (("links",), ("contents", "links", "key_points"), 6)
    assert sorted(notes.importance) == sorted(NOTES_PARTS)


def test_an_episode_takes_from_its_season_what_it_does_not_give(root: Path, write: Write) -> None:
    write("episodes/lipids/season.toml", SEASON)
    write("episodes/lipids/one/episode.md", EPISODE.replace("guid-1", "one"))
    own = "section: Nephrology\nobjectives: []\ncontact: {name: Us}\nauthors: [{name: Ben}]\ncredits: []\npeople: []"
    write("episodes/lipids/two/episode.md", with_field(own).replace("guid-1", "two"))
    write("episodes/lipids/two/artwork.png", PICTURE)
    _, (_, one, two), _ = load_workspace(root, Overrides())
    assert one.outline.season == two.outline.season == "lipids"
    assert (one.outline.section, two.outline.section) == ("Cardiology", "Nephrology")
    assert (one.objectives, two.objectives) == (("Choose",), ())
    assert (one.disclosures, two.disclosures) == (("None",), ("None",))
    assert (one.contact, two.contact) == (Contact(email="education@example.org"), Contact(name="Us"))
    assert one.credits == (Credit(kind="CME", amount=Decimal("0.25"), released=dt.date(2026, 3, 2)),)
    assert two.credits == ()
    assert one.people == (Person(name="Ada", role="host", group="cast"),)
    assert two.people == (Person(name="Ben", role="author", group="writing"),)
    assert (one.image, two.image) == (root / "artwork/show.png", root / "episodes/lipids/two/artwork.png")


def test_an_episode_without_a_season_takes_from_the_show(root: Path, write: Write) -> None:
    write("podwright.toml", SHOW.replace('author = "', 'explicit = true\nauthor = "'))
    _, (episode,), problems = load_workspace(root, Overrides())
    assert problems == ()
    assert (episode.language, episode.explicit, episode.outline.tier) == ("en-US", True, "free")
    assert episode.outline.published.isoformat() == "2026-03-02T09:00:00-05:00"
    assert (episode.notes, episode.audio, episode.transcript, episode.image) == ("", None, None, None)


def test_every_front_matter_field_arrives(root: Path, write: Write) -> None:
    write(
        "episodes/first/episode.md",
        with_field(
            "expires: 2029-03-01\nnumber: 7\ntype: Trailer\naccess: gold\nsubtitle: S\ntags: [a, 10.10]\n"
            "language: de\nexplicit: true\nkey_points:\n  - >\n    Folded\n    text\n"
            "people:\n  - {name: Ben, credentials: MD, role: Audio Editor, url: https://example.org/ben}\n"
            'chapters:\n  - 00:00 Introduction\n  - {start: "1:00:00.5", title: End, url: https://example.org/e}\n'
            "references:\n  - One text.\n  - title: T\n    authors: [A B]\n    year: 2026\n    volume: 12\n"
            "    doi: https://doi.org/10.1000/182\n    pmid: 123\n    abstract: {Background: B, Results: R}\n"
            "  - citation: C\n    abstract: Whole\nlinks: [{title: L, url: https://example.org/l}]"
        )
        + "\nNotes\n",
    )
    write("episodes/first/talk.mp3", b"")
    _, (episode,), _ = load_workspace(root, Overrides())
    outline = episode.outline
    assert outline.expires is not None
    assert outline.expires.isoformat() == "2029-03-01T23:59:59-05:00"
    assert (outline.number, outline.type, outline.tier, outline.tags) == (7, "trailer", "gold", ("a", "10.10"))
    assert (episode.subtitle, episode.language, episode.explicit, episode.notes) == ("S", "de", True, "Notes")
    assert episode.key_points == ("Folded text",)
    (ben,) = episode.people
    assert ben == Person(
        name="Ben",
        credentials="MD",
        role="audio editor",
        group="audio post-production",
        url="https://example.org/ben",
    )
    assert episode.chapters == (
        Chapter(start=dt.timedelta(), title="Introduction"),
        Chapter(start=dt.timedelta(hours=1, milliseconds=500), title="End", url="https://example.org/e"),
    )
    assert episode.references == (
        Reference(citation="One text."),
        Reference(
            title="T",
            authors=("A B",),
            year=2026,
            volume="12",
            doi="10.1000/182",
            pmid="123",
            abstract=(
                AbstractSection(heading="Background", text="B"),
                AbstractSection(heading="Results", text="R"),
            ),
        ),
        Reference(citation="C", abstract=(AbstractSection(heading=None, text="Whole"),)),
    )
    assert episode.links == (Link(title="L", url="https://example.org/l"),)
    assert episode.audio == root / "episodes/first/talk.mp3"


def test_a_transcript_is_parsed_and_named(root: Path, write: Write) -> None:
    write("episodes/first/transcript.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n")
    _, (episode,), _ = load_workspace(root, Overrides())
    assert episode.transcript is not None
    assert [cue.text for cue in episode.transcript.cues] == ["Hello"]
    assert episode.transcript_file == root / "episodes/first/transcript.vtt"


@pytest.mark.parametrize(
    ("text", "chapter"),
    [
        ("00:01 Soil", (1, None, "Soil")),
        ("00:01 - Soil", (1, None, "Soil")),
        ("00:01 – Soil", (1, None, "Soil")),
        ("00:01 — Soil", (1, None, "Soil")),
        ("00:01 | Soil", (1, None, "Soil")),
        ("00:01. Soil", (1, None, "Soil")),
        ("'00:01 : Soil'", (1, None, "Soil")),
        ("00:01: Soil", (1, None, "Soil")),
        ("00:01-Soil", (1, None, "Soil")),
        ("'[00:01] Soil'", (1, None, "Soil")),
        ("(00:01) - Soil", (1, None, "Soil")),
        ("0:00:01,500 Soil", (1.5, None, "Soil")),
        ("00:01.1234567 Soil", (1.123, None, "Soil")),
        ("00:01 - 00:03 Soil", (1, 3, "Soil")),
        ("00:01–00:03: Soil", (1, 3, "Soil")),
        ("00:01 -40 degrees", (1, None, "-40 degrees")),
        ("00:01 3-2-1", (1, None, "3-2-1")),
    ],
)
def test_a_chapter_is_read_as_people_write_it(
    root: Path, write: Write, text: str, chapter: tuple[float, float | None, str]
) -> None:
    write("episodes/first/episode.md", with_field(f"chapters:\n  - {text}"))
    _, (episode,), _ = load_workspace(root, Overrides())
    (found,) = episode.chapters
    assert (found.start.total_seconds(), found.end and found.end.total_seconds(), found.title) == chapter


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        ("publised: 2026-03-02", "unknown key 'publised'; did you mean 'published'?"),
        ("zzz:", "unknown key 'zzz'; delete it"),
        (
            "authors:\n  - {nam: A}",
            "6: authors.0: unknown key 'nam'; did you mean 'name'?|6: authors.0.name: is missing; add it",
        ),
        ("number: 0", "number: '0' is not a whole number above 0; write one like 12"),
        ("type: ful", "type: 'ful' is not a known value; did you mean 'full'?"),
        ("section: Cardiolgy", "section: 'Cardiolgy' is not one of the show's sections; did you mean 'Cardiology'?"),
        ("access: silver", "access: 'silver' is not an access tier of podwright.toml; write one of free, gold"),
        ("expires: 2026-03-01", "expires: is not after published; correct one of the two"),
        ("expires: soon", "expires: 'soon' is no date and no period; write 2029-03-01, or 3 years, or never"),
        ("expires: 2029-13-01", "expires: '2029-13-01' is not a date; write 2019-10-03 or 2019-10-03T09:00:00-04:00"),
        ("unlist: 2026-03-02 09:00", "unlist: is not after published; correct one of the two"),
        ("withdraw: 2026-03-01", "withdraw: is not after published; correct one of the two"),
        ("unlist: 2027-03-01\nwithdraw: 2027-02-28", "6: withdraw: is before unlist; correct one of the two"),
        ("unlist: 2 years\nwithdraw: P1Y", "6: withdraw: is before unlist; correct one of the two"),
        (
            "unlist: 2028-03-12 02:30",
            "unlist: '2028-03-12 02:30' does not exist in America/New_York, where clocks skip it; write another time",
        ),
        ("withdraw_policy: hide", "withdraw_policy: 'hide' is not a known value; write one of deny, delete"),
        ("tags: one", "tags: is text; write a list, even of one: […]"),
        ("tags:\n  - a\n  -\n  - b", "7: tags.1: is empty; write a text, or delete the line"),
        ("explicit: yes", "explicit: 'yes' is neither true nor false; write one of them, without quotes"),
        ("contact: [Ada]", "contact: is a list; write `name: value` fields"),
        ("contact: {}", "contact: is empty; give a text, a name, an email or a url"),
        (
            "people:\n  - name: A\n    role: hosst",
            "7: people.0.role: 'hosst' is not a role of the podcast taxonomy; did you mean 'host'?",
        ),
        (
            "people:\n  - name: A\n    role: guest\n    group: writing",
            "8: people.0.group: 'writing' has no role 'guest'; write group 'cast'",
        ),
        (
            "chapters:\n  - 00:00 A\n  - 01:00 B\n  - 00:30 C",
            "8: chapters.2.start: does not begin after the chapter before it; put them in order",
        ),
        ("chapters:\n  - Introduction", "6: chapters.0: 'Introduction' is not a chapter; write `00:00 Introduction`"),
        (
            "chapters:\n  - 00:00 A\n  - 00:30: B\n  - 01:00 C: D",
            "8: chapters.2: is a table, not text; a text with a colon in it needs quotes around it, like '01:00 C: …'",
        ),
        ("key_points:\n  - A #1", "6: key_points.0: ends at '#1', which YAML takes for a comment; put quotes *"),
        ("number: #1", "number: ends at '#1', which YAML takes for a comment; *"),
        ("date: 2026-03-02", "unknown key 'date'; write published"),
        ("hub: x", "unknown key 'hub'; it belongs in feeds/*"),
        ("provider: x", "unknown key 'provider'; it belongs in credits"),
        (
            "authors:\n  - name: A\n    guests: B",
            "7: authors.0: unknown key 'guests'; write one of name, credentials, *",
        ),
        (
            "chapters:\n  - 00:99 A",
            "6: chapters.0.start: '00:99' is not a time; write 01:30, or 01:02:30.500 with hours",
        ),
        ("references:\n  - {journal: J}", "6: references.0: needs a title or a citation; write one of the two"),
        (
            "people:\n  - name: A\n    role: Chief of Slugs",
            "7: people.0.role: 'Chief of Slugs' is not a role of the podcast taxonomy; write what they *",
        ),
        (
            "references:\n  - title: T\n    abstract:\n      Results: [1]",
            "8: references.0.abstract.Results: is a list, not text; write one text",
        ),
        (
            "credits:\n  - {kind: K, amount: 1, released: 2026-03-02, expires: 2026-03-01}",
            "6: credits.0.expires: is before released; correct one of the two",
        ),
        ('subtitle: "a\\nb"', "subtitle: has several lines; write it in one"),
        ('subtitle: "\\u0007"', "subtitle: holds the control character U+0007; delete it"),
        ("links:\n  - title: L\n    url: https://u:p@example.org", "7: links.0.url: holds a user name or password; *"),
    ],
)
def test_a_wrong_field_of_an_episode_is_named_with_its_line(root: Path, write: Write, field: str, problem: str) -> None:
    write("episodes/first/episode.md", with_field(field))
    expected = [one if one[0].isdigit() else f"5: {one}" for one in problem.split("|")]
    found = [one.removeprefix("episodes/first/episode.md:") for one in reported(root)]
    assert len(found) == len(expected)
    for one, wanted in zip(found, expected, strict=True):
        assert one == wanted if "*" not in wanted else one.startswith(wanted.partition("*")[0])


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("episodes/first/episode.md", b"---\ntitle: \xff\n---\n", ":2: is not UTF-8 at byte 12; save it as UTF-8"),
        ("episodes/first/episode.md", b"---\ntitle: x\x00\n---\n", ":2: holds the control character U+0000; delete it"),
        ("episodes/first/episode.md", "---\ntitle: T\n---\n", ":1: guid: is missing; add it"),
        ("episodes/first/transcript.docx", b"", ": is of no known format; convert it to one of .vtt .srt .json *"),
        ("episodes/first/artwork.png", b"GIF89a", ": is not a whole JPEG or PNG; save it again"),
        ("episodes/first/artwork.webp", b"", ": is not named .jpg or .png; convert it to one of these"),
        ("podwright.toml", SHOW.replace("language", "langage"), ":4: unknown key 'langage'; did you mean 'language'?"),
        ("podwright.toml", SHOW.replace("America/", ""), ":6: timezone: 'New_York' is not a time zone; *"),
        ("podwright.toml", SHOW.replace("artwork/show.png", "../../etc/passwd"), ":7: image: leads out of the *"),
        ("podwright.toml", SHOW.replace("artwork/show.png", "/etc/passwd"), ":7: image: leads out of the workspace; *"),
        ("podwright.toml", SHOW.replace("show.png", "gone.png"), ":7: image: 'artwork/gone.png' is not there; *"),
        (
            "podwright.toml",
            SHOW.replace('"Education"', '"Educatoin"'),
            ":8: categories.0: 'Educatoin' is not an Apple *",
        ),
        ("podwright.toml", SHOW.replace('["gold"]', '["free"]'), ":10: access.members.0: 'free' is named twice; *"),
        (
            "podwright.toml",
            SHOW.replace('["gold"]', '["金"]'),
            ":10: access.members.0: '金' is not a valid name; *",
        ),
        ("podwright.toml", SHOW.replace("storage =", "audio ="), ":1: storage: is missing; add it"),
        (
            "podwright.toml",
            SHOW.replace("{public_url", '{url = "file:feeds", public_url'),
            ":11: storage.url: 'feeds' is *",
        ),
        (
            "podwright.toml",
            SHOW.replace("{public_url", '{region = "x", public_url'),
            ":11: storage.region: is of use *",
        ),
        ("podwright.toml", SHOW.replace("title =", "title ="[::-1]), ":1: is not TOML (*"),
        (
            "podwright.toml",
            SHOW.replace('image = "artwork/show.png"', ""),
            "feeds/main.toml:1: image: is missing here *",
        ),
        (
            "podwright.toml",
            SHOW.replace('categories = ["Education"]', ""),
            "feeds/main.toml:1: categories: is missing *",
        ),
        (
            "feeds/main.toml",
            "\n[select]\nseasons = [\n 'x']",
            ":4: select.seasons.0: 'x' is not a season, a folder in *",
        ),
        ("feeds/main.toml", '[select]\nsections = ["X"]', ":2: select.sections.0: 'X' is not one of the show's *"),
        ("feeds/main.toml", "[select]\naccess = []", ":2: select.access: names no tier; write one of free, gold"),
        ("feeds/main.toml", "[[funding]]\ntitle = 'x'", ":1: funding.0.url: is missing; add it"),
        ("feeds/main.toml", "guid = 'x'", ":1: guid: 'x' is not a UUID; *"),
        ("episodes/lipids/season.toml", "number = 1", ":1: title: is missing; add it"),
        ("episodes/lipids/season.toml", "title = 2026-01-01", ':1: title: is a date, not text; put it in quotes: "…"'),
    ],
)
def test_a_wrong_file_is_named(root: Path, write: Write, name: str, content: str | bytes, problem: str) -> None:
    write(name, content)
    begin, _, _ = (problem if problem.startswith("feeds") else name + problem).partition("*")
    assert [one for one in reported(root) if one.startswith(begin)], reported(root)


def test_two_feeds_with_one_guid_are_a_problem(root: Path, write: Write) -> None:
    for name in ("main", "other"):
        write(f"feeds/{name}.toml", 'guid = "9b024349-ccf0-5f69-a609-6b82873eab3c"')
    (problem,) = reported(root)
    assert problem.startswith("feeds/other.toml:1: guid: '9b024349-ccf0-5f69-a609-6b82873eab3c' is already the guid of")


def test_a_show_needs_a_feed(root: Path) -> None:
    (root / "feeds/main.toml").unlink()
    assert reported(root) == ["feeds: holds no feed; add a file feeds/<name>.toml, which may be empty"]


def test_a_show_of_members_only_wants_a_tier_for_each_episode(root: Path, write: Write) -> None:
    write("podwright.toml", SHOW.replace('public = ["free"]', "public = []"))
    write("feeds/main.toml", '[select]\naccess = ["gold"]')
    assert reported(root) == [
        "episodes/first/episode.md:1: access: is missing, and no tier is public; write one of gold"
    ]


def test_all_problems_of_all_files_come_at_once(root: Path, write: Write) -> None:
    write("podwright.toml", SHOW.replace("en-US", "en_US"))
    write("feeds/main.toml", "limit = 0")
    write("episodes/Bad/episode.md", EPISODE)
    write("episodes/first/episode.md", with_field("number: x\ncolour: red"))
    write("episodes/first/transcript.srt", b"\xff")
    write("episodes/first/artwork.png", b"")
    assert [one.partition(" ")[0] for one in reported(root)] == [
        "episodes/Bad:",
        "episodes/first/artwork.png:",
        "episodes/first/episode.md:5:",
        "episodes/first/episode.md:6:",
        "episodes/first/transcript.srt:1:",
        "feeds/main.toml:1:",
        "podwright.toml:4:",
    ]


def test_one_episode_s_problems_are_its_own(root: Path, write: Write) -> None:
    scan = scan_workspace(root)
    show = load_show(scan, Overrides())
    write("episodes/first/episode.md", with_field("number: x"))
    with pytest.raises(WorkspaceError, match=r"episode\.md:5: number"):
        load_episode(scan.episodes[0], show)


@pytest.mark.parametrize("name", ["podwright.toml", "episodes/first/episode.md", "episodes/first/transcript.txt"])
def test_a_huge_file_is_refused_at_once(root: Path, name: str) -> None:
    with (root / name).open("ab") as file:
        file.truncate(100 << 20)
    assert any(one.startswith(f"{name}: is larger than ") for one in reported(root))


TEXT_FIELDS = {
    "title": "{}",
    "subtitle": "{}",
    "guid": "{}",
    "tags": "[{}]",
    "key_points": "[{}]",
    "disclosures": "[{}]",
    "authors": "[{{name: {}}}]",
    "references": "[{{title: {}}}]",
}
BASE = {"title": "T", "guid": "g", "published": "2026-03-02"}


def only_text(value: Any) -> Any:
    """The text inside lists and tables of one."""
    while not isinstance(value, str):
        value = value[0] if isinstance(value, tuple) else getattr(value, "name", None) or value.title
    return value


@settings(max_examples=60)
@given(st.sampled_from(sorted(TEXT_FIELDS)), st.text(max_size=20))
def test_any_text_in_a_field_arrives_as_it_was_or_is_a_problem(field: str, text: str) -> None:
    written = {**BASE, field: TEXT_FIELDS[field].format(json.dumps(text))}
    front = "".join(f"{name}: {value}\n" for name, value in written.items())
    try:
        document = parse_episode_file(f"---\n{front}---\n", name="x")
    except FormatError:
        return
    values, problems = validate(EpisodeFile, document, known=Known())
    if values is None:
        assert [(one.field or "").partition(".")[0] for one in problems] == [field]
    else:
        assert only_text(getattr(values, field)) == text.strip()


@settings(max_examples=60)
@given(
    st.sampled_from(list(EpisodeFile.model_fields)),
    st.recursive(
        st.none() | st.text(max_size=8) | st.from_regex(r"\A[0-9: T-]{1,16}\Z"),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(st.sampled_from(["name", "title", "start", "url", "kind", "x\n"]), inner, max_size=3)
        ),
        max_leaves=5,
    ),
)
def test_any_value_in_a_field_loads_or_is_a_problem_in_one_printable_line(field: str, value: Any) -> None:
    front = json.dumps({**BASE, field: value})
    try:
        document = parse_episode_file(f"---\n{front}\n---\n", name="x")
    except FormatError:
        return
    _, problems = validate(EpisodeFile, document, known=Known(tiers=("free",)))
    for problem in problems:
        assert str(problem).isprintable()
        assert "; " in problem.message


@settings(max_examples=60)
@given(st.binary(max_size=60))
def test_any_bytes_are_an_episode_or_its_problems(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    root = tmp_path_factory.mktemp("any")
    write_file(root, "podwright.toml", data)
    write_file(root, "feeds/a.toml", data)
    write_file(root, "episodes/a/episode.md", b"---\n" + data + b"\n---\n")
    assert reported(root)
