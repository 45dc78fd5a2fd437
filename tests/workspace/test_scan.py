"""Finding a workspace's files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from podwright.core.errors import WorkspaceError
from podwright.workspace.scan import Scan, file_kind, scan_workspace
from podwright.workspace.values import RULE
from tests.workspace.conftest import EPISODE, PICTURE, write_file


def scanned(root: Path) -> list[str]:
    return [str(problem) for problem in scan_workspace(root).problems]


def settings(scan: Scan) -> list[str]:
    return [file.path for file in scan.settings]


def test_settings_seasons_and_the_images_they_name_are_listed(root: Path) -> None:
    write_file(root, "feeds/other.toml", 'image = "feeds/other.jpg"')
    write_file(root, "feeds/other.jpg", PICTURE)
    write_file(root, "episodes/lipids/season.toml", 'image = "episodes/lipids/cover.png"')
    write_file(root, "episodes/lipids/cover.png", PICTURE)
    write_file(root, "feeds/odd.toml", 'image = "feeds/main.toml"')
    write_file(root, "artwork/not-named.png", PICTURE)
    assert settings(scan_workspace(root)) == [
        "podwright.toml",
        "feeds/main.toml",
        "feeds/odd.toml",
        "feeds/other.toml",
        "episodes/lipids/season.toml",
        "artwork/show.png",
        "episodes/lipids/cover.png",
        "feeds/other.jpg",
    ]


def test_further_pictures_of_show_and_feeds_are_listed_once(root: Path) -> None:
    tables = [
        '[[images]]\nfile = "artwork/../artwork/banner.webp"',
        '[[images]]\nurl = "https://example.org/a.png"',
        '[[images]]\nfile = "artwork/show.png"',
        '[[images]]\nfile = "artwork/gone.gif"',
        '[[images]]\nfile = "../outside.png"',
        '[[images]]\nfile = "/etc/passwd.png"',
        '[[images]]\nfile = "podwright.toml"',
        "[[images]]\nfile = 3",
    ]
    write_file(root.parent, "outside.png", PICTURE)
    write_file(root, "feeds/main.toml", "\n".join(tables))
    write_file(root, "feeds/other.toml", '[[images]]\nfile = "artwork/banner.webp"')
    write_file(root, "artwork/banner.webp", b"1234")
    found = scan_workspace(root).settings
    assert [file.path for file in found][3:] == ["artwork/banner.webp", "artwork/show.png"]
    assert found[3].size == 4


@pytest.mark.parametrize("text", ['images = "a.png"', "images = 1", "images = [1, []]", 'images = [["a.png"]]'])
def test_settings_that_name_pictures_wrongly_are_listed_all_the_same(root: Path, text: str) -> None:
    write_file(root, "feeds/main.toml", text)
    assert settings(scan_workspace(root)) == ["podwright.toml", "feeds/main.toml", "artwork/show.png"]


def test_a_changed_banner_changes_the_scan(root: Path) -> None:
    write_file(root, "feeds/main.toml", '[[images]]\nfile = "banner.jpg"')
    write_file(root, "banner.jpg", b"1")
    before = scan_workspace(root)
    write_file(root, "banner.jpg", b"12")
    assert scan_workspace(root).settings != before.settings


def test_episodes_are_found_alone_in_a_season_and_in_a_mere_folder(root: Path) -> None:
    write_file(root, "episodes/lipids/season.toml", "")
    write_file(root, "episodes/lipids/statins/episode.md", EPISODE)
    write_file(root, "episodes/2026/salt/episode.md", EPISODE)
    found = [(e.folder, e.slug, e.season) for e in scan_workspace(root).episodes]
    assert found == [
        ("episodes/2026/salt", "salt", None),
        ("episodes/first", "first", None),
        ("episodes/lipids/statins", "statins", "lipids"),
    ]


def test_an_episode_has_the_files_that_are_read_and_no_others(root: Path) -> None:
    read = ["a b.MP3", "transcript.vtt", "artwork.jpg", "slide-2.PNG", "slide-10.jpeg", "card.webp"]
    for name in (*read, "slides.pdf", ".#episode.md", "episode.md~", ".x.mp3", ".x.jpg", "x.jpg~", "x.svg"):
        write_file(root, f"episodes/first/{name}", b"123")
    write_file(root, "episodes/first/slides/1.jpg", b"123")
    (episode,) = scan_workspace(root).episodes
    assert [file.path.rpartition("/")[2] for file in episode.files] == [
        "a b.MP3",
        "artwork.jpg",
        "card.webp",
        "episode.md",
        "slide-10.jpeg",
        "slide-2.PNG",
        "transcript.vtt",
    ]
    assert episode.files[0].size == 3
    assert scanned(root) == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("episode.md", "episode"),
        ("Episode.md", None),
        ("episode.jpg", "picture"),
        ("transcript.vtt", "transcript"),
        ("Transcript.JSON", "transcript"),
        ("artwork.png", "artwork"),
        ("artwork.webp", "artwork"),
        ("audio.jpg", "picture"),
        ("audio.mp3", "audio"),
        ("talk.M4A", "audio"),
        ("slide 1.JPEG", "picture"),
        ("slides.pdf", None),
        ("jpg", None),
        ("README", None),
    ],
)
def test_a_file_s_kind_follows_from_its_name(name: str, kind: str | None) -> None:
    assert file_kind(name) == kind


@pytest.mark.parametrize(
    ("names", "taken"),
    [
        (["talk.m4b"], ["talk.m4b"]),
        (["talk.aiff"], ["talk.aiff"]),
        (["TALK.WMA"], ["TALK.WMA"]),
        (["talk.mp3", "talk.aif"], ["talk.mp3"]),
        (["talk.m4b", "talk.wav"], ["talk.wav"]),
        (["talk.mp3", "teaser.mp2"], ["talk.mp3", "teaser.mp2"]),
        (["talk.mp3", "teaser.m4a", "teaser.oga"], ["talk.mp3", "teaser.m4a"]),
    ],
)
def test_audio_of_a_kind_that_is_seldom_meant_is_taken_where_it_is_alone(
    root: Path, names: list[str], taken: list[str]
) -> None:
    for name in names:
        write_file(root, f"episodes/first/{name}", "sound")
    scan = scan_workspace(root)
    files = {file.path.removeprefix("episodes/first/") for file in scan.episodes[0].files}
    assert files == {"episode.md", *taken}
    assert scan.problems == ()


def test_a_file_put_back_with_its_old_time_gets_a_new_stamp(root: Path) -> None:
    before = scan_workspace(root).episodes[0].files[0]
    path = root / before.path
    times = path.stat().st_mtime_ns
    while path.stat().st_ctime_ns == before.stamp:
        path.write_text(EPISODE)
        os.utime(path, ns=(times, times))
    assert scan_workspace(root).episodes[0].files[0].stamp > before.stamp


def test_a_folder_without_podwright_toml_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=r"has no podwright\.toml; .*`podwright init`"):
        scan_workspace(tmp_path)


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        (
            ["episodes/First Steps/episode.md"],
            f"episodes/First Steps: is not a valid name; {RULE}, so rename it to first-steps",
        ),
        (["feeds/Élan.toml"], "feeds/Élan.toml: is not a valid name; use *, so rename it to elan.toml"),
        (["episodes/日本/episode.md"], "episodes/日本: is not a valid name; use *, so rename it to ri-ben"),
        (["episodes/a\nb/episode.md"], r"episodes/a\nb: is not a valid name; use *, so rename it to a-b"),
        ([f"episodes/{'x' * 101}/episode.md"], f"episodes/{'x' * 101}: is not a valid name; use *{'x' * 100}"),
        (
            ["episodes/2026/first/episode.md"],
            "episodes/first: is named like episodes/2026/first, and an episode's name is its address; *",
        ),
        (
            ["episodes/first/one.mp3", "episodes/first/two.m4a"],
            "episodes/first: has 2 audio files ('one.mp3', 'two.m4a'); keep one of them",
        ),
        (
            ["episodes/first/transcript.srt", "episodes/first/Transcript.vtt"],
            "episodes/first: has 2 transcript files ('Transcript.vtt', 'transcript.srt'); keep one of them",
        ),
        (
            ["episodes/first/artwork.png", "episodes/first/artwork.jpg"],
            "episodes/first: has 2 artwork files ('artwork.jpg', 'artwork.png'); keep one of them",
        ),
        (
            [
                "episodes/first/artwork.jpg",
                "episodes/first/a.jpg",
                "episodes/first/b.jpg",
                "episodes/first/artwork.png",
            ],
            "episodes/first: has 2 artwork files ('artwork.jpg', 'artwork.png'); keep one of them",
        ),
        (
            ["episodes/first/b\nd.flac"],
            r"episodes/first/b\nd.flac: is not a regular file with a printable name; *",
        ),
        (
            ["episodes/draft/notes.txt"],
            "episodes/draft: has no episode.md and is not published; add one, or move the folder out of episodes/",
        ),
        (["episodes/2026/draft/talk.mp3"], "episodes/2026/draft: has no episode.md and is not published; *"),
    ],
)
def test_names_and_numbers_of_files_are_checked(root: Path, names: list[str], problem: str) -> None:
    for name in names:
        write_file(root, name, EPISODE)
    (found,) = scanned(root)
    begin, _, end = problem.partition("*")
    assert found.startswith(begin)
    assert found.endswith(end)


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("episodes/first/audio.mp3", "secret.mp3"),
        ("episodes/second/episode.md", "episode.md"),
        ("episodes/first/slide.jpg", "secret.mp3"),
        ("episodes/first/transcript.vtt", "../../../../../../etc/passwd"),
        ("episodes/first/transcript.txt", "/dev/zero"),
        ("episodes/other", "."),
        ("episodes/2026/other", "."),
        ("feeds/other.toml", "secret.toml"),
        ("episodes/lipids/season.toml", "secret.toml"),
    ],
)
def test_a_link_out_of_the_workspace_is_a_problem_and_not_followed(
    root: Path, tmp_path_factory: pytest.TempPathFactory, link: str, target: str
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    for name in ("secret.mp3", "secret.toml", "episode.md"):
        write_file(outside, name, EPISODE)
    (root / link).parent.mkdir(parents=True, exist_ok=True)
    (root / link).symlink_to(outside / target)
    scan = scan_workspace(root)
    assert f"{link}: is a link that leaves the workspace; put a copy in its place" in map(str, scan.problems)
    files = [file.path for episode in scan.episodes for file in episode.files] + settings(scan)
    assert not [path for path in files if path.startswith(link)]
    assert not [episode for episode in scan.episodes if link.startswith(f"{episode.folder}/episode.md")]


@pytest.mark.parametrize("name", ["feeds", "episodes"])
def test_the_workspace_s_own_folders_may_not_be_links_out_of_it(
    root: Path, tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (root / name).rename(outside / name)
    (root / name).symlink_to(outside / name)
    assert f"{name}: is a link that leaves the workspace; put a copy in its place" in scanned(root)


def test_a_podwright_toml_that_is_a_link_out_of_the_folder_is_refused(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "podwright.toml"
    (root / "podwright.toml").rename(outside)
    (root / "podwright.toml").symlink_to(outside)
    with pytest.raises(WorkspaceError, match=r"^podwright\.toml: is a link that leaves the workspace; "):
        scan_workspace(root)


def test_a_named_image_behind_a_link_out_of_the_workspace_is_not_listed(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (root / "artwork").rename(outside / "artwork")
    (root / "artwork").symlink_to(outside / "artwork")
    assert settings(scan_workspace(root)) == ["podwright.toml", "feeds/main.toml"]


def test_links_inside_the_workspace_are_followed(root: Path) -> None:
    write_file(root, "recordings/one.mp3", b"12345")
    (root / "episodes/first/audio.mp3").symlink_to("../../recordings/one.mp3")
    scan = scan_workspace(root)
    assert scan.problems == ()
    assert scan.episodes[0].files[0][:2] == ("episodes/first/audio.mp3", 5)


@pytest.mark.parametrize(
    ("link", "target", "said"),
    [
        ("episodes/first/transcript.txt", ".git/config", "is a link to something hidden"),
        ("episodes/first/transcript.txt", ".env", "is a link to something hidden"),
        ("episodes/first/transcript.txt", "a/.netrc", "is a link to something hidden"),
        ("episodes/first/artwork.png", ".podwright/cache.sqlite", "is a link to something hidden"),
        ("theme/assets/site.css", "members.sqlite", "is a link that leaves the theme"),
        ("theme/base.html", "episodes/first/episode.md", "is a link that leaves the theme"),
        ("theme/base.html", ".git/config", "is a link that leaves the theme"),
        ("theme/more", "episodes", "is a link that leaves the theme"),
        ("theme", ".git", "is a link to something hidden"),
    ],
)
def test_a_link_to_what_is_not_to_be_published_is_a_problem_and_not_followed(
    root: Path, link: str, target: str, said: str
) -> None:
    for name in (".git/config", ".env", "a/.netrc", ".podwright/cache.sqlite", "members.sqlite"):
        write_file(root, name, b"secret")
    (root / link).parent.mkdir(parents=True, exist_ok=True)
    (root / link).symlink_to(root / target)
    scan = scan_workspace(root)
    assert [str(one) for one in scan.problems] == [f"{link}: {said}; put a copy in its place"]
    assert not [file.path for episode in scan.episodes for file in episode.files if file.path == link]
    assert not [path for path in settings(scan) if path.startswith(link)]


def test_recordings_may_lie_where_git_annex_keeps_them_and_a_theme_may_link_inside_itself(root: Path) -> None:
    write_file(root, ".git/annex/objects/x1/MD5E-s5.mp3/MD5E-s5.mp3", b"12345")
    (root / "episodes/first/audio.mp3").symlink_to("../../.git/annex/objects/x1/MD5E-s5.mp3/MD5E-s5.mp3")
    write_file(root, "theme/assets/site.css", b"")
    (root / "theme/assets/other.css").symlink_to("site.css")
    assert scanned(root) == []


@pytest.mark.parametrize(
    "link",
    [".podwright", ".podwright/cache.sqlite", ".podwright/publishing", ".podwright/covers", ".podwright/preview"],
)
def test_caches_behind_a_link_are_refused_before_anything_is_written_there(
    root: Path, tmp_path_factory: pytest.TempPathFactory, link: str
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    write_file(outside, "cache.sqlite", b"mine")
    (root / link).parent.mkdir(exist_ok=True)
    (root / link).symlink_to(outside)
    with pytest.raises(WorkspaceError, match=rf"^{link}: is a link, or no file or folder; delete it"):
        scan_workspace(root)


def test_a_pipe_among_the_caches_is_refused(root: Path) -> None:
    (root / ".podwright/preview").mkdir(parents=True)
    os.mkfifo(root / ".podwright/preview/cache.sqlite")
    with pytest.raises(WorkspaceError, match=r"^\.podwright/preview/cache\.sqlite: is a link, or no file or folder"):
        scan_workspace(root)


def test_links_in_a_circle_are_problems_and_end(root: Path) -> None:
    (root / "episodes/loop").symlink_to("loop")
    (root / "episodes/first/audio.mp3").symlink_to("audio.mp3")
    (root / "episodes/up").symlink_to(".")
    found = scanned(root)
    assert {problem.partition(": ")[0] for problem in found} >= {
        "episodes/first/audio.mp3",
        "episodes/loop",
        "episodes/up/first",
    }


def test_a_pipe_in_place_of_a_file_is_a_problem(root: Path) -> None:
    os.mkfifo(root / "episodes/first/audio.mp3")
    assert scanned(root) == [
        "episodes/first/audio.mp3: is not a regular file with a printable name; rename it, or put a file in its place"
    ]


def test_scanning_loads_neither_pydantic_nor_yaml() -> None:
    code = "import sys, podwright.workspace.scan; print({'pydantic', 'yaml', 'PIL'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"
