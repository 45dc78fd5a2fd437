"""Rules of the podcast namespace: each tag as its document says, and what its table cannot say; one module a topic."""

from __future__ import annotations

from podwright.inspection.rules.podcast import feeds, media, people, tables

RULES = (
    *tables.RULES,
    *media.LINKED,
    *people.FACTS,
    *media.ALTERNATES,
    *people.VALUE,
    *feeds.LIVE,
    *feeds.REMOTE,
    *people.SOCIAL_RULES,
    *media.IMAGES,
    *feeds.CHANNEL,
)
