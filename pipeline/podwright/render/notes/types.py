"""What show notes are made of, and what they become."""

from __future__ import annotations

from dataclasses import dataclass

from podwright.core.model import Chapter, Episode


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentsEntry:
    """A row of the table of contents of a series; url None where there is no page to link."""

    title: str
    number: int | None
    url: str | None
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NotesInput:
    """An episode with what its surroundings add. drafted: nobody has approved the key_points yet."""

    episode: Episode
    key_points: tuple[str, ...]
    drafted: bool
    chapters: tuple[Chapter, ...]
    season_title: str | None
    contents: tuple[ContentsEntry, ...]
    transcript_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """html for content:encoded, text for description, summary for one line."""

    html: str
    text: str
    summary: str
