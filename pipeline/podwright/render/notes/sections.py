"""The sections of show notes, each as HTML; a section that an episode lacks is empty."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from urllib.parse import quote

from podwright.core.model import Chapter, Contact, Credit, Episode, Person, Reference
from podwright.media.chapters import format_timestamp
from podwright.render.notes.markup import anchor, bullets, live, paragraph
from podwright.render.notes.references import format_reference, reference_links
from podwright.render.words import Words

#: Apple makes chapters of timestamps from three on (https://podcasters.apple.com/support/5482-using-chapters-on-apple-podcasts).
FEWEST_CHAPTERS = 3

#: What an address keeps in a mailto link (https://www.rfc-editor.org/rfc/rfc6068#section-2).
_MAILTO = "@!$*+-._~'"

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentsEntry:
    """A row of the table of contents of a series."""

    title: str
    number: int | None
    #: None where there is no page to link.
    url: str | None
    current: bool


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


def _section(heading: str, body: str) -> str:
    return paragraph(f"<strong>{escape(heading, quote=False)}</strong>") + body if body else ""


def _listed(rows: Iterable[str]) -> str:
    shown = tuple(row for row in rows if row.strip())
    return bullets(shown) if shown else ""


def _day(day: date, words: Words) -> str:
    """Return “2 March 2026”: not by Babel, whose forms change from version to version and would change notes."""
    return words["day"].format(day=day.day, month=words["months"].split()[day.month - 1], year=day.year)


def standing(source: NotesInput, words: Words) -> str:
    """Return section, tier, and how long the content is current."""
    outline = source.episode.outline
    facts = [outline.section or "", outline.tier.capitalize() if outline.section else ""]
    if outline.expires:
        facts.append(words["current_until"].format(day=_day(outline.expires, words)))
    line = " · ".join(escape(fact, quote=False) for fact in facts if fact)
    return paragraph(line) if line else ""


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
    """Return the speakers and authors, with credentials, role and institution."""
    roles: dict[str, list[Person]] = {}
    for person in source.episode.people:
        roles.setdefault(person.name, []).append(person)
    return _section(words["people"], _listed(map(_person, roles.values())))


def _person(parts: list[Person]) -> str:
    """Return somebody in all their parts, each of which may know more of them."""
    credentials = next((part.credentials for part in parts if part.credentials), None)
    name = f"{parts[0].name}, {credentials}" if credentials else parts[0].name
    url = next((part.url for part in parts if part.url), None)
    facts = (*(part.role for part in parts), *(part.affiliation for part in parts))
    details = ", ".join(dict.fromkeys(fact for fact in facts if fact))
    return f"{anchor(name, url)} ({escape(details, quote=False)})"


def objectives(source: NotesInput, words: Words) -> str:
    """Return the learning objectives."""
    return listing(words["objectives"], source.episode.objectives)


def references(source: NotesInput, words: Words) -> str:
    """Return the citations with their links."""
    return _section(words["references"], _listed(map(_reference, source.episode.references)))


def _reference(reference: Reference) -> str:
    links = " ".join(anchor(link.title, link.url) for link in reference_links(reference))
    return f"{live(format_reference(reference))} {links}".strip()


def abstracts(source: NotesInput, words: Words) -> str:
    """Return the abstracts of what is cited, in their sections, each under the title of its work."""
    with_abstract = [reference for reference in source.episode.references if reference.abstract]
    return _section(words["abstract"], "".join(map(_abstract, with_abstract)))


def _abstract(reference: Reference) -> str:
    title = f"<em>{escape(reference.title or format_reference(reference), quote=False)}</em>"
    rows = (
        f"<strong>{escape(part.heading, quote=False)}:</strong> {live(part.text)}" if part.heading else live(part.text)
        for part in reference.abstract
    )
    return "".join(map(paragraph, (title, *rows)))


def credits_(source: NotesInput, words: Words) -> str:
    """Return the education credit: kind, amount, provider, from when to when, and when it was last reviewed."""
    return _section(words["credits"], _listed(_credit(credit, words) for credit in source.episode.credits))


def _credit(credit: Credit, words: Words) -> str:
    facts = [f"{credit.amount:f} {credit.kind}", credit.provider or ""]
    if credit.released:
        facts.append(words["released"].format(day=_day(credit.released, words)))
    if credit.reviewed:
        facts.append(words["reviewed"].format(day=_day(credit.reviewed, words)))
    if credit.expires:
        facts.append(words["expires"].format(day=_day(credit.expires, words)))
    return anchor(", ".join(fact for fact in facts if fact), credit.url)


def participation(source: NotesInput, words: Words) -> str:
    """Return how a learner takes part, and how long that takes."""
    episode = source.episode
    lines = [paragraph(live(episode.participation))] if episode.participation else []
    if episode.time_to_complete:
        time = words["minutes"].format(minutes=episode.time_to_complete // _MINUTE)
        lines.append(paragraph(words["time_to_complete"].format(time=time)))
    return _section(words["participation"], "".join(lines))


def commercial_support(source: NotesInput, words: Words) -> str:
    """Return who paid for it, or that nobody did."""
    support = source.episode.commercial_support
    return _section(words["commercial_support"], paragraph(live(support))) if support else ""


def disclosures(source: NotesInput, words: Words) -> str:
    """Return the financial disclosures."""
    return listing(words["disclosures"], source.episode.disclosures)


def contact(source: NotesInput, words: Words) -> str:
    """Return whom to write to."""
    contact = source.episode.contact
    return _section(words["contact"], paragraph(_contact(contact))) if contact else ""


def _contact(contact: Contact) -> str:
    name = anchor(contact.name or contact.url or "", contact.url) if contact.name or contact.url else ""
    mail = anchor(contact.email, f"mailto:{quote(contact.email, safe=_MAILTO)}") if contact.email else ""
    return ", ".join(part for part in (name, mail) if part)


def contents(source: NotesInput, words: Words) -> str:
    """Return the table of contents of the series; this episode is marked."""
    heading = words["series"].format(title=source.season_title) if source.season_title else words["contents"]
    return _section(heading, _listed(_entry(entry, words) for entry in source.contents))


def _entry(entry: ContentsEntry, words: Words) -> str:
    title = f"{entry.number}. {entry.title}" if entry.number else entry.title
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
SECTIONS: dict[str, Callable[[NotesInput, Words], str]] = {
    "key_points": key_points,
    "chapters": chapters,
    "people": people,
    "credits": credits_,
    "participation": participation,
    "disclosures": disclosures,
    "commercial_support": commercial_support,
    "objectives": objectives,
    "references": references,
    "abstracts": abstracts,
    "links": links,
    "contact": contact,
    "contents": contents,
    "standing": standing,
    "transcript": transcript,
}
#: What is left out first where there is too much. Notes are cut only when nothing else is left to leave out.
DISPENSABLE = (
    "abstracts",
    "contents",
    "objectives",
    "links",
    "standing",
    "contact",
    "references",
    "people",
    "chapters",
    "participation",
    "commercial_support",
    "disclosures",
    "credits",
    "key_points",
)
