"""Manifests of format 1, which podwright wrote until 2026, read for ever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from msgspec import Struct

from podwright.core.model import Stage
from podwright.stores.capabilities import capabilities_of
from podwright.stores.ledger.generations import Count, FeedChange, FeedNews, Generation, ItemChange, ItemKind, Moment
from podwright.stores.ledger.manifest import (
    AudioRecord,
    EpisodeRecord,
    FeedRecord,
    Manifest,
    ObjectRecord,
    TeaserRecord,
    Unsettled,
)


class _Object(Struct, array_like=True, forbid_unknown_fields=True):
    size: Count
    sha256: str
    etag: str

    def record(self) -> ObjectRecord:
        return ObjectRecord(self.size, self.sha256, self.etag)


class _Audio(Struct, array_like=True):
    media_type: str
    microseconds: Count
    tag_length: Count
    frames_hash: str
    tag_digest: str | None = None

    def record(self) -> AudioRecord:
        return AudioRecord(
            media_type=self.media_type,
            duration=timedelta(microseconds=self.microseconds),
            tag_length=self.tag_length,
            frames_hash=self.frames_hash,
            tag_digest=self.tag_digest,
        )


class _Episode(Struct):
    slug: str
    stem: str
    title: str
    access: str
    published: Moment
    live: bool
    enclosure: str
    audio: _Audio | None
    parts: dict[str, str]
    unlist: Moment | None = None
    withdraw: Moment | None = None
    stage: Stage | None = None
    teaser: tuple[str, _Audio] | None = None

    def record(self, guid: str) -> EpisodeRecord:
        return EpisodeRecord(
            guid=guid,
            slug=self.slug,
            stem=self.stem,
            title=self.title,
            tier=self.access,
            published=self.published,
            live=self.live,
            enclosure=self.enclosure,
            audio=self.audio.record() if self.audio else None,
            parts=self.parts,
            unlist=self.unlist,
            withdraw=self.withdraw,
            stage=self.stage or (Stage.LISTED if self.live else Stage.WAITING),
            teaser=TeaserRecord(self.teaser[0], self.teaser[1].record()) if self.teaser else None,
        )


class _Feed(Struct):
    key: str
    guid: str
    access: tuple[str, ...]
    signature: str | None
    channel: str
    items: tuple[str, ...]
    pages: tuple[str, ...] = ()
    teasers: tuple[str, ...] = ()

    def record(self, name: str) -> FeedRecord:
        return FeedRecord(
            name=name,
            key=self.key,
            guid=self.guid,
            tiers=self.access,
            signature=self.signature,
            channel=self.channel,
            items=self.items,
            pages=self.pages,
            teasers=self.teasers,
        )


class _News(Struct):
    feed: str
    kind: ItemKind
    channel: bool
    counts: tuple[Count, Count, Count]
    items: list[tuple[ItemKind, str, str, tuple[str, ...]]]

    def news(self) -> FeedNews:
        items = (ItemChange(kind=kind, guid=guid, title=title, parts=parts) for kind, guid, title, parts in self.items)
        change = FeedChange(kind=self.kind, name=self.feed, channel=self.channel, items=tuple(items))
        new, changed, gone = self.counts
        return FeedNews(change=change, new=new, changed=changed, gone=gone)


class _Generation(Struct):
    generation: Count
    at: Moment | None
    whole: bool
    live: Count
    waiting: Count
    restored: Count | None
    feeds: list[_News]

    def value(self) -> Generation:
        return Generation(
            number=self.generation,
            at=self.at,
            whole=self.whole,
            live=self.live,
            waiting=self.waiting,
            restored=self.restored,
            feeds=tuple(one.news() for one in self.feeds),
        )


class Format1(Struct, tag_field="format", tag=1):
    """A document of format 1: objects, audio and items are positional lists."""

    generation: Count
    doomed: tuple[str, ...]
    feeds: dict[str, _Feed]
    episodes: dict[str, _Episode]
    objects: dict[str, _Object]
    unsettled: dict[str, tuple[_Object | None, _Object]] = {}
    coming: dict[str, _Audio] = {}
    owed: tuple[str, ...] = ()
    retired: dict[str, Moment] = {}
    log: list[_Generation] = []
    restored: Count | None = None
    capabilities: tuple[str, ...] | None = None
    sha256: str | None = None

    def manifest(self) -> Manifest:
        """Return what it says."""
        return Manifest(
            generation=self.generation,
            doomed=self.doomed,
            capabilities=None if self.capabilities is None else capabilities_of(self.capabilities),
            unsettled=dict(self._unsettled()),
            coming={guid: one.record() for guid, one in self.coming.items()},
            pending_notices=self.owed,
            feeds={name: one.record(name) for name, one in self.feeds.items()},
            episodes={guid: one.record(guid) for guid, one in self.episodes.items()},
            objects={key: one.record() for key, one in self.objects.items()},
            retired=self.retired,
            log=tuple(one.value() for one in self.log),
            restored=self.restored,
        )

    def _unsettled(self) -> Iterator[tuple[str, Unsettled]]:
        for key, (former, coming) in self.unsettled.items():
            yield key, Unsettled(former.record() if former else None, coming.record())
