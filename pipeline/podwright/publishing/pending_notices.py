"""Writing down in the store that what was owed has been told."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from podwright.building.cache import open_cache
from podwright.core.errors import ConflictError
from podwright.publishing.news import Debt
from podwright.publishing.session import Session
from podwright.publishing.settled import recall, remember
from podwright.stores.ledger.manifest_io import write_manifest


def acknowledge(session: Session, debt: Debt) -> None:
    """Say that nothing is owed any more, unless another publish was faster and will tell it again.

    Raises StoreError, also where somebody else is publishing now: nobody waits for this.
    """
    session = replace(session, storage=debt.storage)
    if session.observed[1] != debt.etag:
        return
    with (
        contextlib.suppress(ConflictError),
        session.turn(replace(session.publisher, patience=0)) as turn,
    ):
        if turn.etag != debt.etag:
            return
        turn.check()
        _, etag = write_manifest(turn.store, replace(turn.manifest, owed=()), expected=turn.etag)
        with open_cache(session.work) as cache:
            settled = recall(cache)
            if settled and settled.etag == debt.etag:
                remember(cache, replace(settled, etag=etag, owed=False))
                cache.save_notes()
