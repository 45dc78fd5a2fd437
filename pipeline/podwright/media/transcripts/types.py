"""What a transcript format is: the ending of its files, how it is read, and how it is published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from podwright.core.model import Transcript


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page says of itself beside its transcript. language is a BCP 47 tag."""

    title: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """How transcripts are published in a format.

    media_type is the Content-Type header, feed_type and rel what the feed's podcast:transcript tag says
    (https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/tags/transcript.md).
    The header names the charset of all that is not JSON: readers take text without one for Latin-1, and SubRip
    cannot say it otherwise; who does not know the parameter ignores it (RFC 2045 section 1).
    of: which transcripts are published so; None means all.
    """

    media_type: str
    feed_type: str
    render: Callable[[Transcript, Page], bytes]
    rel: Literal["captions"] | None = None
    of: Literal["timed", "untimed"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A transcript format. suffix is lower-case with its dot; output is None for a format that is only read.

    parse takes decoded text with "\\n" line ends and raises TranscriptError. It may return no cues.
    """

    suffix: str
    parse: Callable[[str], Transcript]
    output: Output | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedTranscript:
    """A transcript as a file: its ending, its types (see `Output`) and its bytes."""

    suffix: str
    media_type: str
    feed_type: str
    rel: Literal["captions"] | None
    data: bytes
