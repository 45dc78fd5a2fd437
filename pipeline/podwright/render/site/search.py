"""An index of the words of episodes, as files in which a browser finds them without a server.

Episodes are numbered from the oldest on and stand on shelves, whose full ones a new episode does not change. Each word
of a shelf lies in the file that its first two characters name, so a search reads a file a shelf for each word.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import NamedTuple

from podwright.render.site.theme import Theme, words_of
from podwright.render.site.types import Card, Site
from podwright.render.words.formats import day_of, day_text, length_text

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
    """Episodes that stand beside each other in the index."""

    #: Number of the first.
    start: int
    size: int
    #: Files that their words lie in.
    buckets: int


def split_words(text: str) -> list[str]:
    """Return the words of a text as they are searched for: small letters without accents.

    Where a script writes no spaces, each character and each pair of neighbours is a word. assets/search.js does the
    same with what is searched for.
    """
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text).lower()).replace("ς", "σ")
    marks = {ord(char): "x" for char in set(plain) if char > "\x7f" and unicodedata.category(char)[0] == "M"}
    shadow = plain.translate(marks) if marks else plain
    runs = (plain[match.start() : match.end()] for match in _RUN.finditer(shadow))
    return [word for run in runs for word in _parts(run) if len(word) <= LONGEST_WORD]


def _parts(run: str) -> Iterator[str]:
    if run.isascii():
        yield run
        return
    at = 0
    for match in _UNSPACED.finditer(run):
        if match.start() > at:
            yield run[at : match.start()]
        yield from match[0]
        yield from map("".join, pairwise(match[0]))
        at = match.end()
    if at < len(run):
        yield run[at:]


def count_words(title: str, lead: Iterable[str], text: Iterable[str]) -> dict[str, int]:
    """Return how much each word says about an episode.

    lead: what stands out (key points, chapters). text: all the rest.
    """
    counts = Counter(word for part in text for word in split_words(part))
    weights = Counter({word: min(count, _MOST) for word, count in counts.items()})
    weights.update(dict.fromkeys({word for part in lead for word in split_words(part)}, _LEAD))
    weights.update(dict.fromkeys(split_words(title), _TITLE))
    return dict(sorted(weights.items()))


def shelves(count: int) -> Iterator[Shelf]:
    """Return the shelves of so many episodes."""
    start = 0
    for size, buckets in SHELVES:
        while count - start >= size:
            yield Shelf(start, size, buckets)
            start += size
    if start < count:
        yield Shelf(start, count - start, 1)


def bucket_of(word: str, buckets: int) -> int:
    """Return the number of the file that a word lies in: the same for all that begin with the same two characters."""
    second = ord(word[1]) if len(word) > 1 else 0
    return (ord(word[0]) * 31 + second) % buckets


def render_shelf(words: Iterable[Mapping[str, int]], buckets: int) -> tuple[bytes, ...]:
    """Return the files of a shelf: {word: [episode, weight, …]}, each episode as its distance from the one before."""
    files: list[dict[str, list[int]]] = [{} for _ in range(buckets)]
    last: dict[str, int] = {}
    for number, weights in enumerate(words):
        for word, weight in weights.items():
            files[bucket_of(word, buckets)].setdefault(word, []).extend((number - last.get(word, 0), weight))
            last[word] = number
    return tuple(_json(dict(sorted(file.items()))) for file in files)


def result_row(card: Card, site: Site, *, theme: Theme) -> tuple[str, str, str, str]:
    """Return what a result shows of an episode: key, title, facts, summary."""
    day = day_text(day_of(card.published, site.timezone), site.language)
    length = length_text(card.duration // timedelta(seconds=1), site.language)
    outdated = words_of(theme, site.language)["outdated"] if card.expired else None
    return card.key, card.title, " · ".join(filter(None, (day, length, card.section, outdated))), card.summary


def render_records(records: Sequence[Sequence[str]]) -> bytes:
    """Return a file of result rows."""
    return _json(records)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
