"""Rules about enclosures: the audio of an item, compared with the object that is published."""

from __future__ import annotations

import re
from collections.abc import Iterator

from podwright.core.finding import Finding
from podwright.core.names import AUDIO
from podwright.inspection.rules import sources
from podwright.inspection.rules.types import (
    APPLE,
    EVERYBODY,
    PSP,
    RSS,
    SPOTIFY,
    Rule,
    each_item,
    each_node,
    shown,
)
from podwright.inspection.rules.values import suffix_of
from podwright.inspection.rules.view import Judged, Node

#: Apple goes by the ending of the address (https://podcasters.apple.com/support/823-podcast-requirements).
_TYPES = {
    **AUDIO,
    ".m4a": (*AUDIO[".m4a"], "audio/aac"),
    ".mp4": ("video/mp4", "audio/mp4"),
    ".m4v": ("video/x-m4v", "video/mp4"),
    ".mov": ("video/quicktime",),
    ".pdf": ("application/pdf",),
}


def _missing(item: Node) -> Iterator[str]:
    enclosure = item.first("enclosure")
    if enclosure is None:
        yield "has no enclosure, and apps show no episode without audio; give it one"
        return
    for attribute in ("url", "length", "type"):
        if not enclosure.get(attribute, "").strip():
            yield f"enclosure has no {attribute}; write it"


def _length(node: Node) -> Iterator[str]:
    for enclosure in node.every("enclosure"):
        text, url = enclosure.get("length", ""), enclosure.get("url", "")
        stored = node.site.objects.get(url)
        if text and not text.isdecimal():
            yield f"enclosure length {shown(text)} is not a number; write the size of the file in bytes"
        elif text and stored and int(text) != stored.size:
            yield f"enclosure length is {text}, but the published file has {stored.size} bytes; take it after tagging"
        elif text and stored is None and node.kind == "item" and text == node.text("itunes:duration"):
            yield f"enclosure length {text} is the duration in seconds; write the size of the file in bytes"


def _no_size(item: Node) -> Iterator[str]:
    if item.value("enclosure", "length") == "0":
        yield "enclosure length is 0, which apps take for an empty file; write its size in bytes"


def _type(item: Node) -> Iterator[str]:
    for enclosure in item.every("enclosure"):
        media_type, url = enclosure.get("type", ""), enclosure.get("url", "")
        stored, expected = item.site.objects.get(url), _TYPES.get(suffix_of(url))
        if media_type and stored and media_type != stored.media_type:
            yield f"enclosure type is {shown(media_type)}, but it is served as {stored.media_type}; make them the same"
        elif media_type and expected and media_type not in expected:
            yield f"enclosure type {shown(media_type)} does not fit {suffix_of(url)}; write {expected[0]}"


def _ending(item: Node) -> Iterator[str]:
    url = item.value("enclosure", "url")
    if url and suffix_of(url) not in _TYPES:
        yield f"enclosure url ends in {shown(suffix_of(url))}; let its path end in one of {', '.join(_TYPES)}"


def _absent(node: Node) -> Iterator[str]:
    for enclosure in node.every("enclosure"):
        url = enclosure.get("url", "")
        if url.startswith(node.site.base) and url not in node.site.objects and node.kind == "item":
            yield f"enclosure url {shown(url)} leads to nothing that is published; correct it"


def _shared(judged: Judged) -> Iterator[Finding]:
    for feed in judged.feeds:
        first: dict[str, Node] = {}
        for item in feed.items:
            url = item.value("enclosure", "url")
            other = first.setdefault(url, item)
            if url and other is not item:
                message = f"has the audio of {shown(other.text('title'))}, and apps show only one of the two"
                yield Finding(item.path, f"{item.label}{message}; give it its own")


def _no_duration(item: Node) -> Iterator[str]:
    if not item.text("itunes:duration"):
        yield "has no itunes:duration; write its length in seconds"


def _not_seconds(item: Node) -> Iterator[str]:
    text = item.text("itunes:duration")
    if text and not re.fullmatch(r"0*[1-9]\d*", text):
        yield f"itunes:duration {shown(text)} is not in whole seconds; write a number above 0 like 1801"


def _wrong_duration(item: Node) -> Iterator[str]:
    text, stored = item.text("itunes:duration"), item.site.objects.get(item.value("enclosure", "url"))
    if text.isdecimal() and stored and stored.duration:
        seconds = stored.duration.total_seconds()
        if abs(int(text) - seconds) > 1:
            yield f"itunes:duration is {text}, but the audio lasts {seconds:.0f} seconds; correct it"


RULES = (
    Rule(
        "enclosure-present",
        "error",
        EVERYBODY,
        sources.PSP_ITEM,
        "An item has an enclosure with url, length and type.",
        each_item(_missing),
    ),
    Rule(
        "enclosure-length",
        "error",
        EVERYBODY,
        sources.RSS_ENCLOSURE,
        "The length of an enclosure is the size in bytes of the published file.",
        each_node(_length),
    ),
    Rule(
        "enclosure-size-known",
        "warning",
        (APPLE, PSP, RSS),
        sources.RSS_ENCLOSURE,
        "The length of an item's enclosure is not 0.",
        each_item(_no_size),
    ),
    Rule(
        "enclosure-type",
        "error",
        EVERYBODY,
        sources.APPLE_EPISODE,
        "The type of an enclosure fits the ending of its address and is what the file is served as.",
        each_item(_type),
    ),
    Rule(
        "enclosure-ending",
        "error",
        (APPLE,),
        sources.APPLE_EPISODE,
        "The address of an enclosure ends in mp3, m4a, mp4, m4v, mov or pdf.",
        each_item(_ending),
    ),
    Rule(
        "enclosure-object",
        "error",
        EVERYBODY,
        sources.RSS_ENCLOSURE,
        "An enclosure at an address of ours leads to a published file.",
        each_node(_absent),
    ),
    Rule(
        "enclosure-unique",
        "error",
        (APPLE, SPOTIFY),
        sources.APPLE_EPISODE,
        "No two items of a feed have the same audio.",
        _shared,
    ),
    Rule(
        "duration-present",
        "warning",
        (APPLE, PSP),
        sources.PSP_ITEM_RECOMMENDED,
        "An item says how long it lasts.",
        each_item(_no_duration),
    ),
    Rule(
        "duration-seconds",
        "warning",
        (APPLE, PSP),
        sources.APPLE_EPISODE,
        "itunes:duration is a whole number of seconds.",
        each_item(_not_seconds),
    ),
    Rule(
        "duration-true",
        "error",
        (APPLE, PSP),
        sources.APPLE_EPISODE,
        "itunes:duration is the duration of the published audio.",
        each_item(_wrong_duration),
    ),
)
