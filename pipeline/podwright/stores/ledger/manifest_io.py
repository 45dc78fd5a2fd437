"""Reading the manifest from a store, and writing it.

A large manifest is stored in two objects: a compressed snapshot, which is named by its content and never changes, and
the manifest itself, which says what changed since. A publish so writes what it changes, however much there is.
"""

from __future__ import annotations

from dataclasses import replace

from podwright.core.artifact import bytes_artifact
from podwright.core.names import MANIFEST_KEY, content_key
from podwright.stores import Store, settle
from podwright.stores.ledger.manifest import DamagedManifestError, Manifest
from podwright.stores.ledger.manifest_json import parse_manifest, render_changes, render_manifest, render_snapshot

#: A manifest of more bytes is stored as a snapshot and what changed since.
ROOM = 256 << 10
#: How often it is read where each time it is another, and damaged.
_LOOKS = 5
_CACHING = "private, no-store"


def load_manifest(store: Store, *, key: str = MANIFEST_KEY, unless: str | None = None) -> tuple[Manifest, str] | None:
    """Return a manifest and its version; None where there is none, or where it still has the version `unless`.

    Raises DamagedManifestError, with the version, where it is damaged, and StoreError where the store fails.
    """
    read, looks = store.read(key, unless=unless), 1
    while read is not None and read.data is not None:
        try:
            return parse_manifest(read.data, load=lambda name: _read(store, name)), read.etag
        except DamagedManifestError as error:
            # Between two reads somebody may have published, and pruned what the first one built on.
            again = store.read(key, unless=read.etag) if looks < _LOOKS else None
            if again is None or again.data is None:
                error.etag = read.etag
                raise
            read, looks = again, looks + 1
    return None


def write_manifest(store: Store, manifest: Manifest, *, expected: str | None) -> tuple[Manifest, str]:
    """Have the store say this of itself, and return the manifest as it is stored, with its version.

    expected: the version of what it said before, None where that was nothing. Raises ConflictError for another.
    """
    manifest, data = _rendered(store, manifest)
    # What survives a power failure names nothing that did not.
    settle(store)
    etag = store.write(
        MANIFEST_KEY,
        data,
        media_type="application/json",
        cache_control=_CACHING,
        expected=expected,
        # Whoever writes it holds the lease.
        contended=False,
    )
    return manifest, etag


def _rendered(store: Store, manifest: Manifest) -> tuple[Manifest, bytes]:
    """Return the manifest with its base, and its bytes; writes a new snapshot where too much changed since the last."""
    if manifest.base:
        data = render_changes(manifest, manifest.base)
        if len(data) <= ROOM:
            return manifest, data
    whole = render_manifest(manifest)
    if len(whole) <= ROOM:
        return replace(manifest, base=None), whole
    base, packed = render_snapshot(manifest, whole)
    store.put(
        bytes_artifact(
            content_key(base.sha256), packed, media_type="application/gzip", cache_control=_CACHING, side="private"
        )
    )
    return replace(manifest, base=base), render_changes(manifest, base)


def _read(store: Store, key: str) -> bytes | None:
    read = store.read(key)
    return read.data if read else None
