"""Former generations in the store: what a publish keeps before it replaces it, and a podcast as it was."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from podwright.building.feeds import OPML_KEY
from podwright.building.spool import Spool
from podwright.building.types import BuiltEpisode, BuiltFeed, BuiltSite, BuiltTeaser, Podcast
from podwright.core.artifact import Artifact, Body, Side
from podwright.core.errors import ConflictError, StoreError
from podwright.core.model import Feed, Outline, Selection, Stage
from podwright.core.names import (
    AUDIO,
    PRIVATE,
    cache_control,
    content_key,
    generation_key,
    is_document,
    is_page,
)
from podwright.media.chapters import CHAPTERS_TYPE
from podwright.media.transcripts import MEDIA_TYPES
from podwright.publishing.plan import Plan
from podwright.publishing.plan.outcome import former_log
from podwright.publishing.plan.steps import unsettled
from podwright.render.feeds import FEED_TYPE, OPML_TYPE
from podwright.render.site import SITEMAP_TYPE
from podwright.stores import Store
from podwright.stores.ledger.manifest import (
    MANIFEST_KEY,
    REPAIR,
    DamagedManifestError,
    EpisodeRecord,
    FeedRecord,
    Manifest,
    ObjectRecord,
)
from podwright.stores.ledger.manifest_io import load_manifest

# What a publish keeps


@dataclass(frozen=True, slots=True)
class Save:
    """An object to be kept under another key, if it still has the version `etag`."""

    source: str
    key: str
    etag: str


def saves(plan: Plan, previous: Manifest, *, etag: str | None) -> tuple[Save, ...]:
    """What to keep before a plan replaces it: the manifest as it was, and the documents that change or go.

    Of an episode that is withdrawn for good nothing is kept that is its own. etag: version of the previous manifest. Of
    a publish that was stopped only the documents are kept that are still those of a whole generation: the manifest is
    that of none.
    """
    kept = plan.manifest.log[:-1]
    if not any(one.whole for one in kept) or etag is None:
        return ()
    deleted = set(_deleted_folders(plan))
    touched = [step.key for step in plan.steps if step.kind in ("replace", "delete") and is_document(step.key)]
    changed = [key for key in touched if key.rpartition("/")[0] not in deleted]
    records = [
        (key, one) for key in changed if (one := previous.objects.get(key)) and not _has_come(key, one, previous)
    ]
    found = [Save(key, content_key(record.sha256), record.etag) for key, record in records if record.etag]
    # Of media that are being written a stopped run kept the manifest from before it began.
    if not previous.unsettled and any(one.number == previous.generation and one.whole for one in kept):
        found.append(Save(MANIFEST_KEY, generation_key(previous.generation), etag))
    return tuple(found)


def _has_come(key: str, record: ObjectRecord, manifest: Manifest) -> bool:
    """Whether a publish that was stopped had written an object, which so belongs to no whole generation."""
    begun = manifest.unsettled.get(key)
    return begun is not None and begun.coming.sha256 == record.sha256


def _deleted_folders(plan: Plan) -> Iterator[str]:
    """Where episodes were that are withdrawn for good: what they said is not to be kept anywhere."""
    for record in plan.manifest.episodes.values():
        if record.stage == Stage.WITHDRAWN and record.enclosure not in plan.manifest.objects:
            yield record.stem.rpartition("/")[0]


def apply_saves(wanted: Iterable[Save], store: Store) -> None:
    """Keep former documents.

    One that has another version by now was kept by a run that was stopped, or was never ours. Raises ConflictError
    where the manifest has: another publish was faster.
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


def load_generation(store: Store, present: Manifest, number: int) -> Manifest:
    """The manifest of a former generation. Raises StoreError where that is not kept, LostGenerationError."""
    kept = [one.number for one in former_log(present)[:-1] if one.whole]
    if number not in kept:
        known = ", ".join(map(str, kept)) or "none"
        raise StoreError(
            f"generation {number}: is not kept; choose one of those that `podwright history` lists: {known}"
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
    """The audio that a generation promised of an episode, or of the trailer of it, and what is there in its place."""

    slug: str
    trailer: bool
    old: ObjectRecord
    now: ObjectRecord


@dataclass(frozen=True, slots=True)
class Restored:
    """A former generation as a podcast that can be published again.

    lost: objects that it names and nobody has any more. replaced: by key, the audio in whose place other audio is.
    """

    podcast: Podcast
    lost: tuple[str, ...]
    replaced: Mapping[str, Replaced]


def load_restored(former: Manifest, present: Manifest, store: Store, *, spool: Spool, like: Podcast) -> Restored:
    """A former generation with the bodies of its documents, each read and compared with what it was.

    like: an empty podcast that says the moment and how many generations are kept.
    """
    objects, replaced = _with_present_audio(former, present)
    bodies = _load_bodies(objects, present, store, spool=spool)
    here = {record.sha256 for record in present.held.values()}
    artifacts = {key: _artifact(key, record, body=bodies.get(key)) for key, record in objects.items()}
    lost = (key for key, one in objects.items() if (bodies[key] is None if key in bodies else one.sha256 not in here))
    podcast = _podcast(former, _episodes(former, present, replaced), artifacts, like=like)
    return Restored(podcast, tuple(sorted(lost)), replaced)


def _with_present_audio(former: Manifest, present: Manifest) -> tuple[dict[str, ObjectRecord], dict[str, Replaced]]:
    """What a generation names; where its audio is no longer there, what the episode has now stands in.

    Not where that is of another kind, as which nobody can publish it under the old name, nor where it was tagged for
    members since: its tags name what is not public.
    """
    objects, held = dict(former.named), present.held
    here = {record.sha256 for record in held.values()}
    replaced: dict[str, Replaced] = {}
    for guid, episode in former.episodes.items():
        now = present.episodes.get(guid)
        gated = now is not None and now.stem.startswith(PRIVATE) and not episode.stem.startswith(PRIVATE)
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


def _episodes(former: Manifest, present: Manifest, replaced: Collection[str]) -> Iterator[EpisodeRecord]:
    """The episodes of a generation, with the facts of the audio that is there. replaced: keys of what is another."""
    for guid, record in former.episodes.items():
        found, now = record, present.episodes.get(guid)
        if now and record.enclosure in replaced:
            heard = {part: now.parts[part] for part in ("audio", "tags") if part in now.parts}
            found = replace(found, audio=now.audio, parts={**record.parts, **heard})
        if now and now.teaser and record.teaser and record.teaser.key in replaced:
            found = replace(found, teaser=replace(record.teaser, audio=now.teaser.audio))
        yield found


def _load_bodies(
    objects: Mapping[str, ObjectRecord], present: Manifest, store: Store, *, spool: Spool
) -> dict[str, Body | None]:
    """Bodies of the documents that the store does not hold under their keys as they were; None for a lost one."""
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
        found = zip(wanted, pool.map(read, wanted), strict=True)
        return {key: None if data is None else spool.body(data) for (key, _), data in found}


def _read(store: Store, key: str, record: ObjectRecord) -> bytes | None:
    """The bytes that a record describes, if that is what the store has under a key."""
    read = store.read(key)
    data = read.data if read else None
    return data if data is not None and hashlib.sha256(data).hexdigest() == record.sha256 else None


def _podcast(
    former: Manifest, episodes: Iterable[EpisodeRecord], artifacts: Mapping[str, Artifact], *, like: Podcast
) -> Podcast:
    """The podcast that a manifest describes: what it says of episodes and feeds, and of objects only what they are."""
    left = dict(artifacts)
    # Those that had left every feed have no audio that is named.
    built = tuple(_episode(record, left) for record in episodes if record.enclosure in left)
    feeds = tuple(_feed(record, left) for record in former.feeds.values())
    lists = tuple(left.pop(key) for key in (OPML_KEY,) if key in left)
    pages = tuple(artifact for key, artifact in left.items() if is_page(key))
    files = tuple(artifact for key, artifact in left.items() if not is_page(key))
    return replace(like, episodes=built, feeds=feeds, lists=lists, site=BuiltSite(pages=pages, files=files))


def _episode(record: EpisodeRecord, left: dict[str, Artifact]) -> BuiltEpisode:
    enclosure, teaser = left.pop(record.enclosure), _teaser(record, left)
    outline = Outline(
        slug=record.slug,
        folder="",
        guid=record.guid,
        title=record.title,
        published=record.published,
        tier=record.tier,
        unlist=record.unlist,
        withdraw=record.withdraw,
    )
    return BuiltEpisode(
        outline=outline,
        stage=record.stage,
        stem=record.stem,
        enclosure=record.enclosure,
        audio=record.audio,
        artifacts=(enclosure, teaser.artifact) if teaser else (enclosure,),
        parts=record.parts,
        item="",
        teaser=teaser,
    )


def _teaser(record: EpisodeRecord, left: dict[str, Artifact]) -> BuiltTeaser | None:
    """A teaser of which only the audio is known."""
    if record.teaser is None or record.teaser.key not in left:
        return None
    artifact = left.pop(record.teaser.key)
    audio = record.teaser.audio
    return BuiltTeaser(guid="", artifact=artifact, audio=audio, key_points=(), explicit=False, language="")


def _feed(record: FeedRecord, left: dict[str, Artifact]) -> BuiltFeed:
    """A feed of which only the documents are known; what they were rendered from is not."""
    feed = Feed(
        name=record.name,
        title="",
        description="",
        link="",
        language="",
        author="",
        owner=None,
        categories=(),
        explicit=False,
        image=Path(),
        select=Selection(tiers=record.tiers),
    )
    return BuiltFeed(
        feed=feed,
        guid=record.guid,
        signature=record.signature or "",
        channel=record.channel,
        items=record.items,
        teasers=record.teasers,
        artifact=left.pop(record.key),
        pages=tuple(left.pop(key) for key in record.pages),
        images=(),
    )


# Headers


def _artifact(key: str, record: ObjectRecord, *, body: Body | None) -> Artifact:
    media_type, kind = describe(key)
    side: Side = "private" if key.startswith(PRIVATE) else "public"
    return Artifact(
        key=key,
        media_type=media_type,
        cache_control=cache_control(kind, side),
        side=side,
        size=record.size,
        sha256=record.sha256,
        body=body,
    )


_ENDINGS: Mapping[str, tuple[str, str]] = {
    **{suffix: (types[0], "audio") for suffix, types in AUDIO.items()},
    ".jpg": ("image/jpeg", "image"),
    ".jpeg": ("image/jpeg", "image"),
    ".png": ("image/png", "image"),
    ".svg": ("image/svg+xml", "asset"),
    ".css": ("text/css; charset=utf-8", "asset"),
    ".js": ("text/javascript; charset=utf-8", "asset"),
    ".xml": (FEED_TYPE, "feed"),
    ".opml": (OPML_TYPE, "text"),
    **{suffix: (media_type, "text") for suffix, media_type in MEDIA_TYPES.items()},
}


def describe(key: str) -> tuple[str, str]:
    """The media type of what lies under a key, and its kind for `cache_control`."""
    folder, _, name = key.rpartition("/")
    media_type, kind = _ENDINGS.get(name[name.rfind(".") :], ("application/octet-stream", "asset"))
    if is_page(key):
        return (SITEMAP_TYPE if name.endswith(".xml") else media_type), "page"
    if name == f"{folder.rpartition('/')[2]}-chapters.json":
        return CHAPTERS_TYPE, kind
    return media_type, kind
