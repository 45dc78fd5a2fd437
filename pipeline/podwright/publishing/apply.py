"""Carrying out a plan: every write of a publish, in the order that keeps what listeners have whole."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from podwright.core.deadline import Deadline
from podwright.core.errors import DeadlineError, StoreError
from podwright.core.progress import Progress
from podwright.publishing.events import Hear, done_event, unheard
from podwright.publishing.history import apply_saves, saves
from podwright.publishing.plan import Plan
from podwright.publishing.plan.steps import Step
from podwright.stores import Advance, Store, settle
from podwright.stores.ledger.manifest import Manifest, ObjectRecord, pending, record_of, writing
from podwright.stores.ledger.manifest_io import write_manifest
from podwright.stores.splicing import put_spliced

_BEFORE = (
    "the deadline has passed; feeds and pages are as they were, and what was uploaded is not sent again: "
    "publish again to go on"
)
_AMIDST = (
    "the deadline has passed while feeds and pages were replaced; each is whole, the old one or the new one: "
    "publish again to go on"
)


def apply_plan(
    plan: Plan,
    store: Store,
    *,
    previous: Manifest,
    etag: str | None,
    progress: Progress,
    check: Callable[[], None] = lambda: None,
    hear: Hear = unheard,
    deadline: Deadline | None = None,
    build_dir: Path | None = None,
) -> str:
    """Carry out a plan, and return the version of the new manifest.

    In this order: former documents kept; media, each verified; the claim; pages; feeds; deletes; the manifest. Before a
    group is written the manifest says what may be, so that a run that is stopped leaves nothing unknown
    (docs/decisions/manifest-written-thrice.md). New objects come before those that are replaced: nothing that listeners
    have leads to what is not there yet, and replaced audio stands beside the feed of the old for as short as can be.

    store: adapted to what it can do, which `previous` says. previous and etag: the manifest that the plan was made for,
    and its version (None: there was none). check: called before each write, to raise ConflictError where somebody else
    publishes; hear: told of each write. deadline: what is under way ends with it. build_dir: room for audio that has to
    pass through here, the system's place for temporary files if None.
    Raises ConflictError, DeadlineError, StoreError.
    """
    _check_sources(plan)
    plan = replace(plan, manifest=replace(plan.manifest, capabilities=previous.capabilities))
    progress.begin("uploading", sum(step.size for step in plan.steps))
    apply = _Apply(store, progress, check, hear, build_dir, deadline or Deadline())
    over = _BEFORE
    try:
        apply.check_all()
        apply_saves(saves(plan, previous, etag=etag), store)
        objects = dict(plan.manifest.objects)
        if plan.media:
            # The longest first, so that no thread is left alone with a long one in the end.
            media = sorted(plan.media, key=lambda step: -step.size)
            # Whoever goes on after this run takes what arrived for what was there, and has it to tell all the same.
            present = replace(previous, pending_notices=plan.manifest.pending_notices)
            begun = writing(present, {step.key for step in media}, after=plan.manifest, previous=previous)
            previous, etag = write_manifest(store, begun, expected=etag)
            for steps in _new_ones_first(media, previous):
                objects.update(apply.all(steps))
        swapped, base = (*plan.pages, *plan.feeds), previous.base
        if swapped or plan.deletes:
            apply.check_all()
            claim = pending(
                replace(plan.manifest, objects=objects, base=previous.base),
                swapped={step.key for step in swapped},
                doomed=(step.key for step in plan.deletes),
                previous=previous,
            )
            claim, etag = write_manifest(store, claim, expected=etag)
            base, over = claim.base, _AMIDST
            pages, feeds = _new_ones_first(plan.pages, previous), _new_ones_first(plan.feeds, previous)
            for some_pages, some_feeds in zip(pages, feeds, strict=True):
                objects.update(apply.all(some_pages))
                settle(store)
                objects.update(apply.one(step, swapped=True) for step in some_feeds)
            for step in plan.deletes:
                apply.check_all()
                store.delete([step.key])
                hear(done_event(step, swapped=False))
        _, etag = write_manifest(store, replace(plan.manifest, objects=objects, base=base), expected=etag)
    except DeadlineError as error:
        raise DeadlineError(f"{store.url}: {over}") from error
    else:
        return etag
    finally:
        progress.end()


def _check_sources(plan: Plan) -> None:
    """Raise StoreError, before anything is written, where there is nothing to write an object from."""
    for step in plan.steps:
        if step.artifact and step.artifact.body is None and not (step.source or step.splice):
            raise StoreError(
                f"{step.key}: the store lost it, and its source is not here; publish from where the audio is"
            )


def _new_ones_first(steps: Iterable[Step], previous: Manifest) -> tuple[list[Step], list[Step]]:
    """Return the steps whose object was not there, and those whose object was."""
    there = previous.objects.keys() | {key for key, begun in previous.unsettled.items() if begun.former}
    found: tuple[list[Step], list[Step]] = ([], [])
    for step in steps:
        found[step.key in there].append(step)
    return found


@dataclass(frozen=True, slots=True)
class _Apply:
    """The way in which steps are written to a store."""

    store: Store
    progress: Progress
    check: Callable[[], None]
    hear: Hear
    build_dir: Path | None
    deadline: Deadline
    #: Set where somebody ends the run, so that what is still being sent is given up.
    halt: threading.Event = field(default_factory=threading.Event)
    #: Set where a step failed, so that none is begun after it.
    failed: threading.Event = field(default_factory=threading.Event)

    def check_all(self) -> None:
        """Raise where nothing more may be written."""
        self.check()
        self.check_time()

    def check_time(self) -> None:
        """Raise DeadlineError where it has passed."""
        if self.deadline.has_passed():
            raise DeadlineError(self.store.url)

    def all(self, steps: Iterable[Step]) -> list[tuple[str, ObjectRecord]]:
        """Write steps whose order does not matter, and return their keys with what is now under them."""
        with ThreadPoolExecutor(self.store.concurrency) as pool:
            try:
                return list(pool.map(self.one, steps))
            except (KeyboardInterrupt, SystemExit):
                self.halt.set()
                raise

    def one(self, step: Step, *, swapped: bool = False) -> tuple[str, ObjectRecord]:
        """Write one step, and return its key with what is now under it. swapped: whether it is one of a feed."""
        if self.failed.is_set():
            raise StoreError(f"{step.key}: another step failed before it; publish again")
        try:
            self.check_all()
            record = _put(step, self.store, progress=self._advance, build_dir=self.build_dir)
        except BaseException:
            self.failed.set()
            raise
        self.hear(done_event(step, swapped=swapped))
        return step.key, record

    def _advance(self, count: int) -> None:
        if self.halt.is_set():
            raise KeyboardInterrupt
        self.check_time()
        self.progress.advance(count)


def _put(step: Step, store: Store, *, progress: Advance, build_dir: Path | None) -> ObjectRecord:
    artifact = step.artifact
    if artifact is None:
        raise AssertionError("only a delete has no artifact")
    if step.splice:
        stored = put_spliced(artifact, step.splice, store, progress=progress, build_dir=build_dir)
    elif step.source:
        stored = store.copy(step.source, artifact)
    else:
        stored = store.put(artifact, progress=progress)
    return record_of(artifact, etag=stored.etag)
