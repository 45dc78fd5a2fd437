"""The page of one episode, as HTML or as text copied out of a browser: its headings become the fields of an episode.

Headings are those of medical series and those that podwright's own pages have, in every language of its words. What no
heading names stays in the notes, and the headings that nobody knows are listed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from dateutil.parser import ParserError, parse

from podwright.core.errors import FormatError
from podwright.render.words import LANGUAGES, page_words
from podwright.workspace.importing.blocks import Block, ParseError, blocks_of_html, blocks_of_text, title_of_html
from podwright.workspace.importing.types import FoundEpisode, FoundShow, Reader, Remote

_MARKUP = re.compile(rb"<!doctype html|<html[\s>]|<body[\s>]|<main[\s>]|<article[\s>]|<h1[\s>]", re.IGNORECASE)
#: By the part of an episode, what pages call it; in lower case, a pattern of the whole heading.
_CALLED: Mapping[str, str] = {
    "key_points": r"(?:key|main|take[- ]?(?:away|home)) ?(?:points|takeaways|messages)|take[- ]?aways?|highlights",
    "transcript": r"(?:read the )?full[- ]?text(?: version)?|(?:full )?transcript|text version",
    "abstract": r"(?:article )?abstract(?: of the (?:paper|article|study))?",
    "references": r"references?|citations?|sources?|article(?: discussed)?|paper discussed",
    "contents": r"table of contents|in this (?:series|issue|section)|(?:series )?contents|more in this series",
    "objectives": r"(?:learning |educational )?objectives?|(?:learning )?goals",
    "released": r"(?:original )?release(?:d)?(?: date)?|date of (?:original )?release",
    "credit_expires": r"(?:credit )?(?:expiration|termination|end) date|credit expires|expiration of credit",
    "expires": r"expires?(?:d)?(?: on| date)?|current until|valid (?:until|through)",
    "published": r"published(?: on| online)?|publication date|posted(?: on)?|date",
    "credits": r"(?:education(?:al)? |cme |ce )?(?:accreditation|credits?)(?: designation| statement| information)*",
    "disclosures": r"(?:financial |faculty |author )?disclosures?(?: statements?)?|conflicts? of interest",
    "contact": r"contact(?: us| information)?|questions\??|for more information",
    "authors": r"authors?|written by|by|faculty|presented by|speakers?|contributors?",
    "section": r"section|specialty|topic|category",
    "access": r"access(?: tier| level)?|tier|membership",
    "participation": r"how to (?:participate|take part|claim(?: your)? credit)|(?:method of )?participation",
    "commercial_support": r"(?:acknowledg(?:e)?ment of )?commercial support|supported by|support",
    "downloads": r"downloads?|download (?:mp3|audio|episode)|listen|audio",
    "number": r"episode(?: number)?|number",
}
#: podwright's own words for the same.
_WORDS: Mapping[str, str] = {
    "key_points": "key_points",
    "transcript": "transcript",
    "abstract": "abstract",
    "references": "references",
    "contents": "contents",
    "objectives": "objectives",
    "credits": "credits",
    "disclosures": "disclosures",
    "contact": "contact",
    "participation": "participation",
    "commercial_support": "commercial_support",
    "published": "published",
}
#: So many parts of an episode make a page one of an episode.
_LEAST = 2
#: Headings whose text is what the episode is about.
_ABOUT = re.compile(r"about(?: this episode)?|description|summary|introduction|overview|show notes", re.IGNORECASE)
#: What may be said in one line with its name: `Published: February 2, 2026`.
_SAID_IN_LINE = frozenset(_CALLED) - {"downloads", "transcript", "contents", "abstract"}
_LABEL = re.compile(r"^([^:.]{2,40}):\s+(\S.*)$")
_TIERS = re.compile(r"(?:^|[|·•/(–-]\s*)(free|silver|gold)\b", re.IGNORECASE)
#: A number before a title: `Episode 7: …`, `#7`, and `Quick Take 7: …` after the name of a series.
_NUMBERED = re.compile(
    r"(?:[\w’' ]{0,30}?\b)?(?:episode|ep\.?|no\.?|number|#)\s*#?(\d{1,4})\b\s*[:.–—-]?\s*"
    r"|[A-Z][\w’' ]{2,30} (\d{1,4})\s*[:–—]\s+(?=\S)",
    re.IGNORECASE,
)
_CREDENTIAL = re.compile(
    r"[A-Z]{2,5}(?:-[A-Z]{1,3})?|(?:Ph|Pharm|Psy|Ed)\.?D\.?|D\.?Phil|Dr\. ?\w+\.?|M\.?D\.?|[MB]\.?Sc\.?|MBBS"
    r"|F[A-Z]{2,6}|[A-Z][a-z]?(?:\.[A-Z][a-z]{0,3})+\.?"
)
_AUDIO = re.compile(r"\.(?:mp3|m4a)(?:[?#]|$)", re.IGNORECASE)
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]+[^\s\"<>.,;)]")
_PMID = re.compile(r"\bPMID:?\s*(\d{1,9})\b")
_NUMERIC_DATE = re.compile(r"^\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}$")
_SECTION_HEAD = re.compile(
    r"(background|importance|objectives?|aims?|design|setting|methods?|participants|results?|findings|discussion"
    r"|conclusions?(?: and relevance)?|interpretation|funding)\s*[:.]\s+",
    re.IGNORECASE,
)


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    found = {}
    for part, pattern in _CALLED.items():
        own = [re.escape(page_words(language)[_WORDS[part]].lower()) for language in LANGUAGES if part in _WORDS]
        found[part] = re.compile("|".join([pattern, *own]), re.IGNORECASE)
    return found


def part_called(heading: str) -> str | None:
    """Return the part of an episode that a heading is of; None for one that nobody knows."""
    name = heading.strip().rstrip(":").strip().lower()
    return next((part for part, pattern in _patterns().items() if pattern.fullmatch(name)), None)


def check(path: Path) -> None:
    """Raise FormatError for a page that says nothing of an episode: that of a show, of a login, of an error."""
    _, parts, _, _ = _sorted_out(_blocks(path.read_bytes()))
    if len(parts) < _LEAST:
        raise FormatError(
            "is a page without the headings of an episode, such as Key Points; name the address of the feed itself"
        )


def _is_html(data: bytes) -> bool:
    return _MARKUP.search(data[:4096]) is not None


def _blocks(data: bytes) -> list[Block]:
    if _is_html(data):
        try:
            return list(blocks_of_html(data))
        except (ParseError, ValueError) as error:
            raise FormatError(f"is no page that can be read ({error}); save it again") from error
    return list(blocks_of_text(data.decode("utf-8-sig", errors="replace")))


def read(path: Path) -> Iterator[FoundEpisode | FoundShow]:
    """Yield the episode of a page, and its site as the show."""
    data = path.read_bytes()
    blocks = _blocks(data)
    title, site = title_of_html(data) if _is_html(data) else ("", "")
    head, parts, notes, unknown = _sorted_out(blocks)
    fields = _head_fields(head, title, notes)
    fields |= {name: value for name, value in _fields(parts) if value}
    # No app knows the episode by anything on its page.
    name = f"{fields['title']} {fields.get('published', '')}"
    audio = [url for block in blocks for url, _ in block.links if _AUDIO.search(url)]
    access = fields.get("access", "free")
    tiers = {"access": {"public": ["free"], "members": [access]}} if access != "free" else {}
    yield FoundShow(show={"title": site or "A show", **tiers}, feed={}, incidental=True)
    yield FoundEpisode(
        line=1,
        fields={"guid": str(uuid5(NAMESPACE_URL, name)), **fields},
        notes="\n".join(_html(notes)),
        audio=Remote(url=audio[0]) if audio and "://" in audio[0] else None,
        transcript="\n\n".join(block.text for block in parts.get("transcript", ())),
        unread=("a recording without its whole address",) if audio and "://" not in audio[0] else (),
        kept=tuple(unknown),
    )


def _sorted_out(blocks: Iterable[Block]) -> tuple[list[Block], dict[str, list[Block]], list[Block], list[str]]:
    """Return what stands above the first heading that is known, the known parts, the notes, and unknown headings."""
    head: list[Block] = []
    parts: dict[str, list[Block]] = defaultdict(list)
    notes: list[Block] = []
    unknown: list[str] = []
    into: list[Block] = head
    level = 0
    for block in blocks:
        part = part_called(block.text) if block.kind != "item" else None
        label = _LABEL.match(block.text) if block.kind != "heading" and not part else None
        said = part_called(label[1]) if label else None
        if said in _SAID_IN_LINE and label:
            parts[said].append(Block(kind="text", text=label[2], line=block.line, links=block.links))
        elif part:
            into, level = parts[part], block.level
        elif block.kind == "heading" and _ABOUT.fullmatch(block.text):
            into, level = notes, block.level
        elif block.kind == "heading" and into is not head and (not level or block.level <= level):
            into, level = notes, block.level
            unknown.append(block.text)
            notes.append(block)
        else:
            into.append(block)
    return head, parts, notes, unknown


def _head_fields(head: list[Block], title: str, notes: list[Block]) -> dict[str, Any]:
    """Return what stands at the top without a name: section and tier, number and title, dates, authors."""
    fields: dict[str, Any] = {}
    named = next((block for block in head if block.text == title or block.level == 1), None) if title or head else None
    before = head[: head.index(named)] if named in head else []
    rest = head[head.index(named) + 1 :] if named in head else head
    if named is None:
        lines = [block for block in head if not _is_place(block.text)]
        named = lines[0] if lines else None
        before = [block for block in head if block is not named and _is_place(block.text)]
        rest = [block for block in head if block is not named and block not in before]
    for block in before:
        fields |= _place(block.text)
    text = named.text if named else title
    if found := _NUMBERED.match(text):
        fields["number"] = int(found[1] or found[2])
        text = text[found.end() :] or text
    fields["title"] = text
    authors = [author for block in rest if (author := _author(block.text)) and author.get("credentials")]
    lines = [block for block in rest if not (_author(block.text) or {}).get("credentials")]
    for block in lines:
        place = _place(block.text) if _is_place(block.text) else {}
        if place:
            fields |= {name: value for name, value in place.items() if name not in fields}
        else:
            notes.insert(len([one for one in notes if one in lines]), block)
    if authors:
        fields["authors"] = authors
    return fields


def _is_place(text: str) -> bool:
    return len(text) < 60 and (bool(_TIERS.search(text)) or bool(_NUMBERED.fullmatch(text)))


def _place(text: str) -> dict[str, Any]:
    """Return section, tier and number out of a line like `Cardiology | Gold` or `Episode 7`."""
    found: dict[str, Any] = {}
    if number := _NUMBERED.match(text):
        found["number"] = int(number[1] or number[2])
        text = text[number.end() :]
    if tier := _TIERS.search(text):
        found["access"] = tier[1].lower()
        text = text[: tier.start()]
    section = text.strip(" |·•/()–-,")
    return {**found, "section": section} if section else found


def _fields(parts: Mapping[str, list[Block]]) -> Iterator[tuple[str, Any]]:
    texts = {part: [block.text for block in blocks] for part, blocks in parts.items()}
    first = {part: lines[0] for part, lines in texts.items() if lines}
    yield "published", _day(first.get("published"))
    yield "expires", _day(first.get("expires"))
    yield "section", first.get("section")
    yield "access", (first.get("access") or "").lower()
    number = re.search(r"\d{1,4}", first.get("number", ""))
    yield "number", int(number[0]) if number else None
    yield "authors", [author for text in texts.get("authors", ()) if (author := _author(text))]
    yield "key_points", texts.get("key_points")
    lead, objectives = _objectives(parts.get("objectives", []))
    yield "objectives_lead", lead
    yield "objectives", objectives
    yield "disclosures", texts.get("disclosures")
    for part in ("participation", "commercial_support", "contact"):
        yield part, "\n\n".join(texts.get(part, ()))
    yield "credits", _credits(texts, first)
    yield "references", list(_references(parts))


def _objectives(blocks: list[Block]) -> tuple[str | None, list[str]]:
    """Return the sentence that leads in, where there is one, and the objectives."""
    items = [block.text for block in blocks if block.kind == "item"]
    if not items:
        return None, [block.text for block in blocks]
    lead = " ".join(block.text for block in blocks if block.kind != "item")
    return lead or None, items


def _credits(texts: Mapping[str, list[str]], first: Mapping[str, str]) -> list[dict[str, Any]]:
    released, expires = _day(first.get("released")), _day(first.get("credit_expires"))
    kind = (texts.get("credits") or [""])[0]
    if not (released or expires or kind):
        return []
    amount = re.match(r"^(?:[^\d]{0,40}\bof )?(\d+(?:\.\d+)?)\s+(.+)$", kind)
    row = {"kind": (amount[2] if amount else kind) or "Education credit", "released": released, "expires": expires}
    return [{name: value for name, value in {**row, "amount": amount and amount[1]}.items() if value}]


def _references(parts: Mapping[str, list[Block]]) -> Iterator[dict[str, Any]]:
    """Yield the works; the abstract is that of the first one."""
    abstract = list(_abstract(parts.get("abstract", [])))
    for number, block in enumerate(parts.get("references", [])):
        row: dict[str, Any] = {"citation": block.text}
        if doi := _DOI.search(block.text) or next(filter(None, (_DOI.search(url) for url, _ in block.links)), None):
            row["doi"] = doi[0]
        if pmid := _PMID.search(block.text):
            row["pmid"] = pmid[1]
        yield {**row, "abstract": _joined(abstract)} if abstract and not number else row
    if abstract and not parts.get("references"):
        yield {"citation": abstract[0][1], "abstract": _joined(abstract)}


def _abstract(blocks: Iterable[Block]) -> Iterator[tuple[str, str]]:
    """Yield the abstract's pieces, each with its heading, "" for one without."""
    heading = ""
    for block in blocks:
        if block.kind == "heading":
            heading = block.text.rstrip(":")
        elif found := _SECTION_HEAD.match(block.text):
            yield found[1].capitalize() if found[1].islower() else found[1], block.text[found.end() :]
            heading = ""
        else:
            yield heading, block.text


def _joined(pieces: list[tuple[str, str]]) -> Any:
    if any(heading for heading, _ in pieces):
        rows: dict[str, str] = {}
        for heading, text in pieces:
            key = heading or "Summary"
            rows[key] = f"{rows[key]} {text}" if key in rows else text
        return rows
    return "\n\n".join(text for _, text in pieces)


def _author(text: str) -> dict[str, str] | None:
    """Return a person: `Ines Calder, PhD, RN, Professor of Nursing`, also after `By`, and with a dash for the comma."""
    plain = re.sub(r"^(?:by|author:?|with)\s+", "", text.strip(), flags=re.IGNORECASE)
    name, *rest = [piece.strip() for piece in re.split(r",|\s[–—|]\s|;", plain)]
    if not re.fullmatch(r"(?:[A-ZÀ-Þ][\w.'’-]*\s+){1,4}[A-ZÀ-Þ][\w'’-]+|(?:[^\W\d_]+\s?){1,3}", name) or len(name) > 60:
        return None
    count = next((at for at, piece in enumerate(rest) if not _CREDENTIAL.fullmatch(piece)), len(rest))
    row = {"name": name, "credentials": ", ".join(rest[:count]), "position": ", ".join(rest[count:])}
    return {key: value for key, value in row.items() if value}


def _day(text: str | None) -> str | None:
    """Return a day; None for what is none, or may be two."""
    words = re.sub(r"(\d)(?:st|nd|rd|th)\b", r"\1", (text or "").strip()).strip(" .")
    if not re.search(r"\d", words) or len(words) > 40:
        return None
    numeric = _NUMERIC_DATE.match(words)
    try:
        found = [parse(words, dayfirst=dayfirst, default=_EPOCH).date() for dayfirst in (False, True)]
    except (ParserError, OverflowError):
        return None
    return found[0].isoformat() if not numeric or found[0] == found[1] else None


_EPOCH = parse("1900-01-01")


def _html(notes: Iterable[Block]) -> Iterator[str]:
    """Yield the notes as HTML, a block a line."""
    listed = False
    for block in notes:
        if listed and block.kind != "item":
            yield "</ul>"
        if block.kind == "item" and not listed:
            yield "<ul>"
        listed = block.kind == "item"
        text = _linked(block)
        yield (
            f"<li>{text}</li>"
            if listed
            else f"<p><strong>{text}</strong></p>"
            if block.kind == "heading"
            else f"<p>{text}</p>"
        )
    if listed:
        yield "</ul>"


def _linked(block: Block) -> str:
    text = escape(block.text, quote=False)
    for url, words in block.links:
        shown = escape(words, quote=False)
        if words and shown in text and re.match(r"https?://|mailto:", url):
            text = text.replace(shown, f'<a href="{escape(url)}">{shown}</a>', 1)
    return text


def _recognises(head: bytes) -> bool:
    """Tell whether a document is a page or plain text: anything that is no XML of a feed."""
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")
    return b"\0" not in head and (_is_html(head) or not start.startswith((b"<", b"{", b"[")))


READER = Reader("the page of an episode", _recognises, check, read)
