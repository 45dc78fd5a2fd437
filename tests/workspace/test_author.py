"""Starting a workspace and episodes, and editing key points."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podwright.core.errors import FormatError, WorkspaceError
from podwright.core.model import Overrides
from podwright.workspace.author import add_key_points, load_draft, write_draft, write_episode, write_workspace
from podwright.workspace.documents import FORBIDDEN, clean_text
from podwright.workspace.front_matter import parse_episode_file
from podwright.workspace.load import load_show, load_workspace
from podwright.workspace.scan import scan_workspace
from tests.workspace.conftest import write_file

NOW = dt.datetime(2026, 7, 2, 13, 5, 59, tzinfo=dt.UTC)


def start(
    root: Path, title: str = 'Ängste & "Co" $x \\', public_url: str = "http://127.0.0.1:8000"
) -> tuple[Path, ...]:
    return write_workspace(root, title=title, guid="guid-1", now=NOW, public_url=public_url)


def files_of(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_a_new_workspace_is_whole_and_due_at_once(tmp_path: Path) -> None:
    root = tmp_path / "new"
    written = start(root)
    assert {path.relative_to(root).as_posix() for path in written} == files_of(root)
    show, (episode,), problems = load_workspace(root, Overrides())
    assert problems == ()
    assert (show.title, show.storage.public_url) == ('Ängste & "Co" $x \\', "http://127.0.0.1:8000/")
    assert [feed.name for feed in show.feeds] == ["angste-co-x"]
    assert episode.outline.published <= NOW
    assert episode.outline.guid == "guid-1"
    assert episode.audio is not None
    assert episode.audio.stat().st_size < 40_000
    assert episode.transcript is not None
    assert episode.transcript.timed


@settings(max_examples=30)
@given(st.text(min_size=1, max_size=30).map(lambda text: f"x{text}"))
def test_any_title_gives_a_whole_workspace_or_a_problem(tmp_path_factory: pytest.TempPathFactory, title: str) -> None:
    root = tmp_path_factory.mktemp("any")
    try:
        start(root, title=title)
    except WorkspaceError:
        assert files_of(root) == set()
        return
    assert load_workspace(root, Overrides())[0].title == title.strip()


@pytest.mark.parametrize("name", ["podwright.toml", ".gitignore", "artwork", "episodes/welcome/episode.md", "feeds"])
def test_nothing_is_written_where_something_is_in_the_way(tmp_path: Path, name: str) -> None:
    write_file(tmp_path, name, "mine")
    with pytest.raises(WorkspaceError, match=f"{name}: (exists already|is not a folder); "):
        start(tmp_path)
    assert files_of(tmp_path) == {name}


def test_nothing_is_written_through_a_link_out_of_the_folder(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (tmp_path / "episodes").symlink_to(outside)
    with pytest.raises(WorkspaceError, match="through a link that leaves the workspace"):
        start(tmp_path)
    assert files_of(outside) == set()


@pytest.mark.parametrize(
    ("title", "public_url", "problem"),
    [
        ("", "https://a.org", "workspace: title: is empty; write a text, or delete the line"),
        ("🎉", "https://a.org", "workspace: title: '🎉' has no letter or digit to name a folder after; *"),
        ("x", "a.org", "workspace: public_url: 'a.org' is not a web address; write one like *"),
    ],
)
def test_a_wrong_value_is_named_and_nothing_written(tmp_path: Path, title: str, public_url: str, problem: str) -> None:
    with pytest.raises(WorkspaceError) as caught:
        start(tmp_path, title=title, public_url=public_url)
    assert str(caught.value).startswith(problem.partition("*")[0])
    assert files_of(tmp_path) == set()


def test_a_new_episode_loads_with_the_time_of_the_show_s_zone(root: Path) -> None:
    write_file(root, "episodes/lipids/season.toml", 'title = "Lipids"')
    show = load_show(scan_workspace(root), Overrides())
    path = write_episode(show, title="Une « Épisode »: #1", guid="guid-2", now=NOW, season="lipids")
    assert path == root / "episodes/lipids/une-episode-1/episode.md"
    assert "published: 2026-07-02 09:05\n" in path.read_text()
    _, episodes, problems = load_workspace(root, Overrides())
    assert problems == ()
    new = next(episode.outline for episode in episodes if episode.outline.guid == "guid-2")
    assert (new.title, new.season, new.published) == ("Une « Épisode »: #1", "lipids", NOW.replace(second=0))


def test_an_episode_made_in_the_hour_that_clocks_repeat_keeps_its_time(root: Path) -> None:
    show = load_show(scan_workspace(root), Overrides())
    now = dt.datetime(2026, 11, 1, 6, 30, tzinfo=dt.UTC)
    write_episode(show, title="Late", guid="guid-2", now=now)
    _, episodes, _ = load_workspace(root, Overrides())
    assert [episode.outline.published for episode in episodes if episode.outline.slug == "late"] == [now]


def test_what_a_new_episode_suggests_in_comments_is_valid(root: Path) -> None:
    path = write_episode(load_show(scan_workspace(root), Overrides()), title="New", guid="guid-2", now=NOW)
    path.write_text(path.read_text().replace("\n# ", "\n"))
    _, episodes, problems = load_workspace(root, Overrides())
    assert problems == ()
    new = next(episode for episode in episodes if episode.outline.guid == "guid-2")
    assert (new.outline.type, len(new.people), len(new.chapters), len(new.references)) == ("trailer", 2, 1, 1)


@pytest.mark.parametrize(
    ("title", "season", "problem"),
    [
        ("First", None, "episodes/first: exists already; give the new episode another title or --slug"),
        ("Nested", None, "episodes/2026/nested: exists already; give the new episode another title or --slug"),
        ("New", "lipds", "workspace: season: 'lipds' is not a season; did you mean 'lipids'?"),
    ],
)
def test_a_new_episode_needs_a_free_name_and_a_known_season(
    root: Path, title: str, season: str | None, problem: str
) -> None:
    write_file(root, "episodes/lipids/season.toml", 'title = "Lipids"')
    write_file(root, "episodes/2026/nested/notes.txt", "")
    before = files_of(root)
    with pytest.raises(WorkspaceError) as caught:
        write_episode(load_show(scan_workspace(root), Overrides()), title=title, guid="guid-2", now=NOW, season=season)
    assert str(caught.value) == problem
    assert files_of(root) == before


@pytest.mark.parametrize(
    ("source", "edited"),
    [
        ("---\na: 1 # x\n---\nBody\n", '---\na: 1 # x\nkey_points:\n  - "P: 1"\n  - "Q"\n---\nBody\n'),
        ("---\r\na: 1\r\n---\r\n", '---\r\na: 1\r\nkey_points:\r\n  - "P: 1"\r\n  - "Q"\r\n---\r\n'),
        ("\ufeff---\na: 1\n---", '\ufeff---\na: 1\nkey_points:\n  - "P: 1"\n  - "Q"\n---'),
        (
            "---\nkey_points:\n  - old # gone\n  - |\n    old\n\n# kept\n\nb: 2\n---\n",
            '---\nkey_points:\n  - "P: 1"\n  - "Q"\n\n# kept\n\nb: 2\n---\n',
        ),
        ("---\na: 1\nkey_points: [x,\n  y]\n# end\n---\n", '---\na: 1\nkey_points:\n  - "P: 1"\n  - "Q"\n# end\n---\n'),
        ("---\nkey_points:\nb: 2\n---\n", '---\nkey_points:\n  - "P: 1"\n  - "Q"\nb: 2\n---\n'),
        ("---\n# key_points:\n---\n", '---\n# key_points:\nkey_points:\n  - "P: 1"\n  - "Q"\n---\n'),
    ],
)
def test_key_points_are_put_in_and_all_else_is_kept(source: str, edited: str) -> None:
    assert add_key_points(source, ("P: 1", "Q")) == edited


@pytest.mark.parametrize("source", ["no front matter", "---\n{a: 1, b: 2}\n---\n", "---\na: 'x\n---\n"])
def test_what_cannot_be_edited_safely_is_refused(source: str) -> None:
    with pytest.raises(FormatError):
        add_key_points(source, ("P",))


@pytest.mark.parametrize("point", ["", " ", "a\x00"])
def test_a_point_that_is_no_text_is_refused(point: str) -> None:
    with pytest.raises(FormatError, match="a key point "):
        add_key_points("---\na: 1\n---\n", (point,))


PIECES = st.sampled_from(
    [
        "a: 1\n",
        "b:\n  - x\n  # in b\n",
        "# note\n",
        "\n",
        "c: |\n  text\n\n  more\n",
        "d: {e: [1,\n 2]}\n",
        "'f': \"g\"\n",
        "key_points: [x]\n",
        "key_points:\n- y\n- |\n  z\n",
        "key_points:\n",
        '"key_points": # c\n  - >-\n    w\n',
    ]
)
POINTS = st.text(min_size=1, max_size=12).filter(lambda text: text.strip() and not FORBIDDEN.search(text))


@settings(max_examples=60)
@given(st.lists(PIECES, max_size=5), st.lists(POINTS, max_size=3), st.sampled_from(["\n", "\r\n"]))
def test_key_points_come_back_and_nothing_else_changes(pieces: list[str], points: list[str], newline: str) -> None:
    source = f"---\n{''.join(pieces)}---\n\nBody\n".replace("\n", newline)
    try:
        before = parse_episode_file(clean_text(source), name="x")
    except FormatError:
        return
    edited = add_key_points(source, tuple(points))
    after = parse_episode_file(clean_text(edited), name="x")
    assert after.data == {**before.data, "key_points": [point.strip() for point in points]}
    assert after.body == before.body
    assert edited.count(newline) == edited.count("\n")
    assert add_key_points(edited, tuple(points)) == edited
    kept = [piece for piece in pieces if "key_points" not in piece]
    assert all(line in edited for piece in kept for line in piece.splitlines())


def test_a_written_draft_becomes_the_key_points_and_all_else_stays(sample: Path) -> None:
    draft = load_draft(sample, Overrides(), slug="reading-a-home-log")
    before = draft.path.read_bytes()
    write_draft(draft)
    after = draft.path.read_bytes()
    assert b"key_points:" in after
    assert after.endswith(before[before.rindex(b"\n---\n") :])
    again = load_draft(sample, Overrides(), slug="reading-a-home-log")
    assert again.points == draft.points
    assert [path.name for path in draft.path.parent.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("slug", "message"),
    [
        ("nobody", "no episode 'nobody'; name the folder of one"),
        ("gardening-between-shifts", "no transcript to draft from"),
    ],
)
def test_what_cannot_be_drafted_says_why(sample: Path, slug: str, message: str) -> None:
    with pytest.raises(WorkspaceError, match=message):
        load_draft(sample, Overrides(), slug=slug)
