"""`podwright plan`."""

from __future__ import annotations

from pathlib import Path

from tests.support.commands import NOW, machine, run


def test_plan_shows_and_writes_nothing(sample: Path) -> None:
    result = run(sample, "plan", "--now", NOW)
    assert result.exit_code == 0
    assert "create   episodes/mind-the-rug/mind-the-rug.mp3" in result.stdout
    assert "+ Falls: mind the rug: new episode" in result.stdout
    assert not (sample / "public").exists()
    document = machine(run(sample, "plan", "--now", NOW, "--json"))
    assert {step["kind"] for step in document["steps"]} == {"create"}
    assert document["consequences"] == []
