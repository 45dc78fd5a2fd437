"""Pinging a health check when a run begins, succeeds and fails; it raises the alarm where a ping stays away.

https://healthchecks.io/docs/http_api/: the address alone means success, `/start` and `/fail` the two others; `rid`
tells runs at the same time apart. The body is kept there with the ping.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlencode, urlsplit, urlunsplit

from podwright.core.recipients import EnvText
from podwright.operations.notify.delivery import Notice
from podwright.operations.notify.requests import Request, sender

Signal = Literal["start", "success", "fail"]

KIND = "healthcheck"
#: Bytes of a body; a longer one is cut.
LONGEST = 10_000


def healthcheck_notice(
    address: EnvText, environment: Mapping[str, str], *, signal: Signal, run: str, text: str
) -> Notice:
    """Return a ping. run: a UUID of the run; text: kept with the ping."""

    def make() -> Request:
        parts = urlsplit(address.fill(environment))
        path = parts.path.rstrip("/") + ("" if signal == "success" else f"/{signal}")
        query = "&".join(filter(None, [parts.query, urlencode({"rid": run})]))
        return Request(
            method="POST",
            url=urlunsplit((parts.scheme, parts.netloc, path, query, "")),
            headers={"Content-Type": "text/plain; charset=utf-8"},
            body=text.encode()[:LONGEST],
        )

    return Notice(kind=KIND, address=address.text, subject=signal, send=sender(make))
