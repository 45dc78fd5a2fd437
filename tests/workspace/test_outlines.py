"""Problems between episodes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workspace.conftest import EPISODE, SHOW, reported

FIRST_FILE = "episodes/first/episode.md"
SECOND_FILE = "episodes/second/episode.md"
SAME_DATE = (
    "episodes/a/episode.md:4: published: is also the date of episodes/b/episode.md, episodes/c/episode.md, "
    "episodes/d/episode.md and 1 more, so apps may show them in any order; give each its own time"
)
LATER = EPISODE.replace("2026-03-02", "2026-03-03")
SECOND = LATER.replace("guid-1", "guid-2")


@pytest.mark.parametrize(
    ("files", "problems"),
    [
        (
            {"episodes/second/episode.md": LATER.replace("title:", "# a note\ntitle:")},
            [f"{SECOND_FILE}:4: guid: 'guid-1' is already the guid of {FIRST_FILE}:3; give the newer one its own"],
        ),
        ({"episodes/second/episode.md": LATER.replace("guid-1", "GUID-1")}, []),
        (
            {
                "feeds/main.toml": 'type = "serial"',
                "episodes/bonus/episode.md": SECOND.replace("---\n", "---\ntype: bonus\n", 1),
            },
            [f"{FIRST_FILE}:1: number: is missing, and the serial feed 'main' orders its episodes by it; add it"],
        ),
        (
            {
                "episodes/first/episode.md": EPISODE.replace("guid:", "number: 1\nguid:"),
                "episodes/second/episode.md": SECOND.replace("guid:", "number: 1\nguid:"),
            },
            [f"{SECOND_FILE}:3: number: 1 is already the number of {FIRST_FILE}:3; number one of them anew"],
        ),
        (
            {
                "episodes/lipids/season.toml": 'title = "Lipids"',
                "episodes/first/episode.md": EPISODE.replace("guid:", "number: 1\nguid:"),
                "episodes/lipids/second/episode.md": SECOND.replace("guid:", "number: 1\nguid:"),
            },
            [],
        ),
        (
            {f"episodes/{name}/episode.md": EPISODE.replace("guid-1", name) for name in "abcd"},
            [SAME_DATE],
        ),
        (
            {
                "feeds/main.toml": '[select]\naccess = ["gold"]',
                "episodes/first/episode.md": EPISODE.replace("---\n", "---\naccess: gold\n", 1),
                "episodes/second/episode.md": SECOND.replace("03-03", "03-02"),
            },
            [],
        ),
        (
            {"episodes/embed/episode.md": SECOND},
            ["episodes/embed/episode.md: 'embed' is what a file of its web page is called; rename the folder"],
        ),
        ({"episodes/embed/episode.md": SECOND, "podwright.toml": SHOW + "\n[site]\npages = false"}, []),
        (
            {"feeds/sitemap-2.toml": ""},
            ["feeds/sitemap-2.toml: 'sitemap-2' is a name that the web pages have; give the file another name"],
        ),
        (
            {"feeds/main.toml": '[select]\nsections = ["Nephrology"]'},
            ["feeds/main.toml: select: selects no episode; check its [select]"],
        ),
    ],
)
def test_episodes_are_compared(
    root: Path, write: Callable[[str, str], None], files: dict[str, str], problems: list[str]
) -> None:
    for name, text in files.items():
        write(name, text)
    assert reported(root) == problems
