"""Days, lengths and sizes as a language writes them."""

from __future__ import annotations

import functools
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date
from babel.units import format_unit


@functools.cache
def locale_of(language: str) -> Locale:
    """Return the locale of a BCP 47 tag: of its language where its region is unknown, English where both are."""
    for tag in (language, language.split("-")[0], "en"):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    raise AssertionError("Babel knows English")


def _known_locale(language: str) -> Locale | None:
    """Return the locale of a BCP 47 tag; None for a language that is unknown."""
    locale = locale_of(language)
    return locale if locale.language == language.split("-")[0].lower() else None


@functools.cache
def open_graph_locale(language: str) -> str | None:
    """Return a language and its territory as Open Graph writes them, `en_US`; None for a language that is unknown.

    Where a tag names no territory it is that of most speakers (https://ogp.me/#optional).
    """
    locale = _known_locale(language)
    if locale is None:
        return None
    subtags = get_global("likely_subtags")
    likely = subtags.get(str(locale)) or subtags.get(locale.language, "")
    territory = locale.territory or likely.rpartition("_")[2]
    return f"{locale.language}_{territory}" if territory else None


@functools.cache
def language_text(language: str) -> str:
    """Return a language's own name for itself, “Deutsch”; its tag where the language is unknown."""
    locale = _known_locale(language)
    return (locale and locale.get_display_name()) or language


@functools.lru_cache(maxsize=4096)
def day_text(day: date, language: str) -> str:
    """Return “2 March 2026” as a language writes it."""
    return format_date(day, "long", locale=locale_of(language))


def day_of(moment: datetime, timezone: str) -> date:
    """Return the day on which a moment falls in an IANA time zone."""
    return moment.astimezone(_zone(timezone)).date()


@functools.cache
def _zone(timezone: str) -> ZoneInfo:
    return ZoneInfo(timezone)


@functools.lru_cache(maxsize=4096)
def length_text(seconds: int, language: str) -> str:
    """Return “1 hr 2 min” for a length in seconds: to the minute, below one to the second."""
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
    """Return “1.2 MB” for a size in bytes."""
    locale = locale_of(language)
    if size < 1_000_000:
        return format_unit(max(round(size / 1000), 1), "digital-kilobyte", length="short", locale=locale)
    return format_unit(round(size / 1_000_000, 1), "digital-megabyte", length="short", locale=locale)
