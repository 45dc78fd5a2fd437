"""Recordings: what they are, whether they play, and their tags. One module for each container."""

from __future__ import annotations

from pathlib import Path

from pipeline.artifact import FileSlice
from pipeline.audio.types import AudioFacts, AudioTags, Tagged
from pipeline.errors import AudioError

__all__ = ["AudioFacts", "AudioTags", "Tagged", "build_tagged", "check_decodes", "load_facts"]

_MP3 = (".mp3",)
_MP4 = (".m4a", ".mp4")


def load_facts(path: Path) -> AudioFacts:
    """Look at a recording without decoding it.

    Raises AudioError where it is damaged, naming byte and time, or of a kind that is not published.
    """
    suffix = path.suffix.lower()
    if suffix in _MP3:
        from pipeline.audio.mp3 import load_mp3_facts

        return load_mp3_facts(path)
    if suffix in _MP4:
        from pipeline.audio.mp4 import load_mp4_facts

        return load_mp4_facts(path)
    raise AudioError(f"{suffix.removeprefix('.').upper()} audio is not published; convert it to MP3 or M4A")


def check_decodes(path: Path, facts: AudioFacts) -> None:
    """Decode a recording to its end. Raises AudioError naming time and byte where that fails."""
    from pipeline.audio.decode import check_decodes as check

    check(path, facts)


def build_tagged(path: Path, facts: AudioFacts, *, tags: AudioTags, id3_version: str, build_dir: Path) -> Tagged:
    """The recording with these tags as it is published. The source stays untouched.

    An MP3 is tag bytes and a range of the source; an M4A is a tagged copy in build_dir. Raises AudioError.
    """
    if facts.media_type == "audio/x-m4a":
        from pipeline.audio.mp4 import build_tagged_mp4

        return build_tagged_mp4(path, facts, tags=tags, build_dir=build_dir)
    from pipeline.audio.id3 import render_id3

    tag = render_id3(tags, source=path, duration=facts.duration, version="2.3" if id3_version == "2.3" else "2.4")
    return Tagged(body=(tag, FileSlice(path, facts.offset, facts.length)), tag_length=len(tag))
