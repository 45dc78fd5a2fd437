"""Line breaks in a paragraph of Markdown that the author meant, though CommonMark joins its lines.

Many paste lists of times, names or links, a line each, and see them run together in apps. Prose that an editor wrapped
has the same breaks, and there they mean nothing.
"""

from __future__ import annotations

import re

from podwright.core.scripts import columns

#: A line of a list: it begins with a time, a bullet that Markdown does not know, or a pictogram.
_ROW = re.compile(r"[(\[]?(?:\d{1,3}:)?\d{1,2}:\d{2}\b|[•·‣◦▪●○■□►▶→⇒✓✔✗✘★☆–—]\s|[\u2600-\u27bf\U0001f000-\U0001faff]")
_ENDED = re.compile(r"[.!?…؟।。！？][\"”’»)\]]*$")
_GOES_ON = re.compile(r"[,;、，؛-]$")
#: Nobody wraps prose in fewer columns.
NARROW = 60


def kept_breaks(lines: list[str]) -> list[bool]:
    """Return for each line but the first whether it shall begin a line of its own."""
    texts = [line.strip() for line in lines]
    listed = _is_list(texts)
    return [listed or _ROW.match(text) is not None for text in texts[1:]]


def _is_list(lines: list[str]) -> bool:
    """Return whether short lines, none of which goes on in the next, are no wrapped prose."""
    heads = [line for line in lines[:-1] if line]
    if not heads or any(line[:1].islower() for line in lines[1:]):
        return False
    if any(_GOES_ON.search(line) for line in heads) or all(_ENDED.search(line) for line in heads):
        return False
    widths = [columns(line) for line in lines]
    if max(widths[:-1]) <= NARROW:
        return True
    wrapped = all(
        width + 1 + columns(following.partition(" ")[0]) > max(widths)
        for width, following in zip(widths[:-1], lines[1:], strict=True)
    )
    return len(lines) > 3 and not wrapped and not any(map(_ENDED.search, heads))
