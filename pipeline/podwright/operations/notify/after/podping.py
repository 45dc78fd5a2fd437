"""Telling podping of a changed feed, through a service that writes podpings (https://podping.cloud).

Only feeds that say so with podcast:podping are told
(https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/tags/podping.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from podwright.core.recipients import Podping
from podwright.core.showing import shown
from podwright.operations.notify.delivery import Notice, Sending, Stage
from podwright.operations.notify.requests import Request, sender
from podwright.publishing.pending_notices import ChangedFeed, News

STAGE: Stage = "listeners"
KIND = "podping"


def notices(news: News, sending: Sending) -> Iterator[Notice]:
    """Yield a notice for each changed feed that uses podping."""
    if (podping := sending.after.podping) is None:
        return
    for one in news.feeds:
        if one.feed.tags.podping:
            send = sender(_request(podping, one, sending))
            yield Notice(kind=KIND, address=shown(podping.url), subject=one.feed.name, send=send)


_REASONS = {"begun": "live", "ended": "liveEnd"}


def _reason(one: ChangedFeed) -> str:
    """Return why a feed is told of (https://github.com/Podcastindex-org/podping-hivewriter#the-podping-protocol).

    Where a run did not live to tell what changed, a live item that is live is told again rather than never.
    """
    if one.change is None:
        return "live" if any(item.status == "live" for item in one.feed.tags.live) else "update"
    return _REASONS[one.change.live] if one.change.live else "update"


def _request(podping: Podping, one: ChangedFeed, sending: Sending) -> Callable[[], Request]:
    query = urlencode({"url": one.url, "reason": _reason(one), "medium": one.feed.tags.medium or "podcast"})
    return lambda: Request(
        method="GET",
        url=f"{podping.url}?{query}",
        headers={"Authorization": podping.token.fill(sending.environment)},
    )
