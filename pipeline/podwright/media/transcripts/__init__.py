"""Transcripts: every format read into one model, and written from it.

To add a format: a module with a `FORMAT`, its line in `_FORMATS`, a pair of files in tests/data/transcripts.
"""

from __future__ import annotations

from datetime import timedelta

from podwright.core.errors import TranscriptError
from podwright.core.model import Transcript
from podwright.media.transcripts import html, markdown, podcast_json, srt, text, vtt
from podwright.media.transcripts.paragraphs import paragraphs, transcript_text
from podwright.media.transcripts.source import decode
from podwright.media.transcripts.timing import clip
from podwright.media.transcripts.types import Page, RenderedTranscript

__all__ = [
    "MEDIA_TYPES",
    "SUFFIXES",
    "RenderedTranscript",
    "paragraphs",
    "parse_transcript",
    "render_transcripts",
    "transcript_text",
]

_FORMATS = (
    vtt.FORMAT,
    srt.FORMAT,
    podcast_json.FORMAT,
    html.FORMAT,
    text.FORMAT,
    markdown.FORMAT,
)

#: The endings of files that can be read, lower-case, with their dots.
SUFFIXES = tuple(one.suffix for one in _FORMATS)

#: The Content-Type of a published transcript by the ending of its key.
MEDIA_TYPES = {one.suffix: one.output.media_type for one in _FORMATS if one.output is not None}


def parse_transcript(data: bytes, *, suffix: str) -> Transcript:
    """Read a transcript file; suffix is its ending with the dot, in any case.

    Raises TranscriptError, with the line where there is one, for malformed input and for a file without words.
    """
    parse = next((one.parse for one in _FORMATS if one.suffix == suffix.lower()), None)
    if parse is None:
        raise TranscriptError(f"{suffix!r} is not the ending of a transcript; use one of {', '.join(SUFFIXES)}")
    transcript = parse(decode(data))
    if not transcript.cues:
        raise TranscriptError("no words in the file; write the transcript, or delete the file")
    return transcript


def render_transcripts(
    transcript: Transcript, *, title: str, language: str, duration: timedelta | None
) -> tuple[RenderedTranscript, ...]:
    """A transcript in every format that it is published in: captions and HTML where it is timed, else HTML and text.

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
