"""The beginning of clean HTML, whole in its tags and words."""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable

from pipeline.notes.markup import TOKEN
from pipeline.notes.sentences import sentence_ends

_WORD_END = re.compile(r"[^\s,;:](?=[,;:]*\s)")


def cut_html(html: str, fits: Callable[[str], bool]) -> str:
    """The longest beginning of clean HTML that fits: whole sentences, else whole words; "" where none fits.

    fits must hold for every beginning of what it holds for. No link is cut.
    """
    sentences, words = _ends(html)
    return _longest(html, sentences, fits=fits) or _longest(html, words, fits=fits)


def _longest(html: str, ends: list[tuple[int, str]], *, fits: Callable[[str], bool]) -> str:
    heads = range(len(ends))
    count = bisect.bisect_left(heads, x=True, key=lambda index: not fits(_head(html, ends[index])))
    return _head(html, ends[count - 1]) if count else ""


def _head(html: str, end: tuple[int, str]) -> str:
    at, closing = end
    return html[:at] + closing


def _ends(html: str) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Where HTML may be cut, behind sentences and behind words: offset, and what then closes the text."""
    sentences: list[tuple[int, str]] = []
    words: list[tuple[int, str]] = []
    opened: list[str] = []
    for token in TOKEN.finditer(html):
        slash, name, text = token["slash"], token["name"], token["text"]
        if text is not None:
            if "a" not in opened:
                closing = "".join(f"</{one}>" for one in reversed(opened))
                sentences += [(token.start() + end, closing) for end in sentence_ends(text)]
                words += [(token.start() + end.end(), "…" + closing) for end in _WORD_END.finditer(text)]
        elif slash:
            opened.pop()
            if name in ("p", "li"):
                sentences.append((token.end(), "".join(f"</{one}>" for one in reversed(opened))))
        elif name != "br":
            opened.append(name)
    return sentences, words
