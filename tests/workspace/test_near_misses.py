"""Files that have nearly the name of one that is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from podwright.core.errors import WorkspaceError
from podwright.workspace.near_misses import is_copy, is_junk
from podwright.workspace.scan import scan_workspace
from tests.workspace.conftest import EPISODE, PICTURE, write_file

COPY = "is not read beside episode.md; keep what is newer in episode.md, and delete this one"
CHAPTERS = "is not read; write its chapters into episode.md, below `chapters:`"


def scanned(root: Path) -> list[str]:
    found = scan_workspace(root).problems
    assert {problem.level for problem in found} <= {"warning"}
    return [str(problem).removeprefix("episodes/first/") for problem in found]


@pytest.mark.parametrize(
    ("names", "problems"),
    [
        (["audio.srt"], ["audio.srt: is not read as a transcript; rename it to transcript.srt"]),
        (["talk.mp3", "talk.txt"], ["talk.txt: is not read as a transcript; rename it to transcript.txt"]),
        (["talk.mp3", "other.txt"], []),
        (
            ["talk.mp3", "talk.json", "talk.srt", "talk.tsv", "talk.txt", "talk.vtt"],
            ["talk.vtt: is not read as a transcript, nor are talk.json, talk.srt, talk.tsv, talk.txt; rename it to *"],
        ),
        (["talk.mp3.part"], ["talk.mp3.part: is a download that has not ended; let it end, or *"]),
        (["Unconfirmed 7.crdownload"], ["Unconfirmed 7.crdownload: is a download that has not ended; *"]),
        (
            [".talk.mp3.icloud"],
            [".talk.mp3.icloud: stands for talk.mp3, which is in iCloud alone; download it in Finder"],
        ),
        (["._talk.mp3"], []),
        (["talk.MOV"], ["talk.MOV: is a video, which is not published; export its audio as MP3 or M4A"]),
        (["talk.mp3", "talk.mov"], []),
        (["talk.mp3.zip"], ["talk.mp3.zip: is an archive; unpack it, and put the recording in its place"]),
        (["talk.webloc"], ["talk.webloc: leads to something else; put the recording itself in its place"]),
        (["Captions.VTT"], ["Captions.VTT: is not read as a transcript; rename it to transcript.vtt"]),
        (["talk.ttml"], ["talk.ttml: is not read as a transcript; save it as transcript.vtt or transcript.srt"]),
        (["transcript (1).vtt"], ["transcript (1).vtt: is not read as a transcript; rename it to transcript.vtt"]),
        (
            ["transcript-final.docx"],
            ["transcript-final.docx: is not read as a transcript; save it as transcript.vtt *"],
        ),
        (
            ["transcript.vtt", "transcript (1).vtt", "talk.srt"],
            ["transcript (1).vtt: is not read beside the transcript; delete the older one of the two"],
        ),
        (
            ["transcript.vtt", "transcript-de.vtt", "Transcript_pt-BR.srt", "transcript-v2.vtt", "transcript-de.docx"],
            [
                "Transcript_pt-BR.srt: is not read beside the transcript; rename it to transcript.pt-BR.srt, or *",
                "transcript-de.docx: is not read beside the transcript; delete the older one of the two",
                "transcript-de.vtt: is not read beside the transcript; rename it to transcript.de.vtt, or delete it",
                "transcript-v2.vtt: is not read beside the transcript; delete the older one of the two",
            ],
        ),
        (["Transcript.VTT"], []),
        (["episode (conflicted copy).md"], [f"episode (conflicted copy).md: {COPY}"]),
        (["episode.md.txt"], [f"episode.md.txt: {COPY}"]),
        (["Episode.md"], [f"Episode.md: {COPY}"]),
        (["episode.md.bak", "episode.md.orig", "#episode.md#", "notes.md", "README.md"], []),
        (["chapters.json"], [f"chapters.json: {CHAPTERS}"]),
        (["audio.chapters.txt"], [f"audio.chapters.txt: {CHAPTERS}"]),
        (["labels.txt"], [f"labels.txt: {CHAPTERS}"]),
        (["Labels 2.txt"], [f"Labels 2.txt: {CHAPTERS}"]),
        (["talk.cue"], [f"talk.cue: {CHAPTERS}"]),
        (["cover.jpeg"], ["cover.jpeg: is not taken for the episode's artwork; rename it to artwork.jpg"]),
        (["Cover.PNG"], ["Cover.PNG: is not taken for the episode's artwork; rename it to artwork.png"]),
        (["artwork (1).png"], ["artwork (1).png: is not taken for the episode's artwork; rename it to artwork.png"]),
        (["cover.heic"], ["cover.heic: is not taken for the episode's artwork; save it as artwork.jpg or artwork.png"]),
        (["artwork.png", "cover.jpg"], []),
        (
            ["artwork.png", "artwork-old.png"],
            ["artwork-old.png: is not read beside the episode's artwork; delete the older one of the two"],
        ),
        (["slides.pdf", "project.aup3", "take 2.rpp", "slide-1.png"], []),
        (["Thumbs.db", "desktop.ini", "~$notes.docx", ".DS_Store", "._audio.mp3", "Icon\r"], []),
    ],
)
def test_a_file_of_an_episode_s_folder_that_is_nearly_named_right_is_told(
    root: Path, names: list[str], problems: list[str]
) -> None:
    for name in names:
        write_file(root, f"episodes/first/{name}", b"1")
    found = scanned(root)
    assert len(found) == len(problems)
    for one, wanted in zip(found, problems, strict=True):
        assert one == wanted or (wanted[-1] == "*" and one.startswith(wanted[:-1]))


@pytest.mark.parametrize(
    "text", ["chapters:\n  - {start: '00:00', title: A, image: cover.png}\n---\n", "---\n![](cover.png)\n"]
)
def test_a_picture_that_the_episode_names_is_what_it_is_named_for(root: Path, text: str) -> None:
    write_file(root, "episodes/first/cover.png", PICTURE)
    write_file(root, "episodes/first/episode.md", EPISODE.removesuffix("---\n") + text)
    assert scanned(root) == []


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        (["episodes/new/Episode.md"], "episodes/new: has no episode.md *; rename Episode.md to episode.md, or *"),
        (
            ["episodes/new/episode.md.txt"],
            "episodes/new: has no episode.md *; rename episode.md.txt to episode.md, or *",
        ),
        (["episodes/new/garden.md"], "episodes/new: has no episode.md *; rename garden.md to episode.md, or *"),
        (["episodes/new/talk.mp3"], "episodes/new: has no episode.md *; add one, or *"),
        (["episodes/talk.mp3"], "episodes/talk.mp3: lies beside the episodes' folders and is not published; *"),
        (
            ["episodes/s/Season.toml", "episodes/s/b/episode.md"],
            "episodes/s/Season.toml: is not read; rename it to season.toml",
        ),
        (
            ["episodes/s/season.toml", "episodes/s/season (1).toml"],
            "episodes/s/season (1).toml: is not read beside season.toml; *",
        ),
        (["feeds/second.TOML"], "feeds/second.TOML: is not read; rename it to second.toml"),
        (["feeds/second.toml.txt"], "feeds/second.toml.txt: is not read; rename it to second.toml"),
        (["podwright (Ada's conflicted copy).toml"], "podwright (Ada's conflicted copy).toml: is not read beside *"),
        (["Theme/style.css"], "Theme: is not read; rename it to theme"),
    ],
)
def test_settings_and_folders_that_are_nearly_named_right_are_told(root: Path, names: list[str], problem: str) -> None:
    for name in names:
        write_file(root, name, b"")
    (found,) = scanned(root)
    begin, *rest = problem.split("*")
    assert found.startswith(begin)
    assert all(part in found for part in rest)


def test_a_workspace_whose_settings_are_misnamed_says_so(tmp_path: Path) -> None:
    write_file(tmp_path, "podwright.toml.txt", b"")
    with pytest.raises(
        WorkspaceError, match=r"; go to the podcast's folder, or rename podwright\.toml\.txt to podwright"
    ):
        scan_workspace(tmp_path)


def test_a_copy_of_a_feed_is_not_to_be_published_as_another(root: Path) -> None:
    write_file(root, "feeds/main (1).toml", b"")
    (found,) = scan_workspace(root).problems
    assert found.message.endswith("so delete it if it is a copy, or rename it to main-1.toml")


def test_what_systems_leave_behind_is_no_episode(root: Path) -> None:
    for name in (
        "episodes/__MACOSX/first/._episode.md",
        "episodes/@eaDir/first/x.md",
        "episodes/.DS_Store",
        "feeds/Thumbs.db",
    ):
        write_file(root, name, b"1")
    assert scanned(root) == []
    assert [episode.slug for episode in scan_workspace(root).episodes] == ["first"]


@pytest.mark.parametrize("name", [".x", "x~", "~$x.docx", "__MACOSX", "THUMBS.DB", "Desktop.ini", "@eaDir"])
def test_junk_is_known_by_its_name(name: str) -> None:
    assert is_junk(name)


@pytest.mark.parametrize(
    ("name", "copy"),
    [
        ("a (1)", True),
        ("a copy", True),
        ("a - Copy", True),
        ("a (Ada's conflicted copy 2026)", True),
        ("a 2", True),
        ("a-2", False),
    ],
)
def test_a_copy_is_known_by_its_name(name: str, copy: bool) -> None:
    assert is_copy(name) == copy
