"""Making the store and its manifest agree again, by a plan like any other.

What the manifest says is corrected to what the store holds, or rebuilt where it is lost; from there the plan is that of
a publish. What is right already is never written again, and what has the right bytes and other headers is copied onto
itself.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime

from podwright.building.types import HeldBack
from podwright.core.artifact import Artifact
from podwright.core.errors import ConflictError, StoreError, WorkspaceError
from podwright.core.finding import Finding
from podwright.core.model import Episode, Show, Stage
from podwright.core.names import MANIFEST_KEY, parse
from podwright.inspection.verify.rebuild import Rebuilt, adopted, load_rebuilt
from podwright.inspection.verify.store import Drift, forgotten, load_lost, lost_manifest, observe_drift, observe_headers
from podwright.inspection.verify.store_contents import Sources
from podwright.inspection.verify.types import Request
from podwright.publishing.apply import apply_plan
from podwright.publishing.pending_notices import notifies
from podwright.publishing.plan import Plan, build_plan, check_accepted
from podwright.publishing.plan.steps import Step
from podwright.publishing.plan.target import Target
from podwright.publishing.proposal import proposed
from podwright.publishing.session import is_present
from podwright.publishing.settled import look
from podwright.publishing.turn import take_turn
from podwright.stores import Store, Stored
from podwright.stores.ledger.manifest import (
    EMPTY,
    DamagedManifestError,
    Manifest,
    ObjectRecord,
)
from podwright.stores.ledger.manifest_io import load_manifest, write_manifest
from podwright.stores.ledger.recovery import load_sha256, observe_unsettled
from podwright.workspace.load import load_episode
from podwright.workspace.scan import Scan


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """A repair, planned or done."""

    #: Its printable address.
    store: str
    #: What is wrong.
    found: tuple[Finding, ...]
    #: What of that stays wrong, and why.
    beyond: tuple[Finding, ...]
    #: Whether the manifest is written anew from what the store holds.
    rebuilt: bool
    #: How many right objects it then knows, or, where it is corrected, that it did not know as they are.
    noted: int
    #: The plan of the publish that follows.
    plan: Plan

    @property
    def publishes(self) -> bool:
        """Return whether anything may have to be written but the manifest."""
        return self.rebuilt or len(self.found) > len(self.beyond)

    @property
    def broken(self) -> bool:
        """Return whether listeners, or the store itself, miss something."""
        return any(one.level == "error" for one in self.found)

    @property
    def needed(self) -> bool:
        """Return whether there is anything to do."""
        return self.publishes or self.noted > 0


def plan_repair(request: Request) -> Repair:
    """Return what `repair` would do; writes nothing but the cache.

    Raises WorkspaceError for bad input, StoreError where the store cannot be read or nothing is published there, and
    ConflictError where somebody published meanwhile, so that what was found may be wrong.
    """
    request.session.check_moved()
    with _prepared(request) as found:
        if found.repair.found and not is_present(request.session.store, found.etag):
            raise _outdated()
        return found.repair


def repair(request: Request, *, accepted: Collection[str]) -> Repair:
    """Write what the store lost, and have its manifest say what it holds.

    accepted: as for a publish. Raises WorkspaceError, UnsafePlanError or StoreError, and ConflictError where somebody
    published meanwhile; nothing is written then, unless the store failed on the way: a second run goes on.
    """
    request.session.check_moved()
    with _prepared(request) as found:
        if found.repair.publishes:
            check_accepted(found.repair.plan, accepted)
        if not found.repair.needed:
            return found.repair
        _apply(request, found)
        left = _observe_left(request, {one.where for one in found.repair.beyond})
        return replace(found.repair, beyond=(*found.repair.beyond, *left))


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A repair that is ready. manifest: what is true of the store; etag: version of the one that is there, or None."""

    manifest: Manifest
    etag: str | None
    repair: Repair


def _outdated() -> ConflictError:
    return ConflictError(f"{MANIFEST_KEY}: somebody published meanwhile; run podwright verify --repair again")


def _apply(request: Request, found: _Prepared) -> None:
    session, plan, etag = request.session, found.repair.plan, found.etag
    with take_turn(session, observed=(found.manifest, etag)) as turn:
        if turn.moved:
            raise _outdated()
        if found.repair.publishes and plan.writes:
            apply_plan(plan, turn.store, previous=turn.manifest, etag=etag, progress=session.progress, check=turn.check)
        else:
            turn.check()
            write_manifest(turn.store, turn.manifest, expected=etag)


def _observe_left(request: Request, known: Collection[str]) -> Iterator[Finding]:
    """Yield what is still broken after a repair, besides what was known to stay so."""
    store = request.session.store
    manifest, _, wrong = _load_manifest(store)
    drift = _drift(replace(request, deep=False), store, manifest) if wrong is None else Drift()
    for one in (*([wrong] if wrong else []), *drift.findings):
        if one.level == "error" and one.where not in known:
            yield one


# Look and decide


@dataclass(frozen=True, slots=True, kw_only=True)
class _Truth:
    """A manifest that says what the store holds, and what is wrong with the one that is there, of version `etag`."""

    manifest: Manifest
    etag: str | None
    #: All that the store has.
    listed: Mapping[str, Stored]
    found: tuple[Finding, ...]
    beyond: tuple[Finding, ...] = ()
    #: What the store holds instead of what was published, which is replaced, and of which nothing is made.
    altered: Mapping[str, ObjectRecord] = field(default_factory=dict)
    #: Keys with the right bytes and other headers.
    mistyped: frozenset[str] = frozenset()
    noted: int = 0
    rebuilt: Rebuilt | None = None


@contextlib.contextmanager
def _prepared(request: Request) -> Iterator[_Prepared]:
    """Read and decide everything; what is to be written can be read until the context ends."""
    session = request.session
    scan, show, store = session.scan, session.show, session.store
    truth = _observe_truth(request, store, show, scan)
    # The store has said what time it is there.
    session = replace(session, now=session.present, tolerance=None)
    with proposed(look(session), observed=(truth.manifest, None)) as proposal:
        if truth.found:
            _refuse_missing(proposal.podcast.held_back, now=session.now)
        manifest = replace(truth.manifest, objects={**truth.manifest.objects, **truth.altered})
        if truth.rebuilt is not None:
            manifest = adopted(truth.rebuilt, proposal)
            manifest = forgotten(manifest, load_lost(manifest, store))
            truth = _with_mistyped(truth, observe_headers(store, manifest, concurrency=request.concurrency))
        there = dict(_observe_planned(store, build_plan(proposal.target, manifest), truth) if truth.found else ())
        manifest = replace(manifest, objects={**manifest.objects, **there})
        plan = _build_plan(proposal.target, manifest, truth=truth, show=show)
        if truth.rebuilt and plan.writes:
            # The store has no manifest of this generation to be kept, so that it is none that can be brought back.
            last = (replace(one, whole=False) for one in manifest.log[-1:])
            manifest = replace(manifest, log=(*manifest.log[:-1], *last))
            plan = _build_plan(proposal.target, manifest, truth=truth, show=show)
        done = Repair(
            store=store.url,
            found=truth.found,
            beyond=truth.beyond,
            rebuilt=truth.rebuilt is not None,
            noted=len(manifest.objects) if truth.rebuilt else truth.noted + len(there),
            plan=plan,
        )
        yield _Prepared(manifest, truth.etag, done)


def _refuse_missing(held_back: Iterable[HeldBack], *, now: datetime) -> None:
    """Raise StoreError for due episodes without audio: of a store that lost something they may have been live."""
    due = [one.outline.folder for one in held_back if one.why == "no audio" and one.outline.published <= now]
    if due:
        raise _lost_audio(dict.fromkeys(due, "none was published before as far as the store says"))


def _lost_audio(folders: Mapping[str, str]) -> StoreError:
    """Return the error that nothing can be written before audio is back.

    folders: of episodes, each with what the store has.
    """
    advice = "put its MP3 or M4A file into the folder, or restore a backup of the store"
    return StoreError("\n".join(f"{at}/episode.md: no audio here, and {why}; {advice}" for at, why in folders.items()))


def _observe_truth(request: Request, store: Store, show: Show, scan: Scan) -> _Truth:
    """Return what the store holds, by its manifest as far as that can be believed."""
    manifest, etag, wrong = _load_manifest(store)
    drift = _drift(request, store, manifest) if wrong is None else Drift()
    if drift.outdated:
        wrong = drift.findings[0]
    if wrong is not None:
        return _rebuilt(request, store, show, scan, etag=etag, lost=wrong)
    return _corrected(store, show, scan, manifest=manifest, etag=etag, drift=drift)


def _load_manifest(store: Store) -> tuple[Manifest, str | None, Finding | None]:
    """Return the manifest, its version, and what is wrong with it.

    A damaged one is read once more, since its bytes may have changed on their way.
    """
    etag: str | None = None
    wrong: Finding | None = None
    for _ in range(2):
        try:
            loaded = load_manifest(store)
        except DamagedManifestError as error:
            etag, wrong = error.etag, lost_manifest(error)
            continue
        if loaded is None:
            return EMPTY, None, lost_manifest(None)
        manifest, etag = loaded
        return observe_unsettled(manifest, store), etag, None
    return EMPTY, etag, wrong


def _drift(request: Request, store: Store, manifest: Manifest) -> Drift:
    request.session.progress.begin("comparing", sum(record.size for record in manifest.held.values()))
    try:
        return observe_drift(
            store,
            manifest,
            headers=True,
            read_whole=lambda _: request.deep,
            concurrency=request.concurrency,
            advance=request.session.progress.advance,
        )
    finally:
        request.session.progress.end()


def _observe_planned(store: Store, plan: Plan, truth: _Truth) -> Iterator[tuple[str, ObjectRecord]]:
    """Yield what a plan would write, and the store holds already, though its manifest did not know."""
    steps = [
        (step.artifact, truth.listed[step.key])
        for step in plan.steps
        if step.kind == "create" and step.artifact and step.key in truth.listed
    ]

    def look(pair: tuple[Artifact, Stored]) -> tuple[str, ObjectRecord] | None:
        artifact, found = pair
        same = found.size == artifact.size and load_sha256(found, store) == artifact.sha256
        return (found.key, ObjectRecord(found.size, artifact.sha256, found.etag)) if same else None

    with ThreadPoolExecutor(2 * store.concurrency) as pool:
        yield from filter(None, pool.map(look, steps))


def _with_mistyped(truth: _Truth, wrong: Collection[Finding]) -> _Truth:
    """Return the truth, of which it is known by now which objects have other headers."""
    keys = frozenset(one.where for one in wrong)
    return replace(truth, found=(*truth.found, *map(_mended, wrong)), mistyped=keys)


def _build_plan(target: Target, manifest: Manifest, *, truth: _Truth, show: Show) -> Plan:
    steps = _header_steps(truth.mistyped, target, manifest)
    return build_plan(target, manifest, extra_steps=steps, notifies=notifies(show))


# Headers


def _header_steps(keys: AbstractSet[str], target: Target, manifest: Manifest) -> Iterator[Step]:
    """Yield a copy onto itself of each object that has other headers than it was published with."""
    wanted = target.objects
    for key in sorted(keys & manifest.objects.keys()):
        artifact = wanted.get(key) or _retired(key, manifest.objects[key])
        yield Step(kind="compose", key=key, artifact=artifact, source=key)


def _retired(key: str, record: ObjectRecord) -> Artifact:
    """Return an object that nothing names any more, as it was published."""
    name = parse(key)
    assert name is not None  # noqa: S101 - only what has a name has headers that may be wrong
    return Artifact(
        key=key,
        media_type=name.media_type,
        cache_control=name.cache_control,
        side=name.side,
        size=record.size,
        sha256=record.sha256,
        body=None,
    )


# A manifest that is there


def _corrected(store: Store, show: Show, scan: Scan, *, manifest: Manifest, etag: str | None, drift: Drift) -> _Truth:
    wrong = drift.altered.keys() | drift.lost
    beyond = _beyond(manifest, wrong, show=show, scan=scan)
    altered = {
        key: ObjectRecord(one.size, load_sha256(one, store), one.etag)
        for key, one in drift.altered.items()
        if key not in beyond
    }
    versions = {key: replace(manifest.objects[key], etag=version) for key, version in drift.versions.items()}
    objects = {key: one for key, one in {**manifest.objects, **versions}.items() if key not in wrong - beyond.keys()}
    retired = {key: since for key, since in manifest.retired.items() if key not in drift.lost}
    generations = tuple(load_lost(manifest, store))
    findings = (*drift.findings, *generations)
    told = {*drift.wrong, *(one.where for one in generations)}
    return _Truth(
        manifest=forgotten(replace(manifest, objects=objects, retired=retired), generations),
        altered=altered,
        etag=etag,
        listed=drift.listed,
        found=tuple(_mended(one) for one in findings if one.where in told or one.code == "unfinished"),
        beyond=tuple(_gone(one, beyond[one.where]) for one in drift.findings if one.where in beyond),
        mistyped=drift.mistyped,
        noted=len(drift.versions.keys() - drift.mistyped),
    )


def _mended(finding: Finding) -> Finding:
    """Return a finding without what to do about it, since that is done."""
    return replace(finding, message=finding.message.rpartition("; ")[0] or finding.message)


def _beyond(manifest: Manifest, wrong: Collection[str], *, show: Show, scan: Scan) -> dict[str, str]:
    """Return the audio that is wrong in the store and not here, by key, with the folder where its recording belongs."""
    guids = {one.enclosure: guid for guid, one in manifest.episodes.items() if one.stage != Stage.WITHDRAWN}
    if guids.keys().isdisjoint(wrong):
        return {}
    absent = {one.outline.guid: one.outline.folder for one in _load_episodes(scan, show) if one.audio is None}
    return {key: absent[guids[key]] for key in wrong if guids.get(key) in absent}


def _gone(finding: Finding, folder: str) -> Finding:
    """Return a finding about audio, with what to do about it elsewhere."""
    what = f"{_mended(finding).message}, and its recording is not here"
    return replace(finding, message=f"{what}; repair from where {folder} has it, or restore a backup of it")


# A manifest that is lost, torn or older than the store


def _rebuilt(request: Request, store: Store, show: Show, scan: Scan, *, etag: str | None, lost: Finding) -> _Truth:
    episodes = _load_episodes(scan, show)
    found = load_rebuilt(
        Sources(store=store, show=show, episodes=episodes, now=request.session.now, progress=request.session.progress)
    )
    records = {one.outline.folder: found.manifest.episodes.get(one.outline.guid) for one in episodes if not one.audio}
    lacking = {at: one.enclosure for at, one in records.items() if one and one.stage.is_live and one.audio is None}
    if lacking:
        raise _lost_audio({at: f"the store has {key} no more, or with other bytes" for at, key in lacking.items()})
    beyond = tuple(_beyond_feeds(found, episodes))
    # A picture that was derived is made again, and so compared, unless it is known to be whole.
    objects = found.manifest.objects
    sure = {key: one for key, one in objects.items() if not (key in found.unproven and _is_picture(key))}
    return _Truth(
        manifest=replace(found.manifest, objects=sure),
        etag=etag,
        listed=found.listed,
        found=(_mended(lost), *beyond),
        beyond=beyond,
        rebuilt=found,
    )


def _is_picture(key: str) -> bool:
    name = parse(key)
    return name is not None and name.media_type.startswith("image/")


def _beyond_feeds(rebuilt: Rebuilt, episodes: Iterable[Episode]) -> Iterator[Finding]:
    """Yield the audio that the store lost along with its manifest, and that is not here."""
    folders = {one.outline.guid: one.outline.folder for one in episodes}
    for guid, one in sorted(rebuilt.manifest.episodes.items()):
        if one.enclosure in rebuilt.beyond:
            yield _gone(
                Finding(
                    where=one.enclosure,
                    code="lost",
                    level="error",
                    message="the store lost it, or holds what is no whole recording",
                ),
                folders[guid],
            )


def _load_episodes(scan: Scan, show: Show) -> tuple[Episode, ...]:
    """Return all episodes of the workspace. Raises WorkspaceError with the problems of all of them."""
    found, problems = [], list(scan.problems)
    for folder in scan.episodes:
        try:
            found.append(load_episode(folder, show))
        except WorkspaceError as error:
            problems += error.problems
    if any(one.level == "error" for one in problems):
        raise WorkspaceError(problems)
    return tuple(found)
