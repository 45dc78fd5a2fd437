"""Telling Podcast Index of a changed feed that it knows; apps that build on it look at nothing else.

Anybody may do so (https://podcastindex-org.github.io/docs-api/#get-/hub/pubnotify).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from podwright.core.showing import shown
from podwright.operations.notify.delivery import Notice, Sending, Stage
from podwright.operations.notify.requests import Request, sender
from podwright.publishing.pending_notices import News

STAGE: Stage = "listeners"
KIND = "podcast-index"
#: A feed that it does not know yet, which is no fault: it is added where its owner asks for that.
_UNKNOWN = frozenset({400, 404})


def notices(news: News, sending: Sending) -> Iterator[Notice]:
    """Yield a notice for each changed feed that directories may list."""
    address = sending.after.podcast_index
    if address is None:
        return
    for one in news.feeds:
        if not one.feed.block:
            make = _request(address, one.url)
            yield Notice(kind=KIND, address=shown(address), subject=one.feed.name, send=sender(make, good=_UNKNOWN))


def _request(address: str, url: str) -> Callable[[], Request]:
    return lambda: Request(method="GET", url=f"{address}?{urlencode({'url': url})}")
