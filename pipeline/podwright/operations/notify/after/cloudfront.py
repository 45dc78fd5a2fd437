"""Having CloudFront forget changed addresses."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlsplit

from podwright.core.errors import StoreError
from podwright.core.http import Client
from podwright.operations.notify.delivery import DeliveryError, Notice, Sending, Stage
from podwright.publishing.pending_notices import News

STAGE: Stage = "caches"
KIND = "cloudfront"
#: Beyond so many, all below the public address is forgotten, which costs as much as one path.
MOST_PATHS = 100


def notices(news: News, sending: Sending) -> Iterator[Notice]:
    """Yield a notice for all addresses."""
    distribution = sending.after.cloudfront
    if distribution and news.urls:
        paths = [urlsplit(url).path for url in news.urls]
        if len(paths) > MOST_PATHS:
            paths = [f"{urlsplit(news.public_url).path}*"]
        subject = f"{len(paths)} path{'' if len(paths) == 1 else 's'}"
        digest = hashlib.sha256("\n".join(paths).encode()).hexdigest()[:16]
        send = _sender(distribution, paths, reference=f"podwright-{news.generation}-{digest}")
        yield Notice(kind=KIND, address=distribution, subject=subject, send=send)


def _sender(distribution: str, paths: Sequence[str], *, reference: str) -> Callable[[Client], None]:
    def send(client: Client) -> None:
        del client
        # boto3 takes long to load, and tries again by itself.
        from podwright.stores.cdn import invalidate

        try:
            invalidate(distribution, paths, reference=reference)
        except StoreError as error:
            raise DeliveryError(str(error), again=False) from error

    return send
