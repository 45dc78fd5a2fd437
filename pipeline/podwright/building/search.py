"""The search over public episodes as objects: its page, the files of its words, and what its results show."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from podwright.building.frame import Frame, page_artifact
from podwright.building.lists import Made
from podwright.building.pages import HTML_TYPE, PageInput
from podwright.building.types import BuiltEpisode
from podwright.core.artifact import Artifact
from podwright.core.names import page_key
from podwright.render.notes import bare_text, format_reference, page_html
from podwright.render.site import (
    RECORDS,
    Shelf,
    Site,
    count_words,
    day_of,
    day_text,
    length_text,
    render_records,
    render_search,
    render_shelf,
    shelves,
)

FOLDER = "search"
SEARCH_KEY = f"{FOLDER}/index.html"
_JSON_TYPE = "application/json"


def episode_words(source: PageInput) -> bytes:
    """What the search knows of an episode, packed; equal for equal words."""
    episode, outline = source.episode, source.episode.outline
    names = (outline.section, source.season.title if source.season else None, episode.subtitle)
    lead = [
        *filter(None, names),
        *outline.tags,
        *source.notes.key_points,
        *(person.name for person in episode.people),
        *(chapter.title for chapter in source.marked if not chapter.hidden),
    ]
    text = [
        bare_text(page_html(episode.notes)),
        *(format_reference(one) for one in episode.references),
        *(part.text for one in episode.references for part in one.abstract),
        *episode.objectives,
        *(cue.text for cue in (episode.transcript.cues if episode.transcript else ())),
    ]
    # The level is told, since another one would give other bytes.
    return zlib.compress(json.dumps(count_words(outline.title, lead, text), ensure_ascii=False).encode(), 1)


def make_search(
    frame: Frame, episodes: Iterable[BuiltEpisode], *, load_words: Callable[[BuiltEpisode], bytes]
) -> Iterator[Made]:
    """Everything that a search needs, each with its signature. episodes: the listed ones of public tiers."""
    shown = sorted(episodes, key=lambda one: (one.outline.published, one.outline.guid))
    for shelf in shelves(len(shown)):
        yield _shelf(shelf, shown[shelf.start : shelf.start + shelf.size], load_words)
    for start in range(0, len(shown), RECORDS):
        yield _records(start // RECORDS, shown[start : start + RECORDS], frame.site)
    yield _page(frame, len(shown))


def _shelf(shelf: Shelf, episodes: Sequence[BuiltEpisode], load_words: Callable[[BuiltEpisode], bytes]) -> Made:
    def build() -> tuple[Artifact, ...]:
        files = render_shelf(map(_unpacked, map(load_words, episodes)), shelf.buckets)
        return tuple(
            _json(f"{FOLDER}/{shelf.start}/{shelf.buckets}-{number}.json", data) for number, data in enumerate(files)
        )

    signature = _signature(shelf, [one.words for one in episodes])
    return Made(f"{FOLDER}/{shelf.start}/{shelf.buckets}", signature, build)


def _unpacked(words: bytes) -> Mapping[str, int]:
    found: dict[str, int] = json.loads(zlib.decompress(words))
    return found


def _records(number: int, episodes: Sequence[BuiltEpisode], site: Site) -> Made:
    key = f"{FOLDER}/episodes-{number}.json"
    told = [
        (page_key(e.stem), e.outline.title, e.outline.published, e.duration, e.outline.section, e.summary)
        for e in episodes
    ]

    def build() -> tuple[Artifact, ...]:
        return (_json(key, render_records([_record(one, site) for one in episodes])),)

    return Made(key, _signature(site.language, site.timezone, told), build)


def _record(episode: BuiltEpisode, site: Site) -> tuple[str, str, str, str]:
    outline = episode.outline
    facts = (
        day_text(day_of(outline.published, site.timezone), site.language),
        length_text(episode.duration // timedelta(seconds=1), site.language),
        outline.section,
    )
    return page_key(episode.stem), outline.title, " · ".join(filter(None, facts)), episode.summary


def _page(frame: Frame, count: int) -> Made:
    def build() -> tuple[Artifact, ...]:
        data = render_search(SEARCH_KEY, frame.site, count=count, theme=frame.theme)
        return (page_artifact(SEARCH_KEY, data, media_type=HTML_TYPE, side="public"),)

    return Made(SEARCH_KEY, _signature(frame.digest, count), build)


def _json(key: str, data: bytes) -> Artifact:
    return page_artifact(key, data, media_type=_JSON_TYPE, side="public")


def _signature(*values: object) -> str:
    return hashlib.sha256(repr(values).encode()).hexdigest()[:32]
