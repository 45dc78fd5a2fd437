"""What an episode leaves in feeds that do not carry it: title, key points, a trailer, and the way to become a member.

Nothing else of it is in there: no notes, no text, no chapters, none of its audio, and no key point that was drafted
from what was said.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from podwright.building.enclosure import SUFFIXES
from podwright.building.images import COVER_TYPE
from podwright.building.select import leaves_teaser, stage_of, teaser_since
from podwright.building.spool import Spool, spooled
from podwright.building.surroundings import Surroundings
from podwright.building.types import BuiltEpisode, BuiltTeaser, Rendered
from podwright.core.artifact import Artifact, Side, body_size, load_sha256, load_stamps
from podwright.core.model import Episode, Outline, Show, Teasing
from podwright.core.names import PRIVATE, cache_control, download_name, enclosure_url, staged_stem, teaser_stem
from podwright.media.audio import AudioFacts, AudioTags, build_tagged
from podwright.render.feeds import Enclosure, Item, teaser_guid
from podwright.render.notes import build_teaser_notes
from podwright.stores.ledger.manifest import AudioRecord, ObjectRecord


def with_teaser(rendered: Rendered, teaser: BuiltTeaser) -> Rendered:
    """An episode that leaves a teaser."""
    built = rendered.episode
    return replace(rendered, episode=replace(built, teaser=teaser, artifacts=(*built.artifacts, teaser.artifact)))


def teaser_place(outline: Outline, stem: str, *, show: Show, now: datetime) -> str | None:
    """What the key of an episode's teaser begins with: out of sight until a feed shows it; None where none will.

    stem: that of the episode.
    """
    if stage_of(outline, now) not in ("waiting", "early", "listed"):
        return None
    if any(leaves_teaser(feed, outline, now) for feed in show.feeds):
        return teaser_stem(outline.slug)
    moments = (teaser_since(feed, outline) for feed in show.feeds)
    if not any(since and since > now for since in moments):
        return None
    return f"{stem if stem.startswith(PRIVATE) else staged_stem(outline.slug)}-teaser"


def build_teaser(
    episode: Episode, around: Surroundings, *, facts: AudioFacts, cover: bytes | None, spool: Spool, build_dir: Path
) -> BuiltTeaser:
    """A teaser from its recording. cover: the show's. Raises AudioError where tagging fails."""
    assert episode.teaser is not None  # noqa: S101 - facts are of it
    show, guid = around.show, teaser_guid(episode.outline.guid)
    tags = AudioTags(
        title=episode.outline.title,
        artists=(show.author,),
        album=show.title,
        album_artist=show.author,
        genre=show.audio.genre,
        date=episode.outline.published,
        language=episode.language,
        copyright=show.copyright,
        guid=guid,
        cover=cover,
        cover_type=COVER_TYPE if cover else None,
    )
    tagged = build_tagged(episode.teaser, facts, tags=tags, id3_version=show.audio.id3_version, build_dir=build_dir)
    body = load_stamps(tagged.body)
    artifact = _artifact(
        f"{around.teaser}{SUFFIXES[facts.media_type]}",
        ObjectRecord(body_size(body), load_sha256(body), ""),
        media_type=facts.media_type,
        filename=f"{download_name(show.title, episode.outline.title)}{SUFFIXES[facts.media_type]}",
    )
    audio = AudioRecord(
        media_type=facts.media_type,
        duration=facts.duration,
        tag_length=tagged.tag_length,
        frames_hash=facts.frames_hash,
    )
    return _teaser(episode, spooled(replace(artifact, body=body), spool), audio)


def stored_teaser(episode: Episode, around: Surroundings, stored: ObjectRecord) -> BuiltTeaser:
    """A teaser whose recording only the store has."""
    assert around.known is not None  # noqa: S101 - what is stored is known
    assert around.known.teaser is not None  # noqa: S101
    known = around.known.teaser
    suffix = PurePosixPath(known.key).suffix
    name = f"{download_name(around.show.title, episode.outline.title)}{suffix}"
    artifact = _artifact(f"{around.teaser}{suffix}", stored, media_type=known.audio.media_type, filename=name)
    return _teaser(episode, artifact, known.audio)


def teaser_item(episode: BuiltEpisode, teaser: BuiltTeaser, teasing: Teasing, *, since: datetime, show: Show) -> Item:
    """The item of a teaser. Its type is that of a preview, so that apps count it for no episode of the series."""
    notes = build_teaser_notes(teaser.key_points, teasing.link, language=teaser.language)
    artifact = teaser.artifact
    return Item(
        guid=teaser.guid,
        title=episode.outline.title,
        link=teasing.link.url,
        description=notes.text,
        content_html=notes.html,
        enclosure=Enclosure(
            url=enclosure_url(artifact.key, show, side=artifact.side),
            length=artifact.size,
            media_type=artifact.media_type,
        ),
        published=since,
        duration=teaser.audio.duration,
        explicit=teaser.explicit,
        type="trailer",
        author=show.author,
    )


def _artifact(key: str, record: ObjectRecord, *, media_type: str, filename: str) -> Artifact:
    side: Side = "private" if key.startswith(PRIVATE) else "public"
    return Artifact(
        key=key,
        media_type=media_type,
        cache_control=cache_control("audio", side),
        side=side,
        size=record.size,
        sha256=record.sha256,
        body=None,
        filename=filename,
    )


def _teaser(episode: Episode, artifact: Artifact, audio: AudioRecord) -> BuiltTeaser:
    return BuiltTeaser(
        guid=teaser_guid(episode.outline.guid),
        artifact=artifact,
        audio=audio,
        key_points=episode.key_points,
        explicit=episode.explicit,
        language=episode.language,
    )
