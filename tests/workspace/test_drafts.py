"""Drafting key points into an episode's file."""

from __future__ import annotations

from pathlib import Path

import pytest

from podwright.core.errors import WorkspaceError
from podwright.core.model import Overrides
from podwright.workspace.drafts import load_draft, write_draft


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
