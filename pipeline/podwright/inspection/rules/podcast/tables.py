"""Rules from the table of the namespace's tags (`rules.shapes`), for each of them and for all together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from xml.etree.ElementTree import Element

from podwright.inspection.rules import sources
from podwright.inspection.rules.shapes import ANY, BY_TAG, INNER, SHAPES, Shape
from podwright.inspection.rules.types import INDEX, PSP, Rule, each_node, shown
from podwright.inspection.rules.view import Node, nested, text_of


def _shaped(shape: Shape, node: Node) -> Iterator[str]:
    for element in node.every(shape.tag):
        yield from malformed(shape, element)
        for inner in INNER.get(shape.tag, ()):
            for child in nested(element, inner.tag):
                yield from malformed(inner, child)


def malformed(shape: Shape, element: Element) -> Iterator[str]:
    """Yield what an element lacks or has in another form than its shape."""
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
)
