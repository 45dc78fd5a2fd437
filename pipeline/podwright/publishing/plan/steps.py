"""The writes that make a store hold a target: what is sent, what is made of objects that it has, what is deleted."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from podwright.core.artifact import Artifact, Splice
from podwright.core.model import Stage
from podwright.core.names import PRIVATE, is_feed, is_page, parse, place_of, side_of
from podwright.publishing.plan.target import Target
from podwright.stores.ledger.manifest import EpisodeRecord, Manifest

StepKind = Literal["create", "replace", "compose", "delete"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One write."""

    kind: StepKind
    key: str
    #: None for "delete" only.
    artifact: Artifact | None = None
    #: The key of the object that a "compose" takes bytes from.
    source: str | None = None
    #: How the artifact can be made of what the store has; None where all or nothing of it is the same.
    splice: Splice | None = None

    @property
    def size(self) -> int:
        """Bytes to send."""
        if self.kind == "compose" and self.splice:
            return self.splice.part
        return self.artifact.size if self.artifact and self.kind in ("create", "replace") else 0


def find_writes(
    objects: Mapping[str, Artifact],
    manifest: Manifest,
    *,
    sources: Mapping[str, str] | None = None,
    splices: Mapping[str, Splice] | None = None,
    unsettled: Collection[str] = (),
) -> Iterator[Step]:
    """Yield a step for all that the store does not hold yet, or of which it is not certain what it holds."""
    present = manifest.held
    joins = manifest.capabilities is None or manifest.capabilities.copy_ranges
    for key, artifact in objects.items():
        held = present.get(key)
        if held and held.sha256 == artifact.sha256 and key not in unsettled:
            continue
        source, splice = (sources or {}).get(key), (splices or {}).get(key)
        if splice and splice.is_worthwhile and joins:
            source = splice.key
        kind: StepKind = "compose" if source else "replace" if held or _was_there(key, manifest) else "create"
        yield Step(kind=kind, key=key, artifact=artifact, source=source, splice=splice)


def _was_there(key: str, manifest: Manifest) -> bool:
    """Return whether there was an object, other than it is wanted, before a publish that was stopped."""
    begun = manifest.unsettled.get(key)
    return begun is not None and begun.former is not None


def find_sources(target: Target, manifest: Manifest) -> dict[str, str]:
    """Return, by key, where audio already lies under another key: staged, in another tier, or put away."""
    sources, held = {}, manifest.held

    def add(key: str, former: str) -> None:
        record, artifact = held.get(former), target.media.get(key)
        if key != former and record and artifact and record.sha256 == artifact.sha256:
            sources[key] = former

    for guid, episode in (*target.episodes.items(), *target.drafts.items()):
        former = manifest.episodes.get(guid)
        if former:
            add(episode.enclosure, former.enclosure)
        if former and former.teaser and episode.teaser:
            add(episode.teaser.key, former.teaser.key)
    return sources | dict(target.sources)


def unsettled(manifest: Manifest) -> set[str]:
    """Return the keys of documents of feeds whose last swap was not seen to end."""
    return {key for feed in manifest.feeds.values() if feed.signature is None for key in feed.keys}


# Deletes


def find_deletes(target: Target, manifest: Manifest) -> Iterator[Step]:
    """Yield a step for all that has to go.

    That is what an episode leaves behind that moves or is withdrawn, documents of feeds and pages that nothing needs,
    public objects of a stopped publish that nothing names, and what was doomed before. So each document that is served
    is one that was made of the present episodes.
    """
    left: set[str] = set()
    for guid, episode in (*target.episodes.items(), *target.drafts.items()):
        former = manifest.episodes.get(guid)
        left.update(_left_behind(former, episode) if former else ())
        left.update(_public_twin(episode))
    doomed, shown = {*manifest.doomed, *_never_named(manifest)}, _shown_trailers(target, manifest)
    for key in sorted({*manifest.objects, *manifest.unsettled}.difference(target.objects)):
        gone = key in doomed or is_page(key) or is_feed(key) or _folder(key) in left
        if gone or ((name := parse(key)) and name.kind in _TRAILERS and name.owner not in shown):
            yield Step(kind="delete", key=key)


#: Kinds of objects that hold the audio of a teaser.
_TRAILERS = ("teaser", "waiting_teaser")


def _never_named(manifest: Manifest) -> Iterator[str]:
    """Yield public keys that a stopped publish was the first to write: what nothing needs now was never promised."""
    for key, begun in manifest.unsettled.items():
        if begun.former is None and side_of(key) == "public":
            yield key


def _shown_trailers(target: Target, manifest: Manifest) -> set[str]:
    """Return the slugs of episodes whose former trailer stays for who has its address.

    Everybody may hear them by now, or their folder is gone. One whose folder was renamed is as unknown as any other.
    """
    public = (one for one in target.episodes.values() if one.live and side_of(one.enclosure) == "public")
    known = target.episodes.keys() | target.drafts.keys()
    gone = (one for guid, one in manifest.episodes.items() if guid not in known)
    return {one.slug for one in (*public, *gone)}


def _left_behind(former: EpisodeRecord, episode: EpisodeRecord) -> Iterator[str]:
    """Yield the folders in which an episode needs nothing but what it has there now."""
    if former.stem != episode.stem or episode.stage == Stage.EARLY or not episode.live:
        yield _folder(former.stem)
    if place_of(former.enclosure) != "published" and former.enclosure != episode.enclosure:
        yield _folder(former.enclosure)


def _public_twin(episode: EpisodeRecord) -> Iterator[str]:
    """Yield the folder where a gated episode was public, though it may have had another guid then."""
    if side_of(episode.stem) == "private":
        yield _folder(episode.stem.removeprefix(PRIVATE))


def _folder(key: str) -> str:
    return key.rpartition("/")[0]
