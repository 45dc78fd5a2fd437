"""Having a CDN forget addresses by plain requests: PURGE to the address itself, or to its API for that."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import quote

from podwright.core.http import Client
from podwright.core.recipients import Purge
from podwright.operations.notify.delivery import Notice, Sending, Stage
from podwright.operations.notify.requests import Request, sender
from podwright.publishing.pending_notices import News

STAGE: Stage = "caches"
KIND = "purge"
#: Addresses in one request, where a request can have several; Cloudflare takes no more
#: (https://developers.cloudflare.com/cache/how-to/purge-cache/purge-by-single-file/).
MOST_FILES = 30


def notices(news: News, sending: Sending) -> Iterator[Notice]:
    """Yield a notice for each way to purge; it goes through all addresses."""
    if not news.urls:
        return
    count = len(news.urls)
    for one in sending.after.purges:
        yield Notice(
            kind=KIND,
            address=one.address.text,
            subject=f"{count} address{'' if count == 1 else 'es'}",
            send=_sender(tuple(_requests(one, news.urls, sending))),
        )


def _sender(requests: Sequence[Callable[[], Request]]) -> Callable[[Client], None]:
    """Return a function that sends requests one by one; another attempt goes on where the last one stopped."""
    left = list(requests)

    def send(client: Client) -> None:
        while left:
            sender(left[0])(client)
            del left[0]

    return send


def _requests(purge: Purge, urls: Sequence[str], sending: Sending) -> Iterator[Callable[[], Request]]:
    if purge.files is None:
        yield from (_request(purge, sending, url=url) for url in urls)
        return
    for start in range(0, len(urls), MOST_FILES):
        body = json.dumps({purge.files: urls[start : start + MOST_FILES]}).encode()
        yield _request(purge, sending, body=body)


def _request(purge: Purge, sending: Sending, *, url: str = "", body: bytes | None = None) -> Callable[[], Request]:
    def make() -> Request:
        headers = {name: value.fill(sending.environment) for name, value in purge.headers}
        if body is not None:
            headers["Content-Type"] = "application/json"
        address = purge.address.fill(sending.environment)
        # As the whole address it stands as it is, inside of another one it is a value.
        filled = url if address == "{url}" else address.replace("{url}", quote(url, safe=""))
        return Request(method=purge.method, url=filled, headers=headers, body=body)

    return make
