"""Judging a workspace: what is wrong with its audio and chapters is told, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.check import check_workspace
from pipeline.errors import WorkspaceError
from pipeline.model import Overrides


def told(root: Path) -> tuple[str, ...]:
    return tuple(map(str, check_workspace(root, Overrides(), advance=lambda _: None).problems))


def test_damaged_recordings_are_all_named_with_their_place(sample: Path) -> None:
    for slug in ("blood-pressure-at-home", "mind-the-rug"):
        (path,) = (sample / "episodes").rglob(f"{slug}.mp3")
        data = bytearray(path.read_bytes())
        data[200_000:203_000] = bytes(3_000)
        path.write_bytes(data)
    with pytest.raises(WorkspaceError) as refused:
        told(sample)
    lines = [str(problem) for problem in refused.value.problems]
    assert [line.split(": is damaged at 0:")[0].rpartition("/")[2] for line in lines] == [
        "blood-pressure-at-home.mp3",
        "mind-the-rug.mp3",
    ]


def test_other_kinds_of_audio_are_refused_with_what_to_do(sample: Path) -> None:
    folder = sample / "episodes/gardening-between-shifts"
    (path,) = folder.glob("*.mp3")
    path.unlink()
    (folder / "audio.wav").write_bytes(b"RIFF\x24\0\0\0WAVEfmt ")
    with pytest.raises(WorkspaceError, match=r"audio\.wav: .*convert it to MP3 or M4A"):
        told(sample)


def test_a_chapter_beyond_the_end_is_told(sample: Path) -> None:
    path = sample / "episodes/home-monitoring/blood-pressure-at-home/episode.md"
    path.write_text(path.read_text().replace("00:00 Introduction", "00:00 Introduction\n  - 59:00 Much too late", 1))
    lines = path.read_text()
    assert "59:00" in lines
    with pytest.raises(WorkspaceError, match=r"ascending|order|after|before"):
        told(sample)
    path.write_text(lines.replace("\n  - 59:00 Much too late", "").replace("00:47 On Monday", "59:00 On Monday"))
    (warning,) = told(sample)
    assert "chapter 'On Monday' starts at 00:59:00, but the audio ends at 00:00:59" in warning


def test_a_checkout_without_audio_is_told_and_not_refused(sample: Path) -> None:
    for path in (sample / "episodes").rglob("*.m[p4][3a]"):
        path.unlink()
    warnings = told(sample)
    assert len(warnings) == 8
    assert all("no audio here" in warning for warning in warnings)


def test_progress_is_told_every_byte_of_audio(sample: Path) -> None:
    counted: list[int] = []
    check_workspace(sample, Overrides(), advance=counted.append)
    assert sum(counted) == sum(p.stat().st_size for p in (sample / "episodes").rglob("*.m[p4][3a]"))
