"""The JSON of tools that transcribe, as rows of words with their times and speakers.

Each tool has a function that knows its document and returns its rows. Sources: openai/whisper `utils.py`,
m-bain/whisperX `schema.py`, ggml-org/whisper.cpp `examples/cli`, https://developers.deepgram.com/docs/utterances,
https://www.assemblyai.com/docs/api-reference/transcripts, https://docs.rev.ai/api/asynchronous/transcripts,
https://docs.aws.amazon.com/transcribe/latest/dg/how-input.html, https://docs.podlove.org; Otter's and YouTube's have
no document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from podwright.core.errors import TranscriptError
from podwright.core.scripts import joined

#: Samples a second in which Otter counts.
_OTTER = 16_000


@dataclass(frozen=True, slots=True)
class Row:
    """A stretch of words as a document has it; its values are not checked yet."""

    #: Its place in the document: `segments.3`.
    where: str
    start: object
    end: object
    speaker: object
    text: object
    #: The name of the value that is the start, for messages.
    start_name: str = "start"
    end_name: str = "end"
    text_name: str = "text"
    #: How many of the units of start and end are a second; 0 where they are not said to be seconds or milliseconds.
    unit: int = 1


def rows_of(document: object) -> list[Row] | None:
    """Return the rows of a document of a tool that is known; None for any other.

    Raises TranscriptError for a document of which the unit of time is not certain.
    """
    for read in _TOOLS:
        rows = read(document)
        if rows is not None:
            return _in_seconds(rows)
    return None


def describe(document: object) -> str:
    """Return what a document holds, for a message about one that nobody knows."""
    if isinstance(document, dict):
        keys = ", ".join(map(repr, list(document)[:6]))
        return f"an object with {keys}" if keys else "an empty object"
    if isinstance(document, list):
        return f"a list of {describe(document[0])}" if document else "an empty list"
    return f"a {'number' if isinstance(document, int | float) else 'value'}"


def _in_seconds(rows: list[Row]) -> list[Row]:
    """Return rows whose unit is known: fractions are of seconds, since milliseconds are whole."""
    if not any(row.unit == 0 for row in rows):
        return rows
    if any(isinstance(value, float) and value % 1 for row in rows for value in (row.start, row.end)):
        return [replace(row, unit=1) for row in rows]
    raise TranscriptError(
        "a list of words with start and end, of a tool that does not say whether they are seconds or milliseconds; "
        "export WebVTT (.vtt) or SRT (.srt) from it"
    )


def _objects(value: object) -> list[Mapping[str, Any]] | None:
    """Return a list of objects; None for anything else, and for an empty one."""
    return value if isinstance(value, list) and value and all(isinstance(one, dict) for one in value) else None


def _at(document: object, *path: str | int) -> object:
    """Return a value inside a document; None where there is none."""
    for name in path:
        if isinstance(document, dict) and isinstance(name, str):
            document = document.get(name)
        elif isinstance(document, list) and isinstance(name, int) and name < len(document):
            document = document[name]
        else:
            return None
    return document


def _numbered(value: object) -> object:
    """Return a speaker who is a number or a single letter as a name, and any other as it is."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"Speaker {value}"
    if isinstance(value, str) and re.fullmatch(r"[A-Z0-9]{1,2}", value):
        return f"Speaker {value}"
    return value


def _people(speakers: object, name: str) -> dict[int | str, object]:
    """Return the names of speakers by their numbers."""
    people = ((one.get("id"), one.get(name)) for one in _objects(speakers) or ())
    return {number: value for number, value in people if isinstance(number, int | str)}


# Tools


def _whisper(document: object) -> list[Row] | None:
    """Whisper, whisperX and what speaks like them: segments with start, end and text in seconds."""
    segments = _objects(_at(document, "segments"))
    if segments is None or not all("start" in one and "text" in one for one in segments):
        return None
    rows: list[Row] = []
    for index, one in enumerate(segments):
        row = Row(f"segments.{index}", one["start"], one.get("end"), _numbered(one.get("speaker")), one["text"])
        rows += _by_speaker(row, one.get("words"))
    return rows


def _by_speaker(row: Row, words: object) -> list[Row]:
    """Return a segment in as many rows as speakers say its words, which whisperX names word by word."""
    spoken = _objects(words) or []
    speakers = {one["speaker"] for one in spoken if isinstance(one.get("speaker"), str)}
    if len(speakers) < 2 or "start" not in spoken[0]:
        return [row]
    rows: list[Row] = []
    speaker: object = None
    named = []
    for one in spoken:
        speaker = one.get("speaker") or speaker
        named.append((speaker or row.speaker, one))
    for name, run in groupby(named, key=lambda pair: pair[0]):
        part = [one for _, one in run]
        starts = [one["start"] for one in part if "start" in one]
        start = starts[0] if starts else (rows[-1].end if rows else row.start)
        text = joined(filter(None, (str(one.get("word", "")).strip() for one in part)))
        ends = [one["end"] for one in part if "end" in one]
        rows.append(Row(row.where, start, ends[-1] if ends else None, _numbered(name), text))
    return rows


def _whisper_cpp(document: object) -> list[Row] | None:
    """whisper.cpp: a transcription with offsets in milliseconds."""
    segments = _objects(_at(document, "transcription"))
    if segments is None or not all(isinstance(one.get("offsets"), dict) for one in segments):
        return None
    return [
        Row(
            f"transcription.{index}",
            one["offsets"].get("from"),
            one["offsets"].get("to"),
            _numbered(one.get("speaker")),
            one.get("text"),
            "offsets.from",
            "offsets.to",
            unit=1000,
        )
        for index, one in enumerate(segments)
    ]


def _deepgram(document: object) -> list[Row] | None:
    """Deepgram: utterances, else sentences in paragraphs, else words, in seconds."""
    channel = _at(document, "results", "channels", 0, "alternatives", 0)
    if not isinstance(channel, dict):
        return None
    if utterances := _objects(_at(document, "results", "utterances")):
        return _rows("results.utterances", utterances, "transcript")
    if paragraphs := _objects(_at(channel, "paragraphs", "paragraphs")):
        return [
            Row(f"paragraphs.{n}.sentences.{m}", *_pair(one), _numbered(paragraph.get("speaker")), one.get("text"))
            for n, paragraph in enumerate(paragraphs)
            for m, one in enumerate(_objects(paragraph.get("sentences")) or ())
        ]
    words = _objects(channel.get("words"))
    return _rows("words", words, "punctuated_word" if "punctuated_word" in words[0] else "word") if words else None


def _assembly(document: object) -> list[Row] | None:
    """AssemblyAI: utterances, else words, in milliseconds."""
    if not isinstance(document, dict) or not document.keys() & {"audio_url", "audio_duration", "speech_model"}:
        return None
    for name in ("utterances", "words"):
        if (rows := _objects(document.get(name))) and "text" in rows[0]:
            return _rows(name, rows, "text", unit=1000)
    return None


def _rev(document: object) -> list[Row] | None:
    """Rev: monologues of elements, of which words have times in seconds and the rest stands between them."""
    monologues = _objects(_at(document, "monologues"))
    if monologues is None:
        return None
    names = _people(_at(document, "speakers"), "name")
    rows: list[Row] = []
    for index, monologue in enumerate(monologues):
        elements = _objects(monologue.get("elements")) or []
        speaker = monologue.get("speaker")
        speaker = names.get(speaker) or _numbered(speaker) if isinstance(speaker, int | str) else speaker
        for number, run in _sentences(elements):
            timed = [one for one in run if "ts" in one]
            text = "".join(str(one.get("value", "")) for one in run)
            if timed:
                where = f"monologues.{index}.elements.{number}"
                rows.append(Row(where, timed[0]["ts"], timed[-1].get("end_ts"), speaker, text, "ts", "end_ts", "value"))
    return rows


def _sentences(elements: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, list[Mapping[str, Any]]]]:
    """Yield elements by sentences, each with the place of its first one."""
    run: list[Mapping[str, Any]] = []
    for number, element in enumerate(elements):
        run.append(element)
        if element.get("type") == "punct" and str(element.get("value", "")).strip() in (
            ".",
            "?",
            "!",
            "。",
            "？",
            "！",
        ):
            yield number - len(run) + 1, run
            run = []
    if run:
        yield len(elements) - len(run), run


def _otter(document: object) -> list[Row] | None:
    """Otter: transcripts with offsets in samples, of speakers that are listed apart."""
    speech = _at(document, "speech")
    source = speech if isinstance(speech, dict) else document
    transcripts = _objects(_at(source, "transcripts"))
    if transcripts is None or not all("transcript" in one and "start_offset" in one for one in transcripts):
        return None
    people = _people(_at(source, "speakers"), "speaker_name")
    rows = []
    for index, one in enumerate(transcripts):
        number = one.get("speaker_id")
        name = people.get(number) if isinstance(number, int | str) else None
        speaker = one.get("speaker_name") or name or _numbered(one.get("speaker_model_label"))
        offsets = one["start_offset"], one.get("end_offset")
        names = "start_offset", "end_offset", "transcript"
        rows.append(Row(f"transcripts.{index}", *offsets, speaker, one["transcript"], *names, unit=_OTTER))
    return rows


def _aws(document: object) -> list[Row] | None:
    """Amazon Transcribe: items, words and punctuation, with times in seconds as text."""
    items = _objects(_at(document, "results", "items"))
    if items is None or not all("alternatives" in one for one in items):
        return None
    rows: list[Row] = []
    for index, one in enumerate(items):
        content = _at(one, "alternatives", 0, "content")
        if one.get("type") == "punctuation" and rows:
            before = rows[-1]
            rows[-1] = replace(before, text=f"{before.text}{content}")
            continue
        speaker = one.get("speaker_label")
        rows.append(
            Row(
                f"results.items.{index}", _number(one.get("start_time")), _number(one.get("end_time")), speaker, content
            )
        )
    return rows


def _number(value: object) -> object:
    return float(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", value) else value


def _youtube(document: object) -> list[Row] | None:
    """YouTube's timed text: events with milliseconds; one without words breaks a line."""
    events = _objects(_at(document, "events"))
    if events is None or not any("tStartMs" in one for one in events):
        return None
    rows = []
    for index, one in enumerate(events):
        text = "".join(str(part.get("utf8", "")) for part in _objects(one.get("segs")) or ())
        start, length = one.get("tStartMs"), one.get("dDurationMs")
        if text.strip():
            end = start + length if isinstance(start, int) and isinstance(length, int) else None
            names = "tStartMs", "dDurationMs", "segs"
            rows.append(Row(f"events.{index}", start, end, None, text, *names, unit=1000))
    return rows


def _podlove(document: object) -> list[Row] | None:
    """Podlove: a list of lines with milliseconds."""
    lines = _objects(_at(document, "transcript") if isinstance(document, dict) else document)
    if lines is None or not all("start_ms" in one for one in lines):
        return None
    rows = []
    for index, one in enumerate(lines):
        speaker = one.get("speaker") or one.get("voice") or None
        times = one["start_ms"], one.get("end_ms")
        rows.append(Row(f"{index}", *times, speaker, one.get("text"), "start_ms", "end_ms", unit=1000))
    return rows


def _plain(document: object) -> list[Row] | None:
    """Any tool: a list of objects with start, end and text, alone or under a usual name."""
    for name in ("", "utterances", "segments", "words", "chunks", "results", "captions", "transcript", "sentences"):
        rows = _objects(_at(document, name) if name else document)
        if rows is None:
            continue
        for text in ("text", "transcript", "punctuated_word", "word", "body"):
            if all("start" in one and text in one for one in rows):
                return _rows(name, rows, text, unit=0)
            if all(isinstance(one.get("timestamp"), list) and text in one for one in rows):
                # transformers' pipeline: chunks with a pair of times in seconds.
                where = f"{name}." if name else ""
                return [
                    Row(f"{where}{n}", _at(one["timestamp"], 0), _at(one["timestamp"], 1), None, one[text])
                    for n, one in enumerate(rows)
                ]
    return None


def _rows(name: str, found: Sequence[Mapping[str, Any]], text: str, *, unit: int = 1) -> list[Row]:
    where = f"{name}." if name else ""
    return [
        Row(f"{where}{index}", *_pair(one), _numbered(_speaker(one)), one.get(text), text_name=text, unit=unit)
        for index, one in enumerate(found)
    ]


def _speaker(row: Mapping[str, Any]) -> object:
    for name in ("speaker", "speaker_name", "speaker_id", "speaker_label"):
        if row.get(name) is not None:
            return row[name]
    return None


def _pair(row: Mapping[str, Any]) -> tuple[object, object]:
    return row.get("start"), row.get("end")


_TOOLS: tuple[Callable[[object], list[Row] | None], ...] = (
    _whisper,
    _whisper_cpp,
    _deepgram,
    _assembly,
    _rev,
    _otter,
    _aws,
    _youtube,
    _podlove,
    _plain,
)
