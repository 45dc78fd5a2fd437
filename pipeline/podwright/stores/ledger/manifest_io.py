"""Reading the manifest from a store, and writing it."""

from __future__ import annotations

from podwright.stores import Store
from podwright.stores.ledger.manifest import (
    MANIFEST_KEY,
    MANIFEST_TYPE,
    DamagedManifestError,
    Manifest,
    parse_manifest,
    render_manifest,
)


def load_manifest(store: Store, *, key: str = MANIFEST_KEY, unless: str | None = None) -> tuple[Manifest, str] | None:
    """Return a manifest and its version; None where there is none, or where it still has the version `unless`.

    Raises DamagedManifestError, with the version, where it is damaged, and StoreError where the store fails.
    """
    read = store.read(key, unless=unless)
    if read is None or read.data is None:
        return None
    try:
        return parse_manifest(read.data), read.etag
    except DamagedManifestError as error:
        error.etag = read.etag
        raise


def write_manifest(store: Store, manifest: Manifest, *, expected: str | None) -> str:
    """Have the store say this of itself, and return the new version.

    expected: the version of what it said before, None where that was nothing. Raises ConflictError for another.
    """
    return store.write(
        MANIFEST_KEY,
        render_manifest(manifest),
        media_type=MANIFEST_TYPE,
        cache_control="private, no-store",
        expected=expected,
    )
