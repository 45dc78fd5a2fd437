"""Rules of the podcast namespace: each tag as its document says, and what its table cannot say."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from xml.etree.ElementTree import Element

from pipeline.rules import sources
from pipeline.rules.shapes import ANY, BY_TAG, INNER, SHAPES, Shape
from pipeline.rules.types import (
    ACCESSIBILITY,
    APPLE,
    INDEX,
    PSP,
    Finding,
    Rule,
    each_channel,
    each_feed,
    each_item,
    each_live,
    each_node,
    shown,
)
from pipeline.rules.view import Feed, Judged, Node, nested, short, text_of
from pipeline.workspace import tag_values
from pipeline.workspace.taxonomy import TAXONOMY

#: https://github.com/Podcastindex-org/podcast-namespace/blob/main/serviceslugs.txt
_SLUGS = """
acast amazon anchor apple audioboom backtracks bitcoin blubrry buzzsprout captivate castos fireside google
hypercatcher libsyn mastodon megafono megaphone omnystudio overcast paypal pinecast podbean podcastaddict
podcastindex podcasts.com podchaser podfriend podiant podigee podnews podomatic podserve podverse redcircle relayfm
resonate rss.com shoutengine simplecast slack soundcloud spotify spreaker transistor twitter whooshkaa zencast
"""
_SERVICES = frozenset(_SLUGS.split())
#: https://github.com/Podcastindex-org/podcast-namespace/blob/main/socialprotocols.txt
_SOCIAL = ("disabled", "activitypub", "twitter", "lightning", "bluesky", "atproto", "hive", "matrix", "nostr")
#: https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/tags/chat.md
_CHATS = ("irc", "xmpp", "nostr", "matrix")
_TRANSCRIPTS = ("text/plain", "text/html", "text/vtt", "application/json", "application/x-subrip")
_ROLES = frozenset((group, role) for group, roles in TAXONOMY.items() for role in roles)
_SRI = re.compile(r"(sha256-[A-Za-z0-9+/]{43}=|sha384-[A-Za-z0-9+/]{64}|sha512-[A-Za-z0-9+/]{86}==)(\?\S*)?")


# What the table of shapes says


def _shaped(shape: Shape, node: Node) -> Iterator[str]:
    for element in node.every(shape.tag):
        yield from _malformed(shape, element)
        for inner in INNER.get(shape.tag, ()):
            for child in nested(element, inner.tag):
                yield from _malformed(inner, child)


def _malformed(shape: Shape, element: Element) -> Iterator[str]:
    attributes = element.attrib
    for name in shape.required:
        if name not in attributes:
            yield f"{shape.tag} has no {name}; write it"
    for name, value in attributes.items():
        form = shape.attributes.get(name)
        if form and not form.pattern.fullmatch(value):
            yield f"{shape.tag} {name} {shown(value)} is not {form.words}; correct it"
    if shape.text and not shape.text.pattern.fullmatch(text_of(element).strip()):
        yield f"{shape.tag} {shown(text_of(element).strip())} is not {shape.text.words}; correct it"


def _sentence(shape: Shape) -> str:
    has = [*shape.required, *(["a text"] if shape.text is ANY else [])]
    may_have = [name for name in shape.attributes if name not in shape.required]
    said = [f"has {_listed(has)}"] if has else []
    said += [f"may have {_listed(may_have)}"] if may_have else []
    said += [f"says {shape.text.words}"] if shape.text and shape.text is not ANY else []
    return f"{shape.tag} {'; it '.join(said)}, as its document says."


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _kebab(tag: str) -> str:
    local = tag.removeprefix("podcast:")
    return "podcast-" + re.sub(r"[A-Z]", lambda found: f"-{found[0].lower()}", local)


#: Two are left out: podcast:guid and podcast:podroll have rules of their own.
_TABLED = tuple(
    Rule(
        _kebab(shape.tag),
        "error",
        (INDEX, PSP) if shape.tag in ("podcast:locked", "podcast:transcript", "podcast:funding") else (INDEX,),
        sources.podcast_tag(shape.page),
        _sentence(shape),
        each_node(partial(_shaped, shape)),
    )
    for shape in SHAPES
    if shape.attributes or (shape.text and shape.tag != "podcast:guid")
)


def _repeated(node: Node) -> Iterator[str]:
    for tag, elements in node.children.items():
        if len(elements) > 1 and (shape := BY_TAG.get(tag)) and shape.once:
            yield f"{tag} stands there {len(elements)} times; keep one"


def _misplaced(node: Node) -> Iterator[str]:
    for tag in node.children:
        shape = BY_TAG.get(tag)
        if shape and node.kind not in shape.parents:
            places = " or ".join(parent.removeprefix("podcast:") for parent in shape.parents)
            yield f"{tag} has no meaning there; move it to {places}"


def _unknown(node: Node) -> Iterator[str]:
    for tag in node.children:
        if tag.startswith("podcast:") and tag not in BY_TAG:
            yield f"{tag} is no tag of the podcast namespace; correct its name"


def _unknown_attribute(node: Node) -> Iterator[str]:
    for tag, elements in node.children.items():
        shape = BY_TAG.get(tag)
        if shape:
            for element in elements:
                for name in element.attrib.keys() - shape.attributes.keys():
                    yield f"{tag} has no attribute {shown(name)}; correct its name"


def _long(node: Node) -> Iterator[str]:
    for tag, elements in node.children.items():
        shape = BY_TAG.get(tag)
        if shape is None or not (shape.limit or shape.limits):
            continue
        for element in elements:
            if shape.limit and len(text_of(element)) > shape.limit:
                yield f"{tag} has {len(text_of(element))} characters, and apps cut it; shorten it to {shape.limit}"
            for name, limit in shape.limits.items():
                if len(element.get(name, "")) > limit:
                    yield f"{tag} {name} has {len(element.get(name, ''))} characters; shorten it to {limit}"


# What one tag says by itself


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
        duration = _number(element.get("duration", ""))
        if duration is not None and not 15 <= duration <= 120:
            yield f"podcast:soundbite lasts {duration:g} seconds; choose a stretch of 15 to 120"


def _soundbite_outside(item: Node) -> Iterator[str]:
    stored = item.site.objects.get(item.value("enclosure", "url"))
    for element in item.every("podcast:soundbite"):
        start, lasts = _number(element.get("startTime", "")), _number(element.get("duration", ""))
        if stored and stored.duration and start is not None and lasts is not None:
            end = stored.duration.total_seconds()
            if start + lasts > end + 1:
                yield f"podcast:soundbite ends at {start + lasts:g} s, but the audio at {end:.0f}; correct its times"


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) else None


def _taxonomy(node: Node) -> Iterator[str]:
    for element in node.every("podcast:person"):
        role, group = element.get("role", "host").lower(), element.get("group", "cast").lower()
        if (group, role) not in _ROLES:
            yield f"podcast:person role {shown(role)} is not in the group {shown(group)} of the taxonomy; correct it"


def _coordinates(node: Node) -> Iterator[str]:
    for element in node.every("podcast:location"):
        found = re.match(r"geo:(-?[0-9.]+),(-?[0-9.]+)", element.get("geo", ""))
        pair = (_number(found[1].lstrip("-")), _number(found[2].lstrip("-"))) if found else (0, 0)
        if None in pair or (pair[0] or 0) > 90 or (pair[1] or 0) > 180:
            yield f"podcast:location geo {shown(element.get('geo', ''))} is not on Earth; write the latitude first"


def _unknown_license(node: Node) -> Iterator[str]:
    for element in node.every("podcast:license"):
        name = text_of(element).strip()
        if element.get("url"):
            continue
        if not tag_values.is_public_license(name):
            yield f"podcast:license {shown(name)} is not on the list; give the address of its text as url"
        elif name != name.lower():
            yield f"podcast:license {shown(name)} has capitals; write {name.lower()}"


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


def _nobody_paid(node: Node) -> Iterator[str]:
    for element in node.every("podcast:value"):
        shares = [one.get("split", "") for one in nested(element, "podcast:valueRecipient")]
        if not any(share.isdecimal() and int(share) for share in shares):
            yield "podcast:value gives nobody a share; add a podcast:valueRecipient with a split above 0"


def _split_content(node: Node) -> Iterator[str]:
    for element in node.every("podcast:value"):
        for split in nested(element, "podcast:valueTimeSplit"):
            remote = len(nested(split, "podcast:remoteItem"))
            local = len(nested(split, "podcast:valueRecipient"))
            if (remote, bool(local)) not in ((1, False), (0, True)):
                yield "podcast:valueTimeSplit does not hold either recipients or one podcast:remoteItem; correct it"


def _live_link(live: Node) -> Iterator[str]:
    if not live.every("podcast:contentLink"):
        yield "has no podcast:contentLink for apps that cannot play it; add a page"


def _live_parts(live: Node) -> Iterator[str]:
    for tag in ("title", "guid"):
        if not live.text(tag):
            yield f"has no {tag}; write one"
    if not live.every("enclosure") and not live.every("podcast:alternateEnclosure"):
        yield "has no enclosure, so apps cannot play it; add its stream"


def _live_ends(channel: Node) -> Iterator[str]:
    for element in channel.every("podcast:liveItem"):
        try:
            start, end = (datetime.fromisoformat(element.get(name, "")) for name in ("start", "end"))
            backwards = end <= start
        except (ValueError, TypeError):
            continue
        if backwards:
            yield f"podcast:liveItem ends at {element.get('end')}, not after its start; correct one of the two"


def _podroll(channel: Node) -> Iterator[str]:
    for tag in ("podcast:podroll", "podcast:publisher"):
        for element in channel.every(tag):
            others = [short(child.tag) for child in element if short(child.tag) != "podcast:remoteItem"]
            items = nested(element, "podcast:remoteItem")
            if others or not items:
                yield f"{tag} holds {others[0] if others else 'nothing'}; let it hold podcast:remoteItem only"
            for item in items:
                yield from _malformed(BY_TAG["podcast:remoteItem"], item)


def _publisher(channel: Node) -> Iterator[str]:
    for element in channel.every("podcast:publisher"):
        items = nested(element, "podcast:remoteItem")
        if len(items) != 1 or items[0].get("medium") != "publisher":
            yield "podcast:publisher does not hold one podcast:remoteItem of medium publisher; correct it"
        elif not items[0].get("feedUrl"):
            yield "podcast:publisher names no feedUrl, by which most apps find the feed; add it"


def _listing(feed: Feed) -> Iterator[str]:
    medium = feed.channel.text("podcast:medium")
    lists = medium.endswith("L") or medium in ("mixed", "publisher")
    if lists and (feed.items or feed.live or not feed.channel.every("podcast:remoteItem")):
        yield f"is a list ({medium}), which holds remote items and no episodes; correct medium"


def _disabled(node: Node) -> Iterator[str]:
    for element in node.every("podcast:socialInteract"):
        if element.get("protocol") == "disabled":
            if len(element.attrib) > 1 or text_of(element).strip() or len(node.every("podcast:socialInteract")) > 1:
                yield "podcast:socialInteract is disabled and says more; let it stand alone"
        elif not element.get("uri"):
            yield "podcast:socialInteract has no uri; write the address of the root post"


def _priority(node: Node) -> Iterator[str]:
    found = node.every("podcast:socialInteract")
    if len(found) > 1 and not all(element.get("priority") for element in found):
        yield "podcast:socialInteract stands there several times without priority; number them from 1"


def _slugs(node: Node) -> Iterator[str]:
    for tag, name, known in (
        ("podcast:block", "id", _SERVICES),
        ("podcast:socialInteract", "protocol", _SOCIAL),
        ("podcast:chat", "protocol", _CHATS),
    ):
        for element in node.every(tag):
            value = element.get(name)
            if value and value not in known:
                yield f"{tag} {name} {shown(value)} is not on the namespace's list, so few know it; check its spelling"


def _rule(channel: Node) -> Iterator[str]:
    for element in channel.every("podcast:updateFrequency"):
        rule = element.get("rrule", "")
        try:
            if rule:
                tag_values.rule(rule)
        except ValueError as error:
            yield f"podcast:updateFrequency rrule {error}"
        if "COUNT=" in rule and not element.get("dtstart"):
            yield "podcast:updateFrequency counts, but has no dtstart to count from; add it"


def _images_alone(node: Node) -> Iterator[str]:
    if node.every("podcast:images") and not node.every("podcast:image"):
        yield "podcast:images is deprecated; add podcast:image, which newer apps read"


def _no_alternative(node: Node) -> Iterator[str]:
    without = [one for one in node.every("podcast:image") if not one.get("alt", "").strip()]
    if without:
        yield "its artwork has no description for people who do not see it; add image_alt"


def _no_measures(node: Node) -> Iterator[str]:
    for element in node.every("podcast:image"):
        if not (element.get("width") and element.get("aspect-ratio")):
            yield f"podcast:image {shown(element.get('href', ''))} has no width and aspect-ratio; add them"


def _same_feed_guid(judged: Judged) -> Iterator[Finding]:
    first: dict[str, Feed] = {}
    for feed in judged.feeds:
        guid = feed.channel.text("podcast:guid").lower()
        other = first.setdefault(guid, feed)
        if guid and other.document.path != feed.document.path:
            message = f"podcast:guid {guid} is that of {other.document.path} too; give each feed its own"
            yield Finding(feed.document.path, message)


RULES = (
    *_TABLED,
    Rule(
        "podcast-once",
        "error",
        (INDEX,),
        sources.PODCAST_TAGS,
        "A tag that has one value stands once in its channel or item.",
        each_node(_repeated),
    ),
    Rule(
        "podcast-place",
        "warning",
        (INDEX,),
        sources.PODCAST_TAGS,
        "A tag stands where the namespace has it: in the channel, in items, or in both.",
        each_node(_misplaced),
    ),
    Rule(
        "podcast-unknown-tag",
        "warning",
        (INDEX,),
        sources.PODCAST_TAGS,
        "Tags of the podcast namespace are those that it has.",
        each_node(_unknown),
    ),
    Rule(
        "podcast-unknown-attribute",
        "warning",
        (INDEX,),
        sources.PODCAST_TAGS,
        "Attributes of the podcast namespace are those that it has.",
        each_node(_unknown_attribute),
    ),
    Rule(
        "podcast-length",
        "warning",
        (INDEX,),
        sources.PODCAST_TAGS,
        "Texts keep to the namespace's lengths, beyond which apps cut them.",
        each_node(_long),
    ),
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
    Rule(
        "person-taxonomy",
        "warning",
        (INDEX,),
        sources.podcast_tag("person"),
        "Role and group of a person are a pair of the podcast taxonomy.",
        each_node(_taxonomy),
    ),
    Rule(
        "location-on-earth",
        "error",
        (INDEX,),
        sources.podcast_tag("location"),
        "The latitude of a place is at most 90 and its longitude at most 180.",
        each_node(_coordinates),
    ),
    Rule(
        "license-known",
        "error",
        (INDEX,),
        sources.podcast_tag("license"),
        "A licence is known by its lower-case identifier, or has the address of its text.",
        each_node(_unknown_license),
    ),
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
    Rule(
        "value-shares",
        "error",
        (INDEX,),
        sources.podcast_tag("value"),
        "A value block gives somebody a share.",
        each_node(_nobody_paid),
    ),
    Rule(
        "value-split",
        "error",
        (INDEX,),
        sources.podcast_tag("value-time-split"),
        "A time split holds recipients, or one remote item.",
        each_node(_split_content),
    ),
    Rule(
        "live-link",
        "error",
        (INDEX,),
        sources.podcast_tag("live-item"),
        "A live item has a page for apps that cannot play it.",
        each_live(_live_link),
    ),
    Rule(
        "live-parts",
        "warning",
        (INDEX,),
        sources.podcast_tag("live-item"),
        "A live item has a title, a guid and a stream.",
        each_live(_live_parts),
    ),
    Rule(
        "live-end",
        "error",
        (INDEX,),
        sources.podcast_tag("live-item"),
        "A live item ends after it starts.",
        each_channel(_live_ends),
    ),
    Rule(
        "podroll-items",
        "error",
        (INDEX,),
        sources.podcast_tag("podroll"),
        "A podroll and a publisher hold remote items, and nothing else.",
        each_channel(_podroll),
    ),
    Rule(
        "publisher-item",
        "warning",
        (INDEX,),
        sources.podcast_tag("publisher"),
        "A publisher holds one remote item, of medium publisher, with the address of its feed.",
        each_channel(_publisher),
    ),
    Rule(
        "medium-list",
        "error",
        (INDEX,),
        sources.podcast_tag("medium"),
        "A list feed or publisher feed holds remote items and no episodes.",
        each_feed(_listing),
    ),
    Rule(
        "social-root",
        "error",
        (INDEX,),
        sources.podcast_tag("social-interact"),
        "A comment thread has the address of its root post, or is disabled and says nothing else.",
        each_node(_disabled),
    ),
    Rule(
        "social-priority",
        "advice",
        (INDEX,),
        sources.podcast_tag("social-interact"),
        "Of several comment threads each has a priority.",
        each_node(_priority),
    ),
    Rule(
        "slug-known",
        "warning",
        (INDEX,),
        sources.PODCAST_TAGS,
        "Services and protocols are of the namespace's lists.",
        each_node(_slugs),
    ),
    Rule(
        "update-rule",
        "error",
        (INDEX,),
        sources.podcast_tag("update-frequency"),
        "A recurrence rule is one of RFC 5545, and one that counts has a date to count from.",
        each_channel(_rule),
    ),
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
        each_node(_no_alternative),
    ),
    Rule(
        "image-measured",
        "advice",
        (INDEX,),
        sources.podcast_tag("image"),
        "Pictures have a width and an aspect ratio.",
        each_node(_no_measures),
    ),
    Rule(
        "feed-guid-unique",
        "error",
        (INDEX, PSP),
        sources.podcast_tag("guid"),
        "No two feeds have the same podcast:guid.",
        _same_feed_guid,
    ),
)
