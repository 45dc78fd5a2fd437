"""The request of a search for leaks, the secrets that it looks for, and its outcome."""

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
    """A request to search a workspace's podcast. patience: for one answer."""

    session: Session
    concurrency: int = CONCURRENCY
    patience: timedelta = PATIENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """Something that no public object may hold."""

    #: Whose it is, as people know it.
    subject: str
    #: What it is.
    kind: LeakKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """The outcome of a search."""

    leaks: tuple[Finding, ...]
    public: int
    size: int
    refused: int
    secrets: int
