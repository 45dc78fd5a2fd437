"""What building gives: episodes and feeds as objects for a store, with what a plan needs to compare them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from podwright.core.artifact import Artifact, Splice
from podwright.core.finding import Finding
from podwright.core.model import Feed, Outline, Stage
from podwright.stores.ledger.manifest import AudioRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltTeaser:
    """What an episode tells those who may not hear it: its authored key points, and a trailer.

    guid: its own. artifact: the trailer.
    """

    guid: str
    artifact: Artifact
    audio: AudioRecord
    key_points: tuple[str, ...]
    explicit: bool
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltEpisode:
    """One episode's objects. item: digest of its RSS item, "" while it is not due or withdrawn.

    parts: digest of each thing whose change a listener would notice, by name. pages: its web pages, which other objects
    must be there for; summary: one line about it; words: digest of what the search knows of it. enclosure: key of its
    audio, which is among the artifacts unless it was withdrawn and deleted. audio: None only where that is all that is
    known of it. splice: how that audio can be made of what the store has of it. teaser: what feeds may tell of it that
    do not carry it; its trailer is among the artifacts.
    """

    outline: Outline
    stage: Stage
    stem: str
    enclosure: str
    audio: AudioRecord | None
    artifacts: tuple[Artifact, ...]
    parts: Mapping[str, str]
    item: str
    pages: tuple[Artifact, ...] = ()
    summary: str = ""
    words: str = ""
    splice: Splice | None = None
    teaser: BuiltTeaser | None = None

    @property
    def live(self) -> bool:
        """Whether it can be heard by those whom it is for."""
        return self.stage.is_live

    @property
    def duration(self) -> timedelta:
        """How long it plays; nothing where its audio was never here."""
        return self.audio.duration if self.audio else timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """An episode, its RSS item, which is empty while the episode is not due, and what the search knows of it."""

    episode: BuiltEpisode
    item: bytes = b""
    words: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltFeed:
    """One feed. signature digests all it says; guid is its podcast:guid; items: guids in order, those of pages too.
    teasers: guids of episodes that left one in it.

    artifact is the feed itself, pages its archive; images are the pictures that it names.
    """

    feed: Feed
    guid: str
    signature: str
    channel: str
    items: tuple[str, ...]
    artifact: Artifact
    pages: tuple[Artifact, ...]
    images: tuple[Artifact, ...]
    teasers: tuple[str, ...] = ()

    @property
    def documents(self) -> tuple[Artifact, ...]:
        """All that must be swapped for listeners to see a change: what others lead to comes first."""
        return (*self.pages, self.artifact)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltSite:
    """The web pages besides the episodes' own. files: what pages load, under names that change with the content."""

    pages: tuple[Artifact, ...] = ()
    files: tuple[Artifact, ...] = ()


NO_SITE = BuiltSite()


@dataclass(frozen=True, slots=True, kw_only=True)
class Podcast:
    """All that the store shall hold at a moment. lists: objects that name the feeds themselves (OPML).

    horizon: when the clock next changes anything, or None. problems: warnings; errors have been raised.
    moment: that moment; keep: how many former generations the store keeps.
    """

    episodes: tuple[BuiltEpisode, ...]
    feeds: tuple[BuiltFeed, ...]
    lists: tuple[Artifact, ...]
    site: BuiltSite = NO_SITE
    horizon: datetime | None
    problems: tuple[Finding, ...]
    moment: datetime
    keep: int = 0

    @property
    def artifacts(self) -> Iterator[Artifact]:
        """All objects."""
        for episode in self.episodes:
            yield from (*episode.artifacts, *episode.pages)
        for feed in self.feeds:
            yield from (*feed.documents, *feed.images)
        yield from (*self.lists, *self.site.pages, *self.site.files)
