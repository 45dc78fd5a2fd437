"""The private side of a show in a place of its own, by the command line."""

from __future__ import annotations

from pathlib import Path

from podwright.core.names import MANIFEST_KEY
from tests.support.commands import NOW, machine, run


def test_a_show_moves_there_and_back_and_each_step_is_told(sample: Path) -> None:
    assert run(sample, "publish", "--now", NOW).exit_code == 0
    there = {"PODWRIGHT_PRIVATE_URL": "file:aside"}
    assert "  move     private/  to file:aside\n" in run(sample, "plan", "--now", NOW, **there).stdout
    assert machine(run(sample, "plan", "--now", NOW, "--json", **there))["private_moves_to"] == "file:aside"
    refused = run(sample, "verify", "--now", NOW, **there)
    assert (refused.exit_code, "the private side still lies there; run podwright publish" in refused.stderr) == (
        4,
        True,
    )
    moved = run(sample, "publish", "--now", NOW, **there)
    assert moved.exit_code == 0
    assert "moving the private side from file:public to file:aside" in moved.stderr
    assert (sample / "aside" / MANIFEST_KEY).exists()
    assert not (sample / "public" / MANIFEST_KEY).exists()
    assert run(sample, "history", **there).exit_code == 0
    back = run(sample, "publish", "--now", NOW)
    assert back.exit_code == 3
    assert "the private side lies in file:aside, and would move to file:public" in back.stderr
    assert run(sample, "rebuild", "--now", NOW).exit_code == 3
    wrong = run(sample, "publish", "--private-from", "gs://x")
    assert (wrong.exit_code, "storage address" in wrong.stderr) == (2, True)
    assert run(sample, "publish", "--now", NOW, "--private-from", "file:aside").exit_code == 0
    assert (sample / "public" / MANIFEST_KEY).exists()
    assert not (sample / "aside" / MANIFEST_KEY).exists()
