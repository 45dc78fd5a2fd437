"""Alternate enclosures: their sources, their integrity, and the default among them."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

from podwright.inspection.rules import sources
from podwright.inspection.rules.types import INDEX, Rule, each_item, each_node, shown
from podwright.inspection.rules.view import Node, nested

_SRI = re.compile(r"(sha256-[A-Za-z0-9+/]{43}=|sha384-[A-Za-z0-9+/]{64}|sha512-[A-Za-z0-9+/]{86}==)(\?\S*)?")


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


RULES = (
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
)
