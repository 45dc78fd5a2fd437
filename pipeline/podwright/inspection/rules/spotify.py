"""Rules of the spotify namespace."""

from __future__ import annotations

import re
from collections.abc import Iterator

from podwright.inspection.rules import sources
from podwright.inspection.rules.types import SPOTIFY, Rule, each_channel, shown
from podwright.inspection.rules.view import Node

_COUNTRIES = re.compile(r"[a-z]{2}( [a-z]{2})*")


def _countries(channel: Node) -> Iterator[str]:
    for tag in ("spotify:countryOfOrigin",):
        text = channel.text(tag)
        if channel.every(tag) and not _COUNTRIES.fullmatch(text):
            yield f"{tag} {shown(text)} is no list of countries; write ISO 3166 codes in lower case, like se no"


def _limit(channel: Node) -> Iterator[str]:
    for element in channel.every("spotify:limit"):
        count = element.get("recentCount", "")
        if not re.fullmatch(r"[1-9][0-9]*", count):
            yield f"spotify:limit recentCount {shown(count)} is not a whole number above 0; write one"


RULES = (
    Rule(
        "spotify-countries",
        "error",
        (SPOTIFY,),
        sources.SPOTIFY_SPEC,
        "spotify:countryOfOrigin lists ISO 3166 codes in lower case.",
        each_channel(_countries),
    ),
    Rule(
        "spotify-limit",
        "error",
        (SPOTIFY,),
        sources.SPOTIFY_SPEC,
        "spotify:limit has a recentCount above 0.",
        each_channel(_limit),
    ),
)
