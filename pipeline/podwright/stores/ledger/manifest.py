"""The manifest: what a store holds and what was promised to listeners, as one value that the store itself keeps.

Any machine with the workspace's text and the credentials can go on from it: the facts of published audio are in it, and
so are the keys that apps have already seen. It lies below `private/`, since it names what is not public.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from msgspec import UNSET, UnsetType

from podwright.core.artifact import Artifact, Side
from podwright.core.errors import StoreError
from podwright.core.model import Stage
from podwright.core.names import parse
from podwright.stores.capabilities import Capabilities
from podwright.stores.ledger.generations import Count, Generation, Moment

#: What to do about what a store lost, or holds otherwise than was published.
REPAIR = "run podwright verify --repair"


# The fields of these types are the names in the stored document: see tests/data/manifests before one is renamed.


@dataclass(frozen=True, slots=True)
class ObjectRecord:
    """An object as it was stored."""

    #: In bytes.
    size: Count
    #: In hex.
    sha256: str
    #: The store's own version of it.
    etag: str
    #: One of `core.names.KINDS`; None where an older podwright published it, or the key does not tell.
    kind: str | None = None
    side: Side | None = None
    media_type: str | None = None


def record_of(artifact: Artifact, *, etag: str = "") -> ObjectRecord:
    """Return the record of an artifact that a store has under this version."""
    name = parse(artifact.key)
    kind = name.kind if name else None
    return ObjectRecord(artifact.size, artifact.sha256, etag, kind, artifact.side, artifact.media_type)


@dataclass(frozen=True, slots=True)
class Unsettled:
    """An object that a publish has begun to write."""

    #: What it was, if it was there.
    former: ObjectRecord | None
    coming: ObjectRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioRecord:
    """The audio of an episode, apart from where it is stored."""

    media_type: str
    duration: timedelta
    #: Bytes in front of the audio frames of the published object, 0 where tags lie elsewhere in it.
    tag_length: Count
    #: XXH3-128 of the frames, in hex.
    frames_hash: str
    #: Digest of what the tags say (`audio.digest_tags`); None where an older podwright published it.
    tag_digest: str | None = None


@dataclass(frozen=True, slots=True)
class TeaserRecord:
    """The audio of a teaser."""

    key: str
    audio: AudioRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeRecord:
    """The promises of an episode to listeners."""

    guid: str
    slug: str
    #: The beginning of its keys, as long as it is as public as now.
    stem: str
    title: str
    tier: str
    published: Moment
    #: Whether a feed has named it and what it named is there.
    live: bool
    #: Key of the audio: public, staged, put away, or what it was before it was deleted.
    enclosure: str
    #: None for what was withdrawn before it was ever published.
    audio: AudioRecord | None
    #: Digest of each thing a listener would notice a change of (title, notes, audio…).
    parts: Mapping[str, str]
    #: The ends that were announced.
    unlist: Moment | None = None
    withdraw: Moment | None = None
    stage: Stage = Stage.LISTED
    #: What it leaves in feeds that do not carry it.
    teaser: TeaserRecord | None = None
    #: Digests of what it said before (`plan.former_states`), the latest last; nothing is stored where there is none.
    former: tuple[str, ...] | UnsetType = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRecord:
    """A feed as it was last swapped in."""

    name: str
    key: str
    guid: str
    tiers: tuple[str, ...]
    #: Digest of all it says; None while a swap is under way.
    signature: str | None
    #: Digest of the channel apart from the items.
    channel: str
    #: Guids in feed order.
    items: tuple[str, ...]
    #: Keys of its archive.
    pages: tuple[str, ...] = ()
    #: Guids of the episodes that left a teaser in it.
    teasers: tuple[str, ...] = ()
    #: Guids of its live items that are live; nothing is stored where there is none.
    live: tuple[str, ...] | UnsetType = UNSET
    #: Keys of the feed at the addresses that it had under former names; nothing is stored where there is none.
    copies: tuple[str, ...] | UnsetType = UNSET

    @property
    def addresses(self) -> tuple[str, ...]:
        """The keys under which listeners subscribe to it."""
        return (self.key, *(self.copies or ()))

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of all its documents."""
        return (*self.pages, *self.addresses)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A whole manifest that the store keeps beside the present one, which then says only what changed since."""

    #: Of the stored bytes, in hex; its key is made of it.
    sha256: str
    #: In bytes, before compression.
    size: Count
    manifest: Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The contents of a store and the promises made of them."""

    #: Counts the publishes.
    generation: Count = 0
    #: Keys that a publish has begun to delete; none once it has ended.
    doomed: tuple[str, ...] = ()
    #: None where the store was never tried.
    capabilities: Capabilities | None = None
    #: By key, what a publish has begun to write, which is no object until it is seen what it became.
    unsettled: Mapping[str, Unsettled] = field(default_factory=dict)
    #: By guid, the audio that an episode has once its unsettled object has come.
    coming: Mapping[str, AudioRecord] = field(default_factory=dict)
    #: Public keys with another content than before, of which those who are to be told have not been told yet.
    pending_notices: tuple[str, ...] = ()
    #: By key.
    objects: Mapping[str, ObjectRecord] = field(default_factory=dict)
    #: By guid.
    episodes: Mapping[str, EpisodeRecord] = field(default_factory=dict)
    #: By name.
    feeds: Mapping[str, FeedRecord] = field(default_factory=dict)
    #: Objects that nothing names any more, with the time since when.
    retired: Mapping[str, Moment] = field(default_factory=dict)
    #: This generation and the former ones that are kept, the oldest first.
    log: tuple[Generation, ...] = ()
    #: The generation that was brought back, until the workspace is published again.
    restored: Count | None = None
    #: Where the public reads what is stored; None where an older podwright published it.
    public_url: str | None = None
    #: The commits of workspaces that were published, of git and in hex, the latest last.
    commits: tuple[str, ...] = ()
    #: The whole manifest that the store has beside this one, if it has one.
    base: Snapshot | None = field(default=None, compare=False, repr=False)

    @property
    def named(self) -> Mapping[str, ObjectRecord]:
        """The objects that feeds, pages and apps need."""
        return {key: one for key, one in self.objects.items() if key not in self.retired}

    @property
    def at_rest(self) -> bool:
        """True if nothing is under way: every object is what it is said to be."""
        swapping = any(feed.signature is None for feed in self.feeds.values())
        return not (self.doomed or self.unsettled or swapping)

    @property
    def held(self) -> Mapping[str, ObjectRecord]:
        """The objects that the store certainly has: none that a publish began to delete."""
        doomed = set(self.doomed)
        return {key: one for key, one in self.objects.items() if key not in doomed} if doomed else self.objects


EMPTY = Manifest()


class DamagedManifestError(StoreError):
    """A manifest that nobody can read."""

    #: The version of the damaged object.
    etag: str | None = None


def writing(manifest: Manifest, keys: Collection[str], *, after: Manifest, previous: Manifest) -> Manifest:
    """Return the manifest while the objects of these keys may be what they were in `previous`, or what `after` says."""
    unsettled = {key: Unsettled(_former(key, previous), after.objects[key]) for key in sorted(keys)}
    guids = {one.enclosure: guid for guid, one in manifest.episodes.items()}
    entries = {guid: after.episodes[guid] for key in unsettled if (guid := guids.get(key, "")) in after.episodes}
    coming = {guid: one.audio for guid, one in entries.items() if one.audio is not None}
    objects = {key: one for key, one in manifest.objects.items() if key not in unsettled}
    return replace(manifest, objects=objects, unsettled=unsettled, coming=coming)


def _former(key: str, previous: Manifest) -> ObjectRecord | None:
    """Return what an object was when it was last certain."""
    begun = previous.unsettled.get(key)
    return previous.held.get(key) or (begun.former if begun else None)


def pending(manifest: Manifest, *, swapped: Collection[str], doomed: Iterable[str], previous: Manifest) -> Manifest:
    """Return the manifest while pages and feeds with the keys `swapped` may hold either content, and `doomed` go."""
    feeds = {
        name: replace(record, signature=None) if not set(record.keys).isdisjoint(swapped) else record
        for name, record in {**previous.feeds, **manifest.feeds}.items()
    }
    log = (*manifest.log[:-1], *(replace(one, whole=False) for one in manifest.log[-1:]))
    objects = {**previous.objects, **manifest.objects}
    claim = replace(manifest, objects=objects, feeds=feeds, doomed=tuple(doomed), log=log)
    return writing(claim, swapped, after=manifest, previous=previous)
