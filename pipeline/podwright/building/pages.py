"""An episode's web pages as objects: the page itself, the player for other sites, and what describes it to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from podwright.building.frame import HTML_TYPE, Frame, page_artifact, picture_of
from podwright.building.images import Artwork
from podwright.core.artifact import Artifact, Side
from podwright.core.model import Chapter, Episode, Person, Reference, Season, Transcript
from podwright.core.names import page_key
from podwright.media.transcripts import paragraphs
from podwright.render.notes import NotesInput, format_reference, page_html, reference_links
from podwright.render.site import (
    Audio,
    Cited,
    Claim,
    EpisodePage,
    Line,
    Mark,
    Row,
    TextFile,
    Tombstone,
    TranscriptParagraph,
    oembed_json,
    render_embed,
    render_episode,
    render_tombstone,
)
from podwright.stores.ledger.manifest import AudioRecord

OEMBED_TYPE = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an episode's page stands among the others. section and series: keys of the pages to link, or None.

    expired: whether the episode is no longer current; ended: how many of its education credits' ends have passed;
    unlisted: whether no list leads to it any more.
    """

    frame: Frame
    section: str | None
    series: str | None
    contents: tuple[Row, ...]
    previous: Row | None
    next: Row | None
    expired: bool
    ended: int
    unlisted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageInput:
    """An episode with the objects that its page names. marked: its chapters; transcripts: their objects."""

    episode: Episode
    stem: str
    season: Season | None
    notes: NotesInput
    summary: str
    enclosure: Artifact
    audio: AudioRecord
    marked: tuple[Chapter, ...]
    chapter_pictures: Mapping[Path, Artifact]
    transcripts: tuple[Artifact, ...]
    artwork: Artwork | None
    side: Side


def build_pages(source: PageInput, standing: Standing) -> tuple[Artifact, ...]:
    """The pages of one due episode. Raises WorkspaceError where a template of the producer's is at fault."""
    page, frame, side = _page(source, standing), standing.frame, source.side
    rendered = [
        page_artifact(page.key, render_episode(page, frame.site, theme=frame.theme), media_type=HTML_TYPE, side=side),
        page_artifact(page.embed, render_embed(page, frame.site, theme=frame.theme), media_type=HTML_TYPE, side=side),
    ]
    if page.oembed:
        rendered.append(page_artifact(page.oembed, oembed_json(page, frame.site), media_type=OEMBED_TYPE, side=side))
    return tuple(rendered)


def build_tombstone(episode: Episode, standing: Standing, *, stem: str, side: Side) -> Artifact:
    """The page that stands where a withdrawn episode was: it gives away no more than the title.

    Raises WorkspaceError where a template of the producer's is at fault.
    """
    outline, frame = episode.outline, standing.frame
    assert outline.withdraw is not None  # noqa: S101 - it has passed
    page = Tombstone(
        key=page_key(stem),
        title=outline.title,
        number=outline.number,
        language=episode.language,
        published=outline.published,
        withdrawn=outline.withdraw,
        reason=episode.withdraw_reason,
        contact=episode.contact,
        series=standing.series,
        previous=standing.previous,
        next=standing.next,
    )
    return page_artifact(
        page.key, render_tombstone(page, frame.site, theme=frame.theme), media_type=HTML_TYPE, side=side
    )


def _page(source: PageInput, standing: Standing) -> EpisodePage:
    episode, key = source.episode, page_key(source.stem)
    folder = key.rpartition("/")[0]
    passages = tuple(_passages(episode.transcript, episode.outline.title)) if episode.transcript else ()
    return EpisodePage(
        key=key,
        embed=f"{folder}/embed.html",
        oembed=f"{folder}/oembed.json" if source.side == "public" else None,
        episode=episode,
        season=source.season,
        section=standing.section,
        series=standing.series,
        private=source.side == "private",
        expired=standing.expired,
        unlisted=standing.unlisted,
        summary=source.summary,
        notes=page_html(episode.notes),
        audio=Audio(
            key=source.enclosure.key,
            size=source.enclosure.size,
            media_type=source.enclosure.media_type,
            duration=source.audio.duration,
            filename=source.enclosure.filename,
        ),
        key_points=source.notes.key_points,
        drafted=source.notes.drafted,
        people=_people(episode),
        marks=tuple(_mark(one, source) for one in source.marked),
        passages=passages,
        files=tuple(TextFile(key=one.key, kind=one.key.rpartition(".")[2]) for one in source.transcripts),
        references=tuple(map(_cited, episode.references)),
        credits=_claims(episode, standing),
        contents=standing.contents,
        previous=standing.previous,
        next=standing.next,
        picture=picture_of(source.artwork, alt=episode.image_alt) if source.artwork else None,
        timed=bool(episode.transcript and episode.transcript.timed),
    )


def _people(episode: Episode) -> tuple[tuple[Person, ...], ...]:
    parts: dict[str, list[Person]] = {}
    for person in episode.people:
        parts.setdefault(person.name, []).append(person)
    return tuple(map(tuple, parts.values()))


def _mark(chapter: Chapter, source: PageInput) -> Mark:
    """A chapter. A picture that lies elsewhere is left out: a page asks no other site for anything."""
    picture = source.chapter_pictures.get(chapter.image) if chapter.image else None
    return Mark(
        start=chapter.start,
        title=chapter.title,
        end=chapter.end,
        url=chapter.url,
        image=picture.key if picture else None,
        hidden=chapter.hidden,
        people=chapter.people,
    )


def _passages(transcript: Transcript, title: str) -> Iterator[TranscriptParagraph]:
    """The paragraphs of a transcript, each with its cues; a heading that repeats the title is left out."""
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
            lines=tuple(Line(cue.start, cue.text) for cue in cues),
        )
        speaker = paragraph.speaker


def _cited(reference: Reference) -> Cited:
    return Cited(
        citation=format_reference(reference),
        title=reference.title,
        links=reference_links(reference),
        abstract=tuple((part.heading, part.text) for part in reference.abstract),
    )


def _claims(episode: Episode, standing: Standing) -> tuple[Claim, ...]:
    passed = sorted({one.expires for one in episode.credits if one.expires})[: standing.ended]
    return tuple(Claim(credit=one, ended=one.expires in passed) for one in episode.credits)
