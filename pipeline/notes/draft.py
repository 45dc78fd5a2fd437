"""Key points drafted from a transcript: its most telling sentences, as they were said.

Latent semantic analysis, by sumy. Of its summarisers that one found the conclusion of a monologue where graph-based
ones chose the opening question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pipeline.model import Transcript

#: A greeting is shorter and a ramble longer, in words.
SHORTEST, LONGEST = 6, 40
#: The matrix grows with the square of the sentences; an hour of talk has about six hundred.
MOST_SENTENCES = 600

_END = re.compile(r"(?<=[.!?…])[\"”’)]*\s+(?=[\"“‘(]?[A-ZÀ-ÞА-ЯΑ-Ω0-9])|(?<=[。！？])")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_GREETING = re.compile(
    r"^(hello|hi|welcome|thanks|thank you|good (morning|evening|afternoon)|this is|i'm|i am)\b", re.IGNORECASE
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
    """At most count sentences of a transcript, in the order they were said in; () where none tells anything."""
    sentences = [s for s in split_sentences(cue_turns(transcript)) if _tells(s)]
    step = -(-len(sentences) // MOST_SENTENCES) or 1
    chosen = tuple(dict.fromkeys(sentences[::step]))
    if len(chosen) <= count:
        return chosen
    return _summarise(chosen, count=count, language=language)


def cue_turns(transcript: Transcript) -> list[str]:
    """What each speaker says at a stretch; a sentence may go over several cues."""
    turns: list[str] = []
    speaker: str | None = None
    for cue in transcript.cues:
        if turns and cue.speaker == speaker:
            turns[-1] = f"{turns[-1]} {cue.text}"
        else:
            turns.append(cue.text)
        speaker = cue.speaker
    return turns


def split_sentences(turns: Iterable[str]) -> list[str]:
    """Sentences by their end marks; not after an initial or a short title such as Dr."""
    sentences: list[str] = []
    for turn in turns:
        parts = _END.split(" ".join(turn.split()))
        joined: list[str] = []
        for part in parts:
            if joined and re.search(r"\b(?:Dr|Mr|Mrs|Ms|Prof|St|vs|e\.g|i\.e|[A-Z])\.$", joined[-1]):
                joined[-1] = f"{joined[-1]} {part}"
            elif part:
                joined.append(part)
        sentences += joined
    return sentences


def _tells(sentence: str) -> bool:
    """Whether a sentence may be a key point: a statement of a fair length."""
    count = max(len(_WORD.findall(sentence)), len(sentence) // 8 if not sentence.isascii() else 0)
    return SHORTEST <= count <= LONGEST and not sentence.rstrip('"”’)').endswith("?") and not _GREETING.match(sentence)


class _Words:
    """The splitter that sumy asks for; its own wants downloaded data."""

    def to_words(self, text: str) -> tuple[str, ...]:
        return tuple(word.lower() for word in _WORD.findall(text))


def _summarise(sentences: tuple[str, ...], *, count: int, language: str) -> tuple[str, ...]:
    # Half a second of imports that an episode with key points of its own need not wait for.
    from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
    from sumy.summarizers.lsa import LsaSummarizer
    from sumy.utils import get_stop_words

    class Summarizer(LsaSummarizer):  # type: ignore[misc]
        def _create_dictionary(self, document: Any) -> dict[str, int]:
            # sumy numbers the words in the order of a set, which changes from run to run, and with it the rounding.
            return {word: row for row, word in enumerate(sorted(super()._create_dictionary(document)))}

    summarizer = Summarizer()
    name = _LANGUAGES.get(language.split("-")[0].lower())
    summarizer.stop_words = get_stop_words(name) if name else frozenset()
    splitter = _Words()
    document = ObjectDocumentModel([Paragraph([Sentence(text, splitter) for text in sentences])])
    return tuple(str(sentence) for sentence in summarizer(document, count))
