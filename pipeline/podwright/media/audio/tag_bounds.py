"""The bounds of an MP3's audio between the tags before and after it; files read in parts."""

from __future__ import annotations

from io import FileIO

import xxhash

from podwright.core.artifact import CHUNK, BodyReader
from podwright.core.errors import AudioError

#: Bytes of an ID3v2 header.
TAG_HEADER = 10
_ID3V1 = 128
_ID3V1_EXTENDED = 227
_APE_FOOTER = 32
_LYRICS_1_MOST = 5100
#: A file has two or three tags at either end; that many of them were put there to cost time.
_MOST_TAGS = 32
#: Bytes of all tags in front: they are read whole, for what is kept of them. A cover in full size takes a tenth.
_MOST_BYTES = 64 << 20


def load_audio_range(file: FileIO) -> tuple[int, int]:
    """Return the first byte after the tags in front and that of those behind; several may follow one another.

    Raises AudioError where the size of a tag in front cannot be true, or tags are too many or too large.
    """
    size = file.seek(0, 2)
    begin = tags = 0
    while length := leading_tag(read_at(file, begin, TAG_HEADER)):
        if begin + length > size:
            raise AudioError(
                f"its ID3 tag at byte {begin} claims {length} bytes, and {size - begin} are left; export it again"
            )
        begin += length
        tags += 1
        if begin > _MOST_BYTES:
            raise AudioError(f"has more than {_MOST_BYTES >> 20} MB of ID3 tags in front; export it again")
        _check_number(tags)
    end, tags = size, 0
    while (length := _trailing(file, end)) and end - length >= begin:
        end -= length
        tags += 1
        _check_number(tags)
    return begin, end


def _check_number(tags: int) -> None:
    if tags > _MOST_TAGS:
        raise AudioError(f"has more than {_MOST_TAGS} tags one after another; export it again")


def read_at(file: FileIO, offset: int, length: int) -> bytes:
    """Return so many bytes from an offset on, or fewer where the file ends."""
    file.seek(max(offset, 0))
    return file.read(length)


def load_body_digest(reader: BodyReader, start: int) -> str:
    """Return XXH3-128 in hex of a body from a byte on."""
    digest, buffer = xxhash.xxh3_128(), memoryview(bytearray(CHUNK))
    reader.seek(start)
    while got := reader.readinto(buffer):
        digest.update(buffer[:got])
    return digest.hexdigest()


def leading_tag(header: bytes) -> int:
    """Return the bytes of the tag with this header, 0 where it is none (https://id3.org/id3v2.4.0-structure, 3.1)."""
    if len(header) < TAG_HEADER or not header.startswith(b"ID3"):
        return 0
    if max(header[6:10]) > 0x7F:
        raise AudioError("its ID3 tag has an impossible size; export it again")
    footer = TAG_HEADER if header[5] & 0x10 else 0
    return TAG_HEADER + _syncsafe(header[6:10]) + footer


def _syncsafe(data: bytes) -> int:
    """Return the number in four bytes of seven bits each: https://id3.org/id3v2.4.0-structure section 6.2."""
    return data[0] << 21 | data[1] << 14 | data[2] << 7 | data[3]


def _trailing(file: FileIO, end: int) -> int:
    """Return the bytes of the tag that ends at `end`, 0 where there is none.

    ID3v1 and its extension (https://id3.org/ID3v1), APEv2 (https://wiki.hydrogenaudio.org/index.php?title=APEv2_specification),
    Lyrics3 (https://id3.org/Lyrics3, https://id3.org/Lyrics3v2), and an appended ID3v2.4 tag.
    """
    tail = read_at(file, end - _ID3V1_EXTENDED, min(end, _ID3V1_EXTENDED))
    if tail[-_ID3V1:].startswith(b"TAG") and len(tail) >= _ID3V1:
        return _ID3V1
    if tail.startswith(b"TAG+") and len(tail) == _ID3V1_EXTENDED:
        return _ID3V1_EXTENDED
    if tail[-_APE_FOOTER:].startswith(b"APETAGEX") and len(tail) >= _APE_FOOTER:
        header = _APE_FOOTER if tail[-9] & 0x80 else 0
        return int.from_bytes(tail[-20:-16], "little") + header
    if tail.endswith(b"LYRICS200") and tail[-15:-9].isdigit():
        return int(tail[-15:-9]) + 15
    if tail.endswith(b"LYRICSEND"):
        lyrics = read_at(file, end - _LYRICS_1_MOST, min(end, _LYRICS_1_MOST))
        begin = lyrics.rfind(b"LYRICSBEGIN")
        return len(lyrics) - begin if begin >= 0 else 0
    if tail[-TAG_HEADER:].startswith(b"3DI") and max(tail[-4:]) <= 0x7F:
        return 2 * TAG_HEADER + _syncsafe(tail[-4:])
    return 0
