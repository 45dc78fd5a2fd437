"""The writes that make a store hold what a podcast wants: what is sent, and what is made of objects that it has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from podwright.building.types import Podcast
from podwright.core.artifact import Artifact, Splice
from podwright.stores.ledger.manifest import Manifest

StepKind = Literal["create", "replace", "compose", "delete"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One write. artifact is None for "delete" only; source is the object that a "compose" takes bytes from.

    splice: how the artifact can be made of what the store has; None where all or nothing of it is the same.
    """

    kind: StepKind
    key: str
    artifact: Artifact | None = None
    source: str | None = None
    splice: Splice | None = None

    @property
    def size(self) -> int:
        """Bytes to send."""
        if self.kind == "compose" and self.splice:
            return self.splice.part
        return self.artifact.size if self.artifact and self.kind in ("create", "replace") else 0


def find_writes(
    artifacts: Iterable[Artifact],
    manifest: Manifest,
    *,
    sources: Mapping[str, str] | None = None,
    splices: Mapping[str, Splice] | None = None,
    unsettled: Collection[str] = (),
) -> Iterator[Step]:
    """What to write: all that the store does not hold yet, or of which it is not certain what it holds."""
    known = manifest.held
    joins = manifest.capabilities is None or manifest.capabilities.copy_ranges
    for artifact in artifacts:
        held = known.get(artifact.key)
        if held and held.sha256 == artifact.sha256 and artifact.key not in unsettled:
            continue
        source, splice = (sources or {}).get(artifact.key), (splices or {}).get(artifact.key)
        if splice and splice.is_worthwhile and joins:
            source = splice.key
        kind: StepKind = "compose" if source else "replace" if held or _was_there(artifact.key, manifest) else "create"
        yield Step(kind=kind, key=artifact.key, artifact=artifact, source=source, splice=splice)


def _was_there(key: str, manifest: Manifest) -> bool:
    """Whether there was an object, other than it is wanted, before a publish that was stopped."""
    begun = manifest.unsettled.get(key)
    return begun is not None and begun.former is not None


def find_sources(podcast: Podcast, manifest: Manifest) -> dict[str, str]:
    """Where the audio of an episode already lies under another key: staged, in another tier, or put away."""
    found, objects = {}, manifest.held
    for episode in podcast.episodes:
        known = manifest.episodes.get(episode.outline.guid)
        if known and known.enclosure != episode.enclosure and episode.artifacts:
            held = objects.get(known.enclosure)
            if held and held.sha256 == episode.artifacts[0].sha256:
                found[episode.enclosure] = known.enclosure
        if known and known.teaser and episode.teaser and known.teaser.key != episode.teaser.artifact.key:
            held = objects.get(known.teaser.key)
            if held and held.sha256 == episode.teaser.artifact.sha256:
                found[episode.teaser.artifact.key] = known.teaser.key
    return found


def unsettled(manifest: Manifest) -> set[str]:
    """Documents of feeds whose last swap was not seen to end."""
    return {key for feed in manifest.feeds.values() if feed.signature is None for key in feed.keys}
