"""Dates as feeds write them (RFC 2822)."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

#: Its groups are the weekday and the zone.
DATE = re.compile(
    r"(?:(Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?\d{1,2} "
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}(?::\d{2})? ?"
    r"([+-]\d{4}|UT|GMT|[ECMP][SD]T|Z)?"
)


@lru_cache(maxsize=4096)
def moment_of(text: str) -> datetime | None:
    """The moment of a date, without a zone taken as UTC; None for what is no date."""
    if not DATE.fullmatch(text):
        return None
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else parsedate_to_datetime(f"{text} +0000")
