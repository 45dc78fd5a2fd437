"""Rolling back: make the store equal to what it was, by a plan like any other."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from podwright.building.spool import Spool
from podwright.core.errors import ConflictError, StoreError, WorkspaceError
from podwright.core.finding import Finding
from podwright.core.model import Stage
from podwright.core.names import MANIFEST_KEY
from podwright.publishing.apply import apply_plan
from podwright.publishing.history import Replaced, Restored, kept_numbers, load_generation, load_restored
from podwright.publishing.plan import Plan, build_plan, check_accepted
from podwright.publishing.plan.changes import StageChange, find_stage_changes
from podwright.publishing.plan.consequences import Consequence
from podwright.publishing.plan.outcome import former_log
from podwright.publishing.session import Session
from podwright.publishing.turn import take_turn
from podwright.stores.ledger.manifest import Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollback:
    """A generation brought back, or to be."""

    #: The store's printable address.
    store: str
    generation: int
    plan: Plan


def plan_rollback(session: Session, generation: int) -> Rollback:
    """Return what `rollback` would do; write nothing.

    Raises WorkspaceError where podwright.toml cannot be read, StoreError where the generation cannot be brought back.
    """
    with _prepared(session, generation) as prepared:
        return prepared


def rollback(session: Session, generation: int, *, accepted: Collection[str]) -> Rollback:
    """Make feeds, pages and texts what they were in a generation.

    accepted: as for a publish. Raises WorkspaceError, UnsafePlanError or StoreError, and ConflictError where somebody
    published meanwhile; the feeds are untouched then, unless the store failed during their swap: a second run
    completes it.
    """
    with _prepared(session, generation) as prepared:
        plan = prepared.plan
        check_accepted(plan, accepted)
        if plan.writes:
            with take_turn(session) as turn:
                if turn.moved:
                    raise ConflictError(f"{MANIFEST_KEY}: another run published first; review the plan and run again")
                apply_plan(
                    plan,
                    turn.store,
                    previous=turn.manifest,
                    etag=turn.etag,
                    progress=session.progress,
                    check=turn.check,
                )
        return prepared


@dataclass(frozen=True, slots=True)
class Log:
    """The generations that a store remembers."""

    #: The store's printable address.
    store: str
    manifest: Manifest
    #: The numbers of the generations that can be brought back.
    kept: tuple[int, ...]


def observe_log(session: Session) -> Log:
    """Return the generations of a store. Raises WorkspaceError where podwright.toml cannot be read, or StoreError."""
    manifest, _ = session.observed
    return Log(session.store.url, replace(manifest, log=former_log(manifest)), kept_numbers(manifest))


@contextlib.contextmanager
def _prepared(session: Session, generation: int) -> Iterator[Rollback]:
    """Read everything and decide; the former documents can be read until the context ends."""
    show, store = session.place, session.store
    present, _ = session.observed
    former = load_generation(store, present, generation)
    with _room() as folder, Spool(folder) as spool:
        restored = load_restored(
            former, present, store, spool=spool, moment=session.now, keep=show.keep, show_title=show.title
        )
        if restored.lost:
            lines = [f"{key}: generation {generation} names it, and the store has it no more" for key in restored.lost]
            raise StoreError("\n".join((*lines, "choose another generation")))
        plan = build_rollback(restored, present, generation=generation)
        yield Rollback(store=store.url, generation=generation, plan=plan)


@contextlib.contextmanager
def _room() -> Iterator[Path]:
    """Make a folder for a while. Raises WorkspaceError where there is no room for it."""
    try:
        with tempfile.TemporaryDirectory(prefix="podwright-") as folder:
            yield Path(folder)
    except OSError as error:
        message = (
            f"there is no room for former documents ({error.strerror}); make room, or set TMPDIR to where there is"
        )
        raise WorkspaceError([Finding("", message)]) from error


def build_rollback(restored: Restored, present: Manifest, *, generation: int) -> Plan:
    """Return the plan that brings a generation back."""
    target = restored.target
    back = (change for change in find_stage_changes(target, present) if _is_back(change, present))
    replaced = (_replaced(audio) for _, audio in sorted(restored.replaced.items()))
    consequences = (*replaced, *map(_brought_back, back))
    return build_plan(target, present, extra_consequences=consequences, restored=generation)


def _replaced(audio: Replaced) -> Consequence:
    what = "its trailer" if audio.trailer else "its audio"
    message = (
        f"{audio.slug}: {what} was replaced since, and the old one is gone: the feed promises {audio.old.size:,} bytes "
        f"again, and apps get the present {audio.now.size:,}; those that check the length or an integrity may refuse it"
    )
    return Consequence(kind="audio-replaced", subject=audio.slug, message=message)


def _is_back(change: StageChange, present: Manifest) -> bool:
    return change.kind != "withdrawn" and present.episodes[change.guid].stage == Stage.WITHDRAWN


def _brought_back(change: StageChange) -> Consequence:
    message = f"{change.slug}: “{change.title}” was withdrawn since, and can be heard again"
    return Consequence(kind="brought-back", subject=change.slug, message=message)
