"""Texts as sequences of words, however they are written: what is searched for, and what is searched."""

from __future__ import annotations

import gzip
import html
import json
import re
import unicodedata
import zlib
from collections.abc import Iterator
from urllib.parse import unquote

Words = tuple[str, ...]

_PRINTABLE = re.compile(
    rb"(?:[\t\n\r\x20-\x7e]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"
    rb"|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}){4,}"
)
_ORDERS = re.compile(rb"\xff\xfe|\xfe\xff")
#: Of a text in UTF-16 so much is read, in bytes.
_LONGEST = 1 << 20

#: A longer text is searched for in pieces of so many words, so that a part of it is found as well.
WINDOW = 6
#: A document may be written in something that is written in something: so often it is read out.
_DEPTH = 3

#: Each character of a script without spaces is a word, and so is each run of other letters and digits.
_WORD = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]"
    "|[^\\W_\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]+"
)
_TAG = re.compile(r"<[^<>]*>")
_ESCAPED = re.compile(r'(?:\\u[0-9a-fA-F]{4})+|\\[/"\\bfnrt]')
#: What ends a value in XML, HTML, JSON, captions and tags.
_EDGE = re.compile("[<>\"'\n\r\t\0|·]")


def plain(text: str) -> str:
    """A text without case and without variants of the same letter."""
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).casefold()


def split(text: str) -> Words:
    """The words of a plain text."""
    return tuple(_WORD.findall(text))


def windows(words: Words) -> Iterator[Words]:
    """The pieces by which a text is known: all of a short one."""
    if len(words) <= WINDOW:
        yield words
        return
    yield from (words[at : at + WINDOW] for at in range(0, len(words) - WINDOW, WINDOW))
    yield words[-WINDOW:]


def runs(words: Words, length: int) -> Iterator[Words]:
    """Every run of so many words."""
    return zip(*(words[at:] for at in range(length)), strict=False)


def values(text: str) -> set[Words]:
    """The words of each value that stands by itself in a plain text."""
    return {split(piece) for piece in _EDGE.split(text)}


def readings(data: bytes) -> tuple[str, ...]:
    """What a document says to somebody who unpacks it, reads its escapes out, and leaves its markup away."""
    found: dict[str, None] = {}
    for text in _decoded(_unpacked(data)):
        out = _read_out(text)
        found.update(dict.fromkeys((text, out, _TAG.sub(" ", out), _read_out(_TAG.sub(" ", text)))))
    return tuple(found)


def _unpacked(data: bytes) -> bytes:
    if data[:2] != b"\x1f\x8b":
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        return data


def _decoded(data: bytes) -> Iterator[str]:
    """A document in UTF-8; of what is no document, such as a recording's tags, all that may be text."""
    if b"\0" not in data:
        yield data.decode("utf-8", errors="replace")
        return
    yield b"\n".join(_PRINTABLE.findall(data)).decode("utf-8")
    # In tags a mark of the order of bytes stands before each text (https://id3.org/id3v2.3.0).
    for found in _ORDERS.finditer(data) if data.startswith(b"ID3") else ():
        encoding = "utf-16-le" if found[0] == b"\xff\xfe" else "utf-16-be"
        text, _, _ = data[found.end() : found.end() + _LONGEST].decode(encoding, errors="replace").partition("\0")
        yield text


def _read_out(text: str) -> str:
    """A text without the escapes of HTML, of JSON and of addresses, however they are nested."""
    for _ in range(_DEPTH):
        plain = _ESCAPED.sub(_unescape, unquote(html.unescape(text)))
        if plain == text:
            break
        text = plain
    return text


def _unescape(found: re.Match[str]) -> str:
    return str(json.loads(f'"{found[0]}"'))
