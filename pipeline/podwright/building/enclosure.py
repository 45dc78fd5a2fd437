"""An episode's audio with its tags: made of its recording, or of what the store has where that is not here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path, PurePosixPath

from podwright.building.credits import credited_names
from podwright.building.images import COVER_TYPE
from podwright.building.retag import load_retagged, splice_held
from podwright.building.spool import Spool, spooled_body
from podwright.building.surroundings import Surroundings
from podwright.core.artifact import Artifact, Body, Side, Splice, body_size, load_sha256, load_stamps
from podwright.core.errors import StoreError
from podwright.core.model import Chapter, Episode, Stage
from podwright.core.names import AUDIO, cache_control, download_name, staged_stem
from podwright.media.audio import AudioFacts, AudioTags, build_tagged, digest_tags
from podwright.media.chapters import chapters_within
from podwright.media.transcripts import transcript_text
from podwright.stores.ledger.manifest import AudioRecord, EpisodeRecord

SUFFIXES = {types[0]: suffix for suffix, types in AUDIO.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sound:
    """Tagged audio. body is None where only the store has it; splice: how it can be made of what is there."""

    audio: AudioRecord
    size: int
    sha256: str
    body: Body | None
    splice: Splice | None


def build_enclosure(
    episode: Episode,
    around: Surroundings,
    *,
    chapters: tuple[Chapter, ...],
    spool: Spool,
    build_dir: Path,
) -> tuple[AudioRecord, Artifact, Splice | None]:
    """The audio with its tags, and how it can be made of what the store has; without the audio here it must be."""
    if around.facts is None or episode.audio is None:
        assert around.known is not None  # noqa: S101 - whoever surrounds an episode gives facts or what is known
        assert around.known.audio is not None  # noqa: S101
        sound = _published(episode, around, around.known, around.known.audio, chapters=chapters, spool=spool)
        suffix = PurePosixPath(around.known.enclosure).suffix
    else:
        sound = _recorded(
            episode, around, around.facts, path=episode.audio, chapters=chapters, spool=spool, build_dir=build_dir
        )
        suffix = SUFFIXES[around.facts.media_type]
    staged = around.side == "public" and around.stage == Stage.WAITING
    key = staged_stem(episode.outline.slug) + suffix if staged else around.base + suffix
    side: Side = "private" if staged else around.side
    artifact = Artifact(
        key=key,
        media_type=sound.audio.media_type,
        cache_control=cache_control("audio", side),
        side=side,
        size=sound.size,
        sha256=sound.sha256,
        body=sound.body,
        filename=f"{download_name(around.show.title, episode.outline.title)}{suffix}",
    )
    return sound.audio, artifact, sound.splice


def _recorded(
    episode: Episode,
    around: Surroundings,
    facts: AudioFacts,
    *,
    path: Path,
    chapters: tuple[Chapter, ...],
    spool: Spool,
    build_dir: Path,
) -> _Sound:
    """A recording of the workspace with its tags."""
    tags = _tags(episode, around, chapters=chapters_within(chapters, facts.duration))
    tagged = build_tagged(path, facts, tags=tags, id3_version=around.show.audio.id3_version, build_dir=build_dir)
    audio = AudioRecord(
        media_type=facts.media_type,
        duration=facts.duration,
        tag_length=tagged.tag_length,
        frames_hash=facts.frames_hash,
        tag_digest=_tag_digest(tags, around, media_type=facts.media_type, duration=facts.duration),
    )
    body = load_stamps(tagged.body)
    sha256, body = load_sha256(body), spooled_body(body, spool)
    splice = None
    if around.known and around.stored and around.shelf:
        splice = splice_held(body, audio, sha256=sha256, known=around.known, stored=around.stored)
    return _Sound(audio=audio, size=body_size(body), sha256=sha256, body=body, splice=splice)


def _published(
    episode: Episode,
    around: Surroundings,
    known: EpisodeRecord,
    audio: AudioRecord,
    *,
    chapters: tuple[Chapter, ...],
    spool: Spool,
) -> _Sound:
    """The audio that the store has: as it is, unless its tags are to say something else and it is known how."""
    stored = around.stored
    if stored is None:
        raise StoreError(f"{known.enclosure}: the store lost it; publish from where its source is")
    if around.shelf and audio.tag_digest:
        tags = _tags(episode, around, chapters=chapters_within(chapters, audio.duration))
        made = load_retagged(
            known.enclosure,
            audio,
            stored=stored,
            tags=tags,
            tag_digest=_tag_digest(tags, around, media_type=audio.media_type, duration=audio.duration),
            version=around.show.audio.id3_version,
            shelf=around.shelf,
        )
        if made:
            splice = replace(made.splice, front=spooled_body(made.splice.front, spool))
            return _Sound(audio=made.audio, size=splice.total, sha256=made.sha256, body=None, splice=splice)
    return _Sound(audio=audio, size=stored.size, sha256=stored.sha256, body=None, splice=None)


def _tag_digest(tags: AudioTags, around: Surroundings, *, media_type: str, duration: timedelta) -> str:
    """Digest of what tags say; pictures count by what they were made of, since another encoder makes other bytes."""
    told = replace(
        tags,
        cover=around.cover.source.encode() if around.cover else None,
        chapter_images={path: one.source.encode() for path, one in around.chapter_covers.items()},
    )
    return digest_tags(media_type, told, duration=duration, id3_version=around.show.audio.id3_version)


def _tags(episode: Episode, around: Surroundings, *, chapters: tuple[Chapter, ...]) -> AudioTags:
    show, outline, feed = around.show, episode.outline, around.feed
    return AudioTags(
        title=outline.title,
        artists=credited_names(episode) or (show.author,),
        album=show.title,
        album_artist=show.author,
        genre=show.audio.genre,
        date=outline.published,
        track=outline.number,
        disc=around.season.number if around.season else None,
        language=episode.language,
        copyright=show.copyright,
        comment=episode.subtitle,
        description=episode.subtitle or (episode.key_points[0] if episode.key_points else None),
        feed_url=around.feed_url,
        guid=outline.guid,
        category=feed.categories[0].name if feed and feed.categories else None,
        keywords=outline.tags,
        lyrics=transcript_text(episode.transcript) if episode.transcript else None,
        cover=around.cover.data if around.cover else None,
        cover_type=COVER_TYPE if around.cover else None,
        chapters=chapters,
        chapter_images={path: one.data for path, one in around.chapter_covers.items()},
        url=episode.link,
    )
