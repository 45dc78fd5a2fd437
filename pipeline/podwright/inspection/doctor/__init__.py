"""The doctor: tests through the public address that what was published reaches listeners as apps want it.

Every check is a function and a row of a table in `checks`: of the store or the address as a whole, or of one published
object. A function yields what is wrong; where it yields nothing, the row says what
is right.
"""

from __future__ import annotations

from collections.abc import Iterable

from podwright.core.finding import Finding
from podwright.core.http import PATIENCE, Client
from podwright.inspection.doctor.capabilities import apply_capabilities, capability_findings, clock_findings
from podwright.inspection.doctor.checks import ADDRESS, observe_objects, observe_place
from podwright.inspection.doctor.sampling import sample
from podwright.inspection.doctor.types import Place
from podwright.publishing.session import Session
from podwright.stores import CORS, apply_cors, observe_cors, observe_trial
from podwright.stores.ledger.recovery import read_manifest


def observe_health(session: Session) -> tuple[Finding, ...]:
    """Look at the store, the public address and one published object of each kind, with a bounded number of requests.

    Raises WorkspaceError where the settings cannot be read, StoreError where the manifest cannot.
    """
    storage, store = session.show.storage, session.store
    manifest, _ = read_manifest(store)
    with Client(patience=PATIENCE) as client:
        place = Place(storage=storage, store=store, manifest=manifest, client=client)
        found = tuple(observe_place(place))
        silent = any(one.code == ADDRESS.name and one.level == "error" for one in found)
        return found if silent else (*found, *observe_objects(place, sample(manifest)))


def apply_trial(session: Session) -> tuple[Finding, ...]:
    """Try what the store can do, say it, and have the manifest say it where there is one and it says something else.

    Raises WorkspaceError where the settings cannot be read, StoreError where the store cannot be tried.
    """
    _, store = session.show, session.store
    observed = read_manifest(store)
    trial = observe_trial(store)
    written: Iterable[Finding] = ()
    if observed[1] is not None:
        written = apply_capabilities(session, observed, trial.capabilities)
    return (*capability_findings(trial), *clock_findings(store, now=session.now), *written)


def apply_fixes(session: Session) -> tuple[str, ...]:
    """Correct what can be corrected from here, and say what was; nothing twice.

    That is the bucket's rule for players on other sites. Raises WorkspaceError or StoreError.
    """
    _, store = session.show, session.store
    if observe_cors(store) is None or not apply_cors(store):
        return ()
    return (f"store: pages of any site may read it now (cross-origin rule {CORS.name!r})",)
