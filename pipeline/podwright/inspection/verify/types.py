"""The request of a verification, the promises of feeds, and the outcome."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from podwright.core.finding import Finding
from podwright.core.http import PATIENCE
from podwright.publishing.session import Session
from podwright.render.feeds import Named, ReadFeed

#: Requests under way at once, unless something else is said: what browsers and apps send to one host, and a few more.
CONCURRENCY = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request to verify a workspace's podcast.

    deep: read all bytes, and the headers of every object in the store. feeds: names of those to look at, with what they
    name and nothing else; () for everything. patience: for one answer.
    """

    session: Session
    deep: bool = False
    feeds: tuple[str, ...] = ()
    concurrency: int = CONCURRENCY
    patience: timedelta = PATIENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """The outcome of a verification: everything that is not as it should be.

    objects: how many were looked at; checks: how often.
    """

    findings: tuple[Finding, ...]
    objects: int
    checks: int

    @property
    def broken(self) -> bool:
        """Return whether listeners, or the store itself, miss something."""
        return any(one.level == "error" for one in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveDocument:
    """A document of a feed as it was read: its key, its bytes' digest in hex, and what it says."""

    key: str
    size: int
    sha256: str
    read: ReadFeed


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveFeed:
    """A feed with its archive pages."""

    name: str
    #: It was read from the store, since nobody else may read it.
    private: bool
    documents: tuple[LiveDocument, ...] = ()


@dataclass(slots=True)
class Promises:
    """The objects that feeds name: below the public address by key, with the first document, and elsewhere.

    counted: addresses through a counting service by the key of the audio.
    """

    named: dict[str, list[tuple[str, Named]]] = field(default_factory=dict)
    elsewhere: dict[str, tuple[str, Named]] = field(default_factory=dict)
    counted: dict[str, str] = field(default_factory=dict)
