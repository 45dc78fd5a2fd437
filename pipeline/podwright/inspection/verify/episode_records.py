"""Records of episodes for a rebuilt manifest, from feeds, the workspace, the history and the audio in the store."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

from podwright.building.decide import teaser_place
from podwright.building.select import stage_of
from podwright.core.artifact import CHUNK, FileSlice, open_body
from podwright.core.errors import AudioError, StoreError
from podwright.core.model import Episode, Outline, Show, Stage
from podwright.core.names import (
    AUDIO,
    early_stem,
    place_of,
    side_of,
    staged_stem,
    stem_of,
    teaser_stem,
    withdrawn_stem,
)
from podwright.inspection.verify.store_contents import Sources, StoreContents, reported
from podwright.media.audio import AudioFacts, find_audio, load_facts
from podwright.media.audio.tag_bounds import read_at
from podwright.render.feeds import ReadItem
from podwright.stores import Store
from podwright.stores.ledger.manifest import AudioRecord, EpisodeRecord, ObjectRecord, TeaserRecord

_SUFFIXES = tuple(AUDIO)


@dataclass(slots=True)
class Traced:
    """Episodes by guid."""

    episodes: dict[str, EpisodeRecord] = field(default_factory=dict)
    #: Audio that is lost and not here, as it was.
    promised: dict[str, ObjectRecord] = field(default_factory=dict)
    #: Objects as good as lost.
    damaged: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Traces:
    """The traces of one episode: in feeds, in the workspace, in the former manifest."""

    guid: str
    #: The key of its audio.
    key: str
    item: ReadItem | None
    here: Episode | None
    known: EpisodeRecord | None

    @property
    def outline(self) -> Outline | None:
        """Of the workspace."""
        return self.here.outline if self.here else None


def load_traced(contents: StoreContents) -> Traced:
    """Return a record of each episode that a feed names, that was known before, or that workspace and store have."""
    here = {episode.outline.guid: episode for episode in contents.sources.episodes}
    enclosures = {guid: _enclosure(item, contents.sources.show) for guid, item in contents.items.items()}
    named, heard, found = set(enclosures.values()), contents.known_audio, Traced()

    def look(guid: str) -> None:
        episode, known = here.get(guid), contents.former.episodes.get(guid)
        key = enclosures.get(guid) or _unnamed(episode, known, contents, named=named)
        if key is None:
            return
        traces = _Traces(guid=guid, key=key, item=contents.items.get(guid), here=episode, known=known)
        audio = None
        if key in contents.objects:
            held, recording = contents.objects[key], episode.audio if episode else None
            if key in contents.proven or _is_as_said(traces, held, contents.sources.show):
                audio = heard.get(held.sha256) or load_record(contents.sources.store, key, held, recording=recording)
            if audio is None and recording is None:
                found.damaged.add(key)
            contents.sources.progress.advance(held.size)
        if audio is None and (promised := _promised(traces, contents)):
            found.promised[key], audio = promised
        record = _record(traces, contents.sources, there=audio is not None)
        if audio is None and known and (episode is None or record.stage == Stage.WITHDRAWN):
            audio = known.audio
        found.episodes[guid] = replace(record, audio=audio, teaser=_load_teaser(traces, record, contents, heard))

    total = sum(record.size for key, record in contents.objects.items() if key.endswith(_SUFFIXES))
    with reported(contents.sources, "reading", total), ThreadPoolExecutor(contents.sources.store.concurrency) as pool:
        list(pool.map(look, sorted({*contents.items, *here, *contents.former.episodes})))
    return found


def _is_as_said(traces: _Traces, held: ObjectRecord, show: Show) -> bool:
    """Return whether audio is as long as the feed says, and has the digest that it says; true where it says nothing."""
    names = traces.item.names if traces.item else ()
    said = [one for one in names if one.role in ("enclosure", "source") and _key(one.url, show) == traces.key]
    return all(one.length in (None, held.size) and one.sha256 in (None, held.sha256) for one in said)


def _enclosure(item: ReadItem, show: Show) -> str | None:
    """Return the key of an item's audio; None for what is not below the public address."""
    return _key(next((named.url for named in item.names if named.role == "enclosure"), ""), show)


def _key(url: str, show: Show) -> str | None:
    base, prefix = show.storage.public_url, show.enclosure_prefix
    if prefix and url.startswith(prefix):
        bare = url.removeprefix(prefix)
        url = bare if "://" in bare else f"https://{bare}"
    return unquote(url.removeprefix(base)) if url.startswith(base) else None


def _load_teaser(
    traces: _Traces, told: EpisodeRecord, contents: StoreContents, heard: Mapping[str, AudioRecord]
) -> TeaserRecord | None:
    """Return the trailer of an episode, where the store has one."""
    sources, known = contents.sources, traces.known
    place = teaser_place(traces.outline, told.stem, show=sources.show, now=sources.now) if traces.outline else None
    gated = [f"{told.stem}-teaser"] if side_of(told.stem) == "private" else []
    stems = (*([place] if place else []), teaser_stem(told.slug), f"{staged_stem(told.slug)}-teaser", *gated)
    keys = [
        *([known.teaser.key] if known and known.teaser else []),
        *(f"{one}{end}" for one in stems for end in _SUFFIXES),
    ]
    key = next((one for one in keys if one in contents.objects), None)
    if key is None:
        return None
    record, recording = contents.objects[key], traces.here.teaser if traces.here else None
    audio = heard.get(record.sha256) or load_record(sources.store, key, record, recording=recording)
    return TeaserRecord(key, replace(audio, tag_digest=None)) if audio else None


def _unnamed(
    episode: Episode | None, known: EpisodeRecord | None, contents: StoreContents, *, named: Iterable[str | None]
) -> str | None:
    """Return the key of the audio of an episode that stands in no feed: waiting, unlisted, put away or not carried."""
    slugs = [episode.outline.slug] if episode else []
    stems = [stem_of(episode.outline, contents.sources.show)] if episode else []
    if known:
        slugs, stems = [*slugs, known.slug], [known.stem, *stems]
    asides = [stem for slug in slugs for stem in (staged_stem(slug), early_stem(slug), withdrawn_stem(slug))]
    keys = (stem + suffix for stem in (*stems, *asides) for suffix in _SUFFIXES)
    there = next((key for key in keys if key in contents.objects and key not in named), None)
    return there or (known.enclosure if known else None)


def _promised(traces: _Traces, contents: StoreContents) -> tuple[ObjectRecord, AudioRecord] | None:
    """Return what audio was that is neither in the store nor here, where that is known for certain."""
    known, here = traces.known, traces.here
    record = contents.former.objects.get(traces.key)
    if here is None or here.audio or known is None or known.audio is None or record is None:
        return None
    said = {one.sha256 for one in traces.item.names if one.role == "source"} if traces.item else set[str | None]()
    if known.enclosure != traces.key or said - {None, record.sha256}:
        return None
    return replace(record, etag=""), known.audio


def _record(traces: _Traces, sources: Sources, *, there: bool) -> EpisodeRecord:
    """Return what listeners were promised of an episode; its audio is to be filled in.

    there: whether the store has that. An address that is in a feed counts more than any other.
    """
    show, outline, item, known, key = sources.show, traces.outline, traces.item, traces.known, traces.key
    stem = key.rpartition(".")[0]
    if place_of(key) == "early":
        stem = known.stem if known else stem_of(outline, show) if outline else stem
    elif item is None and known:
        stem = known.stem
    elif item is None and outline:
        stem = stem_of(outline, show)
    stage = _stage(traces, sources.now, there=there)
    tiers = show.members if side_of(key) == "private" else show.public
    # A feed that has an episode early says another date.
    ordered = (known, outline, item) if stage == Stage.EARLY else (item, known, outline)
    dated = [one.published for one in ordered if one and one.published]
    return EpisodeRecord(
        guid=traces.guid,
        slug=outline.slug if outline else known.slug if known else stem.rpartition("/")[2],
        stem=stem,
        title=next((one.title for one in (item, known, outline) if one), ""),
        tier=outline.tier if outline else known.tier if known else (tiers or show.public)[0],
        published=dated[0] if dated else sources.now,
        live=stage.is_live and (item is not None or outline is not None),
        enclosure=key,
        audio=None,
        parts=known.parts if known else {},
        unlist=_announced(traces, "unlist", stage, sources.now),
        withdraw=_announced(traces, "withdraw", stage, sources.now),
        stage=stage,
    )


def _stage(traces: _Traces, now: datetime, *, there: bool) -> Stage:
    """Return where an episode stands, as the feeds and the place of its audio tell."""
    if place_of(traces.key) == "early":
        return Stage.EARLY
    if traces.item:
        # What members have sooner than others among members lies where it will always lie.
        return Stage.EARLY if traces.outline and stage_of(traces.outline, now) == Stage.EARLY else Stage.LISTED
    if place_of(traces.key) == "withdrawn":
        return Stage.WITHDRAWN
    if place_of(traces.key) == "staged":
        return Stage.WAITING
    if traces.outline is None or (traces.known and not there):
        return traces.known.stage if traces.known else Stage.LISTED
    stage = stage_of(traces.outline, now)
    # Its audio is not put away yet.
    return Stage.UNLISTED if stage == Stage.WITHDRAWN else stage


def _announced(traces: _Traces, name: Literal["unlist", "withdraw"], stage: Stage, now: datetime) -> datetime | None:
    """Return the date by which an episode goes, unless it may never have been announced: it passed without effect."""
    said: datetime | None = getattr(traces.known, name, None)
    if traces.outline is None:
        return said
    end: datetime | None = getattr(traces.outline, name)
    sure = end is None or end > now or stage in (Stage.UNLISTED, Stage.WITHDRAWN)
    return end if sure else said


#: Bytes of one read.
_BLOCK = 8 << 20
#: Digest of no tags. So building compares what they say with what they should, byte by byte, without the recording too.
_UNSEEN = "?"
#: What is longer is no tag of ours, in bytes.
_LONGEST_TAG = 32 << 20


def load_record(store: Store, key: str, record: ObjectRecord, *, recording: Path | None) -> AudioRecord | None:
    """Return what is known of the audio in an object; None where that is no whole recording.

    recording: what it may have been made from; where it was, only the tag is read. Raises StoreError where the store
    gives no parts of it, or there is no room for a copy.
    """
    if recording is not None and recording.suffix.lower() == ".mp3" and key.endswith(".mp3"):
        known = _of_recording(store, key, record, recording)
        if known:
            return known
    try:
        with tempfile.TemporaryDirectory(prefix="podwright-") as folder:
            copy = Path(folder, f"audio{Path(key).suffix}")
            with copy.open("wb") as file:
                for start in range(0, record.size, _BLOCK):
                    file.write(store.read_range(key, start=start, length=min(_BLOCK, record.size - start)))
            return _of_copy(copy, record)
    except OSError as error:
        raise StoreError(f"{key}: cannot be copied here to look at it ({error}); make room") from error


def _of_copy(path: Path, record: ObjectRecord) -> AudioRecord | None:
    try:
        facts = load_facts(path)
    except AudioError:
        return None
    with FileIO(path) as file:
        tag = find_audio(facts.media_type, lambda start, count: read_at(file, start, count), size=record.size)
    return _facts_record(facts, tag_length=tag)


def _facts_record(facts: AudioFacts, *, tag_length: int) -> AudioRecord:
    return AudioRecord(
        media_type=facts.media_type,
        duration=facts.duration,
        tag_length=tag_length,
        frames_hash=facts.frames_hash,
        tag_digest=_UNSEEN,
    )


def _of_recording(store: Store, key: str, record: ObjectRecord, path: Path) -> AudioRecord | None:
    """Return what a recording says, if the published MP3 is some tag and exactly its audio."""
    try:
        facts = load_facts(path)
    except AudioError:
        return None
    tag = record.size - facts.length
    if not 0 <= tag <= _LONGEST_TAG:
        return None
    digest = hashlib.sha256(store.read_range(key, start=0, length=tag))
    with open_body((FileSlice(path, facts.offset, facts.length),)) as audio:
        while block := audio.read(CHUNK):
            digest.update(block)
    if digest.hexdigest() != record.sha256:
        return None
    return _facts_record(facts, tag_length=tag)
