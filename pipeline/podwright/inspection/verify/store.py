"""The store against its manifest: objects lost, changed, unknown or with other headers; lost former generations."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from podwright.core.errors import StoreError
from podwright.core.finding import Finding
from podwright.core.names import MANIFEST_KEY, generation_key, is_own, parse
from podwright.publishing.history import LostGenerationError, load_generation
from podwright.publishing.plan.outcome import former_log
from podwright.stores import Store, Stored, printable
from podwright.stores.ledger.manifest import REPAIR, Manifest, ObjectRecord
from podwright.stores.ledger.recovery import load_sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """The differences of a store from its manifest.

    lost: keys without an object; altered: by key, what is there with other bytes; mistyped: keys whose object has the
    right bytes and other headers. versions: the store's versions of objects that are right but that somebody stored
    anew. listed: all that the store has. outdated: whether the manifest is older than what the store holds. checks: of
    how many objects.
    """

    findings: tuple[Finding, ...] = ()
    lost: frozenset[str] = frozenset()
    altered: Mapping[str, Stored] = field(default_factory=dict)
    mistyped: frozenset[str] = frozenset()
    versions: Mapping[str, str] = field(default_factory=dict)
    listed: Mapping[str, Stored] = field(default_factory=dict)
    outdated: bool = False
    checks: int = 0

    @property
    def wrong(self) -> frozenset[str]:
        """Keys of which listeners do not get what was published."""
        return self.lost | self.altered.keys() | self.mistyped


def observe_drift(
    store: Store,
    manifest: Manifest,
    *,
    headers: bool,
    read_whole: Callable[[str], bool],
    concurrency: int,
    advance: Callable[[int], None],
) -> Drift:
    """Compare a listing with a manifest; objects with another version are looked at.

    headers: whether every object is asked for its headers. read_whole: whether all bytes of a key's object are read,
    whatever the store says of them.
    """
    listed = {one.key: one for one in store.observe_all("")}
    held = manifest.held
    complete = manifest.capabilities is not None and manifest.capabilities.metadata

    def look(item: tuple[str, ObjectRecord]) -> tuple[str, Finding | None, str | None]:
        key, record = item
        found = listed.get(key)
        read = read_whole(key)
        finding = _compare(store, key, record, found, headers=headers, complete=complete, read=read)
        advance(record.size)
        return key, finding, found.etag if found and found.etag != record.etag else None

    with ThreadPoolExecutor(concurrency) as pool:
        rows = list(pool.map(look, sorted(held.items())))
    findings = [finding for _, finding, _ in rows if finding]
    keys = {probe: frozenset(one.where for one in findings if one.code == probe) for probe in _PROBES}
    altered = keys["size"] | keys["bytes"]
    kept = kept_generations(listed)
    outdated = _is_outdated(manifest, kept, altered=altered)
    known = {*manifest.objects, *manifest.unsettled}
    unknown = sorted(key for key in listed.keys() - known if not is_own(key))
    told = [_outdated(manifest, kept)] if outdated else []
    return Drift(
        findings=(*told, *_unfinished(manifest), *findings, *_unknown(unknown)),
        lost=keys["lost"],
        altered={key: listed[key] for key in sorted(altered)},
        mistyped=keys["headers"],
        versions={key: etag for key, finding, etag in rows if etag and (not finding or key in keys["headers"])},
        listed=listed,
        outdated=outdated,
        checks=len(held) + 2,
    )


def kept_generations(keys: Iterable[str]) -> tuple[int, ...]:
    """Return the numbers of the former generations whose manifests are among the keys, in order."""
    names = (parse(key) for key in keys if is_own(key))
    return tuple(sorted(int(name.detail) for name in names if name and name.kind == "generation"))


def _is_outdated(manifest: Manifest, kept: tuple[int, ...], *, altered: frozenset[str]) -> bool:
    """Return whether somebody put an older manifest back.

    A publish keeps the manifest that it replaces. One that was stopped may have kept the present one and written
    nothing more: then the feeds are as that says.
    """
    newest = kept[-1] if kept else 0
    documents = {key for feed in manifest.feeds.values() for key in feed.keys}
    replaced = newest == manifest.generation and not manifest.unsettled and not documents.isdisjoint(altered)
    return newest > manifest.generation or replaced


#: What may be wrong with one object.
_PROBES = ("lost", "size", "bytes", "headers")


def _compare(
    store: Store,
    key: str,
    record: ObjectRecord,
    found: Stored | None,
    *,
    headers: bool,
    complete: bool,
    read: bool,
) -> Finding | None:
    """Return what is wrong with one object."""
    if found is None:
        return _finding(key, "lost", f"the store lost it; {REPAIR}")
    if found.size != record.size:
        return _finding(key, "size", f"the store holds {found.size} bytes, and {record.size} were published; {REPAIR}")
    asked = store.observe(key) if headers or found.etag != record.etag else None
    # The digest that the store keeps beside an object may outlive its bytes.
    if (read or found.etag != record.etag) and load_sha256(found, store) != record.sha256:
        return _finding(key, "bytes", f"the store holds other bytes than were published; {REPAIR}")
    return _headers(key, asked, complete=complete) if headers and asked else None


def _finding(key: str, probe: str, message: str) -> Finding:
    return Finding(where=key, code=probe, level="error", message=message)


def observe_headers(store: Store, manifest: Manifest, *, concurrency: int) -> tuple[Finding, ...]:
    """Compare the headers of all objects with those that they were published with.

    Where it was never tried whether the store keeps headers, one object that has them tells.
    """
    with ThreadPoolExecutor(concurrency) as pool:
        asked = [one for one in pool.map(store.observe, sorted(manifest.held)) if one]
    known = manifest.capabilities
    complete = known.metadata if known else any(one.cache_control for one in asked)
    found = (_headers(one.key, one, complete=complete) for one in asked)
    return tuple(one for one in found if one)


def _headers(key: str, found: Stored, *, complete: bool) -> Finding | None:
    """Return what a publish would send, against what the store keeps.

    complete: whether a store of headers keeps these all.
    """
    name = parse(key)
    if name is None:
        return None
    media_type, caching = name.media_type, name.cache_control
    wrong = []
    if found.media_type is not None and found.media_type != media_type:
        wrong.append(f"as {found.media_type}, not {media_type}")
    if found.cache_control != caching and (found.cache_control or (complete and found.media_type)):
        said = f"as {found.cache_control}, not" if found.cache_control else "without"
        wrong.append(f"{said} {caching}")
    return _finding(key, "headers", f"is stored {' and '.join(wrong)}; {REPAIR}") if wrong else None


def _outdated(manifest: Manifest, kept: tuple[int, ...]) -> Finding:
    message = (
        f"is that of generation {manifest.generation}, and the store holds what generation {kept[-1] + 1} published; "
        f"{REPAIR}"
    )
    return _finding(MANIFEST_KEY, "manifest", message)


def _unfinished(manifest: Manifest) -> Iterator[Finding]:
    if not manifest.at_rest:
        message = "a publish was stopped half-way; run podwright publish, which ends it"
        yield Finding(where="store", code="unfinished", level="warning", message=message)


def _unknown(keys: list[str]) -> Iterator[Finding]:
    if keys:
        count = "an object" if len(keys) == 1 else f"{len(keys):,} objects"
        named = ", ".join(map(printable, keys[:3])) + (" and more" if len(keys) > 3 else "")
        message = f"holds {count} that no publish knows ({named}); remove what is nobody's"
        yield Finding(where="store", code="unknown", level="warning", message=message)


def lost_manifest(error: StoreError | None) -> Finding:
    """Return the finding that there is no manifest, or none that can be read."""
    message = str(error).removeprefix(f"{MANIFEST_KEY}: ") if error else f"the store lost it; {REPAIR}"
    return Finding(where=MANIFEST_KEY, code="manifest", level="error", message=message)


def missing_generations(manifest: Manifest, keys: Collection[str]) -> Iterator[Finding]:
    """Yield a finding for each kept generation whose manifest is not among the keys of the store."""
    yield from (_lost(number) for number in _kept(manifest) if generation_key(number) not in keys)


def load_lost(manifest: Manifest, store: Store) -> Iterator[Finding]:
    """Yield a finding for each generation whose manifest cannot be read. Raises StoreError where the store fails."""
    yield from (_lost(number) for number in _kept(manifest) if not _is_there(number, manifest, store))


def forgotten(manifest: Manifest, lost: Iterable[Finding]) -> Manifest:
    """Return the manifest without the generations that were found to be lost."""
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
