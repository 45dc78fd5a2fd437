"""The rule by which `Name: text` is read as a speaker and what they say.

The name stands before the first colon, at most 60 characters, and white space follows the colon. It is one to four
words, each of letters, digits, full stops, apostrophes, hyphens and underscores. The first begins with a capital letter
and is not one of the words that open labels ("Note:", "Step 2:", "The trial:"); the others begin with a capital or are
numbers ("Speaker 1"). Particles ("van", "de la") may stand between, and credentials after commas ("Ada Example, MD").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from podwright.media.transcripts.source import tidy

_LENGTH = 60
_WORDS = 4
_WORD = re.compile(r"[^\W\d_][\w.'’-]*")
_CREDENTIAL = re.compile(r"(?=[^A-Z]*[A-Z][^A-Z]*[A-Z])[A-Za-z.-]{2,10}")
_PARTICLES = frozenset(
    (
        "al",
        "bin",
        "da",
        "de",
        "del",
        "della",
        "den",
        "der",
        "di",
        "do",
        "dos",
        "du",
        "el",
        "la",
        "le",
        "van",
        "von",
        "y",
        "zu",
    )
)
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*\s*$")

#: First words, in lower case, of what comes before a colon in prose and is nobody's name.
_LABEL_WORDS = """
    a about abstract after again aim all also an and another answer as at background because before besides both bottom
    but by case caution chapter clinical comment conclusion conclusions contact contents correction date day days
    definition design disclaimer disclosure disclosures discussion dose duration each editor's email episode evidence
    example exception fact figure final finally finding findings first for four friday funding further goal he her here
    hint his how however i if important in indeed instead interpretation introduction is it its key last later learn
    lesson limitations main meanwhile measures message methods monday month more most music my myth next no not note
    notes now number objective objectives of on once one only option or others our outcome outcomes outro overall part
    patients people phase please point points population practice problem publication purpose question questions quick
    reason recall recap recommendation reference references related remember reminder result results risk rule saturday
    second section setting she since slide so some source sources step still subscribe suggestion summary sunday table
    take takeaway takeaways task that the their then there therefore these they third this those three thursday time tip
    tips title to today tomorrow topic transcript treatment trial tuesday two until update warning we website wednesday
    week what when where which who why with yes yesterday yet you your
"""
_LABELS = frozenset(_LABEL_WORDS.split())


@dataclass(frozen=True, slots=True)
class Turn:
    """A stretch of lines. line is that of the first; speaker is None where no name is said; text may be empty."""

    line: int
    speaker: str | None
    text: str


def split_turns(lines: Iterable[str], *, line: int) -> list[Turn]:
    """Return the turns in the lines of one paragraph or caption, the first of which has the number line.

    A name counts at the start of the first line, and at the start of another if the line above ends a sentence:
    a name in prose that happens to be wrapped to the start of a line does not begin a turn.
    """
    runs: list[tuple[int, list[str]]] = []
    for number, each in enumerate(lines, start=line):
        if runs and not (ends_sentence(runs[-1][1][-1]) and split_speaker(each)[0]):
            runs[-1][1].append(each)
        else:
            runs.append((number, [each]))
    return [Turn(number, *split_speaker(tidy(" ".join(run), line=number))) for number, run in runs]


def split_speaker(text: str) -> tuple[str | None, str]:
    """Return the name that a text begins with and the rest; None and the text where it begins with no name."""
    text = text.strip()
    colon = text.find(":", 0, _LENGTH + 1)
    if colon < 1 or text[colon + 1 : colon + 2].strip() or not _is_name(text[:colon]):
        return None, text
    return text[:colon].rstrip(), text[colon + 1 :].lstrip()


def is_label(text: str) -> bool:
    """Return whether the first word is one that opens labels and not names. A letter alone is a name ("Q:", "A:")."""
    words = text.split()
    return bool(words) and len(text) > 1 and words[0].casefold() in _LABELS


def ends_sentence(text: str) -> bool:
    """Return whether a text ends where a sentence does."""
    return bool(_SENTENCE_END.search(text[-8:]))


def _is_name(text: str) -> bool:
    name, *credentials = (part.strip() for part in text.split(","))
    words = name.split()
    if not words or words[0] in _PARTICLES or is_label(name):
        return False
    first, *others = (word for word in words if word not in _PARTICLES)
    return (
        len(others) < _WORDS
        and _is_capitalised(first)
        and all(_is_capitalised(word) or word.isdigit() for word in others)
        and all(_CREDENTIAL.fullmatch(credential) for credential in credentials)
    )


def _is_capitalised(word: str) -> bool:
    return word[0].isupper() and _WORD.fullmatch(word) is not None
