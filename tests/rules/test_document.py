"""The manual's table of rules is the one that the code has."""

from __future__ import annotations

from pathlib import Path

from pipeline.report.problems import rules_lines
from pipeline.rules import RULES

PAGE = Path(__file__).parents[2] / "docs" / "checks.md"


def test_the_manual_lists_the_rules_as_they_are() -> None:
    written = "\n".join(rules_lines(RULES)) + "\n"
    assert PAGE.read_text() == written, "write it anew: podwright check --rules > docs/checks.md"
