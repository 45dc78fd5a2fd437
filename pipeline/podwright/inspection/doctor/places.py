"""Checks of the store and of the public address as a whole, each a function and a row in `_PROBES`."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from podwright.core.errors import StoreError
from podwright.core.finding import Finding
from podwright.core.http import UnreachableError
from podwright.inspection.doctor.types import Place, PlaceProbe, Told
from podwright.stores import observe_cors


def observe_place(place: Place) -> Iterator[Finding]:
    """What is right and what is wrong; nothing more is asked once the address gave no answer."""
    for probe in _PROBES:
        try:
            told = tuple(probe.observe(place))
        except StoreError as error:
            told = (("error", str(error)),)
        for level, message in told or (("ok", probe.fine),):
            yield Finding(where=probe.subject, code=probe.name, level=level, message=message)
        if told and probe is ADDRESS:
            return


def _observe_address(place: Place) -> Told:
    """Any answer will do; what the objects' addresses answer is looked at one by one."""
    url = place.storage.public_url
    try:
        place.client.observe(url, method="HEAD", headers={}, most=0)
    except UnreachableError as error:
        yield "error", str(error)


def _observe_published(place: Place) -> Told:
    if not place.manifest.objects:
        yield "advice", "nothing is published here; run podwright publish, then podwright doctor again"


def _observe_https(place: Place) -> Told:
    """Pages served by HTTPS may not fetch from plain HTTP (https://www.w3.org/TR/mixed-content/)."""
    parts = urlsplit(place.storage.public_url)
    if parts.scheme != "https" and not _is_loopback(parts.hostname or ""):
        yield "warning", "is not HTTPS, so players in browsers refuse it; serve it by HTTPS and correct public_url"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _observe_listing(place: Place) -> Told:
    """Who may list may read the names of what is not public."""
    answer = place.client.observe(place.storage.public_url, headers={}, most=4096)
    if answer.status == 200 and b"<ListBucketResult" in answer.data:
        message = "anybody can list it, and with it the names of what is private; allow s3:GetObject alone"
        yield "warning", message


def _observe_rules(place: Place) -> Told:
    """The rules of the bucket are advice only: what its public address answers is what counts."""
    try:
        rules = observe_cors(place.store)
    except StoreError as error:
        yield "advice", str(error)
        return
    if rules is not None and not any(rule.opens for rule in rules):
        yield "advice", "no cross-origin rule lets the pages of any site read it; run podwright doctor --fix"


#: Where this one finds anything, whatever else asks the public address is left out.
ADDRESS = PlaceProbe(name="address", subject="public_url", observe=_observe_address, fine="answers")
_PROBES: tuple[PlaceProbe, ...] = (
    PlaceProbe(name="published", subject="store", observe=_observe_published, fine="holds a podcast"),
    PlaceProbe(
        name="rules", subject="store", observe=_observe_rules, fine="has no rule against players on other sites"
    ),
    PlaceProbe(name="https", subject="public_url", observe=_observe_https, fine="is HTTPS, or this machine alone"),
    ADDRESS,
    PlaceProbe(name="listing", subject="public_url", observe=_observe_listing, fine="does not list the bucket"),
)
