"""The manifest of a store when a publish has ended, and the publish as it is remembered."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from podwright.core.model import Stage
from podwright.publishing.plan.former_states import remember_commit, remember_states
from podwright.publishing.plan.target import Target
from podwright.stores.ledger.generations import FeedChange, Generation, news, remembered, remembered_parts
from podwright.stores.ledger.manifest import Manifest, record_of


def next_manifest(
    target: Target, manifest: Manifest, *, deleted: Collection[str], owed: tuple[str, ...], restored: int | None
) -> Manifest:
    """Return the manifest of a store that holds the target, and no more what was deleted; its log is as it was.

    restored: the generation that this brings back; None for a publish of the workspace.
    """
    wanted = target.objects
    objects = {key: record for key, record in manifest.objects.items() if key not in deleted}
    for key, artifact in wanted.items():
        held = manifest.objects.get(key)
        if not held or held.sha256 != artifact.sha256:
            objects[key] = record_of(artifact)
    gone = {
        guid: replace(record, live=False) for guid, record in manifest.episodes.items() if guid not in target.episodes
    }
    return replace(
        manifest,
        generation=manifest.generation + 1,
        doomed=(),
        unsettled={},
        coming={},
        pending_notices=owed,
        objects=objects,
        episodes={**gone, **target.drafts, **remember_states(target.episodes, manifest)},
        feeds=dict(target.feeds),
        retired={key: manifest.retired.get(key, target.moment) for key in objects if key not in wanted},
        restored=restored,
        public_url=target.public_url or manifest.public_url,
        commits=remember_commit(target.commit, manifest.commits),
    )


def as_said_before(after: Manifest, manifest: Manifest) -> Manifest:
    """Return a manifest without what an older podwright, which wrote the other one, did not say, and with its commits.

    That is no reason to write: it is said with the next change.
    """
    episodes = dict(after.episodes)
    for guid, former in manifest.episodes.items():
        parts = remembered_parts(episodes[guid].parts, former.parts)
        if len(parts) < len(episodes[guid].parts):
            episodes[guid] = replace(episodes[guid], parts=parts)
    public_url = manifest.public_url and after.public_url
    return replace(after, episodes=episodes, public_url=public_url, commits=manifest.commits)


def next_log(
    target: Target, manifest: Manifest, *, changes: Iterable[FeedChange], restored: int | None
) -> tuple[Generation, ...]:
    """Return what is remembered of this publish and of those before it."""
    present = Generation(
        number=manifest.generation + 1,
        at=target.moment,
        whole=True,
        live=sum(episode.stage == Stage.LISTED for episode in target.episodes.values()),
        waiting=sum(episode.stage.is_ahead for episode in target.episodes.values()),
        restored=restored,
        feeds=news(changes),
    )
    return remembered(former_log(manifest), present, keep=target.keep, besides=restored)


def former_log(manifest: Manifest) -> tuple[Generation, ...]:
    """Return the log of a manifest, also where an older podwright kept none."""
    if manifest.log or not manifest.generation:
        return manifest.log
    live = sum(episode.live for episode in manifest.episodes.values())
    whole = not manifest.doomed and all(feed.signature for feed in manifest.feeds.values())
    return (Generation(number=manifest.generation, at=None, whole=whole, live=live, waiting=0),)
