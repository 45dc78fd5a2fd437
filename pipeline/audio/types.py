"""What is known of a recording, what its tags say, and what a tagged file is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pipeline.artifact import Body
from pipeline.model import Chapter

AudioType = Literal["audio/mpeg", "audio/x-m4a"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioFacts:
    """Facts of a source file.

    offset and length in bytes: the range of the audio frames, without any tag. duration is exact; bitrate in bit/s is
    the mean; frames_hash is XXH3-128 in hex and does not change when tags do.
    """

    media_type: AudioType
    duration: timedelta
    offset: int
    length: int
    frames_hash: str
    bitrate: int
    sample_rate: int
    channels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioTags:
    """What the tags of a published file say; language is BCP 47, cover a small JPEG or PNG."""

    title: str
    artists: tuple[str, ...] = ()
    album: str | None = None
    album_artist: str | None = None
    genre: str | None = None
    date: datetime | None = None
    track: int | None = None
    disc: int | None = None
    language: str | None = None
    copyright: str | None = None
    comment: str | None = None
    description: str | None = None
    feed_url: str | None = None
    guid: str | None = None
    category: str | None = None
    keywords: tuple[str, ...] = ()
    lyrics: str | None = None
    cover: bytes | None = None
    cover_type: str | None = None
    chapters: tuple[Chapter, ...] = ()
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """A published file: its bytes, of which the first tag_length are the tag (0 for a container with tags inside)."""

    body: Body
    tag_length: int
