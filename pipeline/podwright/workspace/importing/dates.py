"""Dates of feeds, as programs of twenty years wrote them, with their zones."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape

_YEARS = range(1970, 3000)
#: Two digits where the standard has two, and one where people write one.
_WORDS = re.compile(r"\s+")


def moment(text: str | None) -> str | None:
    """Return a date as the workspace writes it, with its offset from UTC; None for what is none.

    A feed's date is that of RFC 2822 (https://www.rfc-editor.org/rfc/rfc2822#section-3.3), of Atom that of RFC 3339.
    """
    words = _WORDS.sub(" ", unescape(text or "")).strip()
    for parse in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            found = parse(words)
            found = found if found.tzinfo else found.replace(tzinfo=UTC)
            # The offset in whole minutes is all that a feed can say.
            return found.replace(microsecond=0).isoformat() if found.year in _YEARS else None
        except (ValueError, TypeError, LookupError, ArithmeticError):
            continue
    return None
