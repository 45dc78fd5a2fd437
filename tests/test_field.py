"""Files as the field's tools and people write them: what `check` says of each, and what is published.

A case is a folder `tests/data/field/KIND/CASE`: `files/` is laid over a new workspace without episodes, and
`expect.toml` says what must come of it. An episode folder without audio gets the starter's MP3, one without
`episode.md` a short one.

    why = "what the tool does, and where that is reported"
    exit = 0                        # status of publish; 0 where absent
    audio = false                   # no audio is added
    episode = ["published: 2026-02-01"]   # further lines of front matter for episodes without episode.md
    [check]                         # parts of lines that `check` must print, or must not
    has = ["..."]
    lacks = ["..."]
    [publish]                       # the same of lines that `publish` must print, or must not
    [published."*/a.html"]          # the objects whose key matches; each must have, or lack, these texts
    has = ["..."]
    matches = ["..."]               # or have this pattern, in which . is a line end as well
    lacks = ["..."]
    absent = true                   # instead: no such object
"""

from __future__ import annotations

import fnmatch
import gzip
import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from podwright.workspace.author import write_workspace
from podwright.workspace.scan import file_kind
from tests.support.commands import NOW, run
from tests.support.paths import DATA
from tests.support.published import NOW as MOMENT

FIELD = DATA / "field"
CASES = sorted(path.parent.relative_to(FIELD).as_posix() for path in FIELD.glob("*/*/expect.toml"))
KEYS = {"why", "exit", "audio", "episode", "check", "publish", "published"}


def episode_folders(folder: Path) -> Iterator[Path]:
    """Yield the folders of episodes, those of seasons too."""
    for path in sorted(path for path in folder.iterdir() if path.is_dir() and path.name[0] not in "._"):
        if (path / "season.toml").exists():
            yield from episode_folders(path)
        else:
            yield path


def laid(case: Path, root: Path, expected: dict[str, Any]) -> None:
    """Make the workspace of a case."""
    write_workspace(root, title="Field", guid="field-1", now=MOMENT, public_url="https://cdn.example.org/")
    audio = (root / "episodes/welcome/audio.mp3").read_bytes()
    shutil.rmtree(root / "episodes")
    (root / "episodes").mkdir()
    shutil.copytree(case / "files", root, dirs_exist_ok=True)
    for folder in episode_folders(root / "episodes"):
        page = folder / "episode.md"
        if not page.exists():
            lines = [f'title: "Episode {folder.name}"', f"guid: field-{folder.name}", *expected.get("episode", ())]
            dated = any(line.startswith("published:") for line in lines)
            lines += [] if dated else ["published: 2026-01-01T08:00:00+00:00"]
            page.write_text("\n".join(["---", *lines, "---", "", "Notes of an episode.", ""]))
        if expected.get("audio", True) and not any(
            file_kind(path.name) == "audio" for path in folder.iterdir() if path.name[0] != "."
        ):
            (folder / "audio.mp3").write_bytes(audio)


def texts(public: Path) -> dict[str, str]:
    """Return every published object by key, as text."""
    found = {}
    for path in public.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
            found[path.relative_to(public).as_posix()] = data.decode(errors="replace")
    return found


@pytest.mark.parametrize("name", CASES)
def test_what_the_field_has_is_read_as_it_is_meant_or_refused_by_what_it_is(name: str, tmp_path: Path) -> None:
    case = FIELD / name
    expected = tomllib.loads((case / "expect.toml").read_text())
    assert expected.keys() <= KEYS
    assert expected["why"]
    assert expected.keys() & {"check", "published"}
    laid(case, tmp_path, expected)
    checked = run(tmp_path, "check", "--now", NOW)
    done = run(tmp_path, "publish", "--now", NOW)
    for command, result in (("check", checked), ("publish", done)):
        said = result.stdout + result.stderr
        for part in expected.get(command, {}).get("has", ()):
            assert part in said
        for part in expected.get(command, {}).get("lacks", ()):
            assert part not in said
    assert done.exit_code == expected.get("exit", 0), done.stdout + done.stderr
    if done.exit_code:
        return
    public = texts(tmp_path / "public")
    for pattern, wanted in expected.get("published", {}).items():
        found = fnmatch.filter(public, pattern)
        assert bool(found) != wanted.get("absent", False), (pattern, sorted(public))
        for key in found:
            for part in wanted.get("has", ()):
                assert part in public[key], (key, public[key])
            for part in wanted.get("lacks", ()):
                assert part not in public[key], (key, public[key])
            for part in wanted.get("matches", ()):
                assert re.search(part, public[key], re.DOTALL), (key, public[key])
