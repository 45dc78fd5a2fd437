"""Transcripts, chapters, trailers and soundbites: files beside the audio, and stretches of it."""

from __future__ import annotations

from collections.abc import Iterator

from podwright.inspection.rules import sources
from podwright.inspection.rules.types import (
    ACCESSIBILITY,
    APPLE,
    INDEX,
    PSP,
    Rule,
    each_channel,
    each_item,
    each_node,
    shown,
)
from podwright.inspection.rules.view import Node, number_of

_TRANSCRIPTS = ("text/plain", "text/html", "text/vtt", "application/json", "application/x-subrip")


def _transcript_type(item: Node) -> Iterator[str]:
    for element in item.every("podcast:transcript"):
        media_type, url = element.get("type", ""), element.get("url", "")
        stored = item.site.objects.get(url)
        if media_type and media_type not in _TRANSCRIPTS:
            yield f"podcast:transcript type {shown(media_type)} is not known; write one of {', '.join(_TRANSCRIPTS)}"
        elif stored and stored.media_type != media_type:
            yield f"podcast:transcript type is {media_type}, but it is served as {stored.media_type}; correct it"


def _absent(node: Node) -> Iterator[str]:
    for tag in ("podcast:transcript", "podcast:chapters", "podcast:trailer"):
        for element in node.every(tag):
            url = element.get("url", "")
            if url.startswith(node.site.base) and url not in node.site.objects:
                yield f"{tag} url {shown(url)} leads to nothing that is published; correct it"


def _no_language(item: Node) -> Iterator[str]:
    channel = item.channel.text("language") if item.channel else ""
    if not channel and any(not element.get("language") for element in item.every("podcast:transcript")):
        yield "podcast:transcript names no language, and neither does the channel; add language"


def _trailer_length(channel: Node) -> Iterator[str]:
    for element in channel.every("podcast:trailer"):
        stored = channel.site.objects.get(element.get("url", ""))
        length = element.get("length", "")
        if stored and length and length != str(stored.size):
            yield f"podcast:trailer length is {length}, but the file has {stored.size} bytes; take it after tagging"


def _soundbite_length(item: Node) -> Iterator[str]:
    for element in item.every("podcast:soundbite"):
        duration = number_of(element.get("duration", ""))
        if duration is not None and not 15 <= duration <= 120:
            yield f"podcast:soundbite lasts {duration:g} seconds; choose a stretch of 15 to 120"


def _soundbite_outside(item: Node) -> Iterator[str]:
    stored = item.site.objects.get(item.value("enclosure", "url"))
    for element in item.every("podcast:soundbite"):
        start, lasts = number_of(element.get("startTime", "")), number_of(element.get("duration", ""))
        if stored and stored.duration and start is not None and lasts is not None:
            end = stored.duration.total_seconds()
            if start + lasts > end + 1:
                yield f"podcast:soundbite ends at {start + lasts:g} s, but the audio at {end:.0f}; correct its times"


RULES = (
    Rule(
        "transcript-type",
        "error",
        (APPLE, INDEX, PSP),
        sources.podcast_tag("transcript"),
        "The type of a transcript is one that the namespace names, and what it is served as.",
        each_item(_transcript_type),
    ),
    Rule(
        "linked-object",
        "error",
        (APPLE, INDEX),
        sources.PODCAST_TAGS,
        "Transcripts, chapters and trailers at addresses of ours are published.",
        each_node(_absent),
    ),
    Rule(
        "transcript-language",
        "advice",
        (ACCESSIBILITY, INDEX),
        sources.WCAG_LANGUAGE,
        "The language of a transcript is known, by itself or by its channel.",
        each_item(_no_language),
    ),
    Rule(
        "trailer-length",
        "error",
        (INDEX,),
        sources.podcast_tag("trailer"),
        "The length of a trailer is the size in bytes of the published file.",
        each_channel(_trailer_length),
    ),
    Rule(
        "soundbite-length",
        "advice",
        (INDEX,),
        sources.podcast_tag("soundbite"),
        "A soundbite lasts 15 to 120 seconds.",
        each_item(_soundbite_length),
    ),
    Rule(
        "soundbite-in-audio",
        "error",
        (INDEX,),
        sources.podcast_tag("soundbite"),
        "A soundbite ends before the audio does.",
        each_item(_soundbite_outside),
    ),
)
