"""`podwright plan`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.commands import NOW, edit, machine, run


def test_plan_shows_and_writes_nothing(sample: Path) -> None:
    result = run(sample, "plan", "--now", NOW)
    assert result.exit_code == 0
    assert "create   episodes/mind-the-rug/mind-the-rug.mp3" in result.stdout
    assert "+ Falls: mind the rug: new episode" in result.stdout
    assert not (sample / "public").exists()
    document = machine(run(sample, "plan", "--now", NOW, "--json"))
    assert {step["kind"] for step in document["steps"]} == {"create"}
    assert document["consequences"] == []


def test_a_changed_subtitle_is_told(sample: Path) -> None:
    path = sample / "episodes/gardening-between-shifts/episode.md"
    edit(path, "title:", "subtitle: On beans\ntitle:")
    run(sample, "publish", "--now", NOW)
    edit(path, "On beans", "On peas")
    assert "~ Gardening between shifts: audio tags changed, summary changed" in run(sample, "plan", "--now", NOW).stdout


def test_another_public_address_is_asked_for(sample: Path) -> None:
    run(sample, "publish", "--now", NOW)
    path = sample / "podwright.toml"
    address = next(line for line in path.read_text().splitlines() if line.startswith("public_url"))
    edit(path, address, 'public_url = "https://elsewhere.example/"')
    planned = run(sample, "plan", "--now", NOW)
    assert "needs your approval: public_url changes from" in planned.stdout
    assert "(--accept moved:public_url)" in planned.stdout
    assert run(sample, "publish", "--now", NOW).exit_code == 3
    assert run(sample, "publish", "--now", NOW, "--accept", "moved:public_url").exit_code == 0
    assert "up to date" in run(sample, "publish", "--now", NOW).stdout


@pytest.mark.parametrize("command", [["publish"], ["rollback", "1"], ["verify", "--repair"], ["prune"]])
def test_a_consequence_of_no_kind_is_a_usage_error(sample: Path, command: list[str]) -> None:
    refused = run(sample, *command, "--accept", "vanishd:x")
    assert refused.exit_code == 2
    assert "'…' is no consequence; " in refused.stderr
    assert ("feed-lost" if command == ["prune"] else "did you mean 'vanished'?") in refused.stderr


def test_plan_tells_part_by_part_what_notes_have_no_room_for(sample: Path) -> None:
    page = sample / "episodes/home-monitoring/mind-the-rug/episode.md"
    page.write_text(page.read_text() + "\n" + "A rug is a trap, and a trap is a fall. " * 70)
    said = run(sample, "plan", "--now", NOW).stderr
    where = "advice: episodes/home-monitoring/mind-the-rug/episode.md: its notes have no room for "
    (line,) = (line for line in said.splitlines() if line.startswith(where))
    assert "contents (" in line
    assert "in the 4,000 characters that apps show; shorten them, or say in [notes] of podwright.toml" in line
    page.write_text(page.read_text() + "A rug is a trap, and a trap is a fall. " * 70)
    (cut,) = (
        line
        for line in run(sample, "plan", "--now", NOW).stderr.splitlines()
        if "mind-the-rug/episode.md: its notes have" in line
    )
    assert cut.startswith("warning: ")
    assert "no room for the end of what is written (5," in cut


def test_a_show_that_leaves_contents_out_of_its_notes_is_told_nothing_of_them(sample: Path) -> None:
    with (sample / "podwright.toml").open("a") as file:
        file.write('\n[notes]\nparts = ["key_points", "people", "transcript"]\n')
    assert "no room" not in run(sample, "plan", "--now", NOW).stderr
