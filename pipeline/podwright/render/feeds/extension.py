"""A feedgen extension that writes the elements it is given: the one way in which our namespaces reach the XML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.util import xml_elem
from lxml import etree

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)


@dataclass(frozen=True, slots=True)
class Element:
    """An XML element: its qualified name, attributes without a value left out, text, and children."""

    name: str
    text: str | None = None
    attributes: Mapping[str, str | None] = field(default_factory=dict)
    children: tuple[Element, ...] = ()


@dataclass(frozen=True, slots=True)
class Markup:
    """An XML element as somebody else wrote it."""

    text: str


class _Written:
    """The part that channel and item share."""

    def __init__(self) -> None:
        self.elements: list[Element | Markup] = []

    def write(self, parent: Any) -> Any:
        for element in self.elements:
            if isinstance(element, Markup):
                parent.append(etree.fromstring(element.text, _PARSER))
            else:
                _append(parent, element)
        return parent


class ChannelExtension(_Written, BaseExtension):  # type: ignore[misc]
    """Elements of the channel; it also declares the prefixes that the feed uses."""

    namespaces: ClassVar[Mapping[str, str]] = {}

    def extend_ns(self) -> dict[str, str]:
        return dict(self.namespaces)

    def extend_rss(self, feed: Any) -> Any:
        self.write(feed[0])
        return feed


class ItemExtension(_Written, BaseEntryExtension):  # type: ignore[misc]
    """Elements of one item."""

    def extend_rss(self, entry: Any) -> Any:
        return self.write(entry)


def _append(parent: Any, element: Element) -> None:
    node = xml_elem(element.name, parent)
    for name, value in element.attributes.items():
        if value is not None:
            node.set(name, value)
    node.text = element.text
    for child in element.children:
        _append(node, child)
