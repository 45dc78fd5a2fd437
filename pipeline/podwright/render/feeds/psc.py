"""Podlove Simple Chapters 1.2: chapters in the feed itself, for apps that read neither their file nor the audio's tags.

https://podlove.org/simple-chapters/. A chapter has a start, a title, a link and a picture there, but no end, and none
can be hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from podwright.render.feeds.extension import Element
from podwright.render.feeds.types import ChapterMark, Item

NAMESPACE = "http://podlove.org/simple-chapters"

_VERSION = "1.2"


def item_elements(item: Item) -> Iterator[Element]:
    """An item's elements."""
    return chapter_elements(item.chapters)


def chapter_elements(marks: Iterable[ChapterMark]) -> Iterator[Element]:
    """The one list of chapters, in order of time, or nothing where there are none."""
    chapters = tuple(map(_chapter, sorted(marks, key=lambda mark: mark.start)))
    if chapters:
        yield Element(f"{{{NAMESPACE}}}chapters", attributes={"version": _VERSION}, children=chapters)


def _chapter(mark: ChapterMark) -> Element:
    attributes = {"start": _play_time(mark.start), "title": mark.title, "href": mark.url, "image": mark.image}
    return Element(f"{{{NAMESPACE}}}chapter", attributes=attributes)


def _play_time(time: timedelta) -> str:
    """`01:02:03.500`: normal play time (https://www.w3.org/TR/media-frags/#npttimedef)."""
    seconds, milliseconds = divmod(time // timedelta(milliseconds=1), 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{milliseconds:03}"
