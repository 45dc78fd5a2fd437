"""Rules of the itunes namespace: categories, artwork, numbers, and values that act only when spelt exactly."""

from __future__ import annotations

import re
from collections.abc import Iterator

from podwright.inspection.rules import sources
from podwright.inspection.rules.types import (
    APPLE,
    INDEX,
    PSP,
    SPOTIFY,
    Rule,
    each_channel,
    each_feed,
    each_item,
    each_node,
    shown,
)
from podwright.inspection.rules.values import authority_of, suffix_of
from podwright.inspection.rules.view import Feed, Node, nested, text_of
from podwright.workspace.vocabularies import CATEGORIES

_PICTURES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}
_MAIL = re.compile(r"[^@\s<>()]+@[^@\s<>()]+\.[A-Za-z][A-Za-z0-9-]+")
_WHOLE = re.compile(r"0*[1-9][0-9]*")
_SMALLEST, _LARGEST = 1400, 3000


def _no_explicit(channel: Node) -> Iterator[str]:
    if not channel.text("itunes:explicit"):
        yield "has no itunes:explicit; write true or false"


def _explicit(node: Node) -> Iterator[str]:
    text = node.text("itunes:explicit")
    if text and text not in ("true", "false"):
        yield f"itunes:explicit {shown(text)} is neither true nor false; write one of them"


def _no_category(channel: Node) -> Iterator[str]:
    if not channel.every("itunes:category"):
        yield "has no itunes:category; choose one of Apple's list as categories"


def _category(channel: Node) -> Iterator[str]:
    for element in channel.every("itunes:category"):
        name = element.get("text", "")
        if name not in CATEGORIES:
            yield f"itunes:category {shown(name)} is not of Apple's list; write one of that, with the same capitals"
            continue
        for inner in nested(element, "itunes:category"):
            if inner.get("text", "") not in CATEGORIES[name]:
                yield f"{shown(name)} has no sub-category {shown(inner.get('text', ''))}; choose one of Apple's list"


def _no_artwork(channel: Node) -> Iterator[str]:
    if not channel.value("itunes:image", "href"):
        yield "has no itunes:image with an href; give it artwork"


def _artwork_ending(node: Node) -> Iterator[str]:
    for element in node.every("itunes:image"):
        url = element.get("href", "")
        expected, stored = _PICTURES.get(suffix_of(url)), node.site.objects.get(url)
        if url and expected is None:
            yield f"itunes:image {shown(url)} does not end in .jpg or .png; publish artwork as JPEG or PNG"
        elif stored and stored.media_type != expected:
            yield f"itunes:image {shown(url)} is served as {stored.media_type}; let its ending say what it is"


def _artwork_query(node: Node) -> Iterator[str]:
    for element in node.every("itunes:image"):
        url = element.get("href", "")
        if "?" in url or "#" in url:
            yield f"itunes:image {shown(url)} has a query; publish artwork at an address of its own"


def _artwork_absent(node: Node) -> Iterator[str]:
    for tag in ("itunes:image", "podcast:image"):
        for element in node.every(tag):
            url = element.get("href", "")
            if url.startswith(node.site.base) and url not in node.site.objects:
                yield f"{tag} {shown(url)} leads to nothing that is published; correct it"


def _artwork_elsewhere(node: Node) -> Iterator[str]:
    # A live item's picture is always given by its address.
    for element in node.every("itunes:image") if node.kind != "podcast:liveItem" else ():
        url = element.get("href", "")
        if authority_of(url) and not url.startswith(node.site.base):
            yield f"itunes:image {shown(url)} is published elsewhere and may redirect; put the file into the workspace"


def _artwork_size(node: Node) -> Iterator[str]:
    url = node.value("itunes:image", "href")
    for element in node.every("podcast:image"):
        sizes = [element.get(name, "") for name in ("width", "height")]
        pixels = [int(size) for size in sizes if size.isdecimal()]
        square = len(set(pixels)) < 2
        if url and element.get("href") == url and not (square and all(_SMALLEST <= p <= _LARGEST for p in pixels)):
            yield f"itunes:image has {' x '.join(sizes)} pixels; make it square, of {_SMALLEST} to {_LARGEST}"


def _no_author(channel: Node) -> Iterator[str]:
    if not channel.text("itunes:author"):
        yield "has no itunes:author; write who makes the show as author"


def _no_owner(feed: Feed) -> Iterator[str]:
    hidden = feed.document.private or feed.channel.text("itunes:block") == "Yes"
    if not hidden and not _owner_mail(feed.channel):
        yield "has no itunes:owner with a mail address, by which directories verify it; add [owner]"


def _owner_mail(channel: Node) -> str:
    owner = channel.first("itunes:owner")
    return next((text_of(one).strip() for one in nested(owner, "itunes:email")), "") if owner is not None else ""


def _owner_malformed(channel: Node) -> Iterator[str]:
    mail = _owner_mail(channel)
    if mail and not _MAIL.fullmatch(mail):
        yield f"itunes:email {shown(mail)} is no mail address; write one like podcast@example.org"


def _no_copyright(channel: Node) -> Iterator[str]:
    if not channel.text("copyright") and not channel.text("podcast:license"):
        yield "says nothing of its copyright; add copyright or license"


def _type(channel: Node) -> Iterator[str]:
    text = channel.text("itunes:type")
    if text and text.lower() not in ("episodic", "serial"):
        yield f"itunes:type {shown(text)} is neither episodic nor serial; write one of them"


def _episode_type(item: Node) -> Iterator[str]:
    text = item.text("itunes:episodeType")
    if text and text.lower() not in ("full", "trailer", "bonus"):
        yield f"itunes:episodeType {shown(text)} is none of full, trailer and bonus; write one of them"


def _numbers(item: Node) -> Iterator[str]:
    for tag in ("itunes:episode", "itunes:season"):
        text = item.text(tag)
        if (text or item.every(tag)) and not _WHOLE.fullmatch(text):
            yield f"{tag} {shown(text)} is not a whole number above 0; write one, or leave it out"


def _unordered(feed: Feed) -> Iterator[str]:
    if feed.channel.text("itunes:type").lower() != "serial":
        return
    for item in feed.items:
        if item.text("itunes:episodeType").lower() in ("", "full") and not item.text("itunes:episode"):
            yield f"is serial, but {shown(item.text('title'))} has no itunes:episode; give it a number"


def _same_number(feed: Feed) -> Iterator[str]:
    first: dict[tuple[str, str], Node] = {}
    for item in feed.items:
        number = item.text("itunes:episode")
        if number and item.text("itunes:episodeType").lower() in ("", "full"):
            other = first.setdefault((item.text("itunes:season"), number), item)
            if other is not item:
                titles = f"{shown(other.text('title'))} and {shown(item.text('title'))}"
                yield f"{titles} are both number {number}; number one of them anew"


def _yes(node: Node) -> Iterator[str]:
    for tag in ("itunes:block", "itunes:complete"):
        for element in node.every(tag):
            if text_of(element) != "Yes":
                yield f"{tag} is {shown(text_of(element))}, which has no effect; write Yes, or leave it out"


RULES = (
    Rule(
        "explicit-present",
        "error",
        (APPLE, SPOTIFY, PSP),
        sources.APPLE_SHOW,
        "A channel says whether it is explicit.",
        each_channel(_no_explicit),
    ),
    Rule(
        "explicit-value",
        "error",
        (APPLE, SPOTIFY, PSP),
        sources.APPLE_SHOW,
        "itunes:explicit is true or false, not yes, no or clean.",
        each_node(_explicit),
    ),
    Rule(
        "category-present",
        "error",
        (APPLE, SPOTIFY, PSP),
        sources.APPLE_SHOW,
        "A channel has a category.",
        each_channel(_no_category),
    ),
    Rule(
        "category-known",
        "error",
        (APPLE, PSP),
        sources.APPLE_CATEGORIES,
        "Categories and sub-categories are those of Apple's list, in the same spelling.",
        each_channel(_category),
    ),
    Rule(
        "artwork-present",
        "error",
        (APPLE, SPOTIFY, PSP),
        sources.APPLE_SHOW,
        "A channel has artwork.",
        each_channel(_no_artwork),
    ),
    Rule(
        "artwork-ending",
        "error",
        (APPLE, SPOTIFY),
        sources.APPLE_ARTWORK,
        "Artwork is JPEG or PNG, and its address ends in what it is.",
        each_node(_artwork_ending),
    ),
    Rule(
        "artwork-query",
        "warning",
        (APPLE,),
        sources.APPLE_ARTWORK,
        "The address of artwork has no query and no fragment.",
        each_node(_artwork_query),
    ),
    Rule(
        "artwork-object",
        "error",
        (APPLE, SPOTIFY, PSP, INDEX),
        sources.APPLE_ARTWORK,
        "Artwork at an address of ours is published.",
        each_node(_artwork_absent),
    ),
    Rule(
        "artwork-elsewhere",
        "advice",
        (APPLE,),
        sources.APPLE_ARTWORK,
        "Artwork is published beside the feed, at an address that does not redirect.",
        each_node(_artwork_elsewhere),
    ),
    Rule(
        "artwork-size",
        "error",
        (APPLE, SPOTIFY),
        sources.APPLE_ARTWORK,
        "Artwork is square, of 1400 to 3000 pixels.",
        each_node(_artwork_size),
    ),
    Rule(
        "author-present",
        "warning",
        (APPLE, SPOTIFY, PSP),
        sources.SPOTIFY_SPEC,
        "A channel names its author.",
        each_channel(_no_author),
    ),
    Rule(
        "owner-present",
        "advice",
        (APPLE, SPOTIFY),
        sources.SPOTIFY_SPEC,
        "A public channel has an owner with a mail address.",
        each_feed(_no_owner),
    ),
    Rule(
        "owner-address",
        "error",
        (APPLE, SPOTIFY),
        sources.RFC_5322_ADDRESS,
        "The owner's mail address is one.",
        each_channel(_owner_malformed),
    ),
    Rule(
        "copyright-present",
        "advice",
        (APPLE, PSP),
        sources.APPLE_SHOW,
        "A channel says whose it is, or under which licence.",
        each_channel(_no_copyright),
    ),
    Rule(
        "type-value",
        "error",
        (APPLE, PSP),
        sources.APPLE_SHOW,
        "itunes:type is episodic or serial.",
        each_channel(_type),
    ),
    Rule(
        "episode-type",
        "error",
        (APPLE, PSP),
        sources.APPLE_EPISODE,
        "itunes:episodeType is full, trailer or bonus.",
        each_item(_episode_type),
    ),
    Rule(
        "episode-number",
        "error",
        (APPLE, PSP),
        sources.APPLE_EPISODE,
        "itunes:episode and itunes:season are whole numbers above 0.",
        each_item(_numbers),
    ),
    Rule(
        "serial-numbered",
        "error",
        (APPLE,),
        sources.APPLE_SHOW,
        "Each full episode of a serial show has a number.",
        each_feed(_unordered),
    ),
    Rule(
        "number-unique",
        "warning",
        (APPLE,),
        sources.APPLE_EPISODE,
        "No two full episodes of a season have the same number.",
        each_feed(_same_number),
    ),
    Rule(
        "exactly-yes",
        "error",
        (APPLE, PSP),
        sources.APPLE_SHOW,
        "itunes:block and itunes:complete are Yes, or are not there.",
        each_node(_yes),
    ),
)
