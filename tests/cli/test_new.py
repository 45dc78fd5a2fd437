"""`podwright new`."""

from __future__ import annotations

from pathlib import Path

from tests.support.commands import run


def test_a_new_episode_wants_its_audio_and_stops_no_other(sample: Path) -> None:
    made = run(sample, "new", "Grüße aus dem Garten", "--season", "home-monitoring")
    assert made.exit_code == 0
    assert "wrote episodes/home-monitoring/grusse-aus-dem-garten/episode.md" in made.stdout
    published = run(sample, "publish")
    assert published.exit_code == 0
    assert "warning: episodes/home-monitoring/grusse-aus-dem-garten/episode.md: no audio here, and" in published.stderr
    assert not list((sample / "public").rglob("*grusse*"))


def test_a_title_in_any_script_names_a_folder(sample: Path) -> None:
    assert "wrote episodes/privet-mir/episode.md" in run(sample, "new", "Привет мир").stdout
    assert "wrote episodes/hello/episode.md" in run(sample, "new", "大家好", "--slug", "hello").stdout
    refused = run(sample, "new", "🎉")
    assert refused.exit_code == 1
    assert "title: '🎉' has no letter or digit to name a folder after; give a name with --slug" in refused.stderr
    assert "slug: 'Not One' is not a valid name;" in run(sample, "new", "Party", "--slug", "Not One").stderr
