"""A source's own ID3 tag: its small frames, cut out of it before mutagen reads them, and the kinds of the others.

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
_SHORT_NAMES |= {b"TT2": b"TIT2", b"TP1": b"TPE1", b"TP2": b"TPE2", b"TAL": b"TALB", b"TCO": b"TCON", b"TRK": b"TRCK"}
_SHORT_NAMES |= {b"TPA": b"TPOS", b"TYE": b"TYER", b"TLA": b"TLAN", b"TCR": b"TCOP", b"TLE": b"TLEN", b"TCP": b"TCMP"}
_SHORT_NAMES |= {b"ULT": b"USLT", b"PIC": b"APIC", b"GEO": b"GEOB", b"UFI": b"UFID", b"POP": b"POPM", b"CNT": b"PCNT"}


#: What frames say that are neither kept nor replaced, by their names; other texts and links begin with a letter each.
_KINDS = {
    "comments": (b"COMM",),
    "lyrics": (b"USLT", b"SYLT"),
    "pictures": (b"APIC",),
    "attached files": (b"GEOB",),
    "private data": (b"PRIV", b"UFID", b"MCDI", b"OWNE", b"COMR", b"USER"),
    "ratings": (b"POPM", b"PCNT"),
}
_KIND_OF = {name: kind for kind, names in _KINDS.items() for name in names}
#: Texts that the workspace says, or that only describe the file.
_REPLACED = (
    b"TIT2 TPE1 TPE2 TALB TCON TRCK TPOS TDRC TDRL TDEN TDTG TYER TDAT TIME TLAN TCOP TENC TSSE TSRC TLEN TMED TFLT "
    b"TDLY TSIZ TGID TDES TCAT TKWD TORY TDOR TCMP TSOP TSOA TSOT TSO2"
).split()
#: What numbers are about that are kept, or that only say how loud a recording is.
_NUMBERS = (b"replaygain_", b"itun")
_REPLACED_LINKS = (b"WFED", b"WOAF")


def tag_kinds(source: bytes) -> tuple[set[str], int]:
    """Return what the tag that `source` begins with says and is neither kept nor replaced, and its chapters."""
    version, data, _ = _content(source)
    kinds, chapters = set(), 0
    for name, _, content in islice(_frames(data, version), _MOST):
        if name == b"CHAP":
            chapters += 1
        elif name == b"TXXX" or name in _KIND_OF:
            # Behind the encoding, and the language of a comment, comes what it is about, in any encoding.
            about = content[4 if name == b"COMM" else 1 :].replace(b"\0", b"").lstrip(b"\xff\xfe").lower()
            if not about.startswith(_NUMBERS):
                kinds.add(_KIND_OF.get(name, "other texts"))
        elif name[:1] == b"T" and name not in _REPLACED:
            kinds.add("other texts")
        elif name[:1] == b"W" and name not in _REPLACED_LINKS:
            kinds.add("links")
    return kinds, chapters


def cut_tag(source: bytes, names: Collection[str]) -> bytes:
    """Return a tag of nothing but the plain frames of these names that `source` begins with, as they stand there.

    Frames of more than 4 KiB are left out, and so are all after the 10,000th. "" where source begins with no tag.
    """
    version, data, flags = _content(source)
    if not version:
        return b""
    wanted = {name.encode() for name in names}
    body = b"".join(
        name + _size(len(content), version) + frame_flags + content
        for name, frame_flags, content in islice(_frames(data, version), _MOST)
        if name in wanted and content
    )
    # Frames of 2.2 are the same in 2.3, but for their headers.
    return b"ID3" + bytes((max(version, 3), 0, flags & _UNSYNCHRONISED)) + _size(len(body), 4) + body


def _content(source: bytes) -> tuple[int, bytes, int]:
    """Return version, frames and flags of the tag that `source` begins with; version 0 where it begins with none."""
    if len(source) < _HEADER or not source.startswith(b"ID3") or source[3] not in (2, 3, 4):
        return 0, b"", 0
    version, flags = source[3], source[5]
    data = source[_HEADER : _HEADER + _number(source[6:10], bits=7)]
    if flags & _EXTENDED and version != 2:
        length = _number(data[:4], bits=7 if version == 4 else 8)
        data = data[length if version == 4 else length + 4 :]
    if flags & _UNSYNCHRONISED and version != 4:
        data, flags = data.replace(b"\xff\x00", b"\xff"), 0
    return version, data, flags


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
