"""One episode built where it stands: its recording and pictures looked at, then its objects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from podwright.building.cache import is_believed
from podwright.building.episode import build_episode
from podwright.building.images import TagPicture
from podwright.building.plot import Bench, Place, cover_path, has_audio
from podwright.building.rows import facts_row, parse_facts
from podwright.building.select import education_day
from podwright.building.surroundings import Surroundings
from podwright.building.teaser import build_teaser, stored_teaser, with_teaser
from podwright.building.types import BuiltTeaser, Rendered
from podwright.building.withdrawn import build_withdrawn
from podwright.core.education import find_lacks
from podwright.core.errors import AudioError, FormatError, WorkspaceError
from podwright.core.finding import Finding
from podwright.core.model import Episode, Stage
from podwright.media.audio import AudioFacts, check_decodes, load_facts
from podwright.stores.ledger.manifest import AudioRecord
from podwright.workspace.load import load_episode


def build_placed(place: Place, episode: Episode | None) -> Rendered:
    """Build one episode, read now unless it already was. Raises WorkspaceError naming the file that is at fault."""
    bench, around = place.bench, place.around
    episode = episode or load_episode(place.folder, bench.show)
    if unsaid := tuple(_unsaid(episode, bench)):
        raise WorkspaceError(unsaid)
    if around.stage == Stage.WITHDRAWN:
        return build_withdrawn(episode, around, spool=bench.spool)
    audio = episode.audio.relative_to(bench.show.root).as_posix() if episode.audio else None
    source = f"{place.folder.folder}/episode.md"
    try:
        published = around.known.audio if around.known else None
        facts = _facts(place, audio, path=episode.audio, published=published) if audio and episode.audio else None
        own = episode.image or (around.season.image if around.season else None)
        cover = cover_path(around, own=episode.image)
        around = replace(around, facts=facts, shelf=bench.shelf)
        if around.live:
            around = _with_pictures(place, around, episode, own=own)
        if facts or (around.known and around.known.audio and around.known.audio.tag_digest):
            around = replace(
                around,
                cover=_tag_picture(place, cover) if cover else None,
                chapter_covers={path: _tag_picture(place, path) for path in _drawn(episode)},
            )
        rendered = build_episode(episode, around, spool=bench.spool, build_dir=bench.build_dir)
    except AudioError as error:
        raise WorkspaceError([Finding(audio or source, error.message)]) from error
    except FormatError as error:
        raise WorkspaceError([Finding(source, error.message, line=error.line)]) from error
    teaser = _teaser(place, episode) if around.teaser else None
    return with_teaser(rendered, teaser) if teaser else rendered


def _unsaid(episode: Episode, bench: Bench) -> Iterator[Finding]:
    """What an episode that gives education credit does not tell its learners.

    An episode that was built before said all of it then, and loses nothing of it by the clock.
    """
    day = education_day(episode.outline, bench.show, now=bench.now)
    for message in find_lacks(episode, day) if day else ():
        yield Finding(f"{episode.outline.folder}/episode.md", message)


def _teaser(place: Place, episode: Episode) -> BuiltTeaser | None:
    """What an episode leaves in feeds that do not carry it, where there is a trailer here or in the store.

    A machine that has the recording and no trailer is one where the trailer was removed.
    """
    bench, around = place.bench, place.around
    known = around.known.teaser if around.known else None
    if episode.teaser is None:
        stored = bench.manifest.objects.get(known.key) if known and not has_audio(place.folder) else None
        return stored_teaser(episode, around, stored) if stored else None
    name = episode.teaser.relative_to(bench.show.root).as_posix()
    try:
        facts = _facts(place, name, path=episode.teaser, published=known.audio if known else None)
        cover = place.pictures.cover(bench.show.image) if bench.show.image else None
        return build_teaser(episode, around, facts=facts, cover=cover, spool=bench.spool, build_dir=bench.build_dir)
    except AudioError as error:
        raise WorkspaceError([Finding(name, error.message)]) from error


def _tag_picture(place: Place, path: Path) -> TagPicture:
    return TagPicture(place.pictures.cover(path), place.pictures.digest(path))


def _with_pictures(place: Place, around: Surroundings, episode: Episode, *, own: Path | None) -> Surroundings:
    """The surroundings with what is published of an episode's pictures; own is its artwork."""
    pictures, side = place.pictures, around.side
    stem = f"{around.base}-chapter"
    return replace(
        around,
        artwork=pictures.artwork(own, around.base, side=side) if own else None,
        chapter_pictures={path: pictures.plain(path, stem, side=side).artifact for path in _drawn(episode)},
        pictures=tuple(pictures.further(episode.tags.images, f"{around.base}-picture", side=side)),
    )


def _drawn(episode: Episode) -> tuple[Path, ...]:
    """The picture files of an episode's chapters, once each."""
    return tuple(dict.fromkeys(chapter.image for chapter in episode.chapters if chapter.image))


def _facts(place: Place, name: str, *, path: Path, published: AudioRecord | None) -> AudioFacts:
    """Facts of audio, decoded once where the show asks for it and these frames were never published before."""
    bench = place.bench
    file = next(file for file in place.folder.files if file.path == name)
    row = bench.cache.fact("audio", name, size=file.size, stamp=file.stamp)
    facts = parse_facts(row["facts"]) if row else load_facts(path)
    trusted = (row and row["verified"]) or (published and published.frames_hash == facts.frames_hash)
    if bench.show.audio.verify == "decode" and not trusted:
        check_decodes(path, facts)
        trusted = True
    if is_believed(file.stamp, clock=bench.clock):
        value = {"facts": facts_row(facts), "verified": bool(trusted)}
        bench.cache.set_fact("audio", name, size=file.size, stamp=file.stamp, value=value)
    return facts
