"""Files that are no recording that is published, called what they are, by their first bytes.

Producers do not see what lies behind a name: a sign-in page saved as `audio.mp3`, the pointer that a version control
keeps in place of a large file, a download that stopped. Each is named, with what to do about it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

#: So many first bytes tell what a file is.
HEAD = 1 << 13
#: So many frames in a row are not there by chance.
_EVIDENCE = 3

_CONVERT = "which is not published yet; convert it to MP3 or M4A"
_VIDEO = "video, which is not published; export its audio as MP3 or M4A"
_PLACE = "put the recording in its place"
_UNPACK = f"archive; unpack it, and {_PLACE}"
_MOVIE = "is a QuickTime movie without a type; write `ffmpeg -i IN -vn -c copy -movflags +faststart OUT.m4a`"
_AGAIN = "saved in place of a download; download the recording again"

#: First bytes: offset, bytes, and what to say. https://www.garykessler.net/library/file_sigs.html
_MAGIC = (
    (8, b"AVI ", f"is AVI {_VIDEO}"),
    (0, b"RIFF", f"is WAV audio, {_CONVERT}"),
    (0, b"RF64", f"is WAV audio, {_CONVERT}"),
    (0, b"BW64", f"is WAV audio, {_CONVERT}"),
    (0, b"riff\x2e\x91\xcf\x11", f"is Wave64 audio, {_CONVERT}"),
    (0, b"FORM", f"is AIFF audio, {_CONVERT}"),
    (0, b"fLaC", f"is FLAC audio, {_CONVERT}"),
    (28, b"OpusHead", f"is Ogg audio (Opus), {_CONVERT}"),
    (29, b"vorbis", f"is Ogg audio (Vorbis), {_CONVERT}"),
    (28, b"Speex ", f"is Ogg audio (Speex), {_CONVERT}"),
    (0, b"OggS", f"is Ogg audio, {_CONVERT}"),
    (0, b"caf", f"is CAF audio, {_CONVERT}"),
    (0, b"\x1a\x45\xdf\xa3", f"is Matroska or WebM audio, {_CONVERT}"),
    (0, b"\x30\x26\xb2\x75", f"is WMA audio or WMV video, {_CONVERT}"),
    (0, b"#!AMR", f"is AMR audio, {_CONVERT}"),
    (0, b".snd", f"is AU audio, {_CONVERT}"),
    (0, b"MAC ", f"is Monkey's Audio, {_CONVERT}"),
    (0, b"wvpk", f"is WavPack audio, {_CONVERT}"),
    (0, b"TTA1", f"is True Audio, {_CONVERT}"),
    (0, b"MPCK", f"is Musepack audio, {_CONVERT}"),
    (0, b"MP+", f"is Musepack audio, {_CONVERT}"),
    (0, b"DSD ", f"is DSD audio, {_CONVERT}"),
    (0, b"MThd", "is MIDI, which holds notes and no sound; export a recording"),
    (0, b"FLV\x01", f"is Flash {_VIDEO}"),
    (0, b"\x00\x00\x01\xba", f"is MPEG {_VIDEO}"),
    (0, b"\x00\x00\x01\xb3", f"is MPEG {_VIDEO}"),
    (4, b"moov", _MOVIE),
    (4, b"wide", _MOVIE),
    (4, b"mdat", _MOVIE),
    (4, b"moof", "is one part of a stream (a fragment of MP4); save the whole recording"),
    (4, b"styp", "is one part of a stream (a segment of MP4); save the whole recording"),
    (0, b"PK\x03\x04", f"is a ZIP {_UNPACK}"),
    (0, b"PK\x05\x06", f"is an empty ZIP {_UNPACK}"),
    (0, b"Rar!", f"is a RAR {_UNPACK}"),
    (0, b"7z\xbc\xaf", f"is a 7-Zip {_UNPACK}"),
    (0, b"\x1f\x8b", f"is compressed (gzip); unpack it, and {_PLACE}"),
    (0, b"BZh", f"is compressed (bzip2); unpack it, and {_PLACE}"),
    (0, b"\xfd7zXZ", f"is compressed (xz); unpack it, and {_PLACE}"),
    (0, b"%PDF", f"is a PDF; {_PLACE}"),
    (0, b"\xff\xd8\xff", f"is a JPEG picture; {_PLACE}"),
    (0, b"\x89PNG", f"is a PNG picture; {_PLACE}"),
    (0, b"GIF8", f"is a GIF picture; {_PLACE}"),
    (0, b"\x00\x05\x16\x07", f"is what macOS notes beside a file (AppleDouble, `._NAME`); {_PLACE}"),
    (0, b"\x00\x05\x16\x00", "is an AppleSingle file; put the recording itself in its place"),
    (0, b"bplist", "is a property list, as iCloud leaves in place of a file; have the drive download the recording"),
    (0, b"d8:announce", f"is a torrent; {_PLACE}"),
)  # fmt: skip

_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffe\uffff]")
#: Codecs of pictures (https://www.matroska.org/technical/codec_specs.html).
_MATROSKA_VIDEO = re.compile(rb"V_(?:VP|AV1|MPEG|MJPEG|MS/|THEORA|REAL|PRORES|UNCOMPRESSED)")


def describe_foreign(head: bytes) -> str | None:
    """Return what a file with these first bytes is, and what to do about it; None where it may be a recording."""
    if head.startswith(b"\x1a\x45\xdf\xa3") and _MATROSKA_VIDEO.search(head):
        return f"is Matroska or WebM {_VIDEO}"
    for offset, magic, message in _MAGIC:
        if head.startswith(magic, offset):
            return message
    if len(head) > 564 and all(head[at] == 0x47 for at in range(0, 565, 188)):
        return f"is MPEG {_VIDEO}"
    return _describe_frames(head) or _describe_text(head)


def _describe_frames(head: bytes) -> str | None:
    """Return what bytes are that begin with frames of other codecs than Layer III."""
    if _follow(head, _adts_length):
        return "is AAC without a container (ADTS); write `ffmpeg -i IN -c copy -movflags +faststart OUT.m4a`"
    if _follow(head, _layer_2_length):
        return f"is MP2 audio (MPEG Layer II), {_CONVERT}"
    if _follow(head, _layer_1_length):
        return f"is MP1 audio (MPEG Layer I), {_CONVERT}"
    if head.startswith(b"\x0b\x77"):
        return f"is AC-3 audio, {_CONVERT}"
    return None


def _follow(head: bytes, length_of: Callable[[bytes], int]) -> bool:
    """Return whether frames of a kind follow one another from the first byte on."""
    at = frames = 0
    while frames < _EVIDENCE and at + 7 <= len(head):
        length = length_of(head[at : at + 7])
        if not length:
            return False
        at, frames = at + length, frames + 1
    return frames == _EVIDENCE


def _adts_length(header: bytes) -> int:
    """Return the bytes of an AAC frame with this header, 0 where it is none (ISO/IEC 13818-7 section 6.2)."""
    if header[0] != 0xFF or header[1] & 0xF6 != 0xF0:
        return 0
    length = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    return length if length > 7 else 0


_LAYER_2 = (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384)
_LAYER_2_LOW = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_LAYER_1 = tuple(range(32, 449, 32))
_LAYER_1_LOW = (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256)
_RATES = (44_100, 48_000, 32_000)


def _mpeg(header: bytes, layer: int) -> tuple[bool, int, int, int] | None:
    """Return whether a frame is of MPEG-1, the index of its bit rate, its sample rate and its padding.

    None where it is not of that layer (ISO/IEC 11172-3 section 2.4.1.3).
    """
    index, rate = header[2] >> 4, header[2] >> 2 & 3
    if header[0] != 0xFF or header[1] & 0xF6 != 0xF0 | layer or index in (0, 15) or rate == 3:
        return None
    first = bool(header[1] & 8)
    return first, index - 1, _RATES[rate] if first else _RATES[rate] // 2, header[2] >> 1 & 1


def _layer_2_length(header: bytes) -> int:
    if (fields := _mpeg(header, 0b100)) is None:
        return 0
    first, index, rate, padding = fields
    return 144_000 * (_LAYER_2 if first else _LAYER_2_LOW)[index] // rate + padding


def _layer_1_length(header: bytes) -> int:
    if (fields := _mpeg(header, 0b110)) is None:
        return 0
    first, index, rate, padding = fields
    return 4 * (12_000 * (_LAYER_1 if first else _LAYER_1_LOW)[index] // rate + padding)


def _describe_text(head: bytes) -> str | None:
    """Return what text is; None where bytes are none."""
    text = _decode(head)
    if text is None:
        return None
    start = text.lstrip("\ufeff \t\r\n")
    lower = start[:200].lower()
    if start.startswith("version https://git-lfs.github.com/spec/"):
        return "is a Git LFS pointer; run `git lfs pull`"
    if start.startswith("/annex/objects/") or ".git/annex/objects/" in lower:
        return "is a git-annex pointer; run `git annex get` for it"
    if lower.startswith(("<!doctype html", "<html", "<head", "<body", "<script", "<meta")) or "<html" in lower:
        title = re.search(r"<title[^>]*>([^<]{1,200})", start, re.IGNORECASE)
        named = f" ({_quoted(unescape(title[1]))})" if title else ""
        return f"is an HTML page{named}, as a sign-in or error page {_AGAIN}"
    if re.search(r"<Error[ >]", start) and (code := re.search(r"<Code>([^<]{1,60})</Code>", start)):
        return f"is an error of a store ({code[1].strip()}) {_AGAIN}"
    if lower.startswith(("<?xml", "<rss", "<feed")):
        return f"is an XML document {_AGAIN}"
    if lower.startswith(("{", "[{", '["')):
        message = re.search(
            r'"(?:message|error|code|detail|error_description|Code|Message)"\s*:\s*"([^"]{1,200})"', start
        )
        named = f" ({_quoted(message[1])})" if message else ""
        return f"is JSON text{named}, as an error message {_AGAIN}"
    if lower.startswith(("#extm3u", "[playlist]")):
        return "is a playlist; put the recording itself in its place"
    if lower.startswith(("[internetshortcut]", "[desktop entry]", "url=http", "http://", "https://")):
        return "is a link to an address; put the recording itself in its place"
    return f"is text ({_quoted(start)}), and no recording; {_PLACE}"


def _decode(head: bytes) -> str | None:
    """Return bytes as text, None where they are none: of UTF-16 with its mark, or UTF-8 without control characters."""
    try:
        wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
        text = head[: len(head) & ~1].decode("utf-16") if wide else head.decode()
    except UnicodeDecodeError as error:
        # The last character may be cut off.
        if len(head) < HEAD or error.start < len(head) - 3:
            return None
        text = head[: error.start].decode()
    return None if _CONTROL.search(text) or not text.strip() else text


def _quoted(text: str) -> str:
    """Return the beginning of a text as a message quotes it: on one line, and with nothing that cannot be seen."""
    line = "".join(c if c.isprintable() else " " for c in " ".join(text.split())).strip()
    return f"'{line if len(line) <= 40 else line[:39] + '…'}'"
