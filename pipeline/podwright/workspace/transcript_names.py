"""The transcripts of an episode by their files' names: the one in its language, and those in others.

`transcript.vtt` is in the episode's language, `transcript.de.vtt` in German (BCP 47). One that is named after the
episode's own language is taken for its transcript where there is no other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from podwright.core.finding import Finding
from podwright.media.transcripts import SUFFIXES
from podwright.workspace.languages import spoken_language


@dataclass(slots=True)
class TranscriptNames:
    """The paths of an episode's transcripts."""

    #: The one in the episode's language.
    own: str | None = None
    #: Those in others: each language with its path, by language.
    others: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)


def choose_transcripts(paths: Iterable[str], *, language: str | None) -> TranscriptNames:
    """Return which of an episode's files are its transcripts. language: that of the episode, None where unknown."""
    plain, tagged, unread = _sorted_out(paths)
    chosen = TranscriptNames(own=plain, problems=unread)
    for tag, several in sorted(tagged.items()):
        first, *rest = sorted(several, key=_rank)
        chosen.problems += [_beside(path, first) for path in rest]
        if language and tag.lower() == language.lower() and chosen.own:
            chosen.problems.append(_beside(first, chosen.own))
        elif language and tag.lower() == language.lower():
            chosen.own = first
        else:
            chosen.others.append((tag, first))
    if chosen.own is None and language:
        primary = language.lower().partition("-")[0]
        near = [pair for pair in chosen.others if pair[0].lower().partition("-")[0] == primary]
        if len(near) == 1:
            chosen.others.remove(near[0])
            chosen.own = near[0][1]
    return chosen


def _sorted_out(paths: Iterable[str]) -> tuple[str | None, dict[str, list[str]], list[Finding]]:
    """Return the path without a language, those with one by it, and what is wrong with the names of the rest."""
    plain: str | None = None
    tagged: dict[str, list[str]] = {}
    doubled: list[str] = []
    unread: list[Finding] = []
    for path in paths:
        _, *middle, ending = path.rpartition("/")[2].split(".")
        hidden = len(middle) == 1 and f".{middle[0].lower()}" in SUFFIXES
        tag = spoken_language(".".join(middle))
        if not middle:
            plain = path
        elif f".{ending.lower()}" not in SUFFIXES:
            unread.append(_unread(path, f"its format is not known; convert it to one of {' '.join(SUFFIXES)}"))
        elif hidden:
            doubled.append(path)
        elif tag:
            tagged.setdefault(tag, []).append(path)
        else:
            what = ascii(".".join(middle))
            advice = f"rename it to transcript.{ending}, or after its language to transcript.de.{ending}"
            unread.append(_unread(path, f"{what} is not a language; {advice}"))
    if plain is None and doubled:
        # Systems hide what they take for the ending: transcript.vtt.txt.
        plain = doubled.pop(0)
    return plain, tagged, [*unread, *(_beside(path, plain or path) for path in doubled)]


def _rank(path: str) -> tuple[int, str]:
    return SUFFIXES.index(f".{path.rpartition('.')[2].lower()}"), path


def _beside(path: str, other: str) -> Finding:
    return _unread(path, f"{other.rpartition('/')[2]} is the transcript in its language; delete one of the two")


def _unread(path: str, message: str) -> Finding:
    return Finding(path, f"is not read: {message}", level="warning")
