"""The words of every language, held to those of English."""

from __future__ import annotations

import string
import tomllib

import pytest

from podwright.render.words import FOLDER, LANGUAGES, note_words, page_words

#: Names of words of a new feature that wait for translation; until then every language has them in English.
UNTRANSLATED: frozenset[str] = frozenset()


def blanks(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def flat(language: str) -> dict[str, str]:
    words = tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
    notes = words.pop("notes")
    return {**words, **{f"notes.{name}": text for name, text in notes.items()}}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word_with_the_same_blanks(language: str) -> None:
    words, english = flat(language), flat("en")
    assert [name for name in english if name in words or name not in UNTRANSLATED] == list(words)
    for name, text in words.items():
        assert text.strip() == text != "", name
        assert blanks(text) == blanks(english[name]), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_names_twelve_months(language: str) -> None:
    months = note_words(language)["months"].split()
    assert len(months) == len(set(months)) == 12


def test_a_language_that_nobody_wrote_is_english() -> None:
    assert page_words("sv-SE") == page_words("en")
    assert note_words("sv")["people"] == "With"


def test_a_region_has_the_words_of_its_language() -> None:
    assert page_words("de-CH")["episode"] == "Folge {number}"
