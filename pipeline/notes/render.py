"""Show notes as HTML and as plain text, within what apps show."""

from __future__ import annotations

import re
from collections.abc import Callable

from pipeline.notes import sections
from pipeline.notes.labels import labels
from pipeline.notes.markup import anchor, clean_html, live, markdown_blocks, paragraph, plain_text
from pipeline.notes.sections import Words
from pipeline.notes.types import Notes, NotesInput

#: Apple cuts at 4,000 characters, and wants descriptions of at most 4,000 bytes
#: (https://podcasters.apple.com/support/823-podcast-requirements).
LIMIT = 4_000
SUMMARY_LIMIT = 255

#: After the authored notes, in the order in which listeners read them.
_SECTIONS: dict[str, Callable[[NotesInput, Words], str]] = {
    "key_points": sections.key_points,
    "chapters": sections.chapters,
    "people": sections.people,
    "credits": sections.credits_,
    "disclosures": sections.disclosures,
    "objectives": sections.objectives,
    "references": sections.references,
    "abstracts": sections.abstracts,
    "links": sections.links,
    "contact": sections.contact,
    "contents": sections.contents,
    "standing": sections.standing,
    "transcript": sections.transcript,
}
#: What is left out first where there is too much. Notes are cut only when nothing else is left to leave out.
_DISPENSABLE = (
    "abstracts",
    "contents",
    "objectives",
    "links",
    "standing",
    "contact",
    "references",
    "people",
    "chapters",
    "disclosures",
    "credits",
    "key_points",
)


def build_notes(source: NotesInput) -> Notes:
    """The notes of an episode: at most LIMIT characters of HTML and LIMIT bytes of text, the same every time."""
    words = labels(source.episode.language)
    blocks = markdown_blocks(source.episode.notes)
    found = {name: clean_html(section(source, words)) for name, section in _SECTIONS.items()}
    kept = dict(found)
    for name in ("", *_DISPENSABLE):
        kept.pop(name, None)
        html = _joined(blocks, kept)
        if _fits(html):
            break
    else:
        html = _cut(blocks, source, words, rest=kept)
    return Notes(html=html, text=plain_text(html), summary=_summary(source, blocks))


def _joined(blocks: tuple[str, ...], kept: dict[str, str]) -> str:
    return "\n".join(part for part in (*blocks, *kept.values()) if part)


def _fits(html: str) -> bool:
    return len(html) <= LIMIT and len(plain_text(html).encode()) <= LIMIT


def _cut(blocks: tuple[str, ...], source: NotesInput, words: Words, *, rest: dict[str, str]) -> str:
    """As many whole blocks as fit before a link to the full text; of a too long first block, its first sentences."""
    more = paragraph(anchor(words["more"], source.transcript_url)) if source.transcript_url else ""
    tail = {"more": more} if more else rest
    for count in range(len(blocks), 0, -1):
        html = _joined(blocks[:count], tail)
        if _fits(html):
            return html
    text = plain_text(blocks[0]) if blocks else ""
    for share in (3_000, 2_000, 1_000, 500, 100):
        html = _joined((paragraph(live(_first_words(text, share))),), tail)
        if _fits(html):
            return clean_html(html)
    return ""


def _first_words(text: str, limit: int) -> str:
    """The beginning of a text up to the end of a sentence, or else of a word; with an ellipsis where it is cut."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    head = text[:limit]
    sentence = max((match.end() for match in re.finditer(r"[.!?…](?=\s)", head)), default=0)
    if sentence > limit // 3:
        return head[:sentence]
    return head[: head.rfind(" ") if " " in head else limit - 1].rstrip(" ,;:") + "…"


def _summary(source: NotesInput, blocks: tuple[str, ...]) -> str:
    """One line: the subtitle, else the first sentence of the notes, else of the key points."""
    candidates = (source.episode.subtitle, *map(plain_text, blocks[:1]), *source.key_points[:1])
    first = next((text for text in candidates if text), "")
    sentence = re.split(r"(?<=[.!?…])\s", " ".join(first.split()), maxsplit=1)[0]
    return _first_words(first if source.episode.subtitle else sentence, SUMMARY_LIMIT)
