"""A picture without what its file says beside its pixels, as ranges of the same file.

No pixel is encoded again. What stays is what showing the picture takes: its size, colours, transparency and movement,
and how it is turned. A file of nothing else stays byte for byte.

JPEG: ITU-T T.81 section B.1, https://www.w3.org/Graphics/JPEG/jfif3.pdf. PNG: https://www.w3.org/TR/png-3/#5Chunk-layout.
WebP: https://developers.google.com/speed/webp/docs/riff_container. GIF: https://www.w3.org/Graphics/GIF/spec-gif89a.txt.
Exif: CIPA DC-008 (Exif 2.32) section 4.6.
"""

from __future__ import annotations

import re
import struct
import warnings
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from PIL import ExifTags, Image

from podwright.core.errors import FormatError

#: What Pillow raises at Exif that is damaged.
_MALFORMED = (Warning, OSError, SyntaxError, ValueError, EOFError, TypeError, LookupError, struct.error)


#: Parts of a file; a moving picture has two or three for each frame.
_MOST_PARTS = 100_000


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a picture's file. left_out names what it says, if it is not published; instead is what stands there."""

    begin: int
    end: int
    left_out: tuple[str, ...] = ()
    instead: bytes = b""


#: What is published: a range of the file, as its first byte and its length, or other bytes.
Piece = tuple[int, int] | bytes


def published_pieces(data: bytes, media_type: str) -> tuple[tuple[Piece, ...], tuple[str, ...]]:
    """Return a picture's file without what it says beside its pixels, and the kinds of what is left out, in order.

    Raises FormatError where it has more parts than any picture.
    """
    pieces: list[Piece] = []
    kinds: set[str] = set()
    for count, part in enumerate(_FORMATS[media_type](data)):
        if count > _MOST_PARTS:
            raise FormatError(f"has more than {_MOST_PARTS:,} parts; save it again")
        if part.begin == part.end:
            continue
        kinds.update(part.left_out)
        if not part.left_out:
            last = pieces[-1] if pieces else b""
            if isinstance(last, tuple) and sum(last) == part.begin:
                pieces[-1] = (last[0], part.end - last[0])
            else:
                pieces.append((part.begin, part.end - part.begin))
        elif part.instead:
            pieces.append(part.instead)
    return tuple(pieces), tuple(kind for kind in _ORDER if kind in kinds)


def join_pieces(data: bytes, pieces: Iterable[Piece]) -> bytes:
    """Return the bytes of pieces of a picture's file."""
    return b"".join(piece if isinstance(piece, bytes) else data[piece[0] : sum(piece)] for piece in pieces)


POSITION, OWNER, COMMENTS, CAMERA, PREVIEW = "its position", "its owner", "comments", "camera data", "a preview"
XMP, IPTC, CREDENTIALS, FURTHER = "XMP", "IPTC", "content credentials", "further pictures"
OTHER, BEHIND = "other data", "data behind the picture"
_ORDER = (POSITION, OWNER, COMMENTS, CAMERA, XMP, IPTC, CREDENTIALS, PREVIEW, FURTHER, OTHER, BEHIND)
#: Left out as well, and said already by what goes with it: the part is only written anew.
_UNSAID = ("",)


# Exif

_ORIENTATION = ExifTags.Base.Orientation
_OWNERS = {
    *(ExifTags.Base.Artist, ExifTags.Base.Copyright, ExifTags.Base.XPAuthor, ExifTags.Base.CameraOwnerName),
    *(ExifTags.Base.BodySerialNumber, ExifTags.Base.LensSerialNumber),
}
_COMMENTS = {
    *(ExifTags.Base.ImageDescription, ExifTags.Base.UserComment, ExifTags.Base.DocumentName, ExifTags.Base.XPTitle),
    *(ExifTags.Base.XPComment, ExifTags.Base.XPKeywords, ExifTags.Base.XPSubject),
}
#: What says how pixels are shown, and where the tables of tags are.
_HARMLESS = {
    *(_ORIENTATION, ExifTags.Base.XResolution, ExifTags.Base.YResolution, ExifTags.Base.ResolutionUnit),
    *(ExifTags.Base.ImageWidth, ExifTags.Base.ImageLength, ExifTags.Base.BitsPerSample),
    *(ExifTags.Base.SamplesPerPixel, ExifTags.Base.PhotometricInterpretation, ExifTags.Base.YCbCrPositioning),
    *(ExifTags.Base.YCbCrSubSampling, ExifTags.Base.YCbCrCoefficients, ExifTags.Base.ReferenceBlackWhite),
    *(ExifTags.Base.ExifOffset, ExifTags.Base.ExifVersion, ExifTags.Base.ComponentsConfiguration),
    *(ExifTags.Base.FlashPixVersion, ExifTags.Base.ColorSpace, ExifTags.Base.ExifImageWidth),
    *(ExifTags.Base.ExifImageHeight, ExifTags.Base.Gamma),
}
#: Bytes of Exif of harmless tags alone; in more of them something else lies between.
_SMALL = 1024
_EXIF = b"Exif\0\0"


def _exif_kinds(tiff: bytes) -> tuple[tuple[str, ...], int]:
    """Return what Exif says beside how the picture is shown, and how it is turned (1: as it is stored)."""
    exif = Image.Exif()
    try:
        with warnings.catch_warnings():
            # Pillow warns where it stops reading, behind which anything may stand.
            warnings.simplefilter("error")
            exif.load(_EXIF + tiff)
        tags = {*exif, *exif.get_ifd(ExifTags.IFD.Exif)}
        kinds = {
            POSITION: bool(exif.get_ifd(ExifTags.IFD.GPSInfo)),
            OWNER: bool(tags & _OWNERS),
            COMMENTS: bool(tags & _COMMENTS),
            PREVIEW: bool(exif.get_ifd(ExifTags.IFD.IFD1)),
            CAMERA: bool(tags - _HARMLESS - _OWNERS - _COMMENTS - {ExifTags.Base.GPSInfo}),
        }
        turned = exif.get(_ORIENTATION, 1)
    except _MALFORMED:
        return (OTHER,), 1
    named = tuple(kind for kind, there in kinds.items() if there)
    if not named and len(tiff) > _SMALL:
        named = (OTHER,)
    return named, turned if isinstance(turned, int) and turned in range(1, 9) else 1


def _orientation_alone(turned: int) -> bytes:
    """Return Exif of nothing but the orientation; b"" where the picture is shown as it is stored."""
    if turned == 1:
        return b""
    short = 3
    return struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION, short, 1, turned, 0, 0)


# JPEG

_START, _END, _SCAN, _COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
#: Markers without content (T.81 section B.1.1.3), and the end of a scan's data.
_BARE = (0x00, 0x01, *range(0xD0, 0xD9))
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
#: By marker, what may stand in it and stays.
_JPEG_KEPT = {0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_JPEG_KINDS: Mapping[int, tuple[tuple[bytes, str], ...]] = MappingProxyType(
    {
        0xE0: ((b"JFXX\0", PREVIEW),),
        0xE1: ((b"http://ns.adobe.com/x", XMP),),
        0xE2: ((b"MPF\0", FURTHER),),
        0xEB: ((b"JP", CREDENTIALS),),
        0xED: ((b"", IPTC),),
        _COMMENT: ((b"", COMMENTS),),
    }
)
_JFIF, _JFIF_LENGTH = b"JFIF\0", 14


def _jpeg_parts(data: bytes) -> Iterator[Part]:
    at = 0
    while at < len(data):
        mark = data.find(b"\xff", at)
        while 0 <= mark < len(data) - 1 and data[mark + 1] == 0xFF:
            mark += 1
        if mark < 0 or mark + 1 >= len(data):
            break
        # Bytes that readers pass over.
        yield Part(at, mark, (OTHER,) if data[at:mark].strip(b"\xff") else _UNSAID)
        code = data[mark + 1]
        if code == _END:
            yield Part(mark, mark + 2)
            yield _behind(data, mark + 2)
            return
        length = 0 if code in _BARE else int.from_bytes(data[mark + 2 : mark + 4], "big")
        end = min(mark + 2 + length, len(data))
        content = data[mark + 4 : end]
        if code == _SCAN:
            following = _AFTER_SCAN.search(data, end)
            end = following.start() if following else len(data)
        yield _jpeg_part(mark, end, code, content)
        at = end


def _behind(data: bytes, at: int) -> Part:
    return Part(at, len(data), (FURTHER if data.startswith(b"\xff\xd8", at) else BEHIND,))


def _jpeg_part(begin: int, end: int, code: int, content: bytes) -> Part:
    is_said = 0xE0 <= code <= 0xEF or code == _COMMENT
    if not is_said or (code in _JPEG_KEPT and content.startswith(_JPEG_KEPT[code])):
        return Part(begin, end)
    if code == 0xE0 and content.startswith(_JFIF):
        # Its last two bytes are the size of a small picture that would follow.
        alone = content[: _JFIF_LENGTH - 2] + bytes(2)
        return Part(begin, end) if content == alone else Part(begin, end, (PREVIEW,), _segment(code, alone))
    if code == 0xE1 and content.startswith(_EXIF):
        kinds, turned = _exif_kinds(content[len(_EXIF) :])
        alone = _orientation_alone(turned)
        return Part(begin, end, kinds, _segment(code, _EXIF + alone) if alone else b"")
    for start, kind in _JPEG_KINDS.get(code, ()):
        if content.startswith(start):
            return Part(begin, end, (kind,))
    return Part(begin, end, (OTHER,))


def _segment(code: int, content: bytes) -> bytes:
    return bytes((0xFF, code)) + (len(content) + 2).to_bytes(2, "big") + content


# PNG

_PNG_SIGNATURE = 8
#: What a picture is shown by. iDOT tells Apple's readers where the second half of the pixels begins.
_PNG_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV mDCv cLLI cLLi bKGD hIST pHYs sPLT acTL fcTL "
    b"fdAT iDOT".split()
)
_PNG_KINDS = {
    b"tEXt": COMMENTS,
    b"zTXt": COMMENTS,
    b"iTXt": COMMENTS,
    b"tIME": CAMERA,
    b"caBX": CREDENTIALS,
}


def _png_parts(data: bytes) -> Iterator[Part]:
    yield Part(0, _PNG_SIGNATURE)
    at = _PNG_SIGNATURE
    while at + 12 <= len(data):
        name, end = data[at + 4 : at + 8], min(at + 12 + int.from_bytes(data[at : at + 4], "big"), len(data))
        content = data[at + 8 : end - 4]
        if name in _PNG_KEPT:
            yield Part(at, end)
        elif name == b"eXIf":
            kinds, turned = _exif_kinds(content)
            alone = _orientation_alone(turned)
            yield Part(at, end, kinds, _png_chunk(name, alone) if alone else b"")
        elif content.startswith(b"XML:com.adobe.xmp\0"):
            yield Part(at, end, (XMP,))
        else:
            yield Part(at, end, (_PNG_KINDS.get(name, OTHER),))
        at = end
        if name == b"IEND":
            break
    yield Part(at, len(data), (BEHIND,))


def _png_chunk(name: bytes, content: bytes) -> bytes:
    crc = zlib.crc32(name + content)
    return len(content).to_bytes(4, "big") + name + content + crc.to_bytes(4, "big")


# WebP

_RIFF = 12
_WEBP_KEPT = (b"VP8 ", b"VP8L", b"VP8X", b"ICCP", b"ANIM", b"ANMF", b"ALPH")
_WEBP_EXIF_FLAG, _WEBP_XMP_FLAG = 0x08, 0x04


def _webp_parts(data: bytes) -> Iterator[Part]:
    """Yield parts; sizes and flags in front follow what is behind them."""
    parts: list[Part] = []
    at, end = _RIFF, min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    while at + 8 <= end:
        name, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        behind = min(at + 8 + length + length % 2, end)
        content = data[at + 8 : min(at + 8 + length, end)]
        if name in _WEBP_KEPT:
            parts.append(Part(at, behind))
        elif name == b"EXIF":
            kinds, turned = _exif_kinds(content.removeprefix(_EXIF))
            alone = _orientation_alone(turned)
            parts.append(Part(at, behind, kinds, _webp_chunk(name, alone) if alone else b""))
        else:
            parts.append(Part(at, behind, (XMP if name == b"XMP " else OTHER,)))
        at = behind
    parts.append(Part(at, len(data), (BEHIND,)))
    changed = [part for part in parts if part.left_out and part.begin < part.end]
    if not changed:
        yield Part(0, len(data))
        return
    size = 4 + sum(len(part.instead) if part.left_out else part.end - part.begin for part in parts)
    yield Part(0, _RIFF, _UNSAID, data[:4] + size.to_bytes(4, "little") + data[8:_RIFF])
    has_exif = any(part.instead or not part.left_out for part in parts if data.startswith(b"EXIF", part.begin))
    for part in parts:
        if data.startswith(b"VP8X", part.begin):
            flags = data[part.begin + 8] & ~_WEBP_XMP_FLAG & (0xFF if has_exif else ~_WEBP_EXIF_FLAG)
            head = data[part.begin : part.begin + 8] + bytes((flags,))
            yield Part(part.begin, part.end, _UNSAID, head + data[part.begin + 9 : part.end])
        else:
            yield part


def _webp_chunk(name: bytes, content: bytes) -> bytes:
    return name + len(content).to_bytes(4, "little") + content + bytes(len(content) % 2)


# GIF

_GIF_HEADER = 13
_GIF_IMAGE, _GIF_EXTENSION, _GIF_END = 0x2C, 0x21, 0x3B
_GIF_COMMENT, _GIF_APPLICATION = 0xFE, 0xFF
#: Applications whose blocks say how often a film runs, and what its colours are.
_GIF_KEPT = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")


def _gif_parts(data: bytes) -> Iterator[Part]:
    at = _GIF_HEADER + _colours(data[10:11])
    yield Part(0, at)
    while at < len(data):
        begin, code = at, data[at]
        if code == _GIF_END:
            yield Part(at, at + 1)
            at += 1
            break
        if code == _GIF_IMAGE:
            at = _blocks_end(data, at + 11 + _colours(data[at + 9 : at + 10]))
            yield Part(begin, at)
        elif code == _GIF_EXTENSION:
            at = _blocks_end(data, at + 2)
            yield Part(begin, at, _gif_kinds(data[begin + 1 : begin + 2], data[begin + 3 : begin + 14]))
        else:
            # Nothing is known of what follows.
            yield Part(at, len(data))
            return
    yield Part(at, len(data), (BEHIND,))


def _gif_kinds(label: bytes, application: bytes) -> tuple[str, ...]:
    if label == bytes((_GIF_COMMENT,)):
        return (COMMENTS,)
    if label == bytes((_GIF_APPLICATION,)) and application not in _GIF_KEPT:
        return (XMP if application == b"XMP DataXMP" else OTHER,)
    return ()


def _colours(flags: bytes) -> int:
    """Return the bytes of a table of colours."""
    return 3 << (flags[0] & 7) + 1 if flags and flags[0] & 0x80 else 0


def _blocks_end(data: bytes, at: int) -> int:
    """Return the byte behind a chain of blocks."""
    while at < len(data) and data[at]:
        at += 1 + data[at]
    return min(at + 1, len(data))


_FORMATS: Mapping[str, Callable[[bytes], Iterator[Part]]] = MappingProxyType(
    {"image/jpeg": _jpeg_parts, "image/png": _png_parts, "image/webp": _webp_parts, "image/gif": _gif_parts}
)
