"""The item of an episode, as feeds carry it."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator

from podwright.building.credits import credited_names, credited_people
from podwright.building.looks import artwork_images, other_images
from podwright.building.sidecars import Sidecar
from podwright.building.surroundings import Surroundings
from podwright.core.artifact import Artifact
from podwright.core.model import Chapter, Episode, Show
from podwright.core.names import enclosure_url, page_key, public_url
from podwright.core.tags import Integrity
from podwright.media.chapters import CHAPTERS_TYPE
from podwright.render.feeds import ChapterMark, Enclosure, Item, Original
from podwright.render.notes import Notes
from podwright.stores.ledger.manifest import AudioRecord


def build_item(
    episode: Episode,
    around: Surroundings,
    *,
    notes: Notes,
    marked: tuple[Chapter, ...],
    sidecars: tuple[Sidecar, ...],
    enclosure: Artifact,
    audio: AudioRecord,
) -> Item:
    """What a feed says of an episode. marked: the chapters that begin before its audio ends."""
    outline, season, show = episode.outline, around.season, around.show
    chapters = next((side.artifact.key for side in sidecars if side.artifact.media_type == CHAPTERS_TYPE), None)
    return Item(
        guid=outline.guid,
        title=outline.title,
        link=episode.link or (public_url(page_key(around.base), show) if around.standing else None),
        description=notes.text,
        content_html=notes.html,
        enclosure=Enclosure(
            url=enclosure_url(enclosure.key, show, side=enclosure.side),
            length=enclosure.size,
            media_type=enclosure.media_type,
        ),
        published=outline.published,
        duration=audio.duration,
        explicit=episode.explicit,
        type=outline.type,
        number=outline.number,
        season_number=season.number if season else None,
        season_name=season.title if season else None,
        image_url=public_url(around.artwork.main.key, show) if around.artwork else None,
        people=credited_people(episode, show),
        author=", ".join(credited_names(episode)) or show.author,
        summary=notes.summary or None,
        transcripts=tuple(side.link for side in sidecars if side.link),
        chapters_url=public_url(chapters, show) if chapters else None,
        keywords=outline.tags,
        section=outline.section,
        block=episode.block,
        display=episode.display,
        original=_original(enclosure, audio, show=show),
        sizes=artwork_images(around.artwork, alt=episode.image_alt, show=show) if around.artwork else (),
        pictures=other_images(episode.tags.images, around.pictures, show=show),
        chapters=tuple(_marks(marked, around)),
        tags=episode.tags,
    )


def _original(enclosure: Artifact, audio: AudioRecord, *, show: Show) -> Original:
    """The published file itself, with its digest as an integrity string (https://www.w3.org/TR/SRI/)."""
    digest = base64.b64encode(bytes.fromhex(enclosure.sha256)).decode()
    frames = enclosure.size - audio.tag_length
    return Original(
        url=public_url(enclosure.key, show),
        bitrate=round(frames * 8 / audio.duration.total_seconds()),
        integrity=Integrity(type="sri", value=f"sha256-{digest}"),
    )


def _marks(chapters: Iterable[Chapter], around: Surroundings) -> Iterator[ChapterMark]:
    """The chapters that are listed."""
    for one in chapters:
        if not one.hidden:
            held = around.chapter_pictures.get(one.image) if one.image else None
            image = public_url(held.key, around.show) if held else one.image_url
            yield ChapterMark(start=one.start, title=one.title, url=one.url, image=image)
