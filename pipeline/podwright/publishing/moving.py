"""The private side moved to the place that the settings name, from where it lies until now.

A place is in force as long as its manifest can be read. So everything is copied, and the manifest under another name;
then the former one is replaced by a note that it moved, and the new one gets its own name; then what was copied is
deleted in the former place, and the note last. Wherever a run is stopped, at most one place is in force, and the next
publish goes on.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TypeVar

from podwright.core.artifact import Artifact, bytes_artifact
from podwright.core.errors import ConflictError, DeadlineError
from podwright.core.names import MANIFEST_KEY, PRIVATE, download_name, is_own, parse
from podwright.publishing.history import artifact_of
from podwright.publishing.session import Session
from podwright.publishing.turn import Turn, take_turn
from podwright.stores import Store, Stored, adapted, observe_capabilities
from podwright.stores.ledger.lease import LEASE_KEY, held_lease
from podwright.stores.ledger.manifest import EMPTY, Manifest, ObjectRecord
from podwright.stores.ledger.manifest_io import load_manifest, write_manifest
from podwright.stores.ledger.manifest_json import render_manifest
from podwright.stores.ledger.moved import ARRIVING_KEY, MOVED
from podwright.stores.sides import private_place, transfer

T = TypeVar("T")
R = TypeVar("R")
_JSON, _CACHING = "application/json", "private, no-store"


def is_rest(former: Session) -> bool:
    """Return whether what lies in a former place is what is left of one that moved. Raises StoreError."""
    read = former.private_place.read(MANIFEST_KEY)
    return read is None or read.data == MOVED


def move(session: Session, former: Session) -> None:
    """Move the private side of a show from where it lies in one session to where another has it.

    Nobody publishes to either place meanwhile. Raises ConflictError where somebody did before, PrivateIsPublicError
    where anybody can read the new place, DeadlineError and StoreError.
    """
    session.publisher.tell(f"moving the private side from {former.private_place.url} to {session.private_place.url}")
    with _held_turns(session, former) as (turn, origin, check):
        if not is_rest(former):
            _copy(turn, origin, session, former, check)
            origin.write(
                *(MANIFEST_KEY, MOVED),
                media_type=_JSON,
                cache_control=_CACHING,
                expected=former.observed[1],
                contended=False,
            )
        arriving = load_manifest(turn.store, key=ARRIVING_KEY)
        if arriving:
            check()
            write_manifest(turn.store, arriving[0], expected=turn.etag)
            turn.store.delete([ARRIVING_KEY])
        keys = [found.key for found in origin.observe_all(PRIVATE) if is_own(found.key) or parse(found.key)]
        last = (MANIFEST_KEY, LEASE_KEY)
        check()
        _each(origin, lambda key: origin.delete([key]), [key for key in keys if key not in last])
        check()
        origin.delete(last)


@contextlib.contextmanager
def _held_turns(session: Session, former: Session) -> Iterator[tuple[Turn, Store, Callable[[], None]]]:
    """Be the only one who writes to both places; yield the turn in the new one, the former one, and a check of both."""
    manifest, etag = (EMPTY, None) if is_rest(former) else former.observed
    origin = private_place(adapted(former.store, manifest.capabilities or observe_capabilities(former.store)))
    present = session.private_place.observe(MANIFEST_KEY)
    # It may be that anybody can read the former place: that is why it is left.
    with (
        held_lease(origin, session.publisher, work=session.work / "moving") as lease,
        take_turn(session, observed=(EMPTY, present.etag if present else None)) as turn,
    ):
        read = origin.read(MANIFEST_KEY, unless=etag)
        if turn.moved or (etag and (read is None or read.data is not None)):
            raise ConflictError(f"{MANIFEST_KEY}: another run published first; review the plan and run again")

        def check() -> None:
            lease.check()
            turn.check()

        yield turn, origin, check


def _copy(turn: Turn, origin: Store, session: Session, former: Session, check: Callable[[], None]) -> None:
    """Copy everything, and the manifest under another name."""
    manifest, target = former.observed[0], private_place(turn.store)
    names = _downloads(manifest, session.place.title)
    listed = [found for found in origin.observe_all(PRIVATE) if _is_of_show(found.key)]
    session.progress.begin("moving", sum(found.size for found in listed))

    def copy(found: Stored) -> Stored:
        check()
        if session.deadline.has_passed():
            raise DeadlineError(f"{found.key}: the deadline has passed; nothing has moved yet, publish again to go on")
        stored = transfer(origin, found, _artifact(found, manifest, names), target)
        session.progress.advance(found.size)
        return stored

    try:
        arrived = {stored.key: stored.etag for stored in _each(target, copy, listed)}
    finally:
        session.progress.end()
    objects = {key: replace(record, etag=arrived.get(key, record.etag)) for key, record in manifest.objects.items()}
    manifest = replace(manifest, objects=objects, capabilities=turn.manifest.capabilities)
    check()
    target.put(
        bytes_artifact(
            ARRIVING_KEY, render_manifest(manifest), media_type=_JSON, cache_control=_CACHING, side="private"
        )
    )
    check()


def _is_of_show(key: str) -> bool:
    """Return whether an object is podwright's and of the show, not of a run."""
    return parse(key) is not None and key not in (MANIFEST_KEY, LEASE_KEY)


def _artifact(found: Stored, manifest: Manifest, names: Mapping[str, str]) -> Artifact | None:
    """Return what an object shall be, as far as a manifest or its key says it. names: of downloads, by key."""
    name, record = parse(found.key), manifest.objects.get(found.key)
    if name and name.kind == "content":
        record = ObjectRecord(found.size, name.detail, found.etag)
    # A publish that was stopped may have written it, and what that left is settled by the next one.
    if record is None or found.key in manifest.unsettled:
        return None
    return artifact_of(found.key, record, filename=names.get(found.key))


def _downloads(manifest: Manifest, show_title: str) -> dict[str, str]:
    """Return the names of downloads of audio, by key."""
    audio = [(one.enclosure, one.title) for one in manifest.episodes.values()]
    audio += [(one.teaser.key, one.title) for one in manifest.episodes.values() if one.teaser]
    return {key: download_name(show_title, title) + PurePosixPath(key).suffix for key, title in audio}


def _each(store: Store, act: Callable[[T], R], things: Iterable[T]) -> list[R]:
    """Do the same with many things, several at once."""
    with ThreadPoolExecutor(store.concurrency) as pool:
        try:
            return list(pool.map(act, things))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
