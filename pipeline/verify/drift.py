"""Where the store differs from what its manifest says: lost, changed by somebody else, unknown, other headers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from pipeline.artifact import Access
from pipeline.assembly.keys import OWN, PRIVATE, cache_control
from pipeline.doctor import Finding
from pipeline.doctor.sampling import target_of
from pipeline.errors import StoreError
from pipeline.history import describe
from pipeline.manifest import MANIFEST_KEY, REPAIR, Manifest, ObjectRecord
from pipeline.recovery import load_sha256
from pipeline.stores import Store, Stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What differs. wrong: keys whose object is lost, has other bytes or other headers, and is to be written again.

    versions: the store's versions of objects that are right but that somebody stored anew. checks: of how many objects.
    """

    findings: tuple[Finding, ...] = ()
    wrong: frozenset[str] = frozenset()
    versions: Mapping[str, str] = field(default_factory=dict)
    checks: int = 0


def observe_drift(
    store: Store,
    manifest: Manifest,
    *,
    deep: bool,
    concurrency: int,
    advance: Callable[[int], None],
) -> Drift:
    """Compare a listing with a manifest; objects with another version are looked at.

    deep: every object is asked for its headers, and what is private is read whole, since nobody else can.
    """
    listed = {one.key: one for one in store.observe_all("")}
    stems = frozenset(episode.stem for episode in manifest.episodes.values())
    held = manifest.held

    def look(item: tuple[str, ObjectRecord]) -> tuple[str, Finding | None, str | None]:
        key, record = item
        finding = _compare(store, key, record, listed.get(key), deep=deep, stems=stems)
        found = listed.get(key)
        advance(record.size)
        return key, finding, found.etag if found and found.etag != record.etag else None

    with ThreadPoolExecutor(concurrency) as pool:
        rows = list(pool.map(look, sorted(held.items())))
    findings = [finding for _, finding, _ in rows if finding]
    known = {*manifest.objects, *manifest.unsettled}
    unknown = sorted(key for key in listed.keys() - known if not key.startswith(OWN))
    return Drift(
        findings=(*_unfinished(manifest), *findings, *_unknown(unknown)),
        wrong=frozenset(finding.subject for finding in findings),
        versions={key: etag for key, finding, etag in rows if etag and not finding},
        checks=len(held) + 2,
    )


def _compare(
    store: Store, key: str, record: ObjectRecord, found: Stored | None, *, deep: bool, stems: frozenset[str]
) -> Finding | None:
    """What is wrong with one object."""
    if found is None:
        return _finding(key, "lost", f"the store lost it; {REPAIR}")
    if found.size != record.size:
        return _finding(key, "size", f"the store holds {found.size} bytes, and {record.size} were published; {REPAIR}")
    asked = store.observe(key) if deep or found.etag != record.etag else None
    read = deep and key.startswith(PRIVATE)
    if read or (asked and found.etag != record.etag):
        sha256 = None if read else asked and asked.sha256
        if (sha256 or load_sha256(found, store)) != record.sha256:
            return _finding(key, "bytes", f"the store holds other bytes than were published; {REPAIR}")
    return _headers(key, asked, stems=stems) if deep and asked else None


def _finding(key: str, probe: str, message: str) -> Finding:
    return Finding(subject=key, probe=probe, level="error", message=message)


def _headers(key: str, found: Stored, *, stems: frozenset[str]) -> Finding | None:
    """What a publish would send, against what the store keeps."""
    media_type, caching = expected_headers(key, stems=stems)
    wrong = []
    if found.media_type is not None and media_type and found.media_type != media_type:
        wrong.append(f"{found.media_type}, not {media_type}")
    if found.cache_control is not None and found.cache_control != caching:
        wrong.append(f"{found.cache_control}, not {caching}")
    return _finding(key, "headers", f"is stored as {' and '.join(wrong)}; {REPAIR}") if wrong else None


def expected_headers(key: str, *, stems: frozenset[str]) -> tuple[str, str]:
    """Content-Type and Cache-Control of a key; the type is "" where the key does not tell it."""
    target = target_of(key, ObjectRecord(0, "", ""), stems=stems)
    access: Access = "private" if key.startswith(PRIVATE) else "public"
    return target.media_type, cache_control(describe(key)[1], access)


def _unfinished(manifest: Manifest) -> Iterator[Finding]:
    if not manifest.at_rest:
        message = "a publish was stopped half-way; run podwright publish, which ends it"
        yield Finding(subject="store", probe="unfinished", level="warning", message=message)


def _unknown(keys: list[str]) -> Iterator[Finding]:
    if keys:
        named = ", ".join(keys[:3]) + (" and more" if len(keys) > 3 else "")
        message = f"holds {len(keys)} objects that no publish knows ({named}); remove what is nobody's"
        yield Finding(subject="store", probe="unknown", level="warning", message=message)


def lost_manifest(error: StoreError | None) -> Finding:
    """That there is no manifest, or none that can be read."""
    message = str(error).removeprefix(f"{MANIFEST_KEY}: ") if error else f"the store lost it; {REPAIR}"
    return Finding(subject=MANIFEST_KEY, probe="manifest", level="error", message=message)
