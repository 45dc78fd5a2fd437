"""A mistyped -C: each command says that there is no workspace, and makes none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.commands import run

COMMANDS = [
    ["calendar"],
    ["check"],
    ["doctor"],
    ["history"],
    ["leaks"],
    ["new", "An episode"],
    ["notes", "welcome"],
    ["plan"],
    ["prune"],
    ["publish"],
    ["rebuild"],
    ["rollback", "1"],
    ["serve"],
    ["status"],
    ["verify"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_says_that_there_is_no_workspace_and_writes_nothing(tmp_path: Path, command: list[str]) -> None:
    folder = tmp_path / "mistyped"
    result = run(folder, *command)
    assert result.exit_code == 1
    assert f"{folder} has no podwright.toml" in result.stderr
    assert not folder.exists()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_writes_nothing_into_a_folder_that_is_no_workspace(tmp_path: Path, command: list[str]) -> None:
    assert run(tmp_path, *command).exit_code == 1
    assert not list(tmp_path.iterdir())
