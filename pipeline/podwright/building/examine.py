"""The step that reads: an episode's audio, its pictures, and published audio where its recording is not here."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from podwright.building.cache import Cache
from podwright.building.decide import EpisodeContext, has_audio
from podwright.building.pictures import EpisodePictures, Pictures, PicturesWanted, TagPicture
from podwright.building.recordings import (
    AudioFile,
    Recording,
    StoredAudio,
    chapters_of,
    load_audio,
    load_published,
    stored_teaser,
    tag_recording,
    tag_teaser,
)
from podwright.building.records import parse_facts
from podwright.building.render import EpisodeInput, render
from podwright.building.select import education_day
from podwright.building.types import BuiltTeaser, Rendered
from podwright.core.education import find_lacks
from podwright.core.errors import AudioError, FormatError, WorkspaceError
from podwright.core.finding import Finding
from podwright.core.model import Episode, Show, Stage
from podwright.media.audio import AudioFacts, load_left_out
from podwright.media.chapters import lost_chapters
from podwright.stores.ledger.manifest import AudioRecord, ObjectRecord
from podwright.workspace.documents import load_bytes
from podwright.workspace.load import load_episode
from podwright.workspace.scan import EpisodeFolder, file_kind


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeTask:
    """An episode with everything known of it before its audio is read: enough to build it in any process."""

    episode: Episode
    context: EpisodeContext
    pictures: EpisodePictures
    #: Its recording; None where that is not here, or of no use.
    audio: AudioFile | None
    #: Its audio as the store has it, where its recording is not here.
    published: Recording | None
    #: The published audio can be read.
    splices: bool
    trailer: AudioFile | None
    published_teaser: BuiltTeaser | None
    build_dir: Path
    #: A digest of its files, where nothing that was published tells what they said.
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeResult:
    """A built episode, or the reasons why there is none."""

    rendered: Rendered | None = None
    problems: tuple[Finding, ...] = ()
    #: The facts of each recording that was read, and whether it decodes, by file.
    facts: Mapping[str, tuple[AudioFacts, bool]] = field(default_factory=dict)


def read_episode(source: tuple[EpisodeFolder, Show]) -> Episode | tuple[Finding, ...]:
    """Return an episode, or all problems of its files."""
    try:
        return load_episode(*source)
    except WorkspaceError as error:
        return error.problems


def pictures_wanted(episode: Episode, context: EpisodeContext) -> PicturesWanted:
    """Return the files of pictures that an episode needs where it stands."""
    if context.stage == Stage.WITHDRAWN:
        return PicturesWanted(None, (), ())
    own = episode.image or (context.season.image if context.season else None)
    drawn = _drawn(episode)
    further = tuple(image.file for image in episode.tags.images if image.file)
    cover = (episode.image or context.cover,) if episode.image or context.cover else ()
    return PicturesWanted(
        artwork=(own, context.base) if own and context.live else None,
        plain=(*drawn, *further) if context.live else (),
        covers=(*cover, *drawn) if _is_tagged(episode, context) else (),
    )


def prepare_episode(
    episode: Episode,
    context: EpisodeContext,
    *,
    folder: EpisodeFolder,
    now: datetime,
    pictures: Pictures,
    cache: Cache,
    objects: Mapping[str, ObjectRecord],
    stored_audio: StoredAudio | None,
    build_dir: Path,
) -> EpisodeTask:
    """Return what building an episode takes. Its pictures are looked at, and the store is asked where it must be.

    Raises WorkspaceError naming the file that is at fault, StoreError where published audio cannot be read.
    """
    source, withdrawn = f"{folder.folder}/episode.md", context.stage == Stage.WITHDRAWN
    day = education_day(episode.outline, context.show, now=now)
    if problems := [Finding(source, message) for message in (find_lacks(episode, day) if day else ())]:
        raise WorkspaceError(problems)
    record = context.record
    waits = context.stage == Stage.WAITING or (record is not None and record.stage == Stage.WAITING)
    try:
        said = _load_digest(folder, show=context.show) if waits else ""
        found = EpisodePictures() if withdrawn else _pictures(episode, context, pictures)
        audio = None
        if episode.audio and not withdrawn:
            audio = _audio_file(
                episode.audio, record.audio if record else None, show=context.show, folder=folder, cache=cache
            )
        published = None
        if not withdrawn and audio is None:
            published = load_published(episode, context, found, stored_audio=stored_audio)
    except AudioError as error:
        raise WorkspaceError([Finding(source, error.message)]) from error
    except FormatError as error:
        raise WorkspaceError([Finding(source, error.message, line=error.line)]) from error
    trailer, held = None, None
    if context.teaser and not withdrawn:
        teaser = record.teaser if record else None
        if episode.teaser:
            trailer = _audio_file(
                episode.teaser, teaser.audio if teaser else None, show=context.show, folder=folder, cache=cache
            )
        # A machine that has the recording and no trailer is one where the trailer was removed.
        elif teaser and not has_audio(folder) and (stored := objects.get(teaser.key)):
            held = stored_teaser(episode, context, stored)
    return EpisodeTask(
        episode=episode,
        context=context,
        pictures=found,
        audio=audio,
        published=published,
        splices=stored_audio is not None,
        trailer=trailer,
        published_teaser=held,
        build_dir=build_dir,
        source=said,
    )


def _load_digest(folder: EpisodeFolder, *, show: Show) -> str:
    """Return a digest of the texts in an episode's folder. Its audio may be on another machine."""
    digest = hashlib.sha256()
    for file in folder.files:
        name = file.path.rpartition("/")[2]
        if file_kind(name) in ("episode", "transcript", "translation"):
            digest.update(f"{name}\0{file.size}\0".encode() + load_bytes(show.root / file.path, limit=file.size))
    return digest.hexdigest()[:16]


def build_episode(task: EpisodeTask) -> EpisodeResult:
    """Read the audio of an episode, decoded where the show asks for it, and render the episode."""
    episode, context = task.episode, task.context
    facts: dict[str, tuple[AudioFacts, bool]] = {}
    recording, teaser, name = task.published, task.published_teaser, ""
    source, problems = f"{episode.outline.folder}/episode.md", tuple[Finding, ...]()
    decode = context.show.audio.verify == "decode"
    try:
        if audio := task.audio:
            name = audio.name
            facts[name] = load_audio(audio, decode=decode)
            recording = tag_recording(
                audio,
                facts[name][0],
                episode=episode,
                context=context,
                pictures=task.pictures,
                splices=task.splices,
                build_dir=task.build_dir,
            )
            # Its own chapters are read only where the episode has none.
            chapters = chapters_of(episode)
            if not chapters and (message := lost_chapters(load_left_out(audio.path).chapters, chapters)):
                problems = (Finding(source, message, level="warning"),)
        if trailer := task.trailer:
            name = trailer.name
            facts[name] = load_audio(trailer, decode=decode)
            teaser = tag_teaser(
                trailer,
                facts[name][0],
                episode=episode,
                context=context,
                cover=task.pictures.show_cover,
                build_dir=task.build_dir,
            )
        found = EpisodeInput(
            episode=episode, context=context, pictures=task.pictures, recording=recording, teaser=teaser
        )
        rendered = render(found)
        rendered = replace(rendered, episode=replace(rendered.episode, source=task.source))
        return EpisodeResult(rendered=rendered, problems=(*problems, *rendered.problems), facts=facts)
    except AudioError as error:
        return EpisodeResult(problems=(Finding(name, error.message),), facts=facts)
    except FormatError as error:
        return EpisodeResult(problems=(Finding(source, error.message, line=error.line),), facts=facts)
    except WorkspaceError as error:
        return EpisodeResult(problems=error.problems, facts=facts)


def _audio_file(
    path: Path, published: AudioRecord | None, *, show: Show, folder: EpisodeFolder, cache: Cache
) -> AudioFile:
    name = path.relative_to(show.root).as_posix()
    file = next(file for file in folder.files if file.path == name)
    row = cache.fact("audio", name, size=file.size, stamp=file.stamp)
    facts, decoded = parse_facts(row) if row else (None, False)
    frames = published.frames_hash if published else None
    return AudioFile(path=path, name=name, facts=facts, decoded=decoded, published_frames=frames)


def _is_tagged(episode: Episode, context: EpisodeContext) -> bool:
    """Return whether tags are written, or those that are published could change."""
    audio = context.record.audio if context.record else None
    return episode.audio is not None or bool(audio and audio.tag_digest)


def _drawn(episode: Episode) -> tuple[Path, ...]:
    """Return the picture files of an episode's chapters, once each."""
    return tuple(dict.fromkeys(chapter.image for chapter in episode.chapters if chapter.image))


def _pictures(episode: Episode, context: EpisodeContext, pictures: Pictures) -> EpisodePictures:
    """Return an episode's pictures: those that are published, and those for its tags."""
    wanted, side = pictures_wanted(episode, context), context.side

    def tag_picture(path: Path) -> TagPicture:
        return TagPicture(pictures.cover(path), pictures.digest(path))

    cover, drawn = episode.image or context.cover, _drawn(episode)
    tagged = _is_tagged(episode, context)
    show = context.show
    return EpisodePictures(
        artwork=pictures.artwork(*wanted.artwork, side=side) if wanted.artwork else None,
        chapters={path: pictures.plain(path, f"{context.base}-chapter", side=side).artifact for path in drawn}
        if context.live
        else {},
        further=tuple(pictures.further(episode.tags.images, f"{context.base}-picture", side=side))
        if context.live
        else (),
        cover=tag_picture(cover) if cover and tagged else None,
        chapter_covers={path: tag_picture(path) for path in drawn} if tagged else {},
        show_cover=pictures.cover(show.image) if show.image and context.teaser and episode.teaser else None,
    )
