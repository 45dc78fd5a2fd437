"""Judging a workspace: its recordings, and the very bytes of the feeds that it would publish."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from podwright.core.errors import WorkspaceError
from podwright.core.model import Overrides
from podwright.inspection.check import Checked, Request, check_workspace
from podwright.inspection.rules import Audience

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def checked(root: Path, *audiences: Audience, now: datetime = NOW) -> Checked:
    request = Request(root=root, overrides=Overrides(), now=now, audiences=audiences)
    return check_workspace(request, advance=lambda _: None)


def told(root: Path, level: str) -> list[str]:
    return [str(problem) for problem in checked(root).problems if problem.level == level]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_sample_show_has_neither_errors_nor_warnings(sample: Path) -> None:
    found = checked(sample)
    assert (found.episodes, found.feeds) == (8, 3)
    assert {problem.level for problem in found.problems} == {"advice"}


def test_damaged_recordings_are_all_named_with_their_place_and_the_rest_is_judged(sample: Path) -> None:
    for slug in ("blood-pressure-at-home", "mind-the-rug"):
        (path,) = (sample / "episodes").rglob(f"{slug}.mp3")
        data = bytearray(path.read_bytes())
        data[200_000:203_000] = bytes(3_000)
        path.write_bytes(data)
    lines = told(sample, "error")
    assert [line.split(": is damaged at 0:")[0].rpartition("/")[2] for line in lines] == [
        "blood-pressure-at-home.mp3",
        "mind-the-rug.mp3",
    ]
    assert checked(sample).feeds == 3


def test_other_kinds_of_audio_are_refused_with_what_to_do(sample: Path) -> None:
    folder = sample / "episodes/gardening-between-shifts"
    (path,) = folder.glob("*.mp3")
    path.unlink()
    (folder / "audio.wav").write_bytes(b"RIFF\x24\0\0\0WAVEfmt ")
    (line,) = told(sample, "error")
    assert "audio.wav: " in line
    assert "convert it to MP3 or M4A" in line


def test_a_chapter_beyond_the_end_is_told(sample: Path) -> None:
    path = sample / "episodes/home-monitoring/blood-pressure-at-home/episode.md"
    edit(path, "00:47 On Monday", "59:00 On Monday")
    (warning,) = told(sample, "warning")
    assert "chapter 'On Monday' starts at 00:59:00, but the audio ends at 00:00:59" in warning


def test_a_checkout_without_audio_is_told_and_not_refused(sample: Path) -> None:
    for path in (sample / "episodes").rglob("*.m[p4][3a]"):
        path.unlink()
    warnings = told(sample, "warning")
    assert len([line for line in warnings if "no audio here" in line]) == 8
    assert told(sample, "error") == []


def test_what_cannot_be_read_is_told_and_nothing_else_is_judged(sample: Path) -> None:
    edit(sample / "episodes/gardening-between-shifts/episode.md", "published:", "publised:")
    found = checked(sample)
    assert found.feeds == 0
    assert {problem.level for problem in found.problems} == {"error"}
    assert all(problem.code is None for problem in found.problems)


def test_a_picture_that_cannot_be_published_is_told(sample: Path) -> None:
    path = sample / "episodes/home-monitoring/blood-pressure-at-home/artwork.jpg"
    path.write_bytes(path.read_bytes()[:2_000])
    (line,) = told(sample, "error")
    assert "artwork.jpg" in line


def test_a_folder_that_is_no_workspace_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=r"no podwright\.toml"):
        checked(tmp_path)


def test_findings_name_the_file_to_change_and_each_is_told_once_though_three_feeds_have_it(sample: Path) -> None:
    path = "episodes/gardening-between-shifts/episode.md"
    edit(sample / path, "title: ", "title: 'Episode 7: &amp; ' #")
    found = [(one.where, one.code) for one in checked(sample).problems if one.level == "warning"]
    assert found == [(path, "text-escaped-twice"), (path, "text-escaped-twice"), (path, "title-number")]


def test_what_is_not_due_yet_is_judged_already(sample: Path) -> None:
    path = "episodes/home-monitoring/a-scale-by-the-door/episode.md"
    edit(sample / path, "title: ", "title: '#8 The scale' #")
    assert [(one.where, one.code) for one in checked(sample).problems if one.level == "warning"] == [
        (path, "title-number")
    ]


def test_an_audience_hears_of_its_own_rules_alone(sample: Path) -> None:
    rules = {problem.code for problem in checked(sample, Audience.ACCESSIBILITY).problems}
    assert rules == {"transcript-present", "transcript-timed", "image-described"}
    assert checked(sample, Audience.SPOTIFY).count("advice") == 8


def test_a_counting_service_before_the_audio_is_seen_through(sample: Path) -> None:
    settings = sample / "podwright.toml"
    edit(settings, "[audio]", 'enclosure_prefix = "https://op3.dev/e/"\n\n[audio]')
    text = settings.read_text()
    line = 'enclosure_prefix = "https://op3.dev/e/"\n\n'
    settings.write_text(line + text.replace(line, "", 1))
    assert told(sample, "error") == told(sample, "warning") == []


def test_archive_pages_are_judged_as_parts_of_their_feed(sample: Path) -> None:
    edit(sample / "feeds/quick-take.toml", "[select]", "limit = 2\n\n[select]")
    found = checked(sample)
    assert found.feeds == 3
    assert {problem.level for problem in found.problems} == {"advice"}


def test_an_episode_that_gives_credit_and_hides_a_fact_is_refused_and_its_feeds_are_judged(sample: Path) -> None:
    season = "episodes/home-monitoring/season.toml"
    edit(sample / season, "participation =", "#")
    errors = told(sample, "error")
    assert {line.partition(": ")[2] for line in errors} == {
        "gives credit without saying how a learner takes part; write participation, here or in season.toml"
    }
    # The trailer of the season gives no credit, and the episode outside it never did.
    assert len(errors) == 6
    assert checked(sample).feeds == 3
    assert {one.code for one in checked(sample, Audience.ACCME).problems} == {"credit-participation"}


def test_what_gives_credit_by_other_rules_is_left_in_peace(sample: Path) -> None:
    edit(sample / "episodes/home-monitoring/season.toml", "participation =", "#")
    edit(sample / "podwright.toml", "[audio]", '[education]\nstandard = "none"\n\n[audio]')
    assert told(sample, "error") == []


def test_a_review_is_told_before_it_is_due(sample: Path) -> None:
    def reviews(now: datetime) -> list[str]:
        return [one.where for one in checked(sample, now=now).problems if one.code == "credit-review"]

    assert reviews(datetime(2028, 11, 3, tzinfo=UTC)) == []
    # Of the four that have the season's credit; that of the others ended, or begins later.
    assert len(reviews(datetime(2028, 12, 1, tzinfo=UTC))) == 4


def test_nothing_is_left_behind(sample: Path) -> None:
    before = sorted(sample.rglob("*"))
    checked(sample)
    assert sorted(sample.rglob("*")) == before


def test_progress_is_told_every_byte_of_audio(sample: Path) -> None:
    counted: list[int] = []
    check_workspace(Request(root=sample, overrides=Overrides(), now=NOW), advance=counted.append)
    assert sum(counted) == sum(p.stat().st_size for p in (sample / "episodes").rglob("*.m[p4][3a]"))
