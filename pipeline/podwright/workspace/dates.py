"""Parsers of dates, periods and offsets into audio, as people write them; each raises ValueError with advice."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from typing import Any

from dateutil.relativedelta import relativedelta

from podwright.core.model import Period
from podwright.workspace.values import line, nearest, shown

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ Tt]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?) ?([Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)
_PERIOD = re.compile(
    r"(?=.)(?:([0-9]{1,4}) years?)?[, ]*(?:([0-9]{1,4}) months?)?[, ]*"
    r"(?:([0-9]{1,4}) weeks?)?[, ]*(?:([0-9]{1,5}) days?)?",
    re.IGNORECASE,
)
#: https://en.wikipedia.org/wiki/ISO_8601#Durations, without times of day.
_ISO_PERIOD = re.compile(r"P(?=.)(?:([0-9]{1,4})Y)?(?:([0-9]{1,4})M)?(?:([0-9]{1,4})W)?(?:([0-9]{1,5})D)?")
#: With as many decimals as audio editors write, after a point or a comma.
_OFFSET = re.compile(r"(?:([0-9]{1,3}):)?([0-9]{1,3}):([0-9]{2})(?:[.,]([0-9]{1,9}))?")

#: No podcast is older, and RFC 2822 (a feed's dates) has no year of more than four digits.
_YEARS = range(1970, 3000)
_END_OF_DAY = dt.time(23, 59, 59)
#: In days.
_LONGEST_PERIOD = 100 * 12 * 31


def zone_named(name: Any) -> dt.tzinfo:
    """Return the time zone of an IANA name. "UTC" needs no time zone database."""
    text = line(name)
    if text == "UTC":
        return dt.UTC
    try:
        return zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        advice = nearest(text, zoneinfo.available_timezones()) or "write one like America/New_York"
        raise ValueError(f"{shown(text)} is not a time zone; {advice}") from error


def day(value: Any) -> dt.date:
    """Return a day from `2026-03-02`."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return dt.date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"{shown(value)} is not a date; write one like 2019-10-03") from error
    raise ValueError(f"{shown(value)} is not a date; write one like 2019-10-03")


def moment(value: Any, zone: dt.tzinfo) -> dt.datetime:
    """Return the moment of `2026-03-02`, `2026-03-02 09:00` or `2026-03-02T09:00:00-05:00`, in its offset from UTC.

    What has no zone is of `zone`; a day alone is its first moment, midnight where clocks do not skip it. A time that
    occurs twice, when clocks go back, is the first of the two; one that is skipped is refused.
    """
    return _moment(value, zone, of_day=dt.time())


def last_moment(value: Any, zone: dt.tzinfo) -> dt.datetime:
    """Return the same as `moment`, but of a day alone its last second; the second of two, when clocks go back."""
    return _moment(value, zone, of_day=_END_OF_DAY)


def period(value: Any) -> Period:
    """Return a period from `3 years`, `1 year 6 months`, `90 days`, or ISO 8601: `P3Y`, `P1Y6M`, `P90D`."""
    text = value.strip() if isinstance(value, str) else ""
    if match := _ISO_PERIOD.fullmatch(text) or _PERIOD.fullmatch(text):
        years, months, weeks, days = (int(part or 0) for part in match.groups())
        length = Period(months=12 * years + months, days=7 * weeks + days)
        if 0 < length.months * 31 + length.days <= _LONGEST_PERIOD:
            return length
    raise ValueError(f"{shown(value)} is not a period of at most 100 years; write one like 3 years or P3Y")


def after(begin: dt.datetime, length: Period, *, zone: dt.tzinfo) -> dt.datetime:
    """Return the moment a period later by the clocks and the calendar of a zone.

    A month that lacks the day ends it: a year after 29 February is 28 February. Where clocks skip the time it is as
    much later, where they show it twice it is the first of the two.
    """
    wall = begin.astimezone(zone).replace(tzinfo=None) + relativedelta(months=length.months, days=length.days)
    return _fixed(wall.replace(tzinfo=zone, fold=0).astimezone(dt.UTC).astimezone(zone))


def before(end: dt.datetime, length: Period, *, zone: dt.tzinfo) -> dt.datetime:
    """Return the moment a period earlier, by the same rules as `after`."""
    return after(end, Period(months=-length.months, days=-length.days), zone=zone)


def _moment(value: Any, zone: dt.tzinfo, *, of_day: dt.time) -> dt.datetime:
    wrong = f"{shown(value)} is not a date; write 2019-10-03 or 2019-10-03T09:00:00-04:00"
    try:
        local, whole_day = _read(value, of_day)
    except ValueError as error:
        raise ValueError(wrong) from error
    if local is None or local.year not in _YEARS:
        raise ValueError(wrong)
    if local.tzinfo is None:
        local = local.replace(tzinfo=zone, fold=int(whole_day and of_day == _END_OF_DAY))
        back = local.astimezone(dt.UTC).astimezone(zone)
        if whole_day and back.date() == local.date():
            # The day begins when the clocks have skipped its midnight.
            local = back
        if back.replace(tzinfo=None) != local.replace(tzinfo=None):
            raise ValueError(f"{shown(value)} does not exist in {zone}, where clocks skip it; write another time")
    return _fixed(local)


def _fixed(local: dt.datetime) -> dt.datetime:
    """Return a time with a fixed offset: two of one ZoneInfo are subtracted and compared by the clock on the wall."""
    offset = local.utcoffset()
    return local.replace(tzinfo=dt.timezone(offset) if offset else dt.UTC, fold=0)


def _read(value: Any, of_day: dt.time) -> tuple[dt.datetime | None, bool]:
    """Return the time in a text or in one of TOML's own dates and times, and whether it is a day alone."""
    if isinstance(value, dt.datetime):
        return value.replace(microsecond=0), False
    if isinstance(value, dt.date):
        return dt.datetime.combine(value, of_day), True
    if not isinstance(value, str):
        return None, False
    if _DAY.fullmatch(value):
        return dt.datetime.combine(dt.date.fromisoformat(value), of_day), True
    if match := _MOMENT.fullmatch(value):
        return dt.datetime.fromisoformat(f"{match[1]}T{match[2]}{(match[3] or '').upper()}"), False
    return None, False


def offset(value: Any) -> dt.timedelta:
    """Return a place in the audio from `mm:ss` or `hh:mm:ss`, either with decimals, to the millisecond."""
    match = _OFFSET.fullmatch(value) if isinstance(value, str) else None
    hours, minutes, seconds, fraction = match.groups() if match else (None, "99", "99", None)
    if int(seconds) > 59 or (hours and int(minutes) > 59):
        raise ValueError(f"{shown(value)} is not a time; write 01:30, or 01:02:30.500 with hours")
    milliseconds = int((fraction or "0").ljust(3, "0")[:3])
    return dt.timedelta(hours=int(hours or 0), minutes=int(minutes), seconds=int(seconds), milliseconds=milliseconds)
