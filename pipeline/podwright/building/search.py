"""The search over public episodes as objects: its page, the files of its words, and the rows of its results."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence

from podwright.building.frame import Frame, page_artifact
from podwright.building.lists import Catalogue, Draft, Entry, Made, PageKind, make_pages, sign
from podwright.building.pages import PageInput
from podwright.core.artifact import Artifact
from podwright.core.model import Outline
from podwright.render.notes import bare_text, format_reference, page_html
from podwright.render.site import (
    RECORDS,
    SHELVES,
    Shelf,
    count_words,
    render_records,
    render_shelf,
    result_row,
    shelves,
)

FOLDER = "search"
SEARCH_KEY = f"{FOLDER}/index.html"


def _drafts(catalogue: Catalogue) -> Iterator[Draft]:
    values = {"count": len(catalogue.entries), "levels": json.dumps(SHELVES), "records": RECORDS}
    yield Draft(SEARCH_KEY, values=values)


#: Its page comes after the files that it asks for.
SEARCH = PageKind("search", _drafts, in_sitemap=False)


def episode_words(source: PageInput) -> bytes:
    """Return the words by which the search finds an episode, packed; equal for equal words."""
    episode, outline = source.episode, source.episode.outline
    names = (outline.section, source.context.season.title if source.context.season else None, episode.subtitle)
    lead = [
        *filter(None, names),
        *outline.tags,
        *source.notes.key_points,
        *(person.name for person in episode.people),
        *(chapter.title for chapter in source.marked if not chapter.hidden),
    ]
    text = [
        bare_text(page_html(episode.notes)),
        *(format_reference(reference) for reference in episode.references),
        *(name for reference in episode.references for name in (reference.title or "", *reference.authors)),
        *(part.text for reference in episode.references for part in reference.abstract),
        *episode.objectives,
        *(cue.text for cue in (episode.transcript.cues if episode.transcript else ())),
    ]
    # Another level would give other bytes.
    return zlib.compress(json.dumps(count_words(outline.title, lead, text), ensure_ascii=False).encode(), 1)


def make_search(catalogue: Catalogue, *, load_words: Callable[[Outline], bytes]) -> Iterator[Made]:
    """Return everything that a search needs. load_words: from an episode to its packed words."""
    entries = catalogue.entries[::-1]
    for shelf in shelves(len(entries)):
        yield _shelf(shelf, entries[shelf.start : shelf.start + shelf.size], load_words)
    for start in range(0, len(entries), RECORDS):
        yield _records(start // RECORDS, entries[start : start + RECORDS], catalogue.frame)
    yield from make_pages(SEARCH, catalogue)


def _shelf(shelf: Shelf, entries: Sequence[Entry], load_words: Callable[[Outline], bytes]) -> Made:
    def build() -> tuple[Artifact, ...]:
        words = (_unpack(load_words(entry.outline)) for entry in entries)
        return tuple(
            _json(f"{FOLDER}/{shelf.start}/{shelf.buckets}-{number}.json", data)
            for number, data in enumerate(render_shelf(words, shelf.buckets))
        )

    signature = sign(shelf, [entry.words for entry in entries])
    return Made(f"{FOLDER}/{shelf.start}/{shelf.buckets}", signature, build)


def _unpack(words: bytes) -> Mapping[str, int]:
    weights: dict[str, int] = json.loads(zlib.decompress(words))
    return weights


def _records(number: int, entries: Sequence[Entry], frame: Frame) -> Made:
    key, site = f"{FOLDER}/episodes-{number}.json", frame.site

    def build() -> tuple[Artifact, ...]:
        return (_json(key, render_records([result_row(entry.card, site, theme=frame.theme) for entry in entries])),)

    words = sorted(frame.theme.words.items())
    return Made(key, sign(site.language, site.timezone, words, *(entry.digest for entry in entries)), build)


def _json(key: str, data: bytes) -> Artifact:
    return page_artifact(key, data, media_type="application/json", side="public")
