"""The pure step: an episode with all that was found out about it becomes objects, an RSS item and words to search."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import PurePosixPath
from types import MappingProxyType

from podwright.building.decide import EpisodeContext
from podwright.building.pages import PageInput, build_pages, build_tombstone
from podwright.building.pictures import EpisodePictures, artwork_images, other_images
from podwright.building.recordings import Recording, chapters_of, credited_names, credited_people
from podwright.building.search import episode_words
from podwright.building.types import BuiltEpisode, BuiltTeaser, Rendered
from podwright.core.artifact import Artifact, Side, bytes_artifact
from podwright.core.finding import Finding
from podwright.core.model import Chapter, Episode, Show, Stage
from podwright.core.names import cache_control, enclosure_url, page_key, public_url, tier_side, withdrawn_stem
from podwright.core.tags import Integrity
from podwright.media.chapters import CHAPTERS_TYPE, build_chapters_json, chapters_within
from podwright.media.transcripts import render_transcripts
from podwright.render.feeds import ChapterMark, Enclosure, Item, Original, TranscriptLink, render_items
from podwright.render.notes import LIMIT, Notes, NotesInput, build_notes, draft_key_points
from podwright.stores.ledger.manifest import AudioRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeInput:
    """An episode with all that its objects are made of."""

    episode: Episode
    context: EpisodeContext
    pictures: EpisodePictures
    #: None of a withdrawn episode alone.
    recording: Recording | None
    teaser: BuiltTeaser | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sidecar:
    """A small object beside the audio, and the way in which feeds name it."""

    artifact: Artifact
    link: TranscriptLink | None
    #: It is a transcript in another language than that of the episode.
    translated: bool = False


def render(source: EpisodeInput) -> Rendered:
    """Return the objects of an episode, and what feeds and the search carry of it. Same input, same bytes.

    Raises WorkspaceError where a template of the producer's is at fault.
    """
    if source.recording is None:
        return _render_withdrawn(source)
    context, recording, teaser = source.context, source.recording, source.teaser
    others = (teaser.artifact,) if teaser else ()
    built = BuiltEpisode(
        outline=source.episode.outline,
        stage=context.stage,
        stem=context.stem,
        enclosure=recording.artifact.key,
        audio=recording.audio,
        artifacts=(recording.artifact, *others),
        parts={},
        item="",
        splice=recording.splice,
        teaser=teaser,
    )
    return _render_live(source, recording, built) if context.live else Rendered(episode=built)


def _render_live(source: EpisodeInput, recording: Recording, built: BuiltEpisode) -> Rendered:
    episode, context, pictures = source.episode, source.context, source.pictures
    chapters = chapters_of(episode)
    marked = chapters_within(chapters, recording.audio.duration)
    sidecars = (*_transcripts(source, recording.audio), *_chapters(source, chapters))
    notes_input = _notes_input(source, chapters=chapters, sidecars=sidecars)
    notes = build_notes(notes_input)
    item = _item(source, recording, notes=notes, marked=marked, sidecars=sidecars)
    (fragment,) = render_items((item,))
    page = PageInput(
        episode=episode,
        context=context,
        notes=notes_input,
        summary=notes.summary,
        recording=recording,
        marked=marked,
        pictures=pictures,
        transcripts=tuple((one.artifact, one.link.language) for one in sidecars if one.link and one.link.language),
    )
    is_searched = context.frame and context.side == "public" and context.stage == Stage.LISTED
    words = episode_words(page) if is_searched else b""
    enclosure, *teaser = built.artifacts
    built = replace(
        built,
        artifacts=(enclosure, *(sidecar.artifact for sidecar in sidecars), *pictures.artifacts, *teaser),
        parts=_parts(item, notes, notes_input, sidecars=sidecars, recording=recording),
        item=item_digest(fragment),
        pages=build_pages(page),
        summary=notes.summary,
        words=_short_digest(words) if words else "",
    )
    problems = tuple(_no_room(notes, f"{episode.outline.folder}/episode.md"))
    return Rendered(episode=built, item=fragment, words=words, problems=problems)


def _render_withdrawn(source: EpisodeInput) -> Rendered:
    """Return what is left of an episode: a page that says so, and its audio put away unless it shall be deleted."""
    episode, context = source.episode, source.context
    outline, record, stored = episode.outline, context.record, context.stored
    suffix = PurePosixPath(record.enclosure).suffix if record else ""
    kept = None
    if record and record.audio and stored and outline.withdraw_policy == "deny":
        kept = Artifact(
            key=withdrawn_stem(outline.slug) + suffix,
            media_type=record.audio.media_type,
            cache_control=cache_control("audio", "private"),
            side="private",
            size=stored.size,
            sha256=stored.sha256,
            body=None,
        )
    page = build_tombstone(episode, context, side=tier_side(outline.tier, context.show))
    built = BuiltEpisode(
        outline=outline,
        stage=context.stage,
        stem=context.stem,
        enclosure=kept.key if kept else context.stem + suffix,
        audio=record.audio if record else None,
        artifacts=(kept,) if kept else (),
        parts={},
        item="",
        pages=(page,) if page else (),
    )
    return Rendered(episode=built)


# Transcripts and chapters


def _transcripts(source: EpisodeInput, audio: AudioRecord) -> Iterator[_Sidecar]:
    """Yield an episode's transcript in its formats, and then those in other languages."""
    episode, context = source.episode, source.context
    own = ((episode.language, "", episode.transcript),) if episode.transcript else ()
    others = ((one.language, f".{one.language.lower()}", one.transcript) for one in episode.translations)
    for language, infix, transcript in (*own, *others):
        rendered = render_transcripts(
            transcript, title=episode.outline.title, language=language, duration=audio.duration
        )
        for text in rendered:
            key = context.base + infix + text.suffix
            artifact = _text(key, text.data, media_type=text.media_type, side=context.side)
            url = public_url(artifact.key, context.show)
            link = TranscriptLink(url=url, media_type=text.feed_type, language=language, rel=text.rel)
            yield _Sidecar(artifact=artifact, link=link, translated=bool(infix))


def _chapters(source: EpisodeInput, chapters: tuple[Chapter, ...]) -> Iterator[_Sidecar]:
    episode, context, show = source.episode, source.context, source.context.show
    if not chapters:
        return
    data = build_chapters_json(
        chapters,
        title=episode.outline.title,
        podcast_name=show.title,
        filename=None,
        author=", ".join(credited_names(episode)) or show.author,
        description=episode.subtitle,
        images={path: public_url(artifact.key, show) for path, artifact in source.pictures.chapters.items()},
        waypoints=episode.waypoints,
    )
    key = f"{context.base}-chapters.json"
    yield _Sidecar(artifact=_text(key, data, media_type=CHAPTERS_TYPE, side=context.side), link=None)


def _text(key: str, data: bytes, *, media_type: str, side: Side) -> Artifact:
    return bytes_artifact(key, data, media_type=media_type, cache_control=cache_control("text", side), side=side)


# The item


def _notes_input(source: EpisodeInput, *, chapters: tuple[Chapter, ...], sidecars: tuple[_Sidecar, ...]) -> NotesInput:
    episode, context = source.episode, source.context
    key_points, drafted = episode.key_points, False
    if not key_points and episode.transcript is not None:
        key_points, drafted = draft_key_points(episode.transcript, language=episode.language), True
    links = (sidecar.link for sidecar in sidecars if sidecar.link and not sidecar.translated)
    return NotesInput(
        episode=episode,
        key_points=key_points,
        drafted=drafted,
        chapters=chapters,
        season_title=context.season.title if context.season else None,
        contents=context.contents,
        transcript_url=next((link.url for link in links if link.media_type == "text/html"), None),
        tier_name=dict(context.show.tier_names).get(episode.outline.tier),
        expired=context.expired,
        ended=context.ended,
        settings=context.show.notes,
    )


def _no_room(notes: Notes, where: str) -> Iterator[Finding]:
    """Yield what of an episode's notes has no room in feeds, part by part."""
    advice = "shorten them, or say in [notes] of podwright.toml which parts they carry and which matter most"
    html, text = notes.left_out, notes.text_left_out
    kinds = [(html, "notes", "characters")]
    if {one.part for one in html} != {one.part for one in text}:
        kinds.append((text, "notes as plain text", "bytes"))
    for parts, kind, unit in kinds:
        if parts:
            said = ", ".join(f"{one.part or 'the end of what is written'} ({one.size:,})" for one in parts)
            message = f"its {kind} have no room for {said} in the {LIMIT:,} {unit} that apps show; {advice}"
            cut = any(one.part is None for one in parts)
            yield Finding(where, message, level="warning" if cut else "advice", code="notes-room")


def _item(
    source: EpisodeInput,
    recording: Recording,
    *,
    notes: Notes,
    marked: tuple[Chapter, ...],
    sidecars: tuple[_Sidecar, ...],
) -> Item:
    """Return the item of an episode, as feeds carry it. marked: the chapters that begin before its audio ends."""
    episode, context, pictures = source.episode, source.context, source.pictures
    outline, season, show, enclosure = episode.outline, context.season, context.show, recording.artifact
    keys = (sidecar.artifact.key for sidecar in sidecars if sidecar.artifact.media_type == CHAPTERS_TYPE)
    chapters = next(keys, None)
    return Item(
        guid=outline.guid,
        title=outline.title,
        link=episode.link or (public_url(page_key(context.base), show) if context.page else None),
        description=notes.text,
        content_html=notes.html,
        enclosure=Enclosure(
            url=enclosure_url(enclosure.key, show, side=enclosure.side),
            length=enclosure.size,
            media_type=enclosure.media_type,
        ),
        published=outline.published,
        duration=recording.audio.duration,
        explicit=episode.explicit,
        type=outline.type,
        number=outline.number,
        season_number=season.number if season else None,
        season_name=season.title if season else None,
        image_url=public_url(pictures.artwork.main.key, show) if pictures.artwork else None,
        people=credited_people(episode, show),
        author=episode.byline or ", ".join(credited_names(episode)) or show.author,
        summary=notes.summary or None,
        transcripts=tuple(sidecar.link for sidecar in sidecars if sidecar.link),
        chapters_url=public_url(chapters, show) if chapters else None,
        keywords=outline.tags,
        section=outline.section,
        block=episode.block,
        display=outline.display,
        original=_original(recording, show),
        sizes=artwork_images(pictures.artwork, alt=episode.image_alt, show=show) if pictures.artwork else (),
        pictures=other_images(episode.tags.images, pictures.further, show=show),
        chapters=tuple(_marks(marked, pictures, show)),
        tags=episode.tags,
        extra=episode.extra,
    )


def _original(recording: Recording, show: Show) -> Original:
    """Return the published file itself, with its digest as an integrity string (https://www.w3.org/TR/SRI/)."""
    enclosure, audio = recording.artifact, recording.audio
    digest = base64.b64encode(bytes.fromhex(enclosure.sha256)).decode()
    frames = enclosure.size - audio.tag_length
    return Original(
        url=public_url(enclosure.key, show),
        bitrate=round(frames * 8 / audio.duration.total_seconds()),
        integrity=Integrity(type="sri", value=f"sha256-{digest}"),
    )


def _marks(chapters: Iterable[Chapter], pictures: EpisodePictures, show: Show) -> Iterator[ChapterMark]:
    """Yield the chapters that are listed."""
    for chapter in chapters:
        if not chapter.hidden:
            picture = pictures.chapters.get(chapter.image) if chapter.image else None
            image = public_url(picture.key, show) if picture else chapter.image_url
            yield ChapterMark(start=chapter.start, title=chapter.title, url=chapter.url, image=image)


# Digests by which a plan tells what changed


#: By field of an item what it follows from that has a part of its own: notes, audio, the files beside it, pictures.
FOLLOWING = MappingProxyType(
    {
        "guid": "title",
        "description": "notes",
        "content_html": "notes",
        "duration": "audio",
        "original": "tags",
        "transcripts": "transcript",
        "chapters": "chapters",
        "chapters_url": "chapters",
        "image_url": "image",
    }
)
#: The fields with a part of their own, or one that several share. All others, also new ones, are the part "rest".
_TOLD = frozenset(
    {
        *("title", "people", "published", "sizes", "pictures", "enclosure", "summary", "section", "type", "number"),
        *("season_number", "season_name", "explicit", "keywords", "link", "block", "display", "tags"),
    }
)


def _parts(
    item: Item, notes: Notes, source: NotesInput, *, sidecars: tuple[_Sidecar, ...], recording: Recording
) -> dict[str, str]:
    """Return digests by the names that a plan uses for what a listener notices."""
    chapters = [sidecar.artifact.sha256 for sidecar in sidecars if sidecar.link is None]
    transcripts = [sidecar.artifact.sha256 for sidecar in sidecars if sidecar.link is not None]
    return item_parts(item) | {
        # A new episode changes the table of contents of its whole season, which is no news about its sisters' notes.
        "notes": _short_digest(notes.own),
        "contents": _short_digest(repr(source.contents)),
        "audio": _short_digest(recording.audio.frames_hash),
        "tags": _short_digest(recording.artifact.sha256),
        "chapters": _short_digest(repr(chapters)),
        "transcript": _short_digest(repr(transcripts)),
    }


def item_parts(item: Item) -> dict[str, str]:
    """Return the digests of what an item says besides what its FOLLOWING fields do.

    They are compared with those in manifests of every age: no name of a type or field in them may change.
    """
    details = (item.section, item.type, item.number, item.season_number, item.season_name, item.explicit, item.keywords)
    # The files of pictures lie elsewhere on another machine; item.pictures has what became of them.
    tags = replace(item.tags, images=())
    others = (one for one in fields(Item) if one.name not in _TOLD and one.name not in FOLLOWING)
    rest = [(one.name, getattr(item, one.name)) for one in others if getattr(item, one.name) != one.default]
    return {
        "title": _short_digest(item.title),
        "people": _short_digest(repr(item.people)),
        "date": _short_digest(item.published.isoformat()),
        "image": _short_digest(repr((item.sizes, item.pictures))),
        "address": _short_digest(item.enclosure.url),
        "details": _short_digest(repr((details, item.link, item.block, item.display, tags))),
        "summary": _short_digest(item.summary or ""),
        # What is at its default is left out, so that a new field is no change of those that do not use it.
        "rest": _short_digest(repr(rest)),
    }


def item_digest(fragment: bytes) -> str:
    """Return a digest of an RSS item as it stands in feeds."""
    return _short_digest(fragment)


def _short_digest(data: bytes | str) -> str:
    """Return sixteen hex digits of a SHA-256: enough to tell that something changed."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()[:16]
