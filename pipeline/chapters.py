"""Chapters: found in a transcript, checked against the audio, and written as JSON chapters.

https://github.com/Podcastindex-org/podcast-namespace/blob/main/chapters/jsonChapters.md (version 1.2)
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

from pipeline.model import Chapter, Transcript

CHAPTERS_TYPE = "application/json+chapters"

_MILLISECOND = timedelta(milliseconds=1)


def chapters_from_transcript(transcript: Transcript) -> tuple[Chapter, ...]:
    """The headings of a transcript as chapters; none where that would be fewer than two.

    A heading without a time begins where the cue below it does. It makes no chapter where no cue with a time follows,
    or another heading does: then it is the title above that one.
    """
    chapters = tuple(_headed(transcript))
    return chapters if len(chapters) > 1 else ()


def _headed(transcript: Transcript) -> Iterator[Chapter]:
    followers = [*(heading.before for heading in transcript.headings[1:]), None]
    for heading, follower in zip(transcript.headings, followers, strict=False):
        start = heading.start
        if start is None and heading.before not in (follower, len(transcript.cues)):
            start = transcript.cues[heading.before].start
        if start is not None:
            yield Chapter(start=start, title=heading.title)


def check_chapters(chapters: Sequence[Chapter], duration: timedelta) -> tuple[str, ...]:
    """What is wrong with chapters, given the duration of the audio: each message is `what is wrong; what to do`."""
    late = (
        f"chapter {chapter.title!r} starts at {format_timestamp(chapter.start)}, but the audio ends at "
        f"{format_timestamp(duration)}; correct its start or delete it"
        for chapter in chapters
        if chapter.start >= duration
    )
    disordered = (
        f"chapter {after.title!r} starts at {format_timestamp(after.start)}, not after {before.title!r} above it; "
        "put the chapters in order of time"
        for before, after in pairwise(chapters)
        if after.start <= before.start
    )
    return (*disordered, *late)


def build_chapters_json(chapters: Sequence[Chapter], *, title: str, podcast_name: str, filename: str | None) -> bytes:
    """JSON chapters, in order of time. filename is that of the audio file, or None to leave it out."""
    document = {
        "version": "1.2.0",
        "title": title,
        "podcastName": podcast_name,
        **({"fileName": filename} if filename is not None else {}),
        "chapters": [_entry(chapter) for chapter in sorted(chapters, key=lambda chapter: chapter.start)],
    }
    return f"{json.dumps(document, ensure_ascii=False, indent=2)}\n".encode()


def _entry(chapter: Chapter) -> dict[str, float | str]:
    entry: dict[str, float | str] = {"startTime": _seconds(chapter.start), "title": chapter.title}
    if chapter.url is not None:
        entry["url"] = chapter.url
    if chapter.end is not None:
        entry["endTime"] = _seconds(chapter.end)
    return entry


def _seconds(time: timedelta) -> float:
    """Seconds to the millisecond, as an int where they are whole."""
    milliseconds = time // _MILLISECOND
    return milliseconds // 1000 if milliseconds % 1000 == 0 else milliseconds / 1000


def format_timestamp(time: timedelta) -> str:
    """`00:01:30`: hours, minutes and whole seconds, as apps find them in show notes."""
    seconds = time // timedelta(seconds=1)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
