"""Closed lists of words that others keep: Apple's categories, and those of the podcast namespace.

They are stored in vocabularies.json with the revision that they are of; `python -m tools.vocabularies` renews them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType
from typing import Any

_STORED: dict[str, Any] = json.loads((resources.files(__package__) / "vocabularies.json").read_bytes())
_NAMESPACE: dict[str, Any] = _STORED["podcast namespace"]

#: The commit of https://github.com/Podcastindex-org/podcast-namespace that its lists are of.
REVISION: str = _NAMESPACE["revision"]

#: Sub-categories by category, exact case. https://podcasters.apple.com/support/1691-apple-podcasts-categories
CATEGORIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {name: tuple(subs) for name, subs in _STORED["apple"]["categories"].items()}
)

#: Roles by group (taxonomy.json), in lower case, as they are compared without case (docs/tags/person.md).
TAXONOMY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {group: tuple(roles) for group, roles in _NAMESPACE["taxonomy"].items()}
)

#: All roles.
ROLES = tuple(dict.fromkeys(role for roles in TAXONOMY.values() for role in roles))

#: Services that a feed may be kept from (serviceslugs.txt).
SERVICES: tuple[str, ...] = tuple(_NAMESPACE["services"])
#: Where comments are written (socialprotocols.txt).
SOCIAL: tuple[str, ...] = tuple(_NAMESPACE["social"])
#: Where listeners talk (docs/chatprotocols.txt).
CHATS: tuple[str, ...] = tuple(_NAMESPACE["chats"])
#: Layers, methods and kinds of addresses of payments (docs/examples/value/valueslugs.txt), in one list.
PAYMENTS: tuple[str, ...] = tuple(_NAMESPACE["payments"])
#: Licences known by their identifiers (docs/examples/license/licenseslugs.txt), in lower case.
LICENSES: tuple[str, ...] = tuple(_NAMESPACE["licenses"])

#: What words of these lists were called before.
FORMER = MappingProxyType(
    {
        "bluesky": "atproto",
        "podcasts.com": "podcasts",
        "relayfm": "relay",
        "resonate": "resonaterecordings",
        "rss.com": "rss",
    }
)


def group_of(role: str) -> str:
    """Return the group of a role; of "editor", which two groups have, the first."""
    return next(group for group, roles in TAXONOMY.items() if role in roles)
