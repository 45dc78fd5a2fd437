"""M4A: facts by PyAV's demuxer, tags by mutagen on a copy in the build folder.

An MP4 keeps its tags among the offsets of its samples, so a changed tag may move everything: the file is written anew.
mutagen writes no chapter track; the chapters of an M4A are in the JSON chapters and in the notes.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import xxhash
from mutagen import MutagenError, mp4

from pipeline.artifact import CHUNK, FileSlice
from pipeline.audio.decode import load_counted
from pipeline.audio.types import AudioFacts, AudioTags, Tagged
from pipeline.errors import AudioError


def load_mp4_facts(path: Path) -> AudioFacts:
    """Read every packet and hash the media data. Raises AudioError where the file is cut off or not AAC in MP4."""
    boxes = list(_boxes(path))
    if not any(name == b"moov" for name, _, _ in boxes):
        raise AudioError("has no index (moov box): the recording did not end well; export it again")
    counted = load_counted(path)
    if counted.codec not in ("aac", "alac"):
        raise AudioError(f"holds {counted.codec}, which podcast apps do not play; export it as AAC")
    size = path.stat().st_size
    return AudioFacts(
        media_type="audio/x-m4a",
        duration=counted.duration,
        offset=0,
        length=size,
        frames_hash=_hash(path, boxes),
        bitrate=round(size * 8 / max(counted.duration.total_seconds(), 0.001)),
        sample_rate=counted.sample_rate,
        channels=counted.channels,
    )


def build_tagged_mp4(path: Path, facts: AudioFacts, *, tags: AudioTags, build_dir: Path) -> Tagged:
    """Tag a copy in build_dir, named after what it is made of, so that two runs at once make the same file."""
    name = hashlib.sha256(repr((facts.frames_hash, tags)).encode()).hexdigest()[:32]
    target = build_dir / f"{name}.m4a"
    build_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build_dir) as scratch:
        copy = Path(scratch, "copy.m4a")
        shutil.copyfile(path, copy)
        _write_tags(copy, tags)
        copy.replace(target)
    return Tagged(body=(FileSlice(target, 0, target.stat().st_size),), tag_length=0)


def _write_tags(path: Path, tags: AudioTags) -> None:
    """Atom names: https://developer.apple.com/documentation/quicktime-file-format/user_data_atoms."""
    texts = {
        "\xa9nam": tags.title,
        "\xa9ART": "; ".join(tags.artists),
        "\xa9alb": tags.album,
        "aART": tags.album_artist,
        "\xa9gen": tags.genre,
        "\xa9day": tags.date and tags.date.strftime("%Y-%m-%d"),
        "\xa9cmt": tags.comment,
        "desc": tags.description,
        "cprt": tags.copyright,
        "\xa9lyr": tags.lyrics,
        "purl": tags.feed_url,
        "egid": tags.guid,
        "catg": tags.category,
        "keyw": ", ".join(tags.keywords),
    }
    try:
        file = mp4.MP4(path)
        file.delete()
        file.tags = mp4.MP4Tags()
        file.tags.update({name: [text] for name, text in texts.items() if text})
        file.tags["pcst"] = True
        for name, number in (("trkn", tags.track), ("disk", tags.disc)):
            if number:
                file.tags[name] = [(number, 0)]
        if tags.cover:
            kind = mp4.AtomDataType.PNG if tags.cover_type == "image/png" else mp4.AtomDataType.JPEG
            file.tags["covr"] = [mp4.MP4Cover(tags.cover, imageformat=kind)]
        file.save(padding=_no_padding)
    except MutagenError as error:
        raise AudioError(f"cannot be tagged ({error}); export it again") from error


def _no_padding(info: object) -> int:
    """Room for later edits would make the bytes depend on earlier ones."""
    del info
    return 0


def _boxes(path: Path) -> Iterator[tuple[bytes, int, int]]:
    """Name, begin and end in bytes of each top-level box (ISO/IEC 14496-12 section 4.2)."""
    size, at = path.stat().st_size, 0
    with path.open("rb") as file:
        while at + 8 <= size:
            file.seek(at)
            header = file.read(16)
            length = int.from_bytes(header[:4], "big")
            if length == 1:
                length = int.from_bytes(header[8:16], "big")
            length = length or size - at
            if length < 8 or at + length > size:
                raise AudioError(
                    f"is cut off in its {header[4:8].decode('latin-1')} box (byte {at:,}); export it again"
                )
            yield header[4:8], at, at + length
            at += length


def _hash(path: Path, boxes: list[tuple[bytes, int, int]]) -> str:
    digest = xxhash.xxh3_128()
    with path.open("rb") as file:
        for name, begin, end in boxes:
            if name != b"mdat":
                continue
            file.seek(begin)
            for at in range(begin, end, CHUNK):
                digest.update(file.read(min(CHUNK, end - at)))
    return digest.hexdigest()
