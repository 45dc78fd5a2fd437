"""Files beside the audio and stretches of it, alternate enclosures, and pictures."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from podwright.core.finding import Finding
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
from podwright.inspection.rules.view import Judged, Node, nested, number_of

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


LINKED = (
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


_SRI = re.compile(r"(sha256-[A-Za-z0-9+/]{43}=|sha384-[A-Za-z0-9+/]{64}|sha512-[A-Za-z0-9+/]{86}==)(\?\S*)?")


def _no_source(node: Node) -> Iterator[str]:
    for element in node.every("podcast:alternateEnclosure"):
        if not nested(element, "podcast:source"):
            yield "podcast:alternateEnclosure has no podcast:source, so nothing can play it; add its address"


def _integrity(node: Node) -> Iterator[str]:
    for element in node.every("podcast:alternateEnclosure"):
        for inner in nested(element, "podcast:integrity"):
            value = inner.get("value", "")
            if inner.get("type") != "sri":
                continue
            if not _SRI.fullmatch(value):
                yield f"podcast:integrity {shown(value)} is no integrity string; write sha384- and its base64"
                continue
            for source in nested(element, "podcast:source"):
                stored = node.site.objects.get(source.get("uri", ""))
                if stored and stored.sha256 and value.startswith("sha256-") and value != _sri(stored.sha256):
                    yield "podcast:integrity is not that of the published file; take it after tagging"


def _sri(sha256: str) -> str:
    return f"sha256-{base64.b64encode(bytes.fromhex(sha256)).decode()}"


def _default(item: Node) -> Iterator[str]:
    defaults = [one for one in item.every("podcast:alternateEnclosure") if one.get("default") == "true"]
    if len(defaults) > 1:
        yield f"{len(defaults)} of podcast:alternateEnclosure are the default; keep one"
    for one in defaults:
        for name in ("type", "length"):
            own = item.value("enclosure", name)
            if own and one.get(name, own) != own:
                yield f"the default podcast:alternateEnclosure has another {name} than the enclosure; correct it"


ALTERNATES = (
    Rule(
        "alternate-source",
        "error",
        (INDEX,),
        sources.podcast_tag("alternate-enclosure"),
        "An alternate enclosure has a source.",
        each_node(_no_source),
    ),
    Rule(
        "alternate-integrity",
        "error",
        (INDEX,),
        sources.SRI,
        "An integrity string is well-formed, and that of the published file.",
        each_node(_integrity),
    ),
    Rule(
        "alternate-default",
        "error",
        (INDEX,),
        sources.podcast_tag("alternate-enclosure"),
        "At most one alternate enclosure is the default, and it has the type and length of the enclosure.",
        each_item(_default),
    ),
)


def _images_alone(node: Node) -> Iterator[str]:
    if node.every("podcast:images") and not node.every("podcast:image"):
        yield "podcast:images is deprecated; add podcast:image, which newer apps read"


def _no_alternative(judged: Judged) -> Iterator[Finding]:
    """Yield artwork and further pictures without a description.

    Those of an episode are named as it names them, all others by their address.
    """
    episodes = {recording.path for recording in judged.recordings}
    yield from each_node(_no_artwork_alternative)(judged)
    yield from (one for one in each_node(_no_further_alternative)(judged) if one.where not in episodes)
    for recording in judged.recordings:
        for image in recording.episode.tags.images:
            if not image.alt:
                name = image.file.name if image.file else image.url or ""
                yield Finding(recording.path, _undescribed(name))


def _undescribed(picture: str) -> str:
    return f"its picture {shown(picture)} has no description for people who do not see it; add alt to it in images"


def _without_alternative(node: Node) -> tuple[list[ET.Element], list[ET.Element]]:
    """Return the sizes of the artwork that have no description, and the further pictures that have none."""
    pictures = node.every("podcast:image")
    without = [one for one in pictures if not one.get("alt", "").strip()]
    artwork = [one for one in pictures if "artwork" in one.get("purpose", "").lower().split()]
    # All sizes of the artwork have the same description: where one has any, a picture without is a further one.
    if not all(one in without for one in artwork) or not node.every("itunes:image"):
        artwork = []
    return artwork, [one for one in without if one not in artwork]


def _no_artwork_alternative(node: Node) -> Iterator[str]:
    artwork, _ = _without_alternative(node)
    if artwork:
        yield "its artwork has no description for people who do not see it; add image_alt"


def _no_further_alternative(node: Node) -> Iterator[str]:
    _, further = _without_alternative(node)
    yield from (_undescribed(one.get("href", "")) for one in further)


def _no_measures(node: Node) -> Iterator[str]:
    for element in node.every("podcast:image"):
        if not (element.get("width") and element.get("aspect-ratio")):
            yield f"podcast:image {shown(element.get('href', ''))} has no width and aspect-ratio; add them"


IMAGES = (
    Rule(
        "images-alone",
        "warning",
        (INDEX,),
        sources.podcast_tag("image"),
        "podcast:images stands beside podcast:image only, which took its place.",
        each_node(_images_alone),
    ),
    Rule(
        "image-described",
        "advice",
        (ACCESSIBILITY, INDEX),
        sources.WCAG_TEXT,
        "Artwork has a description.",
        _no_alternative,
    ),
    Rule(
        "image-measured",
        "advice",
        (INDEX,),
        sources.podcast_tag("image"),
        "Pictures have a width and an aspect ratio.",
        each_node(_no_measures),
    ),
)
