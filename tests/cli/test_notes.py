"""`podwright notes`."""

from __future__ import annotations

from pathlib import Path

from tests.support.commands import run


def test_notes_drafts_key_points_and_writes_them_where_asked(sample: Path) -> None:
    path = sample / "episodes/home-monitoring/reading-a-home-log/episode.md"
    before = path.read_text()
    drafted = run(sample, "notes", "reading-a-home-log")
    points = [line.removeprefix("- ") for line in drafted.stdout.splitlines()]
    assert len(points) == 4
    assert path.read_text() == before
    assert run(sample, "notes", "reading-a-home-log", "--write").exit_code == 0
    assert all(point in path.read_text() for point in points)
    assert run(sample, "check").exit_code == 0
    assert run(sample, "notes", "nobody").exit_code == 1
    assert "no transcript" in run(sample, "notes", "gardening-between-shifts").stderr
