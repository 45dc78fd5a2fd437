"""Atom (https://www.rfc-editor.org/rfc/rfc4287), each entry turned into the item of RSS that says the same."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from podwright.workspace.importing.namespaces import CONTENT, ITUNES, Children, add_text, short_name, text_of
from podwright.workspace.importing.readers.rss import episode_of, show_of
from podwright.workspace.importing.streams import Shape, check_xml, children_of, mend
from podwright.workspace.importing.types import FoundEpisode, FoundShow, Reader

_ATOM = "{http://www.w3.org/2005/Atom}"
_SHAPE = Shape(root=f"{_ATOM}feed", depth=2, name="Atom feed")
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_HEAD = re.compile(rb"""<(?:\w+:)?feed\b[^>]*http://www\.w3\.org/2005/Atom""")


def check(path: Path) -> None:
    """Raise FormatError for a document that is not Atom, or not well-formed."""
    check_xml(path, _SHAPE)


def read(path: Path) -> Iterator[FoundEpisode | FoundShow]:
    """Yield what an Atom document has."""
    channel = etree.Element("channel")
    for element in children_of(path, _SHAPE):
        if element.tag == f"{_ATOM}entry":
            yield episode_of(item_of(element))
        else:
            _add_to_channel(channel, element)
    yield show_of(Children(channel))


def _add_to_channel(channel: Any, element: Any) -> None:
    names = {"title": "title", "subtitle": "description", "rights": "copyright"}
    name = short_name(element.tag).removeprefix("atom:")
    if name in names:
        add_text(channel, names[name], _html_of(element))
    elif name == "author":
        add_text(channel, f"{ITUNES}author", _name_of(element))
    elif name in ("logo", "icon"):
        if channel.find(f"{ITUNES}image") is None:
            etree.SubElement(channel, f"{ITUNES}image", href=text_of(element))
    elif name == "link" and element.get("rel", "alternate") == "alternate":
        add_text(channel, "link", element.get("href"))
    elif name not in ("id", "updated", "generator", "category"):
        channel.append(copy.deepcopy(element))
    parent = element.getparent()
    language = parent.get(_LANGUAGE) if parent is not None else None
    if language and channel.find("language") is None:
        add_text(channel, "language", language)


def item_of(entry: Any) -> Any:
    """Return the item of RSS that says what an entry says; what is not Atom's own stays as it is."""
    item = etree.Element("item")
    item.sourceline = entry.sourceline
    dates: dict[str, str] = {}
    for element in entry:
        name = short_name(element.tag)
        if name in ("atom:published", "atom:updated"):
            dates[name] = text_of(element)
        elif name.startswith("atom:"):
            _add_to_item(item, name.removeprefix("atom:"), element)
        else:
            item.append(copy.deepcopy(element))
    add_text(item, "pubDate", dates.get("atom:published") or dates.get("atom:updated"))
    return item


def _add_to_item(item: Any, name: str, element: Any) -> None:
    match name:
        case "id":
            add_text(item, "guid", text_of(element))
        case "title":
            add_text(item, "title", _html_of(element))
        case "content":
            add_text(item, CONTENT, _html_of(element))
        case "summary":
            add_text(item, "description", _html_of(element))
        case "author":
            add_text(item, f"{ITUNES}author", _name_of(element))
        case "category":
            add_text(item, "category", element.get("label") or element.get("term"))
        case "link" if element.get("rel", "alternate") == "alternate":
            add_text(item, "link", element.get("href"))
        case "link" if element.get("rel") == "enclosure":
            values = {"url": element.get("href"), "length": element.get("length"), "type": element.get("type")}
            etree.SubElement(item, "enclosure", {key: value for key, value in values.items() if value})
        case "link" if element.get("rel") in ("replies", "self", "edit"):
            pass
        case _:
            item.append(copy.deepcopy(element))


def _html_of(element: Any) -> str:
    """Return a text construct as a feed of RSS has it (https://www.rfc-editor.org/rfc/rfc4287#section-3.1)."""
    if element.get("type") != "xhtml":
        return text_of(element)
    inner = next(iter(element), element)
    parts = [inner.text or "", *(etree.tostring(child, encoding="unicode") for child in inner)]
    return re.sub(r"(</?)\w+:|\sxmlns(?::\w+)?=\"[^\"]*\"", r"\1", "".join(parts)).strip()


def _name_of(person: Any) -> str:
    return next((text_of(child) for child in person if short_name(child.tag) == "atom:name"), "")


READER = Reader("an Atom feed", lambda head: _HEAD.search(head) is not None, check, read, mend)
