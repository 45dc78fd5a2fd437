"""The small frames of a source's own ID3 tag, cut out of it before mutagen reads them.

mutagen inflates every compressed frame without a limit, and takes time that grows with the square of the number of
frames; a source may come from anybody. Here a tag is gone along once, frame by frame, and nothing is inflated.

Tags: https://id3.org/id3v2.4.0-structure, https://id3.org/id3v2.3.0, https://id3.org/id3v2-00.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import islice

_HEADER = 10
_UNSYNCHRONISED, _EXTENDED = 0x80, 0x40
#: Frame flags of what is not plain: compressed, encrypted (section 4.1.2 of 2.4, 3.3.1 of 2.3).
_PACKED = {3: 0x00C0, 4: 0x000C}
#: What is kept is a line of text each, and stands among so many frames; hundreds of chapters are frames too.
_LONGEST, _MOST = 4096, 10_000
_NAME = re.compile(rb"[A-Z][A-Z0-9]{2}[A-Z0-9 ]")
#: What frames of 2.2 are called.
_SHORT_NAMES = {b"TSS": b"TSSE", b"TEN": b"TENC", b"TRC": b"TSRC", b"TXX": b"TXXX", b"COM": b"COMM"}


def cut_tag(source: bytes, names: Collection[str]) -> bytes:
    """Return a tag of nothing but the plain frames of these names that `source` begins with, as they stand there.

    Frames of more than 4 KiB are left out, and so are all after the 10,000th. "" where source begins with no tag.
    """
    if len(source) < _HEADER or not source.startswith(b"ID3") or source[3] not in (2, 3, 4):
        return b""
    version, flags = source[3], source[5]
    data = source[_HEADER : _HEADER + _number(source[6:10], bits=7)]
    if flags & _EXTENDED and version != 2:
        length = _number(data[:4], bits=7 if version == 4 else 8)
        data = data[length if version == 4 else length + 4 :]
    if flags & _UNSYNCHRONISED and version != 4:
        data, flags = data.replace(b"\xff\x00", b"\xff"), 0
    wanted = {name.encode() for name in names}
    body = b"".join(
        name + _size(len(content), version) + frame_flags + content
        for name, frame_flags, content in islice(_frames(data, version), _MOST)
        if name in wanted and content
    )
    # Frames of 2.2 are the same in 2.3, but for their headers.
    return b"ID3" + bytes((max(version, 3), 0, flags & _UNSYNCHRONISED)) + _size(len(body), 4) + body


def _frames(data: bytes, version: int) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield name, flags and content of all frames up to the first place without one; b"" for what is not kept."""
    header, at = (6, 0) if version == 2 else (10, 0)
    while at + header <= len(data) and data[at]:
        name, flags = data[at : at + 4], data[at + 8 : at + 10]
        if version == 2:
            name, flags = _SHORT_NAMES.get(data[at : at + 3], data[at : at + 3]), b"\0\0"
        size = _frame_size(data, at, version)
        packed = int.from_bytes(flags, "big") & _PACKED.get(version, 0)
        yield name, flags, b"" if packed or size > _LONGEST else data[at + header : at + header + size]
        at += header + size


def _frame_size(data: bytes, at: int, version: int) -> int:
    """Return the bytes of a frame; iTunes wrote tags of 2.4 with sizes of 2.3, so that what follows has to tell."""
    if version == 2:
        return _number(data[at + 3 : at + 6], bits=8)
    field = data[at + 4 : at + 8]
    plain = _number(field, bits=8)
    if version == 3:
        return plain
    padded = _number(field, bits=7)
    follows = [size for size in (padded, plain) if _may_begin(data, at + _HEADER + size)]
    return follows[0] if follows and max(field) < 0x80 else plain if plain in follows else padded


def _may_begin(data: bytes, at: int) -> bool:
    """Return whether a frame, padding or the end may be at a place."""
    return (at <= len(data) and not any(data[at : at + _HEADER])) or _NAME.match(data, at) is not None


def _number(data: bytes, *, bits: int) -> int:
    """Return a number of which each byte holds so many bits."""
    return sum((byte & ((1 << bits) - 1)) << bits * place for place, byte in enumerate(reversed(data)))


def _size(number: int, version: int) -> bytes:
    bits = 7 if version == 4 else 8
    return bytes(number >> bits * place & ((1 << bits) - 1) for place in (3, 2, 1, 0))
