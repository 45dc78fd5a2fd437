"""The plan of a publish: the objects to write and what listeners notice, as a value to print, refuse or apply."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from podwright.core.errors import UnsafePlanError
from podwright.core.model import Stage
from podwright.core.names import side_of
from podwright.publishing.plan.changes import StageChange, find_changes, find_stage_changes
from podwright.publishing.plan.consequences import Consequence, describe, find_consequences, find_undone
from podwright.publishing.plan.former_states import find_behind, find_taken_back
from podwright.publishing.plan.outcome import as_said_before, next_log, next_manifest
from podwright.publishing.plan.steps import Step, find_deletes, find_sources, find_writes, unsettled
from podwright.publishing.plan.target import Target
from podwright.stores.ledger.generations import FeedChange
from podwright.stores.ledger.manifest import Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything a publish does, in the four groups that must follow each other."""

    media: tuple[Step, ...]
    #: The new ones come first: nothing leads to them until those that exist are replaced.
    pages: tuple[Step, ...]
    feeds: tuple[Step, ...]
    deletes: tuple[Step, ...]
    changes: tuple[FeedChange, ...]
    stage_changes: tuple[StageChange, ...]
    consequences: tuple[Consequence, ...]
    #: How many objects stay as they are.
    kept: int
    #: How many episodes stand in feeds.
    live: int
    #: How many episodes do not stand in feeds yet for all whom they are for.
    waiting: int
    #: How many episodes stand in feeds no more.
    unlisted: int
    #: How many episodes are taken back.
    withdrawn: int
    #: What the store shall say of itself in the end; what this plan writes has no etag in it yet.
    manifest: Manifest
    #: Whether there is anything to write, be it the manifest alone.
    writes: bool

    @property
    def steps(self) -> tuple[Step, ...]:
        """All writes in their order."""
        return self.media + self.pages + self.feeds + self.deletes

    @property
    def approvals(self) -> Iterable[tuple[str, str]]:
        """Each thing that needs a person's approval, with the name by which it is accepted."""
        return describe(self.consequences)


def build_plan(
    target: Target,
    manifest: Manifest,
    *,
    extra_steps: Iterable[Step] = (),
    extra_consequences: Iterable[Consequence] = (),
    notifies: bool | None = None,
    restored: int | None = None,
) -> Plan:
    """Return how to make the store that a manifest describes hold the target.

    extra_steps: writes besides those that the target needs, in the first group. notifies: whether others are to be told
    of what changes; None: what is pending stays so. restored: the generation that the target brings back.
    """
    sources = find_sources(target, manifest)
    media = tuple(find_writes(target.media, manifest, sources=sources, splices=target.splices))
    pages = tuple(sorted(find_writes(target.pages, manifest), key=lambda step: step.kind != "create"))
    feeds = tuple(find_writes(target.documents, manifest, unsettled=unsettled(manifest)))
    deletes = tuple(find_deletes(target, manifest))
    own = (*media, *pages, *feeds, *deletes)
    written, wanted = {step.key for step in own}, target.objects
    extra = tuple(step for step in extra_steps if step.key not in written)
    owed = manifest.pending_notices
    if notifies is not None:
        owed = tuple(sorted({*owed, *_changed_keys((*own, *extra), target, manifest)})) if notifies else ()
    deleted = {step.key for step in deletes}
    after = next_manifest(target, manifest, deleted=deleted, owed=owed, restored=restored)
    stages = Counter(episode.stage for episode in target.episodes.values())
    stage_changes = tuple(find_stage_changes(target, manifest))
    changes = tuple(find_changes(target, manifest))
    suffered = find_consequences(target, manifest, stage_changes=stage_changes)
    undone = find_undone(manifest) if own and restored is None else ()
    # Who undoes a rollback publishes what was there before it, and is asked for that.
    asks = manifest.restored is None and restored is None
    behind = find_behind(target, manifest) if own and asks else ()
    taken_back = find_taken_back(target, manifest) if asks else ()
    return Plan(
        media=(*media, *extra),
        pages=pages,
        feeds=feeds,
        deletes=deletes,
        changes=changes,
        stage_changes=stage_changes,
        consequences=(*suffered, *behind, *taken_back, *undone, *extra_consequences),
        kept=len(wanted) - sum(step.key in wanted for step in (*own, *extra)),
        live=stages[Stage.LISTED],
        waiting=stages[Stage.WAITING] + stages[Stage.EARLY],
        unlisted=stages[Stage.UNLISTED],
        withdrawn=stages[Stage.WITHDRAWN],
        manifest=replace(after, log=next_log(target, manifest, changes=changes, restored=restored)),
        writes=bool(own or extra) or _says_more(after, manifest),
    )


def _says_more(after: Manifest, manifest: Manifest) -> bool:
    """Return whether a manifest says anything new, but for its generation."""
    after = replace(after, generation=manifest.generation)
    return after != manifest and as_said_before(after, manifest) != manifest


def _changed_keys(steps: Iterable[Step], target: Target, manifest: Manifest) -> Iterator[str]:
    """Yield public keys that had another content or other headers before, and feeds. No cache knows the others yet."""
    feeds = {feed.key for feed in target.feeds.values()}
    for step in steps:
        over = step.kind == "compose" and step.key in manifest.objects
        if side_of(step.key) == "public" and (over or step.kind in ("replace", "delete") or step.key in feeds):
            yield step.key


def check_accepted(plan: Plan, accepted: Collection[str]) -> None:
    """Raise UnsafePlanError where a consequence was not accepted as `kind` or `kind:subject`."""
    refused = [
        consequence
        for consequence in plan.consequences
        if consequence.kind not in accepted and f"{consequence.kind}:{consequence.subject}" not in accepted
    ]
    if refused:
        lines = [f"{message}; to go on: --accept {name}" for message, name in describe(refused)]
        raise UnsafePlanError("\n".join(lines))
