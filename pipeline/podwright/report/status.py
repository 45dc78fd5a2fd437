"""What is live, due, scheduled and changed, as lines and values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from podwright.building.types import BuiltEpisode
from podwright.publishing.publish import Proposal


def status_values(found: Proposal) -> dict[str, Any]:
    """What is live, scheduled and changed, the newest episode first, as JSON values."""
    episodes = sorted(found.podcast.episodes, key=lambda e: (e.outline.published, e.outline.guid), reverse=True)
    horizon = found.podcast.horizon
    return {
        "store": found.store,
        "next_change": horizon.isoformat() if horizon else None,
        "episodes": [_status_row(episode, found) for episode in episodes],
    }


def _status_row(episode: BuiltEpisode, found: Proposal) -> dict[str, Any]:
    outline = episode.outline
    known = found.manifest.episodes.get(outline.guid)
    published = bool(known and known.live)
    now = {"waiting": "scheduled", "listed": "live" if published else "due"}
    state = now.get(episode.stage, episode.stage)
    return {
        "slug": outline.slug,
        "title": outline.title,
        "published": outline.published.isoformat(),
        "unlist": outline.unlist.isoformat() if outline.unlist else None,
        "withdraw": outline.withdraw.isoformat() if outline.withdraw else None,
        "access": outline.tier,
        "state": state,
        "changed": bool(known and published and known.parts != episode.parts),
        "feeds": [feed.feed.name for feed in found.podcast.feeds if outline.guid in feed.items],
    }


def status_lines(found: Proposal) -> Iterator[str]:
    """What is live, due (a publish makes it live), scheduled, unlisted, withdrawn and changed, an episode a line."""
    values = status_values(found)
    yield found.store
    for row in values["episodes"]:
        state = f"{row['state']}, changed" if row["changed"] else row["state"]
        yield f"  {row['published'][:10]}  {state:<13}  {row['access']:<7}  {row['title']}"
    if values["next_change"]:
        yield f"Next change by the clock: {values['next_change']}"
