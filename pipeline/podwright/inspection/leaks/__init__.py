"""The search for leaks: everything that there is, asked for as anybody would.

`observe_leaks` reads every object that the public address gives, and asks for every private one. What is secret is what
the workspace says and does not publish; what is public for another reason is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from podwright.core.errors import AudioError, StoreError, WorkspaceError
from podwright.core.finding import Finding
from podwright.core.http import Client
from podwright.core.model import Episode
from podwright.core.names import MANIFEST_KEY, side_of
from podwright.inspection.leaks.anonymous import Door, Sought, ask_guess, ask_listing, ask_private, read_public
from podwright.inspection.leaks.frames import ReadRange, build_marks, load_pieces
from podwright.inspection.leaks.remedies import find_remedies
from podwright.inspection.leaks.secrets import Gate, public_texts, secrets_of
from podwright.inspection.leaks.texts import build_needles
from podwright.inspection.leaks.types import Request, Searched
from podwright.media.audio import load_facts
from podwright.render.site import load_theme, theme_texts
from podwright.stores import Store
from podwright.stores.ledger.manifest import EpisodeRecord, Manifest
from podwright.stores.sides import observe_strays
from podwright.workspace.load import load_workspace

__all__ = ["Request", "Searched", "observe_leaks"]


def observe_leaks(request: Request) -> Searched:
    """Look for everything that is not for everybody.

    Raises WorkspaceError where the workspace cannot be read, since nobody knows then what is secret, and StoreError
    where the store cannot be read, holds nothing, or has no public address that answers.
    """
    show, episodes, _ = load_workspace(request.session.root, request.session.overrides)
    session = replace(request.session, storage=show.storage)
    store, (manifest, etag) = session.store, session.observed
    if etag is None:
        raise StoreError(f"{store.url}: nothing is published here; run podwright publish, or correct storage.url")
    gate = Gate(show, episodes, manifest, session.now)
    sizes = {key: record.size for key, record in manifest.objects.items()}
    sizes |= {MANIFEST_KEY: 0} | {one.key: one.size for one in (*store.observe_all(""), *observe_strays(store))}
    public = {key: size for key, size in sizes.items() if side_of(key) == "public"}
    owners = {key: gate.owner(key) for key in sizes if side_of(key) == "private"}
    left = {key: owner for key, owner in gate.former(owners) if key not in public}
    sought = _sought(gate, store, owners)
    session.progress.begin("searching", sum(public.values()))
    try:
        with Client(patience=request.patience, connections=request.concurrency) as client:
            client.observe(show.storage.public_url, method="HEAD", headers={}, most=0)
            door = Door(client, show.storage, store, session.progress.advance)
            with ThreadPoolExecutor(request.concurrency) as pool:
                keys = sorted(public)
                read = list(pool.map(lambda key: read_public(door, key, public[key], sought=sought), keys))
                asked = list(pool.map(lambda item: tuple(ask_private(door, *item)), sorted({**owners, **left}.items())))
            leaks = {*ask_listing(door), *ask_guess(door, MANIFEST_KEY)}
    finally:
        session.progress.end()
    leaks.update(one for found in asked for one in found)
    said = [one for heard in read for one in heard.leaks]
    digests = {key: heard.sha256 for key, heard in zip(keys, read, strict=True)}
    leaks.update(find_remedies(said, session, digests=digests) if said else ())
    return Searched(
        leaks=tuple(sorted(leaks, key=lambda one: (one.where, one.code or "", one.about or "", one.message))),
        public=sum(one.status == 200 for one in read),
        size=sum(one.size for one in read),
        refused=sum(not found for found in asked),
        secrets=sought.count,
    )


def _sought(gate: Gate, store: Store, owners: Mapping[str, str]) -> Sought:
    """Return all that is secret, ready to be searched for."""
    show, episodes = gate.show, gate.episodes
    public = chain(public_texts(show, episodes, gate.told), theme_texts(load_theme(show.theme)))
    secrets = secrets_of(show, episodes, gate.now, gate.told)
    needles = build_needles(secrets, public, keys=owners, slugs=gate.slugs())
    return Sought(needles=needles, marks=build_marks(dict(_pieces(gate, store))), digests=gate.digests(owners))


def _pieces(gate: Gate, store: Store) -> Iterator[tuple[bytes, str]]:
    """Yield pieces of all recordings that are not for everybody, with whose they are."""
    public = gate.public_frames()
    for episode, subject in gate.gated():
        known = gate.manifest.episodes.get(episode.outline.guid)
        frames = _local_frames(episode, gate.show.root) or _stored_frames(known, gate.manifest, store)
        if frames and frames.digest not in public:
            # A trailer may be cut out of what it is of.
            trailer = episode.teaser.read_bytes() if episode.teaser and gate.shows_teaser(episode) else b""
            pieces = load_pieces(frames.read, offset=frames.offset, length=frames.length)
            yield from ((piece, subject) for piece in pieces if piece not in trailer)


class _Frames(NamedTuple):
    """The frames of a recording: their digest, and where they lie, in bytes."""

    digest: str
    offset: int
    length: int
    read: ReadRange


def _local_frames(episode: Episode, root: Path) -> _Frames | None:
    if episode.audio is None:
        return None
    if episode.outline.draft:
        # Nothing of a draft was ever published, and its audio may be anything yet.
        return None
    try:
        facts = load_facts(episode.audio)
    except AudioError as error:
        raise WorkspaceError([Finding(episode.audio.relative_to(root).as_posix(), error.message)]) from error
    return _Frames(facts.frames_hash, facts.offset, facts.length, partial(_read_file, episode.audio))


def _stored_frames(known: EpisodeRecord | None, manifest: Manifest, store: Store) -> _Frames | None:
    """Return the frames of a recording that is not on this machine."""
    held = manifest.held.get(known.enclosure) if known else None
    if known is None or known.audio is None or held is None:
        return None
    start = known.audio.tag_length
    return _Frames(known.audio.frames_hash, start, held.size - start, partial(_read_stored, store, known.enclosure))


def _read_file(path: Path, start: int, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(length)


def _read_stored(store: Store, key: str, start: int, length: int) -> bytes:
    return store.read_range(key, start=start, length=length)
