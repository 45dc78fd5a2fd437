"""`podwright check`."""

from __future__ import annotations

import re
from pathlib import Path

from podwright.cli.commands import check
from podwright.inspection.rules import Audience
from tests.support.commands import NOW, edit, machine, run


def test_check_is_content_with_the_sample_show(sample: Path) -> None:
    result = run(sample, "check", "--now", NOW)
    assert result.exit_code == 0
    assert re.search(r"\n8 episodes, 3 feeds: no errors, no warnings, \d+ advice\.\n$", result.stdout)
    document = machine(run(sample, "check", "--json", "--now", NOW))
    assert (document["episodes"], document["feeds"], document["errors"], document["warnings"]) == (8, 3, 0, 0)
    assert {problem["level"] for problem in document["problems"]} == {"advice"}


def test_check_names_every_problem_of_every_file(sample: Path) -> None:
    edit(sample / "podwright.toml", "Medicine", "Medcine")
    edit(sample / "feeds/cardiology.toml", "[select]", "[select]\naccces = ['free']")
    edit(sample / "episodes/gardening-between-shifts/episode.md", "published:", "publised:")
    (sample / "episodes/home-monitoring/a-scale-by-the-door/transcript.vtt").write_text(
        "WEBVTT\n\n00:05.000 --> x\nhi\n"
    )
    result = run(sample, "check")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    for wanted in (
        "error: podwright.toml:",
        "error: feeds/cardiology.toml:",
        "episode.md:4: unknown key 'publised'; did you mean 'published'?",
        "transcript.vtt:3:",
    ):
        assert [line for line in lines if wanted in line], wanted
    assert lines[-1].startswith("8 episodes, 0 feeds: ")
    document = machine(run(sample, "check", "--json"))
    assert {problem["path"] for problem in document["problems"]} >= {"podwright.toml", "feeds/cardiology.toml"}
    assert all(problem["level"] == "error" and problem["message"] for problem in document["problems"])
    assert document["errors"] == len(document["problems"])


def test_check_judges_for_one_audience_and_names_its_rules(sample: Path) -> None:
    edit(sample / "episodes/gardening-between-shifts/episode.md", "title: ", "title: '#7 Gardening' #")
    for audience, said in (("APPLE", True), ("spotify", False)):
        result = run(sample, "check", "--now", NOW, "--audience", audience)
        assert result.exit_code == 0
        assert ("leave it out and set number [title-number]" in result.stdout) is said
    both = machine(run(sample, "check", "--now", NOW, "--audience", "Spotify", "--audience", "apple", "--json"))
    assert "title-number" in {problem["rule"] for problem in both["problems"]}


def test_check_prints_its_rules_wherever_it_is_asked(tmp_path: Path) -> None:
    table = run(tmp_path, "check", "--rules").stdout
    assert "| `enclosure-length` | error | " in table
    assert "| `spotify-limit` |" in table
    few = run(tmp_path, "check", "--rules", "--audience", "accessibility").stdout
    assert "| `transcript-speakers` |" in few
    assert "| `spotify-limit` |" not in few
    rules = machine(run(tmp_path, "check", "--rules", "--json"))["rules"]
    assert {rule["level"] for rule in rules} == {"error", "warning", "advice"}
    assert len(rules) == len({rule["rule"] for rule in rules})


def test_the_audiences_of_the_command_line_are_those_of_the_rules() -> None:
    (option,) = [one for one in check.check.params if one.name == "audiences"]
    assert list(option.type.choices) == list(Audience)
