"""Publishing: look at the workspace and the store, decide, and make the store equal to the workspace."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pipeline.cache import Cache, is_believed, load_clock, open_cache
from pipeline.errors import ConflictError, Problem, StoreError
from pipeline.journal import Hear, done_event, planned_event, unheard
from pipeline.manifest import (
    EMPTY,
    MANIFEST_KEY,
    MANIFEST_TYPE,
    Manifest,
    ObjectRecord,
    parse_manifest,
    pending,
    render_manifest,
)
from pipeline.model import Overrides, Storage
from pipeline.stores import Store, open_store
from pipeline.workspace.scan import Scan, scan_workspace

if TYPE_CHECKING:
    from pipeline.assembly.types import Podcast
    from pipeline.model import Show
    from pipeline.plan import Plan, Step

#: Below the workspace: cache, build folder; nothing in it is ever needed.
WORK_DIR = ".podwright"
#: How often a publish that lost a race looks again before it gives up.
ATTEMPTS = 5
#: In ns.
DAY = 86_400_000_000_000


class Progress(Protocol):
    """Told how long work goes on; total and count are bytes."""

    def begin(self, label: str, total: int) -> None:
        """A stretch of work begins."""

    def advance(self, count: int) -> None:
        """So many bytes more are done. May be called from several threads."""

    def end(self) -> None:
        """The stretch is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to publish and as of when. root: the workspace; now: an aware datetime.

    work_dir: the folder of cache and builds, WORK_DIR unless another store is published to from the same workspace.
    hear: told what happens.
    keep: how many former generations the store keeps; None: as the show says.
    """

    root: Path
    now: datetime
    overrides: Overrides
    progress: Progress
    work_dir: str = WORK_DIR
    hear: Hear = unheard
    keep: int | None = None

    @property
    def work(self) -> Path:
        """The folder of cache and builds."""
        return self.root / self.work_dir


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A plan with what it came from. store: the store's printable address; manifest: what the store holds now."""

    store: str
    podcast: Podcast
    manifest: Manifest
    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a publish found and did. plan is None where a look at stamps was enough to know that nothing changed.

    next_due: when the clock next changes anything, or None.
    """

    store: str
    plan: Plan | None
    problems: tuple[Problem, ...]
    live: int
    waiting: int
    next_due: datetime | None


def plan(job: Job) -> Proposal:
    """What `publish` would do; writes nothing but the cache.

    Raises WorkspaceError for bad input, StoreError where the manifest cannot be read.
    """
    with _prepared(job, _look(job)) as found:
        return Proposal(store=found.store.url, podcast=found.podcast, manifest=found.manifest, plan=found.plan)


def publish(job: Job, *, accepted: Collection[str]) -> Outcome:
    """Make the store equal to the workspace.

    accepted: names of the consequences that a person has agreed to. Raises WorkspaceError, UnsafePlanError or
    StoreError; the feeds are untouched then, unless the store failed during their swap: a second run completes it.
    """
    look = _look(job)
    settled = _settled(job, look)
    if settled is not None:
        return settled
    for _ in range(ATTEMPTS - 1):
        with contextlib.suppress(ConflictError):
            return _publish_once(job, look, accepted=accepted)
        look = _look(job)
    return _publish_once(job, look, accepted=accepted)


def _publish_once(job: Job, look: _Look, *, accepted: Collection[str]) -> Outcome:
    from pipeline.plan import check_accepted

    with _prepared(job, look) as found:
        job.hear(planned_event(found.plan, store=found.store.url))
        check_accepted(found.plan, accepted)
        etag = found.etag
        if found.plan.writes:
            etag = apply_plan(
                found.plan,
                found.store,
                previous=found.manifest,
                etag=found.etag,
                progress=job.progress,
                hear=job.hear,
            )
        _settle(job, found, etag=etag)
        return Outcome(
            store=found.store.url,
            plan=found.plan,
            problems=found.podcast.problems,
            live=found.plan.live,
            waiting=found.plan.waiting,
            next_due=found.podcast.horizon,
        )


# Look and decide


@dataclass(frozen=True, slots=True)
class _Look:
    """The names and stamps of the workspace, and the file system's time before they were read, in ns."""

    scan: Scan
    clock: int


def _look(job: Job) -> _Look:
    clock = load_clock(job.work)
    return _Look(scan_workspace(job.root), clock)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    scan: Scan
    show: Show
    store: Store
    cache: Cache
    clock: int
    manifest: Manifest
    etag: str | None
    podcast: Podcast
    plan: Plan


@contextlib.contextmanager
def _prepared(job: Job, look: _Look) -> Iterator[_Prepared]:
    """Everything read and decided; what was rendered can be read until the context ends."""
    from pipeline.assembly.podcast import Bench, build_podcast
    from pipeline.plan import build_plan
    from pipeline.spool import Spool
    from pipeline.workspace.load import load_show

    work = job.work
    with open_cache(work) as cache, _build_folder(work, clock=look.clock) as build_dir, Spool(build_dir) as spool:
        scan = look.scan
        show = load_show(scan, job.overrides)
        if job.keep is not None:
            show = replace(show, keep=job.keep)
        store = open_store(show.storage)
        manifest, etag = observe_manifest(store)
        job.progress.begin("reading", sum(file.size for folder in scan.episodes for file in folder.files))
        bench = Bench(
            scan=scan,
            show=show,
            now=job.now,
            manifest=manifest,
            cache=cache,
            spool=spool,
            build_dir=build_dir,
            clock=look.clock,
            advance=job.progress.advance,
            cover_dir=work / "covers" if os.access(work, os.W_OK) else None,
        )
        try:
            podcast = build_podcast(bench)
        finally:
            job.progress.end()
            cache.save(folder.folder for folder in scan.episodes)
        yield _Prepared(
            scan=scan,
            show=show,
            store=store,
            cache=cache,
            clock=look.clock,
            manifest=manifest,
            etag=etag,
            podcast=podcast,
            plan=build_plan(podcast, manifest),
        )


@contextlib.contextmanager
def _build_folder(work: Path, *, clock: int) -> Iterator[Path]:
    """A folder for what this run builds on disk; what killed runs left there longer than a day ago is removed."""
    for leftover in work.glob("build-*"):
        if clock - leftover.stat().st_mtime_ns > DAY:
            shutil.rmtree(leftover, ignore_errors=True)
    here = work if work.is_dir() and os.access(work, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="build-", dir=here) as folder:
        yield Path(folder)


def observe_manifest(store: Store) -> tuple[Manifest, str | None]:
    """What the store says of itself, with the version of that statement; (EMPTY, None) before the first publish."""
    read = store.read(MANIFEST_KEY)
    if read is None or read.data is None:
        return EMPTY, None
    return parse_manifest(read.data), read.etag


# Apply


def apply_plan(
    plan: Plan, store: Store, *, previous: Manifest, etag: str | None, progress: Progress, hear: Hear = unheard
) -> str:
    """Carry out a plan: the store tried where it never was; former documents kept; media, each verified; the claim on
    the manifest; pages; feeds; deletes; the manifest.

    previous and etag: the manifest that the plan was made for, and its version (None: there was none). Returns the
    version of the new manifest. Raises ConflictError, before any feed is touched, where another publish was faster;
    StoreError otherwise.
    """
    from pipeline.history import apply_saves, saves

    # Nothing is written to a store of which it is not known what it does with a condition.
    known = previous.capabilities or store.observe_capabilities()
    store, plan = store.adapted(known), replace(plan, manifest=replace(plan.manifest, capabilities=known))
    progress.begin("uploading", sum(step.size for step in plan.steps))
    try:
        apply_saves(saves(plan, previous, etag=etag), store)
        objects = dict(plan.manifest.objects)
        # The longest first, so that no thread is left alone with a long one in the end.
        media = sorted(plan.media, key=lambda step: -step.size)
        objects.update(_apply_all(media, store, progress=progress, hear=hear))
        if plan.pages or plan.feeds or plan.deletes:
            # Whoever writes the claim owns the swap; a run killed during it leaves a manifest that says so.
            claim = pending(
                replace(plan.manifest, objects=objects),
                swapped={step.key for step in (*plan.pages, *plan.feeds)},
                doomed=(step.key for step in plan.deletes),
                previous=previous,
            )
            etag = _write_manifest(store, claim, expected=etag)
            for kind in ("create", "replace"):
                steps = [step for step in plan.pages if step.kind == kind]
                objects.update(_apply_all(steps, store, progress=progress, hear=hear))
            for step in plan.feeds:
                objects[step.key] = _put(step, store, progress=progress)
                hear(done_event(step, swapped=True))
            store.delete(step.key for step in plan.deletes)
            for step in plan.deletes:
                hear(done_event(step, swapped=False))
        return _write_manifest(store, replace(plan.manifest, objects=objects), expected=etag)
    finally:
        progress.end()


def _apply_all(
    steps: Iterable[Step], store: Store, *, progress: Progress, hear: Hear
) -> list[tuple[str, ObjectRecord]]:
    """Steps whose order does not matter."""

    def apply(step: Step) -> tuple[str, ObjectRecord]:
        record = _put(step, store, progress=progress)
        hear(done_event(step, swapped=False))
        return step.key, record

    with ThreadPoolExecutor(store.concurrency) as pool:
        return list(pool.map(apply, steps))


def _put(step: Step, store: Store, *, progress: Progress) -> ObjectRecord:
    artifact = step.artifact
    if artifact is None:
        raise AssertionError("only a delete has no artifact")
    if step.source:
        stored = store.copy(step.source, artifact)
    elif artifact.body is None:
        raise StoreError(
            f"{artifact.key}: the store lost it, and its source is not here; publish from where the audio is"
        )
    else:
        stored = store.put(artifact, progress=progress.advance)
    return ObjectRecord(artifact.size, artifact.sha256, stored.etag)


def _write_manifest(store: Store, manifest: Manifest, *, expected: str | None) -> str:
    return store.write(
        MANIFEST_KEY,
        render_manifest(manifest),
        media_type=MANIFEST_TYPE,
        cache_control="private, no-store",
        expected=expected,
    )


# The quick way: nothing changed since the last run


def _fingerprint(scan: Scan, job: Job) -> str:
    """Changes when any file of the workspace or the storage's overrides do."""
    files = [file for folder in scan.episodes for file in folder.files]
    lines = [f"{file.path}\0{file.size}\0{file.stamp}" for file in (*scan.settings, *files)]
    return hashlib.sha256("\n".join([repr(job.overrides), *lines]).encode()).hexdigest()


def _settled(job: Job, look: _Look) -> Outcome | None:
    """The outcome of a publish with nothing to do, found by looking at files' stamps and one version in the store.

    None where that cannot be said: then the long way is gone.
    """
    with open_cache(job.work) as cache:
        text = cache.note("settled")
    if text is None:
        return None
    note: dict[str, Any] = json.loads(text)
    until = note["until"]
    if job.now < datetime.fromisoformat(note["since"]) or (until and job.now >= datetime.fromisoformat(until)):
        return None
    if note["fingerprint"] != _fingerprint(look.scan, job):
        return None
    folder = note["storage"].pop("folder")
    store = open_store(Storage(folder=Path(folder) if folder else None, **note["storage"]))
    read = store.read(MANIFEST_KEY, unless=note["etag"])
    if read is None or read.data is not None:
        return None
    return Outcome(
        store=store.url,
        plan=None,
        problems=(),
        live=note["live"],
        waiting=note["waiting"],
        next_due=datetime.fromisoformat(until) if until else None,
    )


def _settle(job: Job, found: _Prepared, *, etag: str | None) -> None:
    """Remember that the store equals the workspace, unless a file is so fresh that it may change unseen."""
    scan, show = found.scan, found.show
    stamps = [file.stamp for folder in scan.episodes for file in folder.files] + [file.stamp for file in scan.settings]
    if etag is None or not all(is_believed(stamp, clock=found.clock) for stamp in stamps):
        return
    horizon = found.podcast.horizon
    storage = asdict(show.storage)
    note = {
        "fingerprint": _fingerprint(scan, job),
        "since": job.now.isoformat(),
        "until": horizon.isoformat() if horizon else None,
        "storage": storage | {"folder": str(show.storage.folder) if show.storage.folder else None},
        "etag": etag,
        "live": found.plan.live,
        "waiting": found.plan.waiting,
    }
    found.cache.set_note("settled", json.dumps(note))
    found.cache.save(folder.folder for folder in scan.episodes)
