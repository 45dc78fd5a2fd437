"""Texts as sequences of words, however they are written, and the search of public documents for what is not public."""

from __future__ import annotations

import gzip
import html
import json
import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from podwright.core.names import PRIVATE
from podwright.inspection.leaks.types import Secret
from podwright.render.site.search import split_words

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
#: A name of a value in JSON is a word of the format, whatever it is of.
_NAME = re.compile(r'(?<=[{,]) ?"@?[a-z][A-Za-z_]*" ?:')
#: What ends a value in XML, HTML, JSON, captions and tags.
_EDGE = re.compile("[<>\"'\n\r\t\0|·]")


def plain(text: str) -> str:
    """Return a text without case and without variants of the same letter."""
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).casefold()


def split(text: str) -> Words:
    """Return the words of a plain text."""
    return tuple(_WORD.findall(text))


def windows(words: Words) -> Iterator[Words]:
    """Yield the pieces by which a text is known: all of a short one."""
    if len(words) <= WINDOW:
        yield words
        return
    yield from (words[at : at + WINDOW] for at in range(0, len(words) - WINDOW, WINDOW))
    yield words[-WINDOW:]


def runs(words: Words, length: int) -> Iterator[Words]:
    """Yield every run of so many words."""
    return zip(*(words[at:] for at in range(length)), strict=False)


def values(text: str) -> set[Words]:
    """Return the words of each value that stands by itself in a plain text."""
    return {split(piece) for piece in _EDGE.split(text)}


def readings(data: bytes) -> tuple[str, ...]:
    """Return what a document says to somebody who unpacks it, reads its escapes out, and leaves its markup away."""
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
    """Yield a document in UTF-8; of what is no document, such as a recording's tags, all that may be text."""
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
    """Return a text without the escapes of HTML, of JSON and of addresses, however they are nested."""
    for _ in range(_DEPTH):
        plain = _ESCAPED.sub(_unescape, unquote(html.unescape(text)))
        if plain == text:
            break
        text = plain
    return text


def _unescape(found: re.Match[str]) -> str:
    return str(json.loads(f'"{found[0]}"'))


#: A shorter text says nothing by itself in the middle of another one; where it stands alone it does. In characters.
DISTINCT = 10
#: So much of it even a title has that says anything. In characters.
_SHORTEST = 4
#: What people say again and again is no secret: shorter lines of notes and transcripts are not searched for. In words.
LINE = 4
_LINES = frozenset({"notes", "transcript"})
#: Shorter guids are numbers that stand everywhere. In characters.
_GUID = 8
_KEY = re.compile(f"{PRIVATE}[A-Za-z0-9._/-]+")
_FOLDER = re.compile(r"episodes/([a-z0-9-]+)/")


@dataclass(slots=True)
class Needles:
    """The texts and names to search for.

    pieces: runs of words by their length; alone: values that stand by themselves; words: single words of the search's
    index; keys: private objects and their folders; slugs: of gated episodes.
    """

    pieces: dict[int, dict[Words, Secret]] = field(default_factory=dict)
    alone: dict[Words, Secret] = field(default_factory=dict)
    words: dict[str, Secret] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    slugs: Mapping[str, str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Return how many things are looked for."""
        return sum(map(len, self.pieces.values())) + len(self.alone) + len(self.words) + len(self.keys)


def build_needles(
    secrets: Iterable[Secret], public: Iterable[str], *, keys: Mapping[str, str], slugs: Mapping[str, str]
) -> Needles:
    """Return the needles: what is secret and stands nowhere in the texts that the workspace makes public.

    keys: of private objects, and slugs: of gated episodes, each with the name of what it belongs to.
    """
    found = Needles(keys=_with_folders(keys), slugs=slugs)
    for secret in secrets:
        _add(found, secret)
    for text in public:
        _take_out(found, text)
    return found


def _with_folders(keys: Mapping[str, str]) -> dict[str, str]:
    folders = {key.rpartition("/")[0]: subject for key, subject in keys.items()}
    folders.pop(PRIVATE.rstrip("/"), None)
    return {**folders, **keys}


def _add(found: Needles, secret: Secret) -> None:
    words = split(plain(secret.text))
    for word in split_words(secret.text):
        found.words.setdefault(word, secret)
    if (
        not words
        or (secret.kind in _LINES and len(words) < LINE)
        or (secret.kind == "guid" and len(secret.text) < _GUID)
    ):
        return
    length = sum(map(len, words))
    if len(words) == 1 or length < DISTINCT:
        if length >= (_SHORTEST if secret.kind == "title" else DISTINCT):
            found.alone.setdefault(words, secret)
        return
    # Of an address the end is its own, and the beginning everybody's.
    for piece in (words[-WINDOW:],) if secret.kind == "link" else windows(words):
        found.pieces.setdefault(len(piece), {}).setdefault(piece, secret)


def _take_out(found: Needles, text: str) -> None:
    even = plain(text)
    words = split(even)
    for length, pieces in found.pieces.items():
        for run in runs(words, length):
            pieces.pop(run, None)
    if found.alone:
        for value in values(even):
            found.alone.pop(value, None)
    for word in split_words(text):
        found.words.pop(word, None)


def find_secrets(data: bytes, needles: Needles) -> Iterator[Secret]:
    """Yield the secrets that a document gives away."""
    for text in readings(data):
        yield from _in_text(text, needles)


def find_index_words(data: bytes, needles: Needles) -> Iterator[Secret]:
    """Yield the words that a file of the search knows and no public text does."""
    try:
        listed = json.loads(data)
    except ValueError:
        return
    if isinstance(listed, dict):
        for word in listed:
            if secret := needles.words.get(word):
                yield Secret(subject=secret.subject, kind="word", text=word)


def _in_text(text: str, needles: Needles) -> Iterator[Secret]:
    even = plain(_NAME.sub("", text))
    words = split(even)
    for length, pieces in needles.pieces.items():
        yield from (pieces[run] for run in runs(words, length) if run in pieces)
    if needles.alone:
        yield from (needles.alone[value] for value in values(even) if value in needles.alone)
    for named in _KEY.findall(text):
        yield from _in_key(named, needles.keys)
    for slug in _FOLDER.findall(text):
        if slug in needles.slugs:
            yield Secret(subject=needles.slugs[slug], kind="key", text=slug)


def _in_key(named: str, keys: Mapping[str, str]) -> Iterator[Secret]:
    """Yield the object that a name is of, or the folder that it lies in."""
    while named:
        bare = named.rstrip("./-")
        if bare in keys:
            yield Secret(subject=keys[bare], kind="key", text=bare)
            return
        named = named.rpartition("/")[0]
