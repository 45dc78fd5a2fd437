"""Former generations that the manifest promises, and that nobody can bring back any more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from podwright.core.finding import Finding
from podwright.core.names import generation_key
from podwright.publishing.history import LostGenerationError, load_generation
from podwright.publishing.plan.outcome import former_log
from podwright.stores import Store
from podwright.stores.ledger.manifest import REPAIR, Manifest


def missing_generations(manifest: Manifest, keys: Collection[str]) -> Iterator[Finding]:
    """Those whose manifests are not among the keys of the store."""
    yield from (_lost(number) for number in _kept(manifest) if generation_key(number) not in keys)


def load_lost(manifest: Manifest, store: Store) -> Iterator[Finding]:
    """Those whose manifests cannot be read, found by reading them. Raises StoreError where the store fails."""
    yield from (_lost(number) for number in _kept(manifest) if not _is_there(number, manifest, store))


def forgotten(manifest: Manifest, lost: Iterable[Finding]) -> Manifest:
    """The manifest without the generations that were found to be lost."""
    keys = {one.where for one in lost}
    return replace(manifest, log=tuple(one for one in manifest.log if generation_key(one.number) not in keys))


def _kept(manifest: Manifest) -> Iterator[int]:
    return (one.number for one in former_log(manifest)[:-1] if one.whole)


def _is_there(number: int, manifest: Manifest, store: Store) -> bool:
    # What was damaged on its way is whole the next time.
    for _ in range(2):
        try:
            load_generation(store, manifest, number)
        except LostGenerationError:
            continue
        return True
    return False


def _lost(number: int) -> Finding:
    message = f"is lost or damaged: generation {number} cannot be brought back, and nothing be pruned; {REPAIR}"
    return Finding(where=generation_key(number), code="history", level="warning", message=message)
