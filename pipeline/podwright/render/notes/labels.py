"""The words of show notes that nobody wrote, by language: another language is another row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

_ENGLISH = MappingProxyType(
    {
        "key_points": "Key points",
        "drafted": "Key points (drafted from the transcript)",
        "chapters": "Chapters",
        "people": "With",
        "objectives": "Learning objectives",
        "references": "References",
        "abstract": "Abstract",
        "credits": "Education credit",
        "released": "released {day}",
        "reviewed": "reviewed {day}",
        "expires": "expires {day}",
        "participation": "How to take part",
        "time_to_complete": "Time to complete: {minutes} min",
        "commercial_support": "Commercial support",
        "disclosures": "Disclosures",
        "contact": "Contact",
        "contents": "In this series",
        "series": "In the series “{title}”",
        "current": "this episode",
        "links": "Links",
        "transcript": "Full transcript",
        "more": "Read on in the full transcript",
        "current_until": "Current until {day}",
        "months": "January February March April May June July August September October November December",
    }
)
_LABELS: Mapping[str, Mapping[str, str]] = {"en": _ENGLISH}


def labels(language: str) -> Mapping[str, str]:
    """The words for a BCP 47 tag; English where its language has none."""
    return _LABELS.get(language.split("-")[0].lower(), _ENGLISH)


def format_day(day: date, words: Mapping[str, str]) -> str:
    """“2 March 2026”, the same on every machine."""
    return f"{day.day} {words['months'].split()[day.month - 1]} {day.year}"
