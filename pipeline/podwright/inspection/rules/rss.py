"""Rules of RSS 2.0 for the document and its channel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from podwright.core.finding import Finding
from podwright.inspection.rules import sources
from podwright.inspection.rules.types import (
    APPLE,
    EVERYBODY,
    INDEX,
    PSP,
    RSS,
    SPOTIFY,
    Rule,
    each_channel,
    each_feed,
    each_node,
    shown,
)
from podwright.inspection.rules.values import DATE
from podwright.inspection.rules.view import NAMESPACES, Feed, Judged, Node, nested, text_of
from podwright.media.audio.languages import UNKNOWN, iso_639_2

_DECLARED = re.compile(rb"""<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)["']""")
_EMAIL = re.compile(r"[^@\s<>()]+@[^@\s<>()]+\.[^@\s<>()]+")

#: Elements that stand at most once in their parent.
_ONCE = {
    "channel": (
        *("title", "link", "description", "language", "copyright", "image", "lastBuildDate", "pubDate", "generator"),
        *("itunes:title", "itunes:author", "itunes:explicit", "itunes:image", "itunes:owner", "itunes:type"),
        *("itunes:block", "itunes:complete", "itunes:new-feed-url"),
    ),
    "item": (
        *("title", "link", "description", "guid", "pubDate", "enclosure", "content:encoded"),
        *("itunes:title", "itunes:author", "itunes:explicit", "itunes:image", "itunes:duration", "itunes:episode"),
        *("itunes:season", "itunes:episodeType", "itunes:block", "itunes:summary"),
    ),
}
_ONCE["podcast:liveItem"] = _ONCE["item"]


def _unreadable(judged: Judged) -> Iterator[Finding]:
    for one in judged.unreadable:
        yield Finding(one.document.path, one.message)


def _encoding(judged: Judged) -> Iterator[Finding]:
    for document in judged.documents:
        declared = _DECLARED.match(document.data.removeprefix(b"\xef\xbb\xbf")[:200])
        name = declared[1].decode().lower() if declared else "utf-8"
        if name not in ("utf-8", "us-ascii"):
            yield Finding(document.path, f"is written in {name}; publish feeds in UTF-8")
        elif not _is_utf_8(document.data):
            yield Finding(document.path, "holds bytes that are not UTF-8; publish feeds in UTF-8")


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _version(feed: Feed) -> Iterator[str]:
    if feed.version != "2.0":
        yield f'says that it is RSS {feed.version or "of no version"}; write version="2.0"'


def _prefixes(judged: Judged) -> Iterator[Finding]:
    """Look at prefixes as they stand in the bytes: some readers know a namespace by its prefix alone."""
    for document in judged.documents:
        head = document.data[:4000].decode(errors="replace")
        declared = dict(re.findall(r"""xmlns:([A-Za-z][\w.-]*)=["']([^"']*)["']""", head))
        for prefix in ("itunes", "podcast", "atom"):
            if declared.get(prefix) != NAMESPACES[prefix]:
                message = f'does not declare xmlns:{prefix}="{NAMESPACES[prefix]}"; declare it so on the rss element'
                yield Finding(document.path, message)


def _missing(channel: Node) -> Iterator[str]:
    for tag in ("title", "link", "description"):
        if not channel.text(tag):
            yield f"has no {tag}; write one"


def _repeated(node: Node) -> Iterator[str]:
    for tag in _ONCE[node.kind]:
        if len(node.every(tag)) > 1:
            yield f"{tag} stands there {len(node.every(tag))} times; keep one"


def _empty(feed: Feed) -> Iterator[str]:
    lists = text_of(first) if (first := feed.channel.first("podcast:medium")) is not None else ""
    if not feed.items and not feed.live and not lists.endswith(("L", "publisher")) and lists != "mixed":
        yield "has no episode, and directories refuse an empty feed; publish one before you announce it"


def _language(channel: Node) -> Iterator[str]:
    if not channel.text("language"):
        yield "has no language; write one like en or en-us"


@lru_cache(maxsize=64)
def _is_language(tag: str) -> bool:
    form = re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|\d{3}))?(-[A-Za-z0-9]{5,8})*", tag)
    return bool(form) and iso_639_2(tag) != UNKNOWN


def _unknown_language(channel: Node) -> Iterator[str]:
    tag = channel.text("language")
    if tag and not _is_language(tag):
        yield f"language {shown(tag)} is no language of ISO 639; write one like en or en-us"


def _rss_image(channel: Node) -> Iterator[str]:
    for image in channel.every("image"):
        for name in ("url", "title", "link"):
            if not any(text_of(one).strip() for one in nested(image, name)):
                yield f"image has no {name}; write one"


def _build_date(channel: Node) -> Iterator[str]:
    for tag in ("lastBuildDate", "pubDate"):
        text = channel.text(tag)
        if text and not DATE.fullmatch(text):
            yield f"{tag} {shown(text)} is not a date; write one like Mon, 02 Feb 2026 09:00:00 +0000"


def _editor(channel: Node) -> Iterator[str]:
    for tag in ("managingEditor", "webMaster"):
        text = channel.text(tag)
        if text and not _EMAIL.match(text):
            yield f"{tag} {shown(text)} does not begin with a mail address; write it as ada@example.org (Ada Example)"


def _stray_archive(channel: Node) -> Iterator[str]:
    if channel.every("fh:archive") and not any(link.get("rel") == "current" for link in channel.every("atom:link")):
        yield "is an archive page that does not lead to the feed itself; give it an atom:link rel=current"


def _private(feed: Feed) -> Iterator[str]:
    if not feed.document.private:
        return
    if feed.channel.text("itunes:block").lower() != "yes":
        yield "is for members, but directories may list it; set block = true"
    if feed.channel.text("podcast:locked").lower() == "no":
        yield "is for members, but other hosts may import it; set locked = true"


def _told(judged: Judged) -> Iterator[Finding]:
    for feed in judged.feeds:
        document = feed.document
        if not document.private:
            continue
        if any(link.get("rel") == "hub" for link in feed.channel.every("atom:link")):
            yield Finding(document.path, "is for members, but its hub tells everybody its address; delete hub")
        if feed.channel.value("podcast:podping", "usesPodping") != "true":
            continue
        if "podping" in document.inherited:
            message = (
                f"tells everybody the address of {document.path}, which is for members; write podping = false there"
            )
            yield Finding("podwright.toml", f"podping: {message}")
        else:
            yield Finding(document.path, "is for members, but podping tells everybody its address; delete podping")


RULES = (
    Rule(
        "feed-well-formed",
        "error",
        EVERYBODY,
        sources.RSS_ROOT,
        "A feed is well-formed XML: one rss element with one channel.",
        _unreadable,
    ),
    Rule("feed-encoding", "error", EVERYBODY, sources.APPLE_TEXT, "A feed is written in UTF-8.", _encoding),
    Rule(
        "feed-version", "error", (RSS, APPLE), sources.RSS_ROOT, "A feed says that it is RSS 2.0.", each_feed(_version)
    ),
    Rule(
        "feed-namespaces",
        "error",
        (PSP, APPLE, INDEX),
        sources.PSP_NAMESPACES,
        "A feed declares the itunes, podcast and atom namespaces by their usual prefixes and exact addresses.",
        _prefixes,
    ),
    Rule(
        "channel-required",
        "error",
        EVERYBODY,
        sources.RSS_CHANNEL,
        "A channel has a title, a link and a description.",
        each_channel(_missing),
    ),
    Rule(
        "element-once",
        "error",
        EVERYBODY,
        sources.RSS_ITEM,
        "An element that has one value stands once in its channel or item.",
        each_node(_repeated),
    ),
    Rule("feed-empty", "warning", (APPLE, SPOTIFY), sources.APPLE_EPISODE, "A feed has an episode.", each_feed(_empty)),
    Rule(
        "language-present",
        "error",
        (APPLE, SPOTIFY, PSP),
        sources.APPLE_SHOW,
        "A channel names its language.",
        each_channel(_language),
    ),
    Rule(
        "language-known",
        "warning",
        (APPLE, SPOTIFY, PSP),
        sources.RFC_5646,
        "The language of a channel is one of ISO 639, with a region where that matters.",
        each_channel(_unknown_language),
    ),
    Rule(
        "rss-image",
        "warning",
        (RSS,),
        sources.RSS_IMAGE,
        "The image of a channel has a url, a title and a link.",
        each_channel(_rss_image),
    ),
    Rule(
        "build-date",
        "warning",
        (RSS,),
        sources.RSS_OPTIONAL,
        "The dates of a channel are written as in RFC 2822.",
        each_channel(_build_date),
    ),
    Rule(
        "editor-address",
        "advice",
        (RSS,),
        sources.RSS_OPTIONAL,
        "managingEditor and webMaster begin with a mail address.",
        each_channel(_editor),
    ),
    Rule(
        "archive-current",
        "warning",
        (RSS,),
        sources.RFC_5005,
        "An archive page leads to the feed that it belongs to.",
        each_channel(_stray_archive),
    ),
    Rule(
        "private-listed",
        "warning",
        (APPLE, INDEX),
        sources.APPLE_SHOW,
        "A feed for members is blocked in directories and locked against import.",
        each_feed(_private),
    ),
    Rule(
        "private-told",
        "error",
        (INDEX,),
        sources.WEBSUB,
        "A feed for members names no hub and uses no podping, which tell its address to everybody.",
        _told,
    ),
)
