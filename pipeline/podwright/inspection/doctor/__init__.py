"""Whether what was published reaches listeners as apps want it, found out through the public address.

Every check is a function and a row: in `places` where it asks about the store or the address as a whole, in `objects`
where it asks about one published object. A function yields what is wrong; where it yields nothing, the row says what
is right.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from podwright.core.finding import Finding
from podwright.core.http import PATIENCE, Client
from podwright.core.model import Overrides, Storage
from podwright.inspection.doctor.capabilities import apply_capabilities, capability_findings, clock_findings
from podwright.inspection.doctor.objects import observe_objects
from podwright.inspection.doctor.places import ADDRESS, observe_place
from podwright.inspection.doctor.sampling import sample
from podwright.inspection.doctor.types import Place
from podwright.stores import CORS, Store, open_store
from podwright.stores.ledger.lease import Publisher
from podwright.stores.ledger.manifest import EMPTY
from podwright.stores.ledger.manifest_io import load_manifest
from podwright.workspace.load import load_show
from podwright.workspace.scan import scan_workspace


def observe_health(root: Path, overrides: Overrides) -> tuple[Finding, ...]:
    """Look at the store, the public address and one published object of each kind, with a bounded number of requests.

    Raises WorkspaceError where the settings cannot be read, StoreError where the manifest cannot.
    """
    storage, store = _open(root, overrides)
    loaded = load_manifest(store)
    manifest = loaded[0] if loaded else EMPTY
    with Client(patience=PATIENCE) as client:
        place = Place(storage=storage, store=store, manifest=manifest, client=client)
        found = tuple(observe_place(place))
        silent = any(one.code == ADDRESS.name and one.level == "error" for one in found)
        return found if silent else (*found, *observe_objects(place, sample(manifest)))


def apply_trial(
    root: Path, overrides: Overrides, *, now: datetime, publisher: Publisher, work: Path
) -> tuple[Finding, ...]:
    """Try what the store can do, say it, and have the manifest say it where there is one and it says something else.

    now: what time it is, aware. publisher and work: who writes that down, and where runs from one workspace tell each
    other that they ended. Raises WorkspaceError where the settings cannot be read, StoreError where the store
    cannot be tried.
    """
    _, store = _open(root, overrides)
    loaded = load_manifest(store)
    found = store.observe_capabilities()
    written: Iterable[Finding] = ()
    if loaded is not None:
        manifest, etag = loaded
        written = apply_capabilities(store, manifest, etag=etag, found=found, publisher=publisher, work=work)
    return (*capability_findings(found), *clock_findings(store, now=now), *written)


def apply_fixes(root: Path, overrides: Overrides) -> tuple[str, ...]:
    """Correct what can be corrected from here, and say what was; nothing twice.

    That is the bucket's rule for players on other sites. Raises WorkspaceError or StoreError.
    """
    _, store = _open(root, overrides)
    if store.observe_cors() is None or not store.apply_cors():
        return ()
    return (f"store: pages of any site may read it now (cross-origin rule {CORS.name!r})",)


def _open(root: Path, overrides: Overrides) -> tuple[Storage, Store]:
    storage = load_show(scan_workspace(root), overrides).storage
    return storage, open_store(storage)
