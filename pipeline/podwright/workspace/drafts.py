"""Drafting an episode's key points from its transcript, and writing the draft into the episode's file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from podwright.core.errors import WorkspaceError
from podwright.core.finding import Finding
from podwright.core.model import Overrides
from podwright.render.notes import draft_key_points
from podwright.workspace.load import load_episode, load_show
from podwright.workspace.scaffold import add_key_points
from podwright.workspace.scan import scan_workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Drafted key points of the episode in a file."""

    path: Path
    points: tuple[str, ...]


def load_draft(root: Path, overrides: Overrides, *, slug: str) -> Draft:
    """Draft the key points of one episode.

    Raises WorkspaceError where there is no such episode, or nothing in it to draft from.
    """
    scan = scan_workspace(root)
    folder = next((folder for folder in scan.episodes if folder.slug == slug), None)
    if folder is None:
        raise WorkspaceError([Finding("episodes", f"no episode {slug!r}; name the folder of one")])
    episode = load_episode(folder, load_show(scan, overrides))
    source = f"{folder.folder}/episode.md"
    if episode.transcript is None:
        raise WorkspaceError([Finding(source, "no transcript to draft from; put transcript.vtt beside it")])
    points = draft_key_points(episode.transcript, language=episode.language)
    if not points:
        raise WorkspaceError([Finding(source, "the transcript is too short to draft from; write key_points by hand")])
    return Draft(path=root / source, points=points)


def write_draft(draft: Draft) -> None:
    """Put the key points into the episode's front matter, in place of what is there; all else stays byte for byte."""
    text = add_key_points(draft.path.read_bytes().decode(), draft.points)
    fresh = draft.path.with_name(f".{draft.path.name}.new")
    fresh.write_bytes(text.encode())
    fresh.replace(draft.path)
