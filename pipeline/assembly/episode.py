"""One episode as objects: tagged audio, transcripts, chapters, and the item that feeds carry."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path, PurePosixPath

from pipeline.artifact import Access, Artifact, Body, Splice, body_size, bytes_artifact, load_sha256, load_stamps
from pipeline.assembly.images import COVER_TYPE, Artwork, SizedPicture, TagPicture
from pipeline.assembly.keys import (
    cache_control,
    download_name,
    enclosure_url,
    page_key,
    public_url,
    staged_stem,
)
from pipeline.assembly.looks import artwork_images, other_images
from pipeline.assembly.pages import PageInput, Standing, build_pages
from pipeline.assembly.retag import Shelf, load_retagged, splice_held
from pipeline.assembly.search import episode_words
from pipeline.assembly.types import BuiltEpisode
from pipeline.audio import AudioFacts, AudioTags, build_tagged, digest_tags
from pipeline.chapters import CHAPTERS_TYPE, build_chapters_json, chapters_from_transcript
from pipeline.errors import StoreError
from pipeline.manifest import AudioRecord, EpisodeRecord, ObjectRecord
from pipeline.model import Chapter, Episode, Feed, Person, Season, Show, Stage
from pipeline.notes import ContentsEntry, Notes, NotesInput, build_notes, draft_key_points
from pipeline.rss import ChapterMark, Enclosure, Item, Original, TranscriptLink, render_items
from pipeline.spool import Spool
from pipeline.tags import Integrity
from pipeline.transcripts import RenderedTranscript, render_transcripts, transcript_text

SUFFIXES = {"audio/mpeg": ".mp3", "audio/x-m4a": ".m4a"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """All that an episode's objects depend on apart from the episode itself.

    stage: where it stands. stem: what its keys are promised to begin with; base: what they begin with now; access:
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
    access: Access
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
        return self.stage in ("early", "listed", "unlisted")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """A small object beside the audio, with what the feed says of it."""

    artifact: Artifact
    link: TranscriptLink | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """An episode, its RSS item, which is empty while the episode is not due, and what the search knows of it."""

    episode: BuiltEpisode
    item: bytes = b""
    words: bytes = b""


def build_episode(episode: Episode, around: Surroundings, *, spool: Spool, build_dir: Path) -> Rendered:
    """The objects of one episode, and what feeds and the search carry of it.

    Raises AudioError where tagging fails, StoreError where published audio cannot be read, FormatError where the cover
    cannot be made, WorkspaceError where a template of the producer's is at fault.
    """
    access = around.access
    chapters = _chapters(episode)
    audio, enclosure, splice = _build_enclosure(
        episode, around, chapters=chapters, access=access, spool=spool, build_dir=build_dir
    )
    if not around.live:
        return Rendered(episode=_built(episode, around, audio=audio, artifacts=(enclosure,), splice=splice))
    sides = tuple(_sides(episode, around, chapters=chapters, duration=audio.duration, access=access))
    source = _notes_input(episode, around, chapters=chapters, sides=sides)
    marked = _ended(chapters, audio.duration)
    notes = build_notes(source)
    item = _item(episode, around, notes=notes, marked=marked, sides=sides, enclosure=enclosure, audio=audio)
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
        transcripts=tuple(side.artifact for side in sides if side.link),
        artwork=around.artwork,
        access=access,
    )
    pages = build_pages(page, around.standing) if around.standing else ()
    searched = around.standing and access == "public" and around.stage == "listed"
    words = episode_words(page) if searched else b""
    built = _built(
        episode,
        around,
        audio=audio,
        artifacts=(
            enclosure,
            *(spooled(side.artifact, spool) for side in sides),
            *_picture_artifacts(around),
        ),
        splice=splice,
    )
    built = replace(
        built,
        parts=_parts(item, source, sides=sides, audio=audio, enclosure=enclosure),
        item=item_digest(fragment),
        pages=tuple(spooled(one, spool) for one in pages),
        summary=notes.summary,
        words=_digest(words) if words else "",
    )
    return Rendered(episode=built, item=fragment, words=words)


def _built(
    episode: Episode,
    around: Surroundings,
    *,
    audio: AudioRecord,
    artifacts: tuple[Artifact, ...],
    splice: Splice | None,
) -> BuiltEpisode:
    return BuiltEpisode(
        outline=episode.outline,
        stage=around.stage,
        stem=around.stem,
        enclosure=artifacts[0].key,
        audio=audio,
        artifacts=artifacts,
        parts={},
        item="",
        splice=splice,
    )


def _picture_artifacts(around: Surroundings) -> Iterator[Artifact]:
    if around.artwork:
        yield from (one.artifact for one in around.artwork.sizes)
    yield from around.chapter_pictures.values()
    yield from (one.artifact for one in around.pictures if one)


def spooled(artifact: Artifact, spool: Spool) -> Artifact:
    """The artifact with its rendered bytes in the spool; file ranges stay as they are."""
    return artifact if artifact.body is None else replace(artifact, body=_spooled(artifact.body, spool))


def _spooled(body: Body, spool: Spool) -> Body:
    return tuple(
        piece for segment in body for piece in (spool.body(segment) if isinstance(segment, bytes) else (segment,))
    )


def item_digest(fragment: bytes) -> str:
    """Digest of an RSS item as it stands in feeds."""
    return _digest(fragment)


def _digest(data: bytes | str) -> str:
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()[:16]


def _chapters(episode: Episode) -> tuple[Chapter, ...]:
    if episode.chapters or episode.transcript is None:
        return episode.chapters
    return chapters_from_transcript(episode.transcript)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sound:
    """Tagged audio. body is None where only the store has it; splice: how it can be made of what is there."""

    audio: AudioRecord
    size: int
    sha256: str
    body: Body | None
    splice: Splice | None


def _build_enclosure(
    episode: Episode,
    around: Surroundings,
    *,
    chapters: tuple[Chapter, ...],
    access: Access,
    spool: Spool,
    build_dir: Path,
) -> tuple[AudioRecord, Artifact, Splice | None]:
    """The audio with its tags, and how it can be made of what the store has; without the audio here it must be."""
    if around.facts is None or episode.audio is None:
        assert around.known is not None  # noqa: S101 - whoever surrounds an episode gives facts or what is known
        assert around.known.audio is not None  # noqa: S101
        sound = _published(episode, around, around.known, around.known.audio, chapters=chapters, spool=spool)
        suffix = PurePosixPath(around.known.enclosure).suffix
    else:
        sound = _recorded(
            episode, around, around.facts, path=episode.audio, chapters=chapters, spool=spool, build_dir=build_dir
        )
        suffix = SUFFIXES[around.facts.media_type]
    staged = access == "public" and around.stage == "waiting"
    key = staged_stem(episode.outline.slug) + suffix if staged else around.base + suffix
    access = "private" if staged else access
    artifact = Artifact(
        key=key,
        media_type=sound.audio.media_type,
        cache_control=cache_control("audio", access),
        access=access,
        size=sound.size,
        sha256=sound.sha256,
        body=sound.body,
        filename=f"{download_name(around.show.title, episode.outline.title)}{suffix}",
    )
    return sound.audio, artifact, sound.splice


def _recorded(
    episode: Episode,
    around: Surroundings,
    facts: AudioFacts,
    *,
    path: Path,
    chapters: tuple[Chapter, ...],
    spool: Spool,
    build_dir: Path,
) -> _Sound:
    """A recording of the workspace with its tags."""
    tags, version = _tags(episode, around, chapters=_ended(chapters, facts.duration)), around.show.audio.id3_version
    tagged = build_tagged(path, facts, tags=tags, id3_version=version, build_dir=build_dir)
    audio = AudioRecord(
        media_type=facts.media_type,
        duration=facts.duration,
        tag_length=tagged.tag_length,
        frames_hash=facts.frames_hash,
        tag_digest=_tag_digest(tags, around, media_type=facts.media_type, duration=facts.duration),
    )
    body = load_stamps(tagged.body)
    sha256, body = load_sha256(body), _spooled(body, spool)
    splice = None
    if around.known and around.stored and around.shelf:
        splice = splice_held(body, audio, sha256=sha256, known=around.known, stored=around.stored)
    return _Sound(audio=audio, size=body_size(body), sha256=sha256, body=body, splice=splice)


def _published(
    episode: Episode,
    around: Surroundings,
    known: EpisodeRecord,
    audio: AudioRecord,
    *,
    chapters: tuple[Chapter, ...],
    spool: Spool,
) -> _Sound:
    """The audio that the store has: as it is, unless its tags are to say something else and it is known how."""
    stored = around.stored
    if stored is None:
        raise StoreError(f"{known.enclosure}: the store lost it; publish from where its source is")
    if around.shelf and audio.tag_digest:
        tags = _tags(episode, around, chapters=_ended(chapters, audio.duration))
        made = load_retagged(
            known.enclosure,
            audio,
            stored=stored,
            tags=tags,
            tag_digest=_tag_digest(tags, around, media_type=audio.media_type, duration=audio.duration),
            version=around.show.audio.id3_version,
            shelf=around.shelf,
        )
        if made:
            splice = replace(made.splice, front=_spooled(made.splice.front, spool))
            return _Sound(audio=made.audio, size=splice.total, sha256=made.sha256, body=None, splice=splice)
    return _Sound(audio=audio, size=stored.size, sha256=stored.sha256, body=None, splice=None)


def _tag_digest(tags: AudioTags, around: Surroundings, *, media_type: str, duration: timedelta) -> str:
    """Digest of what tags say; pictures count by what they were made of, since another encoder makes other bytes."""
    told = replace(
        tags,
        cover=around.cover.source.encode() if around.cover else None,
        chapter_images={path: one.source.encode() for path, one in around.chapter_covers.items()},
    )
    return digest_tags(media_type, told, duration=duration, id3_version=around.show.audio.id3_version)


def _ended(chapters: tuple[Chapter, ...], duration: timedelta) -> tuple[Chapter, ...]:
    return tuple(chapter for chapter in chapters if chapter.start < duration)


def _tags(episode: Episode, around: Surroundings, *, chapters: tuple[Chapter, ...]) -> AudioTags:
    show, outline, feed = around.show, episode.outline, around.feed
    return AudioTags(
        title=outline.title,
        artists=_names(episode) or (show.author,),
        album=show.title,
        album_artist=show.author,
        genre=show.audio.genre,
        date=outline.published,
        track=outline.number,
        disc=around.season.number if around.season else None,
        language=episode.language,
        copyright=show.copyright,
        comment=episode.subtitle,
        description=episode.subtitle or (episode.key_points[0] if episode.key_points else None),
        feed_url=around.feed_url,
        guid=outline.guid,
        category=feed.categories[0].name if feed and feed.categories else None,
        keywords=outline.tags,
        lyrics=transcript_text(episode.transcript) if episode.transcript else None,
        cover=around.cover.data if around.cover else None,
        cover_type=COVER_TYPE if around.cover else None,
        chapters=chapters,
        chapter_images={path: one.data for path, one in around.chapter_covers.items()},
        url=episode.link,
    )


def _sides(
    episode: Episode,
    around: Surroundings,
    *,
    chapters: tuple[Chapter, ...],
    duration: timedelta,
    access: Access,
) -> Iterator[_Side]:
    """Transcripts and chapters."""
    if episode.transcript is not None:
        rendered = render_transcripts(
            episode.transcript, title=episode.outline.title, language=episode.language, duration=duration
        )
        for one in rendered:
            artifact = _text(around.base + one.suffix, one.data, media_type=one.media_type, access=access)
            yield _Side(artifact=artifact, link=_transcript_link(one, artifact, episode=episode, show=around.show))
    if chapters:
        data = build_chapters_json(
            chapters,
            title=episode.outline.title,
            podcast_name=around.show.title,
            filename=None,
            author=", ".join(_names(episode)) or around.show.author,
            description=episode.subtitle,
            images={path: public_url(one.key, around.show) for path, one in around.chapter_pictures.items()},
        )
        yield _Side(
            artifact=_text(f"{around.base}-chapters.json", data, media_type=CHAPTERS_TYPE, access=access), link=None
        )


def _text(key: str, data: bytes, *, media_type: str, access: Access) -> Artifact:
    return bytes_artifact(key, data, media_type=media_type, cache_control=cache_control("text", access), access=access)


def _transcript_link(one: RenderedTranscript, artifact: Artifact, *, episode: Episode, show: Show) -> TranscriptLink:
    return TranscriptLink(
        url=public_url(artifact.key, show), media_type=one.feed_type, language=episode.language, rel=one.rel
    )


def _notes_input(
    episode: Episode,
    around: Surroundings,
    *,
    chapters: tuple[Chapter, ...],
    sides: tuple[_Side, ...],
) -> NotesInput:
    key_points, drafted = episode.key_points, False
    if not key_points and episode.transcript is not None:
        key_points, drafted = draft_key_points(episode.transcript, language=episode.language), True
    page = next((side.link.url for side in sides if side.link and side.link.media_type == "text/html"), None)
    return NotesInput(
        episode=episode,
        key_points=key_points,
        drafted=drafted,
        chapters=chapters,
        season_title=around.season.title if around.season else None,
        contents=around.contents,
        transcript_url=page,
    )


def _names(episode: Episode) -> tuple[str, ...]:
    """Everybody's name once, though somebody may be author and guest."""
    return tuple(dict.fromkeys(person.name for person in episode.people))


def _people(episode: Episode, show: Show) -> tuple[Person, ...]:
    """The episode's people and the show's: an item's persons replace the channel's, so they are restated.

    https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/tags/person.md
    """
    own = {person.name for person in episode.people}
    return (*episode.people, *(person for person in show.people if person.name not in own))


def _item(
    episode: Episode,
    around: Surroundings,
    *,
    notes: Notes,
    marked: tuple[Chapter, ...],
    sides: tuple[_Side, ...],
    enclosure: Artifact,
    audio: AudioRecord,
) -> Item:
    outline, season, show = episode.outline, around.season, around.show
    chapters = next((side.artifact.key for side in sides if side.artifact.media_type == CHAPTERS_TYPE), None)
    return Item(
        guid=outline.guid,
        title=outline.title,
        link=episode.link or (public_url(page_key(around.base), show) if around.standing else None),
        description=notes.text,
        content_html=notes.html,
        enclosure=Enclosure(
            url=enclosure_url(enclosure.key, show, access=enclosure.access),
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
        people=_people(episode, show),
        author=", ".join(_names(episode)) or show.author,
        summary=notes.summary or None,
        transcripts=tuple(side.link for side in sides if side.link),
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


def _parts(
    item: Item, source: NotesInput, *, sides: tuple[_Side, ...], audio: AudioRecord, enclosure: Artifact
) -> dict[str, str]:
    """Digests by the names that a plan uses for what a listener notices."""
    # A new episode changes the table of contents of its whole season, which is no news about its sisters' notes.
    own = build_notes(replace(source, contents=()))
    chapters = [side.artifact.sha256 for side in sides if side.link is None]
    transcripts = [side.artifact.sha256 for side in sides if side.link is not None]
    details = (item.section, item.type, item.number, item.season_number, item.season_name, item.explicit, item.keywords)
    # The files of pictures lie elsewhere on another machine; item.pictures has what became of them.
    tags = replace(item.tags, images=())
    return {
        "title": _digest(item.title),
        "notes": _digest(own.html + own.text),
        "contents": _digest(repr(source.contents)),
        "audio": _digest(audio.frames_hash),
        "tags": _digest(enclosure.sha256),
        "chapters": _digest(repr(chapters)),
        "transcript": _digest(repr(transcripts)),
        "people": _digest(repr(item.people)),
        "date": _digest(item.published.isoformat()),
        "image": _digest(repr((item.sizes, item.pictures))),
        "address": _digest(item.enclosure.url),
        "details": _digest(repr((details, item.link, item.block, item.display, tags))),
    }
