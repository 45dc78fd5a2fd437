"""The sections of show notes, each as HTML; a section that an episode lacks is empty."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

from podwright.core.education import ended_credits
from podwright.core.model import (
    ALL_NOTES,
    Chapter,
    Contact,
    Credit,
    Episode,
    NotesPart,
    NotesSettings,
    Person,
    Reference,
)
from podwright.core.printing import print_set
from podwright.media.chapters import format_timestamp
from podwright.render.notes.for_apps import app_blocks
from podwright.render.notes.markup import anchor, bullets, live, mail_url, paragraph
from podwright.render.notes.references import format_reference, is_titled, reference_links
from podwright.render.words import Words, number_label, number_prefix

#: Apple makes chapters of timestamps from three on (https://podcasters.apple.com/support/5482-using-chapters-on-apple-podcasts).
FEWEST_CHAPTERS = 3

_MINUTE = timedelta(minutes=1)
#: The only block of a text that fits into a row of a list.
_PARAGRAPH = re.compile(r"<p>((?:(?!</p>).)*)</p>", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ContentsEntry:
    """A row of the table of contents of a series."""

    title: str
    number: int | None
    #: None where there is no page to link.
    url: str | None
    current: bool
    #: The number as it is shown.
    display: str | None = None

    def __repr__(self) -> str:
        return print_set(self, later=("display",))


@dataclass(frozen=True, slots=True, kw_only=True)
class NotesInput:
    """An episode with what stands around it."""

    episode: Episode
    key_points: tuple[str, ...]
    #: Nobody has approved the key points yet.
    drafted: bool
    chapters: tuple[Chapter, ...]
    season_title: str | None
    contents: tuple[ContentsEntry, ...]
    transcript_url: str | None
    #: The name of its tier for listeners; None where it has none but the tier's own.
    tier_name: str | None = None
    #: Its content is no longer current.
    expired: bool = False
    #: The number of days on which credits expired (`core.education.ended_credits`).
    ended: int = 0
    settings: NotesSettings = ALL_NOTES


def _section(heading: str, body: str) -> str:
    return paragraph(f"<strong>{escape(heading, quote=False)}</strong>") + body if body else ""


def _listed(rows: Iterable[str]) -> str:
    shown = tuple(row for row in rows if row.strip())
    return bullets(shown) if shown else ""


def _day(day: date, words: Words) -> str:
    """Return “2 March 2026”: not by Babel, whose forms change from version to version and would change notes."""
    return words["day"].format(day=day.day, month=words["months"].split()[day.month - 1], year=day.year)


def standing(source: NotesInput, words: Words) -> str:
    """Return series and number, section, tier, and how long the content is current, or since when it is not."""
    outline = source.episode.outline
    series = number_label(outline.number, outline.display, words) if source.season_title else ""
    facts = [
        ", ".join(filter(None, (source.season_title, series))),
        outline.section or "",
        (source.tier_name or outline.tier.capitalize()) if outline.section or source.tier_name else "",
    ]
    if outline.expires and not source.expired:
        facts.append(words["current_until"].format(day=_day(outline.expires, words)))
    line = " · ".join(escape(fact, quote=False) for fact in facts if fact)
    passed = (
        escape(words["expired"].format(day=_day(outline.expires, words)), quote=False)
        if outline.expires and source.expired
        else ""
    )
    return "".join(map(paragraph, filter(None, (line, passed))))


def prose(texts: Iterable[str]) -> str:
    """Return Markdown texts of a field: their blocks, one after the other."""
    return "".join(block for text in texts for block in app_blocks(text))


def listing(heading: str, rows: Iterable[str]) -> str:
    """Return a list of plain texts below a heading."""
    return _section(heading, _listed(map(live, rows)))


def key_points(source: NotesInput, words: Words) -> str:
    """Return the key points, called drafted where nobody approved them."""
    return listing(words["drafted" if source.drafted else "key_points"], source.key_points)


def chapters(source: NotesInput, words: Words) -> str:
    """Return a line for each chapter, where there are enough and the first begins with the audio."""
    listed = [chapter for chapter in source.chapters if not chapter.hidden]
    if len(listed) < FEWEST_CHAPTERS or format_timestamp(listed[0].start) != "00:00:00":
        return ""
    return _section(words["chapters"], paragraph("<br>".join(map(_chapter, listed))))


def _chapter(chapter: Chapter) -> str:
    line = f"{format_timestamp(chapter.start)} {anchor(chapter.title, chapter.url)}"
    return f"{line} ({escape(', '.join(chapter.people), quote=False)})" if chapter.people else line


def people(source: NotesInput, words: Words) -> str:
    """Return the speakers and authors, with credentials, role, position and institution."""
    roles: dict[str, list[Person]] = {}
    for person in source.episode.people:
        roles.setdefault(person.name, []).append(person)
    return _section(words["people"], _listed(map(_person, roles.values())))


def _person(parts: list[Person]) -> str:
    """Return somebody in all their parts, each of which may know more of them."""
    credentials = next((part.credentials for part in parts if part.credentials), None)
    name = f"{parts[0].name}, {credentials}" if credentials else parts[0].name
    url = next((part.url for part in parts if part.url), None)
    facts = [getattr(part, name) for name in ("role", "position", "affiliation") for part in parts]
    details = ", ".join(dict.fromkeys(fact for fact in facts if fact))
    return f"{anchor(name, url)} ({escape(details, quote=False)})"


def objectives(source: NotesInput, words: Words) -> str:
    """Return the learning objectives, numbered, below the sentence that leads to them."""
    rows = tuple(live(row) for row in source.episode.objectives if row.strip())
    lead = paragraph(live(source.episode.objectives_lead)) if rows and source.episode.objectives_lead else ""
    return _section(words["objectives"], lead + bullets(rows, tag="ol") if rows else "")


def references(source: NotesInput, words: Words) -> str:
    """Return the citations with their links."""
    et_al = source.settings.et_al
    return _section(words["references"], _listed(_reference(one, et_al) for one in source.episode.references))


def _reference(reference: Reference, et_al: int | None) -> str:
    links = " ".join(anchor(link.title, link.url) for link in reference_links(reference))
    title = f"<em>{escape(reference.title or '', quote=False)}</em>"
    titled = (title, live(", ".join(reference.authors))) if is_titled(reference) else ()
    lines = (*titled, f"{live(format_reference(reference, et_al=et_al))} {links}".strip())
    return "<br>".join(filter(None, lines))


def abstracts(source: NotesInput, words: Words) -> str:
    """Return the abstracts of what is cited, in their sections, each under title and authors of its work."""
    with_abstract = [reference for reference in source.episode.references if reference.abstract]
    return _section(words["abstract"], "".join(map(_abstract, with_abstract)))


def _abstract(reference: Reference) -> str:
    title = f"<em>{escape(reference.title or format_reference(reference), quote=False)}</em>"
    authors = escape(", ".join(reference.authors), quote=False)
    rows = (
        f"<strong>{escape(part.heading, quote=False)}:</strong> {live(part.text)}" if part.heading else live(part.text)
        for part in reference.abstract
    )
    return "".join(map(paragraph, filter(None, (title, authors, *rows))))


def credits_(source: NotesInput, words: Words) -> str:
    """Return the education credit: kind, amount, provider, from when to when, and when it was last reviewed."""
    passed = ended_credits(source.episode, source.ended)
    rows = (_credit(credit, words, ended=credit.expires in passed) for credit in source.episode.credits)
    return _section(words["credits"], _listed(rows))


def _credit(credit: Credit, words: Words, *, ended: bool) -> str:
    facts = [credit_text(credit), credit.provider or ""]
    if credit.released:
        facts.append(words["released"].format(day=_day(credit.released, words)))
    if credit.reviewed:
        facts.append(words["reviewed"].format(day=_day(credit.reviewed, words)))
    if credit.expires:
        facts.append(words["ended" if ended else "expires"].format(day=_day(credit.expires, words)))
    return anchor(", ".join(fact for fact in facts if fact), credit.url)


def credit_text(credit: Credit) -> str:
    """Return kind and amount of a credit: “0.25 AMA PRA Category 1”."""
    return credit.kind if credit.amount is None else f"{credit.amount:f} {credit.kind}"


def participation(source: NotesInput, words: Words) -> str:
    """Return how a learner takes part, and how long that takes."""
    episode = source.episode
    lines = [prose((episode.participation,))] if episode.participation else []
    if episode.time_to_complete:
        time = words["minutes"].format(minutes=episode.time_to_complete // _MINUTE)
        lines.append(paragraph(words["time_to_complete"].format(time=time)))
    return _section(words["participation"], "".join(lines))


def commercial_support(source: NotesInput, words: Words) -> str:
    """Return who paid for it, or that nobody did."""
    support = source.episode.commercial_support
    return _section(words["commercial_support"], prose((support,))) if support else ""


def disclosures(source: NotesInput, words: Words) -> str:
    """Return the financial disclosures: a list where each is a sentence or so, else one after the other."""
    texts = source.episode.disclosures
    rows = [_PARAGRAPH.fullmatch(prose((text,))) for text in texts if text.strip()]
    if len(rows) > 1 and all(rows):
        return _section(words["disclosures"], _listed(row[1] for row in rows if row))
    return _section(words["disclosures"], prose(texts))


def contact(source: NotesInput, words: Words) -> str:
    """Return whom to write to."""
    contact = source.episode.contact
    if contact is None:
        return ""
    line = _contact(contact)
    return _section(
        words["contact"], (prose((contact.text,)) if contact.text else "") + (paragraph(line) if line else "")
    )


def _contact(contact: Contact) -> str:
    name = anchor(contact.name or contact.url or "", contact.url) if contact.name or contact.url else ""
    mail = anchor(contact.email, mail_url(contact.email)) if contact.email else ""
    return ", ".join(part for part in (name, mail) if part)


def contents(source: NotesInput, words: Words) -> str:
    """Return the table of contents of the series; this episode is marked."""
    heading = words["series"].format(title=source.season_title) if source.season_title else words["contents"]
    return _section(heading, _listed(_entry(entry, words) for entry in source.contents))


def _entry(entry: ContentsEntry, words: Words) -> str:
    title = number_prefix(entry.number, entry.display) + entry.title
    if entry.current:
        return f"<strong>{escape(title, quote=False)}</strong> ({words['this_episode']})"
    return anchor(title, entry.url)


def links(source: NotesInput, words: Words) -> str:
    """Return further links."""
    return _section(words["links"], _listed(anchor(link.title, link.url) for link in source.episode.links))


def transcript(source: NotesInput, words: Words) -> str:
    """Return the link to the full text."""
    return paragraph(anchor(words["transcript"], source.transcript_url)) if source.transcript_url else ""


#: After the authored notes, in the order in which listeners read them.
SECTIONS: dict[NotesPart, Callable[[NotesInput, Words], str]] = {
    "standing": standing,
    "people": people,
    "key_points": key_points,
    "chapters": chapters,
    "transcript": transcript,
    "abstracts": abstracts,
    "references": references,
    "contents": contents,
    "objectives": objectives,
    "credits": credits_,
    "participation": participation,
    "disclosures": disclosures,
    "commercial_support": commercial_support,
    "contact": contact,
    "links": links,
}
