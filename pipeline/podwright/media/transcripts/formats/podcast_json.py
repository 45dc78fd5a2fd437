"""The podcast namespace's JSON transcripts.

https://github.com/Podcastindex-org/podcast-namespace/blob/main/transcripts/transcripts.md#json
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from podwright.core.errors import TranscriptError
from podwright.core.model import Cue, Transcript
from podwright.media.transcripts.source import tidy
from podwright.media.transcripts.speakers import ends_sentence
from podwright.media.transcripts.times import LIMIT, MILLISECOND, in_order, spans, with_ends
from podwright.media.transcripts.types import Format, Output, Page

#: Single words are joined up to the first sentence end past ENOUGH characters, up to MOST, or up to a PAUSE.
_ENOUGH = 32
_MOST = 160
_PAUSE = timedelta(seconds=2)

_PUNCTUATION = re.compile(r"[.,;:!?…%)\]]+")


@dataclass(frozen=True, slots=True)
class _Segment:
    """A segment as read; closed where its body ended with a line break, which ends a phrase."""

    cue: Cue
    closed: bool


def parse(text: str) -> Transcript:
    """Read the segments; a missing endTime is the next later startTime.

    Where most segments are a single word, as speech recognition writes them, the words of a speaker are joined to
    phrases. Raises TranscriptError that names the value (`segments.3.startTime`), or the line where it is not JSON.
    """
    segments = list(_segments(_load(text)))
    words = sum(" " not in segment.cue.text for segment in segments)
    cues = with_ends([segment.cue for segment in segments])
    if words * 2 <= len(segments):
        return Transcript(cues=cues)
    closed = [segment.closed for segment in segments]
    return Transcript(cues=tuple(_phrases(cues, closed)))


def _load(text: str) -> list[Any]:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise TranscriptError(f"not JSON: {error.msg}; correct it", line=error.lineno) from error
    except (ValueError, RecursionError) as error:
        raise TranscriptError("not JSON that can be read: a number too long, or nested too deep; correct it") from error
    segments = document.get("segments") if isinstance(document, dict) else None
    if not isinstance(segments, list):
        raise TranscriptError('not a transcript; write {"version": "1.0.0", "segments": […]}')
    return segments


def _segments(segments: list[Any]) -> Iterator[_Segment]:
    last = timedelta()
    for index, segment in enumerate(segments):
        where = f"segments.{index}"
        if not isinstance(segment, dict):
            raise TranscriptError(f"{where} is not an object; write startTime, endTime, speaker and body")
        start = _time(segment.get("startTime"), where=f"{where}.startTime")
        end = None if segment.get("endTime") is None else _time(segment["endTime"], where=f"{where}.endTime")
        if end is not None and end < start:
            raise TranscriptError(f"{where}.endTime is before its startTime; correct its times")
        last = in_order(start, last, line=None, where=where)
        speaker, body = segment.get("speaker"), segment.get("body")
        if not isinstance(speaker, str | None):
            raise TranscriptError(f"{where}.speaker is not text; write a name, or leave it out")
        if not isinstance(body, str) or not body.strip():
            raise TranscriptError(f"{where}.body is not text, or has none; write what is said, or delete the segment")
        name = tidy(speaker or "", line=None) or None
        # Recognisers give words no length at times; such an end is no better than none.
        cue = Cue(start, end if end != start else None, name, tidy(body, line=None))
        yield _Segment(cue, closed=body.endswith("\n"))


def _time(value: object, *, where: str) -> timedelta:
    """Return seconds as whole milliseconds."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < LIMIT.total_seconds():
        return round(value * 1000) * MILLISECOND
    raise TranscriptError(f"{where} is not a time; write seconds as a number")


def _phrases(cues: tuple[Cue, ...], closed: list[bool]) -> Iterator[Cue]:
    """Yield single words joined to phrases."""
    phrase: list[Cue] = []
    length = 0
    for cue, ends in zip(cues, closed, strict=True):
        if phrase and _parts(phrase[-1], cue, length=length):
            yield _joined(phrase)
            phrase, length = [], 0
        phrase.append(cue)
        length += len(cue.text) + 1
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
        or length + len(after.text) > _MOST
        or (length > _ENOUGH and ends_sentence(before.text))
    )


def _joined(phrase: list[Cue]) -> Cue:
    text = phrase[0].text
    for cue in phrase[1:]:
        text += cue.text if _PUNCTUATION.fullmatch(cue.text) else f" {cue.text}"
    end = max((cue.end for cue in phrase if cue.end is not None), default=None)
    return Cue(phrase[0].start, end, phrase[0].speaker, text)


def render(transcript: Transcript, _page: Page) -> bytes:
    """Write a timed transcript as JSON."""
    segments = [
        {
            **({"speaker": cue.speaker} if cue.speaker else {}),
            "startTime": _seconds(start),
            "endTime": _seconds(end),
            "body": cue.text,
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
