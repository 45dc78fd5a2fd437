"""Telling the WebSub hub of a feed that the feed changed (https://www.w3.org/TR/websub/#publisher-sends-content).

How a hub is told is left to hubs; all of them understand `hub.mode=publish` with the feed's address as `hub.url`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from podwright.core.showing import shown
from podwright.operations.notify.delivery import Notice, Sending, Stage
from podwright.operations.notify.requests import Request, sender
from podwright.publishing.pending_notices import News

STAGE: Stage = "listeners"
KIND = "websub"


def notices(news: News, sending: Sending) -> Iterator[Notice]:
    """Yield a notice for each changed feed that names a hub."""
    del sending
    for one in news.feeds:
        if one.feed.hub:
            make = _request(one.feed.hub, one.url)
            yield Notice(kind=KIND, address=shown(one.feed.hub), subject=one.feed.name, send=sender(make))


def _request(hub: str, url: str) -> Callable[[], Request]:
    return lambda: Request(
        method="POST",
        url=hub,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        body=urlencode({"hub.mode": "publish", "hub.url": url}).encode(),
    )
