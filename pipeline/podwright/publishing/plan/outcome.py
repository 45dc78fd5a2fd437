"""What the manifest of a store says when a publish has ended, and what it remembers of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from podwright.building.types import BuiltEpisode, BuiltFeed, Podcast
from podwright.core.artifact import Artifact
from podwright.core.model import Stage
from podwright.stores.ledger.generations import FeedChange, Generation, news, remembered
from podwright.stores.ledger.manifest import EpisodeRecord, FeedRecord, Manifest, TeaserRecord, record_of


def next_manifest(
    podcast: Podcast, manifest: Manifest, *, wanted: Mapping[str, Artifact], deleted: Collection[str]
) -> Manifest:
    """The manifest of a store that holds what a podcast wants, and no more what was deleted; its log is as it was."""
    objects = {key: record for key, record in manifest.objects.items() if key not in deleted}
    for key, artifact in wanted.items():
        held = manifest.objects.get(key)
        if not held or held.sha256 != artifact.sha256:
            objects[key] = record_of(artifact)
    here = {episode.outline.guid for episode in podcast.episodes}
    gone = {guid: replace(record, live=False) for guid, record in manifest.episodes.items() if guid not in here}
    return replace(
        manifest,
        generation=manifest.generation + 1,
        doomed=(),
        unsettled={},
        coming={},
        objects=objects,
        episodes=gone | {episode.outline.guid: _episode_record(episode) for episode in podcast.episodes},
        feeds={feed.feed.name: _feed_record(feed) for feed in podcast.feeds},
        retired={key: manifest.retired.get(key, podcast.moment) for key in objects if key not in wanted},
        restored=None,
    )


def next_log(podcast: Podcast, manifest: Manifest, *, changes: Iterable[FeedChange]) -> tuple[Generation, ...]:
    """What is remembered of this publish and of those before it."""
    present = Generation(
        number=manifest.generation + 1,
        at=podcast.moment,
        whole=True,
        live=sum(episode.stage == Stage.LISTED for episode in podcast.episodes),
        waiting=sum(episode.stage.is_ahead for episode in podcast.episodes),
        feeds=news(changes),
    )
    return remembered(former_log(manifest), present, keep=podcast.keep)


def former_log(manifest: Manifest) -> tuple[Generation, ...]:
    """The log of a manifest, also where an older podwright kept none."""
    if manifest.log or not manifest.generation:
        return manifest.log
    live = sum(episode.live for episode in manifest.episodes.values())
    whole = not manifest.doomed and all(feed.signature for feed in manifest.feeds.values())
    return (Generation(number=manifest.generation, at=None, whole=whole, live=live, waiting=0),)


def _episode_record(episode: BuiltEpisode) -> EpisodeRecord:
    outline = episode.outline
    return EpisodeRecord(
        guid=outline.guid,
        slug=outline.slug,
        stem=episode.stem,
        title=outline.title,
        tier=outline.tier,
        published=outline.published,
        live=episode.live,
        enclosure=episode.enclosure,
        audio=episode.audio,
        parts=episode.parts,
        unlist=outline.unlist,
        withdraw=outline.withdraw,
        stage=episode.stage,
        teaser=TeaserRecord(episode.teaser.artifact.key, episode.teaser.audio) if episode.teaser else None,
    )


def _feed_record(feed: BuiltFeed) -> FeedRecord:
    return FeedRecord(
        name=feed.feed.name,
        key=feed.artifact.key,
        guid=feed.guid,
        tiers=feed.feed.select.tiers,
        signature=feed.signature,
        channel=feed.channel,
        items=feed.items,
        pages=tuple(page.key for page in feed.pages),
        teasers=feed.teasers,
    )
