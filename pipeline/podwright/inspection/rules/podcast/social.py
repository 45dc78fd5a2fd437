"""Comment threads, and the services and protocols that tags name."""

from __future__ import annotations

from collections.abc import Iterator

from podwright.inspection.rules import sources
from podwright.inspection.rules.types import INDEX, Rule, each_node, shown
from podwright.inspection.rules.view import Node, text_of

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


RULES = (
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
