"""One published object of each kind, as a sample of all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from podwright.core.names import AUDIO, PRIVATE, is_page
from podwright.inspection.doctor.types import Kind, Target
from podwright.media.chapters import CHAPTERS_TYPE
from podwright.media.transcripts import MEDIA_TYPES
from podwright.stores.ledger.manifest import MANIFEST_KEY, Manifest, ObjectRecord

#: Kinds of objects by the ending of their keys, with the types that apps take as well; the first that fits.
_ENDINGS: tuple[tuple[str, Kind, str, tuple[str, ...]], ...] = (
    (".xml", "feed", "application/rss+xml; charset=utf-8", ("application/xml", "text/xml")),
    (".opml", "list", "text/x-opml; charset=utf-8", ("text/xml", "application/xml")),
    *((suffix, "audio", types[0], types[1:]) for suffix, types in AUDIO.items()),
    ("-chapters.json", "chapters", CHAPTERS_TYPE, ("application/json",)),
    *((suffix, "transcript", media_type, ()) for suffix, media_type in MEDIA_TYPES.items()),
    (".jpg", "image", "image/jpeg", ()),
    (".jpeg", "image", "image/jpeg", ()),
    (".png", "image", "image/png", ()),
    (".css", "asset", "text/css; charset=utf-8", ()),
    (".js", "asset", "text/javascript; charset=utf-8", ("application/javascript",)),
    (".svg", "asset", "image/svg+xml", ()),
)

#: The same for web pages and what describes them.
_PAGE_TYPES = {".html": "text/html; charset=utf-8", ".json": "application/json", ".xml": "application/xml"}
_PAGE_OTHERS = {"application/xml": ("text/xml",)}


def sample(manifest: Manifest) -> tuple[Target, ...]:
    """One published object of each kind and ending, of the newest episode that has one; then what nobody may read."""
    keys = sorted(manifest.objects, key=_newest_first(manifest))
    found: dict[str, Target] = {}
    stems = {episode.stem for episode in manifest.episodes.values()}
    for key in keys:
        if key.startswith(PRIVATE) or key in manifest.doomed:
            continue
        if row := _row(key, stems):
            suffix, kind, media_type, others = row
            target = Target(key=key, kind=kind, media_type=media_type, record=manifest.objects[key], others=others)
            found.setdefault(suffix, target)
    return (*(found[row[0]] for row in _ENDINGS if row[0] in found), *_private_sample(manifest, keys))


def _row(key: str, stems: Collection[str]) -> tuple[str, Kind, str, tuple[str, ...]] | None:
    """What the ending of a key says; stems are those of episodes, one of which may end like a file of chapters."""
    for row in _ENDINGS:
        if key.endswith(row[0]) and (row[1] != "chapters" or key.removesuffix(row[0]) in stems):
            return row
    return None


def target_of(key: str, record: ObjectRecord, *, stems: Collection[str]) -> Target:
    """What the public shall find under a key; no media_type where the key does not tell it. stems: of all episodes."""
    if is_page(key):
        media_type = next((said for suffix, said in _PAGE_TYPES.items() if key.endswith(suffix)), "")
        return Target(
            key=key, kind="page", media_type=media_type, record=record, others=_PAGE_OTHERS.get(media_type, ())
        )
    row = _row(key, stems)
    if row is None:
        return Target(key=key, kind="asset", media_type="", record=record)
    return Target(key=key, kind=row[1], media_type=row[2], record=record, others=row[3])


def _newest_first(manifest: Manifest) -> Callable[[str], tuple[int, str]]:
    """An order of keys: feeds, then episodes from the newest on, then all else."""
    episodes = sorted(manifest.episodes.values(), key=lambda one: one.published, reverse=True)
    ranks = {episode.stem: number for number, episode in enumerate(episodes)}
    feeds = {feed.key for feed in manifest.feeds.values()}

    def rank(key: str) -> tuple[int, str]:
        if key in feeds:
            return -1, key
        name = key.rpartition(".")[0]
        return ranks.get(name, ranks.get(name.removesuffix("-chapters"), len(ranks))), key

    return rank


def _private_sample(manifest: Manifest, keys: list[str]) -> Iterator[Target]:
    """The manifest itself, and one object of each folder below `private/`."""
    if not manifest.objects:
        return
    # Its own size is in no manifest, and is not asked for.
    yield Target(key=MANIFEST_KEY, kind="private", media_type="", record=ObjectRecord(0, "", ""))
    folders: set[str] = set()
    for key in keys:
        folder = key.removeprefix(PRIVATE).partition("/")[0] if "/" in key.removeprefix(PRIVATE) else ""
        if key.startswith(PRIVATE) and folder not in folders and key not in manifest.doomed:
            folders.add(folder)
            yield Target(key=key, kind="private", media_type="", record=manifest.objects[key])
