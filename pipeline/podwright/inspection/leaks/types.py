"""What is asked of a search for leaks, what must stay unsaid, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from podwright.core.finding import Finding
from podwright.core.http import PATIENCE
from podwright.publishing.session import Session

#: Requests under way at once, unless something else is said.
CONCURRENCY = 8

#: What somebody gets who should not. Of an object: it can be read, it is listed, it is left from when it was public,
#: its name can be guessed; the rest stands in a public object. "unread": nobody knows.
LeakKind = Literal[
    "readable",
    "listed",
    "left",
    "guess",
    "title",
    "notes",
    "key-point",
    "transcript",
    "text",
    "link",
    "word",
    "guid",
    "key",
    "audio",
    "copy",
    "unread",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Which workspace's podcast to look at. patience: for one answer."""

    session: Session
    concurrency: int = CONCURRENCY
    patience: timedelta = PATIENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """Something that no public object may hold. subject: whose it is, as people know it; kind: what it is."""

    subject: str
    kind: LeakKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What was found. public: objects read as anybody reads them, with their bytes; refused: keys that were refused.

    secrets: how many texts, keys and recordings were looked for.
    leaks: where anybody gets something (the key of an object, or "listing"), and whose secret it is. The secret itself
    is not repeated: a finding may go into a log.
    """

    leaks: tuple[Finding, ...]
    public: int
    size: int
    refused: int
    secrets: int
