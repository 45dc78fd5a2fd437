"""What is left of a withdrawn episode: a page that says so, and its audio put away."""

from __future__ import annotations

from pathlib import PurePosixPath

from podwright.building.pages import build_tombstone
from podwright.building.spool import Spool, spooled
from podwright.building.surroundings import Surroundings
from podwright.building.types import BuiltEpisode, Rendered
from podwright.core.artifact import Artifact
from podwright.core.model import Episode
from podwright.core.names import cache_control, tier_side, withdrawn_stem


def build_withdrawn(episode: Episode, around: Surroundings, *, spool: Spool) -> Rendered:
    """What is left of an episode: a page that says so and, unless it shall be deleted, the audio where nobody gets it.

    The recording itself is not looked at, which may be gone from this machine as well. Raises WorkspaceError where a
    template of the producer's is at fault.
    """
    side = tier_side(episode.outline.tier, around.show)
    outline, known, stored = episode.outline, around.known, around.stored
    suffix = PurePosixPath(known.enclosure).suffix if known else ""
    kept = None
    if known and known.audio and stored and outline.withdraw_policy == "deny":
        kept = Artifact(
            key=withdrawn_stem(outline.slug) + suffix,
            media_type=known.audio.media_type,
            cache_control=cache_control("audio", "private"),
            side="private",
            size=stored.size,
            sha256=stored.sha256,
            body=None,
        )
    page = build_tombstone(episode, around.standing, stem=around.stem, side=side) if around.standing else None
    built = BuiltEpisode(
        outline=outline,
        stage=around.stage,
        stem=around.stem,
        enclosure=kept.key if kept else around.stem + suffix,
        audio=known.audio if known else None,
        artifacts=(kept,) if kept else (),
        parts={},
        item="",
        pages=(spooled(page, spool),) if page else (),
    )
    return Rendered(episode=built)
