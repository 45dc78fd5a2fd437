"""Published audio under other tags: what of it stays in the store, and how it is read where its recording is not here.

Nothing is read of audio whose tags say what they said. Where they do not, the frames are read once from the store,
since the digest of the new object is that of its tag and its frames; the digest is remembered.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import xxhash

from podwright.building.cache import Cache
from podwright.core.artifact import Body, Splice, body_size, slice_body
from podwright.core.errors import MovedError, StoreError
from podwright.core.progress import Progress
from podwright.media.audio import AudioTags, Id3Version, find_audio, retag
from podwright.stores import Store
from podwright.stores.ledger.manifest import AudioRecord, EpisodeRecord, ObjectRecord
from podwright.stores.splicing import load_rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Where published audio is, and where what was worked out of it is remembered."""

    store: Store
    cache: Cache
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Retagged:
    """Published audio with other tags: its facts, what it is made of, and the SHA-256 of it all in hex."""

    audio: AudioRecord
    splice: Splice
    sha256: str


def splice_held(
    body: Body, audio: AudioRecord, *, sha256: str, known: EpisodeRecord, stored: ObjectRecord
) -> Splice | None:
    """How an object whose recording is here can be made of the published one; None where that has other audio."""
    old = known.audio
    if old is None or sha256 == stored.sha256 or old.frames_hash != audio.frames_hash:
        return None
    if not old.tag_length or not audio.tag_length:
        return None
    front = slice_body(body, 0, audio.tag_length)
    splice = Splice(front=front, key=known.enclosure, etag=stored.etag, size=stored.size, start=old.tag_length)
    return splice if splice.total == body_size(body) else None


def load_retagged(
    key: str,
    old: AudioRecord,
    *,
    stored: ObjectRecord,
    tags: AudioTags,
    tag_digest: str,
    version: Id3Version,
    shelf: Shelf,
) -> Retagged | None:
    """Published audio with other tags, where its recording is not here. key, old and stored: how it is in the store.

    None where its tags say the same already, where it is not known what they say, and where they do not lie in front
    of the audio. Raises StoreError where the store does not have the audio that was published, AudioError where the
    tags cannot be written.
    """
    if old.tag_digest in (None, tag_digest) or not old.tag_length:
        return None
    seen = shelf.store.observe(key)
    if seen is None:
        raise StoreError(f"{key}: the store lost it; publish from where its source is")

    def load(start: int, length: int) -> bytes:
        return shelf.store.read_range(key, start=start, length=length)

    # The manifest's length may be that of another version, which a stopped run has replaced.
    start = find_audio(old.media_type, load, size=seen.size)
    if not start or seen.size - start != stored.size - old.tag_length:
        raise _other_audio(key)
    front = retag(old.media_type, load(0, start), tags=tags, duration=old.duration, id3_version=version)
    splice = Splice(front=(front,), key=key, etag=seen.etag, size=seen.size, start=start)
    return Retagged(
        audio=replace(old, tag_length=len(front), tag_digest=tag_digest),
        splice=splice,
        sha256=_load_sha256(splice, front, frames_hash=old.frames_hash, shelf=shelf),
    )


def _load_sha256(splice: Splice, front: bytes, *, frames_hash: str, shelf: Shelf) -> str:
    """SHA-256 of new bytes and the rest of an object, which is read from the store unless that was done before."""
    name = f"{splice.key} {splice.etag} {xxhash.xxh3_128_hexdigest(front)}"
    known: str | None = shelf.cache.fact("retagged", name, size=splice.size, stamp=0)
    if known is not None:
        return known
    whole, frames = hashlib.sha256(front), xxhash.xxh3_128()
    shelf.progress.begin("fetching", splice.rest)
    try:
        for block in load_rest(splice, shelf.store):
            whole.update(block)
            frames.update(block)
            shelf.progress.advance(len(block))
    finally:
        shelf.progress.end()
    if frames.hexdigest() != frames_hash:
        seen = shelf.store.observe(splice.key)
        raise _other_audio(splice.key) if seen and seen.etag == splice.etag else MovedError(splice.key)
    shelf.cache.set_fact("retagged", name, size=splice.size, stamp=0, value=whole.hexdigest())
    return whole.hexdigest()


def _other_audio(key: str) -> StoreError:
    return StoreError(f"{key}: the store holds other audio than was published; publish from where its source is")
