"""Publishing: look at the workspace and the store, decide, and make the store equal to the workspace."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from podwright.building.cache import Cache, is_believed, load_clock, open_cache
from podwright.core.errors import ConflictError, StoreError, UnsafePlanError, WorkspaceError
from podwright.core.finding import Finding
from podwright.core.model import Overrides, Storage
from podwright.core.progress import Progress
from podwright.publishing.apply import apply_plan, tried
from podwright.publishing.events import Hear, planned_event, unheard
from podwright.publishing.settled import Settled, files_of, fingerprint_of, recall, remember
from podwright.stores import Store, open_store
from podwright.stores.ledger.lease import Publisher, held_lease
from podwright.stores.ledger.manifest import EMPTY, MANIFEST_KEY, REPAIR, Manifest
from podwright.stores.ledger.manifest_io import load_manifest
from podwright.stores.ledger.recovery import observe_unsettled
from podwright.workspace.scan import WORK_DIR, Scan, check_work, scan_workspace

if TYPE_CHECKING:
    from podwright.building.types import Podcast
    from podwright.core.model import Show
    from podwright.publishing.news import Debt
    from podwright.publishing.plan import Plan

#: How often a publish that lost a race looks again before it gives up.
ATTEMPTS = 5
#: In ns.
DAY = 86_400_000_000_000
#: What the system says of a full disk, a quota, a limit of files.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to publish and as of when. root: the workspace; now: an aware datetime.

    work_dir: the folder of cache and builds, WORK_DIR unless another store is published to from the same workspace.
    hear: told what happens. publisher: who publishes, for others who want to at the same time.
    keep: how many former generations the store keeps; None: as the show says.
    late: whether the time for it is over.
    """

    root: Path
    now: datetime
    overrides: Overrides
    progress: Progress
    work_dir: str = WORK_DIR
    hear: Hear = unheard
    keep: int | None = None
    publisher: Publisher = field(default_factory=Publisher)
    late: Callable[[], bool] = lambda: False

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

    next_due: when the clock next changes anything, or None. debt: what is to be told, or None.
    """

    store: str
    plan: Plan | None
    problems: tuple[Finding, ...]
    live: int
    waiting: int
    next_due: datetime | None
    unlisted: int = 0
    withdrawn: int = 0
    debt: Debt | None = None


def plan(job: Job) -> Proposal:
    """What `publish` would do; writes nothing but the cache.

    Raises WorkspaceError for bad input, StoreError where the manifest cannot be read.
    """
    with proposed(job) as proposal:
        return proposal


@contextlib.contextmanager
def proposed(job: Job, *, told: Manifest | None = None) -> Iterator[Proposal]:
    """What `publish` would do, with what it would write: that can be read until the context ends. Raises as `plan`.

    told: what the store holds, where that is not to be asked for.
    """
    with _prepared(job, _look(job), told=told) as found:
        yield Proposal(store=found.store.url, podcast=found.podcast, manifest=found.manifest, plan=found.plan)


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
    """Plan; where there is something to write, become the only one who writes, and plan again if anything changed.

    The workspace may have: between its look and its plan another run may have published an edit that this one did not
    see, and which it would take back. Where the store is as the last run from here left it, none has.
    """
    with _prepared(job, look) as found:
        job.hear(planned_event(found.plan, store=found.store.url))
        _check_accepted(job, look, found.plan, accepted=accepted)
        if not found.plan.writes:
            return _settle(job, found, etag=found.etag)
        store, manifest = tried(found.store, found.manifest)
        with held_lease(store, job.publisher, work=job.work) as lease:
            known = look.knows(found.etag, found.show.storage)
            if is_present(found.store, found.etag) and (known or scan_workspace(job.root) == look.scan):
                return _apply(job, replace(found, manifest=manifest), check=lease.check)
            again = _look(job)
            with _prepared(job, again) as anew:
                job.hear(planned_event(anew.plan, store=anew.store.url))
                _check_accepted(job, again, anew.plan, accepted=accepted)
                return _apply(job, anew, check=lease.check)


def _check_accepted(job: Job, look: _Look, plan: Plan, *, accepted: Collection[str]) -> None:
    """Raises UnsafePlanError; ConflictError where the plan may be so for a workspace that changed meanwhile alone."""
    from podwright.publishing.plan import check_accepted

    try:
        check_accepted(plan, accepted)
    except UnsafePlanError:
        if scan_workspace(job.root) == look.scan:
            raise
        raise ConflictError("the workspace changed while it was read; publish again") from None


def is_present(store: Store, etag: str | None) -> bool:
    """Whether a version of the manifest, None for none, is the one that the store has now."""
    read = store.read(MANIFEST_KEY, unless=etag)
    return read is None if etag is None else read is not None and read.data is None


def _apply(job: Job, found: _Prepared, *, check: Callable[[], None]) -> Outcome:
    etag = found.etag
    if found.plan.writes:
        etag = apply_plan(
            found.plan,
            found.store,
            previous=found.manifest,
            etag=etag,
            progress=job.progress,
            check=check,
            hear=job.hear,
            late=job.late,
            build_dir=found.build_dir,
        )
    return _settle(job, found, etag=etag)


# Look and decide


@dataclass(frozen=True, slots=True)
class _Look:
    """The names and stamps of the workspace, and the file system's time before they were read, in ns.

    settled: what the last run had left by then.
    """

    scan: Scan
    clock: int
    settled: Settled | None

    def knows(self, etag: str | None, storage: Storage) -> bool:
        """Whether this version of a store's manifest was there before the workspace was looked at."""
        return self.settled is not None and (self.settled.etag, self.settled.storage) == (etag, storage)


def _look(job: Job) -> _Look:
    check_work(job.root)
    clock = load_clock(job.work)
    with open_cache(job.work) as cache:
        settled = recall(cache)
    return _Look(scan_workspace(job.root), clock, settled)


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
    build_dir: Path


@contextlib.contextmanager
def _prepared(job: Job, look: _Look, *, told: Manifest | None = None) -> Iterator[_Prepared]:
    """Everything read and decided; what was rendered can be read until the context ends."""
    from podwright.building.plot import Bench
    from podwright.building.podcast import build_podcast
    from podwright.building.retag import Shelf
    from podwright.building.spool import Spool
    from podwright.publishing.news import owing
    from podwright.publishing.plan import build_plan
    from podwright.workspace.load import load_show

    work = job.work
    with open_cache(work) as cache, _build_folder(work, clock=look.clock) as build_dir, Spool(build_dir) as spool:
        scan = look.scan
        show = load_show(scan, job.overrides)
        if job.keep is not None:
            show = replace(show, keep=job.keep)
        store = open_store(show.storage)
        manifest, etag = _observe_remembered(store, show) if told is None else (told, None)
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
            # A store that gives no parts of objects would give all of one each time.
            shelf=Shelf(store=store, cache=cache, progress=job.progress)
            if manifest.capabilities is None or manifest.capabilities.ranges
            else None,
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
            plan=owing(build_plan(podcast, manifest), show=show, manifest=manifest),
            build_dir=build_dir,
        )


@contextlib.contextmanager
def _build_folder(work: Path, *, clock: int) -> Iterator[Path]:
    """A folder for what this run builds on disk; what killed runs left there longer than a day ago is removed.

    Raises WorkspaceError where there is no room for that.
    """
    for leftover in work.glob("build-*"):
        if clock - leftover.stat().st_mtime_ns > DAY:
            shutil.rmtree(leftover, ignore_errors=True)
    here = work if work.is_dir() and os.access(work, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="build-", dir=here) as folder:
        try:
            yield Path(folder)
        except OSError as error:
            if error.errno not in _NO_ROOM:
                raise
            message = f"there is no room for what is built here ({error.strerror}); make room, then publish again"
            raise WorkspaceError([Finding("", message)]) from error


def observe_manifest(store: Store) -> tuple[Manifest, str | None]:
    """What the store says of itself, with the version of that statement; (EMPTY, None) before the first publish.

    Where a publish was stopped, what it had begun to write is looked at.
    """
    loaded = load_manifest(store)
    if loaded is None:
        return EMPTY, None
    manifest, etag = loaded
    return observe_unsettled(manifest, store), etag


def _observe_remembered(store: Store, show: Show) -> tuple[Manifest, str | None]:
    """The manifest, with its version.

    Raises StoreError where something was published and has no manifest: publishing on would forget what was promised.
    """
    manifest, etag = observe_manifest(store)
    if etag is None:
        key = find_remains(store, show)
        if key is not None:
            raise StoreError(f"{MANIFEST_KEY}: is not there, and the store holds {key}; {REPAIR}")
    return manifest, etag


def find_remains(store: Store, show: Show) -> str | None:
    """The key of something that was published to a store without a manifest, be it another show's; None if nothing was.

    Every feed has artwork, and a publish uploads none before its manifest says so.
    """
    from podwright.core.names import artwork_stem, feed_key, is_only_ours

    feeds = filter(store.observe, (feed_key(feed, show) for feed in show.feeds))
    pictures = (one.key for side in ("public", "private") for one in store.observe_all(artwork_stem("", side)))
    return next(chain(feeds, filter(is_only_ours, pictures)), None)


# The quick way: nothing changed since the last run


def _settled(job: Job, look: _Look) -> Outcome | None:
    """The outcome of a publish with nothing to do, found by looking at files' stamps and one version in the store.

    None where that cannot be said: then the long way is gone.
    """
    settled = look.settled
    if settled is None or not settled.holds(fingerprint_of(look.scan, job.overrides), now=job.now):
        return None
    store = open_store(settled.storage)
    if not is_present(store, settled.etag):
        return None
    return Outcome(
        store=store.url,
        plan=None,
        problems=(),
        live=settled.live,
        waiting=settled.waiting,
        next_due=settled.until,
        unlisted=settled.unlisted,
        withdrawn=settled.withdrawn,
    )


def _settle(job: Job, found: _Prepared, *, etag: str | None) -> Outcome:
    """The outcome of a publish that found or made the store equal to the workspace, which is remembered."""
    from podwright.publishing.news import build_debt

    _remember(job, found, etag=etag)
    return Outcome(
        store=found.store.url,
        plan=found.plan,
        problems=found.podcast.problems,
        live=found.plan.live,
        waiting=found.plan.waiting,
        next_due=found.podcast.horizon,
        unlisted=found.plan.unlisted,
        withdrawn=found.plan.withdrawn,
        debt=build_debt(found.podcast, found.plan, found.show, etag=etag),
    )


def _remember(job: Job, found: _Prepared, *, etag: str | None) -> None:
    """Remember that the store equals the workspace, unless a file is so fresh that it may change unseen."""
    if etag is None or not all(is_believed(file.stamp, clock=found.clock) for file in files_of(found.scan)):
        return
    plan = found.plan
    settled = Settled(
        fingerprint=fingerprint_of(found.scan, job.overrides),
        since=job.now,
        until=found.podcast.horizon,
        storage=found.show.storage,
        etag=etag,
        owed=bool(plan.manifest.owed),
        live=plan.live,
        waiting=plan.waiting,
        unlisted=plan.unlisted,
        withdrawn=plan.withdrawn,
    )
    remember(found.cache, settled)
    found.cache.save(folder.folder for folder in found.scan.episodes)
