"""JSON transcripts: those of the podcast namespace, and the exports of tools.

https://github.com/Podcastindex-org/podcast-namespace/blob/main/transcripts/transcripts.md#json
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

from podwright.core.errors import TranscriptError
from podwright.core.model import Cue, Transcript
from podwright.core.scripts import columns, gap, has_spaceless
from podwright.media.transcripts.exports import Row, describe, rows_of
from podwright.media.transcripts.paragraphs import spoken_text
from podwright.media.transcripts.remarks import Remarks
from podwright.media.transcripts.source import tidy
from podwright.media.transcripts.speakers import ends_sentence
from podwright.media.transcripts.spoken import Spoken, audible, cues_of
from podwright.media.transcripts.times import LIMIT, MILLISECOND, sorted_by_time, spans, with_ends
from podwright.media.transcripts.types import Format, Output, Page

#: Single words are joined up to the first sentence end past ENOUGH columns, up to MOST, or up to a PAUSE.
_ENOUGH = 32
_MOST = 160
_PAUSE = timedelta(seconds=2)
#: Longest single word of a script without spaces, in letters.
_SPACELESS_WORD = 6

_PUNCTUATION = re.compile(r"[.,;:!?…%)\]。，、！？；：」』】）]+")


def parse(text: str, remarks: Remarks) -> Transcript:
    """Read the segments of a document, of the namespace or of a tool that `exports` knows.

    A missing end is the next later start. Where most segments are a single word, as speech recognition writes them,
    the words of a speaker are joined to phrases; else names in the text are speakers where no segment has one. Faults
    name the value (`segments.3.startTime`), or the line where it is not JSON.
    """
    spoken: list[Spoken] = []
    closed: list[bool] = []
    for row in _load(text):
        with remarks.faulty():
            segment = _segment(row)
            if heard := audible(segment, remarks):
                spoken.append(heard)
                closed.append(str(row.text).endswith("\n"))
    if sum(map(_is_word, spoken)) * 2 <= len(spoken):
        return cues_of(spoken, remarks)
    cues = [Cue(one.start, one.end, one.voices[0][0], one.voices[0][1][0]) for one in spoken]
    if any(after.start < before.start for before, after in pairwise(spoken)):
        closed = [False] * len(cues)
    timed = with_ends(sorted_by_time(cues, remarks, lines=[None] * len(cues)))
    return Transcript(cues=tuple(_phrases(timed, closed)))


def _load(text: str) -> list[Row]:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise TranscriptError(f"not JSON: {error.msg}; correct it", line=error.lineno) from error
    except (ValueError, RecursionError) as error:
        raise TranscriptError("not JSON that can be read: a number too long, or nested too deep; correct it") from error
    segments = document.get("segments") if isinstance(document, dict) else None
    if isinstance(segments, list) and _is_namespace(segments):
        return [_namespace_row(f"segments.{index}", one) for index, one in enumerate(segments)]
    rows = rows_of(document)
    if rows is None:
        raise TranscriptError(
            f"not a transcript of a tool that is known, but {describe(document)[:300]}; export WebVTT or SRT, or write "
            '{"version": "1.0.0", "segments": […]}'
        )
    return rows


def _is_namespace(segments: list[Any]) -> bool:
    """Return whether segments are those of the namespace, right or wrong, and not of a tool."""
    return not any(isinstance(one, dict) and "start" in one and "startTime" not in one for one in segments)


def _namespace_row(where: str, segment: object) -> Row:
    if not isinstance(segment, dict):
        return Row(where, None, None, None, None)
    start, end, speaker, body = map(segment.get, ("startTime", "endTime", "speaker", "body"))
    return Row(where, start, end, speaker, "" if body is None else body, "startTime", "endTime", "body")


def _segment(row: Row) -> Spoken:
    """Return a row as a caption. Raises TranscriptError."""
    where = row.where
    if row.start is row.end is row.speaker is row.text is None:
        raise TranscriptError(f"{where} is not an object; write startTime, endTime, speaker and body")
    start = _time(row.start, where=f"{where}.{row.start_name}", unit=row.unit)
    end = None if row.end is None else _time(row.end, where=f"{where}.{row.end_name}", unit=row.unit)
    if end is not None and end < start:
        raise TranscriptError(f"{where}.{row.end_name} is before its {row.start_name}; correct its times")
    if not isinstance(row.speaker, str | None):
        raise TranscriptError(f"{where}.speaker is not text; write a name, or leave it out")
    if not isinstance(row.text, str):
        raise TranscriptError(f"{where}.{row.text_name} is not text; write what is said, or delete the segment")
    name = tidy(row.speaker or "", line=None) or None
    text = tidy(row.text, line=None)
    # Recognisers give words no length at times; such an end is no better than none.
    return Spoken(None, start, end if end != start else None, ((name, (text,)),))


def _is_word(segment: Spoken) -> bool:
    """Return whether a segment is a single word. Where no spaces are between words, whole sentences have none."""
    text = segment.voices[0][1][0]
    return " " not in text and (not has_spaceless(text) or len(text) <= _SPACELESS_WORD)


def _time(value: object, *, where: str, unit: int) -> timedelta:
    """Return a number of units as whole milliseconds."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < LIMIT.total_seconds() * unit:
        return round(value * 1000 / unit) * MILLISECOND
    raise TranscriptError(f"{where} is not a time; write {'seconds' if unit == 1 else 'it'} as a number")


def _phrases(cues: tuple[Cue, ...], closed: list[bool]) -> Iterator[Cue]:
    """Yield single words joined to phrases."""
    phrase: list[Cue] = []
    length = 0
    for cue, ends in zip(cues, closed, strict=True):
        if phrase and _parts(phrase[-1], cue, length=length):
            yield _joined(phrase)
            phrase, length = [], 0
        phrase.append(cue)
        length += columns(cue.text) + 1
        if ends:
            yield _joined(phrase)
            phrase, length = [], 0
    if phrase:
        yield _joined(phrase)


def _parts(before: Cue, after: Cue, *, length: int) -> bool:
    """Return whether a phrase of so many characters ends between two of its words."""
    paused = after.start is not None and before.end is not None and after.start - before.end > _PAUSE
    return (
        paused
        or before.speaker != after.speaker
        or length + columns(after.text) > _MOST
        or (length > _ENOUGH and ends_sentence(before.text))
    )


def _joined(phrase: list[Cue]) -> Cue:
    text = phrase[0].text
    for cue in phrase[1:]:
        text += cue.text if _PUNCTUATION.fullmatch(cue.text) else gap(text, cue.text) + cue.text
    end = max((cue.end for cue in phrase if cue.end is not None), default=None)
    return Cue(phrase[0].start, end, phrase[0].speaker, text)


def render(transcript: Transcript, _page: Page) -> bytes:
    """Write a timed transcript as JSON."""
    segments = [
        {
            **({"speaker": cue.speaker} if cue.speaker else {}),
            "startTime": _seconds(start),
            "endTime": _seconds(end),
            "body": spoken_text(cue),
        }
        for start, end, cue in spans(transcript)
    ]
    text = json.dumps({"version": "1.0.0", "segments": segments}, ensure_ascii=False, separators=(",", ":"))
    return f"{text}\n".encode()


def _seconds(time: timedelta) -> float:
    """Return seconds to the millisecond, as an int where they are whole."""
    milliseconds = time // MILLISECOND
    return milliseconds // 1000 if milliseconds % 1000 == 0 else milliseconds / 1000


FORMAT = Format(
    suffix=".json",
    order=3,
    parse=parse,
    output=Output(
        media_type="application/json", feed_type="application/json", rel="captions", of="timed", render=render
    ),
)
