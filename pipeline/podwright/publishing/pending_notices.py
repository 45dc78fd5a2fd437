"""Writing down in the store that what was owed has been told."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from podwright.building.cache import open_cache
from podwright.core.errors import ConflictError
from podwright.publishing.apply import tried
from podwright.publishing.news import Debt
from podwright.publishing.publish import Job, observe_manifest
from podwright.publishing.settled import recall, remember
from podwright.stores import open_store
from podwright.stores.ledger.lease import held_lease
from podwright.stores.ledger.manifest_io import write_manifest


def acknowledge(job: Job, debt: Debt) -> None:
    """Say that nothing is owed any more, unless another publish was faster and will tell it again.

    Raises StoreError, also where somebody else is publishing now: nobody waits for this.
    """
    store = open_store(debt.storage)
    manifest, etag = observe_manifest(store)
    if etag != debt.etag:
        return
    store, _ = tried(store, manifest)
    with (
        contextlib.suppress(ConflictError),
        held_lease(store, replace(job.publisher, patience=0), work=job.work) as lease,
    ):
        lease.check()
        etag = write_manifest(store, replace(manifest, owed=()), expected=etag)
        with open_cache(job.work) as cache:
            settled = recall(cache)
            if settled and settled.etag == debt.etag:
                remember(cache, replace(settled, etag=etag, owed=False))
                cache.save_notes()
