"""The one model between readers and files: a show and its episodes, as a source has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: Fields as a producer writes them in a file of the workspace; what they hold may still be wrong.
Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """A file at the old host."""

    url: str
    #: In bytes, as the source says it; it may be wrong.
    length: int | None = None
    media_type: str | None = None
    #: BCP 47.
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSeason:
    """A season as an episode names it."""

    number: int
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundEpisode:
    """An episode of a source."""

    #: Where it stands in the source's document, 1-based; None for a document without lines.
    line: int | None
    #: Those of its front matter. A title, a guid and a date may be absent.
    fields: Fields
    #: Its notes, as HTML or as plain text.
    notes: str = ""
    audio: Remote | None = None
    #: The address of its picture.
    artwork: str | None = None
    #: Headings that nobody knows; what stands below them is in the notes.
    kept: tuple[str, ...] = ()
    #: The text of what is said, where the source itself has it.
    transcript: str = ""
    #: Its transcripts, in every format and language.
    transcripts: tuple[Remote, ...] = ()
    #: A file of chapters; the fields may have others, which it replaces.
    chapters: Remote | None = None
    season: FoundSeason | None = None
    #: Names of what the source says and the workspace has no place for.
    unread: tuple[str, ...] = ()

    @property
    def identity(self) -> str:
        """Return what apps know the episode by: its guid, else the address of its audio."""
        return self.fields.get("guid") or (self.audio.url if self.audio else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundShow:
    """A show as one document of a source has it."""

    #: Those of podwright.toml and of the feed's file.
    show: Fields
    feed: Fields
    #: The address of its picture.
    artwork: str | None = None
    #: The feed's own address.
    address: str | None = None
    #: The document that goes on with older episodes (RFC 5005: https://www.rfc-editor.org/rfc/rfc5005).
    older: str | None = None
    #: The address of a person who can say that the show may be imported; set where it is locked.
    locked_by: str | None = None
    #: Whether the source is of an episode alone, so that a workspace that is there keeps its settings.
    incidental: bool = False
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader of one kind of source."""

    #: The kind, in a word or two.
    name: str
    #: Tells by the first bytes of a document whether it is of the kind.
    recognises: Callable[[bytes], bool]
    #: Raises FormatError where a document cannot be read.
    check: Callable[[Path], None]
    #: Yields the episodes of a document that was checked, in its order, and once, anywhere among them, its show.
    read: Callable[[Path], Iterator[FoundEpisode | FoundShow]]
    #: Writes XML that is not well-formed anew, as far as it can be read, and returns the lines of what cannot with
    #: what was done about it; raises FormatError where nothing can be. None: such documents are refused.
    mend: Callable[[Path], list[tuple[int, str]]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """The place of an episode in the workspace."""

    #: Relative to the workspace.
    folder: str
    guid: str
    #: An ISO date in place of one that is missing.
    published: str | None = None
    #: Whether another episode of the source has the same guid and is the one that apps show.
    repeated: bool = False
    #: What was made of what is missing or wrong.
    remarks: tuple[str, ...] = field(default=())
