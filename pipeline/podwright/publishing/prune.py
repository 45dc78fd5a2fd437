"""Pruning: find what nothing names any more, and delete it once somebody says so."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import quote

from podwright.core.errors import StoreError
from podwright.core.names import (
    MANIFEST_KEY,
    content_key,
    generation_key,
    is_document,
    is_media,
    is_only_ours,
    is_own,
    is_page,
)
from podwright.publishing.history import kept_numbers, load_generation
from podwright.publishing.plan.outcome import former_log
from podwright.publishing.session import Session
from podwright.publishing.turn import take_turn
from podwright.stores import Store, Stored, Upload, abort_upload, observe_uploads
from podwright.stores.ledger.manifest import Manifest
from podwright.stores.ledger.manifest_io import write_manifest

#: How a person agrees that the document of a feed which is no longer published is deleted.
FEED_LOST = "feed-lost"

Reason = Literal["retired", "history", "unknown"]


@dataclass(frozen=True, slots=True)
class Leftover:
    """An object that nothing names."""

    stored: Stored
    #: When it became that, as far as anybody knows.
    since: datetime
    #: "retired": feeds and pages named it once; "history": of a generation that is not kept any more; "unknown": a
    #: publish that was stopped may have left it.
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruning:
    """Objects that a prune deletes and those that it leaves."""

    #: The store's printable address.
    store: str
    #: How long nothing named what it deletes.
    grace: timedelta
    deletes: tuple[Leftover, ...]
    uploads: tuple[Upload, ...]
    #: How many leftovers are not as old as that.
    young: int
    #: Documents of feeds that are no longer published and nobody agreed to delete, with how many leftovers each names.
    feeds: Mapping[str, int]
    #: Keys that may be somebody else's.
    foreign: tuple[str, ...]
    #: Keys and folders of what goes whatever its age.
    at_once: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes to free, without those of uploads, which no store tells."""
        return sum(leftover.stored.size for leftover in self.deletes)


def plan_prune(
    session: Session, *, grace: timedelta, accepted: Collection[str], at_once: Collection[str] = ()
) -> Pruning:
    """Return what `prune` would delete; write nothing.

    Raises WorkspaceError where podwright.toml cannot be read; StoreError where the store fails or a publish is under
    way or was stopped.
    """
    store, (manifest, etag) = session.store, session.observed
    _check_rest(store, manifest, etag)
    return build_pruning(store, manifest, now=session.now, grace=grace, accepted=accepted, at_once=at_once)


def prune(session: Session, *, grace: timedelta, accepted: Collection[str], at_once: Collection[str] = ()) -> Pruning:
    """Delete what nothing has named for so long, and give up uploads that are as old.

    accepted: `feed-lost` or `feed-lost:KEY` for documents of former feeds. at_once: keys, or folders with a slash at
    the end, of what goes however young it is, and though a kept generation names it. Nobody publishes while it looks
    and deletes. Raises as `plan_prune` does, and ConflictError where somebody took over.
    """
    _check_rest(session.store, *session.observed)
    with take_turn(session) as turn:
        store, (manifest, etag) = turn.store, turn.observe()
        etag = _check_rest(store, manifest, etag)
        pruning = build_pruning(store, manifest, now=session.now, grace=grace, accepted=accepted, at_once=at_once)
        apply_pruning(pruning, store, manifest, etag=etag, now=session.now, check=turn.check)
        return pruning


def _check_rest(store: Store, manifest: Manifest, etag: str | None) -> str:
    """Return the version of the manifest of a store at rest. Raises StoreError for another."""
    if etag is None:
        raise StoreError(
            f"{store.url}: says nothing of itself, so that nothing can be told from leftovers; publish first"
        )
    stopped = not former_log(manifest)[-1].whole or any(feed.signature is None for feed in manifest.feeds.values())
    if stopped or manifest.unsettled:
        raise StoreError(f"{store.url}: a publish is under way or was stopped; publish again, then prune")
    return etag


# Decide


def build_pruning(
    store: Store,
    manifest: Manifest,
    *,
    now: datetime,
    grace: timedelta,
    accepted: Collection[str],
    at_once: Collection[str] = (),
) -> Pruning:
    """Look at every object of a store and tell leftovers from what is needed and from what is not ours."""
    named = {*_named_now(manifest), *(key for key in _named_before(store, manifest) if not _is_among(key, at_once))}
    leftovers: list[Leftover] = []
    foreign: list[str] = []
    for stored in store.observe_all(""):
        if stored.key in named:
            continue
        leftover = _leftover(stored, manifest, store)
        if leftover:
            leftovers.append(leftover)
        elif not is_own(stored.key):
            # What lies below it and is not history is looked after by those who write it.
            foreign.append(stored.key)
    old = {
        leftover.stored.key: leftover
        for leftover in leftovers
        if leftover.since <= now - grace or _is_among(leftover.stored.key, at_once)
    }
    feeds = {key: _names(store, key, old) for key in _former_feeds(manifest, leftovers) if not _agreed(key, accepted)}
    spared = {*feeds, *(key for keys in feeds.values() for key in keys)}
    uploads = (upload for upload in observe_uploads(store) if is_media(upload.key) and upload.started <= now - grace)
    return Pruning(
        store=store.url,
        grace=grace,
        deletes=tuple(sorted((leftover for key, leftover in old.items() if key not in spared), key=_order)),
        uploads=tuple(sorted(uploads, key=lambda upload: (upload.key, upload.identifier))),
        young=len(leftovers) - len(old),
        feeds={key: len(keys) for key, keys in feeds.items()},
        foreign=tuple(sorted(foreign)),
        at_once=tuple(at_once),
    )


def _is_among(key: str, at_once: Collection[str]) -> bool:
    """Return whether a key is one of these, or in one of these folders."""
    return any(key == one or (one.endswith("/") and key.startswith(one)) for one in at_once)


def _named_now(manifest: Manifest) -> Iterator[str]:
    """Yield the keys of all that is needed now."""
    yield MANIFEST_KEY
    yield from _snapshot(manifest)
    yield from manifest.named


def _named_before(store: Store, manifest: Manifest) -> Iterator[str]:
    """Yield the keys of all that is needed to bring a generation back."""
    for number in kept_numbers(manifest):
        yield generation_key(number)
        former = load_generation(store, manifest, number)
        yield from _snapshot(former)
        yield from former.named
        yield from (content_key(record.sha256) for key, record in former.named.items() if is_document(key))


def _snapshot(manifest: Manifest) -> Iterator[str]:
    if manifest.base:
        yield content_key(manifest.base.sha256)


def _leftover(stored: Stored, manifest: Manifest, store: Store) -> Leftover | None:
    """Return an object that is not named as a leftover; None where it may be somebody else's, or of unknown age."""
    key, modified = stored.key, stored.modified
    if modified is None:
        return None
    if key in manifest.objects:
        return Leftover(stored, max(modified, manifest.retired[key]), "retired")
    if not is_media(key):
        return None
    if not is_only_ours(key):
        # Our digest goes with everything that we send.
        marked = store.observe(key)
        if marked is None or marked.sha256 is None:
            return None
    return Leftover(stored, modified, "history" if is_own(key) else "unknown")


def _former_feeds(manifest: Manifest, leftovers: Iterable[Leftover]) -> Iterator[str]:
    """Yield the documents of feeds that are no longer published. Who subscribed still reads them."""
    for leftover in leftovers:
        key = leftover.stored.key
        if key in manifest.objects and key.endswith(".xml") and not is_page(key):
            yield key


def _agreed(key: str, accepted: Collection[str]) -> bool:
    return FEED_LOST in accepted or f"{FEED_LOST}:{key}" in accepted


def _names(store: Store, key: str, old: Iterable[str]) -> tuple[str, ...]:
    """Return those of the keys that a document names."""
    read = store.read(key)
    text = read.data if read and read.data is not None else b""
    return tuple(other for other in old if other != key and quote(other).encode() in text)


def _order(leftover: Leftover) -> tuple[int, str]:
    """Return a key for sorting: what names others goes before them."""
    key = leftover.stored.key
    return (0 if key.endswith((".xml", ".opml")) else 1 if "/generations/" in key else 2), key


# Apply


def apply_pruning(
    pruning: Pruning,
    store: Store,
    manifest: Manifest,
    *,
    etag: str,
    now: datetime,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Claim the manifest, delete, and say what is left; check is called before each write, as in `apply_plan`.

    A publish that began before loses its turn to the claim and plans again. One that was stopped here is completed by
    the next publish or prune. What changed since it was looked at stays.
    """
    if pruning.deletes or manifest.doomed:
        keys = {*manifest.doomed, *(leftover.stored.key for leftover in pruning.deletes)}
        claim, etag = write_manifest(store, replace(manifest, doomed=tuple(sorted(keys))), expected=etag)
        gone = set(_delete_all(pruning, store, now=now, check=check))
        gone.update(key for key in manifest.doomed if store.observe(key) is None)
        objects = {key: record for key, record in manifest.objects.items() if key not in gone}
        retired = {key: since for key, since in manifest.retired.items() if key not in gone}
        write_manifest(store, replace(claim, doomed=(), objects=objects, retired=retired), expected=etag)
    for upload in pruning.uploads:
        check()
        abort_upload(store, upload)


def _delete_all(pruning: Pruning, store: Store, *, now: datetime, check: Callable[[], None]) -> Iterator[str]:
    """Delete, in groups that follow each other, and yield the keys of what is gone."""

    def delete(leftover: Leftover) -> str | None:
        check()
        key = leftover.stored.key
        present = store.observe(key)
        if present is not None:
            young = present.modified is None or present.modified > now - pruning.grace
            if present.etag != leftover.stored.etag or (young and not _is_among(key, pruning.at_once)):
                return None
            store.delete([key])
        return key

    with ThreadPoolExecutor(store.concurrency) as pool:
        for group in (0, 1, 2):
            members = [leftover for leftover in pruning.deletes if _order(leftover)[0] == group]
            yield from filter(None, list(pool.map(delete, members)))
