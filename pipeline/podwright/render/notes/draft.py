"""Key points drafted from a transcript: its most telling sentences, as they were spoken.

They are ranked by sumy's latent semantic analysis. It keeps every dimension, so that a sentence ranks by how many
different words with a meaning it says: drafts lean towards full sentences, and may miss a short finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from podwright.core.model import Transcript
from podwright.core.scripts import SPACELESS, joined
from podwright.render.notes.cutting import split_sentences

#: A key point is no shout and no ramble, in words.
SHORTEST, LONGEST = 5, 40
#: The time that ranking takes grows with the square of the sentences; an hour of talk has about six hundred.
MOST_SENTENCES = 600
#: Ranks are compared to so many decimals: beyond them they differ between processors.
_DECIMALS = 9

_SPACELESS = re.compile(f"[{SPACELESS}]+")
_BETWEEN = re.compile(r"[\s—–/]+")
_MARKS = ".,;:!?…()[]{}<>\"“”„«»'‘’-*_&%$#@|=+~^`،؛؟।。、！？「」"
_QUESTION = re.compile(r"[?？؟][\"”’»)」』]*$")
_GREETING = re.compile(
    r"(?i:hello|hi|hey|welcome|thanks|thank you|good (?:morning|evening|afternoon|day)|goodbye|see you|until next time"
    r"|join us|subscribe|with (?:me|us)(?: today)? (?:is|are)|my name is)\b"
    r"|(?:This is|I['’]m|I am) (?:[A-Z][a-z]|the host)"
)
#: sumy's names of the languages for which it has stop words.
_LANGUAGES = {
    "ar": "arabic",
    "cs": "czech",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fr": "french",
    "he": "hebrew",
    "it": "italian",
    "ja": "japanese",
    "ko": "korean",
    "pl": "polish",
    "pt": "portuguese",
    "sk": "slovak",
    "sv": "swedish",
    "th": "thai",
    "uk": "ukrainian",
    "zh": "chinese",
}


def draft_key_points(transcript: Transcript, *, count: int = 4, language: str = "en") -> tuple[str, ...]:
    """Return at most count sentences of a transcript, in the order they were spoken in; () where none tells anything.

    language is a BCP 47 tag. Of a long transcript every second, third… sentence is considered.
    """
    sentences = tuple(dict.fromkeys(s for turn in _turns(transcript) for s in split_sentences(turn) if _tells(s)))
    sentences = sentences[:: -(-len(sentences) // MOST_SENTENCES) or 1]
    return sentences if len(sentences) <= count else _ranked(sentences, count=count, language=language)


def _turns(transcript: Transcript) -> Iterator[str]:
    """Return the text of each speaker at a stretch; a sentence may go over several cues."""
    for _, cues in groupby(transcript.cues, key=lambda cue: cue.speaker):
        yield joined(cue.text for cue in cues)


def _tells(sentence: str) -> bool:
    """Return whether a sentence may be a key point: a statement of a fair length, and no greeting."""
    spaceless = sum(map(len, _SPACELESS.findall(sentence)))
    length = len(_spaced_words(sentence)) + spaceless // 2
    return SHORTEST <= length <= LONGEST and not _QUESTION.search(sentence) and not _GREETING.match(sentence)


def _spaced_words(text: str) -> tuple[str, ...]:
    words = (word.strip(_MARKS).lower() for word in _BETWEEN.split(_SPACELESS.sub(" ", text)))
    return tuple(word for word in words if any(map(str.isalpha, word)))


class _Words:
    """The splitter that sumy asks for; its own wants downloaded data."""

    def to_words(self, text: str) -> tuple[str, ...]:
        """Return words in small letters; where a script does not part them, each pair of neighbours."""
        runs = _SPACELESS.findall(text)
        return _spaced_words(text) + tuple(run[at : at + 2] for run in runs for at in range(max(len(run) - 1, 1)))


def _ranked(sentences: tuple[str, ...], *, count: int, language: str) -> tuple[str, ...]:
    # Half a second of imports that an episode with key points of its own need not wait for.
    from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
    from sumy.summarizers.lsa import LsaSummarizer
    from sumy.utils import get_stop_words

    class Summarizer(LsaSummarizer):  # type: ignore[misc]
        """sumy leaves equal ranks to rounding errors, which change from run to run: here the first sentence wins."""

        def _create_dictionary(self, document: Any) -> dict[str, int]:
            return {word: row for row, word in enumerate(sorted(super()._create_dictionary(document)))}

        def _compute_ranks(self, sigma: Any, v_matrix: Any) -> list[float]:
            return [round(rank, _DECIMALS) for rank in super()._compute_ranks(sigma, v_matrix)]

    summarizer = Summarizer()
    name = _LANGUAGES.get(language.split("-")[0].lower())
    summarizer.stop_words = get_stop_words(name) if name else frozenset()
    splitter = _Words()
    words = {word for sentence in sentences for word in splitter.to_words(sentence)}
    if len(words - summarizer.stop_words) < len(sentences):
        # Mere repetition; sumy would warn that it cannot rank it.
        return ()
    document = ObjectDocumentModel([Paragraph([Sentence(text, splitter) for text in sentences])])
    return tuple(str(sentence) for sentence in summarizer(document, count))
