"""The manifest of a store that lost it, told by the store itself: its feeds, its objects and the audio in them.

What listeners were promised stands in the feeds: guids and addresses. What feeds do not say is told by the newest
manifest that the history keeps, and by the workspace, where the store has the audio. What can only be known by
building, such as what a listener would notice of a change, is filled in by `adopt`.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from urllib.parse import unquote

from pipeline.assembly.feed import GENERATOR, OPML_KEY
from pipeline.assembly.keys import (
    EARLY,
    OWN,
    PRIVATE,
    STAGED,
    WITHDRAWN,
    early_stem,
    generation_key,
    is_media,
    is_page,
    staged_stem,
    stem_of,
    teaser_stem,
    withdrawn_stem,
)
from pipeline.assembly.parts import item_digest
from pipeline.assembly.select import stage_of
from pipeline.errors import FormatError, StoreError
from pipeline.generations import Generation
from pipeline.manifest import (
    EMPTY,
    MANIFEST_KEY,
    AudioRecord,
    EpisodeRecord,
    FeedRecord,
    Manifest,
    ObjectRecord,
    TeaserRecord,
    parse_manifest,
)
from pipeline.model import Episode, Outline, Show, Stage
from pipeline.plan.outcome import former_log
from pipeline.progress import Progress
from pipeline.recovery import load_sha256
from pipeline.rss import ReadFeed, ReadItem, parse_feed, teaser_guid
from pipeline.stores import Store, Stored
from pipeline.verify.drift import kept_generations
from pipeline.verify.recordings import load_record

_DOCUMENT = re.compile(r"(?P<private>private/)?(?:(?P<feed>[^/]+)|archive/(?P<archive>[^/]+)/(?P<number>\d+))\.xml")
#: An item as feeds are joined from (see rss.render_items).
_ITEM = re.compile(rb"<item[ >].*?</item>\n", re.DOTALL)
_SUFFIXES = (".mp3", ".m4a")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remains:
    """What there is to rebuild a manifest from. episodes: those of the workspace."""

    store: Store
    show: Show
    episodes: tuple[Episode, ...]
    now: datetime
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """A manifest of what is in a store, whose feeds have no signature and whose episodes no parts: only building tells.

    former: the newest manifest that the history keeps, EMPTY where there is none. items: what feeds say of episodes, by
    guid; digests: of all items as they stand in feeds. beyond: keys of audio that the store lost and that is not here,
    which the manifest names all the same, since the feeds do. listed: all that the store has.
    """

    manifest: Manifest
    former: Manifest
    listed: Mapping[str, Stored]
    items: Mapping[str, ReadItem]
    digests: frozenset[str]
    beyond: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What was read so far. objects: those of podwright's names, as they are."""

    remains: Remains
    former: Manifest
    documents: Mapping[str, ReadFeed]
    items: Mapping[str, ReadItem]
    objects: Mapping[str, ObjectRecord]

    @property
    def heard(self) -> Mapping[str, AudioRecord]:
        """The facts of audio that are known from former publishes, by the digest of its object."""
        held = self.former.objects
        return {
            held[one.enclosure].sha256: one.audio
            for one in self.former.episodes.values()
            if one.audio and one.enclosure in held
        }


@dataclass(slots=True)
class _Found:
    """Episodes by guid; promised: audio that is lost and not here, as it was; damaged: objects as good as lost."""

    episodes: dict[str, EpisodeRecord] = field(default_factory=dict)
    promised: dict[str, ObjectRecord] = field(default_factory=dict)
    damaged: set[str] = field(default_factory=set)


def load_remains(remains: Remains) -> Rebuilt:
    """What the store tells of itself. Raises StoreError where it cannot be read, or has nothing of podwright's."""
    store = remains.store
    listed = {one.key: one for one in store.observe_all("")}
    generations = kept_generations(listed)
    former = _load_former(store, generations)
    bodies = dict(_load_documents(store, remains.show, listed, retired=former.retired))
    if not bodies and not generations and MANIFEST_KEY not in listed:
        raise StoreError(f"{store.url}: nothing is published here; run podwright publish, or correct storage.url")
    documents = {key: document for key, (document, _) in bodies.items()}
    # What stands for another episode is none itself.
    teasers = {teaser_guid(guid): guid for guid in _guids(remains, former)}
    seen = _Seen(
        remains=remains,
        former=former,
        documents=documents,
        items={
            item.guid: item
            for document in documents.values()
            for item in document.items
            if item.guid and item.guid not in teasers
        },
        objects=dict(_load_objects(remains, listed, documents, former=former)),
    )
    found = _load_episodes(seen)
    objects = {key: one for key, one in seen.objects.items() if key not in found.damaged}
    manifest = Manifest(
        generation=max((former.generation, *generations)) + 1,
        capabilities=former.capabilities,
        objects=objects | found.promised,
        episodes=found.episodes,
        feeds={record.name: record for record in _feeds(documents, remains.show, teasers=teasers)},
    )
    return Rebuilt(
        manifest=manifest,
        former=former,
        listed=listed,
        items=seen.items,
        digests=frozenset(item_digest(one) for _, data in bodies.values() for one in _ITEM.findall(data)),
        beyond=frozenset(found.promised),
    )


def _guids(remains: Remains, former: Manifest) -> Iterator[str]:
    """Those of all episodes that may have left a teaser."""
    yield from (episode.outline.guid for episode in remains.episodes)
    yield from former.episodes


def logged(manifest: Manifest, former: Manifest) -> tuple[Generation, ...]:
    """The log of a rebuilt manifest: that of the newest kept one, and this generation, whose time nobody knows."""
    stages = [one.stage for one in manifest.episodes.values()]
    present = Generation(
        number=manifest.generation,
        at=None,
        whole=all(feed.signature for feed in manifest.feeds.values()),
        live=stages.count("listed"),
        waiting=stages.count("waiting"),
    )
    return (*former_log(former), present)


def _load_former(store: Store, generations: Iterable[int]) -> Manifest:
    """The newest kept manifest that can be read."""
    for number in sorted(generations, reverse=True):
        read = store.read(generation_key(number))
        try:
            return parse_manifest((read and read.data) or b"")
        except StoreError:
            # A damaged one, or one of a newer podwright, tells nothing; an older one still tells most of it.
            continue
    return EMPTY


# Objects


def _load_objects(
    remains: Remains, listed: Mapping[str, Stored], documents: Iterable[str], *, former: Manifest
) -> Iterator[tuple[str, ObjectRecord]]:
    """The objects to which podwright gave their names, with their digests."""
    store, names = remains.store, set(documents)
    ours = [one for key, one in listed.items() if not key.startswith(OWN) and _is_ours(key, names, remains.show)]

    def look(one: Stored) -> tuple[str, ObjectRecord]:
        known = former.objects.get(one.key)
        if known is None or (known.etag, known.size) != (one.etag, one.size):
            seen = store.observe(one.key)
            known = ObjectRecord(one.size, (seen and seen.sha256) or load_sha256(one, store), one.etag)
        remains.progress.advance(one.size)
        return one.key, known

    with _told(remains, "comparing", sum(one.size for one in ours)), ThreadPoolExecutor(2 * store.concurrency) as pool:
        yield from pool.map(look, ours)


@contextlib.contextmanager
def _told(remains: Remains, label: str, total: int) -> Iterator[None]:
    """A stretch of work that is told of."""
    remains.progress.begin(label, total)
    try:
        yield
    finally:
        remains.progress.end()


def _is_ours(key: str, documents: Collection[str], show: Show) -> bool:
    """Whether podwright gives this name. Pages go when nothing needs them: there are none where none shall be."""
    named = key in documents or key == OPML_KEY or is_media(key) or key.startswith((STAGED, WITHDRAWN))
    return named or (show.pages and is_page(key))


def _load_documents(
    store: Store, show: Show, listed: Mapping[str, Stored], *, retired: Iterable[str]
) -> Iterator[tuple[str, tuple[ReadFeed, bytes]]]:
    """The documents of feeds, with their bytes: those of the workspace, and others that podwright wrote and names."""
    names, former = {feed.name for feed in show.feeds}, set(retired)
    for key in sorted(listed):
        found = _DOCUMENT.fullmatch(key)
        if found is None or is_page(key) or key in former:
            continue
        read = store.read(key)
        data = (read and read.data) or b""
        try:
            document = parse_feed(data)
        except FormatError:
            # A damaged feed is written again: what it said is told by the others, the history and the workspace.
            continue
        if document.generator == GENERATOR or (found["feed"] or found["archive"]) in names:
            yield key, (document, data)


def _feeds(documents: Mapping[str, ReadFeed], show: Show, *, teasers: Mapping[str, str]) -> Iterator[FeedRecord]:
    access = {feed.name: feed.select.access for feed in show.feeds}
    for key, document in documents.items():
        found = _DOCUMENT.fullmatch(key)
        if found is None or found["feed"] is None:
            continue
        name, private = found["feed"], found["private"] or ""
        numbered = [
            (int(page["number"]), one)
            for one in documents
            if (page := _DOCUMENT.fullmatch(one)) and page["archive"] == name and (page["private"] or "") == private
        ]
        pages = tuple(one for _, one in sorted(numbered))
        guids = [item.guid for one in (key, *reversed(pages)) for item in documents[one].items]
        yield FeedRecord(
            name=name,
            key=key,
            guid=document.guid or "",
            access=access.get(name, ()),
            signature=None,
            channel="",
            items=tuple(guid for guid in dict.fromkeys(guids) if guid not in teasers),
            teasers=tuple(teasers[guid] for guid in dict.fromkeys(guids) if guid in teasers),
            pages=pages,
        )


# Episodes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Traces:
    """What there is of one episode: in feeds, in the workspace, in the former manifest; key: of its audio."""

    guid: str
    key: str
    item: ReadItem | None
    here: Episode | None
    known: EpisodeRecord | None

    @property
    def outline(self) -> Outline | None:
        """Of the workspace."""
        return self.here.outline if self.here else None


def _load_episodes(seen: _Seen) -> _Found:
    """A record of each episode that a feed names, that was known before, or that the workspace and the store have."""
    here = {episode.outline.guid: episode for episode in seen.remains.episodes}
    enclosures = {guid: _enclosure(item, seen.remains.show) for guid, item in seen.items.items()}
    named, heard, found = set(enclosures.values()), seen.heard, _Found()

    def look(guid: str) -> None:
        episode, known = here.get(guid), seen.former.episodes.get(guid)
        key = enclosures.get(guid) or _unnamed(episode, known, seen, named=named)
        if key is None:
            return
        traces = _Traces(guid=guid, key=key, item=seen.items.get(guid), here=episode, known=known)
        audio = None
        if key in seen.objects:
            record, recording = seen.objects[key], episode.audio if episode else None
            audio = heard.get(record.sha256) or load_record(seen.remains.store, key, record, recording=recording)
            if audio is None and recording is None:
                found.damaged.add(key)
            seen.remains.progress.advance(record.size)
        if audio is None and (promised := _promised(traces, seen)):
            found.promised[key], audio = promised
        told = _record(traces, seen.remains, there=audio is not None)
        if audio is None and known and (episode is None or told.stage == "withdrawn"):
            audio = known.audio
        found.episodes[guid] = replace(told, audio=audio, teaser=_teaser(told.slug, known, seen))

    total = sum(record.size for key, record in seen.objects.items() if key.endswith(_SUFFIXES))
    with _told(seen.remains, "reading", total), ThreadPoolExecutor(seen.remains.store.concurrency) as pool:
        list(pool.map(look, sorted({*seen.items, *here, *seen.former.episodes})))
    return found


def _enclosure(item: ReadItem, show: Show) -> str | None:
    """The key of an item's audio; None for what is not below the public address."""
    url = next((named.url for named in item.names if named.role == "enclosure"), "")
    base, prefix = show.storage.public_url, show.enclosure_prefix
    if prefix and url.startswith(prefix):
        bare = url.removeprefix(prefix)
        url = bare if "://" in bare else f"https://{bare}"
    return unquote(url.removeprefix(base)) if url.startswith(base) else None


def _teaser(slug: str, known: EpisodeRecord | None, seen: _Seen) -> TeaserRecord | None:
    """The trailer of an episode, where the store has one."""
    if known and known.teaser and known.teaser.key in seen.objects:
        return known.teaser
    keys = (f"{stem}{suffix}" for stem in (teaser_stem(slug), f"{staged_stem(slug)}-teaser") for suffix in _SUFFIXES)
    for key in keys:
        record = seen.objects.get(key)
        audio = load_record(seen.remains.store, key, record, recording=None) if record else None
        if audio:
            return TeaserRecord(key, replace(audio, tag_digest=None))
    return None


def _unnamed(
    episode: Episode | None, known: EpisodeRecord | None, seen: _Seen, *, named: Iterable[str | None]
) -> str | None:
    """The key of the audio of an episode that stands in no feed: waiting, unlisted, put away, or carried by none."""
    slugs = [episode.outline.slug] if episode else []
    stems = [stem_of(episode.outline, seen.remains.show)] if episode else []
    if known:
        slugs, stems = [*slugs, known.slug], [known.stem, *stems]
    asides = [stem for slug in slugs for stem in (staged_stem(slug), early_stem(slug), withdrawn_stem(slug))]
    keys = (stem + suffix for stem in (*stems, *asides) for suffix in _SUFFIXES)
    there = next((key for key in keys if key in seen.objects and key not in named), None)
    return there or (known.enclosure if known else None)


def _promised(traces: _Traces, seen: _Seen) -> tuple[ObjectRecord, AudioRecord] | None:
    """What the audio of an episode was that is neither in the store nor here, where that is known for certain."""
    known, here = traces.known, traces.here
    record = seen.former.objects.get(traces.key)
    if here is None or here.audio or known is None or known.audio is None or record is None:
        return None
    said = {one.sha256 for one in traces.item.names if one.role == "source"} if traces.item else set[str | None]()
    if known.enclosure != traces.key or said - {None, record.sha256}:
        return None
    return replace(record, etag=""), known.audio


def _record(traces: _Traces, remains: Remains, *, there: bool) -> EpisodeRecord:
    """What listeners were promised of an episode; its audio is to be filled in. there: whether the store has that.

    An address that is in a feed counts more than any other.
    """
    show, outline, item, known, key = remains.show, traces.outline, traces.item, traces.known, traces.key
    stem = key.rpartition(".")[0]
    if key.startswith(EARLY):
        stem = known.stem if known else stem_of(outline, show) if outline else stem
    elif item is None and known:
        stem = known.stem
    elif item is None and outline:
        stem = stem_of(outline, show)
    stage = _stage(traces, remains.now, there=there)
    tiers = show.members if key.startswith(PRIVATE) else show.public
    # A feed that has an episode early says another date.
    sources = (known, outline, item) if stage == "early" else (item, known, outline)
    dated = [one.published for one in sources if one and one.published]
    return EpisodeRecord(
        guid=traces.guid,
        slug=outline.slug if outline else known.slug if known else stem.rpartition("/")[2],
        stem=stem,
        title=next((one.title for one in (item, known, outline) if one), ""),
        access=outline.access if outline else known.access if known else (tiers or show.public)[0],
        published=dated[0] if dated else remains.now,
        live=stage in ("early", "listed", "unlisted") and (item is not None or outline is not None),
        enclosure=key,
        audio=None,
        parts=known.parts if known else {},
        unlist=_announced(traces, "unlist", stage, remains.now),
        withdraw=_announced(traces, "withdraw", stage, remains.now),
        stage=stage,
    )


def _stage(traces: _Traces, now: datetime, *, there: bool) -> Stage:
    """Where an episode stands, as the feeds and the place of its audio tell."""
    if traces.key.startswith(EARLY):
        return "early"
    if traces.item:
        return "listed"
    if traces.key.startswith(WITHDRAWN):
        return "withdrawn"
    if traces.key.startswith(STAGED):
        return "waiting"
    if traces.outline is None or (traces.known and not there):
        return traces.known.stage if traces.known else "listed"
    stage = stage_of(traces.outline, now)
    # Its audio is not put away yet.
    return "unlisted" if stage == "withdrawn" else stage


def _announced(traces: _Traces, name: Literal["unlist", "withdraw"], stage: Stage, now: datetime) -> datetime | None:
    """A date by which an episode goes, unless it may never have been announced: it is past, and nothing came of it."""
    said: datetime | None = getattr(traces.known, name, None)
    if traces.outline is None:
        return said
    end: datetime | None = getattr(traces.outline, name)
    sure = end is None or end > now or stage in ("unlisted", "withdrawn")
    return end if sure else said
