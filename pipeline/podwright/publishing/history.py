"""Former generations in the store: what a publish keeps before it replaces it, and a podcast as it was."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath

from podwright.building.spool import Spool
from podwright.core.artifact import Artifact, Body
from podwright.core.errors import ConflictError, StoreError
from podwright.core.model import Stage
from podwright.core.names import (
    MANIFEST_KEY,
    ObjectName,
    cache_control,
    content_key,
    download_name,
    generation_key,
    is_document,
    is_page,
    parse,
    side_of,
)
from podwright.publishing.plan import Plan
from podwright.publishing.plan.outcome import former_log
from podwright.publishing.plan.steps import unsettled
from podwright.publishing.plan.target import Target
from podwright.stores import Store
from podwright.stores.ledger.manifest import (
    REPAIR,
    DamagedManifestError,
    EpisodeRecord,
    Manifest,
    ObjectRecord,
)
from podwright.stores.ledger.manifest_io import load_manifest

_OPML_KEY = ObjectName(kind="opml").render()

# What a publish keeps


@dataclass(frozen=True, slots=True)
class Save:
    """An object to be kept under another key, if it still has the version `etag`."""

    source: str
    key: str
    etag: str


def saves(plan: Plan, previous: Manifest, *, etag: str | None) -> tuple[Save, ...]:
    """Return what to keep before a plan replaces it: the manifest as it was, and the documents that change or go.

    Of an episode that is withdrawn for good nothing is kept that is its own. etag: version of the previous manifest. Of
    a publish that was stopped only the documents are kept that are still those of a whole generation: the manifest is
    that of none.
    """
    kept = kept_numbers(plan.manifest)
    if not kept or etag is None:
        return ()
    deleted = set(_deleted_folders(plan))
    touched = [step.key for step in plan.steps if step.kind in ("replace", "delete") and is_document(step.key)]
    records = [(key, previous.objects.get(key)) for key in touched if key.rpartition("/")[0] not in deleted]
    wanted = [
        Save(key, content_key(record.sha256), record.etag)
        for key, record in records
        if record and record.etag and not _has_come(key, record, previous)
    ]
    # Of media that are being written a stopped run kept the manifest from before it began.
    if not previous.unsettled and previous.generation in kept:
        wanted.append(Save(MANIFEST_KEY, generation_key(previous.generation), etag))
    return tuple(wanted)


def _has_come(key: str, record: ObjectRecord, manifest: Manifest) -> bool:
    """Return whether a publish that was stopped had written an object, which so belongs to no whole generation."""
    begun = manifest.unsettled.get(key)
    return begun is not None and begun.coming.sha256 == record.sha256


def _deleted_folders(plan: Plan) -> Iterator[str]:
    """Yield the folders of episodes that are withdrawn for good: what they said is not to be kept anywhere."""
    for record in plan.manifest.episodes.values():
        if record.stage == Stage.WITHDRAWN and record.enclosure not in plan.manifest.objects:
            yield record.stem.rpartition("/")[0]


def apply_saves(wanted: Iterable[Save], store: Store) -> None:
    """Keep former documents.

    One that has another version by now was kept by a run that was stopped, or was never ours. Raises ConflictError
    where the manifest has: another run published first.
    """

    def keep(save: Save) -> None:
        if not store.keep(save.source, save.key, etag=save.etag) and save.source == MANIFEST_KEY:
            raise ConflictError(f"{MANIFEST_KEY}: another run published first; review the plan and run again")

    with ThreadPoolExecutor(2 * store.concurrency) as pool:
        for _ in pool.map(keep, wanted):
            pass


# A podcast as it was


class LostGenerationError(StoreError):
    """A former generation that was kept, and of which the store has no manifest that can be read."""


def kept_numbers(manifest: Manifest) -> tuple[int, ...]:
    """Return the numbers of the generations that can be brought back."""
    return tuple(generation.number for generation in former_log(manifest)[:-1] if generation.whole)


def load_generation(store: Store, present: Manifest, number: int) -> Manifest:
    """Return the manifest of a former generation. Raises StoreError where that is not kept, LostGenerationError."""
    kept = kept_numbers(present)
    if number not in kept:
        choice = ", ".join(map(str, kept)) or "none"
        raise StoreError(
            f"generation {number}: is not kept; choose one of those that `podwright history` lists: {choice}"
        )
    key = generation_key(number)
    hint = f"choose another generation, or forget this one: {REPAIR}"
    try:
        loaded = load_manifest(store, key=key)
    except DamagedManifestError as error:
        raise LostGenerationError(f"{key}: is damaged; {hint}") from error
    if loaded is None:
        raise LostGenerationError(f"{key}: the store lost it; {hint}")
    return loaded[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """The audio that a generation promised of an episode or its trailer, and what is there in its place."""

    slug: str
    trailer: bool
    old: ObjectRecord
    now: ObjectRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A former generation as it can be published again."""

    target: Target
    #: Keys of what it names and nobody has any more.
    lost: tuple[str, ...]
    #: By key, the audio in whose place other audio is.
    replaced: Mapping[str, Replaced]


def load_restored(
    former: Manifest, present: Manifest, store: Store, *, spool: Spool, moment: datetime, keep: int, show_title: str
) -> Restored:
    """Return a former generation with the bodies of its documents, each read and compared with what it was.

    keep: how many former generations the store keeps. Where podwright has no body of an object, its bytes are taken
    from where the store has them now.
    """
    objects, replaced = _with_present_audio(former, present)
    bodies = _load_bodies(objects, present, store, spool=spool)
    places = {record.sha256: key for key, record in present.held.items()}
    lost = [key for key, one in objects.items() if (bodies[key] is None if key in bodies else one.sha256 not in places)]
    episodes = dict(_episodes(former, present, objects, replaced))
    titles = {
        key: record.title
        for record in episodes.values()
        for key in (record.enclosure, *([record.teaser.key] if record.teaser else []))
    }
    artifacts = {
        key: artifact_of(key, record, body=bodies.get(key), filename=_filename(key, titles.get(key), show_title))
        for key, record in objects.items()
    }
    feeds = {name: replace(record, signature=record.signature or "") for name, record in former.feeds.items()}
    documents = {key: artifacts[key] for feed in feeds.values() for key in feed.keys}
    documents |= {key: one for key, one in artifacts.items() if key == _OPML_KEY}
    pages = {key: one for key, one in artifacts.items() if is_page(key)}
    others = artifacts.keys() - titles.keys() - documents.keys() - pages.keys()
    target = Target(
        episodes=episodes,
        feeds=feeds,
        media={key: artifacts[key] for key in (*(key for key in artifacts if key in others), *titles)},
        pages=pages,
        documents=documents,
        sources={
            key: places[one.sha256] for key, one in artifacts.items() if one.body is None and one.sha256 in places
        },
        moment=moment,
        keep=keep,
        public_url=former.public_url or present.public_url,
    )
    return Restored(target=target, lost=tuple(sorted(lost)), replaced=replaced)


def _with_present_audio(former: Manifest, present: Manifest) -> tuple[dict[str, ObjectRecord], dict[str, Replaced]]:
    """Return what a generation names; where its audio is no longer there, what the episode has now stands in.

    Not where that is of another kind, as which nobody can publish it under the old name, nor where it was tagged for
    members since: its tags name what is not public.
    """
    objects, held = dict(former.named), present.held
    here = {record.sha256 for record in held.values()}
    replaced: dict[str, Replaced] = {}
    for guid, episode in former.episodes.items():
        now = present.episodes.get(guid)
        gated = now is not None and side_of(now.stem) == "private" and side_of(episode.stem) == "public"
        pairs = [(episode.enclosure, now.enclosure)] if now and not gated else []
        if now and episode.teaser and now.teaser:
            pairs.append((episode.teaser.key, now.teaser.key))
        for key, present_key in pairs:
            old, other = objects.get(key), held.get(present_key)
            same_kind = PurePosixPath(key).suffix == PurePosixPath(present_key).suffix
            if old and other and same_kind and old.sha256 not in here:
                objects[key] = other
                replaced[key] = Replaced(slug=episode.slug, trailer=key != episode.enclosure, old=old, now=other)
    return objects, replaced


def _episodes(
    former: Manifest, present: Manifest, objects: Mapping[str, ObjectRecord], replaced: Collection[str]
) -> Iterator[tuple[str, EpisodeRecord]]:
    """Yield the episodes of a generation, by guid, with the facts of the audio that is there.

    Those that had left every feed have no audio that is named. replaced: keys of audio that is another.
    """
    claimed: set[str] = set()
    # Of two with the same audio, whose guid was changed, the one that was still there comes first.
    for guid, record in sorted(former.episodes.items(), key=lambda item: item[1].live != item[1].stage.is_live):
        episode, now = record, present.episodes.get(guid)
        if record.enclosure not in objects or record.enclosure in claimed:
            continue
        if now and record.enclosure in replaced:
            observed = {part: now.parts[part] for part in ("audio", "tags") if part in now.parts}
            episode = replace(episode, audio=now.audio, parts={**record.parts, **observed})
        teaser = record.teaser if record.teaser and record.teaser.key in objects else None
        if now and now.teaser and teaser and teaser.key in replaced:
            teaser = replace(teaser, audio=now.teaser.audio)
        claimed.add(record.enclosure)
        yield guid, replace(episode, live=record.stage.is_live, teaser=teaser)


def _load_bodies(
    objects: Mapping[str, ObjectRecord], present: Manifest, store: Store, *, spool: Spool
) -> dict[str, Body | None]:
    """Return the bodies of documents that the store holds no more under their keys as they were; None for lost ones."""
    held, loose = present.held, unsettled(present)
    wanted = [
        (key, record)
        for key, record in objects.items()
        if is_document(key) and not (key in held and held[key].sha256 == record.sha256 and key not in loose)
    ]
    elsewhere = {record.sha256: key for key, record in held.items() if key not in loose}

    def read(row: tuple[str, ObjectRecord]) -> bytes | None:
        record = row[1]
        places = (content_key(record.sha256), elsewhere.get(record.sha256))
        return next((data for place in places if place and (data := _read(store, place, record)) is not None), None)

    with ThreadPoolExecutor(2 * store.concurrency) as pool:
        rows = zip(wanted, pool.map(read, wanted), strict=True)
        return {key: None if data is None else spool.body(data) for (key, _), data in rows}


def _read(store: Store, key: str, record: ObjectRecord) -> bytes | None:
    """Return the bytes that a record describes, if that is what the store has under a key."""
    read = store.read(key)
    data = read.data if read else None
    return data if data is not None and hashlib.sha256(data).hexdigest() == record.sha256 else None


def artifact_of(key: str, record: ObjectRecord, *, body: Body | None = None, filename: str | None = None) -> Artifact:
    """Return the artifact that a record is of."""
    name = parse(key)
    return Artifact(
        key=key,
        media_type=name.media_type if name else "application/octet-stream",
        cache_control=name.cache_control if name else cache_control("asset", side_of(key)),
        side=side_of(key),
        size=record.size,
        sha256=record.sha256,
        body=body,
        filename=filename,
    )


def _filename(key: str, title: str | None, show_title: str) -> str | None:
    """Return the name of a download; None for what is no audio of an episode."""
    return download_name(show_title, title) + PurePosixPath(key).suffix if title is not None else None
