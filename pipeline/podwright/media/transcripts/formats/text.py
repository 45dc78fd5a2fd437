"""Plain text: paragraphs between blank lines, with `Name: ` before what somebody says and, where wanted, times."""

from __future__ import annotations

import re

from podwright.core.model import Transcript
from podwright.media.transcripts.paragraphs import transcript_text
from podwright.media.transcripts.prose import BOLD, UNBOLD, Block, parse_prose
from podwright.media.transcripts.remarks import Remarks
from podwright.media.transcripts.source import blocks
from podwright.media.transcripts.types import Format, Output, Page

_BOLD = re.compile(r"\*\*([^*]{1,80})\*\*")


def parse(text: str, remarks: Remarks) -> Transcript:
    """Read paragraphs, see `prose`. A name holds until another is given; it may stand on its own line."""
    paragraphs = [
        Block(line=number, lines=[_BOLD.sub(rf"{BOLD}\1{UNBOLD}", line) for line in lines])
        for number, lines in blocks(text)
    ]
    return parse_prose(paragraphs, remarks, strict=False)


def render(transcript: Transcript, _page: Page) -> bytes:
    """Write a transcript as plain text, without its headings and times."""
    return f"{transcript_text(transcript)}\n".encode()


FORMAT = Format(
    suffix=".txt",
    order=5,
    parse=parse,
    output=Output(media_type="text/plain; charset=utf-8", feed_type="text/plain", of="untimed", render=render),
)
