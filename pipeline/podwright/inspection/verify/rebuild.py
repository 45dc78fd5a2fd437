"""The manifest of a store that lost it, from the store itself: its feeds, its objects and the audio in them.

What listeners were promised stands in the feeds: guids and addresses. What feeds do not say comes from the newest
manifest that the history keeps, and from the workspace, where the store has the audio. What can only be known by
building, such as what a listener would notice of a change, `adopted` fills in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from msgspec import UNSET

from podwright.building.types import BuiltEpisode
from podwright.core.artifact import Artifact
from podwright.core.model import Stage
from podwright.core.names import feed_key, former_keys, is_only_ours, parse
from podwright.inspection.verify.episode_records import load_traced
from podwright.inspection.verify.store_contents import Sources, StoreContents, load_contents
from podwright.publishing.plan.former_states import remember_states
from podwright.publishing.plan.outcome import former_log
from podwright.publishing.proposal import Proposal
from podwright.render.feeds import ReadItem
from podwright.stores import Stored
from podwright.stores.ledger.generations import Generation
from podwright.stores.ledger.manifest import EpisodeRecord, FeedRecord, Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """A manifest of what is in a store, without what only building tells: signatures of feeds and parts of episodes."""

    manifest: Manifest
    #: The newest manifest that the history keeps, EMPTY where there is none.
    former: Manifest
    #: All that the store has.
    listed: Mapping[str, Stored]
    #: The items of episodes in feeds, by guid.
    items: Mapping[str, ReadItem]
    #: Digests of all items as they stand in feeds.
    digests: frozenset[str]
    #: Keys of objects that nothing proves to be what they must be.
    unproven: frozenset[str]
    #: Keys of audio that the store lost and that is not here, which the manifest names all the same, since the feeds
    #: do.
    beyond: frozenset[str]


def load_rebuilt(sources: Sources) -> Rebuilt:
    """Return what the store tells of itself.

    Raises StoreError where it cannot be read, or has nothing of podwright's.
    """
    contents = load_contents(sources)
    found = load_traced(contents)
    objects = {key: one for key, one in contents.objects.items() if key not in found.damaged}
    manifest = Manifest(
        generation=max((contents.former.generation, *contents.generations)) + 1,
        capabilities=contents.former.capabilities,
        public_url=contents.former.public_url,
        commits=contents.former.commits,
        objects=objects | found.promised,
        episodes=remember_states(found.episodes, contents.former),
        feeds={record.name: record for record in _feeds(contents)},
    )
    return Rebuilt(
        manifest=manifest,
        former=contents.former,
        listed=contents.listed,
        items=contents.items,
        digests=contents.digests,
        unproven=frozenset(objects.keys() - contents.proven),
        beyond=frozenset(found.promised),
    )


def logged(manifest: Manifest, former: Manifest) -> tuple[Generation, ...]:
    """Return the log of a rebuilt manifest: that of the newest kept one, and this generation, of unknown time."""
    stages = [one.stage for one in manifest.episodes.values()]
    present = Generation(
        number=manifest.generation,
        at=None,
        whole=all(feed.signature for feed in manifest.feeds.values()),
        live=stages.count(Stage.LISTED),
        waiting=stages.count(Stage.WAITING) + stages.count(Stage.EARLY),
    )
    return (*former_log(former), present)


def _feeds(contents: StoreContents) -> Iterator[FeedRecord]:
    documents, teasers = contents.documents, contents.teasers
    tiers = {feed.name: feed.select.tiers for feed in contents.sources.show.feeds}
    names = {key: name for key in documents if (name := parse(key))}
    show = contents.sources.show
    copies = {
        copy: feed_key(feed, show) for feed in show.feeds for copy in former_keys(feed, show) if copy in documents
    }
    for key, document in documents.items():
        feed = names[key]
        # A copy belongs to its feed, but where that is not there yet.
        if feed.kind != "feed" or copies.get(key) in documents:
            continue
        numbered = [
            (int(page.detail), one)
            for one, page in names.items()
            if (page.kind, page.owner, page.side) == ("archive", feed.owner, feed.side)
        ]
        pages = tuple(one for _, one in sorted(numbered))
        guids = dict.fromkeys(item.guid for one in (key, *reversed(pages)) for item in documents[one].items)
        yield FeedRecord(
            name=feed.owner,
            key=key,
            guid=document.guid or "",
            tiers=tiers.get(feed.owner, ()),
            signature=None,
            channel="",
            items=tuple(guid for guid in guids if guid not in teasers),
            teasers=tuple(teasers[guid] for guid in guids if guid in teasers),
            pages=pages,
            copies=tuple(copy for copy, heir in copies.items() if heir == key) or UNSET,
        )


def adopted(rebuilt: Rebuilt, proposal: Proposal) -> Manifest:
    """Return the manifest of a store that holds what was rebuilt, for a podcast that was built for that.

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
    """Return the record of an episode, as far as it is certain that its parts are what they were."""
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
