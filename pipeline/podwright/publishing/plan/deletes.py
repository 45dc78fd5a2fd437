"""What a publish deletes: what an episode leaves behind, pages that nothing needs, and what was doomed before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from podwright.building.types import BuiltEpisode, Podcast
from podwright.core.artifact import Artifact
from podwright.core.model import Stage
from podwright.core.names import EARLY, PRIVATE, STAGED, WITHDRAWN, is_page
from podwright.publishing.plan.steps import Step
from podwright.stores.ledger.manifest import EpisodeRecord, Manifest


def find_deletes(podcast: Podcast, manifest: Manifest, *, wanted: Mapping[str, Artifact]) -> Iterator[Step]:
    """What an episode leaves behind that moves or is withdrawn; archive pages that a feed no longer has; pages that
    nothing needs; and what was doomed before."""
    left = {
        folder
        for episode in podcast.episodes
        if (known := manifest.episodes.get(episode.outline.guid))
        for folder in _left_behind(known, episode)
    } | {folder for episode in podcast.episodes for folder in _public_twin(episode)}
    doomed = {*manifest.doomed, *_former_pages(podcast, manifest), *_former_teasers(podcast, manifest)}
    for key in sorted({*manifest.objects, *manifest.unsettled}.difference(wanted)):
        if key in doomed or is_page(key) or key.rpartition("/")[0] in left:
            yield Step(kind="delete", key=key)


def _former_pages(podcast: Podcast, manifest: Manifest) -> Iterator[str]:
    for feed in podcast.feeds:
        old = manifest.feeds.get(feed.feed.name)
        yield from (old.pages if old else ())


def _former_teasers(podcast: Podcast, manifest: Manifest) -> Iterator[str]:
    """Trailers that nothing shows any more; those of what everybody may hear by now stay for who has their address."""
    for episode in podcast.episodes:
        known = manifest.episodes.get(episode.outline.guid)
        if known and known.teaser and (episode.enclosure.startswith(PRIVATE) or not episode.live):
            yield known.teaser.key


def _left_behind(known: EpisodeRecord, episode: BuiltEpisode) -> Iterator[str]:
    """The folders in which an episode needs nothing but what it has there now."""
    if known.stem != episode.stem or episode.stage == Stage.EARLY or not episode.live:
        yield known.stem.rpartition("/")[0]
    if known.enclosure.startswith((STAGED, EARLY, WITHDRAWN)) and known.enclosure != episode.enclosure:
        yield known.enclosure.rpartition("/")[0]


def _public_twin(episode: BuiltEpisode) -> Iterator[str]:
    """Where a gated episode was public, though it may have had another guid then."""
    if episode.stem.startswith(PRIVATE):
        yield episode.stem.removeprefix(PRIVATE).rpartition("/")[0]
