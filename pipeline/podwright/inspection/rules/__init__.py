"""The table of rules by which `podwright check` judges a workspace and the feeds it would publish.

Pure: rules see values and bytes (`view`) and say what is wrong. To add a rule: a function and its row in the module of
its topic, the example that it refuses in tests/rules, and docs/checks.md written anew (`podwright check --rules`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from podwright.core.finding import Finding
from podwright.inspection.rules import (
    addresses,
    education,
    enclosures,
    items,
    itunes,
    metadata,
    notes,
    podcast,
    psp,
    recordings,
    rss,
    spotify,
    text,
)
from podwright.inspection.rules.types import Audience, Rule
from podwright.inspection.rules.view import Document, Judged, Picture, Recording, Site, Stored, view

__all__ = [
    "RULES",
    "TOPICS",
    "Audience",
    "Document",
    "Judged",
    "Picture",
    "Recording",
    "Rule",
    "Site",
    "Stored",
    "judge",
    "rules_for",
    "view",
]

#: By topic, in the order in which they are documented.
TOPICS = (
    ("The feed and its items", (*rss.RULES, *items.RULES)),
    ("Enclosures", enclosures.RULES),
    ("Addresses", addresses.RULES),
    ("Texts", text.RULES),
    ("Show notes", notes.RULES),
    ("The itunes namespace", itunes.RULES),
    ("PSP-1 and transcripts", psp.RULES),
    ("The podcast namespace", podcast.RULES),
    ("Spotify", spotify.RULES),
    ("Recordings", recordings.RULES),
    ("What files say of themselves", metadata.RULES),
    ("Education credit", education.RULES),
)
RULES: tuple[Rule, ...] = tuple(rule for _, rules in TOPICS for rule in rules)


def rules_for(audiences: Collection[Audience]) -> tuple[Rule, ...]:
    """Return the rules that serve any of these audiences; all where none is named."""
    return tuple(rule for rule in RULES if not audiences or not set(audiences).isdisjoint(rule.audiences))


def judge(judged: Judged, rules: Iterable[Rule]) -> tuple[Finding, ...]:
    """Return all findings, each once, although an episode may stand in several feeds."""
    found = [replace(finding, level=rule.level, code=rule.id) for rule in rules for finding in rule.find(judged)]
    paths = {document.path for document in judged.documents}
    return tuple(dict.fromkeys(_gathered(found, feeds=paths)))


def _gathered(problems: Collection[Finding], *, feeds: Collection[str]) -> Iterator[Finding]:
    """Yield the findings; one that all feeds have names podwright.toml, from where feeds have what they leave out."""
    counts = Counter((one.code, one.message) for one in dict.fromkeys(problems) if one.where in feeds)
    for one in problems:
        everywhere = len(feeds) > 1 and counts[one.code, one.message] == len(feeds)
        yield replace(one, where="podwright.toml") if everywhere and one.where in feeds else one
