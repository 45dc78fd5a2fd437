"""The index (moov) of an M4A as it is published: what playing its one audio track takes, and nothing else.

A source's index also says where and by whom it was made, and its media data hold what other tracks say: chapters in
text and pictures, timecode. Which boxes stay is a table of names. What stays is free of dates, of file names and of
references to files; the offsets of the audio are those in the published file, which has the audio's chunks alone.

Boxes: ISO/IEC 14496-12 section 8; https://developer.apple.com/documentation/quicktime-file-format.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate

from podwright.core.errors import AudioError
from podwright.media.audio.boxes import REWRITE, Box, boxes_in, descend, load_boxes, render_box, render_header
from podwright.media.audio.mp4_fragments import Fragments, load_fragments
from podwright.media.audio.types import LoadRange

#: The boxes that stay inside each that holds others. A track's `ludt` is its loudness (section 12.2.7).
_KEPT = {
    b"trak": (b"tkhd", b"edts", b"mdia", b"udta"),
    b"trak/udta": (b"ludt",),
    b"edts": (b"elst",),
    b"mdia": (b"mdhd", b"hdlr", b"minf"),
    b"minf": (b"smhd", b"hdlr", b"dinf", b"stbl"),
    b"dinf": (b"dref",),
    b"stbl": (
        *(b"stsd", b"stts", b"ctts", b"cslg", b"stss", b"stsc", b"stsz", b"stz2", b"stco", b"co64"),
        *(b"sgpd", b"sbgp", b"sdtp"),
    ),
}
#: Bytes of a header of movie, track and media; its times may take 12 more (sections 8.2.2, 8.3.2 and 8.4.2).
_HEADERS = {b"mvhd": 100, b"tkhd": 84, b"mdhd": 24}
#: Bytes of a row of a table that begins with their number (sections 8.6.1, 8.6.2 and 8.6.6).
_ROWS = {b"stts": 8, b"ctts": 8, b"stss": 4, b"elst": 12}
#: What describes AAC in its sample entry; also there tools put names, and shops who bought it (`pinf`).
_DESCRIBED = (b"esds", b"wave", b"chan", b"chnl", b"srat", b"btrt", b"dmix", b"udc2")
#: Bytes of a sample entry in front of its boxes: those of MP4, and of versions 1 and 2 of QuickTime.
_ENTRY_HEADERS = (36, 52, 72)
#: Names of handlers that tools write by themselves; others are file names, or what somebody typed.
_HANDLERS = (
    *(b"SoundHandler", b"DataHandler", b"Core Media Audio", b"Core Media Data Handler", b"Apple Sound Media Handler"),
    *(b"Apple Alias Data Handler", b"ISO Media file produced by Google Inc.", b"GPAC ISO Audio Handler"),
)
_SPACERS = (b"free", b"skip", b"wide")
#: What an M4A says that it is: of a fragmented one's brands some say that it is fragmented.
_BRAND = render_box(b"ftyp", b"M4A \0\0\2\0M4A isomiso2")
_HDLR_OF_TAGS = bytes(8) + b"mdirappl" + bytes(9)
#: The audio of a file lies in one piece, or between what other tracks say at each chapter.
_MOST_PIECES = 10_000
#: Offsets have 32 bits as long as the index may still grow by so many bytes.
_LARGEST_SHORT = (1 << 32) - (64 << 20)

Piece = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Index:
    """The bytes in front of the audio of a published M4A, without tags, and the pieces of the source behind it.

    A piece is its first byte and its length.
    """

    front: bytes
    pieces: tuple[Piece, ...]


def load_pieces(load: LoadRange, boxes: tuple[Box, ...], size: int) -> tuple[Piece, ...]:
    """Return where the audio lies in a file of these boxes, in order. Raises AudioError where no index says it."""
    _, chunks = _load_track(load, boxes)
    return _pieces(chunks, boxes, size)


def load_index(load: LoadRange, size: int, *, kept_tags: Callable[[bytes], bytes]) -> Index:
    """Return the index of a source, and the pieces of it that it names. Raises AudioError.

    kept_tags returns what stays of the content of an `ilst`.
    """
    boxes = tuple(load_boxes(load, size))
    track, chunks = _load_track(load, boxes)
    pieces = _pieces(chunks, boxes, size)
    starts = [begin for begin, _ in pieces]
    places = [0, *accumulate(length for _, length in pieces)]

    def place(offset: int) -> int:
        index = bisect_right(starts, offset) - 1
        return places[index] + offset - starts[index]

    front = _render_front(load, boxes, track, chunks, place=place, length=places[-1], kept_tags=kept_tags)
    return Index(front, pieces)


def rebuild_index(front: bytes, *, kept_tags: Callable[[bytes], bytes]) -> bytes:
    """Return the same of what stands before the audio of a published file. Raises AudioError."""

    def load(start: int, count: int) -> bytes:
        return front[start : start + count]

    boxes = tuple(load_boxes(load, len(front)))
    track, chunks = _load_track(load, boxes)
    length = boxes[-1].end - len(front)
    return _render_front(
        load, boxes, track, chunks, place=lambda at: at - len(front), length=length, kept_tags=kept_tags
    )


# The track and its chunks


@dataclass(frozen=True, slots=True)
class _Track:
    """The content of moov and of its audio track; the samples of a fragmented file."""

    moov: bytes
    trak: Box
    has_long_offsets: bool
    fragments: Fragments | None


def _load_track(load: LoadRange, boxes: tuple[Box, ...]) -> tuple[_Track, list[Piece]]:
    """Return the audio track and its chunks, each its first byte and its length, in the track's order."""
    index = next((box for box in boxes if box.name == b"moov"), None)
    if index is None:
        raise AudioError("has no index (moov); export it again")
    moov = load(index.begin, index.end - index.begin)
    audio = [box for box in boxes_in(moov) if box.name == b"trak" and _handler(moov[box.begin : box.end]) == b"soun"]
    if len(audio) != 1:
        raise AudioError(f"holds {len(audio)} audio tracks; export it with one")
    trak = moov[audio[0].begin : audio[0].end]
    stbl = descend(trak, b"mdia", b"minf", b"stbl")
    try:
        chunks = list(_chunks(stbl))
        fragments = None
        if any(box.name == b"moof" for box in boxes):
            if chunks:
                raise AudioError(f"has audio both in its index and in fragments; {REWRITE}")
            fragments = load_fragments(load, boxes, moov=moov, trak=trak)
            chunks = list(fragments.chunks)
    except (struct.error, ArithmeticError, LookupError, StopIteration) as error:
        raise AudioError("has an index that does not fit its audio; export it again") from error
    return _Track(moov, audio[0], bool(descend(stbl, b"co64")), fragments), chunks


def _handler(trak: bytes) -> bytes:
    return descend(trak, b"mdia", b"hdlr")[8:12]


def _chunks(stbl: bytes) -> Iterator[Piece]:
    """Yield each chunk: its first byte and its length (sections 8.7.3 to 8.7.5)."""
    offsets = _offsets(stbl)
    runs = _table(descend(stbl, b"stsc"), ">3I")
    length_of = _lengths(stbl)
    sample = 0
    run, samples = -1, 0
    for number, offset in enumerate(offsets, 1):
        while run + 1 < len(runs) and runs[run + 1][0] <= number:
            run += 1
            samples = runs[run][1]
        yield offset, length_of(sample, samples)
        sample += samples


def _offsets(stbl: bytes) -> list[int]:
    short = descend(stbl, b"stco")
    rows = _table(short, ">I") if short else _table(descend(stbl, b"co64"), ">Q")
    return [offset for (offset,) in rows]


def _table(content: bytes, row: str) -> list[tuple[int, ...]]:
    """Return the rows of a box that counts them behind its version and flags."""
    if not content:
        return []
    (count,) = struct.unpack_from(">I", content, 4)
    size = struct.calcsize(row)
    if 8 + count * size > len(content):
        raise IndexError
    return list(struct.iter_unpack(row, content[8 : 8 + count * size]))


def _lengths(stbl: bytes) -> Callable[[int, int], int]:
    """Return a function that gives the bytes of so many samples from one on; the last chunk may promise too many."""
    content = descend(stbl, b"stsz")
    if content:
        size, count = struct.unpack_from(">2I", content, 4)
        if size:
            return lambda first, samples: size * max(0, min(samples, count - first))
        sizes: Iterable[int] = struct.unpack_from(f">{count}I", content, 12)
    elif content := descend(stbl, b"stz2"):
        bits, (count,) = content[7], struct.unpack_from(">I", content, 8)
        if bits not in (8, 16):
            raise IndexError
        sizes = struct.unpack_from(f">{count}{'B' if bits == 8 else 'H'}", content, 12)
    else:
        raise IndexError
    ends = [0, *accumulate(sizes)]
    return lambda first, samples: ends[min(first + samples, count)] - ends[min(first, count)]


def _pieces(chunks: Iterable[Piece], boxes: tuple[Box, ...], size: int) -> tuple[Piece, ...]:
    """Return chunks in the order of the file, those that touch as one. Raises AudioError."""
    pieces: list[Piece] = []
    end = -1
    for begin, length in sorted(chunk for chunk in chunks if chunk[1]):
        if begin < end:
            raise AudioError(f"names the same audio twice at byte {begin}; export it again")
        if begin == end:
            pieces[-1] = (pieces[-1][0], pieces[-1][1] + length)
        else:
            pieces.append((begin, length))
        end = begin + length
    if not pieces:
        raise AudioError("holds no audio; export it again")
    if end > size:
        raise AudioError(f"is cut short at byte {size} of {end}; copy or export it again")
    if len(pieces) > _MOST_PIECES:
        raise AudioError(f"has audio in more than {_MOST_PIECES:,} pieces; export it again")
    _check_media(pieces, [box for box in boxes if box.name == b"mdat"])
    return tuple(pieces)


def _check_media(pieces: list[Piece], media: list[Box]) -> None:
    """Raise AudioError where audio lies outside of the media data (section 8.1.1).

    Players read a box as what its name says, so that some take audio in another one for a part of the index.
    """
    starts = [box.begin for box in media]
    for begin, length in pieces:
        index = bisect_right(starts, begin) - 1
        if index < 0 or begin + length > media[index].end:
            raise AudioError(f"has audio outside of its media data (mdat) at byte {begin}; export it again")


# The published index


def _render_front(
    load: LoadRange,
    boxes: tuple[Box, ...],
    track: _Track,
    chunks: list[Piece],
    *,
    place: Callable[[int], int],
    length: int,
    kept_tags: Callable[[bytes], bytes],
) -> bytes:
    """Return brand, index and the header of the media data. place tells where a byte comes to lie in these."""
    before = boxes[: next(i for i, box in enumerate(boxes) if box.name in (b"mdat", b"moof"))]
    index = next((box for box in before if box.name == b"moov"), None)
    spacers = [box for box in before if box.name in _SPACERS and box.begin == box.end]
    brand = [load(box.start, box.end - box.start) for box in before if box.name == b"ftyp"]
    long = any(box.begin - box.start > 8 for box in boxes if box.name == b"mdat") or length > _LARGEST_SHORT
    header = render_header(b"mdat", length, long=long)

    first = [load(box.start, 8) for box in spacers if index is None or box.start < index.start]
    rest = [load(box.start, 8) for box in spacers if index and box.start > index.start]
    places = [place(begin) for begin, _ in chunks]
    if min(places) < 0:
        raise AudioError("has an index that does not fit its audio; export it again")
    table = b"co64" if track.has_long_offsets or max(places) > _LARGEST_SHORT else b"stco"

    def render(offsets: list[int]) -> bytes:
        row = "Q" if table == b"co64" else "I"
        content = struct.pack(f">4xI{len(offsets)}{row}", len(offsets), *offsets)
        moov = render_box(b"moov", *_clean_moov(track, (table, content), kept_tags=kept_tags))
        return b"".join((*([_BRAND] if track.fragments else brand), *first, moov, *rest, header))

    base = len(render(places))
    return render([base + at for at in places])


def _clean_moov(track: _Track, offsets: tuple[bytes, bytes], *, kept_tags: Callable[[bytes], bytes]) -> Iterator[bytes]:
    """Yield the content of the published moov. offsets: name and content of their table."""
    replaced = dict.fromkeys((b"stco", b"co64"), offsets)
    if track.fragments:
        replaced |= {name: (name, content) for name, content in track.fragments.tables.items()}
    tags = b""
    for box in boxes_in(track.moov):
        content = track.moov[box.begin : box.end]
        if box.name == b"udta":
            tags = tags or kept_tags(_tag_list(content))
        elif box.name == b"mvhd" or box == track.trak:
            _, content = replaced.get(box.name, (box.name, content))
            yield render_box(box.name, _clean(box.name, content, replaced))
    yield render_box(
        b"udta", render_box(b"meta", bytes(4), render_box(b"hdlr", _HDLR_OF_TAGS), render_box(b"ilst", tags))
    )


def _tag_list(udta: bytes) -> bytes:
    """Return the content of iTunes' tags, b"" where there are none that can be read."""
    try:
        return descend(descend(udta, b"meta")[4:], b"ilst")
    except AudioError:
        return b""


def _clean(name: bytes, content: bytes, replaced: Mapping[bytes, tuple[bytes, bytes]]) -> bytes:
    """Return the content of a box without what does not belong to playing."""
    if names := _KEPT.get(name):
        parts = []
        for box in boxes_in(content):
            inside = content[box.begin : box.end]
            kind = b"trak/udta" if name == b"trak" and box.name == b"udta" else box.name
            if box.name not in names:
                continue
            if box.name in replaced:
                _check_length(*replaced[box.name])
                parts.append(render_box(*replaced[box.name]))
            elif cleaned := _clean(kind, inside, replaced):
                parts.append(render_box(box.name, cleaned))
        return b"".join(parts)
    _check_length(name, content)
    if name in _HEADERS:
        times = 16 if content[:1] == b"\1" else 8
        return content[:4] + bytes(times) + content[4 + times :]
    if name == b"hdlr":
        return content[:24].ljust(24, b"\0") + (content[24:] if _handler_name(content) in _HANDLERS else b"\0")
    if name == b"dref":
        return content[:8] + b"".join(_self_references(content))
    if name == b"stsd":
        return content[:8] + b"".join(
            render_box(box.name, _clean_entry(content[box.begin : box.end])) for box in boxes_in(content, 8)
        )
    return content


def _check_length(name: bytes, content: bytes) -> None:
    """Raise AudioError where a header or a table is shorter than it says.

    A player would read on in the box behind, which is another one in what is published.
    """
    wide, least = content[:1] == b"\1", 0
    if name in _HEADERS:
        least = _HEADERS[name] + (12 if wide else 0)
    elif name in _ROWS:
        least = 8 + int.from_bytes(content[4:8], "big") * (20 if wide and name == b"elst" else _ROWS[name])
    if len(content) < least:
        raise AudioError(f"has an index whose {name.decode()} is cut off; {REWRITE}")


def _handler_name(content: bytes) -> bytes:
    """Return a handler's name, in the form of C or of Pascal."""
    name = content[24:].rstrip(b"\0")
    return name[1:] if name and name[0] == len(name) - 1 else name


def _self_references(content: bytes) -> Iterator[bytes]:
    """Yield references to the file itself (section 8.7.2); QuickTime's say the name of the disk, too."""
    for box in boxes_in(content, 8):
        flags = int.from_bytes(content[box.begin + 1 : box.begin + 4], "big")
        if not flags & 1:
            raise AudioError("names another file for its audio; export it as one file")
        whole = box.end - box.begin == 4
        yield content[box.start : box.end] if whole else render_box(b"url ", b"\0\0\0\1")


def _clean_entry(entry: bytes) -> bytes:
    """Return the content of a sample entry; as it is where its boxes are not found."""
    for header in _ENTRY_HEADERS:
        at = header - 8
        try:
            boxes = tuple(boxes_in(entry, at))
        except AudioError:
            continue
        if boxes and boxes[-1].end == len(entry) and all(box.name.strip(b"\0").isalnum() for box in boxes):
            return entry[:at] + b"".join(entry[box.start : box.end] for box in boxes if box.name in _DESCRIBED)
    return entry
