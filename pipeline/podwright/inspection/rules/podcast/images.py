"""Pictures: their descriptions and their measures."""

from __future__ import annotations

from collections.abc import Iterator

from podwright.inspection.rules import sources
from podwright.inspection.rules.types import ACCESSIBILITY, INDEX, Rule, each_node, shown
from podwright.inspection.rules.view import Node


def _images_alone(node: Node) -> Iterator[str]:
    if node.every("podcast:images") and not node.every("podcast:image"):
        yield "podcast:images is deprecated; add podcast:image, which newer apps read"


def _no_alternative(node: Node) -> Iterator[str]:
    without = [one for one in node.every("podcast:image") if not one.get("alt", "").strip()]
    if without:
        yield "its artwork has no description for people who do not see it; add image_alt"


def _no_measures(node: Node) -> Iterator[str]:
    for element in node.every("podcast:image"):
        if not (element.get("width") and element.get("aspect-ratio")):
            yield f"podcast:image {shown(element.get('href', ''))} has no width and aspect-ratio; add them"


RULES = (
    Rule(
        "images-alone",
        "warning",
        (INDEX,),
        sources.podcast_tag("image"),
        "podcast:images stands beside podcast:image only, which took its place.",
        each_node(_images_alone),
    ),
    Rule(
        "image-described",
        "advice",
        (ACCESSIBILITY, INDEX),
        sources.WCAG_TEXT,
        "Artwork has a description.",
        each_node(_no_alternative),
    ),
    Rule(
        "image-measured",
        "advice",
        (INDEX,),
        sources.podcast_tag("image"),
        "Pictures have a width and an aspect ratio.",
        each_node(_no_measures),
    ),
)
