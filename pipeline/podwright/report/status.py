"""The state of each episode (live, scheduled, changed), as lines and values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from podwright.building.select import by_date
from podwright.building.types import BuiltEpisode, HeldBack
from podwright.core.model import Outline
from podwright.publishing.proposal import Proposal
from podwright.stores.ledger.generations import changed_parts


def status_values(proposal: Proposal) -> dict[str, Any]:
    """Return what is live, scheduled and changed, the newest episode first, as JSON values."""
    podcast, horizon = proposal.podcast, proposal.podcast.horizon
    rows = [(episode.outline, _status_row(episode, proposal)) for episode in podcast.episodes]
    rows += [(one.outline, _held_back_row(one, proposal)) for one in podcast.held_back]
    return {
        "store": proposal.store,
        "next_change": horizon.isoformat() if horizon else None,
        "episodes": [row for _, row in sorted(rows, key=lambda pair: by_date(pair[0]), reverse=True)],
    }


def _status_row(episode: BuiltEpisode, proposal: Proposal) -> dict[str, Any]:
    known = proposal.manifest.episodes.get(episode.outline.guid)
    published = bool(known and known.live)
    now = {"waiting": "scheduled", "listed": "live" if published else "due"}
    return _outline_values(episode.outline, proposal) | {
        "state": now.get(episode.stage, episode.stage),
        "changed": bool(known and published and changed_parts(known.parts, episode.parts)),
        "feeds": [feed.feed.name for feed in proposal.podcast.feeds if episode.outline.guid in feed.items],
    }


def _held_back_row(held: HeldBack, proposal: Proposal) -> dict[str, Any]:
    """Return an episode that is not published, and whether it was, so that a publish takes it away."""
    known = proposal.manifest.episodes.get(held.outline.guid)
    return _outline_values(held.outline, proposal) | {
        "state": held.why,
        "changed": bool(known and known.live),
        "feeds": [],
    }


def _outline_values(outline: Outline, proposal: Proposal) -> dict[str, Any]:
    return {
        "slug": outline.slug,
        "title": outline.title,
        "published": outline.published.isoformat(),
        "unlist": outline.unlist.isoformat() if outline.unlist else None,
        "withdraw": outline.withdraw.isoformat() if outline.withdraw else None,
        "expires": outline.expires.isoformat() if outline.expires else None,
        "expired": outline.expires is not None and outline.expires <= proposal.podcast.moment,
        "access": outline.tier,
    }


def status_lines(proposal: Proposal) -> Iterator[str]:
    """Yield a line for each episode: its state, whether it has expired, and whether a publish changes it.

    The state is live, due (a publish makes it live), scheduled, unlisted, withdrawn, draft, or no audio.
    """
    values = status_values(proposal)
    yield proposal.store
    for row in values["episodes"]:
        facts = [row["state"], "expired" if row["expired"] else "", "changed" if row["changed"] else ""]
        state = ", ".join(filter(None, facts))
        yield f"  {row['published'][:10]}  {state:<13}  {row['access']:<7}  {row['title']}"
    if values["next_change"]:
        yield f"Next change by the clock: {values['next_change']}"
