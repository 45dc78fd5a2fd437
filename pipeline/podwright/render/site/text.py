"""Dates, lengths and sizes as a language writes them."""

from __future__ import annotations

import functools
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from babel import Locale

_MINUTE = timedelta(minutes=1)


@functools.cache
def locale_of(language: str) -> Locale:
    """The locale of a BCP 47 tag: of its language where its region is unknown, English where both are."""
    from babel import Locale, UnknownLocaleError

    for tag in (language, language.split("-")[0], "en"):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    raise AssertionError("Babel knows English")


@functools.lru_cache(maxsize=4096)
def day_text(day: date, language: str) -> str:
    """“2 March 2026” as a language writes it."""
    from babel.dates import format_date

    return format_date(day, "long", locale=locale_of(language))


def day_of(moment: datetime, timezone: str) -> date:
    """The day on which a moment falls in an IANA time zone."""
    return moment.astimezone(_zone(timezone)).date()


@functools.cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@functools.lru_cache(maxsize=4096)
def length_text(seconds: int, language: str) -> str:
    """“1 hr, 2 min”, or “58 sec” for what is shorter than a minute."""
    from babel.units import format_unit

    locale = locale_of(language)
    hours, minutes = divmod(round(seconds / 60), 60)
    if seconds < 60:
        return format_unit(seconds, "duration-second", length="short", locale=locale)
    parts = [format_unit(hours, "duration-hour", length="short", locale=locale)] if hours else []
    if minutes:
        parts.append(format_unit(minutes, "duration-minute", length="short", locale=locale))
    return " ".join(parts)


@functools.lru_cache(maxsize=4096)
def size_text(size: int, language: str) -> str:
    """“1.2 MB” of so many bytes."""
    from babel.units import format_unit

    locale = locale_of(language)
    if size < 1_000_000:
        return format_unit(max(round(size / 1000), 1), "digital-kilobyte", length="short", locale=locale)
    return format_unit(round(size / 1_000_000, 1), "digital-megabyte", length="short", locale=locale)


def clock_text(time: timedelta) -> str:
    """“1:02:03” or “2:03”: a time in the recording, in whole seconds."""
    seconds = time // timedelta(seconds=1)
    minutes = f"{seconds // 60 % 60:02}" if seconds >= 3600 else str(seconds // 60)
    return f"{seconds // 3600}:{minutes}:{seconds % 60:02}" if seconds >= 3600 else f"{minutes}:{seconds % 60:02}"


def seconds_text(time: timedelta) -> str:
    """Seconds to the millisecond without trailing zeros: “12.34”."""
    return f"{time // timedelta(milliseconds=1) / 1000:.3f}".rstrip("0").rstrip(".")


def iso_duration(time: timedelta) -> str:
    """An ISO 8601 duration in whole seconds: “PT62S”."""
    return f"PT{time // timedelta(seconds=1)}S"
