"""Single values of the podcast namespace as people write them: each is parsed, or refused with advice."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from importlib import resources
from typing import Any

from dateutil.rrule import rrulestr

from podwright.workspace.values import line, nearest, plain, prose, refuse_host, shown
from podwright.workspace.vocabularies import LICENSES

#: https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/tags/medium.md
_MEDIUMS = ("podcast", "music", "video", "film", "audiobook", "newsletter", "blog", "publisher", "course")
MEDIUMS = (*_MEDIUMS, *(f"{name}L" for name in _MEDIUMS), "mixed")

#: The namespace's, and those for content of the others that are public, to which it refers
#: (https://spdx.org/licenses).
_LICENSES = frozenset({*LICENSES, "cc0-1.0", "pddl-1.0", "odbl-1.0", "wtfpl", "gfdl-1.3", "lal-1.3"})
_CREATIVE_COMMONS = re.compile(r"cc-by(-nc)?(-nd|-sa)?-(1\.0|2\.0|2\.5|3\.0|4\.0)(-[a-z]{2,4})?")

#: https://www.w3.org/TR/NOTE-datetime
_ISO_MOMENT = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-][01]\d:[0-5]\d)"
)
_SHORT, _LABEL, _LONG = 32, 128, 4000


def is_public_license(identifier: str) -> bool:
    """Return whether a licence is known by its identifier alone, so that it needs no address."""
    name = identifier.lower()
    return name in _LICENSES or bool(_CREATIVE_COMMONS.fullmatch(name))


def _limited(limit: int) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        text = line(value) if limit < _LONG else prose(value)
        if len(text) > limit:
            raise ValueError(f"has {len(text):,} characters; shorten it to {limit:,}")
        return text

    return parse


def _matching(pattern: str, *, what: str, like: str) -> Callable[[Any], str]:
    form = re.compile(pattern)

    def parse(value: Any) -> str:
        text = line(value)
        if not form.fullmatch(text):
            raise ValueError(f"{shown(text)} is not {what}; write one like {like}")
        return text

    return parse


#: Texts that apps show beside others, and may cut where they are longer.
short = _limited(_SHORT)
label = _limited(_LABEL)
long_text = _limited(_LONG)

media_type = _matching(r"[a-z]+/[A-Za-z0-9][A-Za-z0-9.+-]*", what="a media type", like="audio/opus")
osm = _matching(r"[NWR][0-9]{1,12}(#[0-9]{1,6})?", what="an OpenStreetMap object", like="R113314")
ratio = _matching(r"[0-9]{1,5}(\.[0-9]{1,3})?/[1-9][0-9]{0,4}", what="an aspect ratio", like="16/9")
server = _matching(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{1,62}",
    what="a domain name",
    like="irc.example.org",
)
#: https://www.w3.org/TR/SRI/#the-integrity-attribute
sri = _matching(
    r"sha256-[A-Za-z0-9+/]{43}=|sha384-[A-Za-z0-9+/]{64}|sha512-[A-Za-z0-9+/]{86}==",
    what="an integrity string",
    like="sha384- and 64 characters of base64",
)
_uri = _matching(r"[A-Za-z][A-Za-z0-9+.-]*:[!#-;=?-\[\]_a-z~]+", what="an address", like="https://example.org/a.opus")


def word(value: Any) -> str:
    """Return a slug of a service, protocol or kind, in lower case."""
    text = line(value).lower()
    if not re.fullmatch(r"[a-z0-9]+([._-][a-z0-9]+)*", text):
        raise ValueError(f"{shown(value)} is not a single word; write one like activitypub")
    return text


def token(value: Any) -> str:
    """Return a code that a service asks to be repeated, in one word."""
    text = plain(value) if isinstance(value, int) and not isinstance(value, bool) else line(value)
    if re.search(r"\s", text):
        raise ValueError(f"{shown(text)} has spaces in it; write the code alone")
    return text


def wrong_txt(purpose: str | None, text: str) -> str | None:
    """Return what is wrong with a text of a purpose that gives it a form, as `what is wrong; what to do`.

    https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/tags/txt.md#purposes
    """
    match purpose:
        case "ai-content" if text not in ("true", "false"):
            return f"{shown(text)} says neither true nor false of AI-made content; write one of them"
        case "release" if not _ISO_MOMENT.fullmatch(text):
            return f"{shown(text)} is not a time with its zone; write one like 2026-03-02T14:00:00Z"
        case "verify" | "applepodcastsverify" if re.search(r"\s", text):
            return f"{shown(text)} has spaces in it; write the code alone"
    return None


def uri(value: Any) -> str:
    """Return an absolute address of any scheme, in ASCII, without a user name or password."""
    text = _uri(value)
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*:[^/?#]*@", text):
        # The value is not repeated: messages end up in logs.
        raise ValueError("holds a user name and password; take it out of the address")
    if re.match(r"https?:", text, re.IGNORECASE):
        refuse_host(text)
    return text


def geo(value: Any) -> str:
    """Return a geo URI (https://www.rfc-editor.org/rfc/rfc5870#section-3.3); `geo:` may be left out."""
    text = line(value).replace(" ", "").removeprefix("geo:")
    match = re.fullmatch(
        r"(-?[0-9]{1,2}(?:\.[0-9]{1,10})?),(-?[0-9]{1,3}(?:\.[0-9]{1,10})?)(,-?[0-9.]{1,10})?(;[a-z0-9=.;-]+)?", text
    )
    if not match or abs(float(match[1])) > 90 or abs(float(match[2])) > 180:
        raise ValueError(f"{shown(value)} is not a latitude and longitude; write one like 42.36,-71.06")
    return f"geo:{text}"


def country(value: Any) -> str:
    """Return an ISO 3166-1 alpha-2 code, in upper case."""
    text = line(value).upper()
    if text not in _countries():
        advice = "write GB" if text == "UK" else "write one like US"
        raise ValueError(f"{shown(value)} is not a country code; {advice}")
    return text


def lower_country(value: Any) -> str:
    """Return an ISO 3166-1 alpha-2 code in lower case, as Spotify writes it."""
    return country(value).lower()


@functools.cache
def _countries() -> frozenset[str]:
    """Return the codes in use, of the list that comes with the time zones."""
    rows = (resources.files("tzdata") / "zoneinfo" / "iso3166.tab").read_text("utf-8").splitlines()
    return frozenset(row[:2] for row in rows if not row.startswith("#"))


def medium(value: Any) -> str:
    """Return a medium, or the list of one: `music`, `musicL`."""
    text = line(value)
    if text not in MEDIUMS:
        advice = nearest(text, MEDIUMS) or f"write one of {', '.join(MEDIUMS)}"
        raise ValueError(f"{shown(text)} is not a medium; {advice}")
    return text


def rule(value: Any) -> str:
    """Return a recurrence rule (https://www.rfc-editor.org/rfc/rfc5545#section-3.3.10), in upper case."""
    text = line(value).upper().removeprefix("RRULE:")
    wrong = f"{shown(value)} is not a recurrence rule; write one like FREQ=WEEKLY;BYDAY=MO"
    if not re.fullmatch(r"[A-Z]+=[A-Z0-9+,.:-]+(;[A-Z]+=[A-Z0-9+,.:-]+)*", text):
        raise ValueError(wrong)
    try:
        rrulestr(text, dtstart=datetime(2000, 1, 1, tzinfo=UTC))
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise ValueError(wrong) from error
    return text


def suggested(value: Any) -> Decimal:
    """Return an amount of a currency, above 0, with as many decimals as the smallest unit of one needs."""
    # 1e999999999 in full would take a GB.
    short = isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) <= _LABEL
    text = f"{value:f}" if short else plain(value)
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,18})?", text) or not Decimal(text):
        raise ValueError(f"{shown(value)} is not an amount; write one like 0.00000005")
    return Decimal(text)


def count(value: Any) -> int:
    """Return a whole number from 0 to 999,999,999."""
    text = plain(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ValueError(f"{shown(value)} is not a whole number; write one like 0 or 12")
    return int(text)


def size(value: Any) -> int:
    """Return a length in bytes, 0 to a petabyte."""
    text = plain(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    if not re.fullmatch(r"[0-9]{1,15}", text):
        raise ValueError(f"{shown(value)} is not a length in bytes; write one like 24000000")
    return int(text)


def percentage(value: Any) -> int:
    """Return a whole number from 0 to 100."""
    number = count(value)
    if number > 100:
        raise ValueError(f"{shown(value)} is more than 100; write a percentage")
    return number
