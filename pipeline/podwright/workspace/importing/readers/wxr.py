"""WordPress' export (WXR): posts with a recording by PowerPress, Seriously Simple Podcasting, podPress or a link.

What is written where is that of WordPress' `export.php` and of the plug-ins' sources. Each post is turned into the item
of RSS that its plug-in would make of it. Podlove keeps episodes in tables of its own, which no export has: its feed has
them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from lxml import etree

from podwright.core.errors import FormatError
from podwright.workspace.importing.namespaces import CONTENT, ITUNES, Children, add_text, short_name, text_of
from podwright.workspace.importing.php import Value, unserialize
from podwright.workspace.importing.readers.rss import episode_of, show_of
from podwright.workspace.importing.streams import Shape, check_xml, children_of, mend
from podwright.workspace.importing.types import FoundEpisode, FoundShow, Reader

_HEAD = re.compile(rb"wordpress\.org/export/1\.[0-2]/")
_SHAPE = Shape(root="rss", depth=3, name="export")
#: Posts in these states are nobody's yet, or nobody's any more.
_GONE = frozenset({"trash", "auto-draft", "inherit"})
_HIDDEN = frozenset({"draft", "private", "pending"})
_YES = frozenset({"1", "yes", "on", "true", "explicit"})
#: Players and comments of the editor that stand in a post and say nothing themselves.
_PLAYERS = re.compile(
    r"\[/?(?:powerpress|podcast_player|ss_player|podpress|podlove-\w+|audio|video)\b[^\]]*\]|<!-- /?wp:.*?-->",
    re.DOTALL,
)
_AUDIO = re.compile(r"\[audio\b[^\]]*?(?:src|mp3|m4a)=[\"']([^\"']+)[\"']")
_BLOCK = re.compile(
    r"\s*</?(?:p|div|h[1-6]|ul|ol|li|table|blockquote|pre|figure|hr|section|dl|dd|dt|iframe)\b", re.IGNORECASE
)


def check(path: Path) -> None:
    """Raise FormatError for a document that is no export, or not well-formed."""
    check_xml(path, _SHAPE)


def read(path: Path) -> Iterator[FoundEpisode | FoundShow]:
    """Yield the posts that have a recording, and the site as the show."""
    pictures = _pictures(path)
    channel = etree.Element("channel")
    for element in children_of(path, _SHAPE):
        name = _plain_name(element)
        if name == "item":
            yield from _episodes(element, pictures)
        elif name in ("title", "link", "description", "language"):
            add_text(channel, name, text_of(element))
    yield show_of(Children(channel))


def _pictures(path: Path) -> dict[str, str]:
    """Return the addresses of attachments by the numbers of their posts."""
    found: dict[str, str] = {}
    for element in children_of(path, _SHAPE):
        post = _post(element)
        if "attachment_url" in post:
            found[post.get("post_id", "")] = post["attachment_url"]
    return found


def _plain_name(element: Any) -> str:
    return short_name(element.tag).rpartition("}")[2]


def _post(element: Any) -> dict[str, str]:
    """Return WordPress' own elements of a post by their names."""
    return {_plain_name(child): text_of(child) for child in element if "wordpress.org/export/" in str(child.tag)}


def _meta(element: Any) -> dict[str, str]:
    rows = [_post(child) for child in element if _plain_name(child) == "postmeta"]
    return {row["meta_key"]: row.get("meta_value", "") for row in rows if "meta_key" in row}


def _episodes(element: Any, pictures: Mapping[str, str]) -> Iterator[FoundEpisode]:
    post, meta = _post(element), _meta(element)
    if post.get("status") in _GONE or post.get("post_type") == "attachment":
        return
    content = next((text_of(child) for child in element if child.tag == CONTENT), "")
    recording = _recording(meta, content)
    if recording is None and not {"_podlove_guid", "ssp_guid"} & meta.keys():
        return
    item = etree.Element("item")
    item.sourceline = element.sourceline
    for child in element:
        if _plain_name(child) in ("title", "link", "creator"):
            tag = f"{ITUNES}author" if _plain_name(child) == "creator" else child.tag
            add_text(item, tag, text_of(child))
        elif child.tag == "category" and child.get("domain") == "post_tag":
            _add_keyword(item, text_of(child))
    guid = next((text_of(child) for child in element if child.tag == "guid"), "")
    add_text(item, "guid", meta.get("ssp_original_guid") or meta.get("ssp_guid") or meta.get("_podlove_guid") or guid)
    add_text(item, "pubDate", _date(element, post))
    add_text(item, CONTENT, paragraphs(_PLAYERS.sub("", content)))
    if recording:
        etree.SubElement(item, "enclosure", recording)
    _add_said(item, _said(meta), pictures.get(meta.get("cover_image_id") or meta.get("_thumbnail_id", ""), ""))
    found = episode_of(item)
    yield _hidden(found) if post.get("status") in _HIDDEN else found


def _hidden(found: FoundEpisode) -> FoundEpisode:
    return replace(found, fields={**found.fields, "draft": True})


def _date(element: Any, post: Mapping[str, str]) -> str:
    """Return when a post was published; WordPress writes zeros for a draft."""
    gmt = post.get("post_date_gmt", "")
    said = next((text_of(child) for child in element if child.tag == "pubDate"), "")
    return said if said or gmt.startswith("0000") or not gmt else f"{gmt.replace(' ', 'T')}+00:00"


def _recording(meta: Mapping[str, str], content: str) -> dict[str, str] | None:
    """Return the enclosure of a post: that of the main feed, else another feed's, else the first player's."""
    names = ("enclosure", *sorted(name for name in meta if name.endswith(":enclosure")))
    for name in names:
        lines = [line.strip() for line in meta.get(name, "").split("\n")]
        if lines[0]:
            length, kind = [*lines[1:3], "", ""][:2]
            return _attributes(url=lines[0], length=length, type=kind)
    if url := meta.get("audio_file", "").strip():
        return _attributes(url=url, length=meta.get("filesize_raw", ""), type="")
    for media in _rows(meta.get("_podPressMedia") or meta.get("podPressMedia")):
        if isinstance(media.get("URI"), str):
            return _attributes(url=str(media["URI"]), length=str(media.get("size") or ""), type="")
    player = _AUDIO.search(content)
    return _attributes(url=player[1], length="", type="") if player else None


def _attributes(**values: str) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _rows(text: str | None) -> Iterator[Mapping[str, Value]]:
    try:
        value = unserialize((text or "N;").encode())
    except FormatError:
        return
    yield from (one for one in value.values() if isinstance(one, dict)) if isinstance(value, dict) else ()


def _said(meta: Mapping[str, str]) -> dict[str, str]:
    """Return what a plug-in says of an episode, by the names of Apple's elements."""
    lines = meta.get("enclosure", "").split("\n", 3)
    try:
        value = unserialize(lines[3].strip().encode()) if len(lines) > 3 and lines[3].strip() else {}
    except FormatError:
        value = {}
    power = {name: str(one) for name, one in value.items() if one} if isinstance(value, dict) else {}
    found = {
        "subtitle": power.get("subtitle"),
        "author": power.get("author"),
        "keywords": power.get("keywords"),
        "episode": power.get("episode_no") or meta.get("itunes_episode_number"),
        "season": power.get("season") or meta.get("itunes_season_number"),
        "episodeType": power.get("episode_type") or meta.get("itunes_episode_type"),
        "explicit": "yes" if (power.get("explicit") or meta.get("explicit", "")).lower() in _YES else None,
        "block": "yes" if (power.get("block") or meta.get("block", "")).lower() in _YES else None,
        "image": power.get("itunes_image") or power.get("image") or meta.get("cover_image"),
    }
    return {name: one for name, one in found.items() if one}


def _add_said(item: Any, said: Mapping[str, str], picture: str) -> None:
    for name, text in said.items():
        if name == "keywords":
            for word in text.split(","):
                _add_keyword(item, word.strip())
        elif name == "author":
            for other in item.findall(f"{ITUNES}author"):
                item.remove(other)
            add_text(item, f"{ITUNES}author", text)
        elif name != "image":
            add_text(item, f"{ITUNES}{name}", text)
    if address := said.get("image") or picture:
        etree.SubElement(item, f"{ITUNES}image", href=address)


def _add_keyword(item: Any, word: str) -> None:
    known = item.find(f"{ITUNES}keywords")
    if known is None:
        add_text(item, f"{ITUNES}keywords", word)
    elif word:
        known.text = f"{known.text},{word}"


def paragraphs(text: str) -> str:
    """Return a post's text with the paragraphs that WordPress makes of blank lines as it shows it."""
    text = text.replace("\r\n", "\n").strip()
    pieces = [piece.strip() for piece in re.split(r"\n\s*\n", text) if piece.strip()]
    return "\n".join(piece if _BLOCK.match(piece) else f"<p>{piece.replace(chr(10), '<br>')}</p>" for piece in pieces)


READER = Reader("an export of WordPress", lambda head: _HEAD.search(head) is not None, check, read, mend)
