"""One published object of each kind, as a sample of all."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from podwright.core.names import AUDIO, KINDS, MANIFEST_KEY, ObjectName, parse, side_of
from podwright.inspection.doctor.types import Kind, Target
from podwright.stores.ledger.manifest import Manifest, ObjectRecord

_CHAPTERS = "-chapters.json"
#: The endings of which one object is looked at, in this order.
_ENDINGS = (
    *(".xml", ".opml", *AUDIO, _CHAPTERS, ".vtt", ".srt", ".json", ".html", ".txt"),
    *(".jpg", ".jpeg", ".png", ".css", ".js", ".svg"),
)
#: Media types that apps take as well as the one that an object has.
_OTHERS = {
    "application/rss+xml; charset=utf-8": ("application/xml", "text/xml"),
    "text/x-opml; charset=utf-8": ("text/xml", "application/xml"),
    "application/xml": ("text/xml",),
    "application/json+chapters": ("application/json",),
    **{types[0]: types[1:] for types in AUDIO.values()},
    "text/javascript; charset=utf-8": ("application/javascript",),
}


def sample(manifest: Manifest) -> tuple[Target, ...]:
    """Return one published object of each ending, of the newest episode that has one; then what nobody may read."""
    keys = sorted(manifest.objects, key=_newest_first(manifest))
    targets: dict[str, Target] = {}
    for key in keys:
        if side_of(key) == "public" and key not in manifest.doomed:
            target = target_of(key, manifest.objects[key])
            ending = _CHAPTERS if target.kind == "chapters" else f".{key.rpartition('.')[2]}"
            targets.setdefault(ending, target)
    return (*(targets[one] for one in _ENDINGS if one in targets), *_private_sample(manifest, keys))


def target_of(key: str, record: ObjectRecord) -> Target:
    """Return what the public shall find under a key; without a media type where the key does not tell it."""
    name = parse(key)
    if name is None:
        return Target(key=key, kind="asset", media_type="", record=record)
    others = _OTHERS.get(name.media_type, ())
    return Target(key=key, kind=_kind(name), media_type=name.media_type, record=record, others=others)


def _kind(name: ObjectName) -> Kind:
    if KINDS[name.kind].role == "page":
        return "page"
    if name.kind == "opml":
        return "list"
    if name.kind == "translation":
        return "transcript"
    if name.kind == "transcript" or name.kind == "chapters":
        return name.kind
    if KINDS[name.kind].caching == "audio":
        return "audio"
    if KINDS[name.kind].caching == "feed":
        return "feed"
    return "image" if name.media_type in ("image/jpeg", "image/png") else "asset"


def _newest_first(manifest: Manifest) -> Callable[[str], tuple[int, str]]:
    """Return an order of keys: feeds, then episodes from the newest on, then all else."""
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
    """Yield the manifest itself, and one object of each folder below `private/`."""
    if not manifest.objects:
        return
    # Its own size is in no manifest, and is not asked for.
    yield Target(key=MANIFEST_KEY, kind="private", media_type="", record=ObjectRecord(0, "", ""))
    folders: set[str] = set()
    for key in keys:
        folder = key.split("/")[1] if key.count("/") > 1 else ""
        if side_of(key) == "private" and folder not in folders and key not in manifest.doomed:
            folders.add(folder)
            yield Target(key=key, kind="private", media_type="", record=manifest.objects[key])
