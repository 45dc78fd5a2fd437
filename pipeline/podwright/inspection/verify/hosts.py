"""Checks of the hosts that listeners connect to: how long their certificates are good."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from podwright.core.finding import Finding
from podwright.core.http import UnreachableError, observe_expiry

#: A certificate that ends sooner is told: one that renews itself does so earlier
#: (https://letsencrypt.org/docs/integration-guide/#when-to-renew).
SOON = timedelta(days=14)


def observe_certificates(urls: Iterable[str], *, now: datetime, patience: timedelta) -> Iterator[Finding]:
    """Whether the certificate of each host is trusted, and will be for some time."""
    origins = dict.fromkeys(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/" for parts in map(urlsplit, urls))
    for origin in origins:
        fine = Finding(where=origin, code="certificate", level="ok", message="has a good certificate")
        try:
            ends = observe_expiry(origin, patience=patience)
        except UnreachableError as error:
            yield Finding(where=origin, code="certificate", level="error", message=error.reason)
            continue
        if ends is None or ends - now > SOON:
            yield fine
        else:
            days = max(0, (ends - now).days)
            message = f"its certificate ends in {days} days, on {ends:%Y-%m-%d}; renew it, and see why nothing did"
            yield Finding(where=origin, code="certificate", level="warning", message=message)
