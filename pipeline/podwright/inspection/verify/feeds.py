"""The live feeds: read as listeners read them, page after page, and what they name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from podwright.core.errors import FormatError, StoreError, WorkspaceError
from podwright.core.finding import Finding
from podwright.core.http import REDIRECTS
from podwright.core.model import Show
from podwright.core.names import side_of
from podwright.inspection.doctor.types import Place
from podwright.inspection.verify.types import LiveDocument, LiveFeed, Promises
from podwright.render.feeds import Named, ReadFeed, parse_feed
from podwright.stores.ledger.manifest import REPAIR, Manifest

#: A feed with all its pages is read up to this size, in bytes: 10,000 episodes with long notes have 59 MB.
LARGEST = 128 << 20
#: More pages than this are no archive but a circle.
MOST_PAGES = 10_000


def feed_keys(manifest: Manifest, *, names: tuple[str, ...]) -> dict[str, str]:
    """Return the keys of the published feeds to look at, by name; () for all.

    Raises WorkspaceError for a name that is none.
    """
    copies = {
        key.rpartition("/")[2].removesuffix(".xml"): key
        for feed in manifest.feeds.values()
        for key in feed.copies or ()
    }
    keys = copies | {name: feed.key for name, feed in manifest.feeds.items()}
    missing = [name for name in names if name not in keys]
    if missing:
        raise WorkspaceError(
            Finding(f"feeds/{name}.toml", f"no feed of this name is published; name one of {', '.join(sorted(keys))}")
            for name in missing
        )
    return {name: key for name, key in sorted(keys.items()) if not names or name in names}


def load_feed(place: Place, name: str, key: str, found: list[Finding]) -> LiveFeed:
    """Return a feed with all its pages, through the public address; a members' feed from the store.

    Adds what is wrong.
    """
    private = side_of(key) == "private"
    documents: list[LiveDocument] = []
    seen: set[str] = set()
    room = LARGEST
    at: str | None = key
    while at is not None and at not in seen and len(seen) < MOST_PAGES:
        seen.add(at)
        named_by = documents[-1].key if documents else None
        try:
            data = _load(place, at, private=private, room=room)
            if data is None:
                break
            room -= len(data)
            read = parse_feed(data)
        except (FormatError, StoreError) as error:
            message = str(error)
            found.append(Finding(where=at, code="feed", level="error", message=message, about=named_by))
            break
        documents.append(LiveDocument(key=at, size=len(data), sha256=hashlib.sha256(data).hexdigest(), read=read))
        at = key_of(place, read.older) if read.older else None
        if read.older and at is None:
            message = f"its older episodes are at {read.older}, which is not below public_url; publish it again"
            found.append(Finding(where=documents[-1].key, code="feed", level="error", message=message))
    return LiveFeed(name=name, private=private, documents=tuple(documents))


def _load(place: Place, key: str, *, private: bool, room: int) -> bytes | None:
    """Return the bytes of a document, if there is room for them; None where it does not answer as it should.

    What is wrong with an answer is told by the checks of objects.
    """
    if private:
        read = place.store.read(key)
        if read is None or read.data is None:
            raise StoreError(f"is not in the store; {REPAIR}")
        return read.data
    answer = place.client.observe(place.url(key), headers={}, most=room + 1)
    if answer.status in REDIRECTS:
        route = place.client.follow(place.url(key), first=answer)
        answer = place.client.observe(route.url, headers={}, most=room + 1)
    if answer.status != 200:
        return None
    if len(answer.data) > room:
        raise StoreError(f"has more than {LARGEST >> 20} MB with its pages; take episodes out of the feed")
    return answer.data


def key_of(place: Place, url: str) -> str | None:
    """Return the key that an address below the public one stands for; None for another."""
    base = place.storage.public_url
    bare = url.partition("#")[0].partition("?")[0]
    key = unquote(bare.removeprefix(base)) if bare.startswith(base) else ""
    # What it names is printed; control characters could write over other lines of a terminal.
    return key if key and key.isprintable() else None


def promises(feeds: Iterable[LiveFeed], place: Place, show: Show) -> Promises:
    """Return all that feeds name, each once for every document that says something of its own of it."""
    found = Promises()
    for feed in feeds:
        for document in feed.documents:
            for named in _names(document.read):
                _add(found, document.key, named, place=place, show=show)
    return found


def _names(read: ReadFeed) -> Iterator[Named]:
    yield from read.names
    for item in read.items:
        yield from item.names


def _add(found: Promises, document: str, named: Named, *, place: Place, show: Show) -> None:
    key = key_of(place, named.url)
    prefix = show.enclosure_prefix
    if key is None and prefix and named.role == "enclosure" and named.url.startswith(prefix):
        bare = named.url.removeprefix(prefix)
        key = key_of(place, bare if "://" in bare else f"https://{bare}")
        if key is not None:
            found.counted.setdefault(key, named.url)
    if key is not None:
        rows = found.named.setdefault(key, [])
        if all(one != named for _, one in rows):
            rows.append((document, named))
    elif named.role != "page":
        found.elsewhere.setdefault(named.url, (document, named))
