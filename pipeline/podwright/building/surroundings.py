"""All that an episode's objects depend on apart from the episode itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from podwright.building.images import Artwork, SizedPicture, TagPicture
from podwright.building.pages import Standing
from podwright.building.retag import Shelf
from podwright.core.artifact import Artifact, Side
from podwright.core.model import Feed, Season, Show, Stage
from podwright.media.audio import AudioFacts
from podwright.render.notes import ContentsEntry
from podwright.stores.ledger.manifest import EpisodeRecord, ObjectRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What surrounds one episode.

    stage: where it stands. stem: what its keys are promised to begin with; base: what they begin with now; side:
    whether they are for everybody now. feed: the first feed that carries it, with its address.
    artwork: its own picture; cover: the small one for its tags. chapter_pictures and chapter_covers are the same of its
    chapters' picture files; pictures is what each of the episode's tags.images is (None for one published elsewhere).
    facts: of its audio, or None where the audio is not on this machine; then known and stored say what was published,
    and shelf is where it can be read.
    standing: of its web page among the others, None where it has none. teaser: what the key of its teaser begins with,
    None where it leaves none.
    """

    show: Show
    stage: Stage
    stem: str
    base: str
    side: Side
    season: Season | None = None
    feed: Feed | None = None
    feed_url: str | None = None
    contents: tuple[ContentsEntry, ...] = ()
    artwork: Artwork | None = None
    cover: TagPicture | None = None
    chapter_pictures: Mapping[Path, Artifact] = field(default_factory=dict)
    chapter_covers: Mapping[Path, TagPicture] = field(default_factory=dict)
    pictures: tuple[SizedPicture | None, ...] = ()
    facts: AudioFacts | None = None
    known: EpisodeRecord | None = None
    stored: ObjectRecord | None = None
    shelf: Shelf | None = None
    standing: Standing | None = None
    teaser: str | None = None

    @property
    def live(self) -> bool:
        """Whether it can be heard by those whom it is for."""
        return self.stage.is_live
