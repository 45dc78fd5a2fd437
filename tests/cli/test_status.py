"""`podwright status`."""

from __future__ import annotations

from pathlib import Path

from tests.support.commands import NOW, edit, machine, run


def test_status_tells_what_is_live_due_scheduled_and_changed(sample: Path) -> None:
    rows = {row["slug"]: row for row in machine(run(sample, "status", "--now", NOW, "--json"))["episodes"]}
    assert rows["mind-the-rug"]["state"] == "due"
    assert rows["a-scale-by-the-door"]["state"] == "scheduled"
    run(sample, "publish", "--now", NOW)
    edit(sample / "episodes/gardening-between-shifts/episode.md", "title:", "subtitle: On beans\ntitle:")
    result = run(sample, "status", "--now", NOW)
    assert "2026-09-20  live, changed  free     Gardening between shifts" in result.stdout
    assert "Next change by the clock: 2028-05-03T23:59:59-04:00" in result.stdout


def test_status_tells_what_has_expired(sample: Path) -> None:
    edit(sample / "episodes/gardening-between-shifts/episode.md", "title:", "expires: 2026-10-01\ntitle:")
    run(sample, "publish", "--now", NOW)
    assert "2026-09-20  live, expired  free     Gardening" in run(sample, "status", "--now", NOW).stdout
    rows = {row["slug"]: row for row in machine(run(sample, "status", "--now", NOW, "--json"))["episodes"]}
    assert rows["gardening-between-shifts"]["expired"] is True
    assert rows["gardening-between-shifts"]["expires"].startswith("2026-10-01T23:59:59")
    assert rows["mind-the-rug"]["expired"] is False


def test_status_tells_what_is_held_back(sample: Path) -> None:
    run(sample, "publish", "--now", NOW)
    page = sample / "episodes/gardening-between-shifts/episode.md"
    edit(page, "title:", "draft: true\ntitle:")
    run(sample, "new", "Soil", "--slug", "soil")
    result = run(sample, "status", "--now", NOW)
    assert result.exit_code == 0
    assert "2026-09-20  draft, changed  free     Gardening between shifts" in result.stdout
    assert "no audio       free     Soil" in result.stdout
    rows = {row["slug"]: row for row in machine(run(sample, "status", "--now", NOW, "--json"))["episodes"]}
    assert (rows["soil"]["state"], rows["soil"]["changed"], rows["soil"]["feeds"]) == ("no audio", False, [])
