"""Boxes of an MP4 (ISO/IEC 14496-12 section 4.2): walked in a file or in bytes, and written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from podwright.core.errors import AudioError
from podwright.media.audio.types import LoadRange

#: Top-level boxes; a fragmented file has two for each second or so.
_MOST_BOXES = 200_000
#: Boxes inside another one; lists of tags have some hundreds.
_MOST_INSIDE = 10_000
#: Bytes of the index, which is read whole: a day of audio has 16 MB of it, and a cover may be inside.
_LARGEST_INDEX = 32 << 20
#: What to do about a file whose audio is whole and whose boxes are unusual.
REWRITE = "write it anew: `ffmpeg -i IN -c copy -movflags +faststart OUT.m4a`"
_HEADER, _LONG_HEADER = 8, 16


@dataclass(frozen=True, slots=True)
class Box:
    """A box: where it starts, and where its content begins and ends."""

    name: bytes
    start: int
    begin: int
    end: int


def load_boxes(load: LoadRange, size: int) -> Iterator[Box]:
    """Yield the top-level boxes; the last one's end may lie behind the file's. Raises AudioError."""
    at = count = 0
    while at + _HEADER <= size:
        count += 1
        if count > _MOST_BOXES:
            raise AudioError(f"has more than {_MOST_BOXES:,} boxes; export it again")
        box = _parse(load(at, min(_LONG_HEADER, size - at)), at, size)
        if box.name == b"moov" and box.end - box.start > _LARGEST_INDEX:
            raise AudioError(f"has an index (moov) of more than {_LARGEST_INDEX >> 20} MB; export it again")
        yield box
        at = box.end


def boxes_in(data: bytes, begin: int = 0) -> Iterator[Box]:
    """Yield the boxes that data holds from a place on, up to fewer bytes than a box has. Raises AudioError."""
    count = 0
    while begin + _HEADER <= len(data):
        count += 1
        if count > _MOST_INSIDE:
            raise AudioError(f"has more than {_MOST_INSIDE:,} boxes in one; export it again")
        box = _parse(data[begin : begin + _LONG_HEADER], begin, len(data))
        if box.end > len(data):
            raise AudioError(f"has a box of impossible size in its index ({printable(box.name)}); export it again")
        yield box
        begin = box.end


def descend(data: bytes, *names: bytes) -> bytes:
    """Return the content of the first box at a path, b"" where there is none. Raises AudioError."""
    for name in names:
        data = next((data[box.begin : box.end] for box in boxes_in(data) if box.name == name), b"")
    return data


def _parse(header: bytes, at: int, size: int) -> Box:
    length, inside = int.from_bytes(header[:4], "big"), _HEADER
    if length == 1:
        length, inside = int.from_bytes(header[8:16], "big"), _LONG_HEADER
    elif length == 0:
        length = size - at
    if length < inside:
        raise AudioError(f"has a box of impossible size at byte {at}; export it again")
    return Box(header[4:8], at, at + inside, at + length)


def render_box(name: bytes, *content: bytes) -> bytes:
    """Return a box with this content."""
    return (_HEADER + sum(map(len, content))).to_bytes(4, "big") + name + b"".join(content)


def render_header(name: bytes, length: int, *, long: bool) -> bytes:
    """Return the header of a box whose content has so many bytes; long: with a size of 64 bits."""
    if long:
        return b"\0\0\0\1" + name + (_LONG_HEADER + length).to_bytes(8, "big")
    return (_HEADER + length).to_bytes(4, "big") + name


def printable(name: bytes) -> str:
    """Return a box's name as a message says it."""
    return name.decode("mac-roman") if name.isascii() and name.isalnum() else name.hex()
