"""Judging a workspace without a store: every file read, every recording decoded, all problems at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.audio import check_decodes, load_facts
from pipeline.chapters import chapters_from_transcript, check_chapters
from pipeline.errors import AudioError, Problem, WorkspaceError
from pipeline.model import Episode, Overrides
from pipeline.workspace.load import load_workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A workspace without errors: how many episodes it has, and the warnings."""

    episodes: int
    problems: tuple[Problem, ...]


def check_workspace(root: Path, overrides: Overrides, *, advance: Callable[[int], None]) -> Checked:
    """Read everything and decode all audio; advance is called with the bytes of each recording.

    Raises WorkspaceError with every error and warning of every file.
    """
    _, episodes, warnings = load_workspace(root, overrides)
    problems = list(warnings)
    for episode in episodes:
        problems += _episode_problems(episode, root)
        advance(episode.audio.stat().st_size if episode.audio else 0)
    if any(problem.level == "error" for problem in problems):
        raise WorkspaceError(problems)
    return Checked(episodes=len(episodes), problems=tuple(problems))


def _episode_problems(episode: Episode, root: Path) -> Iterator[Problem]:
    source = f"{episode.outline.folder}/episode.md"
    if episode.audio is None:
        message = "no audio here; put one MP3 or M4A file into the folder, unless another machine has published it"
        yield Problem(source, message, level="warning")
        return
    try:
        facts = load_facts(episode.audio)
        check_decodes(episode.audio, facts)
    except AudioError as error:
        yield Problem(episode.audio.relative_to(root).as_posix(), error.message)
        return
    chapters = episode.chapters
    if not chapters and episode.transcript:
        chapters = chapters_from_transcript(episode.transcript)
    for message in check_chapters(chapters, facts.duration):
        yield Problem(source, message, field="chapters", level="warning")
