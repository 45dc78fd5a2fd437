"""The words of episodes as files in which a browser finds them: an index that needs no server.

Episodes are numbered from the oldest on and stand on shelves, whose full ones a new episode does not change. Each word
of a shelf lies in the file that its first two characters name, so a search reads a file a shelf for each word.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

#: Episodes on a full shelf, and the files that its words lie in; what is left over stands on a shelf of one file.
SHELVES = ((1_000, 128), (100, 16))
#: Episodes whose titles and summaries lie in one file.
RECORDS = 100
#: A longer run of letters is no word that somebody types; in characters.
LONGEST_WORD = 40
_TITLE, _LEAD, _MOST = 12, 4, 3

_RUN = re.compile(r"[^\W_]+")
_ACCENTS = re.compile("[\u0300-\u036f]+")
#: Scripts that put no spaces between words: Thai, Lao, Myanmar, Khmer, kana, Han.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+"
)


class Shelf(NamedTuple):
    """The episodes from number `start` on; buckets: the files that their words lie in."""

    start: int
    size: int
    buckets: int


def split_words(text: str) -> list[str]:
    """The words of a text as they are searched for: small letters without accents.

    Where a script writes no spaces, each character and each pair of neighbours is a word. assets/search.js does the
    same with what is searched for.
    """
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text).lower()).replace("ς", "σ")
    marks = {ord(char): "x" for char in set(plain) if char > "\x7f" and unicodedata.category(char)[0] == "M"}
    shadow = plain.translate(marks) if marks else plain
    runs = (plain[found.start() : found.end()] for found in _RUN.finditer(shadow))
    return [word for run in runs for word in _parts(run) if len(word) <= LONGEST_WORD]


def _parts(run: str) -> Iterator[str]:
    if run.isascii():
        yield run
        return
    at = 0
    for found in _UNSPACED.finditer(run):
        if found.start() > at:
            yield run[at : found.start()]
        chars = found[0]
        yield from chars
        yield from map("".join, pairwise(chars))
        at = found.end()
    if at < len(run):
        yield run[at:]


def count_words(title: str, lead: Iterable[str], text: Iterable[str]) -> dict[str, int]:
    """How much each word says about an episode; lead: what stands out (key points, chapters); text: all the rest."""
    counts = Counter(word for part in text for word in split_words(part))
    found = Counter({word: min(count, _MOST) for word, count in counts.items()})
    found.update(dict.fromkeys({word for part in lead for word in split_words(part)}, _LEAD))
    found.update(dict.fromkeys(split_words(title), _TITLE))
    return dict(sorted(found.items()))


def shelves(count: int) -> Iterator[Shelf]:
    """The shelves of so many episodes."""
    start = 0
    for size, buckets in SHELVES:
        while count - start >= size:
            yield Shelf(start, size, buckets)
            start += size
    if start < count:
        yield Shelf(start, count - start, 1)


def bucket_of(word: str, buckets: int) -> int:
    """The file that a word lies in, the same for all words that begin with the same two characters."""
    second = ord(word[1]) if len(word) > 1 else 0
    return (ord(word[0]) * 31 + second) % buckets


def render_shelf(words: Iterable[Mapping[str, int]], buckets: int) -> tuple[bytes, ...]:
    """The files of a shelf: {word: [episode, weight, …]}, each episode as its distance from the one before."""
    found: list[dict[str, list[int]]] = [{} for _ in range(buckets)]
    last: dict[str, int] = {}
    for number, weights in enumerate(words):
        for word, weight in weights.items():
            found[bucket_of(word, buckets)].setdefault(word, []).extend((number - last.get(word, 0), weight))
            last[word] = number
    return tuple(_json(dict(sorted(one.items()))) for one in found)


def render_records(records: Sequence[Sequence[str]]) -> bytes:
    """What results show of episodes: [key, title, facts, summary] of each."""
    return _json(records)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
