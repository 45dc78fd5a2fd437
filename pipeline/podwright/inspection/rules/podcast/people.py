"""People, places and licences; where a show is talked about; who is paid."""

from __future__ import annotations

import re
from collections.abc import Iterator

from podwright.inspection.rules import sources
from podwright.inspection.rules.types import INDEX, Rule, each_node, shown
from podwright.inspection.rules.view import Node, nested, number_of, text_of
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


#: https://github.com/Podcastindex-org/podcast-namespace/blob/main/serviceslugs.txt
_SLUGS = """
acast amazon anchor apple audioboom backtracks bitcoin blubrry buzzsprout captivate castos fireside google
hypercatcher libsyn mastodon megafono megaphone omnystudio overcast paypal pinecast podbean podcastaddict
podcastindex podcasts.com podchaser podfriend podiant podigee podnews podomatic podserve podverse redcircle relayfm
resonate rss.com shoutengine simplecast slack soundcloud spotify spreaker transistor twitter whooshkaa zencast
"""
_SERVICES = frozenset(_SLUGS.split())
#: https://github.com/Podcastindex-org/podcast-namespace/blob/main/socialprotocols.txt
_SOCIAL = ("disabled", "activitypub", "twitter", "lightning", "bluesky", "atproto", "hive", "matrix", "nostr")
#: https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/tags/chat.md
_CHATS = ("irc", "xmpp", "nostr", "matrix")


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


def _slugs(node: Node) -> Iterator[str]:
    for tag, name, known in (
        ("podcast:block", "id", _SERVICES),
        ("podcast:socialInteract", "protocol", _SOCIAL),
        ("podcast:chat", "protocol", _CHATS),
    ):
        for element in node.every(tag):
            value = element.get(name)
            if value and value not in known:
                yield f"{tag} {name} {shown(value)} is not on the namespace's list, so few know it; check its spelling"


SOCIAL = (
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


VALUE = (
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
