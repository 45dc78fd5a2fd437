"""The wanted state of a store, as a plan reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from msgspec import UNSET

from podwright.building.types import BuiltEpisode, BuiltFeed, Podcast
from podwright.core.artifact import Artifact, Splice
from podwright.core.model import Stage
from podwright.stores.ledger.generations import SOURCE
from podwright.stores.ledger.manifest import EpisodeRecord, FeedRecord, TeaserRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """All that a store shall hold at a moment, with what its manifest shall say of episodes and feeds."""

    #: By guid.
    episodes: Mapping[str, EpisodeRecord]
    #: By guid, those that were published and shall not be for now; their audio is among the media.
    drafts: Mapping[str, EpisodeRecord] = field(default_factory=dict)
    #: By name.
    feeds: Mapping[str, FeedRecord]
    #: By key, what is uploaded before pages and feeds name it.
    media: Mapping[str, Artifact]
    #: By key; what pages lead to may come after them.
    pages: Mapping[str, Artifact]
    #: By key, the documents of feeds, each after those that it leads to, and the lists of feeds.
    documents: Mapping[str, Artifact]
    #: By key, how an object can be made of what the store has of it.
    splices: Mapping[str, Splice] = field(default_factory=dict)
    #: By key, another key under which the store has the same bytes.
    sources: Mapping[str, str] = field(default_factory=dict)
    #: By guid, a digest of the files of an episode that waited until now.
    due: Mapping[str, str] = field(default_factory=dict)
    moment: datetime
    #: How many former generations the store keeps.
    keep: int = 0
    #: The commit of git that the workspace is at, if any.
    commit: str | None = None
    #: Whether that came before the one that was published last.
    is_behind: bool = False
    #: Where the public reads all that; None where nobody says.
    public_url: str | None = None

    @property
    def objects(self) -> dict[str, Artifact]:
        """All objects by their keys."""
        return {**self.media, **self.pages, **self.documents}


def target_of(podcast: Podcast) -> Target:
    """Return what a store shall hold that a podcast is published to."""
    files, images = podcast.site.files, (image for feed in podcast.feeds for image in feed.images)
    audio = (artifact for episode in podcast.episodes for artifact in episode.artifacts)
    away = (one.audio for one in podcast.put_away if one.audio)
    pages = (page for episode in podcast.episodes for page in episode.pages)
    documents = (document for feed in podcast.feeds for document in feed.documents)
    return Target(
        episodes={episode.outline.guid: _episode_record(episode) for episode in podcast.episodes},
        drafts={one.record.guid: one.record for one in podcast.put_away},
        feeds={feed.feed.name: _feed_record(feed) for feed in podcast.feeds},
        media=by_key((*files, *images, *audio, *away)),
        pages=by_key((*pages, *podcast.site.pages)),
        documents=by_key((*documents, *podcast.lists)),
        splices={episode.enclosure: episode.splice for episode in podcast.episodes if episode.splice},
        due={
            episode.outline.guid: episode.source
            for episode in podcast.episodes
            if episode.source and episode.stage != Stage.WAITING
        },
        moment=podcast.moment,
        keep=podcast.keep,
        public_url=podcast.public_url,
    )


def by_key(artifacts: Iterable[Artifact]) -> dict[str, Artifact]:
    """Return artifacts by their keys."""
    return {artifact.key: artifact for artifact in artifacts}


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
        parts={SOURCE: episode.source} if episode.source and episode.stage == Stage.WAITING else episode.parts,
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
        live=tuple(one.guid for one in feed.feed.tags.live if one.status == "live") or UNSET,
        copies=tuple(copy.key for copy in feed.copies) or UNSET,
    )
