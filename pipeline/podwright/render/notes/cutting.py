"""Sentences of a text in any script that marks their ends, and the beginning of clean HTML cut behind one."""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable
from itertools import pairwise

from podwright.render.notes.markup import TOKEN

_END = re.compile(r"[.!?…؟।]+[\"”’»)\]]*(?=\s)|[。！？｡]+[」』”）]*")
#: Not the end of a sentence: after an initial or a short title, or before a small letter.
_SHORTENED = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Prof|St|vs|e\.g|i\.e|[A-Z])\.$")
_SMALL = re.compile(r"\s+[\"“‘«(\[]?[a-zß-öø-ÿа-яα-ω]")
#: No word is as long: scripts without spaces, or one endless string.
_UNBROKEN = re.compile(r"\S{200,}")
#: An entity is one character.
_CHARACTER_END = re.compile(r"&#?\w+;|\S")
_WORD_END = re.compile(r"[^\s,;:](?=[,;:]*\s)")


def sentence_ends(text: str) -> list[int]:
    """Return the offsets behind the sentences of a text, but for the last one's."""
    ends = (mark.end() for mark in _END.finditer(text))
    return [end for end in ends if not _SHORTENED.search(text[max(end - 6, 0) : end]) and not _SMALL.match(text, end)]


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a text, each on one line."""
    line = " ".join(text.split())
    ends = [0, *sentence_ends(line), len(line)]
    pieces = (line[begin:end].strip() for begin, end in pairwise(ends))
    return [piece for piece in pieces if piece]


def cut_html(html: str, fits: Callable[[str], bool]) -> str:
    """Return the longest beginning of clean HTML that fits: whole sentences, else whole words; "" where none fits.

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
    """Return where HTML may be cut, behind sentences, words and characters: offset, and what then closes the text."""
    sentences: list[tuple[int, str]] = []
    words: list[tuple[int, str]] = []
    characters: list[tuple[int, str]] = []
    opened: list[str] = []
    for token in TOKEN.finditer(html):
        slash, name, text = token["slash"], token["name"], token["text"]
        if text is not None:
            if "a" not in opened:
                closing = "".join(f"</{tag}>" for tag in reversed(opened))
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
                sentences.append((token.end(), "".join(f"</{tag}>" for tag in reversed(opened))))
        elif name != "br":
            opened.append(name)
    return sentences, words, characters
