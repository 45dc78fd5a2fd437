"""Rolling back: make the store equal to what it was, by a plan like any other."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from podwright.building.spool import Spool
from podwright.building.types import Podcast
from podwright.core.errors import ConflictError, StoreError, WorkspaceError
from podwright.core.finding import Finding
from podwright.core.model import Stage
from podwright.core.names import download_name
from podwright.publishing.apply import apply_plan
from podwright.publishing.history import Replaced, Restored, load_generation, load_restored
from podwright.publishing.plan import Plan, build_plan, check_accepted
from podwright.publishing.plan.consequences import Consequence
from podwright.publishing.plan.outcome import former_log
from podwright.publishing.plan.steps import Step
from podwright.publishing.session import Session
from podwright.publishing.stage_changes import Passage
from podwright.stores.ledger.generations import remembered
from podwright.stores.ledger.manifest import MANIFEST_KEY, Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollback:
    """What bringing a generation back does. store: the store's printable address."""

    store: str
    generation: int
    plan: Plan


def plan_rollback(session: Session, generation: int) -> Rollback:
    """What `rollback` would do; writes nothing.

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
            with session.turn() as turn:
                if turn.etag != session.observed[1]:
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
    """What a store remembers. kept: the numbers of the generations that can be brought back."""

    store: str
    manifest: Manifest
    kept: tuple[int, ...]


def observe_log(session: Session) -> Log:
    """The generations of a store. Raises WorkspaceError where podwright.toml cannot be read, or StoreError."""
    manifest, _ = session.observed
    log = former_log(manifest)
    return Log(session.store.url, replace(manifest, log=log), tuple(one.number for one in log[:-1] if one.whole))


@contextlib.contextmanager
def _prepared(session: Session, generation: int) -> Iterator[Rollback]:
    """Everything read and decided; the former documents can be read until the context ends."""
    show, store = session.place, session.store
    present, _ = session.observed
    former = load_generation(store, present, generation)
    like = Podcast(episodes=(), feeds=(), lists=(), horizon=None, problems=(), moment=session.now, keep=show.keep)
    with _room() as folder, Spool(folder) as spool:
        restored = load_restored(former, present, store, spool=spool, like=like)
        if restored.lost:
            lines = [f"{key}: generation {generation} names it, and the store has it no more" for key in restored.lost]
            raise StoreError("\n".join((*lines, "choose another generation")))
        plan = build_rollback(restored, present, generation=generation, show_title=show.title)
        yield Rollback(store=store.url, generation=generation, plan=plan)


@contextlib.contextmanager
def _room() -> Iterator[Path]:
    """A folder for a while. Raises WorkspaceError where there is no room for it."""
    try:
        with tempfile.TemporaryDirectory(prefix="podwright-") as folder:
            yield Path(folder)
    except OSError as error:
        message = (
            f"there is no room for former documents ({error.strerror}); make room, or set TMPDIR to where there is"
        )
        raise WorkspaceError([Finding("", message)]) from error


def build_rollback(restored: Restored, present: Manifest, *, generation: int, show_title: str) -> Plan:
    """The plan that brings a generation back."""
    plan = build_plan(restored.podcast, present)
    consequences = (
        *(one for one in plan.consequences if one.kind != "rollback-undone"),
        *(_replaced(one) for _, one in sorted(restored.replaced.items())),
        *(_brought_back(one) for one in plan.passages if _is_back(one, present)),
    )
    entry = replace(plan.manifest.log[-1], restored=generation)
    log = remembered(former_log(present), entry, keep=restored.podcast.keep, besides=generation)
    after = replace(plan.manifest, restored=generation)
    return replace(
        plan,
        media=tuple(_sourced(plan.media, restored.podcast, present=present, show_title=show_title)),
        consequences=consequences,
        manifest=replace(after, log=log),
        writes=bool(plan.steps) or replace(after, generation=present.generation, log=present.log) != present,
    )


def _replaced(one: Replaced) -> Consequence:
    what = "its trailer" if one.trailer else "its audio"
    message = (
        f"{one.slug}: {what} was replaced since, and the old one is gone: the feed promises {one.old.size:,} bytes "
        f"again, and apps get the present {one.now.size:,}; those that check the length or an integrity may refuse it"
    )
    return Consequence(kind="audio-replaced", subject=one.slug, message=message)


def _is_back(one: Passage, present: Manifest) -> bool:
    return one.kind != "withdrawn" and present.episodes[one.guid].stage == Stage.WITHDRAWN


def _brought_back(one: Passage) -> Consequence:
    message = f"{one.slug}: “{one.title}” was withdrawn since, and can be heard again"
    return Consequence(kind="brought-back", subject=one.slug, message=message)


def _sourced(steps: tuple[Step, ...], podcast: Podcast, *, present: Manifest, show_title: str) -> Iterator[Step]:
    """The steps, those without a body as copies of what the store has under another key."""
    places = {record.sha256: key for key, record in present.held.items()}
    titles = {
        key: one.outline.title
        for one in podcast.episodes
        for key in (one.enclosure, *([one.teaser.artifact.key] if one.teaser else []))
    }
    for step in steps:
        artifact = step.artifact
        if artifact is None or artifact.body is not None:
            yield step
            continue
        if step.key in titles:
            suffix = step.key[step.key.rindex(".") :]
            artifact = replace(artifact, filename=download_name(show_title, titles[step.key]) + suffix)
        yield replace(step, kind="compose", artifact=artifact, source=places[artifact.sha256])
