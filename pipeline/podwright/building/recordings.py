"""The audio of episodes and teasers with its tags: made of its recording, or where that is not here, of the store's.

Nothing is read from the store of audio whose tags stay as they are. Where they change, its frames are read once, since
the digest of the new object is that of its tag and its frames; the digest is remembered.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import starmap
from pathlib import Path, PurePosixPath
from typing import TypeVar

import xxhash

from podwright.building.cache import Cache
from podwright.building.decide import EpisodeContext
from podwright.building.pictures import COVER_TYPE, EpisodePictures
from podwright.building.types import BuiltTeaser
from podwright.core.artifact import Artifact, Body, Side, Splice, body_size, load_sha256, load_stamps, slice_body
from podwright.core.errors import MovedError, StoreError
from podwright.core.model import Chapter, Episode, Person, Show, Stage
from podwright.core.names import AUDIO, cache_control, download_name, side_of, staged_stem
from podwright.core.progress import Progress
from podwright.media.audio import (
    AudioFacts,
    AudioTags,
    Id3Version,
    Tagged,
    build_tagged,
    check_decodes,
    digest_tags,
    find_audio,
    load_facts,
    retag,
)
from podwright.media.chapters import chapters_from_transcript, chapters_within
from podwright.media.transcripts import transcript_text
from podwright.render.feeds import teaser_guid
from podwright.stores import Store
from podwright.stores.ledger.manifest import AudioRecord, EpisodeRecord, ObjectRecord
from podwright.stores.splicing import load_rest

#: The version of ID3 in which all readers of the field find chapters (docs/decisions/id3-version.md).
_DEFAULT_VERSION: Id3Version = "2.3"
SUFFIXES = {types[0]: suffix for suffix, types in AUDIO.items()}

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAudio:
    """The place of published audio, and of what earlier runs worked out of it."""

    store: Store
    cache: Cache
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioFile:
    """A recording of the workspace, with what is known of it before it is read."""

    path: Path
    #: Relative to the workspace, with forward slashes.
    name: str
    #: Found by an earlier run in the same bytes.
    facts: AudioFacts | None
    #: It was decoded from beginning to end.
    decoded: bool
    #: The frames that were published last, which were decoded then.
    published_frames: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """The audio of an episode as it is published."""

    audio: AudioRecord
    #: Without a body where only the store has it.
    artifact: Artifact
    #: The way to make it of what the store has.
    splice: Splice | None = None


def load_audio(file: AudioFile, *, decode: bool) -> tuple[AudioFacts, bool]:
    """Return the facts of a recording, and whether it decodes: that is found out once where the show asks for it.

    Raises AudioError.
    """
    facts = file.facts or load_facts(file.path)
    decoded = file.decoded or file.published_frames == facts.frames_hash
    if decode and not decoded:
        check_decodes(file.path, facts)
        decoded = True
    return facts, decoded


def credited_names(episode: Episode) -> tuple[str, ...]:
    """Return everybody's name once, though somebody may be author and guest."""
    return tuple(dict.fromkeys(person.name for person in episode.people))


def credited_people(episode: Episode, show: Show) -> tuple[Person, ...]:
    """Return the episode's people and the show's: an item's persons replace the channel's, so they are restated.

    https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/tags/person.md
    """
    own = {person.name for person in episode.people}
    return (*episode.people, *(person for person in show.people if person.name not in own))


def chapters_of(episode: Episode) -> tuple[Chapter, ...]:
    """Return an episode's chapters: as authored, else those of its transcript."""
    if episode.chapters or episode.transcript is None:
        return episode.chapters
    return chapters_from_transcript(episode.transcript)


# Made of a recording


def tag_recording(
    file: AudioFile,
    facts: AudioFacts,
    *,
    episode: Episode,
    context: EpisodeContext,
    pictures: EpisodePictures,
    splices: bool,
    build_dir: Path,
) -> Recording:
    """Return a recording of the workspace with its tags. splices: the published one can be read. Raises AudioError."""
    form = _form(episode, context, pictures, facts)
    tagged = build_tagged(file.path, facts, tags=form.tags, id3_version=form.version, build_dir=build_dir)
    audio = AudioRecord(
        media_type=facts.media_type,
        duration=facts.duration,
        tag_length=tagged.tag_length,
        frames_hash=facts.frames_hash,
        tag_digest=form.digest,
    )
    body = load_stamps(tagged.body)
    sha256 = load_sha256(body)
    splice = None
    if splices and context.record and context.stored:
        splice = _splice_held(body, audio, sha256=sha256, record=context.record, stored=context.stored)
    artifact = _artifact(
        episode, context, audio, suffix=SUFFIXES[facts.media_type], size=body_size(body), sha256=sha256, body=body
    )
    return Recording(audio=audio, artifact=artifact, splice=splice)


def _splice_held(
    body: Body, audio: AudioRecord, *, sha256: str, record: EpisodeRecord, stored: ObjectRecord
) -> Splice | None:
    """Return the way to make an object of the published one; None where that has other audio, or is the same."""
    old = record.audio
    if old is None or sha256 == stored.sha256 or old.frames_hash != audio.frames_hash:
        return None
    if not old.tag_length or not audio.tag_length:
        return None
    front = slice_body(body, 0, audio.tag_length)
    splice = Splice(front=front, key=record.enclosure, etag=stored.etag, size=stored.size, start=old.tag_length)
    return splice if splice.total == body_size(body) else None


def _artifact(
    episode: Episode,
    context: EpisodeContext,
    audio: AudioRecord,
    *,
    suffix: str,
    size: int,
    sha256: str,
    body: Body | None,
) -> Artifact:
    staged = context.side == "public" and context.stage == Stage.WAITING
    side: Side = "private" if staged else context.side
    return Artifact(
        key=staged_stem(episode.outline.slug) + suffix if staged else context.base + suffix,
        media_type=audio.media_type,
        cache_control=cache_control("audio", side),
        side=side,
        size=size,
        sha256=sha256,
        body=body,
        filename=f"{download_name(context.show.title, episode.outline.title)}{suffix}",
    )


def _tags(episode: Episode, context: EpisodeContext, pictures: EpisodePictures, *, duration: timedelta) -> AudioTags:
    show, outline, feed = context.show, episode.outline, context.feed
    return AudioTags(
        title=outline.title,
        artists=credited_names(episode) or (show.author,),
        album=show.title,
        album_artist=show.author,
        genre=show.audio.genre,
        date=outline.published,
        track=outline.number,
        disc=context.season.number if context.season else None,
        language=episode.language,
        copyright=show.copyright,
        comment=episode.subtitle,
        description=episode.subtitle or (episode.key_points[0] if episode.key_points else None),
        feed_url=context.feed_url,
        guid=outline.guid,
        category=feed.categories[0].name if feed and feed.categories else None,
        keywords=outline.tags,
        lyrics=transcript_text(episode.transcript) if episode.transcript else None,
        cover=pictures.cover.data if pictures.cover else None,
        cover_type=COVER_TYPE if pictures.cover else None,
        chapters=chapters_within(chapters_of(episode), duration),
        chapter_images={path: cover.data for path, cover in pictures.chapter_covers.items()},
        url=episode.link,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """Tags in one of the forms in which podwright writes them, or once wrote them."""

    tags: AudioTags
    version: Id3Version
    #: Of all that they say.
    digest: str


def _forms(tags: AudioTags, show: Show) -> Iterator[tuple[AudioTags, Id3Version]]:
    """Yield tags in the form in which they are written now, then in those that a published recording may have."""
    version = show.audio.id3_version
    versions: tuple[Id3Version, ...] = (version,) if version else (_DEFAULT_VERSION, "2.4")
    for alone in (False, True):
        yield from ((replace(tags, feed_url_alone=alone), version) for version in versions)


def _form(
    episode: Episode, context: EpisodeContext, pictures: EpisodePictures, audio: AudioFacts | AudioRecord
) -> _Form:
    """Return an episode's tags in the form that the published audio has, if they say the same; else as written now.

    So a newer podwright writes no recording anew only because it would write its tags in another way.
    """
    published = context.record.audio if context.record else None
    digest = published.tag_digest if published and published.frames_hash == audio.frames_hash else None
    tags = _tags(episode, context, pictures, duration=audio.duration)

    def make(tags: AudioTags, version: Id3Version) -> _Form:
        made = _tag_digest(tags, pictures, media_type=audio.media_type, duration=audio.duration, version=version)
        return _Form(tags=tags, version=version, digest=made)

    return _kept(starmap(make, _forms(tags, context.show)), lambda form: digest in (None, form.digest))


def _kept(forms: Iterator[T], is_published: Callable[[T], bool]) -> T:
    """Return the first form that is the published one; the very first where none is. Each is made when it is needed."""
    first = next(forms)
    return first if is_published(first) else next(filter(is_published, forms), first)


def _tag_digest(
    tags: AudioTags, pictures: EpisodePictures, *, media_type: str, duration: timedelta, version: Id3Version
) -> str:
    """Return a digest of tags; pictures count by what they were made of, since another encoder makes other bytes."""
    sources = replace(
        tags,
        cover=pictures.cover.source.encode() if pictures.cover else None,
        chapter_images={path: cover.source.encode() for path, cover in pictures.chapter_covers.items()},
    )
    return digest_tags(media_type, sources, duration=duration, id3_version=version)


# Made of what the store has


def load_published(
    episode: Episode, context: EpisodeContext, pictures: EpisodePictures, *, stored_audio: StoredAudio | None
) -> Recording:
    """Return the audio that the store has: as it is, unless its tags are to change and it is known how.

    Raises StoreError where the store does not have the audio that was published, AudioError where the tags cannot be
    written.
    """
    record, stored = context.record, context.stored
    if record is None or record.audio is None or stored is None:
        key = record.enclosure if record else context.stem
        raise StoreError(f"{key}: the store lost it; publish from where its source is")
    recording = Recording(
        audio=record.audio,
        artifact=_artifact(
            episode,
            context,
            record.audio,
            suffix=PurePosixPath(record.enclosure).suffix,
            size=stored.size,
            sha256=stored.sha256,
            body=None,
        ),
    )
    if stored_audio is None or record.audio.tag_digest is None:
        return recording
    form = _form(episode, context, pictures, record.audio)
    if record.audio.tag_digest == form.digest or not record.audio.tag_length:
        return recording
    return _retag(recording, form, context=context, stored=stored, stored_audio=stored_audio)


def _retag(
    published: Recording,
    form: _Form,
    *,
    context: EpisodeContext,
    stored: ObjectRecord,
    stored_audio: StoredAudio,
) -> Recording:
    """Return published audio with other tags, where its recording is not here."""
    assert context.record is not None  # noqa: S101 - of what is published
    key, old, store = context.record.enclosure, published.audio, stored_audio.store
    observed = store.observe(key)
    if observed is None:
        raise StoreError(f"{key}: the store lost it; publish from where its source is")

    def load(start: int, length: int) -> bytes:
        return store.read_range(key, start=start, length=length)

    # The manifest's length may be that of another version, which a stopped run has replaced.
    start = find_audio(old.media_type, load, size=observed.size)
    if not start or observed.size - start != stored.size - old.tag_length:
        raise _other_audio(key)
    front = retag(old.media_type, load(0, start), tags=form.tags, duration=old.duration, id3_version=form.version)
    splice = Splice(front=(front,), key=key, etag=observed.etag, size=observed.size, start=start)
    return Recording(
        audio=replace(old, tag_length=len(front), tag_digest=form.digest),
        artifact=replace(
            published.artifact,
            size=splice.total,
            sha256=_load_sha256(splice, front, frames_hash=old.frames_hash, stored_audio=stored_audio),
        ),
        splice=splice,
    )


def _load_sha256(splice: Splice, front: bytes, *, frames_hash: str, stored_audio: StoredAudio) -> str:
    """Return the SHA-256 of new bytes and the rest of an object, which is read unless that was done before."""
    cache, progress = stored_audio.cache, stored_audio.progress
    name = f"{splice.key} {splice.etag} {xxhash.xxh3_128_hexdigest(front)}"
    known: str | None = cache.fact("retagged", name, size=splice.size, stamp=0)
    if known is not None:
        return known
    whole, frames = hashlib.sha256(front), xxhash.xxh3_128()
    progress.begin("fetching", splice.rest)
    try:
        for block in load_rest(splice, stored_audio.store):
            whole.update(block)
            frames.update(block)
            progress.advance(len(block))
    finally:
        progress.end()
    if frames.hexdigest() != frames_hash:
        observed = stored_audio.store.observe(splice.key)
        raise _other_audio(splice.key) if observed and observed.etag == splice.etag else MovedError(splice.key)
    cache.set_fact("retagged", name, size=splice.size, stamp=0, value=whole.hexdigest())
    return whole.hexdigest()


def _other_audio(key: str) -> StoreError:
    return StoreError(f"{key}: the store holds other audio than was published; publish from where its source is")


# Teasers: nothing of the episode is in one but its title, its authored key points and a trailer of its own


def tag_teaser(
    file: AudioFile,
    facts: AudioFacts,
    *,
    episode: Episode,
    context: EpisodeContext,
    cover: bytes | None,
    build_dir: Path,
) -> BuiltTeaser:
    """Return a teaser of its recording. cover: the show's. Raises AudioError where tagging fails."""
    show = context.show
    tags = AudioTags(
        title=episode.outline.title,
        artists=(show.author,),
        album=show.title,
        album_artist=show.author,
        genre=show.audio.genre,
        date=episode.outline.published,
        language=episode.language,
        copyright=show.copyright,
        guid=teaser_guid(episode.outline.guid),
        cover=cover,
        cover_type=COVER_TYPE if cover else None,
    )
    tagged = _build_teaser(file, facts, tags, context=context, build_dir=build_dir)
    body = load_stamps(tagged.body)
    audio = AudioRecord(
        media_type=facts.media_type,
        duration=facts.duration,
        tag_length=tagged.tag_length,
        frames_hash=facts.frames_hash,
    )
    suffix = SUFFIXES[facts.media_type]
    return _teaser(episode, context, audio, suffix=suffix, size=body_size(body), sha256=load_sha256(body), body=body)


def _build_teaser(
    file: AudioFile, facts: AudioFacts, tags: AudioTags, *, context: EpisodeContext, build_dir: Path
) -> Tagged:
    """Return a trailer in the form that the published one has, of whose tags only the length is known; else in ours."""
    published = context.record.teaser.audio if context.record and context.record.teaser else None
    length = published.tag_length if published and published.frames_hash == facts.frames_hash else None

    def build(tags: AudioTags, version: Id3Version) -> Tagged:
        return build_tagged(file.path, facts, tags=tags, id3_version=version, build_dir=build_dir)

    return _kept(starmap(build, _forms(tags, context.show)), lambda tagged: length in (None, tagged.tag_length))


def stored_teaser(episode: Episode, context: EpisodeContext, stored: ObjectRecord) -> BuiltTeaser | None:
    """Return a teaser whose recording only the store has; None where none was published."""
    record = context.record.teaser if context.record else None
    if record is None:
        return None
    suffix = PurePosixPath(record.key).suffix
    return _teaser(episode, context, record.audio, suffix=suffix, size=stored.size, sha256=stored.sha256, body=None)


def _teaser(
    episode: Episode,
    context: EpisodeContext,
    audio: AudioRecord,
    *,
    suffix: str,
    size: int,
    sha256: str,
    body: Body | None,
) -> BuiltTeaser:
    key = f"{context.teaser}{suffix}"
    side = side_of(key)
    artifact = Artifact(
        key=key,
        media_type=audio.media_type,
        cache_control=cache_control("audio", side),
        side=side,
        size=size,
        sha256=sha256,
        body=body,
        filename=f"{download_name(context.show.title, episode.outline.title)}{suffix}",
    )
    return BuiltTeaser(
        guid=teaser_guid(episode.outline.guid),
        artifact=artifact,
        audio=audio,
        key_points=episode.key_points,
        explicit=episode.explicit,
        language=episode.language,
    )
