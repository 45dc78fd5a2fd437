"""Manifests as JSON, and back."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from podwright.core.errors import StoreError
from podwright.core.names import MANIFEST_KEY, content_key
from podwright.stores.capabilities import capabilities_of
from podwright.stores.ledger.generations import Count, Generation, Moment
from podwright.stores.ledger.manifest import (
    REPAIR,
    AudioRecord,
    DamagedManifestError,
    EpisodeRecord,
    FeedRecord,
    Manifest,
    ObjectRecord,
    Snapshot,
    Unsettled,
)
from podwright.stores.ledger.manifest_format1 import Format1
from podwright.stores.ledger.moved import MOVED

_Record = TypeVar("_Record")
#: Gives the bytes of an object, or None where there is none.
Load = Callable[[str], bytes | None]


class _Base(Struct, frozen=True):
    """The snapshot that a document builds on, and what of it is no more: names, by the field that they were in."""

    sha256: str
    #: In bytes, before compression.
    size: Count
    gone: dict[str, tuple[str, ...]]
    #: By feed, how many of its items at the beginning and at the end are those of the snapshot.
    items: dict[str, tuple[Count, Count]]


class _Format2(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="format", tag=2):
    """A document: a whole manifest, or what it has that its base has not."""

    generation: Count
    doomed: tuple[str, ...] = ()
    unsettled: Mapping[str, Unsettled] = {}
    coming: Mapping[str, AudioRecord] = {}
    pending_notices: tuple[str, ...] = ()
    feeds: Mapping[str, FeedRecord] = {}
    episodes: Mapping[str, EpisodeRecord] = {}
    objects: Mapping[str, ObjectRecord] = {}
    retired: Mapping[str, Moment] = {}
    log: tuple[Generation, ...] = ()
    restored: Count | None = None
    public_url: str | None = None
    capabilities: tuple[str, ...] | None = None
    commits: tuple[str, ...] = ()
    base: _Base | None = None
    sha256: str | None = None

    def manifest(self) -> Manifest:
        """Return what it says by itself."""
        return Manifest(
            generation=self.generation,
            doomed=self.doomed,
            capabilities=None if self.capabilities is None else capabilities_of(self.capabilities),
            unsettled=self.unsettled,
            coming=self.coming,
            pending_notices=self.pending_notices,
            feeds=self.feeds,
            episodes=self.episodes,
            objects=self.objects,
            retired=self.retired,
            log=self.log,
            restored=self.restored,
            public_url=self.public_url,
            commits=self.commits,
        )


#: The fields that a document may leave to its base.
_MAPS = ("unsettled", "coming", "feeds", "episodes", "objects", "retired")
_decoder: msgspec.json.Decoder[Format1 | _Format2] = msgspec.json.Decoder(Format1 | _Format2)
_encoder = msgspec.json.Encoder(order="deterministic")


def render_manifest(manifest: Manifest) -> bytes:
    """Return the whole manifest as canonical JSON: the same manifest always gives the same bytes.

    Its last field is the SHA-256, in hex, of all bytes before that field.
    """
    return _render(_document(manifest))


def render_changes(manifest: Manifest, base: Snapshot) -> bytes:
    """Return the manifest as JSON that says only what the snapshot does not."""
    changed: dict[str, Any] = {}
    gone = {}
    for name in _MAPS:
        now, then = getattr(manifest, name), getattr(base.manifest, name)
        changed[name] = {key: one for key, one in now.items() if (was := then.get(key)) is not one and was != one}
        if left := tuple(sorted(then.keys() - now.keys())):
            gone[name] = left
    items = {}
    for name, feed in changed["feeds"].items():
        if then_feed := base.manifest.feeds.get(name):
            first, last = _shared(feed.items, then_feed.items)
            items[name] = (first, last)
            changed["feeds"][name] = replace(feed, items=feed.items[first : len(feed.items) - last])
    document = _document(replace(manifest, **changed))
    return _render(msgspec.structs.replace(document, base=_Base(base.sha256, base.size, gone, items)))


def render_snapshot(manifest: Manifest, whole: bytes) -> tuple[Snapshot, bytes]:
    """Return a snapshot of a manifest, of which these are the bytes, with those to store."""
    data = gzip.compress(whole, compresslevel=4, mtime=0)
    return Snapshot(hashlib.sha256(data).hexdigest(), len(whole), replace(manifest, base=None)), data


def parse_manifest(data: bytes, *, load: Load = lambda _: None) -> Manifest:
    """Read a manifest back.

    load: gives the snapshot that it may build on. Raises DamagedManifestError where it is damaged, StoreError where it
    was written by a newer podwright: publishing on would forget promises.
    """
    document = _parse(data)
    if isinstance(document, _Format2) and document.base:
        return _joined(document.manifest(), document.base, load)
    return document.manifest()


def _document(manifest: Manifest) -> _Format2:
    return _Format2(
        generation=manifest.generation,
        doomed=manifest.doomed,
        unsettled=manifest.unsettled,
        coming=manifest.coming,
        pending_notices=manifest.pending_notices,
        feeds=manifest.feeds,
        episodes=manifest.episodes,
        objects=manifest.objects,
        retired=manifest.retired,
        log=manifest.log,
        restored=manifest.restored,
        public_url=manifest.public_url,
        commits=manifest.commits,
        capabilities=manifest.capabilities.names if manifest.capabilities else None,
    )


def _render(document: _Format2) -> bytes:
    text = _encoder.encode(document).removesuffix(b"}")
    return b'%s,"sha256":"%s"}\n' % (text, hashlib.sha256(text).hexdigest().encode())


def _shared(now: tuple[str, ...], then: tuple[str, ...]) -> tuple[int, int]:
    """Return how many items at the beginning are the same, and how many of the others at the end."""
    most = min(len(now), len(then))
    first = next((at for at in range(most) if now[at] != then[at]), most)
    last = next((at for at in range(most - first) if now[-1 - at] != then[-1 - at]), most - first)
    return first, last


def _parse(data: bytes) -> Format1 | _Format2:
    try:
        document = _decoder.decode(data)
    except (ValueError, RecursionError) as error:
        raise _explained(data, error) from error
    if document.sha256 is not None and not _is_whole(data):
        raise DamagedManifestError(f"{MANIFEST_KEY}: has other bytes than were written; try again, or {REPAIR}")
    return document


def _explained(data: bytes, error: Exception) -> StoreError:
    """Return what is wrong with bytes that are no document of a known format."""
    try:
        document = msgspec.json.decode(data)
        written = document["format"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return DamagedManifestError(f"{MANIFEST_KEY}: is not a manifest; {REPAIR}")
    if "sha256" in document and not _is_whole(data):
        return DamagedManifestError(f"{MANIFEST_KEY}: has other bytes than were written; try again, or {REPAIR}")
    if data == MOVED:
        return StoreError(f"{MANIFEST_KEY}: has moved to another place; name it as storage.private_url")
    if written not in (1, 2):
        return StoreError(f"{MANIFEST_KEY}: format {written!r} is not known to this version; upgrade podwright")
    return DamagedManifestError(f"{MANIFEST_KEY}: is damaged ({error}); {REPAIR}")


def _is_whole(data: bytes) -> bool:
    """Return whether the digest at the end is that of what is before it."""
    text, _, rest = data.rpartition(b',"sha256":"')
    return rest == b'%s"}\n' % hashlib.sha256(text).hexdigest().encode()


def _joined(changes: Manifest, base: _Base, load: Load) -> Manifest:
    """Return the manifest that a document and its base say together."""
    key = content_key(base.sha256)
    data = load(key)
    if data is None:
        raise DamagedManifestError(f"{MANIFEST_KEY}: the store lost {key}, which it builds on; {REPAIR}")
    unpacker = zlib.decompressobj(wbits=31)
    try:
        whole = unpacker.decompress(data, base.size + 1)
    except zlib.error:
        whole = b""
    if hashlib.sha256(data).hexdigest() != base.sha256 or len(whole) != base.size:
        raise DamagedManifestError(f"{MANIFEST_KEY}: {key}, which it builds on, is damaged; {REPAIR}")
    then = _parse(whole).manifest()
    feeds = dict(changes.feeds)
    if not base.items.keys() <= feeds.keys() & then.feeds.keys():
        raise DamagedManifestError(f"{MANIFEST_KEY}: is damaged (items of a feed that is not there); {REPAIR}")
    for name, (first, last) in base.items.items():
        items = then.feeds[name].items
        feeds[name] = replace(feeds[name], items=(*items[:first], *feeds[name].items, *items[len(items) - last :]))
    now = replace(changes, feeds=feeds)
    maps: dict[str, Any] = {
        name: _merged(getattr(then, name), getattr(now, name), base.gone.get(name, ())) for name in _MAPS
    }
    return replace(now, **maps, base=Snapshot(base.sha256, base.size, then))


def _merged(then: Mapping[str, _Record], now: Mapping[str, _Record], gone: tuple[str, ...]) -> Mapping[str, _Record]:
    if not now and not gone:
        return then
    merged = {**then, **now}
    for key in gone:
        merged.pop(key, None)
    return merged
