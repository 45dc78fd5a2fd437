"""The words that podwright itself says in notes and on pages, a TOML file a language; `formats` writes days and sizes.

No text of a producer passes through here, and no other room has words of its own for listeners.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

Words = Mapping[str, str]

FOLDER = Path(__file__).parent
LANGUAGES = tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


class _Language(NamedTuple):
    pages: Words
    notes: Words


def page_words(language: str) -> Words:
    """Return the words of pages for a BCP 47 tag: of its primary language, or English."""
    return _load(_file_of(language)).pages


def note_words(language: str) -> Words:
    """Return the words of show notes for a BCP 47 tag: those of pages, and the table `notes`."""
    return _load(_file_of(language)).notes


def number_label(number: int | None, display: str | None, words: Words) -> str:
    """Return “Episode 7”, “Episode 02” or what a producer calls a number: “Ch. 3”; "" without a number."""
    if display and not display.isdigit():
        return display
    # A theme may have written the word: other braces in it are text.
    return words["episode"].replace("{number}", display or str(number)) if display or number else ""


def number_prefix(number: int | None, display: str | None) -> str:
    """Return what stands before a title in a list: “7. ”, “02. ”, “Ch. 3: ”; "" without a number."""
    shown = display or (str(number) if number else "")
    return f"{shown}{'. ' if shown.isdigit() else ': '}" if shown else ""


def all_words() -> Iterator[str]:
    """Return every text in every language."""
    for language in LANGUAGES:
        yield from _load(language).notes.values()


def _file_of(language: str) -> str:
    primary = language.split("-")[0].lower()
    return primary if primary in LANGUAGES else "en"


@functools.cache
def _load(language: str) -> _Language:
    """Read a file. A word that waits for its translation is there in English."""
    pages = tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
    notes = pages.pop("notes")
    english = _Language({}, {}) if language == "en" else _load("en")
    pages = {**english.pages, **pages}
    return _Language(MappingProxyType(pages), MappingProxyType({**english.notes, **pages, **notes}))
