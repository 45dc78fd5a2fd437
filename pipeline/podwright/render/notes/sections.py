"""The sections of show notes, each as HTML; a section that an episode lacks is empty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from html import escape
from urllib.parse import quote

from podwright.core.model import Chapter, Contact, Credit, Person, Reference
from podwright.media.chapters import format_timestamp
from podwright.render.notes.labels import format_day
from podwright.render.notes.markup import anchor, bullets, live, paragraph
from podwright.render.notes.references import format_reference, reference_links
from podwright.render.notes.types import ContentsEntry, NotesInput

#: Apple makes chapters of timestamps from three on (https://podcasters.apple.com/support/5482-using-chapters-on-apple-podcasts).
FEWEST_CHAPTERS = 3

#: What an address keeps in a mailto link (https://www.rfc-editor.org/rfc/rfc6068#section-2).
_MAILTO = "@!$*+-._~'"

_MINUTE = timedelta(minutes=1)

Words = Mapping[str, str]


def _section(heading: str, body: str) -> str:
    return paragraph(f"<strong>{escape(heading, quote=False)}</strong>") + body if body else ""


def _listed(rows: Iterable[str]) -> str:
    said = tuple(row for row in rows if row.strip())
    return bullets(said) if said else ""


def standing(source: NotesInput, words: Words) -> str:
    """Section, tier, and how long the content is current."""
    outline = source.episode.outline
    facts = [outline.section or "", outline.tier.capitalize() if outline.section else ""]
    if outline.expires:
        facts.append(words["current_until"].format(day=format_day(outline.expires, words)))
    said = " · ".join(escape(fact, quote=False) for fact in facts if fact)
    return paragraph(said) if said else ""


def listing(heading: str, rows: Iterable[str]) -> str:
    """A list of plain texts below a heading."""
    return _section(heading, _listed(map(live, rows)))


def key_points(source: NotesInput, words: Words) -> str:
    """Key points, said to be drafted where nobody approved them."""
    return listing(words["drafted" if source.drafted else "key_points"], source.key_points)


def chapters(source: NotesInput, words: Words) -> str:
    """A line for each chapter, its time first, where there are enough and the first begins with the audio."""
    listed = [chapter for chapter in source.chapters if not chapter.hidden]
    if len(listed) < FEWEST_CHAPTERS or format_timestamp(listed[0].start) != "00:00:00":
        return ""
    return _section(words["chapters"], paragraph("<br>".join(map(_chapter, listed))))


def _chapter(one: Chapter) -> str:
    line = f"{format_timestamp(one.start)} {anchor(one.title, one.url)}"
    return f"{line} ({escape(', '.join(one.people), quote=False)})" if one.people else line


def people(source: NotesInput, words: Words) -> str:
    """Who speaks and who wrote, with credentials, role and institution."""
    roles: dict[str, list[Person]] = {}
    for one in source.episode.people:
        roles.setdefault(one.name, []).append(one)
    return _section(words["people"], _listed(map(_person, roles.values())))


def _person(parts: list[Person]) -> str:
    """Somebody in all their parts, each of which may know more of them."""
    credentials = next((part.credentials for part in parts if part.credentials), None)
    name = f"{parts[0].name}, {credentials}" if credentials else parts[0].name
    url = next((part.url for part in parts if part.url), None)
    facts = (*(part.role for part in parts), *(part.affiliation for part in parts))
    said = ", ".join(dict.fromkeys(fact for fact in facts if fact))
    return f"{anchor(name, url)} ({escape(said, quote=False)})"


def objectives(source: NotesInput, words: Words) -> str:
    """Learning objectives."""
    return listing(words["objectives"], source.episode.objectives)


def references(source: NotesInput, words: Words) -> str:
    """Citations with their links."""
    return _section(words["references"], _listed(map(_reference, source.episode.references)))


def _reference(reference: Reference) -> str:
    links = " ".join(anchor(link.title, link.url) for link in reference_links(reference))
    return f"{live(format_reference(reference))} {links}".strip()


def abstracts(source: NotesInput, words: Words) -> str:
    """The abstracts of what is cited, in their sections, each under what it is of."""
    found = [one for one in source.episode.references if one.abstract]
    return _section(words["abstract"], "".join(map(_abstract, found)))


def _abstract(reference: Reference) -> str:
    title = f"<em>{escape(reference.title or format_reference(reference), quote=False)}</em>"
    rows = (
        f"<strong>{escape(part.heading, quote=False)}:</strong> {live(part.text)}" if part.heading else live(part.text)
        for part in reference.abstract
    )
    return "".join(map(paragraph, (title, *rows)))


def credits_(source: NotesInput, words: Words) -> str:
    """Education credit: what, how much, by whom, from when to when, and when it was last reviewed."""
    return _section(words["credits"], _listed(_credit(one, words) for one in source.episode.credits))


def _credit(credit: Credit, words: Words) -> str:
    facts = [f"{credit.amount:f} {credit.kind}", credit.provider or ""]
    if credit.released:
        facts.append(words["released"].format(day=format_day(credit.released, words)))
    if credit.reviewed:
        facts.append(words["reviewed"].format(day=format_day(credit.reviewed, words)))
    if credit.expires:
        facts.append(words["expires"].format(day=format_day(credit.expires, words)))
    return anchor(", ".join(fact for fact in facts if fact), credit.url)


def participation(source: NotesInput, words: Words) -> str:
    """How a learner takes part, and how long that takes."""
    episode = source.episode
    said = [paragraph(live(episode.participation))] if episode.participation else []
    if episode.time_to_complete:
        said.append(paragraph(words["time_to_complete"].format(minutes=episode.time_to_complete // _MINUTE)))
    return _section(words["participation"], "".join(said))


def commercial_support(source: NotesInput, words: Words) -> str:
    """Who paid for it, or that nobody did."""
    said = source.episode.commercial_support
    return _section(words["commercial_support"], paragraph(live(said))) if said else ""


def disclosures(source: NotesInput, words: Words) -> str:
    """Financial disclosures."""
    return listing(words["disclosures"], source.episode.disclosures)


def contact(source: NotesInput, words: Words) -> str:
    """Whom to write to."""
    found = source.episode.contact
    return _section(words["contact"], paragraph(_contact(found))) if found else ""


def _contact(found: Contact) -> str:
    name = anchor(found.name or found.url or "", found.url) if found.name or found.url else ""
    mail = anchor(found.email, f"mailto:{quote(found.email, safe=_MAILTO)}") if found.email else ""
    return ", ".join(part for part in (name, mail) if part)


def contents(source: NotesInput, words: Words) -> str:
    """The table of contents of the series; this episode is marked."""
    heading = words["series"].format(title=source.season_title) if source.season_title else words["contents"]
    return _section(heading, _listed(_entry(one, words) for one in source.contents))


def _entry(entry: ContentsEntry, words: Words) -> str:
    title = f"{entry.number}. {entry.title}" if entry.number else entry.title
    if entry.current:
        return f"<strong>{escape(title, quote=False)}</strong> ({words['current']})"
    return anchor(title, entry.url)


def links(source: NotesInput, words: Words) -> str:
    """Further links."""
    return _section(words["links"], _listed(anchor(link.title, link.url) for link in source.episode.links))


def transcript(source: NotesInput, words: Words) -> str:
    """Where the full text is."""
    return paragraph(anchor(words["transcript"], source.transcript_url)) if source.transcript_url else ""
