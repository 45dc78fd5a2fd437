"""M4A: facts by PyAV's demuxer, tags by mutagen on a copy.

An MP4 keeps its tags among the offsets of its samples, so that tagging rewrites the file; whether the index (moov) or
the audio (mdat) comes first stays as it is. Left out: chapters, which mutagen does not write (the feed's chapters file
has them), the language and the episode's page, for which there are no atoms.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING

import xxhash
from mutagen.mp4 import MP4, AtomDataType, MP4Cover

from podwright.core.artifact import CHUNK, FileSlice, body_size, open_body
from podwright.core.errors import AudioError
from podwright.media.audio import mp3
from podwright.media.audio.id3 import MALFORMED
from podwright.media.audio.tag_bounds import read_at
from podwright.media.audio.types import AudioFacts, AudioTags, Id3Version, LoadRange, Tagged, clock, place

if TYPE_CHECKING:
    from mutagen.mp4 import MP4Tags

MEDIA_TYPE = "audio/x-m4a"

#: What stays of the source's own tags, as beginnings of lower-case names: encoder, gapless values, ISRC, ReplayGain.
KEPT = (
    "\xa9too",
    "----:com.apple.itunes:itunsmpb",
    "----:com.apple.itunes:isrc",
    "----:com.apple.itunes:replaygain_",
)

_REWRITE = "write it anew: `ffmpeg -i IN -c copy -movflags +faststart OUT.m4a`"
#: About two packets: an edit list rounds to the movie's own clock, which is often one of milliseconds.
_PROMISE_TOLERANCE = timedelta(milliseconds=50)

#: Top-level boxes; a fragmented file has two for each second or so.
_MOST_BOXES = 200_000
#: Bytes of the index, which mutagen reads whole: a day of audio has 16 MB of it, and a cover may be inside.
_LARGEST_INDEX = 32 << 20


def begins(head: bytes) -> bool:
    """Return whether a file begins with the box of an MP4."""
    return head[4:8] == b"ftyp"


def load_facts(path: Path) -> AudioFacts:
    """Read every packet and hash the media data. duration is what plays: an edit list's cuts do not count.

    Raises AudioError naming byte and time where the file is cut off, and where it is not AAC alone.
    """
    # PyAV takes long to load.
    from podwright.media.audio.decode import load_packets

    with FileIO(path) as file:
        size = file.seek(0, 2)
        boxes = tuple(_boxes(lambda start, count: read_at(file, start, count), size))
        media = [box for box in boxes if box.name == b"mdat"]
        if not media or not any(box.name == b"moov" for box in boxes):
            raise AudioError(f"has no index or no audio (moov, mdat) up to byte {size}; copy or export it again")
        packets = load_packets(path)
        if boxes[-1].end > size or packets.promise > packets.duration + _PROMISE_TOLERANCE:
            where = place(size, packets.duration)
            raise AudioError(f"is cut short at {where} of {clock(packets.promise)}; copy or export it again")
        digest = _load_digest(file, media)
    if packets.codec != "AAC":
        raise AudioError(f"holds {packets.codec} audio, which many apps do not play; export it as AAC")
    if not packets.duration:
        raise AudioError("holds no audio; export it again")
    length = sum(box.end - box.begin for box in media)
    return AudioFacts(
        media_type=MEDIA_TYPE,
        duration=packets.duration,
        offset=media[0].begin,
        length=media[-1].end - media[0].begin,
        frames_hash=digest,
        bitrate=round(length * 8 / packets.duration.total_seconds()),
        sample_rate=packets.sample_rate,
        channels=packets.channels,
        packets_hash=packets.digest,
    )


def check_decodes(path: Path, facts: AudioFacts) -> None:
    """Decode every packet. Raises AudioError naming byte and time of the first that does not decode."""
    # PyAV takes long to load.
    from podwright.media.audio.decode import check_m4a

    check_m4a(path, facts)


def build_tagged(path: Path, facts: AudioFacts, *, tags: AudioTags, id3_version: Id3Version, build_dir: Path) -> Tagged:
    """Return a tagged copy in build_dir, named after its content, so that two runs at once write the same file.

    Raises AudioError where the source's index cannot be rewritten.
    """
    del facts, id3_version
    build_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build_dir) as scratch:
        copy = Path(scratch, "copy.m4a")
        shutil.copyfile(path, copy)
        _write_tags(copy, tags)
        size = copy.stat().st_size
        with FileIO(copy) as file:
            name = _load_digest(file, [_Box(b"", 0, size)])
            length = find_audio(lambda start, count: read_at(file, start, count), size)
        target = copy.replace(build_dir / f"{name}.m4a")
    return Tagged(body=(FileSlice(target, 0, size),), tag_length=length)


def check_published(tagged: Tagged, facts: AudioFacts) -> None:
    """Demux the tagged copy as players do, and compare the codec's settings and all packets with the source's.

    Tagging moves the audio, and the index must follow: what it does not understand of an index it would leave behind.
    """
    # PyAV takes long to load.
    from podwright.media.audio.decode import load_packets

    def load(start: int, count: int) -> bytes:
        published.seek(start)
        return published.read(count)

    size = body_size(tagged.body)
    try:
        with open_body(tagged.body) as published:
            boxes = tuple(_boxes(load, size))
            digest = load_packets(published).digest
    except AudioError as error:
        raise AudioError(f"cannot be tagged without harm: its copy {error.message}; {_REWRITE}") from error
    if digest != facts.packets_hash or boxes[-1].end != size or sum(box.name == b"moov" for box in boxes) != 1:
        raise AudioError(f"cannot be tagged without harm: its copy would hold other audio; {_REWRITE}")


def digest_tags(tags: AudioTags, *, duration: timedelta, id3_version: Id3Version) -> str:
    """Digest of the same as ID3, without that for which there are no atoms."""
    del id3_version
    written = replace(tags, chapters=(), chapter_images={}, url=None, language=None)
    return mp3.digest_tags(written, duration=duration, id3_version="2.4")


def check_retagged(before: bytes, after: bytes) -> None:
    """Demux both as if media data of their length followed, and compare where in these each packet lies."""
    # PyAV takes long to load.
    from podwright.media.audio.decode import load_packets

    with tempfile.TemporaryDirectory() as folder:
        path, digests = Path(folder, "front.m4a"), []
        for front in (before, after):
            path.write_bytes(front)
            # Without a byte on disk: nothing but the index is asked for.
            os.truncate(path, max(box.end for box in _boxes(partial(_part, front), len(front))))
            digests.append(load_packets(path, base=len(front)).digest)
    if digests[0] != digests[1]:
        raise AudioError(f"cannot be tagged without harm: its copy would hold other audio; {_REWRITE}")


def _part(data: bytes, start: int, count: int) -> bytes:
    return data[start : start + count]


def find_audio(load: LoadRange, size: int) -> int:
    """Return where the content of the only media box begins, if that is the last box; else 0."""
    boxes = tuple(_boxes(load, size))
    media = [box for box in boxes if box.name == b"mdat"]
    return media[0].begin if len(media) == 1 and media[0] is boxes[-1] and media[0].end == size else 0


def retag(front: bytes, *, tags: AudioTags, duration: timedelta, id3_version: Id3Version) -> bytes:
    """Return the index with other tags, and with the offsets that follow from its length. Raises AudioError."""
    del duration, id3_version
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch, "front.m4a")
        path.write_bytes(front)
        _write_tags(path, tags)
        return path.read_bytes()


def _write_tags(path: Path, tags: AudioTags) -> None:
    try:
        file = MP4(path)
        if file.tags is None:
            file.add_tags()
        for name in [name for name in file.tags if not name.lower().startswith(KEPT)]:
            del file.tags[name]
        _set_atoms(file.tags, tags)
        file.save(padding=lambda _: 0)
    except MALFORMED as error:
        raise AudioError(f"cannot be tagged ({error}); export it again") from error


def _set_atoms(atoms: MP4Tags, tags: AudioTags) -> None:
    """Set the atoms by iTunes' names for them (https://mutagen.readthedocs.io/en/latest/api/mp4.html)."""
    texts = {
        "\xa9nam": tags.title,
        "\xa9alb": tags.album,
        "aART": tags.album_artist,
        "\xa9gen": tags.genre,
        "\xa9day": tags.date.isoformat() if tags.date else None,
        "\xa9cmt": tags.comment,
        "\xa9lyr": tags.lyrics,
        "desc": tags.description,
        "cprt": tags.copyright,
        "purl": tags.feed_url,
        "egid": tags.guid,
        "catg": tags.category,
        "keyw": ", ".join(tags.keywords),
    }
    atoms.update({name: [text] for name, text in texts.items() if text})
    atoms["pcst"] = True
    if tags.artists:
        atoms["\xa9ART"] = list(tags.artists)
    for name, number in (("trkn", tags.track), ("disk", tags.disc)):
        if number is not None:
            atoms[name] = [(number, 0)]
    if tags.cover:
        kind = AtomDataType.PNG if tags.cover_type == "image/png" else AtomDataType.JPEG
        atoms["covr"] = [MP4Cover(tags.cover, imageformat=kind)]


@dataclass(frozen=True, slots=True)
class _Box:
    """A top-level box: where its content begins and ends in the file."""

    name: bytes
    begin: int
    end: int


def _boxes(load: LoadRange, size: int) -> Iterator[_Box]:
    """Yield the top-level boxes; the last one's end may lie behind the file's (ISO/IEC 14496-12 section 4.2)."""
    at = count = 0
    while at + 8 <= size:
        count += 1
        if count > _MOST_BOXES:
            raise AudioError(f"has more than {_MOST_BOXES:,} boxes; export it again")
        header = load(at, min(16, size - at))
        length, inside = int.from_bytes(header[:4], "big"), 8
        if length == 1:
            length, inside = int.from_bytes(header[8:16], "big"), 16
        elif length == 0:
            length = size - at
        if length < inside:
            raise AudioError(f"has a box of impossible size at byte {at}; export it again")
        if header[4:8] == b"moov" and length > _LARGEST_INDEX:
            raise AudioError(f"has an index (moov) of more than {_LARGEST_INDEX >> 20} MB; export it again")
        yield _Box(header[4:8], at + inside, at + length)
        at += length


def _load_digest(file: FileIO, boxes: list[_Box]) -> str:
    """Return XXH3-128 of the content of boxes."""
    digest = xxhash.xxh3_128()
    buffer = memoryview(bytearray(CHUNK))
    for box in boxes:
        at = file.seek(box.begin)
        while got := file.readinto(buffer[: box.end - at]):
            digest.update(buffer[:got])
            at += got
    return digest.hexdigest()
