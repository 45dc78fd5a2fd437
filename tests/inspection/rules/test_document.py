"""The manual's table of rules is the one that the code has."""

from __future__ import annotations

from podwright.inspection.rules import RULES
from podwright.report.check import rules_lines
from tests.support.paths import ROOT

PAGE = ROOT / "docs" / "checks.md"


def test_the_manual_lists_the_rules_as_they_are() -> None:
    written = "\n".join(rules_lines(RULES)) + "\n"
    assert PAGE.read_text() == written, "write it anew: podwright check --rules > docs/checks.md"
