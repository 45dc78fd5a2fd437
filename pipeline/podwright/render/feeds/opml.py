"""OPML 2.0: all feeds of a workspace in one file that apps import (http://opml.org/spec2.opml#subscriptionLists)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

OPML_TYPE = "text/x-opml; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A feed as a subscription list names it; link is the web page."""

    title: str
    feed_url: str
    link: str
    description: str
    language: str


def render_opml(title: str, outlines: Iterable[Outline]) -> bytes:
    """Return the list in UTF-8, in the order given. It bears no date: the same feeds give the same bytes."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    for outline in outlines:
        etree.SubElement(
            body,
            "outline",
            text=outline.title,
            title=outline.title,
            type="rss",
            version="RSS2",
            xmlUrl=outline.feed_url,
            htmlUrl=outline.link,
            description=outline.description,
            language=outline.language,
        )
    data: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return data
