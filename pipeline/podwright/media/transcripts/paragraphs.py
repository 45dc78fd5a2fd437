"""A transcript for reading: captions joined into paragraphs, and its plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from podwright.core.model import Cue, Transcript
from podwright.core.scripts import joined
from podwright.media.transcripts.speakers import ends_sentence

#: A paragraph of captions ends with the first sentence past ENOUGH characters or past a WHILE, or at last past MOST.
_ENOUGH = 280
_MOST = 1000
_WHILE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """The words of one speaker without a break."""

    #: Index of the first cue in it.
    cue: int
    start: timedelta | None
    speaker: str | None
    text: str


def paragraphs(transcript: Transcript) -> Iterator[Paragraph]:
    """Yield the paragraphs of a transcript: an untimed one's are its cues, a timed one's are joined from captions.

    A new one begins with another speaker, after a heading, and after a sentence where the paragraph is long enough.
    """
    cues, timed = transcript.cues, transcript.timed
    headed = {heading.before for heading in transcript.headings}
    first = length = 0
    for index in range(1, len(cues)):
        length += len(cues[index - 1].text) + 1
        if not timed or index in headed or cues[index].another or _parts(cues[first : index + 1], length):
            yield _paragraph(cues, first, end=index)
            first, length = index, 0
    if cues:
        yield _paragraph(cues, first, end=len(cues))


def _parts(cues: Sequence[Cue], length: int) -> bool:
    """Return whether the last of some cues begins a paragraph, where the others make one of so many characters."""
    began, before, now = cues[0], cues[-2], cues[-1]
    lasted = began.start is not None and now.start is not None and now.start - began.start > _WHILE
    return (
        began.speaker != now.speaker or length > _MOST or ((length > _ENOUGH or lasted) and ends_sentence(before.text))
    )


def _paragraph(cues: Sequence[Cue], first: int, *, end: int) -> Paragraph:
    text = joined(cue.text for cue in cues[first:end])
    return Paragraph(first, cues[first].start, cues[first].speaker, text)


def spoken_text(cue: Cue) -> str:
    """Return the text of a cue as captions show it: ">>" where another speaker begins of whom no name is known."""
    return f">> {cue.text}" if cue.another and cue.speaker is None else cue.text


def transcript_text(transcript: Transcript) -> str:
    """Return the words alone, `Speaker: ` at each change of speaker, a blank line between paragraphs."""
    parts: list[str] = []
    speaker: str | None = None
    for paragraph in paragraphs(transcript):
        named = paragraph.speaker is not None and paragraph.speaker != speaker
        parts.append(f"{paragraph.speaker}: {paragraph.text}" if named else paragraph.text)
        speaker = paragraph.speaker
    return "\n\n".join(parts)
