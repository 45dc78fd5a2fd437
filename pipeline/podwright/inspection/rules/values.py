"""Addresses and dates as feeds write them, however malformed."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import PurePosixPath
from urllib.parse import unquote

_PARTS = re.compile(r"(?:[^:/?#]+:)?(?://([^/?#]*))?([^?#]*)", re.DOTALL)
_LOCAL = re.compile(r"(localhost|127\.[0-9.]+|\[::1\]|.*\.(local|localhost|test|internal))(:\d*)?", re.IGNORECASE)


def authority_of(url: str) -> str:
    """Return user, host and port, "" where there are none."""
    found = _PARTS.match(url)
    return (found[1] or "") if found else ""


def suffix_of(url: str) -> str:
    """Return the ending of an address's path, in lower case, with its dot."""
    found = _PARTS.match(url)
    return PurePosixPath(unquote(found[2]).replace("\0", "")).suffix.lower() if found else ""


def is_local(url: str) -> bool:
    """Return whether an address is that of a trial on one's own machine, where nothing encrypts."""
    return bool(_LOCAL.fullmatch(authority_of(url).rpartition("@")[2]))


#: Its groups are the weekday and the zone.
DATE = re.compile(
    r"(?:(Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?\d{1,2} "
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}(?::\d{2})? ?"
    r"([+-]\d{4}|UT|GMT|[ECMP][SD]T|Z)?"
)


@lru_cache(maxsize=4096)
def moment_of(text: str) -> datetime | None:
    """Return the moment of a date, without a zone taken as UTC; None for what is no date."""
    if not DATE.fullmatch(text):
        return None
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else parsedate_to_datetime(f"{text} +0000")
