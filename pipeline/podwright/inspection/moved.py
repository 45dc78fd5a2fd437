"""The addresses that feeds had at other hosts: whether apps that ask there come to the new one, and remember it."""

from __future__ import annotations

from collections.abc import Iterator

from podwright.core.finding import Finding, Level
from podwright.core.http import Client, UnreachableError
from podwright.core.model import Show
from podwright.core.names import ObjectName, feed_side, public_url
from podwright.core.showing import shown

#: Redirects that apps take over for good (https://www.rfc-editor.org/rfc/rfc9110#section-15.4); 301 is what all know.
_FOR_GOOD = (301, 308)
_ASK = "have the old host answer 301 with"


def observe_moved(show: Show, client: Client) -> Iterator[Finding]:
    """Yield what each old address of each public feed answers, good and bad."""
    for feed in show.feeds:
        if feed_side(feed, show) == "public":
            url = public_url(ObjectName(kind="feed", owner=feed.name).render(), show)
            for old in feed.moved_from:
                level, message = _observe(old, url, client)
                yield Finding(where=shown(old), code="moved", level=level, message=message, about=feed.name)


def _observe(old: str, url: str, client: Client) -> tuple[Level, str]:
    try:
        # Some hosts know no HEAD for feeds.
        route = client.follow(old, method="GET", until=url)
    except UnreachableError as error:
        return "warning", f"{_what(error.reason)}; until listeners moved, {_ASK} {url}"
    if route.lost:
        return "warning", f"{_what(route.lost)}; {_ASK} {url}"
    if not route.statuses and route.answer.status == 200:
        return "warning", f"is still the old feed, which apps go on reading; {_ASK} {url}"
    if not route.statuses:
        return "warning", f"answers {route.answer.status}, so that its listeners are lost; {_ASK} {url}"
    if route.url != url:
        return "warning", f"leads to {shown(route.url)}, not here; {_ASK} {url}"
    if route.statuses[0] not in _FOR_GOOD:
        return "warning", f"answers {route.statuses[0]}, which apps follow and do not remember; {_ASK} {url}"
    if len(route.statuses) > 1:
        count = len(route.statuses)
        return "warning", f"leads here by {count} redirects, and apps remember the first alone; {_ASK} {url}"
    return "ok", f"answers {route.statuses[0]} with the new address"


def _what(message: str) -> str:
    """Return what is wrong, without what the owner of the other side would have to do."""
    return message.partition("; ")[0]
