"""Where sentences end, in any script that marks it."""

from __future__ import annotations

import re
from itertools import pairwise

_END = re.compile(r"[.!?…؟।]+[\"”’»)\]]*(?=\s)|[。！？｡]+[」』”）]*")
#: Not the end of a sentence: after an initial or a short title, or before a small letter.
_SHORTENED = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Prof|St|vs|e\.g|i\.e|[A-Z])\.$")
_SMALL = re.compile(r"\s+[\"“‘«(\[]?[a-zß-öø-ÿа-яα-ω]")


def sentence_ends(text: str) -> list[int]:
    """Offsets behind the sentences of a text, but for the last one's."""
    return [
        found.end()
        for found in _END.finditer(text)
        if not _SHORTENED.search(text[max(found.end() - 6, 0) : found.end()]) and not _SMALL.match(text, found.end())
    ]


def split_sentences(text: str) -> list[str]:
    """The sentences of a text, each on one line."""
    line = " ".join(text.split())
    ends = [0, *sentence_ends(line), len(line)]
    pieces = (line[begin:end].strip() for begin, end in pairwise(ends))
    return [piece for piece in pieces if piece]
