"""The results of building: episodes and feeds as objects for a store, with what a plan needs to compare them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from podwright.core.artifact import Artifact, Splice
from podwright.core.finding import Finding
from podwright.core.model import Feed, Outline, Stage
from podwright.stores.ledger.manifest import AudioRecord, EpisodeRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltTeaser:
    """A teaser of an episode for those who may not hear it: its authored key points, and a trailer."""

    #: Its own.
    guid: str
    #: The trailer.
    artifact: Artifact
    audio: AudioRecord
    key_points: tuple[str, ...]
    explicit: bool
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltEpisode:
    """An episode as objects."""

    outline: Outline
    stage: Stage
    #: The beginning of its keys as it was promised.
    stem: str
    #: The key of its audio, which is among the artifacts unless it was withdrawn and deleted.
    enclosure: str
    #: None only of an episode that was withdrawn before it was ever published.
    audio: AudioRecord | None
    #: Its audio first, its trailer last.
    artifacts: tuple[Artifact, ...]
    #: A digest of each thing whose change a listener would notice, by name.
    parts: Mapping[str, str]
    #: A digest of its RSS item; "" while it is not due or withdrawn.
    item: str
    #: A digest of the files that say it, while it waits and when it is first due; "" otherwise.
    source: str = ""
    #: Its web pages, which need the other objects.
    pages: tuple[Artifact, ...] = ()
    #: One line about it.
    summary: str = ""
    #: A digest of the words by which the search finds it.
    words: str = ""
    #: The way to make its audio of what the store has of it.
    splice: Splice | None = None
    #: The part of it that feeds may have which do not carry it.
    teaser: BuiltTeaser | None = None

    @property
    def live(self) -> bool:
        """Return whether those whom it is for can hear it."""
        return self.stage.is_live

    @property
    def duration(self) -> timedelta:
        """Return how long it plays; nothing where its audio was never here."""
        return self.audio.duration if self.audio else timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """An episode, and what feeds and the search carry of it."""

    episode: BuiltEpisode
    #: Empty while the episode is not due.
    item: bytes = b""
    words: bytes = b""
    problems: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltFeed:
    """A feed as objects."""

    feed: Feed
    #: Its podcast:guid.
    guid: str
    #: A digest of all that it says.
    signature: str
    #: A digest of its channel apart from the items.
    channel: str
    #: The guids of its items in order, those of archive pages too.
    items: tuple[str, ...]
    #: The feed itself.
    artifact: Artifact
    #: Its archive.
    pages: tuple[Artifact, ...]
    #: The pictures that it names.
    images: tuple[Artifact, ...]
    #: The guids of episodes that left a teaser in it.
    teasers: tuple[str, ...] = ()
    #: The feed at the addresses that it had under former names.
    copies: tuple[Artifact, ...] = ()

    @property
    def documents(self) -> tuple[Artifact, ...]:
        """Return all that must be swapped for listeners to see a change: what others lead to comes first."""
        return (*self.pages, self.artifact, *self.copies)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltSite:
    """The web pages besides the episodes' own."""

    pages: tuple[Artifact, ...] = ()
    #: The files that pages load, under names that change with the content.
    files: tuple[Artifact, ...] = ()


NO_SITE = BuiltSite()


@dataclass(frozen=True, slots=True)
class HeldBack:
    """An episode of the workspace that is not published."""

    outline: Outline
    why: Literal["draft", "no audio"]


@dataclass(frozen=True, slots=True)
class PutAway:
    """An episode that was published and is a draft by now: what the manifest shall say of it, and its audio, if any."""

    record: EpisodeRecord
    audio: Artifact | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Podcast:
    """All that the store shall hold at a moment."""

    episodes: tuple[BuiltEpisode, ...]
    feeds: tuple[BuiltFeed, ...]
    #: Objects that name the feeds themselves (OPML).
    lists: tuple[Artifact, ...]
    site: BuiltSite = NO_SITE
    #: The time at which the clock next changes anything.
    horizon: datetime | None
    #: Warnings; errors have been raised.
    problems: tuple[Finding, ...]
    moment: datetime
    #: The number of former generations that the store keeps.
    keep: int = 0
    #: Where the public reads all that; None where nobody says.
    public_url: str | None = None
    #: The episodes of the workspace that the store shall not hold yet.
    held_back: tuple[HeldBack, ...] = ()
    #: Those of them of which the public still has something, or had.
    put_away: tuple[PutAway, ...] = ()

    @property
    def artifacts(self) -> Iterator[Artifact]:
        """Return all objects."""
        for episode in self.episodes:
            yield from (*episode.artifacts, *episode.pages)
        for feed in self.feeds:
            yield from (*feed.documents, *feed.images)
        yield from (*self.lists, *self.site.pages, *self.site.files)
