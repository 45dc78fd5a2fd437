"""Rules of the podcast namespace: each tag as its document says, and what its table cannot say; one module a topic."""

from __future__ import annotations

from podwright.inspection.rules.podcast import (
    alternates,
    channel,
    facts,
    images,
    linked,
    live,
    remote,
    social,
    tables,
    value,
)

RULES = (
    *tables.RULES,
    *linked.RULES,
    *facts.RULES,
    *alternates.RULES,
    *value.RULES,
    *live.RULES,
    *remote.RULES,
    *social.RULES,
    *images.RULES,
    *channel.RULES,
)
