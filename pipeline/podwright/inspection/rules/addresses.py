"""Rules about addresses: absolute, encrypted, in ASCII, without passwords, and reachable by others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

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
    each_node,
    shown,
)
from podwright.inspection.rules.values import authority_of, is_local
from podwright.inspection.rules.view import Judged, Node, nested, text_of

#: What an address leads to: files that apps fetch by themselves, or pages that people open.
_MEDIA = (
    ("enclosure", "url"),
    ("itunes:image", "href"),
    ("podcast:image", "href"),
    ("podcast:transcript", "url"),
    ("podcast:chapters", "url"),
    ("podcast:trailer", "url"),
    ("podcast:person", "img"),
    ("atom:link", "href"),
    ("itunes:new-feed-url", ""),
)
_PAGES = (
    ("link", ""),
    ("comments", ""),
    ("podcast:funding", "url"),
    ("podcast:person", "href"),
    ("podcast:contentLink", "href"),
    ("podcast:license", "url"),
    ("podcast:socialInteract", "uri"),
    ("podcast:socialInteract", "accountUrl"),
)
_ENCODED = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*")


class _Address(NamedTuple):
    name: str
    url: str


def _addresses(node: Node, table: tuple[tuple[str, str], ...]) -> Iterator[_Address]:
    for tag, attribute in table:
        for element in node.every(tag):
            url = element.get(attribute, "") if attribute else text_of(element).strip()
            if url:
                yield _Address(f"{tag} {attribute}".strip(), url)
    if table is _MEDIA:
        for element in node.every("image"):
            yield from (_Address("image url", text_of(one).strip()) for one in nested(element, "url"))


def _all(node: Node) -> Iterator[_Address]:
    yield from _addresses(node, _MEDIA)
    yield from _addresses(node, _PAGES)


def _not_absolute(node: Node) -> Iterator[str]:
    for name, url in _all(node):
        scheme, colon, rest = url.partition(":")
        page_of_any_scheme = name.startswith("podcast:socialInteract uri") and colon and rest
        if not page_of_any_scheme and not (scheme.lower() in ("http", "https") and rest.startswith("//") and rest[2:]):
            yield f"{name} {shown(url)} is not a full address; write it from https:// on"


def _not_encrypted(node: Node) -> Iterator[str]:
    for name, url in _addresses(node, _MEDIA):
        if url.startswith("http://") and not is_local(url):
            yield f"{name} {shown(url)} is not encrypted, and phones refuse to load it; publish it under https"


def _page_not_encrypted(node: Node) -> Iterator[str]:
    for name, url in _addresses(node, _PAGES):
        if url.startswith("http://") and not is_local(url):
            yield f"{name} {shown(url)} is not encrypted; write https if the page has it"


def _not_encoded(node: Node) -> Iterator[str]:
    for name, url in _all(node):
        if not _ENCODED.fullmatch(url):
            yield f"{name} {shown(url)} holds characters that no address may; percent-encode them"


def _with_password(node: Node) -> Iterator[str]:
    for name, url in _all(node):
        # The value is not repeated: reports end up in logs.
        if "@" in url and "@" in authority_of(url):
            yield f"{name} holds a user name or password; take it out of the address"


def _on_this_machine(judged: Judged) -> Iterator[Finding]:
    """Yield one finding for all feeds, at the file that says where they are published."""
    if any(is_local(feed.document.url) for feed in judged.feeds):
        message = "publishes at an address that nobody else reaches; set public_url in [storage] before you announce it"
        yield Finding("podwright.toml", message)


RULES = (
    Rule(
        "address-absolute",
        "error",
        EVERYBODY,
        sources.RSS_ITEM,
        "Every address in a feed is a full one, with http or https.",
        each_node(_not_absolute),
    ),
    Rule(
        "address-https",
        "warning",
        (APPLE, SPOTIFY, PSP, INDEX),
        sources.PODCAST_NAMESPACE,
        "What apps fetch by themselves (audio, artwork, transcripts, chapters, feeds) is published under https.",
        each_node(_not_encrypted),
    ),
    Rule(
        "page-https",
        "advice",
        (INDEX,),
        sources.PODCAST_NAMESPACE,
        "Pages that a feed links to are given with https.",
        each_node(_page_not_encrypted),
    ),
    Rule(
        "address-ascii",
        "error",
        (APPLE, RSS),
        sources.RFC_3986,
        "Addresses consist of ASCII characters; all others are percent-encoded.",
        each_node(_not_encoded),
    ),
    Rule(
        "address-password",
        "error",
        EVERYBODY,
        sources.RFC_3986_USER,
        "No address in a feed holds a user name or password.",
        each_node(_with_password),
    ),
    Rule(
        "address-public",
        "advice",
        EVERYBODY,
        sources.RSS_CHANNEL,
        "A feed is published at an address that others can reach.",
        _on_this_machine,
    ),
)
