"""Rules of PSP-1, the podcast RSS standard, beyond those of RSS and Apple: its own address, and what it recommends."""

from __future__ import annotations

import re
from collections.abc import Iterator

from podwright.inspection.rules import sources
from podwright.inspection.rules.types import (
    ACCESSIBILITY,
    APPLE,
    INDEX,
    PSP,
    RSS,
    Rule,
    each_channel,
    each_feed,
    each_item,
    shown,
)
from podwright.inspection.rules.view import Feed, Node

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_CAPTIONS = ("text/vtt", "application/x-subrip", "application/srt", "text/srt")


def _self_link(channel: Node) -> Iterator[str]:
    own = [link for link in channel.every("atom:link") if link.get("rel") == "self"]
    if len(own) != 1:
        yield f"has {len(own)} links rel=self; give it one, with its own address"
        return
    url = own[0].get("href", "")
    if url != channel.document.url:
        yield f"its link rel=self is {shown(url)}, but it is published at {channel.document.url}; make them the same"
    if own[0].get("type") != "application/rss+xml":
        yield f"its link rel=self has the type {shown(own[0].get('type', ''))}; write application/rss+xml"


#: The sign, the word, and a year or a span of years.
_NOTICE = re.compile(
    r"\s*(?:©|℗|\([cp]\)|\bcopyright\b|\b(?:19|20)\d\d\b(?:\s*[-–—/]\s*(?:(?:19|20)\d\d|\d\d|present|today)\b)?)[\s,.:;]*",
    re.IGNORECASE,
)


def _copyright(channel: Node) -> Iterator[str]:
    text = channel.text("copyright")
    found = _NOTICE.search(text)
    if found:
        name = " ".join(_NOTICE.sub(" ", text).split())
        advice = f"write {shown(name)}" if name else "write whose it is"
        yield f"copyright {shown(text)} has a sign, a word or a year, which apps add themselves; {advice}"


def _no_guid(channel: Node) -> Iterator[str]:
    if not channel.text("podcast:guid"):
        yield "has no podcast:guid, by which it is known when it moves; give it one"


def _not_uuid(channel: Node) -> Iterator[str]:
    text = channel.text("podcast:guid")
    if text and not _UUID.fullmatch(text):
        yield f"podcast:guid {shown(text)} is not a UUID; write one like 9b024349-ccf0-5f69-a609-6b82873eab3c"


def _unlocked(channel: Node) -> Iterator[str]:
    if not channel.every("podcast:locked"):
        yield "has no podcast:locked, so any host may import it; set locked"


def _seldom(feed: Feed) -> Iterator[str]:
    for tag, advice in (("link", "its page as link"), ("itunes:explicit", "explicit")):
        without = [item for item in feed.items if not item.text(tag)]
        if without:
            count, first = len(without), shown(without[0].text("title"))
            yield f"{count} of {len(feed.items)} episodes have no {tag} (such as {first}); give each {advice}"


def _no_transcript(item: Node) -> Iterator[str]:
    if not item.every("podcast:transcript") and item.text("itunes:episodeType").lower() != "trailer":
        yield "has no transcript, so nobody can read it; put transcript.vtt beside its audio"


def _untimed(item: Node) -> Iterator[str]:
    found = item.every("podcast:transcript")
    if found and not any(one.get("type") in _CAPTIONS for one in found):
        yield "has no transcript with times, which Apple and players follow along; write it as WebVTT or SRT"


RULES = (
    Rule(
        "self-link",
        "error",
        (PSP, RSS),
        sources.PSP_CHANNEL,
        "A channel has one atom:link rel=self, with the address at which it is published.",
        each_channel(_self_link),
    ),
    Rule(
        "copyright-plain",
        "advice",
        (PSP,),
        sources.PSP_COPYRIGHT,
        "A channel's copyright is a name, without the sign, the word Copyright and a year.",
        each_channel(_copyright),
    ),
    Rule(
        "feed-guid",
        "warning",
        (PSP, INDEX),
        sources.PSP_CHANNEL_RECOMMENDED,
        "A channel has a podcast:guid.",
        each_channel(_no_guid),
    ),
    Rule(
        "feed-guid-uuid",
        "error",
        (PSP, INDEX),
        sources.podcast_tag("guid"),
        "podcast:guid is a UUID.",
        each_channel(_not_uuid),
    ),
    Rule(
        "locked-present",
        "advice",
        (PSP, INDEX),
        sources.PSP_CHANNEL_RECOMMENDED,
        "A channel says whether other hosts may import it.",
        each_channel(_unlocked),
    ),
    Rule(
        "item-recommended",
        "advice",
        (PSP,),
        sources.PSP_ITEM_RECOMMENDED,
        "Items have a link and say whether they are explicit.",
        each_feed(_seldom),
    ),
    Rule(
        "transcript-present",
        "advice",
        (PSP, ACCESSIBILITY),
        sources.WCAG_AUDIO,
        "An episode has a transcript.",
        each_item(_no_transcript),
    ),
    Rule(
        "transcript-timed",
        "advice",
        (APPLE, ACCESSIBILITY),
        sources.APPLE_TRANSCRIPTS,
        "A transcript is there as WebVTT or SRT.",
        each_item(_untimed),
    ),
)
