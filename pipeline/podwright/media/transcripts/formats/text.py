"""Plain text: paragraphs between blank lines, `Name: ` before what somebody says."""

from __future__ import annotations

from podwright.core.model import Cue, Transcript
from podwright.media.transcripts.paragraphs import transcript_text
from podwright.media.transcripts.source import blocks
from podwright.media.transcripts.speakers import split_turns
from podwright.media.transcripts.types import Format, Output, Page


def parse(text: str) -> Transcript:
    """Read paragraphs, by the rule of `speakers`. A name holds until another is given; it may stand on its own line.

    Raises TranscriptError.
    """
    cues: list[Cue] = []
    speaker: str | None = None
    for number, lines in blocks(text):
        for turn in split_turns(lines, line=number):
            speaker = turn.speaker or speaker
            if turn.text:
                cues.append(Cue(None, None, speaker, turn.text))
    return Transcript(cues=tuple(cues))


def render(transcript: Transcript, _page: Page) -> bytes:
    """Write a transcript as plain text, without its headings and times."""
    return f"{transcript_text(transcript)}\n".encode()


FORMAT = Format(
    suffix=".txt",
    order=5,
    parse=parse,
    output=Output(media_type="text/plain; charset=utf-8", feed_type="text/plain", of="untimed", render=render),
)
