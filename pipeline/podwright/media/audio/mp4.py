"""M4A: facts by PyAV's demuxer, an index written anew in front of an untouched audio of the source.

An MP4 keeps its tags among the offsets of its samples, so that the index is written anew with both. It comes first, so
that players begin before they have the whole file, and other tags leave what is behind it as it is. Left out: chapters
(the feed's chapters file has them), the language and the episode's page, for which there are no atoms.
"""

from __future__ import annotations

import io
import os
import tempfile
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from io import FileIO
from operator import itemgetter
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from mutagen.mp4 import MP4, AtomDataType, MP4Cover

from podwright.core.artifact import Body, FileSlice, body_size, open_body
from podwright.core.errors import AudioError
from podwright.media.audio import mp3
from podwright.media.audio.boxes import REWRITE, boxes_in, load_boxes
from podwright.media.audio.id3 import MALFORMED
from podwright.media.audio.mp4_index import load_index, load_pieces, rebuild_index
from podwright.media.audio.mp4_source import atom_name, find_left_out
from podwright.media.audio.tag_bounds import load_body_digest, read_at
from podwright.media.audio.types import AudioFacts, AudioTags, Id3Version, LeftOut, LoadRange, Tagged, clock, place

if TYPE_CHECKING:
    from mutagen.mp4 import MP4Tags

    from podwright.media.audio.decode import Packets

MEDIA_TYPE = "audio/x-m4a"

#: What stays of the source's own tags, as beginnings of lower-case names: encoder, gapless values, ISRC, ReplayGain.
KEPT = (
    "\xa9too",
    "----:com.apple.itunes:itunsmpb",
    "----:com.apple.itunes:isrc",
    "----:com.apple.itunes:replaygain_",
)

#: About two packets: an edit list rounds to the movie's own clock, which is often one of milliseconds.
_PROMISE_TOLERANCE = timedelta(milliseconds=50)

#: What is kept is a line of text each.
_LONGEST_KEPT = 4096


def begins(head: bytes) -> bool:
    """Return whether a file begins with the box of an MP4."""
    return head[4:8] == b"ftyp"


def _decode() -> ModuleType:
    """Return what reads packets. It loads PyAV, which takes long and which recordings that are known do without."""
    from podwright.media.audio import decode

    return decode


def load_facts(path: Path) -> AudioFacts:
    """Read every packet and hash the audio. duration is what plays: an edit list's cuts do not count.

    Raises AudioError naming byte and time where the file is cut off, and where it is not AAC alone.
    """
    with FileIO(path) as file:
        load, size = partial(read_at, file), file.seek(0, 2)
        boxes = tuple(load_boxes(load, size))
        if not {b"moov", b"mdat"} <= {box.name for box in boxes}:
            raise AudioError(f"has no index or no audio (moov, mdat) up to byte {size}; copy or export it again")
        if second := [box for box in boxes if box.name == b"moov"][1:]:
            raise AudioError(
                f"is several files in one: a second index (moov) stands at byte {second[0].start}, and nobody hears "
                "what it is of; join them in an editor, and export one"
            )
        packets: Packets = _decode().load_packets(path)
        if boxes[-1].end > size or packets.promise > packets.duration + _PROMISE_TOLERANCE:
            where = place(size, packets.duration)
            raise AudioError(f"is cut short at {where} of {clock(packets.promise)}; copy or export it again")
        if packets.codec != "AAC":
            raise AudioError(f"holds {packets.codec} audio, which many apps do not play; export it as AAC")
        if not packets.duration:
            raise AudioError("holds no audio; export it again")
        pieces = load_pieces(load, boxes, size)
    with open_body(tuple(FileSlice(path, *piece) for piece in pieces)) as audio:
        digest = load_body_digest(audio, 0)
    return AudioFacts(
        media_type=MEDIA_TYPE,
        duration=packets.duration,
        offset=pieces[0][0],
        length=sum(pieces[-1]) - pieces[0][0],
        frames_hash=digest,
        bitrate=round(sum(length for _, length in pieces) * 8 / packets.duration.total_seconds()),
        sample_rate=packets.sample_rate,
        channels=packets.channels,
        packets_hash=packets.digest,
        layout_hash=packets.layout,
        doubts=tuple(_doubts(packets, fragments=any(box.name == b"moof" for box in boxes))),
    )


def _doubts(packets: Packets, *, fragments: bool) -> Iterator[str]:
    """Yield what is wrong with an index that promises less than there is; that of fragments counts none of them."""
    if not fragments and packets.promise + _PROMISE_TOLERANCE < packets.duration:
        yield (
            f"its index (mdhd) promises {clock(packets.promise)} of {clock(packets.duration)}, and players that "
            f"believe it stop there; {REWRITE}"
        )


def load_left_out(path: Path) -> LeftOut:
    """Tell of the index and of the boxes beside it."""
    with FileIO(path) as file:
        return find_left_out(partial(read_at, file), file.seek(0, 2), kept=KEPT)


def check_decodes(path: Path, facts: AudioFacts) -> None:
    """Decode every packet. Raises AudioError naming byte and time of the first that does not decode."""
    _decode().check_m4a(path, facts)


def build_tagged(path: Path, facts: AudioFacts, *, tags: AudioTags, id3_version: Id3Version, build_dir: Path) -> Tagged:
    """Return an index and the source's audio, without a copy; build_dir stays unused.

    Raises AudioError where the source's index cannot be rewritten.
    """
    del facts, id3_version, build_dir
    with FileIO(path) as file:
        index = load_index(partial(read_at, file), file.seek(0, 2), kept_tags=_kept)
    front = _with_tags(index.front, tags)
    return Tagged(body=(front, *(FileSlice(path, *piece) for piece in index.pieces)), tag_length=len(front))


def check_published(tagged: Tagged, facts: AudioFacts) -> None:
    """Read what is published as players do, and compare the codec's settings and all packets with the source's.

    Tagging moves the audio, and the index must follow. What a demuxer makes of the index tells of each packet where it
    lies and when it plays: where these are the same places of the source, and the bytes there are the ones that facts
    are of, so are the packets. Where the source is laid out otherwise (in fragments), each packet is read.
    """

    def load(start: int, count: int) -> bytes:
        published.seek(start)
        return published.read(count)

    size, decode = body_size(tagged.body), _decode()
    try:
        with open_body(tagged.body) as published:
            boxes = tuple(load_boxes(load, size))
            same = load_body_digest(published, tagged.tag_length) == facts.frames_hash
            published.seek(0)
            place = partial(_place, [*_places(tagged.body)])
            if same and decode.load_layout(published, place=place) != facts.layout_hash:
                published.seek(0)
                same = decode.load_packets(published).digest == facts.packets_hash
    except AudioError as error:
        raise AudioError(f"cannot be tagged without harm: its copy {error.message}; {REWRITE}") from error
    if not same or boxes[-1].end != size or sum(box.name == b"moov" for box in boxes) != 1:
        raise AudioError(f"cannot be tagged without harm: its copy would hold other audio; {REWRITE}")


def _places(body: Body) -> Iterator[tuple[int, int, int]]:
    """Yield where each range of the source begins and ends in a body, and where it begins in the source."""
    at = 0
    for segment in body:
        end = at + body_size((segment,))
        if isinstance(segment, FileSlice):
            yield at, end, segment.offset
        at = end


def _place(places: list[tuple[int, int, int]], at: int, size: int) -> int:
    """Return where so many bytes of a body lie in the source; what is not within one range of it lies nowhere."""
    index = bisect_right(places, at, key=itemgetter(0)) - 1
    begin, end, source = places[index] if index >= 0 else (0, 0, 0)
    return source + at - begin if at + size <= end else -1


def digest_tags(tags: AudioTags, *, duration: timedelta, id3_version: Id3Version) -> str:
    """Digest of the same as ID3, in the form that it always had, without that for which there are no atoms."""
    del id3_version
    written = replace(tags, chapters=(), chapter_images={}, url=None, language=None, feed_url_alone=True)
    return mp3.digest_tags(written, duration=duration, id3_version="2.4")


def check_retagged(before: bytes, after: bytes) -> None:
    """Read both as if media data of their length followed, and compare where in these each packet lies."""
    with tempfile.TemporaryDirectory() as folder:
        path, layouts, decode = Path(folder, "front.m4a"), [], _decode()
        for front in (before, after):
            path.write_bytes(front)
            # Without a byte on disk: little but the index is asked for.
            end = max(box.end for box in load_boxes(partial(_part, front), len(front)))
            os.truncate(path, end)
            layouts.append(decode.load_layout(path, place=partial(_place, [(len(front), end, 0)])))
    if layouts[0] != layouts[1]:
        raise AudioError(f"cannot be tagged without harm: its copy would hold other audio; {REWRITE}")


def _part(data: bytes, start: int, count: int) -> bytes:
    return data[start : start + count]


def find_audio(load: LoadRange, size: int) -> int:
    """Return where the content of the only media box begins, if that is the last box; else 0."""
    boxes = tuple(load_boxes(load, size))
    media = [box for box in boxes if box.name == b"mdat"]
    return media[0].begin if len(media) == 1 and media[0] is boxes[-1] and media[0].end == size else 0


def retag(front: bytes, *, tags: AudioTags, duration: timedelta, id3_version: Id3Version) -> bytes:
    """Return the index with other tags, and with the offsets that follow from its length. Raises AudioError."""
    del duration, id3_version
    return _with_tags(rebuild_index(front, kept_tags=_kept), tags)


def _kept(atoms: bytes) -> bytes:
    """Return what stays of a source's atoms."""
    boxes = [(box, atoms[box.begin : box.end]) for box in boxes_in(atoms)]
    return b"".join(
        atoms[box.start : box.end]
        for box, content in boxes
        if len(content) <= _LONGEST_KEPT and atom_name(box.name, content).startswith(KEPT)
    )


def _with_tags(front: bytes, tags: AudioTags) -> bytes:
    data = io.BytesIO(front)
    try:
        file = MP4(data)
        assert file.tags is not None  # noqa: S101 - the index has room for them
        _set_atoms(file.tags, tags)
        data.seek(0)
        file.save(data, padding=lambda _: 0)
    except MALFORMED as error:
        raise AudioError(f"cannot be tagged ({error}); export it again") from error
    return data.getvalue()


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
