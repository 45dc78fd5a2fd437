"""The contents of a store without its manifest: the history's newest manifest, documents of feeds, objects."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from podwright.building.feeds import GENERATOR, OPML_KEY
from podwright.building.render import item_digest
from podwright.core.errors import FormatError, StoreError
from podwright.core.model import Episode, Show
from podwright.core.names import (
    MANIFEST_KEY,
    generation_key,
    is_key,
    is_media,
    is_only_ours,
    is_own,
    is_page,
    parse,
    place_of,
)
from podwright.core.progress import Progress
from podwright.inspection.verify.store import kept_generations
from podwright.render.feeds import ReadFeed, ReadItem, parse_feed, teaser_guid
from podwright.stores import Store, Stored
from podwright.stores.ledger.manifest import EMPTY, AudioRecord, Manifest, ObjectRecord
from podwright.stores.ledger.manifest_io import load_manifest
from podwright.stores.ledger.recovery import load_sha256

#: An item as feeds are joined from (see rss.render_items).
_ITEM = re.compile(rb"<item[ >].*?</item>\n", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The sources to rebuild a manifest from. episodes: those of the workspace."""

    store: Store
    show: Show
    episodes: tuple[Episode, ...]
    now: datetime
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreContents:
    """The contents of a store, as they were read."""

    sources: Sources
    #: All objects of the store.
    listed: Mapping[str, Stored]
    #: The newest manifest that the history keeps, EMPTY where there is none.
    former: Manifest
    #: The numbers of all generations that it keeps.
    generations: tuple[int, ...]
    #: Documents of feeds, by key.
    documents: Mapping[str, ReadFeed]
    #: Digests of all items as they stand in documents.
    digests: frozenset[str]
    #: Guids of episodes by those of the teasers that they may have left.
    teasers: Mapping[str, str]
    #: Items of episodes, by guid.
    items: Mapping[str, ReadItem]
    #: The objects with podwright's names, as they are, but for those that are not what their own digest says.
    objects: Mapping[str, ObjectRecord]
    #: Keys of those that are what their own digest, or the former manifest, says that they must be.
    proven: frozenset[str]

    @property
    def known_audio(self) -> Mapping[str, AudioRecord]:
        """The facts of audio that are known from former publishes, by the digest of its object."""
        held, episodes = self.former.objects, self.former.episodes.values()
        known = {one.enclosure: one.audio for one in episodes if one.audio}
        teasers = {one.teaser.key: one.teaser.audio for one in episodes if one.teaser}
        return {held[key].sha256: audio for key, audio in (known | teasers).items() if key in held}


def load_contents(sources: Sources) -> StoreContents:
    """Read what there is. Raises StoreError where the store cannot be read, or has nothing of podwright's."""
    store = sources.store
    listed = {one.key: one for one in store.observe_all("") if is_key(one.key)}
    generations = kept_generations(listed)
    former = _load_former(store, generations)
    bodies = dict(_load_documents(store, sources.show, listed, retired=former.retired))
    if not bodies and not generations and MANIFEST_KEY not in listed and not any(map(is_only_ours, listed)):
        raise StoreError(f"{store.url}: nothing is published here; run podwright publish, or correct storage.url")
    documents = {key: document for key, (document, _) in bodies.items()}
    # What stands for another episode is none itself.
    guids = (*(episode.outline.guid for episode in sources.episodes), *former.episodes)
    teasers = {teaser_guid(guid): guid for guid in guids}
    items = {item.guid: item for document in documents.values() for item in document.items if item.guid}
    seen = dict(_load_objects(sources, listed, documents, former=former))
    return StoreContents(
        sources=sources,
        listed=listed,
        former=former,
        generations=generations,
        documents=documents,
        digests=frozenset(item_digest(one) for _, data in bodies.values() for one in _ITEM.findall(data)),
        teasers=teasers,
        items={guid: item for guid, item in items.items() if guid not in teasers},
        objects={key: one.record for key, one in seen.items() if one.is_proven is not False},
        proven=frozenset(key for key, one in seen.items() if one.is_proven),
    )


def _load_former(store: Store, generations: Iterable[int]) -> Manifest:
    """Return the newest kept manifest that can be read."""
    for number in sorted(generations, reverse=True):
        # A damaged one, or one of a newer podwright, tells nothing; an older one still tells most of it.
        with contextlib.suppress(StoreError):
            loaded = load_manifest(store, key=generation_key(number))
            if loaded is not None:
                return loaded[0]
    return EMPTY


# Objects


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """An object as its bytes tell it."""

    record: ObjectRecord
    #: Whether it is what it must be; None where nothing says that but its name.
    is_proven: bool | None


def _load_objects(
    sources: Sources, listed: Mapping[str, Stored], documents: Iterable[str], *, former: Manifest
) -> Iterator[tuple[str, _Seen]]:
    """Yield the objects to which podwright gave their names.

    All bytes are read: the digest that a store keeps of an object is what it was sent with, and not what became of it.
    What has the version still that the former manifest knows is what that says.
    """
    store, names = sources.store, set(documents)
    ours = [one for key, one in listed.items() if not is_own(key) and _is_ours(key, names, sources.show)]

    def look(one: Stored) -> tuple[str, _Seen]:
        known = former.objects.get(one.key)
        if known and (known.etag, known.size) == (one.etag, one.size):
            sources.progress.advance(one.size)
            return one.key, _Seen(record=known, is_proven=True)
        present, sha256 = store.observe(one.key), load_sha256(one, store)
        told = present.sha256 if present else None
        is_proven = sha256 == told if told else True if known and known.sha256 == sha256 else None
        sources.progress.advance(one.size)
        return one.key, _Seen(record=ObjectRecord(one.size, sha256, one.etag), is_proven=is_proven)

    with (
        reported(sources, "comparing", sum(one.size for one in ours)),
        ThreadPoolExecutor(2 * store.concurrency) as pool,
    ):
        yield from pool.map(look, ours)


@contextlib.contextmanager
def reported(sources: Sources, label: str, total: int) -> Iterator[None]:
    """Report a stretch of work."""
    sources.progress.begin(label, total)
    try:
        yield
    finally:
        sources.progress.end()


def _is_ours(key: str, documents: Collection[str], show: Show) -> bool:
    """Return whether podwright gives this name.

    Pages go when nothing needs them: there are none where none shall be.
    """
    named = key in documents or key == OPML_KEY or is_media(key) or place_of(key) in ("staged", "withdrawn")
    return named or (show.pages and is_page(key))


def _load_documents(
    store: Store, show: Show, listed: Mapping[str, Stored], *, retired: Iterable[str]
) -> Iterator[tuple[str, tuple[ReadFeed, bytes]]]:
    """Yield the documents of feeds, with their bytes: those of the workspace, and others that podwright wrote."""
    names, former = {feed.name for feed in show.feeds}, set(retired)
    for key in sorted(listed):
        name = parse(key)
        if name is None or name.kind not in ("feed", "archive") or key in former:
            continue
        read = store.read(key)
        data = (read and read.data) or b""
        try:
            document = parse_feed(data)
        except FormatError:
            # A damaged feed is written again: what it said is told by the others, the history and the workspace.
            continue
        if document.generator == GENERATOR or name.owner in names:
            yield key, (document, data)
