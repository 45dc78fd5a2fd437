"""Waiting until the public address of a changed feed serves the new one: hubs come for it as soon as they hear."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from podwright.core.http import Client, UnreachableError
from podwright.core.showing import shown
from podwright.operations.notify.delivery import DeliveryError, Notice, Sending, Stage
from podwright.publishing.pending_notices import ChangedFeed, News

STAGE: Stage = "feeds"
KIND = "served"


def notices(news: News, sending: Sending) -> Iterator[Notice]:
    """Yield a notice for each changed feed."""
    if sending.after.verify:
        for one in news.feeds:
            yield Notice(kind=KIND, address=shown(one.url), subject=one.feed.name, send=_sender(one))


def _sender(one: ChangedFeed) -> Callable[[Client], None]:
    stale: dict[str, str] = {}

    def send(client: Client) -> None:
        try:
            answer = client.observe(one.url, headers=stale, most=one.size + 1)
        except UnreachableError as error:
            raise DeliveryError(error.reason, again=True) from error
        if answer.status == 200 and hashlib.sha256(answer.data).hexdigest() == one.sha256:
            return
        if answer.status not in (200, 304):
            raise DeliveryError(f"answers {answer.status}, not 200; correct the server", again=True)
        if etag := answer.header("etag"):
            # An answer that is known to be old is not sent again.
            stale["If-None-Match"] = etag
        raise DeliveryError("serves another feed than was published; purge the cache before it", again=True)

    return send
