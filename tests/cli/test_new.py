"""`podwright new`."""

from __future__ import annotations

from pathlib import Path

from tests.support.commands import run


def test_a_new_episode_wants_its_audio(sample: Path) -> None:
    made = run(sample, "new", "Grüße aus dem Garten", "--season", "home-monitoring")
    assert made.exit_code == 0
    assert "wrote episodes/home-monitoring/grusse-aus-dem-garten/episode.md" in made.stdout
    refused = run(sample, "publish")
    assert refused.exit_code == 1
    assert "grusse-aus-dem-garten/episode.md: no audio here" in refused.stderr
    assert not (sample / "public").exists()
