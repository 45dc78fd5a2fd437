"""The beginning of clean HTML, whole in its tags and, where it has any, in its words."""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable

from podwright.render.notes.markup import TOKEN
from podwright.render.notes.sentences import sentence_ends

#: No word is as long: scripts without spaces, or one endless string.
_UNBROKEN = re.compile(r"\S{200,}")
#: An entity is one character.
_CHARACTER_END = re.compile(r"&#?\w+;|\S")
_WORD_END = re.compile(r"[^\s,;:](?=[,;:]*\s)")


def cut_html(html: str, fits: Callable[[str], bool]) -> str:
    """The longest beginning of clean HTML that fits: whole sentences, else whole words; "" where none fits.

    Only a run of letters that is too long to be a word is cut between any two of them.

    fits must hold for every beginning of what it holds for. No link is cut.
    """
    for ends in _ends(html):
        if head := _longest(html, ends, fits=fits):
            return head
    return ""


def _longest(html: str, ends: list[tuple[int, str]], *, fits: Callable[[str], bool]) -> str:
    heads = range(len(ends))
    count = bisect.bisect_left(heads, x=True, key=lambda index: not fits(_head(html, ends[index])))
    return _head(html, ends[count - 1]) if count else ""


def _head(html: str, end: tuple[int, str]) -> str:
    at, closing = end
    return html[:at] + closing


def _ends(html: str) -> tuple[list[tuple[int, str]], ...]:
    """Where HTML may be cut, behind sentences, words and characters: offset, and what then closes the text."""
    sentences: list[tuple[int, str]] = []
    words: list[tuple[int, str]] = []
    characters: list[tuple[int, str]] = []
    opened: list[str] = []
    for token in TOKEN.finditer(html):
        slash, name, text = token["slash"], token["name"], token["text"]
        if text is not None:
            if "a" not in opened:
                closing = "".join(f"</{one}>" for one in reversed(opened))
                sentences += [(token.start() + end, closing) for end in sentence_ends(text)]
                words += [(token.start() + end.end(), "…" + closing) for end in _WORD_END.finditer(text)]
                characters += [
                    (token.start() + end.end(), "…" + closing)
                    for run in _UNBROKEN.finditer(text)
                    for end in _CHARACTER_END.finditer(text, run.start(), run.end())
                ]
        elif slash:
            opened.pop()
            if name in ("p", "li"):
                sentences.append((token.end(), "".join(f"</{one}>" for one in reversed(opened))))
        elif name != "br":
            opened.append(name)
    return sentences, words, characters
