"""Namespaces of feeds by their usual prefixes, however a feed writes them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from lxml import etree

#: Tags of what other sources are told in: the notes of an item, and what begins an element of Apple's.
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
_PREFIXES = {
    "itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "podcastindex.org/namespace/1.0": "podcast",
    "github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "podcast",
    "podlove.org/simple-chapters": "psc",
    "w3.org/2005/atom": "atom",
    "purl.org/rss/1.0/modules/content": "content",
    "purl.org/dc/elements/1.1": "dc",
    "purl.org/dc/terms": "dcterms",
    "purl.org/syndication/history/1.0": "fh",
    "search.yahoo.com/mrss": "media",
    "google.com/schemas/play-podcasts/1.0": "googleplay",
    "rawvoice.com/rawvoicerssmodule": "rawvoice",
    "blubrry.com/developer/rawvoice-rss": "rawvoice",
    "spotify.com/ns/rss": "spotify",
    "schema.acast.com/1.0": "acast",
    "purl.org/rss/1.0/modules/slash": "slash",
    "wellformedweb.org/commentapi": "wfw",
    "purl.org/rss/1.0/modules/syndication": "sy",
}
#: What does not tell two addresses of a namespace apart.
_LOOSE = re.compile(r"^https?://(?:www\.)?|[/#]+$")


def short_name(tag: Any) -> str:
    """Return an element's name with its usual prefix, `itunes:title`, or with its whole namespace in braces."""
    namespace, brace, local = str(tag).removeprefix("{").partition("}")
    if not brace:
        return str(tag)
    prefix = _PREFIXES.get(_LOOSE.sub("", namespace.strip()).lower())
    return f"{prefix}:{local}" if prefix else f"{{{namespace}}}{local}"


def usual_namespace(prefix: str) -> str:
    """Return the namespace that a prefix commonly stands for, or one of its own."""
    known = {usual: namespace for namespace, usual in _PREFIXES.items()}
    return f"https://{known[prefix]}" if prefix in known else f"urn:undeclared:{prefix}"


class Children:
    """The children of an element by their short names, with a note of those that were asked for."""

    def __init__(self, parent: Any) -> None:
        self._by_name: dict[str, list[Any]] = defaultdict(list)
        self._taken: set[str] = set()
        for child in parent:
            self._by_name[short_name(child.tag)].append(child)

    def all(self, name: str) -> list[Any]:
        """Return all elements of a name."""
        self._taken.add(name)
        return self._by_name.get(name, [])

    def first(self, name: str) -> Any | None:
        """Return the first element of a name."""
        return next(iter(self.all(name)), None)

    def text(self, *names: str) -> str | None:
        """Return the first text that is not empty, of elements of these names, trimmed."""
        self._taken.update(names)
        elements = (element for name in names for element in self._by_name.get(name, ()))
        return next(filter(None, map(text_of, elements)), None)

    def unread(self) -> Iterator[Any]:
        """Yield the elements that nobody asked for."""
        for name, elements in self._by_name.items():
            yield from elements if name not in self._taken else ()


def text_of(element: Any) -> str:
    """Return the text of an element, trimmed."""
    return "".join(element.itertext()).strip()


def add_text(parent: Any, tag: str, text: str | None) -> None:
    """Add an element with a text, if there is one."""
    if text:
        etree.SubElement(parent, tag).text = text
