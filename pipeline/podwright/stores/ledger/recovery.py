"""Finding out what a stopped publish left: which of two states each object has that it had begun to write."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from podwright.core.errors import StoreError
from podwright.stores import Store, Stored
from podwright.stores.ledger.manifest import EMPTY, EpisodeRecord, Manifest, ObjectRecord, Unsettled
from podwright.stores.ledger.manifest_io import load_manifest

#: Bytes of one read where a store keeps no digest, so that the object has to be read.
_BLOCK = 8 << 20

#: A manifest, and the store's version of it; (EMPTY, None) before the first publish.
Observed = tuple[Manifest, str | None]


def observe_manifest(store: Store) -> Observed:
    """Return the manifest of a store and its version; (EMPTY, None) before the first publish.

    What a publish that was stopped had begun to write is looked at. Raises StoreError.
    """
    manifest, etag = read_manifest(store)
    return observe_unsettled(manifest, store), etag


def read_manifest(store: Store) -> Observed:
    """Return the manifest of a store as it stands there, and its version. Raises StoreError."""
    return load_manifest(store) or (EMPTY, None)


def observe_unsettled(manifest: Manifest, store: Store) -> Manifest:
    """Return the manifest with a record of each object that a stopped publish had begun to write, as the store has it.

    An object that is neither what it was nor what it should become stays unknown. Raises StoreError where the store
    cannot be read.
    """
    if not manifest.unsettled:
        return manifest
    with ThreadPoolExecutor(store.concurrency) as pool:
        rows = pool.map(lambda pair: (pair[0], _observe(pair[0], pair[1], store)), manifest.unsettled.items())
        arrived = {key: record for key, record in rows if record}
    return replace(
        manifest,
        objects={**manifest.objects, **arrived},
        episodes={guid: _with_audio(guid, one, manifest, arrived) for guid, one in manifest.episodes.items()},
    )


def _observe(key: str, unsettled: Unsettled, store: Store) -> ObjectRecord | None:
    stored = store.observe(key)
    if stored is None:
        return None
    if unsettled.former and stored.etag == unsettled.former.etag:
        return unsettled.former
    candidates = [one for one in (unsettled.former, unsettled.coming) if one and one.size == stored.size]
    sha256 = stored.sha256
    if candidates and sha256 is None:
        # A store that gives no ranges leaves the object unknown, which costs no more than writing it once more.
        with contextlib.suppress(StoreError):
            sha256 = load_sha256(stored, store)
    return next((replace(one, etag=stored.etag) for one in candidates if one.sha256 == sha256), None)


def load_sha256(stored: Stored, store: Store) -> str:
    """Return the digest of an object's bytes as the store gives them, in hex.

    Raises StoreError where it gives no ranges.
    """
    digest = hashlib.sha256()
    for start in range(0, stored.size, _BLOCK):
        digest.update(store.read_range(stored.key, start=start, length=min(_BLOCK, stored.size - start)))
    return digest.hexdigest()


def _with_audio(
    guid: str, episode: EpisodeRecord, manifest: Manifest, arrived: Mapping[str, ObjectRecord]
) -> EpisodeRecord:
    """Return an episode with the facts of the audio that the store has of it."""
    coming, unsettled = manifest.coming.get(guid), manifest.unsettled.get(episode.enclosure)
    record = arrived.get(episode.enclosure)
    if coming and unsettled and record and record.sha256 == unsettled.coming.sha256:
        return replace(episode, audio=coming)
    return episode
