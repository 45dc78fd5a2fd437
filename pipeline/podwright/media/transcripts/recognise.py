"""The format of a file by its text, where its name says another one."""

from __future__ import annotations

import re

from podwright.core.errors import TranscriptError
from podwright.media.transcripts.captions import is_timing

_WEBVTT = re.compile(r"WEBVTT(?:[ \t]|$)")
_JSON = re.compile(r"\s*(?:\{\s*\"|\[\s*\{)")
_HTML = re.compile(r"\s*<(?:!doctype html|html)[\s>]", re.IGNORECASE)
_OTHERS = (
    (re.compile(r"\s*\[Script Info\]"), "SubStation Alpha (.ass)"),
    (re.compile(r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?<(?:tt|transcript|timedtext)[\s>]"), "TTML or timed text in XML"),
    (re.compile(r"\s*\{\\rtf"), "Rich Text (.rtf)"),
    (
        re.compile(r"[0-9]{1,2}:[0-9]{2}:[0-9]{2}\.[0-9]{3},[0-9]{1,2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}\n"),
        "SubViewer (.sbv)",
    ),
)


def recognised(text: str, suffix: str) -> str:
    """Return the suffix of the format that a text has; suffix itself unless it plainly has another.

    Raises TranscriptError for a format that is not read.
    """
    head = text[:4000].lstrip("\n \t")
    for pattern, name in _OTHERS:
        if pattern.match(head):
            raise TranscriptError(f"this is {name}, which is not read; export WebVTT (.vtt) or SRT (.srt)", line=1)
    if _WEBVTT.match(head.partition("\n")[0]):
        return ".vtt"
    if suffix == ".srt" or (suffix != ".json" and suffix != ".html" and _begins_with_times(head)):
        return ".json" if suffix == ".srt" and _JSON.match(head) else ".srt"
    if suffix not in (".html", ".json", ".md") and _JSON.match(head):
        return ".json"
    if suffix != ".json" and _HTML.match(head):
        return ".html"
    if suffix == ".vtt":
        raise TranscriptError("the first line is not WEBVTT; put a line WEBVTT and a blank line above the cues", line=1)
    return suffix


def _begins_with_times(head: str) -> bool:
    """Return whether a text begins like SRT: with a number and a line of times, or with such a line."""
    lines = [line.strip() for line in head.split("\n") if line.strip()][:2]
    return bool(lines) and (is_timing(lines[0]) or (lines[0].isdigit() and len(lines) > 1 and is_timing(lines[1])))
