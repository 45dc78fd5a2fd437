"""RSS, with the namespaces that podcasts use."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

from lxml import etree

from podwright.workspace.importing import tag_fields
from podwright.workspace.importing.dates import moment
from podwright.workspace.importing.namespaces import Children, short_name, text_of
from podwright.workspace.importing.notes import plain_words
from podwright.workspace.importing.streams import Shape, check_xml, children_of, mend
from podwright.workspace.importing.tag_fields import Table, said
from podwright.workspace.importing.types import FoundEpisode, FoundSeason, FoundShow, Reader, Remote
from podwright.workspace.values import LONGEST_LINE

#: What follows from other things that a workspace says, or says nothing of the show.
_FOLLOWS = (
    "itunes:duration",
    "lastBuildDate",
    "pubDate",
    "generator",
    "docs",
    "image",
    "managingEditor",
    "podcast:trailer",
    "fh:archive",
    "fh:complete",
)
#: A file's own name says nothing that is not said better elsewhere.
_TRUE = frozenset({"yes", "true", "explicit"})
_TAG = re.compile(r"</?[A-Za-z]")
_HEAD = re.compile(rb"<(?:\w+:)?(?:rss|RDF)\b")
_SHAPE = Shape(root="rss", depth=3, name="RSS feed")


def is_rss(head: bytes) -> bool:
    """Return whether a document begins as RSS does, and is no export of a site."""
    return _HEAD.search(head) is not None and b"wordpress.org/export/" not in head


def check(path: Path) -> None:
    """Raise FormatError for a document that is not RSS, or not well-formed."""
    check_xml(path, _SHAPE)


def read(path: Path) -> Iterator[FoundEpisode | FoundShow]:
    """Yield what an RSS document has."""
    kept = etree.Element("channel")
    for element in children_of(path, _SHAPE):
        if short_name(element.tag) == "item":
            yield episode_of(element)
        else:
            # The stream empties its elements; those of the channel are few.
            kept.append(copy.deepcopy(element))
    yield show_of(Children(kept))


# The show


def show_of(channel: Children) -> FoundShow:
    """Return the show that the elements of a channel describe."""
    owner = channel.first("itunes:owner")
    locked = channel.first("podcast:locked")
    links = {(one.get("rel") or "alternate"): one.get("href") for one in channel.all("atom:link")}
    image = channel.first("itunes:image")
    picture = channel.first("image")
    contact = _owner(owner)
    show = said(iter(_show_fields(channel, contact)))
    feed = said(iter(_feed_fields(channel, links)))
    for name in _FOLLOWS:
        channel.all(name)
    extra = [_markup(one) for one in channel.unread()]
    is_locked = locked is not None and text_of(locked).lower() == "yes"
    return FoundShow(
        show=show,
        feed={**feed, "locked": is_locked, **({"extra": extra} if extra else {})},
        artwork=(image.get("href") if image is not None else None)
        or (picture.findtext("url") if picture is not None else None),
        address=links.get("self"),
        older=links.get("prev-archive") or links.get("next"),
        locked_by=((locked.get("owner") or contact.get("email", "")) if locked is not None and is_locked else None),
    )


def _owner(owner: Any | None) -> Table:
    if owner is None:
        return {}
    children = Children(owner)
    return dict(said(iter([("name", children.text("itunes:name")), ("email", children.text("itunes:email"))])))


def _show_fields(channel: Children, owner: Table) -> Iterator[tuple[str, Any]]:
    title = channel.text("title", "itunes:title")
    yield "title", title
    yield "description", channel.text("description", "itunes:summary", "itunes:subtitle")
    yield "link", channel.text("link")
    yield "language", channel.text("language", "dc:language")
    yield "author", channel.text("itunes:author", "dc:creator") or owner.get("name") or title
    yield "owner", {"name": title, **owner} if owner.get("email") else None
    yield "categories", [category for one in channel.all("itunes:category") for category in _categories(one)]
    explicit = channel.text("itunes:explicit")
    yield "explicit", explicit.lower() in _TRUE if explicit else None
    yield "copyright", channel.text("copyright", "dc:rights")
    countries = channel.text("spotify:countryOfOrigin")
    yield "countries", countries.split() if countries else None
    yield from tag_fields.channel_fields(channel)
    yield from tag_fields.shared_fields(channel)
    yield "live", [_live(one) for one in channel.all("podcast:liveItem")]


def _feed_fields(channel: Children, links: dict[str, str | None]) -> Iterator[tuple[str, Any]]:
    yield "guid", channel.text("podcast:guid")
    yield "people", tag_fields.people(channel)
    kind = channel.text("itunes:type")
    yield "type", kind.lower() if kind and kind.lower() != "episodic" else None
    yield "complete", _is_yes(channel.text("itunes:complete"))
    blocked = [one for one in channel.all("podcast:block") if one.get("id") is None and text_of(one).lower() == "yes"]
    yield "block", _is_yes(channel.text("itunes:block")) or bool(blocked) or None
    yield "new_feed_url", channel.text("itunes:new-feed-url")
    yield "hub", links.get("hub")
    limit = channel.first("spotify:limit")
    yield "spotify_limit", limit.get("recentCount") if limit is not None else None


def _categories(element: Any) -> list[str]:
    """Return a category of Apple's with those below it, as the workspace writes them."""
    name = (element.get("text") or "").strip()
    below = [one.get("text") for one in element if short_name(one.tag) == "itunes:category"]
    return [f"{name} > {sub.strip()}" for sub in below if sub] or [name]


def _is_yes(text: str | None) -> bool | None:
    """Return True for a yes, and None for all else, which says nothing."""
    return True if text and text.lower() == "yes" else None


def _live(element: Any) -> Table:
    item = Children(element)
    enclosure = item.first("enclosure")
    stream = {name: enclosure.get(name) for name in ("url", "type", "length")} if enclosure is not None else {}
    image = item.first("itunes:image")
    fields: list[tuple[str, Any]] = [
        ("guid", item.text("guid")),
        ("title", item.text("title")),
        *((name, element.get(name)) for name in ("status", "start", "end")),
        ("description", item.text("content:encoded", "description")),
        ("link", item.text("link")),
        ("stream", {name: value for name, value in stream.items() if value}),
        ("image", image.get("href") if image is not None else None),
        ("people", tag_fields.people(item)),
        *(pair for pair in tag_fields.item_fields(item) if pair[0] != "image_alt"),
    ]
    return dict(said(iter(fields)))


# An episode


def episode_of(element: Any) -> FoundEpisode:
    """Return the episode that an item describes."""
    item = Children(element)
    image = item.first("itunes:image")
    notes = item.text("content:encoded", "description", "itunes:summary", "itunes:subtitle") or ""
    fields = said(iter(_fields(item)))
    chapters = item.first("podcast:chapters")
    enclosures = [one for one in item.all("enclosure") if one.get("url")]
    audio = next((one for one in enclosures if (one.get("type") or "").startswith("audio/")), None)
    audio = enclosures[0] if audio is None and enclosures else audio
    transcripts = (_remote(one) for one in item.all("podcast:transcript"))
    for name in _FOLLOWS:
        item.all(name)
    season = _season(item)
    others = [_markup(one) for one in (*item.all("category")[1:], *item.unread())]
    # What only says where the old host has the recording follows from it.
    extra = [one for one in others if audio is None or audio.get("url") not in unescape(one)]
    return FoundEpisode(
        line=element.sourceline,
        fields={**fields, **({"extra": extra} if extra else {})},
        notes=notes,
        audio=_remote(audio) if audio is not None else None,
        artwork=image.get("href") if image is not None else None,
        transcripts=tuple(one for one in transcripts if one),
        chapters=_remote(chapters) if chapters is not None else None,
        season=season,
        unread=(
            *("enclosure" for one in enclosures if one is not audio),
            *(["itunes:title"] if item.text("itunes:title") not in (None, fields.get("title")) else []),
        ),
    )


def _fields(item: Children) -> Iterator[tuple[str, Any]]:
    yield "title", item.text("title", "itunes:title")
    yield "guid", item.text("guid")
    yield "published", moment(item.text("pubDate", "dc:date", "atom:published", "atom:updated"))
    yield from _number(item)
    kind = item.text("itunes:episodeType")
    yield "type", kind.lower() if kind and kind.lower() != "full" else None
    yield "section", next((text_of(one) for one in item.all("category")), None)
    keywords = item.text("itunes:keywords")
    yield "tags", list(filter(None, (word.strip() for word in (keywords or "").split(","))))
    yield "subtitle", _subtitle(item)
    yield "byline", item.text("itunes:author", "dc:creator", "author")
    explicit = item.text("itunes:explicit")
    yield "explicit", explicit.lower() in _TRUE if explicit else None
    yield "language", item.text("dc:language", "language")
    yield "people", tag_fields.people(item)
    yield "chapters", [_chapter(mark) for marks in item.all("psc:chapters") for mark in marks]
    yield "link", item.text("link")
    yield "block", _is_yes(item.text("itunes:block"))
    yield from tag_fields.item_fields(item)


def _number(item: Children) -> Iterator[tuple[str, Any]]:
    """Yield the number, and how it is shown where that is no whole number, or another."""
    shown = item.first("podcast:episode")
    text = item.text("itunes:episode", "podcast:episode") or ""
    display = shown.get("display") if shown is not None else None
    if re.fullmatch(r"0*[1-9]\d*", text):
        yield "number", int(text)
    else:
        display = display or text
    yield "display", display


def _subtitle(item: Children) -> str | None:
    """Return the one line about an episode that is short enough for one."""
    for name in ("itunes:subtitle", "itunes:summary"):
        text = item.text(name) or ""
        # Entities without tags stay as they are: Apple's texts are plain.
        line = plain_words(text) if _TAG.search(text) else text
        if line and len(line) <= LONGEST_LINE and "\n" not in line:
            return line
    return None


def _season(item: Children) -> FoundSeason | None:
    named = item.first("podcast:season")
    text = item.text("itunes:season", "podcast:season") or ""
    name = named.get("name") if named is not None else None
    return FoundSeason(number=int(text), name=name) if re.fullmatch(r"0*[1-9]\d{0,8}", text) else None


def _chapter(mark: Any) -> Table:
    table = {"start": tag_fields.offset(mark.get("start") or ""), "title": (mark.get("title") or "").strip()}
    return {**table, **{name: mark.get(of) for name, of in (("url", "href"), ("image", "image")) if mark.get(of)}}


def _markup(element: Any) -> str:
    """Return an element as it stands, with the namespaces that it needs declared in it."""
    alone = copy.deepcopy(element)
    alone.tail = None
    etree.cleanup_namespaces(alone)
    return str(etree.tostring(alone, encoding="unicode"))


def _remote(element: Any) -> Remote | None:
    url = (element.get("url") or "").strip()
    length = (element.get("length") or "").strip()
    return (
        Remote(
            url=url,
            length=int(length) if length.isdecimal() and len(length) < 16 and int(length) else None,
            media_type=element.get("type"),
            language=element.get("language"),
        )
        if url
        else None
    )


READER = Reader("an RSS feed", is_rss, check, read, mend)
