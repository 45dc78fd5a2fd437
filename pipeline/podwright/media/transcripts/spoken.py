"""Captions as cues: without what stands twice, with their speakers, in order of time."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from podwright.core.model import Cue, Transcript
from podwright.core.scripts import gap, joined
from podwright.media.transcripts.remarks import Remarks
from podwright.media.transcripts.speakers import Turn, open_text, split_turns, stand_alone, uncased_names
from podwright.media.transcripts.times import sorted_by_time, with_ends

#: What Whisper writes for silence, and the tokens of its models.
_SILENCE = re.compile(
    r"\[ ?(?:blank[_ ]?audio|silence|no[_ ]speech(?: detected)?) ?\]|<\|[^|<>]{1,30}\|>", re.IGNORECASE
)
#: A line that nobody says.
_SOUND = re.compile(r"\[[^\[\]]*\]|\([^()]*\)|[♪♫♬#* ].*")
#: The mark of another speaker behind what one says, as whisper.cpp has it with tinydiarize.
_TURN = re.compile(r"\[SPEAKER[_ ]TURN\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A caption with its words in plain text: tidy lines of each voice, of which None is nobody that a tag names."""

    #: Number of the line of its times, or its place among segments.
    line: int | None
    start: timedelta
    #: None for a caption without length.
    end: timedelta | None
    voices: tuple[tuple[str | None, tuple[str, ...]], ...]


def cues_of(captions: Iterable[Spoken], remarks: Remarks) -> Transcript:
    """Return the transcript of captions: those without words are left out, and what rolling captions say again.

    What no voice is tagged to say begins with a speaker's name by the rule of `speakers`; a name may stand on a line of
    its own. In a file without tagged voices a name holds until another is given. A file has names where its first
    words have one, or one is there twice: a single "Ingredients:" in between is nobody's.
    """
    heard = _unrolled([spoken for one in captions if (spoken := audible(one, remarks))], remarks)
    cues: list[Cue] = []
    lines: list[int | None] = []
    for cue, line in _named(heard):
        cues.append(cue)
        lines.append(line)
    return Transcript(cues=with_ends(sorted_by_time(cues, remarks, lines=lines)))


def audible(caption: Spoken, remarks: Remarks) -> Spoken | None:
    """Return a caption with the lines in which something is said; None where there is none."""
    voices = []
    silent = False
    for voice, lines in caption.voices:
        said = [" ".join(_SILENCE.sub(" ", line).split()) if "[" in line or "<|" in line else line for line in lines]
        silent = silent or tuple(said) != lines
        if words := tuple(filter(None, said)):
            voices.append((voice, words))
    if voices:
        return replace(caption, voices=tuple(voices)) if silent or tuple(voices) != caption.voices else caption
    if silent:
        remarks.note("a caption of silence is left out", "delete it", line=caption.line)
    else:
        remarks.note("a caption without words is left out", "write its words, or delete it", line=caption.line)
    return None


def _named(captions: Sequence[Spoken]) -> Iterator[tuple[Cue, int | None]]:
    """Yield a cue for each turn of each voice, with its line."""
    texts = [lines for one in captions for voice, lines in one.voices if voice is None]
    holds = sum(len(one.voices) for one in captions) == len(texts)
    alone = stand_alone(texts)
    names = uncased_names(lines[0] for lines in texts) | alone
    if not alone and not _has_names(texts, names):
        yield from (
            (Cue(one.start, one.end, voice, joined(lines)), one.line) for one in captions for voice, lines in one.voices
        )
        return
    speaker: str | None = None
    another = False
    for one in captions:
        for voice, lines in one.voices:
            if voice is not None:
                yield Cue(one.start, one.end, voice, joined(lines)), one.line
                continue
            speaker = speaker if holds else None
            said = (f"{lines[0]}:", *lines[1:]) if lines[0] in alone and len(lines) > 1 else lines
            for turn, begins in _turns(said, one.line or 0, names):
                another = another or begins or turn.another
                if turn.speaker is not None or another:
                    speaker = turn.speaker
                if turn.text:
                    yield Cue(one.start, one.end, speaker, turn.text, another and speaker is None), one.line
                    another = False


def _has_names(texts: Sequence[Sequence[str]], names: Collection[str]) -> bool:
    """Return whether the first words, but for sounds and music, have a speaker's name, or one is there twice."""
    found: set[str] = set()
    first = True
    for lines in texts:
        for line in lines:
            if _TURN.search(line):
                return True
            opening = open_text(line, names)
            if opening.another or (opening.speaker is not None and (first or opening.speaker in found)):
                return True
            if opening.speaker is not None:
                found.add(opening.speaker)
        first = first and all(map(_SOUND.fullmatch, lines))
    return False


def _turns(lines: Sequence[str], line: int, names: Collection[str]) -> Iterator[tuple[Turn, bool]]:
    """Yield the turns in the lines of a caption, each with whether a mark says that another speaker begins."""
    parts = _TURN.split("\n".join(lines))
    for number, part in enumerate(parts):
        said = [each for each in map(str.strip, part.split("\n")) if each]
        if not said and number:
            yield Turn(line, None, ""), True
        for index, turn in enumerate(split_turns(said, line=line, names=names)):
            yield turn, number > 0 and index == 0


# Rolling captions


def _unrolled(captions: Sequence[Spoken], remarks: Remarks) -> list[Spoken]:
    """Return captions without the words that they repeat from the one before, where a file is of rolling captions.

    Live and automatic captions scroll: a line is shown again above the next one, or grows word by word, and a caption
    may show nothing new. A file is one of these where half of its captions begin with the last lines of the one before
    and go on.
    """
    texts = [joined(one.voices[0][1]) for one in captions]
    overlaps = [0, *map(_overlap, captions, captions[1:], texts[1:])][: len(captions)]
    goes_on = sum(0 < length < len(text) for text, length in zip(texts, overlaps, strict=True))
    if goes_on == 0 or sum(map(bool, overlaps)) * 2 < len(captions) - 1:
        return list(captions)
    kept: list[Spoken] = []
    for one, text, length in zip(captions, texts, overlaps, strict=True):
        if length == 0:
            kept.append(one)
            continue
        remarks.note(
            "repeats the words of the caption before, as rolling captions do", "they are kept once", line=one.line
        )
        if words := text[length:].strip():
            kept.append(replace(one, voices=((one.voices[0][0], (words,)),)))
        elif kept and one.end is not None and (end := kept[-1].end) is not None:
            kept[-1] = replace(kept[-1], end=max(end, one.end))
    return kept


def _overlap(before: Spoken, after: Spoken, text: str) -> int:
    """Return how many characters of a caption's text are the last lines of the one before; 0 for none."""
    if len(before.voices) != 1 or len(after.voices) != 1 or before.voices[0][0] != after.voices[0][0]:
        return 0
    if after.start <= before.start:
        return 0
    lines = before.voices[0][1]
    for first, line in enumerate(lines):
        if not text.startswith(line):
            continue
        tail = joined(lines[first:])
        rest = text[len(tail) :]
        if text.startswith(tail) and (rest[:1] in ("", " ") or not gap(tail, rest)):
            return len(tail)
    return 0
