"""What is known of a recording, what its tags say, and what a tagged recording is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, Protocol

from podwright.core.artifact import Body
from podwright.core.model import Chapter

#: So many bytes of a published recording from an offset on.
LoadRange = Callable[[int, int], bytes]

AudioType = Literal["audio/mpeg", "audio/x-m4a"]
Id3Version = Literal["2.3", "2.4"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioFacts:
    """Facts of a recording.

    duration is exact, counted in frames. offset and length, in bytes, are where the audio lies inside the source,
    without the tags around it. frames_hash is the XXH3-128 of the audio in hex: it stays when only tags change. bitrate
    is the mean in bit/s, sample_rate is in Hz.
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
    """What the tags of a published recording say. All text is plain and without control characters.

    language is a BCP 47 tag; guid and feed_url are those of the feed; url is the episode's page; lyrics is the
    transcript; cover is a JPEG or PNG and cover_type its media type; chapters are in ascending order; chapter_images
    has a small JPEG for each of their picture files.
    """

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
    description: str | None = None
    comment: str | None = None
    feed_url: str | None = None
    guid: str | None = None
    category: str | None = None
    keywords: tuple[str, ...] = ()
    lyrics: str | None = None
    cover: bytes | None = None
    cover_type: str | None = None
    chapters: tuple[Chapter, ...] = ()
    chapter_images: Mapping[Path, bytes] = field(default_factory=dict)
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """A recording as it is published: tag_length bytes of tag, then the audio up to the end.

    tag_length is 0 where the container has other things behind the audio.
    """

    body: Body
    tag_length: int


class Container(Protocol):
    """What a container format's module provides; the functions of this package say what each means."""

    def load_facts(self, path: Path) -> AudioFacts: ...

    def check_decodes(self, path: Path, facts: AudioFacts) -> None: ...

    def build_tagged(
        self, path: Path, facts: AudioFacts, *, tags: AudioTags, id3_version: Id3Version, build_dir: Path
    ) -> Tagged: ...

    def digest_tags(self, tags: AudioTags, *, duration: timedelta, id3_version: Id3Version) -> str: ...

    def find_audio(self, load: LoadRange, size: int) -> int: ...

    def retag(self, front: bytes, *, tags: AudioTags, duration: timedelta, id3_version: Id3Version) -> bytes: ...
