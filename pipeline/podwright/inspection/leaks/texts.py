"""Searching public documents for what is not public: texts, words of the search, names of private objects."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from podwright.core.names import PRIVATE
from podwright.inspection.leaks.types import Secret
from podwright.inspection.leaks.words import WINDOW, Words, plain, readings, runs, split, values, windows
from podwright.render.site.search import split_words

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
    """What is searched for. pieces: runs of words by their length; alone: values that stand by themselves.

    words: single words of the search's index; keys: private objects and their folders; slugs: of gated episodes.
    """

    pieces: dict[int, dict[Words, Secret]] = field(default_factory=dict)
    alone: dict[Words, Secret] = field(default_factory=dict)
    words: dict[str, Secret] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    slugs: Mapping[str, str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many things are looked for."""
        return sum(map(len, self.pieces.values())) + len(self.alone) + len(self.words) + len(self.keys)


def build_needles(
    secrets: Iterable[Secret], public: Iterable[str], *, keys: Mapping[str, str], slugs: Mapping[str, str]
) -> Needles:
    """What to search for: what is secret and is said nowhere in the texts that are public by what the workspace says.

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
    """The secrets that a document gives away."""
    for text in readings(data):
        yield from _in_text(text, needles)


def find_index_words(data: bytes, needles: Needles) -> Iterator[Secret]:
    """The words that a file of the search knows and no public text does."""
    try:
        listed = json.loads(data)
    except ValueError:
        return
    if isinstance(listed, dict):
        for word in listed:
            if secret := needles.words.get(word):
                yield Secret(subject=secret.subject, kind="word", text=word)


def _in_text(text: str, needles: Needles) -> Iterator[Secret]:
    even = plain(text)
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
    """The object that a name is of, or the folder that it lies in."""
    while named:
        bare = named.rstrip("./-")
        if bare in keys:
            yield Secret(subject=keys[bare], kind="key", text=bare)
            return
        named = named.rpartition("/")[0]
