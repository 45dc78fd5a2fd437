"""People, places and licences; where a show is talked about; who is paid."""

from __future__ import annotations

import re
from collections.abc import Iterator

from podwright.inspection.rules import sources
from podwright.inspection.rules.types import INDEX, Rule, each_node, shown
from podwright.inspection.rules.view import Node, nested, number_of, text_of
from podwright.workspace.schema import tag_values
from podwright.workspace.vocabularies import CHATS, FORMER, PAYMENTS, SERVICES, SOCIAL, TAXONOMY

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


FACTS = (
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


def _disabled(node: Node) -> Iterator[str]:
    for element in node.every("podcast:socialInteract"):
        if element.get("protocol") == "disabled":
            if len(element.attrib) > 1 or text_of(element).strip() or len(node.every("podcast:socialInteract")) > 1:
                yield "podcast:socialInteract is disabled and says more; let it stand alone"
        elif not element.get("uri"):
            yield "podcast:socialInteract has no uri; write the address of the root post"


def _priority(node: Node) -> Iterator[str]:
    found = node.every("podcast:socialInteract")
    if len(found) > 1 and not all(element.get("priority") for element in found):
        yield "podcast:socialInteract stands there several times without priority; number them from 1"


#: By tag and attribute, the words of the namespace's lists. "default" stands for a layer without methods
#: (docs/examples/value/value.md).
_LISTED = (
    ("podcast:block", "id", SERVICES),
    ("podcast:socialInteract", "protocol", SOCIAL),
    ("podcast:chat", "protocol", CHATS),
    ("podcast:value", "type", PAYMENTS),
    ("podcast:value", "method", (*PAYMENTS, "default")),
)


def _slugs(node: Node) -> Iterator[str]:
    for tag, name, known in _LISTED:
        for element in node.every(tag):
            value = element.get(name)
            if value and value not in known:
                present = FORMER.get(value)
                advice = f"write {present}, as it is called there" if present else "check its spelling"
                yield f"{tag} {name} {shown(value)} is not on the namespace's list, so few know it; {advice}"


SOCIAL_RULES = (
    Rule(
        "social-root",
        "error",
        (INDEX,),
        sources.podcast_tag("social-interact"),
        "A comment thread has the address of its root post, or is disabled and says nothing else.",
        each_node(_disabled),
    ),
    Rule(
        "social-priority",
        "advice",
        (INDEX,),
        sources.podcast_tag("social-interact"),
        "Of several comment threads each has a priority.",
        each_node(_priority),
    ),
    Rule(
        "slug-known",
        "warning",
        (INDEX,),
        sources.PODCAST_TAGS,
        "Services and protocols are of the namespace's lists.",
        each_node(_slugs),
    ),
)


def _nobody_paid(node: Node) -> Iterator[str]:
    for element in node.every("podcast:value"):
        shares = [one.get("split", "") for one in nested(element, "podcast:valueRecipient")]
        if not any(share.isdecimal() and int(share) for share in shares):
            yield "podcast:value gives nobody a share; add a podcast:valueRecipient with a split above 0"


def _split_content(node: Node) -> Iterator[str]:
    for element in node.every("podcast:value"):
        for split in nested(element, "podcast:valueTimeSplit"):
            remote = len(nested(split, "podcast:remoteItem"))
            local = len(nested(split, "podcast:valueRecipient"))
            if (remote, bool(local)) not in ((1, False), (0, True)):
                yield "podcast:valueTimeSplit does not hold either recipients or one podcast:remoteItem; correct it"


#: The compressed public key of a node, in hex.
_NODE = re.compile(r"0[23][0-9a-f]{64}", re.IGNORECASE)
#: https://github.com/andrerfneves/lightning-address/blob/master/DIY.md
_LIGHTNING_ADDRESS = re.compile(r"[a-z0-9_.+-]+@([a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE)
_ADDRESSES = {
    "node": (_NODE, "the public key of a node, 66 hexadecimal digits"),
    "lnaddress": (_LIGHTNING_ADDRESS, "a Lightning address, like ada@example.org"),
}


def _paid_to(node: Node) -> Iterator[str]:
    for element in node.every("podcast:value"):
        splits = nested(element, "podcast:valueTimeSplit")
        for recipient in [one for block in (element, *splits) for one in nested(block, "podcast:valueRecipient")]:
            kind, address = recipient.get("type", ""), recipient.get("address", "")
            if kind not in _ADDRESSES:
                yield f"podcast:valueRecipient type {shown(kind)} is not node or lnaddress; write one of the two"
            elif not _ADDRESSES[kind][0].fullmatch(address):
                yield f"podcast:valueRecipient address {shown(address)} is not {_ADDRESSES[kind][1]}; correct it"


VALUE = (
    Rule(
        "value-address",
        "warning",
        (INDEX,),
        sources.podcast_tag("value-recipient"),
        "A payment goes to the public key of a node or to a Lightning address, as its type says.",
        each_node(_paid_to),
    ),
    Rule(
        "value-shares",
        "error",
        (INDEX,),
        sources.podcast_tag("value"),
        "A value block gives somebody a share.",
        each_node(_nobody_paid),
    ),
    Rule(
        "value-split",
        "error",
        (INDEX,),
        sources.podcast_tag("value-time-split"),
        "A time split holds recipients, or one remote item.",
        each_node(_split_content),
    ),
)
