"""Slugs: the names of folders and feeds, and how one is made from a title."""

from __future__ import annotations

import re
import unicodedata

#: A slug becomes part of file names with endings of their own, and a file name has at most 255 bytes.
LONGEST_SLUG = 100

RULE = f"use lower-case letters, digits and single hyphens, at most {LONGEST_SLUG} characters"

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
#: Letters that are not a base letter with marks, so that Unicode's decomposition leaves them whole.
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "þ": "th", "ð": "d", "ı": "i"})


def is_slug(text: str) -> bool:
    """Whether a text is a slug as it stands."""
    return len(text) <= LONGEST_SLUG and _SLUG.fullmatch(text) is not None


def slugify(title: str) -> str:
    """The slug of a title in ASCII, cut at a word; "" where the title has no Latin letter or digit."""
    plain = unicodedata.normalize("NFKD", title.lower().translate(_LETTERS))
    # Marks and apostrophes belong to their word; all else parts words.
    joined = "".join(c for c in plain if not unicodedata.combining(c) and c not in "'’")
    slug = re.sub(r"[^a-z0-9]+", "-", joined).strip("-")
    if len(slug) <= LONGEST_SLUG:
        return slug
    whole_words = slug[: LONGEST_SLUG + 1].rpartition("-")[0]
    return whole_words or slug[:LONGEST_SLUG]
