"""Documents for one member: whatever they name below `private/` is read through that member's address."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape

from podwright.core.names import PRIVATE


def rewrite(data: bytes, *, public_url: str, member_url: str) -> bytes:
    """A document with the member's address, which ends with "/", in front of each private key.

    An address stands in documents as it is, escaped for XML, or as JSON writes it; `public_url` holds no quote.
    """
    old, new = f"{public_url}{PRIVATE}", f"{member_url}{PRIVATE}"
    for spell in (str, escape, _in_json):
        data = data.replace(spell(old).encode(), spell(new).encode())
    return data


def _in_json(text: str) -> str:
    return json.dumps(text)[1:-1].replace("/", "\\/")


def readdress(data: bytes, *, feed_url: str, member_url: str) -> bytes:
    """A feed whose `atom:link rel="self"` is where the member reads it."""
    return data.replace(escape(feed_url).encode(), escape(member_url).encode())
