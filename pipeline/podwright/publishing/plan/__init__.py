"""What publishing would do: the objects to write and what listeners notice, as a value to print, refuse or apply."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from podwright.building.types import Podcast
from podwright.core.artifact import Artifact
from podwright.core.errors import UnsafePlanError
from podwright.core.model import Stage
from podwright.publishing.plan.changes import find_changes
from podwright.publishing.plan.consequences import Consequence, find_consequences, find_undone, told
from podwright.publishing.plan.deletes import find_deletes
from podwright.publishing.plan.outcome import next_log, next_manifest
from podwright.publishing.plan.steps import Step, find_sources, find_writes, unsettled
from podwright.publishing.stage_changes import Passage, find_passages
from podwright.stores.ledger.generations import FeedChange
from podwright.stores.ledger.manifest import Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything a publish does, in the four groups that must follow each other.

    Of pages the new ones come first: nothing leads to them until those that exist are replaced.

    kept: how many objects stay as they are. live, waiting, unlisted and withdrawn: how many episodes stand in feeds, do
    not yet for all whom they are for, do no more, and are taken back.
    manifest: what the store shall say of itself in the end; what this plan writes has no etag in it yet.
    """

    media: tuple[Step, ...]
    pages: tuple[Step, ...]
    feeds: tuple[Step, ...]
    deletes: tuple[Step, ...]
    changes: tuple[FeedChange, ...]
    consequences: tuple[Consequence, ...]
    kept: int
    live: int
    waiting: int
    manifest: Manifest
    writes: bool
    passages: tuple[Passage, ...] = ()
    unlisted: int = 0
    withdrawn: int = 0

    @property
    def steps(self) -> tuple[Step, ...]:
        """All writes in their order."""
        return self.media + self.pages + self.feeds + self.deletes


def build_plan(podcast: Podcast, manifest: Manifest) -> Plan:
    """How to make the store that a manifest describes hold the podcast."""
    media, pages, feeds = _wanted(podcast)
    wanted = media | pages | feeds
    splices = {one.enclosure: one.splice for one in podcast.episodes if one.splice}
    sources = find_sources(podcast, manifest)
    media_steps = tuple(find_writes(media.values(), manifest, sources=sources, splices=splices))
    page_steps = tuple(sorted(find_writes(pages.values(), manifest), key=lambda step: step.kind != "create"))
    feed_steps = tuple(find_writes(feeds.values(), manifest, unsettled=unsettled(manifest)))
    deletes = tuple(find_deletes(podcast, manifest, wanted=wanted))
    touches = bool(media_steps or page_steps or feed_steps or deletes)
    after = next_manifest(podcast, manifest, wanted=wanted, deleted={step.key for step in deletes})
    stages = Counter(episode.stage for episode in podcast.episodes)
    passages = tuple(find_passages(podcast, manifest))
    changes = tuple(find_changes(podcast, manifest))
    suffered = find_consequences(podcast, manifest, passages=passages)
    return Plan(
        media=media_steps,
        pages=page_steps,
        feeds=feed_steps,
        deletes=deletes,
        changes=changes,
        consequences=(*suffered, *(find_undone(manifest) if touches else ())),
        kept=len(wanted) - len(media_steps) - len(page_steps) - len(feed_steps),
        live=stages[Stage.LISTED],
        waiting=stages[Stage.WAITING] + stages[Stage.EARLY],
        manifest=replace(after, log=next_log(podcast, manifest, changes=changes)),
        writes=touches or replace(after, generation=manifest.generation) != manifest,
        passages=passages,
        unlisted=stages[Stage.UNLISTED],
        withdrawn=stages[Stage.WITHDRAWN],
    )


def _wanted(podcast: Podcast) -> tuple[dict[str, Artifact], dict[str, Artifact], dict[str, Artifact]]:
    """All objects of a podcast by their keys: media, pages, and documents of feeds with the lists of them."""
    files, images = podcast.site.files, (image for feed in podcast.feeds for image in feed.images)
    media = (*files, *images, *(one for episode in podcast.episodes for one in episode.artifacts))
    pages = (*(page for episode in podcast.episodes for page in episode.pages), *podcast.site.pages)
    documents = (*(document for feed in podcast.feeds for document in feed.documents), *podcast.lists)
    return _by_key(media), _by_key(pages), _by_key(documents)


def _by_key(artifacts: Iterable[Artifact]) -> dict[str, Artifact]:
    return {artifact.key: artifact for artifact in artifacts}


def check_accepted(plan: Plan, accepted: Collection[str]) -> None:
    """Raise UnsafePlanError where a consequence was not accepted as `kind` or `kind:subject`."""
    open_ones = [
        one for one in plan.consequences if one.kind not in accepted and f"{one.kind}:{one.subject}" not in accepted
    ]
    if open_ones:
        lines = [f"{message}; to go on: --accept {name}" for message, name in told(open_ones)]
        raise UnsafePlanError("\n".join(lines))
