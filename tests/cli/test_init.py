"""`podwright init`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from podwright.cli import main
from tests.support.commands import run


def test_a_new_workspace_publishes_at_once(tmp_path: Path) -> None:
    root = tmp_path / "show"
    made = CliRunner().invoke(main, ["init", str(root), "--title", "Garden Hours"])
    assert made.exit_code == 0
    assert "wrote podwright.toml" in made.stdout
    first = run(root, "publish")
    assert first.exit_code == 0
    assert re.match(r"Published to file:public: \d+ objects written", first.stdout)
    assert (root / "public" / "garden-hours.xml").exists()
    assert run(root, "publish").stdout == "file:public is up to date: 1 episode live.\n"


@pytest.mark.parametrize(("options", "feed"), [([], "da-jia-hao"), (["--slug", "hello"], "hello")])
def test_a_show_may_have_a_title_in_any_script(tmp_path: Path, options: list[str], feed: str) -> None:
    made = CliRunner().invoke(main, ["init", str(tmp_path), "--title", "大家好", *options])
    assert made.exit_code == 0
    assert run(tmp_path, "publish").exit_code == 0
    assert (tmp_path / "public" / f"{feed}.xml").exists()


def test_init_changes_nothing_where_a_workspace_is(sample: Path) -> None:
    before = (sample / "podwright.toml").read_bytes()
    result = CliRunner().invoke(main, ["init", str(sample), "--title", "Other"])
    assert result.exit_code == 1
    assert "podwright.toml" in result.stderr
    assert (sample / "podwright.toml").read_bytes() == before


def test_check_and_init_agree(tmp_path: Path) -> None:
    CliRunner().invoke(main, ["init", str(tmp_path / "show"), "--title", "Garden Hours"])
    result = run(tmp_path / "show", "check")
    assert result.exit_code == 0
    assert "1 episode, 1 feed: no errors, no warnings" in result.stdout
