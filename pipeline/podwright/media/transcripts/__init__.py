"""Transcripts: every format read into one model, and written from it.

To add a format: a module in `formats/` with its `FORMAT`, a pair of files in tests/data/transcripts, and, where it is
published, its suffix in `podwright.core.names`.
"""

from __future__ import annotations

import importlib
import pkgutil
from datetime import timedelta

from podwright.core.errors import TranscriptError
from podwright.core.model import Transcript
from podwright.media.transcripts import formats
from podwright.media.transcripts.paragraphs import paragraphs, transcript_text
from podwright.media.transcripts.recognise import recognised
from podwright.media.transcripts.remarks import Remark, Remarks
from podwright.media.transcripts.source import decode
from podwright.media.transcripts.times import clip
from podwright.media.transcripts.types import Format, Page, RenderedTranscript

__all__ = [
    "LIMITS",
    "SUFFIXES",
    "Remark",
    "RenderedTranscript",
    "paragraphs",
    "parse_transcript",
    "read_transcript",
    "render_transcripts",
    "transcript_text",
]


def _formats() -> tuple[Format, ...]:
    modules = (
        importlib.import_module(f"{formats.__name__}.{found.name}") for found in pkgutil.iter_modules(formats.__path__)
    )
    return tuple(sorted((module.FORMAT for module in modules), key=lambda format_: format_.order))


_FORMATS = _formats()

#: The suffixes of files that can be read, lower-case, with their dots.
SUFFIXES = tuple(one.suffix for one in _FORMATS)

#: Most bytes of a file that is read, by its suffix.
LIMITS = {one.suffix: one.limit for one in _FORMATS}


def parse_transcript(data: bytes, *, suffix: str) -> Transcript:
    """Return what a transcript file says, see `read_transcript`."""
    return read_transcript(data, suffix=suffix)[0]


def read_transcript(data: bytes, *, suffix: str) -> tuple[Transcript, tuple[Remark, ...]]:
    """Return what a transcript file says, and what was read in another way than it stands.

    suffix has its dot and is in any case. A file that is plainly of another format is read as what it is. Raises
    TranscriptError, with all places that are wrong, for malformed input and for a file without words.
    """
    suffix = suffix.lower()
    if suffix not in SUFFIXES:
        raise TranscriptError(f"{suffix!r} is not the ending of a transcript; use one of {', '.join(SUFFIXES)}")
    text, remarks = decode(data), Remarks()
    actual = recognised(text, suffix)
    if actual != suffix:
        remarks.note(
            f"its text is that of a {actual} file, and it is read so", f"name it transcript{actual}", level="advice"
        )
    parse = next(one.parse for one in _FORMATS if one.suffix == actual)
    with remarks.faulty():
        transcript = parse(text, remarks)
    remarks.refuse()
    if not transcript.cues:
        raise TranscriptError("no words in the file; write the transcript, or delete the file")
    return transcript, remarks.all()


def render_transcripts(
    transcript: Transcript, *, title: str, language: str, duration: timedelta | None
) -> tuple[RenderedTranscript, ...]:
    """Return a transcript in the formats that it is published in: captions and HTML where timed, else HTML and text.

    title and language (BCP 47) are those of the page. duration of the audio: no cue that starts in it lasts longer.
    """
    if transcript.timed and duration is not None:
        transcript = clip(transcript, duration)
    unfit = "untimed" if transcript.timed else "timed"
    page = Page(title=title, language=language)
    return tuple(
        RenderedTranscript(
            suffix=one.suffix,
            media_type=one.output.media_type,
            feed_type=one.output.feed_type,
            rel=one.output.rel,
            data=one.output.render(transcript, page),
        )
        for one in _FORMATS
        if one.output is not None and one.output.of != unfit
    )
