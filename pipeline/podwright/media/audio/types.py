"""The facts of a recording, its tags, its published form, and how a place in it is named to a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, Protocol

from podwright.core.artifact import Body
from podwright.core.model import Chapter

#: Returns so many bytes of a published recording from an offset on.
LoadRange = Callable[[int, int], bytes]

Id3Version = Literal["2.3", "2.4"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioFacts:
    """The facts of a recording."""

    media_type: str
    #: Exact, counted in frames.
    duration: timedelta
    #: First byte of the audio in the source, behind the tags in front.
    offset: int
    #: Bytes of the audio in the source, without the tags around it.
    length: int
    #: XXH3-128 of the audio in hex, which stays when only tags change.
    frames_hash: str
    #: Mean, in bit/s.
    bitrate: int
    #: In Hz.
    sample_rate: int
    channels: int
    #: XXH3-128 in hex of what a demuxer reads: the codec's settings, and each packet with its times; None where frames
    #: follow one another by themselves.
    packets_hash: str | None = None
    #: The same of where in the source each packet lies in place of its content; None where that is not to be compared.
    layout_hash: str | None = None
    #: What is wrong with it though it plays, as `what is wrong; what to do`.
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioTags:
    """The tags of a published recording. All text is plain and without control characters."""

    title: str
    artists: tuple[str, ...] = ()
    album: str | None = None
    album_artist: str | None = None
    genre: str | None = None
    date: datetime | None = None
    track: int | None = None
    disc: int | None = None
    #: A BCP 47 tag.
    language: str | None = None
    copyright: str | None = None
    description: str | None = None
    comment: str | None = None
    feed_url: str | None = None
    #: In ID3 that address has no encoding, as podwright first wrote it: so a published tag that says the same may stay.
    feed_url_alone: bool = False
    #: The feed's podcast:guid.
    guid: str | None = None
    category: str | None = None
    keywords: tuple[str, ...] = ()
    #: The transcript.
    lyrics: str | None = None
    #: A JPEG or PNG.
    cover: bytes | None = None
    cover_type: str | None = None
    #: In ascending order.
    chapters: tuple[Chapter, ...] = ()
    #: A small JPEG for each picture file of the chapters.
    chapter_images: Mapping[Path, bytes] = field(default_factory=dict)
    #: The episode's page.
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """A recording as it is published."""

    body: Body
    #: Bytes of tag in front of the audio; 0 where the container has other things behind the audio.
    tag_length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """All that a recording says of itself and is neither published nor replaced by what the workspace says."""

    #: In the words of messages, in alphabetical order.
    kinds: tuple[str, ...] = ()
    #: How many chapters of its own it has.
    chapters: int = 0


class Container(Protocol):
    """The module of a container format; the functions of this package say what each of its functions does."""

    MEDIA_TYPE: str

    def begins(self, head: bytes) -> bool:
        """Return whether a file with these first 12 bytes is of this format."""

    def load_facts(self, path: Path) -> AudioFacts: ...

    def load_left_out(self, path: Path) -> LeftOut: ...

    def check_decodes(self, path: Path, facts: AudioFacts) -> None: ...

    def build_tagged(
        self, path: Path, facts: AudioFacts, *, tags: AudioTags, id3_version: Id3Version, build_dir: Path
    ) -> Tagged: ...

    def check_published(self, tagged: Tagged, facts: AudioFacts) -> None:
        """Prove that a player finds in what is published the frames of the source; raises AudioError otherwise."""

    def check_retagged(self, before: bytes, after: bytes) -> None:
        """Prove that a player finds the same frames behind other tags; raises AudioError otherwise."""

    def digest_tags(self, tags: AudioTags, *, duration: timedelta, id3_version: Id3Version) -> str: ...

    def find_audio(self, load: LoadRange, size: int) -> int: ...

    def retag(self, front: bytes, *, tags: AudioTags, duration: timedelta, id3_version: Id3Version) -> bytes: ...


def clock(moment: timedelta) -> str:
    """Return minutes, seconds and thousandths: `62:03.500`."""
    minutes, milliseconds = divmod(moment // timedelta(milliseconds=1), 60_000)
    return f"{minutes}:{milliseconds // 1000:02}.{milliseconds % 1000:03}"


def place(byte: int, moment: timedelta) -> str:
    """Return the time that is heard at a byte of the source file, and that byte: `62:03.500 (byte 4711)`."""
    return f"{clock(moment)} (byte {byte})"
