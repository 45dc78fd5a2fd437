"""A rebuilt manifest with what only building tells: what is known again as the store holds exactly what was built."""

from __future__ import annotations

from dataclasses import replace

from podwright.building.types import BuiltEpisode
from podwright.core.artifact import Artifact
from podwright.core.names import is_only_ours
from podwright.inspection.verify.rebuild import Rebuilt, logged
from podwright.publishing.proposal import Proposal
from podwright.stores.ledger.manifest import EpisodeRecord, Manifest


def adopted(rebuilt: Rebuilt, proposal: Proposal) -> Manifest:
    """The manifest of a store that holds what was rebuilt, for a podcast that was built for that.

    A feed that is as it would be published is known whole, and so is each episode whose item stands in a feed as it
    would; of another one those parts are known that the store shows to be the same. Objects that nobody needs, and that
    may be somebody else's, are left out.
    """
    manifest, after, former = rebuilt.manifest, proposal.plan.manifest, rebuilt.former
    feeds = {
        feed.feed.name: after.feeds[feed.feed.name]
        for feed in proposal.podcast.feeds
        if feed.feed.name in manifest.feeds and all(_is_held(one, manifest) for one in feed.documents)
    }
    episodes = {
        episode.outline.guid: _known_again(episode, rebuilt, after=after.episodes[episode.outline.guid])
        for episode in proposal.podcast.episodes
        if episode.outline.guid in manifest.episodes
    }
    needed = {
        *(after.objects.keys() - after.retired.keys()),
        *(key for feed in manifest.feeds.values() for key in feed.keys),
        *(episode.enclosure for episode in manifest.episodes.values()),
        *former.objects,
    }
    objects = {key: one for key, one in manifest.objects.items() if key in needed or is_only_ours(key)}
    retired = {**after.retired, **former.retired}
    found = replace(
        manifest,
        objects=objects,
        feeds={**manifest.feeds, **feeds},
        episodes={**manifest.episodes, **episodes},
        retired={key: retired[key] for key in after.retired if key in objects},
    )
    return replace(found, log=logged(found, former))


def _is_held(artifact: Artifact, manifest: Manifest) -> bool:
    record = manifest.objects.get(artifact.key)
    return record is not None and record.sha256 == artifact.sha256


def _known_again(episode: BuiltEpisode, rebuilt: Rebuilt, *, after: EpisodeRecord) -> EpisodeRecord:
    """The record of an episode, as far as it is certain that its parts are what they were."""
    manifest, guid = rebuilt.manifest, episode.outline.guid
    before, item = manifest.episodes[guid], rebuilt.items.get(guid)
    held = before.enclosure == episode.enclosure and all(_is_held(one, manifest) for one in episode.artifacts)
    announced = (before.unlist, before.withdraw) == (after.unlist, after.withdraw)
    if held and announced and before.stage == after.stage and (item is None or episode.item in rebuilt.digests):
        return after
    same = set()
    if item and item.title == episode.outline.title:
        same.add("title")
    if item and item.published == episode.outline.published:
        same.add("date")
    if before.enclosure == episode.enclosure and episode.artifacts and _is_held(episode.artifacts[0], manifest):
        same |= {"audio", "tags", "address"}
    elif before.audio and episode.audio and before.audio.frames_hash == episode.audio.frames_hash:
        same |= {"audio", "address"}
    if all(_is_held(one, manifest) for one in episode.artifacts[1:]):
        same |= {"chapters", "transcript", "image"}
    return replace(before, parts={**before.parts, **{part: after.parts[part] for part in same & after.parts.keys()}})
