"""Publishing: make a store equal to a workspace, by stamps alone where nothing changed since the last run."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from podwright.publishing.outcome import Outcome
from podwright.publishing.session import Session, is_present
from podwright.publishing.settled import Look, look


def publish(session: Session, *, accepted: Collection[str]) -> Outcome:
    """Make the store equal to the workspace.

    accepted: names of the consequences that a person has agreed to. Raises WorkspaceError, UnsafePlanError or
    StoreError; the feeds are untouched then, unless the store failed during their swap: a second run completes it.
    """
    seen = look(session)
    settled = _find_settled(seen)
    if settled is not None:
        return settled
    # The long way loads msgspec, feedgen, Jinja2 and Pillow, which a publish with nothing to do does without.
    from podwright.publishing.attempt import publish_planned

    return publish_planned(seen, accepted=accepted)


def _find_settled(seen: Look) -> Outcome | None:
    """Return the outcome of a publish with nothing to do, found by files' stamps and one version in the store.

    None where that cannot be said: then the long way is gone.
    """
    settled = seen.settled
    if settled is None or not settled.holds(seen.fingerprint, now=seen.session.now):
        return None
    store = replace(seen.session, storage=settled.storage).store
    if not is_present(store, settled.etag):
        return None
    return Outcome(
        store=store.url,
        plan=None,
        problems=(),
        live=settled.live,
        waiting=settled.waiting,
        next_due=settled.until,
        unlisted=settled.unlisted,
        withdrawn=settled.withdrawn,
    )
