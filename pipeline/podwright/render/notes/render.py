"""Show notes as HTML and as plain text, within what apps show."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from podwright.core.model import NotesPart
from podwright.core.tags import Link
from podwright.render.notes import sections
from podwright.render.notes.cutting import cut_html, split_sentences
from podwright.render.notes.for_apps import app_blocks
from podwright.render.notes.markup import anchor, bare_text, clean_html, live, paragraph, plain_text
from podwright.render.notes.sections import NotesInput
from podwright.render.plain import shown_by_all
from podwright.render.words import note_words

#: Apple cuts at 4,000 characters, and wants descriptions of at most 4,000 bytes
#: (https://podcasters.apple.com/support/823-podcast-requirements).
LIMIT = 4_000
SUMMARY_LIMIT = 255

_BOLD_LINE = re.compile(r"<p><strong>[^<]*</strong></p>")


class LeftOut(NamedTuple):
    """A part of notes for which there is no room."""

    #: None: the end of what was written below the front matter.
    part: NotesPart | None
    #: In characters of HTML, or in bytes of text, as it would be alone.
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """Show notes."""

    #: For content:encoded.
    html: str
    #: For description.
    text: str
    #: One line.
    summary: str
    #: HTML and text without the table of contents: what they say of the episode itself.
    own: str = ""
    #: What HTML, and text, have no room for.
    left_out: tuple[LeftOut, ...] = ()
    text_left_out: tuple[LeftOut, ...] = ()


def build_notes(source: NotesInput) -> Notes:
    """Return the notes of an episode: at most LIMIT characters of HTML and LIMIT bytes of text, the same every time.

    Each of the two leaves out what it must: text in a script of three bytes a letter is full long before the HTML is.
    """
    words = note_words(source.episode.language)
    subtitle = source.episode.subtitle
    blocks = app_blocks(source.episode.notes) or ((clean_html(paragraph(live(subtitle))),) if subtitle else ())
    parts, order = source.settings.parts, source.settings.importance
    added: dict[NotesPart, str] = {
        name: clean_html(section(source, words)) for name, section in sections.SECTIONS.items() if name in parts
    }
    more = ""
    if source.transcript_url and "transcript" in parts:
        more = clean_html(paragraph(anchor(words["more"], source.transcript_url)))
    html, text = (_fitted(blocks, added, order=order, more=more, fit=fit) for fit in (_as_html, _as_text))
    own = html[0] + text[0]
    if added.get("contents"):
        rest: dict[NotesPart, str] = {name: part for name, part in added.items() if name != "contents"}
        own = "".join(_fitted(blocks, rest, order=order, more=more, fit=fit)[0] for fit in (_as_html, _as_text))

    def alone(part: NotesPart | None) -> str:
        return added[part] if part else _joined(blocks)

    return Notes(
        html=html[0],
        text=text[0],
        summary=_summary(source, blocks),
        own=own,
        left_out=tuple(LeftOut(part, len(alone(part))) for part in html[1]),
        text_left_out=tuple(LeftOut(part, len(plain_text(alone(part)).encode())) for part in text[1]),
    )


def build_teaser_notes(points: tuple[str, ...], link: Link, *, language: str) -> Notes:
    """Return notes for those who may not hear an episode: as many of its points as fit, and the way to hear it."""
    way = clean_html(paragraph(anchor(link.title, link.url)))
    for count in range(len(points), -1, -1):
        html = _joined((clean_html(sections.listing(note_words(language)["key_points"], points[:count])), way))
        text = _as_text(html)
        if text is not None and _as_html(html):
            return Notes(html=html, text=text, summary="")
    raise AssertionError("a label has one line, and an address is no longer than that")


def _as_html(html: str) -> str | None:
    return html if len(html) <= LIMIT else None


def _as_text(html: str) -> str | None:
    text = shown_by_all(plain_text(html))
    return text if len(text.encode()) <= LIMIT else None


def _fitted(
    blocks: tuple[str, ...],
    added: Mapping[NotesPart, str],
    *,
    order: tuple[NotesPart, ...],
    more: str,
    fit: Callable[[str], str | None],
) -> tuple[str, tuple[NotesPart | None, ...]]:
    """Return as much as can be shown, and what is left out: the written notes first, then parts by their importance.

    The way to the full text always stays. fit gives None for what is too long.
    """
    present = [name for name, part in added.items() if part]

    def whole(names: Collection[NotesPart]) -> str | None:
        return fit(_joined((*blocks, *(added[name] for name in present if name in names))))

    if (text := whole(present)) is not None:
        return text, ()
    kept: set[NotesPart] = {name for name in present if name == "transcript"}
    if whole(kept) is None:
        authored = _joined(blocks)
        text = _beginning(authored, more, fit=fit) or _beginning(authored, "", fit=fit) or fit(more) or ""
        return text, (None, *(name for name in present if name != "transcript"))
    for name in order:
        if name in present and whole({*kept, name}) is not None:
            kept.add(name)
    return whole(kept) or "", tuple(name for name in present if name not in kept)


def _beginning(authored: str, tail: str, *, fit: Callable[[str], str | None]) -> str:
    """Return as much of the authored notes as can be shown before the tail; "" where not even a word can."""
    head = cut_html(authored, lambda html: fit(_joined((html, tail))) is not None)
    return fit(_joined((head, tail))) or "" if head else ""


def _joined(parts: Iterable[str]) -> str:
    return "\n".join(part for part in parts if part)


def _summary(source: NotesInput, blocks: tuple[str, ...]) -> str:
    """Return one line: the subtitle, else the first sentence of the notes, else of the key points."""
    if source.episode.subtitle:
        return _shortened(source.episode.subtitle)
    written = (bare_text(block) for block in blocks if not _BOLD_LINE.fullmatch(block))
    sentences = split_sentences(next(chain(written, source.key_points), ""))
    return _shortened(sentences[0]) if sentences else ""


def _shortened(text: str) -> str:
    """Return a text on one line of at most SUMMARY_LIMIT characters, with an ellipsis where it is cut behind a word."""
    line = " ".join(text.split())
    if len(line) <= SUMMARY_LIMIT:
        return line
    head = line[: SUMMARY_LIMIT - 1]
    whole = head if line[SUMMARY_LIMIT - 1] == " " else head[: head.rfind(" ")] if " " in head else head
    return f"{whole.rstrip(' ,;:')}…"
