"""The page of one episode, saved as HTML or copied as text, becomes the episode with all that a medical series says."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from podwright.cli import main
from podwright.core.errors import FormatError, WorkspaceError
from podwright.core.model import Overrides
from podwright.workspace.importing.readers import READERS
from podwright.workspace.importing.readers.page import READER, part_called
from podwright.workspace.importing.types import FoundEpisode, FoundShow, Remote
from podwright.workspace.load import load_workspace

HTML = """\
<!DOCTYPE html><html lang="en"><head><title>Home readings - Harbour</title>
<meta property="og:site_name" content="Harbour Quick Takes">
<link rel="canonical" href="https://harbour.example.org/takes/12"></head><body>
<nav><a href="/">Home</a> <a href="/gold">Join</a></nav>
<main>
<p class="kicker">Cardiology | <span>Gold</span></p>
<h1>Quick Take 12: A log by the kettle</h1>
<p>Published: February 2, 2026</p><p>Expires: February 1, 2029</p>
<p>Ines Calder, PhD, RN, Professor of Nursing, Lantern Street Clinic</p>
<p>Jonah Pike, RN</p>
<p>A week of readings in <a href="https://example.org/why">two minutes</a>.</p>
<h2>Key Points</h2><ul><li>Rest for five minutes.</li><li>Write down <em>every</em> number.</li></ul>
<h2>Downloads</h2><p><a href="/audio/12.mp3">Download MP3</a></p>
<h2>Full Text Version</h2><p>Maren: One number tells us about the hurry.</p><p>Tobias: So we sit down first.</p>
<h2>Abstract</h2><p><strong>Background</strong></p><p>Logs have gaps.</p><p>Methods: We asked 240 adults.</p>
<h2>Reference</h2><p>Calder I, Pike J. A paper log. <i>J Sample Med</i>. 2026;12:11-18.
<a href="https://doi.org/10.5555/podwright.2026.001">doi</a> PMID: 99990001</p>
<h2>Table of Contents</h2><ol><li><a href="/1">Start here</a></li><li><a href="/12">A log by the kettle</a></li></ol>
<h2>Learning Objectives</h2><p>After this activity, participants should be able to:</p>
<ol><li>Prepare a reading.</li><li>Read a log.</li></ol>
<h2>Release Date</h2><p>February 2, 2026</p><h2>Expiration Date</h2><p>2 February 2027</p>
<h2>Financial Disclosures</h2><p>Ines Calder has disclosed no relationships.</p><p>Jonah Pike holds a patent.</p>
<h2>Contact</h2><p>Write to <a href="mailto:cme@example.org">cme@example.org</a>.</p>
<h2>Sponsors of the hall</h2><p>The Harbour Society.</p>
</main><footer>© Harbour</footer></body></html>
"""
TEXT = """\
Cardiology · Gold

Quick Take 12: A log by the kettle

Published: February 2, 2026
Expires: February 1, 2029
By Ines Calder, PhD, RN, Professor of Nursing, Lantern Street Clinic
Jonah Pike, RN

A week of readings in two minutes.

Key Points
• Rest for five minutes.
• Write down every number.

Full Text Version
Maren: One number tells us about the hurry.
Tobias: So we sit down first.

Abstract
Background: Logs have gaps.
Methods: We asked 240 adults.

Reference
Calder I, Pike J. A paper log. J Sample Med. 2026;12:11-18. doi:10.5555/podwright.2026.001 PMID: 99990001

Learning Objectives
After this activity, participants should be able to:
1. Prepare a reading.
2. Read a log.

Release Date: February 2, 2026
Expiration Date: 2 February 2027

Financial Disclosures
Ines Calder has disclosed no relationships.
Jonah Pike holds a patent.

Contact
Write to cme@example.org.
"""


def read(tmp_path: Path, text: str) -> tuple[FoundShow, FoundEpisode]:
    path = tmp_path / "page"
    path.write_text(text)
    READER.check(path)
    show, episode = READER.read(path)
    assert isinstance(show, FoundShow)
    assert isinstance(episode, FoundEpisode)
    return show, episode


@pytest.mark.parametrize("text", [HTML, TEXT], ids=["HTML", "text"])
def test_headings_become_the_fields_of_an_episode(tmp_path: Path, text: str) -> None:
    _, found = read(tmp_path, text)
    fields = found.fields
    assert (fields["section"], fields["access"], fields["number"]) == ("Cardiology", "gold", 12)
    assert fields["title"] == "A log by the kettle"
    assert (fields["published"], fields["expires"]) == ("2026-02-02", "2029-02-01")
    assert fields["authors"] == [
        {
            "name": "Ines Calder",
            "credentials": "PhD, RN",
            "position": "Professor of Nursing, Lantern Street Clinic",
        },
        {"name": "Jonah Pike", "credentials": "RN"},
    ]
    assert fields["key_points"] == ["Rest for five minutes.", "Write down every number."]
    assert found.transcript == "Maren: One number tells us about the hurry.\n\nTobias: So we sit down first."
    (reference,) = fields["references"]
    assert reference["abstract"] == {"Background": "Logs have gaps.", "Methods": "We asked 240 adults."}
    assert (reference["doi"], reference["pmid"]) == ("10.5555/podwright.2026.001", "99990001")
    assert reference["citation"].startswith("Calder I, Pike J. A paper log. J Sample Med. 2026;12:11-18.")
    assert fields["objectives_lead"] == "After this activity, participants should be able to:"
    assert fields["objectives"] == ["Prepare a reading.", "Read a log."]
    assert fields["credits"] == [{"kind": "Education credit", "released": "2026-02-02", "expires": "2027-02-02"}]
    assert fields["disclosures"] == ["Ines Calder has disclosed no relationships.", "Jonah Pike holds a patent."]
    assert "cme@example.org" in fields["contact"]
    assert "A week of readings in" in found.notes


def test_what_only_a_page_has_is_read_too(tmp_path: Path) -> None:
    show, found = read(tmp_path, HTML)
    assert show.show["title"] == "Harbour Quick Takes"
    assert found.audio == Remote(url="https://harbour.example.org/audio/12.mp3")
    assert '<a href="https://example.org/why">two minutes</a>' in found.notes
    # What nobody knows is kept and listed.
    assert found.kept == ("Sponsors of the hall",)
    assert "<p><strong>Sponsors of the hall</strong></p>\n<p>The Harbour Society.</p>" in found.notes


@pytest.mark.parametrize(
    ("heading", "part"),
    [
        ("KEY TAKEAWAYS:", "key_points"),
        ("Das Wichtigste", "key_points"),
        ("Points clés", "key_points"),
        ("Financial Disclosure", "disclosures"),
        ("Original Release Date", "released"),
        ("Expiration of credit", "credit_expires"),
        ("Abstract of the paper", "abstract"),
        ("The weather", None),
    ],
)
def test_headings_are_known_by_what_pages_call_them(heading: str, part: str | None) -> None:
    assert part_called(heading) == part


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("March 4th, 2026", "2026-03-04"),
        ("4 March 2026", "2026-03-04"),
        ("2026-03-04", "2026-03-04"),
        ("04/04/2026", "2026-04-04"),
        ("03/04/2026", None),
        ("soon", None),
    ],
)
def test_a_date_is_taken_where_it_can_be_one_day_alone(tmp_path: Path, written: str, day: str | None) -> None:
    _, found = read(tmp_path, f"A title\n\nPublished: {written}\n\nContact: us\n\nText.\n")
    assert found.fields.get("published") == day


def test_what_stands_under_no_known_heading_stays_in_the_notes(tmp_path: Path) -> None:
    text = "Beans\n\nA text about beans.\n- one\n- two\n\nKey points\n- Sow late.\n\nContact\nAsk us.\n"
    _, found = read(tmp_path, text)
    fields = {name: value for name, value in found.fields.items() if name != "guid"}
    assert fields == {"title": "Beans", "key_points": ["Sow late."], "contact": "Ask us."}
    assert found.notes == "<p>A text about beans.</p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>"


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE html><html><body></body></html>",
        "<!DOCTYPE html><html><body><h1>Sign in</h1><p>Your password</p></body></html>",
        "Beans\n\nA text about beans.\n",
    ],
)
def test_a_page_that_says_nothing_of_an_episode_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "page"
    path.write_text(text)
    with pytest.raises(FormatError, match="a page without the headings of an episode"):
        READER.check(path)


@pytest.mark.parametrize("head", [b"<?xml version='1.0'?><rss>", b"<rss>", b'{"a": 1}', b"ID3\0\0", b"\x1f\x8b\0"])
def test_what_is_no_page_is_left_to_others(head: bytes) -> None:
    assert not READER.recognises(head)
    assert [one.name for one in READERS if one.recognises(HTML.encode())] == ["the page of an episode"]


def test_a_page_becomes_an_episode_of_the_workspace_that_is_there(tmp_path: Path, sample: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text(TEXT)
    before = {path: path.read_bytes() for path in sample.rglob("*.toml")}
    done = CliRunner().invoke(main, ["import", str(page), str(sample)])
    assert done.exit_code == 0, done.output
    assert {path: path.read_bytes() for path in sample.rglob("*.toml")} == before
    show, episodes, _ = load_workspace(sample, Overrides())
    (episode,) = [one for one in episodes if one.outline.slug == "a-log-by-the-kettle"]
    assert (episode.outline.tier, episode.outline.section, episode.outline.number) == ("gold", "Cardiology", 12)
    assert episode.transcript is not None
    assert [cue.speaker for cue in episode.transcript.cues] == ["Maren", "Tobias"]
    assert show.title != "A show"
    again = CliRunner().invoke(main, ["import", str(page), str(sample)])
    assert again.stdout.startswith("nothing is new")


def test_a_page_alone_begins_a_workspace_that_can_be_read(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(HTML.replace("/audio/12.mp3", "/audio/12"))
    done = CliRunner().invoke(main, ["import", str(page), str(tmp_path / "show")])
    assert done.exit_code == 0, done.output
    assert "Sponsors of the hall: is no heading that is known; it stays in the notes" in done.stdout
    settings = tomllib.loads((tmp_path / "show" / "podwright.toml").read_text())
    assert (settings["title"], settings["access"]["members"]) == ("Harbour Quick Takes", ["gold"])
    with pytest.raises(WorkspaceError) as refused:
        load_workspace(tmp_path / "show", Overrides())
    # No page says these.
    assert {one.field for one in refused.value.problems} == {"categories", "image"}
