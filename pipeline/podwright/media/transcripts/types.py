"""A transcript format: the suffix of its files, how it is read, and how it is published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from podwright.core.model import Transcript
from podwright.media.transcripts.remarks import Remarks


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The title of a page with a transcript, and its language."""

    title: str
    #: A BCP 47 tag.
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """The published form of transcripts in a format."""

    #: The Content-Type header. It names the charset of all that is not JSON: readers take text without one for Latin-1,
    #: and SubRip cannot say it otherwise; who does not know the parameter ignores it (RFC 2045 section 1).
    media_type: str
    #: The type in the feed's podcast:transcript tag
    #: (https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/tags/transcript.md).
    feed_type: str
    render: Callable[[Transcript, Page], bytes]
    #: The rel of that tag.
    rel: Literal["captions"] | None = None
    #: Which transcripts are published so; None: all.
    of: Literal["timed", "untimed"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A transcript format."""

    #: Lower-case, with its dot.
    suffix: str
    #: The format's place in feeds, which name the preferred one first.
    order: int
    #: Takes decoded text with "\\n" line ends; keeps faults and remarks, or raises TranscriptError. It may return no
    #: cues.
    parse: Callable[[str, Remarks], Transcript]
    #: None for a format that is only read.
    output: Output | None = None
    #: Most bytes of a file: ten hours of captions have less than 2 MB, ten hours of text less than 1.
    limit: int = 8 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedTranscript:
    """A transcript as a file: its suffix, its types (see `Output`) and its bytes."""

    suffix: str
    media_type: str
    feed_type: str
    rel: Literal["captions"] | None
    data: bytes
