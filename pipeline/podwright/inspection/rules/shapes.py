"""The tags of the podcast namespace as a table: where each stands, what its attributes and its text look like.

https://github.com/Podcastindex-org/podcast-namespace/tree/main/docs/tags, one page a tag.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from podwright.workspace.schema.tag_values import MEDIUMS

Parent = Literal["channel", "item", "podcast:liveItem"]
EVERYWHERE: tuple[Parent, ...] = ("channel", "item", "podcast:liveItem")
BELOW: tuple[Parent, ...] = ("item", "podcast:liveItem")
CHANNEL: tuple[Parent, ...] = ("channel",)


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a value, as a pattern and in words with an example."""

    pattern: re.Pattern[str]
    words: str


def _form(pattern: str, words: str) -> Form:
    return Form(re.compile(pattern, re.DOTALL), words)


def _words(*values: str) -> Form:
    *first, last = values
    return _form("|".join(map(re.escape, values)), f"{', '.join(first)} or {last}" if first else last)


ANY = _form(r"(?=.*\S).*", "a text")
ADDRESS = _form(r"https?://\S+", "a full address")
URI = _form(r"[A-Za-z][A-Za-z0-9+.-]*:\S+", "an address")
WHOLE = _form(r"[0-9]+", "a whole number like 12")
DECIMAL = _form(r"[0-9]+(\.[0-9]+)?", "a number like 12 or 12.5")
SECONDS = _form(r"[0-9]+(\.[0-9]+)?", "a number of seconds like 73.5")
TRUTH = _words("true", "false")
ANSWER = _words("yes", "no")
MAIL = _form(r"[^@\s<>()]+@[^@\s<>()]+\.[^@\s<>()]+", "a mail address")
UUID = _form(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "a UUID")
MEDIA_TYPE = _form(r"[a-z]+/[A-Za-z0-9][A-Za-z0-9.+-]*(;.*)?", "a media type like audio/mpeg")
LANGUAGE = _form(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", "a language like en or en-us")
SLUG = _form(r"[a-z0-9]+([._-][a-z0-9]+)*", "a single word in lower case")
COUNTRY = _form(r"[A-Z]{2}", "an ISO 3166 code in upper case, like US")
#: RFC 5870 section 3.3.
GEO = _form(
    r"geo:-?[0-9]+(\.[0-9]+)?,-?[0-9]+(\.[0-9]+)?(,-?[0-9]+(\.[0-9]+)?)?(;.*)?", "a place like geo:30.26,-97.74"
)
OSM = _form(r"[NWR][0-9]+(#[0-9]+)?", "an OpenStreetMap object like R113314")
MAIL_DATE = _form(r"(\w{3}, )?\d{1,2} \w{3} \d{4} \d{2}:\d{2}(:\d{2})? ([+-]\d{4}|[A-Z]{1,3})", "a date of RFC 2822")
ISO_TIME = _form(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})", "a time like 2026-02-02T09:00:00+00:00"
)
ISO_DATE = _form(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?", "a date like 2026-02-02")
RATIO = _form(r"[0-9]+(\.[0-9]+)?\s*/\s*[0-9]+(\.[0-9]+)?", "a ratio like 16/9")
SHARES = _form(r"[0-9]+", "a number of shares like 50")
PERCENT = _form(r"[0-9]|[1-9][0-9]|100", "a percentage from 0 to 100")
DOMAIN = _form(r"([A-Za-z0-9-]+\.)+[A-Za-z][A-Za-z0-9-]+", "a domain name like irc.example.org")
SRCSET = _form(
    r"\s*https?://\S+\s+[0-9]+w\s*(,\s*https?://\S+\s+[0-9]+w\s*)*", "addresses, each with its width, like 600w"
)
CHAPTERS_TYPE = _words("application/json+chapters", "application/json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One tag."""

    tag: str
    #: The name of its document.
    page: str
    parents: tuple[Parent, ...]
    attributes: Mapping[str, Form] = field(default_factory=dict)
    #: Required attributes.
    required: tuple[str, ...] = ()
    #: The form of its text; None where it has none.
    text: Form | None = None
    #: Whether a parent has at most one.
    once: bool = False
    #: The most characters of its text.
    limit: int | None = None
    #: The most characters of attributes.
    limits: Mapping[str, int] = field(default_factory=dict)


SHAPES = (
    Shape(
        tag="podcast:transcript",
        page="transcript",
        parents=BELOW,
        attributes={"url": ADDRESS, "type": MEDIA_TYPE, "language": LANGUAGE, "rel": _words("captions")},
        required=("url", "type"),
    ),
    Shape(tag="podcast:locked", page="locked", parents=CHANNEL, attributes={"owner": MAIL}, text=ANSWER, once=True),
    Shape(
        tag="podcast:funding",
        page="funding",
        parents=EVERYWHERE,
        attributes={"url": ADDRESS},
        required=("url",),
        text=ANY,
        limit=128,
    ),
    Shape(
        tag="podcast:chapters",
        page="chapters",
        parents=BELOW,
        attributes={"url": ADDRESS, "type": CHAPTERS_TYPE},
        required=("url", "type"),
        once=True,
    ),
    Shape(
        tag="podcast:soundbite",
        page="soundbite",
        parents=BELOW,
        attributes={"startTime": SECONDS, "duration": SECONDS},
        required=("startTime", "duration"),
        limit=128,
    ),
    Shape(
        tag="podcast:person",
        page="person",
        parents=EVERYWHERE,
        attributes={"role": ANY, "group": ANY, "img": ADDRESS, "href": ADDRESS},
        text=ANY,
        limit=128,
    ),
    Shape(
        tag="podcast:location",
        page="location",
        parents=EVERYWHERE,
        attributes={"rel": _words("subject", "creator"), "geo": GEO, "osm": OSM, "country": COUNTRY},
        text=ANY,
        limit=128,
    ),
    Shape(
        tag="podcast:season",
        page="season",
        parents=BELOW,
        attributes={"name": ANY},
        text=WHOLE,
        once=True,
        limits={"name": 128},
    ),
    Shape(
        tag="podcast:episode",
        page="episode",
        parents=BELOW,
        attributes={"display": ANY},
        text=DECIMAL,
        once=True,
        limits={"display": 32},
    ),
    Shape(
        tag="podcast:trailer",
        page="trailer",
        parents=CHANNEL,
        attributes={"url": ADDRESS, "pubdate": MAIL_DATE, "length": WHOLE, "type": MEDIA_TYPE, "season": WHOLE},
        required=("url", "pubdate"),
        text=ANY,
        limit=128,
    ),
    Shape(
        tag="podcast:license",
        page="license",
        parents=EVERYWHERE,
        attributes={"url": ADDRESS},
        text=ANY,
        once=True,
        limit=128,
    ),
    Shape(
        tag="podcast:alternateEnclosure",
        page="alternate-enclosure",
        parents=BELOW,
        attributes={
            "type": MEDIA_TYPE,
            "length": WHOLE,
            "bitrate": DECIMAL,
            "height": WHOLE,
            "lang": LANGUAGE,
            "title": ANY,
            "rel": ANY,
            "codecs": ANY,
            "default": TRUTH,
        },
        required=("type",),
        limits={"title": 32, "rel": 32},
    ),
    Shape(tag="podcast:guid", page="guid", parents=CHANNEL, text=UUID, once=True),
    Shape(
        tag="podcast:value",
        page="value",
        parents=EVERYWHERE,
        attributes={"type": SLUG, "method": SLUG, "suggested": DECIMAL},
        required=("type", "method"),
    ),
    Shape(tag="podcast:medium", page="medium", parents=CHANNEL, text=_words(*MEDIUMS), once=True),
    Shape(
        tag="podcast:images",
        page="images-%28deprecated%29",
        parents=EVERYWHERE,
        attributes={"srcset": SRCSET},
        required=("srcset",),
        once=True,
    ),
    Shape(
        tag="podcast:image",
        page="image",
        parents=EVERYWHERE,
        attributes={
            "href": ADDRESS,
            "alt": ANY,
            "aspect-ratio": RATIO,
            "width": WHOLE,
            "height": WHOLE,
            "type": MEDIA_TYPE,
            "purpose": ANY,
        },
        required=("href",),
        limits={"purpose": 128},
    ),
    Shape(
        tag="podcast:liveItem",
        page="live-item",
        parents=CHANNEL,
        attributes={"status": _words("pending", "live", "ended"), "start": ISO_TIME, "end": ISO_TIME},
        required=("status", "start"),
    ),
    Shape(
        tag="podcast:contentLink",
        page="content-link",
        parents=BELOW,
        attributes={"href": URI},
        required=("href",),
        text=ANY,
    ),
    Shape(
        tag="podcast:socialInteract",
        page="social-interact",
        parents=EVERYWHERE,
        attributes={"protocol": SLUG, "uri": URI, "accountId": ANY, "accountUrl": ADDRESS, "priority": WHOLE},
        required=("protocol",),
    ),
    Shape(tag="podcast:block", page="block", parents=CHANNEL, attributes={"id": SLUG}, text=ANSWER),
    Shape(
        tag="podcast:txt",
        page="txt",
        parents=EVERYWHERE,
        attributes={"purpose": ANY},
        text=ANY,
        limit=4000,
        limits={"purpose": 128},
    ),
    Shape(
        tag="podcast:remoteItem",
        page="remote-item",
        parents=CHANNEL,
        attributes={"feedGuid": UUID, "feedUrl": ADDRESS, "itemGuid": ANY, "medium": _words(*MEDIUMS), "title": ANY},
        required=("feedGuid",),
    ),
    Shape(tag="podcast:podroll", page="podroll", parents=CHANNEL, once=True),
    Shape(
        tag="podcast:updateFrequency",
        page="update-frequency",
        parents=CHANNEL,
        attributes={"complete": TRUTH, "dtstart": ISO_DATE, "rrule": ANY},
        text=ANY,
        once=True,
        limit=128,
    ),
    Shape(
        tag="podcast:podping",
        page="podping",
        parents=CHANNEL,
        attributes={"usesPodping": TRUTH},
        required=("usesPodping",),
        once=True,
    ),
    Shape(
        tag="podcast:chat",
        page="chat",
        parents=EVERYWHERE,
        attributes={"server": DOMAIN, "protocol": SLUG, "accountId": ANY, "space": ANY},
        required=("server", "protocol"),
        once=True,
    ),
    Shape(tag="podcast:publisher", page="publisher", parents=CHANNEL, once=True),
)

#: Tags that stand inside others, by the name of the outer one.
INNER = {
    "podcast:alternateEnclosure": (
        Shape(
            tag="podcast:source",
            page="source",
            parents=(),
            attributes={"uri": URI, "contentType": MEDIA_TYPE},
            required=("uri",),
        ),
        Shape(
            tag="podcast:integrity",
            page="integrity",
            parents=(),
            attributes={"type": _words("sri", "pgp-signature"), "value": ANY},
            required=("type", "value"),
        ),
    ),
    "podcast:value": (
        Shape(
            tag="podcast:valueRecipient",
            page="value-recipient",
            parents=(),
            attributes={
                "name": ANY,
                "customKey": ANY,
                "customValue": ANY,
                "type": SLUG,
                "address": ANY,
                "split": SHARES,
                "fee": TRUTH,
            },
            required=("type", "address", "split"),
        ),
        Shape(
            tag="podcast:valueTimeSplit",
            page="value-time-split",
            parents=(),
            attributes={
                "startTime": SECONDS,
                "duration": SECONDS,
                "remoteStartTime": SECONDS,
                "remotePercentage": PERCENT,
            },
            required=("startTime", "duration"),
        ),
    ),
}
BY_TAG = {shape.tag: shape for shape in SHAPES}
