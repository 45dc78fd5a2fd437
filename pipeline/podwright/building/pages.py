"""An episode's web pages as objects: the page itself, the player for other sites, and what describes it to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise, zip_longest
from operator import itemgetter

from podwright.building.decide import EpisodeContext, PageContext
from podwright.building.frame import HTML_TYPE, page_artifact, picture_of
from podwright.building.pictures import EpisodePictures
from podwright.building.recordings import Recording
from podwright.core.artifact import Artifact, Side
from podwright.core.education import ended_credits
from podwright.core.model import Chapter, Episode, Person, Reference, Transcript, tier_name
from podwright.core.names import page_key
from podwright.core.scripts import gap
from podwright.media.transcripts import paragraphs
from podwright.render.notes import NotesInput, format_reference, page_html, reference_links
from podwright.render.site import (
    Audio,
    Cited,
    Claim,
    EpisodePage,
    Line,
    Mark,
    TextFile,
    Tombstone,
    TranscriptParagraph,
    TranslationFiles,
    oembed_json,
    render_embed,
    render_episode,
    render_tombstone,
)

OEMBED_TYPE = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageInput:
    """An episode with the objects that its page names."""

    episode: Episode
    context: EpisodeContext
    notes: NotesInput
    summary: str
    recording: Recording
    #: The chapters that begin before its audio ends.
    marked: tuple[Chapter, ...]
    pictures: EpisodePictures
    #: Each with its language.
    transcripts: tuple[tuple[Artifact, str], ...]


def build_pages(source: PageInput) -> tuple[Artifact, ...]:
    """Return the pages of an episode that is due: none where the show has none.

    Raises WorkspaceError where a template of the producer's is at fault.
    """
    frame, place, side = source.context.frame, source.context.page, source.context.side
    if frame is None or place is None:
        return ()
    page = _page(source, place)
    rendered = [
        page_artifact(page.key, render_episode(page, frame.site, theme=frame.theme), media_type=HTML_TYPE, side=side),
        page_artifact(page.embed, render_embed(page, frame.site, theme=frame.theme), media_type=HTML_TYPE, side=side),
    ]
    if page.oembed:
        rendered.append(page_artifact(page.oembed, oembed_json(page, frame.site), media_type=OEMBED_TYPE, side=side))
    return tuple(rendered)


def build_tombstone(episode: Episode, context: EpisodeContext, *, side: Side) -> Artifact | None:
    """Return the page that stands where a withdrawn episode was: it gives away no more than the title.

    Raises WorkspaceError where a template of the producer's is at fault.
    """
    outline, frame, place = episode.outline, context.frame, context.page
    if frame is None or place is None or outline.withdraw is None:
        return None
    page = Tombstone(
        key=page_key(context.stem),
        title=outline.title,
        number=outline.number,
        display=outline.display,
        language=episode.language,
        published=outline.published,
        withdrawn=outline.withdraw,
        reason=episode.withdraw_reason,
        contact=episode.contact,
        series=place.series,
        previous=place.previous,
        next=place.next,
    )
    return page_artifact(
        page.key, render_tombstone(page, frame.site, theme=frame.theme), media_type=HTML_TYPE, side=side
    )


def _page(source: PageInput, place: PageContext) -> EpisodePage:
    episode, context, recording = source.episode, source.context, source.recording
    key, artwork = page_key(context.base), source.pictures.artwork
    folder = key.rpartition("/")[0]
    passages = tuple(_passages(episode.transcript, episode.outline.title)) if episode.transcript else ()
    return EpisodePage(
        key=key,
        embed=f"{folder}/embed.html",
        oembed=f"{folder}/oembed.json" if context.side == "public" else None,
        episode=episode,
        season=context.season,
        section=place.section,
        series=place.series,
        private=context.side == "private",
        tier=tier_name(episode.outline.tier, context.show),
        expired=context.expired,
        unlisted=place.unlisted,
        summary=source.summary,
        notes=page_html(episode.notes),
        audio=Audio(
            key=recording.artifact.key,
            size=recording.artifact.size,
            media_type=recording.artifact.media_type,
            duration=recording.audio.duration,
            filename=recording.artifact.filename,
        ),
        key_points=source.notes.key_points,
        drafted=source.notes.drafted,
        people=_people(episode),
        marks=tuple(_mark(chapter, source.pictures) for chapter in source.marked),
        passages=passages,
        files=tuple(file for file, language in _files(source) if language == episode.language),
        translations=tuple(
            TranslationFiles(language=language, files=tuple(file for file, _ in files))
            for language, files in groupby(_files(source), key=itemgetter(1))
            if language != episode.language
        ),
        references=tuple(_cited(reference, et_al=context.show.notes.et_al) for reference in episode.references),
        credits=_claims(episode, context.ended),
        contents=place.contents,
        previous=place.previous,
        next=place.next,
        picture=picture_of(artwork, alt=episode.image_alt) if artwork else None,
        timed=bool(episode.transcript and episode.transcript.timed),
    )


def _files(source: PageInput) -> Iterator[tuple[TextFile, str]]:
    """Yield the published transcripts, each with its language."""
    for text, language in source.transcripts:
        yield TextFile(key=text.key, kind=text.key.rpartition(".")[2]), language


def _people(episode: Episode) -> tuple[tuple[Person, ...], ...]:
    parts: dict[str, list[Person]] = {}
    for person in episode.people:
        parts.setdefault(person.name, []).append(person)
    return tuple(map(tuple, parts.values()))


def _mark(chapter: Chapter, pictures: EpisodePictures) -> Mark:
    """Return a chapter. A picture that lies elsewhere is left out: a page asks no other site for anything."""
    picture = pictures.chapters.get(chapter.image) if chapter.image else None
    return Mark(
        start=chapter.start,
        title=chapter.title,
        end=chapter.end,
        url=chapter.url,
        image=picture.key if picture else None,
        hidden=chapter.hidden,
        people=chapter.people,
        location=chapter.location,
    )


def _passages(transcript: Transcript, title: str) -> Iterator[TranscriptParagraph]:
    """Yield the paragraphs of a transcript, each with its cues; a heading that repeats the title is left out."""
    found = list(paragraphs(transcript))
    ends = [after.cue for _, after in pairwise(found)] + [len(transcript.cues)]
    begun, speaker = 0, None
    for paragraph, end in zip(found, ends, strict=True):
        headings = [h.title for h in transcript.headings if begun <= h.before <= paragraph.cue and h.title != title]
        begun = paragraph.cue + 1
        cues = transcript.cues[paragraph.cue : end]
        yield TranscriptParagraph(
            headings=tuple(headings),
            speaker=paragraph.speaker if paragraph.speaker != speaker else None,
            start=paragraph.start,
            lines=tuple(
                Line(cue.start, cue.text, gap(cue.text, after.text) if after else "")
                for cue, after in zip_longest(cues, cues[1:])
            ),
        )
        speaker = paragraph.speaker


def _cited(reference: Reference, *, et_al: int | None) -> Cited:
    return Cited(
        citation=format_reference(reference, et_al=et_al),
        title=reference.title,
        authors=reference.authors,
        titled=bool(reference.title and (reference.abstract or reference.citation)),
        links=reference_links(reference),
        abstract=tuple((part.heading, part.text) for part in reference.abstract),
    )


def _claims(episode: Episode, ended: int) -> tuple[Claim, ...]:
    passed = ended_credits(episode, ended)
    return tuple(Claim(credit=one, ended=one.expires in passed) for one in episode.credits)
