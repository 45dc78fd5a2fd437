"""People, places and licences."""

from __future__ import annotations

import re
from collections.abc import Iterator

from podwright.inspection.rules import sources
from podwright.inspection.rules.types import INDEX, Rule, each_node, shown
from podwright.inspection.rules.view import Node, number_of, text_of
from podwright.workspace.schema import tag_values
from podwright.workspace.vocabularies import TAXONOMY

_ROLES = frozenset((group, role) for group, roles in TAXONOMY.items() for role in roles)


def _taxonomy(node: Node) -> Iterator[str]:
    for element in node.every("podcast:person"):
        role, group = element.get("role", "host").lower(), element.get("group", "cast").lower()
        if (group, role) not in _ROLES:
            yield f"podcast:person role {shown(role)} is not in the group {shown(group)} of the taxonomy; correct it"


def _coordinates(node: Node) -> Iterator[str]:
    for element in node.every("podcast:location"):
        found = re.match(r"geo:(-?[0-9.]+),(-?[0-9.]+)", element.get("geo", ""))
        pair = (number_of(found[1].lstrip("-")), number_of(found[2].lstrip("-"))) if found else (0, 0)
        if None in pair or (pair[0] or 0) > 90 or (pair[1] or 0) > 180:
            yield f"podcast:location geo {shown(element.get('geo', ''))} is not on Earth; write the latitude first"


def _unknown_license(node: Node) -> Iterator[str]:
    for element in node.every("podcast:license"):
        name = text_of(element).strip()
        if element.get("url"):
            continue
        if not tag_values.is_public_license(name):
            yield f"podcast:license {shown(name)} is not on the list; give the address of its text as url"
        elif name != name.lower():
            yield f"podcast:license {shown(name)} has capitals; write {name.lower()}"


RULES = (
    Rule(
        "person-taxonomy",
        "warning",
        (INDEX,),
        sources.podcast_tag("person"),
        "Role and group of a person are a pair of the podcast taxonomy.",
        each_node(_taxonomy),
    ),
    Rule(
        "location-on-earth",
        "error",
        (INDEX,),
        sources.podcast_tag("location"),
        "The latitude of a place is at most 90 and its longitude at most 180.",
        each_node(_coordinates),
    ),
    Rule(
        "license-known",
        "error",
        (INDEX,),
        sources.podcast_tag("license"),
        "A licence is known by its lower-case identifier, or has the address of its text.",
        each_node(_unknown_license),
    ),
)
