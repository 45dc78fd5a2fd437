"""The verification that listeners get all that they were promised, and the store holds what its manifest says.

`observe_published` starts from the live feeds and looks at all that they name, through the public address; `store`
compares the store with its manifest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from podwright.core.finding import Finding
from podwright.core.http import Client
from podwright.core.model import Show
from podwright.core.names import MANIFEST_KEY, side_of
from podwright.inspection.doctor.checks import ADDRESS, observe_place
from podwright.inspection.doctor.sampling import target_of
from podwright.inspection.doctor.types import Place, Target
from podwright.inspection.moved import observe_moved
from podwright.inspection.verify.feeds import feed_keys, load_feed, promises
from podwright.inspection.verify.objects import (
    Survey,
    Task,
    observe_certificates,
    observe_elsewhere,
    silence,
    survey_objects,
)
from podwright.inspection.verify.pages import survey_pages
from podwright.inspection.verify.store import Drift, load_lost, lost_manifest, missing_generations, observe_drift
from podwright.inspection.verify.types import LiveFeed, Promises, Request, Verified
from podwright.publishing.session import find_remains
from podwright.stores import Store
from podwright.stores.ledger.manifest import EMPTY, DamagedManifestError, Manifest, ObjectRecord
from podwright.stores.ledger.recovery import observe_manifest

__all__ = ["Request", "Verified", "observe_published"]

#: Unless all bytes are read, objects up to this size are; of larger ones the ends. In bytes.
WHOLE = 1 << 20
#: How often it is looked at where publishes come in between.
LOOKS = 3


def observe_published(request: Request) -> Verified:
    """Look at all that listeners are promised, and at the store.

    Raises WorkspaceError where the settings cannot be read or name no such feed, StoreError where the store cannot be
    read. No answer at the public address, and no manifest, are findings. What looks broken while somebody publishes is
    looked at again.
    """
    request.session.check_moved()
    show, store = request.session.show, request.session.store
    for _ in range(LOOKS):
        said = _observe_manifest(store, show)
        found = _look(request, show, store, *said)
        if not found.broken or _observe_manifest(store, show) == said:
            return found
    message = "somebody published each time that it was looked at; verify again once that has ended"
    moving = Finding(where="store", code="unfinished", level="warning", message=message)
    return replace(found, findings=(*found.findings, moving))


def _look(request: Request, show: Show, store: Store, manifest: Manifest, lost: Finding | None) -> Verified:
    """Return what there is to find by a manifest. lost: what is wrong with that."""
    with Client(patience=request.patience, connections=request.concurrency) as client:
        place = Place(storage=show.storage, store=store, manifest=manifest, client=client, whole=WHOLE)
        survey = Survey(
            place=place, concurrency=request.concurrency, deep=request.deep, advance=request.session.progress.advance
        )
        if lost:
            survey.add([lost])
        else:
            place_found = tuple(observe_place(place))
            survey.add(place_found)
            drift = Drift() if request.feeds else _drift(request, store, manifest)
            survey.add(drift.findings)
            if not request.feeds:
                look = load_lost(manifest, store) if request.deep else missing_generations(manifest, drift.listed)
                survey.add(look)
            survey.checks += drift.checks
            if not any(one.code == ADDRESS.name and one.level == "error" for one in place_found):
                _survey(request, survey, show, drift=drift)
    order = sorted(survey.findings, key=lambda one: (one.level != "error", one.where, one.code, one.message))
    return Verified(findings=tuple(order), objects=survey.objects, checks=survey.checks)


def _observe_manifest(store: Store, show: Show) -> tuple[Manifest, Finding | None]:
    """Return the manifest, or what is wrong with it."""
    try:
        manifest, etag = observe_manifest(store)
    except DamagedManifestError as error:
        return EMPTY, lost_manifest(error)
    if etag is None and find_remains(store, show):
        return EMPTY, lost_manifest(None)
    if etag is None:
        message = "nothing is published here; run podwright publish, or correct storage.url"
        return EMPTY, Finding(where="store", code="published", level="error", message=message)
    return manifest, None


def _drift(request: Request, store: Store, manifest: Manifest) -> Drift:
    request.session.progress.begin("comparing", sum(record.size for record in manifest.held.values()))
    try:
        return observe_drift(
            store,
            manifest,
            headers=request.deep,
            # Nobody else can read what is private.
            read_whole=lambda key: request.deep and side_of(key) == "private",
            concurrency=request.concurrency,
            advance=request.session.progress.advance,
        )
    finally:
        request.session.progress.end()


def _survey(request: Request, survey: Survey, show: Show, *, drift: Drift) -> None:
    """Look at what feeds name, at what is private, and at the pages."""
    place, found = survey.place, list[Finding]()
    feeds = [load_feed(place, name, key, found) for name, key in feed_keys(place.manifest, names=request.feeds).items()]
    survey.add(one for one in found if one.where not in drift.wrong)
    promised = promises(feeds, place, show)
    survey.add(_unpublished(promised, place.manifest))
    tasks = list(_tasks(place, feeds, promised, narrow=bool(request.feeds)))
    # Why these are wrong was told where they are kept.
    tasks = [task for task in tasks if task.target.key not in drift.wrong]
    request.session.progress.begin("verifying", sum(task.target.record.size for task in tasks))
    try:
        survey_objects(survey, tasks)
        if not request.feeds:
            survey_pages(survey, seen={task.target.key for task in tasks} | drift.wrong)
    finally:
        request.session.progress.end()
    if not survey.gave_up:
        observe_elsewhere(survey, promised)
    if not request.feeds:
        survey.add(observe_moved(show, place.client))
    urls = (show.storage.public_url, *promised.counted.values())
    survey.add(observe_certificates(urls, now=request.session.now, patience=request.patience))
    survey.add(silence(survey))


def _tasks(place: Place, feeds: Iterable[LiveFeed], promised: Promises, *, narrow: bool) -> Iterator[Task]:
    """Yield the documents of feeds, what they name, and everything that nobody may read.

    narrow: no more than feeds name.
    """
    held = place.manifest.held
    own = {key for feed in feeds for key in _documents(feed, place.manifest)}
    private = {key for key in held if side_of(key) == "private"}
    wanted = {*own, *promised.named} if narrow else {*own, *promised.named, *private}
    for key in sorted(wanted & held.keys()):
        rows = tuple(promised.named.get(key, ()))
        if key in private:
            target = Target(key=key, kind="private", media_type="", record=held[key])
        else:
            target = target_of(key, held[key])
        yield Task(target=target, promised=rows, named_by=rows[0][0] if rows else None)
    # Its own size is in no manifest, and is not asked for.
    yield Task(target=Target(key=MANIFEST_KEY, kind="private", media_type="", record=ObjectRecord(0, "", "")))


def _documents(feed: LiveFeed, manifest: Manifest) -> set[str]:
    record = manifest.feeds.get(feed.name)
    return {document.key for document in feed.documents} | set(record.keys if record else ())


def _unpublished(promised: Promises, manifest: Manifest) -> Iterator[Finding]:
    """Yield what feeds name, and no publish knows: they are older than the last one, or somebody else's."""
    for key, rows in sorted(promised.named.items()):
        if key not in manifest.held:
            message = f"{rows[0][0]} names it, and it is not published; empty the caches before the store"
            yield Finding(where=key, code="link", level="error", message=message, about=rows[0][0])
