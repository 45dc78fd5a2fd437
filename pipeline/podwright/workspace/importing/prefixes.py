"""Addresses of recordings without the services that count downloads in front of them.

A service redirects from `https://counter.example/PATH/HOST/FILE` to `https://HOST/FILE`; several may stand in a row.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

#: A service's host and the path that is its own (facts of op3's estimate of such chains, and of the services' manuals).
_SERVICES = re.compile(
    r"(?:op3\.dev/e(?:,[^/]*)?"
    r"|(?:www\.|dts\.)?podtrac\.com(?:/pts)?/redirect\.[a-z0-9]+|play\.podtrac\.com/[^/]+"
    r"|pdst\.fm/e|(?:chrt\.fm|chtbl\.com|podcast-rss-prefix\.spotify\.com)/track/[^/]+|prfx\.byspotify\.com/e"
    r"|claritaspod\.com/measure|clrtpod\.com/m|(?:pscrb\.fm|verifi\.podscribe\.com)/rss/p"
    r"|mgln\.ai/(?:track|e/[^/]+)|media\.blubrry\.com/[^/]+(?:/p)?|pfx\.vpixl\.com/[^/]+|swap\.fm/track/[^/]+"
    r"|pdrl\.fm/[^/]+|arttrk\.com/p/[^/]+|pdcn\.co/e|2\.gum\.fm|s\.gum\.fm/s-[0-9a-f]+|bktrks\.co/t/[^/]+"
    r"|growx\.podkite\.com/https/[^/]+|pfx\.veritonicmetrics\.com/[^/]+|adbarker\.com/stream/[^/]+"
    r"|a\.pdcst\.to/[^/]+|tr\.ausha\.co/[^/]+|track\.fstry\.me/p/[^/]+|r\.zencastr\.com/r|m\.pfxes\.com/[^/]+"
    r"|ipfspodcasting\.net/e)/",
    re.IGNORECASE,
)
#: Anchor's play addresses end in the encoded address of the file.
_ANCHOR = re.compile(r"https?://(?:www\.)?anchor\.fm/s/[^/]+/podcast/play/.*/(https?%3A%2F%2F[^/]+)$", re.IGNORECASE)
_SCHEME = re.compile(r"(https?)(?:://|%3A%2F%2F)", re.IGNORECASE)


def split_prefix(url: str) -> tuple[str, str]:
    """Return what services stand before an address, "" for none, and the address behind them."""
    if match := _ANCHOR.match(url):
        return "", unquote(match[1])
    scheme = _SCHEME.match(url)
    if not scheme:
        return "", url
    at, said = scheme.end(), scheme[1]
    while match := _SERVICES.match(url, at):
        at = match.end()
        if inner := _SCHEME.match(url, at):
            at, said = inner.end(), inner[1]
    rest = url[at:] if "/" in url[at:] else unquote(url[at:])
    host, path, _ = rest.partition("/")
    return (url[:at], f"{said}://{rest}") if at > scheme.end() and path and "." in host else ("", url)
