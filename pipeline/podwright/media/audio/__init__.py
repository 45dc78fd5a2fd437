"""Recordings: their facts, the proof that they play, and their tags. A source is only ever read.

Formats are told apart by a file's first bytes, not by its name. To add one: a module with what `types.Container` asks,
its line in `_CONTAINERS`, and its suffix in `podwright.core.names`.

Of a source's own tags only facts of the recording itself go into what is published: who encoded it and with what, its
ISRC, its loudness, its gapless and ReplayGain values. All else (titles, comments, pictures, chapters, positions, file
names, dates, ratings, private frames, a length that is often wrong) is replaced by what the workspace says, or left
out, which `load_left_out` tells. `id3.KEPT` and `mp4.KEPT` are the tables of what stays, and `mp4_index` has the boxes.

Every function here is a pure function of a path or of bytes, and what it takes, returns or raises can be pickled, so
that any of them runs in another process.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from podwright.core.errors import AudioError
from podwright.media.audio import mp3, mp4
from podwright.media.audio.foreign import HEAD, describe_foreign
from podwright.media.audio.id3 import exceeds_ffmpeg
from podwright.media.audio.types import AudioFacts, AudioTags, Container, Id3Version, LeftOut, LoadRange, Tagged

__all__ = [
    "AudioFacts",
    "AudioTags",
    "Id3Version",
    "LeftOut",
    "Tagged",
    "build_tagged",
    "check_decodes",
    "digest_tags",
    "exceeds_ffmpeg",
    "find_audio",
    "load_facts",
    "load_left_out",
    "retag",
]

#: MP3 is last: it has no mark at its beginning, and is looked for in whatever nothing else claims.
_CONTAINERS: tuple[Container, ...] = (mp4, mp3)
_BY_TYPE = {container.MEDIA_TYPE: container for container in _CONTAINERS}


def load_facts(path: Path) -> AudioFacts:
    """Look at every frame of a recording without decoding it.

    Raises AudioError where it is damaged or cut short, naming byte and time, or of a kind that is not published.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise AudioError(
            "is empty, as an export that failed or a cloud drive's placeholder; export or download it again"
        )
    container = _container(head)
    if container is mp3 and (message := describe_foreign(head)):
        raise AudioError(message)
    return container.load_facts(path)


def _container(head: bytes) -> Container:
    return next(container for container in _CONTAINERS if container.begins(head[:12]))


def load_left_out(path: Path) -> LeftOut:
    """Return what a recording says of itself that is neither published nor replaced. Raises AudioError."""
    with path.open("rb") as file:
        return _container(file.read(HEAD)).load_left_out(path)


def check_decodes(path: Path, facts: AudioFacts) -> None:
    """Decode a recording from beginning to end.

    Raises AudioError naming byte and time where that fails, or where the sound is longer or shorter than facts say.
    """
    _BY_TYPE[facts.media_type].check_decodes(path, facts)


def build_tagged(path: Path, facts: AudioFacts, *, tags: AudioTags, id3_version: Id3Version, build_dir: Path) -> Tagged:
    """Return the recording with these tags, as it is published; the same input gives the same bytes.

    It is tags, in an M4A within an index, and ranges of the source, without a copy. An M4A has no chapters, and
    id3_version is of no meaning to it. build_dir: room for what a format has to write. Whatever was built is read back,
    and has the frames of the source. Raises AudioError, also where it has not.
    """
    container = _BY_TYPE[facts.media_type]
    tagged = container.build_tagged(path, facts, tags=tags, id3_version=id3_version, build_dir=build_dir)
    container.check_published(tagged, facts)
    return tagged


def digest_tags(media_type: str, tags: AudioTags, *, duration: timedelta, id3_version: Id3Version) -> str:
    """Return a digest of what tags say, apart from what they keep of a source's own; it needs no recording.

    Pictures may be given by something that stands for them, since another encoder makes other bytes of the same one.
    Raises AudioError as tagging does.
    """
    return _BY_TYPE[media_type].digest_tags(tags, duration=duration, id3_version=id3_version)


def find_audio(media_type: str, load: LoadRange, *, size: int) -> int:
    """Return where the audio begins in a published recording of so many bytes.

    0 where it does not go from there to the end.
    """
    return _BY_TYPE[media_type].find_audio(load, size)


def retag(media_type: str, front: bytes, *, tags: AudioTags, duration: timedelta, id3_version: Id3Version) -> bytes:
    """Return what comes before the audio of a published recording, with other tags; the same as tagging its source.

    front: what comes before it now. The new one is read back, and leads to the same frames. Raises AudioError.
    """
    container = _BY_TYPE[media_type]
    after = container.retag(front, tags=tags, duration=duration, id3_version=id3_version)
    container.check_retagged(front, after)
    return after
