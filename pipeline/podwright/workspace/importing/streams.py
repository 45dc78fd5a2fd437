"""XML documents as streams: at no time are two items in memory.

A document type's entities are not expanded, nothing outside the document is loaded, and the limits of libxml2 on depth
and size stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree

from podwright.core.errors import FormatError
from podwright.workspace.importing.namespaces import short_name, usual_namespace

#: Options of libxml2's parser.
_SAFE: dict[str, bool] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
_NAME = re.compile(r"[A-Za-z_][\w.-]*")


class Shape(NamedTuple):
    """A kind of document: its root's tag, how deep its items lie, and what it is called."""

    root: str
    depth: int
    name: str


def children_of(path: Path, shape: Shape) -> Iterator[Any]:
    """Yield each element that lies where items do, and empty it once the next one is asked for.

    Raises FormatError for a document of another kind.
    """
    depth = 0
    with path.open("rb") as file:
        for event, element in etree.iterparse(file, events=("start", "end"), **_SAFE):
            if event == "start":
                depth += 1
                if depth == 1 and element.tag != shape.root:
                    found = short_name(element.tag)
                    raise FormatError(f"is {found} and no {shape.name}; name the feed's own address")
                continue
            if depth == shape.depth:
                yield element
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
            depth -= 1


def check_xml(path: Path, shape: Shape) -> None:
    """Raise FormatError for a document that is of another kind, or not well-formed."""
    try:
        for _ in children_of(path, shape):
            pass
    except etree.XMLSyntaxError as error:
        line, _ = error.position
        raise FormatError(f"is not well-formed XML ({error.msg}); ask the old host for it", line=line) from error


def mend(path: Path) -> list[tuple[int, str]]:
    """Write a document that is not well-formed as libxml2 understands it; return where it is wrong."""
    parser = etree.XMLParser(recover=True, **_SAFE)
    with path.open("rb") as file:
        tree = etree.parse(file, parser)
    if tree.getroot() is None:
        raise FormatError("is not XML; name the feed's own address")
    for element in tree.iter(etree.Element):
        # A prefix that nothing declares is taken for the one that it is everywhere else.
        prefix, colon, local = element.tag.partition(":")
        if colon and not prefix.startswith("{"):
            name = local if _NAME.fullmatch(local) else "unreadable"
            element.tag = f"{{{usual_namespace(prefix)}}}{name}"
    tree.write(str(path), encoding="UTF-8", xml_declaration=True)
    lines = {one.line: one.message for one in reversed(parser.error_log)}
    return [(line, f"is not well-formed ({message}); the rest was read") for line, message in sorted(lines.items())]
