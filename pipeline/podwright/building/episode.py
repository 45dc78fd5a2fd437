"""One episode as objects, and what feeds and the search carry of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from podwright.building.enclosure import build_enclosure
from podwright.building.item import build_item
from podwright.building.pages import PageInput, build_pages
from podwright.building.parts import episode_parts, item_digest, short_digest
from podwright.building.search import episode_words
from podwright.building.sidecars import Sidecar, build_sidecars
from podwright.building.spool import Spool, spooled
from podwright.building.surroundings import Surroundings
from podwright.building.types import BuiltEpisode, Rendered
from podwright.core.artifact import Artifact
from podwright.core.model import Chapter, Episode, Stage
from podwright.media.chapters import chapters_from_transcript, chapters_within
from podwright.render.feeds import render_items
from podwright.render.notes import NotesInput, build_notes, draft_key_points


def build_episode(episode: Episode, around: Surroundings, *, spool: Spool, build_dir: Path) -> Rendered:
    """The objects of one episode, and what feeds and the search carry of it.

    Raises AudioError where tagging fails, StoreError where published audio cannot be read, FormatError where the cover
    cannot be made, WorkspaceError where a template of the producer's is at fault.
    """
    chapters = _chapters(episode)
    audio, enclosure, splice = build_enclosure(episode, around, chapters=chapters, spool=spool, build_dir=build_dir)
    built = BuiltEpisode(
        outline=episode.outline,
        stage=around.stage,
        stem=around.stem,
        enclosure=enclosure.key,
        audio=audio,
        artifacts=(enclosure,),
        parts={},
        item="",
        splice=splice,
    )
    if not around.live:
        return Rendered(episode=built)
    sidecars = tuple(build_sidecars(episode, around, chapters=chapters, duration=audio.duration))
    source = _notes_input(episode, around, chapters=chapters, sidecars=sidecars)
    notes, marked = build_notes(source), chapters_within(chapters, audio.duration)
    item = build_item(episode, around, notes=notes, marked=marked, sidecars=sidecars, enclosure=enclosure, audio=audio)
    (fragment,) = render_items((item,))
    page = PageInput(
        episode=episode,
        stem=around.base,
        season=around.season,
        notes=source,
        summary=notes.summary,
        enclosure=enclosure,
        audio=audio,
        marked=marked,
        chapter_pictures=around.chapter_pictures,
        transcripts=tuple(one.artifact for one in sidecars if one.link),
        artwork=around.artwork,
        side=around.side,
    )
    pages = build_pages(page, around.standing) if around.standing else ()
    searched = around.standing and around.side == "public" and around.stage == Stage.LISTED
    words = episode_words(page) if searched else b""
    built = replace(
        built,
        artifacts=(enclosure, *(spooled(one.artifact, spool) for one in sidecars), *_picture_artifacts(around)),
        parts=episode_parts(item, source, sidecars=sidecars, audio=audio, enclosure=enclosure),
        item=item_digest(fragment),
        pages=tuple(spooled(one, spool) for one in pages),
        summary=notes.summary,
        words=short_digest(words) if words else "",
    )
    return Rendered(episode=built, item=fragment, words=words)


def _picture_artifacts(around: Surroundings) -> Iterator[Artifact]:
    if around.artwork:
        yield from (one.artifact for one in around.artwork.sizes)
    yield from around.chapter_pictures.values()
    yield from (one.artifact for one in around.pictures if one)


def _chapters(episode: Episode) -> tuple[Chapter, ...]:
    if episode.chapters or episode.transcript is None:
        return episode.chapters
    return chapters_from_transcript(episode.transcript)


def _notes_input(
    episode: Episode,
    around: Surroundings,
    *,
    chapters: tuple[Chapter, ...],
    sidecars: tuple[Sidecar, ...],
) -> NotesInput:
    key_points, drafted = episode.key_points, False
    if not key_points and episode.transcript is not None:
        key_points, drafted = draft_key_points(episode.transcript, language=episode.language), True
    page = next((one.link.url for one in sidecars if one.link and one.link.media_type == "text/html"), None)
    return NotesInput(
        episode=episode,
        key_points=key_points,
        drafted=drafted,
        chapters=chapters,
        season_title=around.season.title if around.season else None,
        contents=around.contents,
        transcript_url=page,
    )
