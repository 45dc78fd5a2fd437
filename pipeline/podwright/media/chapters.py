"""Chapters: found in a transcript, checked against the audio, and written as JSON chapters.

https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/chapters/jsonChapters.md (version 1.2). It
has no place for the people of a chapter, nor has any other format that apps read: the show notes and the audio's tags
name them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

from podwright.core.model import Chapter, Transcript

CHAPTERS_TYPE = "application/json+chapters"

_MILLISECOND = timedelta(milliseconds=1)
_NO_IMAGES: Mapping[Path, str] = MappingProxyType({})


def chapters_from_transcript(transcript: Transcript) -> tuple[Chapter, ...]:
    """Return the headings of a transcript as chapters; none where that would be fewer than two.

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


def chapters_within(chapters: Sequence[Chapter], duration: timedelta) -> tuple[Chapter, ...]:
    """Return the chapters that begin before a recording ends."""
    return tuple(chapter for chapter in chapters if chapter.start < duration)


def lost_chapters(count: int, chapters: tuple[Chapter, ...]) -> str | None:
    """Return what is lost where audio has so many chapters of its own, and its episode has none."""
    if not count or chapters:
        return None
    own = "a chapter of its own, which is" if count == 1 else f"{count} chapters of its own, which are"
    return f"its audio has {own} not published; write them under chapters"


def check_chapters(chapters: Sequence[Chapter], duration: timedelta) -> tuple[str, ...]:
    """Return what is wrong with chapters, given the duration of the audio, as `what is wrong; what to do`."""
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
    return (*disordered, *late, *_bad_ends(chapters, duration))


def _bad_ends(chapters: Sequence[Chapter], duration: timedelta) -> Iterator[str]:
    for chapter in chapters:
        if chapter.end is None:
            continue
        named = f"chapter {chapter.title!r} ends at {format_timestamp(chapter.end)}"
        if chapter.end <= chapter.start:
            yield f"{named}, not after its start; correct its end or delete it"
        elif chapter.end > duration > chapter.start:
            yield f"{named}, but the audio ends at {format_timestamp(duration)}; correct its end or delete it"


def build_chapters_json(
    chapters: Sequence[Chapter],
    *,
    title: str,
    podcast_name: str,
    filename: str | None,
    author: str | None = None,
    description: str | None = None,
    images: Mapping[Path, str] = _NO_IMAGES,
    waypoints: bool = False,
) -> bytes:
    """Return JSON chapters, in order of time, in UTF-8.

    title, author and description are the episode's, filename is that of the audio file; None leaves one out. images
    gives the public address of each chapter's picture file; a file that it lacks is left out. waypoints: whether the
    places of chapters are joined to a route.
    """
    texts = {
        "author": author,
        "title": title,
        "podcastName": podcast_name,
        "description": description,
        "fileName": filename,
    }
    document = {
        "version": "1.2.0",
        **{name: text for name, text in texts.items() if text is not None},
        **({"waypoints": True} if waypoints else {}),
        "chapters": [_entry(chapter, images) for chapter in sorted(chapters, key=lambda chapter: chapter.start)],
    }
    return f"{json.dumps(document, ensure_ascii=False, indent=2)}\n".encode()


def _entry(chapter: Chapter, images: Mapping[Path, str]) -> dict[str, object]:
    """Return a chapter; a hidden one keeps its title, which apps that ignore `toc` would otherwise show as a blank."""
    image = images.get(chapter.image) if chapter.image else chapter.image_url
    entry: dict[str, object] = {"startTime": _seconds(chapter.start), "title": chapter.title}
    if image is not None:
        entry["img"] = image
    if chapter.url is not None:
        entry["url"] = chapter.url
    if chapter.hidden:
        entry["toc"] = False
    if chapter.end is not None and chapter.end > chapter.start:
        entry["endTime"] = _seconds(chapter.end)
    if place := chapter.location:
        entry["location"] = {"name": place.name, "geo": place.geo, **({"osm": place.osm} if place.osm else {})}
    return entry


def _seconds(time: timedelta) -> float:
    """Return seconds to the millisecond, as an int where they are whole."""
    milliseconds = time // _MILLISECOND
    return milliseconds // 1000 if milliseconds % 1000 == 0 else milliseconds / 1000


def format_timestamp(time: timedelta) -> str:
    """Return a time as `00:01:30`: hours, minutes and whole seconds, as apps find them in show notes."""
    seconds = time // timedelta(seconds=1)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
