"""Which episodes leave the feeds or the public by their own dates, and whether that was promised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from podwright.building.types import Podcast
from podwright.core.model import Stage
from podwright.stores.ledger.manifest import Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """An episode that leaves the feeds or the public by its own dates, or comes back when they were moved.

    since: the date that it goes by, None for one that comes back. announced: whether the store knew that date, or an
    earlier one, before.
    """

    kind: Literal["unlisted", "withdrawn", "listed"]
    guid: str
    slug: str
    title: str
    since: datetime | None = None
    announced: bool = True


def find_passages(podcast: Podcast, manifest: Manifest) -> Iterator[Passage]:
    """The episodes whose own dates have passed since the last publish, or have been moved away."""
    for episode in podcast.episodes:
        outline = episode.outline
        known = manifest.episodes.get(outline.guid)
        if known is None or known.stage == episode.stage:
            continue
        passage = Passage(kind="listed", guid=outline.guid, slug=outline.slug, title=outline.title)
        if episode.stage == Stage.WITHDRAWN:
            yield _gone(replace(passage, kind="withdrawn"), outline.withdraw, known.withdraw)
        elif episode.stage == Stage.UNLISTED:
            yield _gone(replace(passage, kind="unlisted"), outline.unlist, known.unlist)
        elif episode.stage == Stage.LISTED and known.stage not in ("waiting", "early"):
            yield passage


def _gone(passage: Passage, since: datetime | None, promised: datetime | None) -> Passage:
    """A passage with the date that it goes by, and with whether that was promised when its turn had not come yet."""
    return replace(passage, since=since, announced=bool(since and promised and promised <= since))
