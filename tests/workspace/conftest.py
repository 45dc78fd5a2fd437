"""A small valid workspace to damage."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pytest

from podwright.core.errors import WorkspaceError
from podwright.core.model import Overrides
from podwright.workspace.load import load_workspace

PICTURE = resources.files("podwright.workspace").joinpath("starter", "show.png").read_bytes()

SHOW = """\
title = "Quick Take"
description = "Evidence in a minute."
link = "https://example.org/"
language = "en-US"
author = "Example Society"
timezone = "America/New_York"
image = "artwork/show.png"
categories = ["Education"]
sections = ["Cardiology", "Nephrology"]
access = {public = ["free"], members = ["gold"]}
storage = {public_url = "https://cdn.example.org/"}
"""

EPISODE = """\
---
title: First
guid: guid-1
published: 2026-03-02 09:00
---
"""


def write_file(root: Path, name: str, content: str | bytes) -> None:
    """Write a file of a workspace, with its folder."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def with_field(text: str) -> str:
    """EPISODE with more front matter, from line 5 on."""
    return EPISODE.removesuffix("---\n") + text + "\n---\n"


def reported(root: Path) -> list[str]:
    """All problems of a workspace, as a person reads them."""
    try:
        _, _, warnings = load_workspace(root, Overrides())
    except WorkspaceError as error:
        return [str(problem) for problem in error.problems]
    return [str(problem) for problem in warnings]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A valid workspace with one feed and one episode."""
    write_file(tmp_path, "podwright.toml", SHOW)
    write_file(tmp_path, "feeds/main.toml", "")
    write_file(tmp_path, "artwork/show.png", PICTURE)
    write_file(tmp_path, "episodes/first/episode.md", EPISODE)
    return tmp_path


@pytest.fixture
def write(root: Path) -> Callable[[str, str | bytes], None]:
    """Writes a file into the workspace."""
    return lambda name, content: write_file(root, name, content)
