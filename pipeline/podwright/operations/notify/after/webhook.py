"""Posting the changes of public feeds to a webhook."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from podwright.operations.notify.delivery import Notice, Sending, Stage
from podwright.operations.notify.webhook import webhook_notice
from podwright.publishing.pending_notices import ChangedFeed, News
from podwright.report.plans import item_values

STAGE: Stage = "listeners"


def notices(news: News, sending: Sending) -> Iterator[Notice]:
    """Yield a notice for all changed feeds."""
    address = sending.after.webhook
    if address and news.feeds:
        yield webhook_notice(
            address,
            sending.after.webhook_secret,
            sending.environment,
            document=_document(news, sending),
            identifier=f"msg_{_digest(news)}",
            at=sending.at,
        )


def _digest(news: News) -> str:
    """Return the same for the same publish of the same podcast."""
    return hashlib.sha256(f"{news.public_url}\0{news.generation}".encode()).hexdigest()[:32]


def _document(news: News, sending: Sending) -> dict[str, Any]:
    return {
        "type": "podcast.published",
        "timestamp": sending.at.astimezone(UTC).isoformat(timespec="seconds"),
        "data": {
            "show": news.show,
            "generation": news.generation,
            "feeds": [_feed(one) for one in news.feeds],
        },
    }


def _feed(one: ChangedFeed) -> dict[str, Any]:
    change = one.change
    return {
        "name": one.feed.name,
        "title": one.feed.title,
        "url": one.url,
        "guid": one.guid,
        "kind": change.kind if change else "changed",
        "channel": change.channel if change else False,
        "items": item_values(change.items if change else ()),
    }
