"""What lies beside an episode's audio: its transcript in every format, and its chapters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from podwright.building.credits import credited_names
from podwright.building.surroundings import Surroundings
from podwright.core.artifact import Artifact, Side, bytes_artifact
from podwright.core.model import Chapter, Episode, Show
from podwright.core.names import cache_control, public_url
from podwright.media.chapters import CHAPTERS_TYPE, build_chapters_json
from podwright.media.transcripts import RenderedTranscript, render_transcripts
from podwright.render.feeds import TranscriptLink


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    """A small object beside the audio, with what the feed says of it."""

    artifact: Artifact
    link: TranscriptLink | None


def build_sidecars(
    episode: Episode,
    around: Surroundings,
    *,
    chapters: tuple[Chapter, ...],
    duration: timedelta,
) -> Iterator[Sidecar]:
    """Transcripts and chapters."""
    if episode.transcript is not None:
        rendered = render_transcripts(
            episode.transcript, title=episode.outline.title, language=episode.language, duration=duration
        )
        for one in rendered:
            artifact = _text(around.base + one.suffix, one.data, media_type=one.media_type, side=around.side)
            yield Sidecar(artifact=artifact, link=_transcript_link(one, artifact, episode=episode, show=around.show))
    if chapters:
        data = build_chapters_json(
            chapters,
            title=episode.outline.title,
            podcast_name=around.show.title,
            filename=None,
            author=", ".join(credited_names(episode)) or around.show.author,
            description=episode.subtitle,
            images={path: public_url(one.key, around.show) for path, one in around.chapter_pictures.items()},
        )
        yield Sidecar(
            artifact=_text(f"{around.base}-chapters.json", data, media_type=CHAPTERS_TYPE, side=around.side),
            link=None,
        )


def _text(key: str, data: bytes, *, media_type: str, side: Side) -> Artifact:
    return bytes_artifact(key, data, media_type=media_type, cache_control=cache_control("text", side), side=side)


def _transcript_link(one: RenderedTranscript, artifact: Artifact, *, episode: Episode, show: Show) -> TranscriptLink:
    return TranscriptLink(
        url=public_url(artifact.key, show), media_type=one.feed_type, language=episode.language, rel=one.rel
    )
