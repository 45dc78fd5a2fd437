"""Writing systems: which put no spaces between words, how their texts are joined, and which run from right to left."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise
from typing import Literal

#: Letters of scripts without spaces between words: Thai, Lao, Tibetan, Burmese, Khmer, kana, Han.
SPACELESS = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
#: Punctuation of East Asia, which brings its own space along.
_FULL_WIDTH = "\u3000-\u3003\u3008-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
_SPACELESS_TEXT = re.compile(f"[{SPACELESS}{_FULL_WIDTH}]")
_SPACELESS_LETTER = re.compile(f"[{SPACELESS}]")
_FULL_WIDTH_MARK = re.compile(f"[{_FULL_WIDTH}]")

#: Languages and scripts (ISO 639, ISO 15924) that are written from right to left.
_RIGHT_TO_LEFT_TAGS = """
    ar arc ary arz azb bal bqi ckb dv fa he iw ji khw ks lrc mzn nqo pnb ps prs sd syr ug ur yi
    adlm arab hebr mand nkoo rohg samr syrc thaa
"""
_RIGHT_TO_LEFT = frozenset(_RIGHT_TO_LEFT_TAGS.split())


def has_spaceless(text: str) -> bool:
    """Return whether any of a text is of a script without spaces, or punctuation of one."""
    return not text.isascii() and _SPACELESS_TEXT.search(text) is not None


def gap(before: str, after: str) -> Literal["", " "]:
    """Return what stands between two pieces of running text that were apart: nothing in a script without spaces."""
    if not before or not after:
        return ""
    last, first = before[-1], after[0]
    if last.isascii() and first.isascii():
        return " "
    if _FULL_WIDTH_MARK.match(last) or _FULL_WIDTH_MARK.match(first):
        return ""
    return "" if _SPACELESS_LETTER.match(last) and _SPACELESS_LETTER.match(first) else " "


def joined(pieces: Iterable[str]) -> str:
    """Return pieces of running text as one text, with the spaces that their scripts have."""
    pieces = list(pieces)
    text = " ".join(pieces)
    if not has_spaceless(text):
        return text
    parts = pieces[:1]
    for before, after in pairwise(pieces):
        parts += (gap(before, after), after)
    return "".join(parts)


def columns(text: str) -> int:
    """Return how wide a text is in letters of a Latin alphabet: those of East Asia are two wide."""
    if text.isascii():
        return len(text)
    return len(text) + sum(unicodedata.east_asian_width(character) in "WF" for character in text)


def direction(language: str) -> Literal["ltr", "rtl"]:
    """Return the direction in which a language (BCP 47) is written."""
    primary, *others = language.lower().split("-")
    script = next((part for part in others if len(part) == 4 and part.isalpha()), None)
    if script is not None:
        return "rtl" if script in _RIGHT_TO_LEFT else "ltr"
    return "rtl" if primary in _RIGHT_TO_LEFT else "ltr"
