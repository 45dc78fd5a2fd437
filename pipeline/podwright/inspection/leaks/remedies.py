"""The remedy of a secret that stands in a public object: the command after which it is gone."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

from podwright.core.errors import PodwrightError
from podwright.core.finding import Finding
from podwright.core.model import Storage
from podwright.inspection.leaks.anonymous import WORDS
from podwright.publishing.proposal import plan
from podwright.publishing.prune import plan_prune
from podwright.publishing.session import Session

_PUBLISH = "run podwright publish"


def find_remedies(leaks: Collection[Finding], session: Session, *, digests: Mapping[str, str]) -> Iterator[Finding]:
    """Yield findings with what to do about them. digests: of what was read of public objects, in hex, by key."""
    session = replace(session)
    told = {leak.where for leak in leaks if leak.code in WORDS}
    written, deleted = _written(session), _deleted(session, told)
    for leak in leaks:
        key = leak.where
        if key not in told:
            yield leak
            continue
        if written is None or key in written:
            advice = _PUBLISH
        elif key in deleted:
            advice = f"run podwright prune --at-once {shlex.quote(key)} --yes"
        else:
            advice = _advice(key, session, digest=digests.get(key))
        yield replace(leak, message=f"{leak.message}; {advice}")


def _written(session: Session) -> set[str] | None:
    """Return the keys of what a publish writes or deletes; None where it has to say itself why there is no plan."""
    try:
        return {step.key for step in plan(session).plan.steps}
    except PodwrightError:
        return None


def _deleted(session: Session, keys: Collection[str]) -> set[str]:
    """Return which of these objects are leftovers, which a prune may delete at once."""
    try:
        pruning = plan_prune(session, grace=timedelta(days=1), accepted=(), at_once=keys)
    except PodwrightError:
        return set()
    return {leftover.stored.key for leftover in pruning.deletes}


def _advice(key: str, session: Session, *, digest: str | None) -> str:
    """Return what to do about an object that neither a publish nor a prune would touch."""
    stored, record, storage = session.store.observe(key), session.observed[0].named.get(key), session.show.storage
    if stored is None or (record and stored.etag == record.etag and digest != record.sha256):
        return f"the store does not hold that; purge {storage.public_url}{quote(key)} from the caches"
    if record is None:
        return f"podwright did not put it there; {_removal(storage, key)}"
    if stored.etag != record.etag:
        return "somebody changed it; run podwright verify --repair --yes"
    return f"take it out of what says it, be it a setting, the theme or a header of the server, then {_PUBLISH}"


def _removal(storage: Storage, key: str) -> str:
    """Return the command that deletes an object by other means."""
    if storage.folder is not None:
        return f"run rm {shlex.quote(str(storage.folder / key))}"
    endpoint = f" --endpoint-url {storage.endpoint_url}" if storage.endpoint_url else ""
    return f"run aws s3 rm {shlex.quote(storage.url.rstrip('/') + '/' + key)}{endpoint}"
