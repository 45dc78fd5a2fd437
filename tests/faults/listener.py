"""A store as listeners have it at a moment: which documents they reach, and whether all that those name is there.

What holds at every moment, during a publish and after it was killed:

1. Every object has the bytes that it had before or those that it has after, whole.
2. From every feed and page that listeners had, all that is named is there: enclosures, transcripts, chapters,
   pictures, pages, other feeds.
3. Length and digest of an enclosure are those that the feed says. Its address never changes, so those of audio that is
   replaced are not while a publish stands between the audio and the feed: the manifest then says so of one of them, or,
   where several publishes were stopped one after the other, none has ended since the audio was replaced.
4. Of every object that the manifest names without saying so, it tells size and digest as they are.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree, html

from podwright.core.names import MANIFEST_KEY
from podwright.stores.ledger.manifest import EMPTY, Manifest
from podwright.stores.ledger.manifest_json import parse_manifest

#: By key, the bytes of every object.
Shelf = Mapping[str, bytes]

#: What podwright keeps for itself.
OWN = "private/podwright/"
_LINKS = ("href", "src", "srcset", "data-src", "poster", "content")
_PODCAST = "{https://podcastindex.org/namespace/1.0}"


def check_listener(now: Shelf, *, before: Shelf, after: Shelf | None, base: str, ended: Shelf | None = None) -> None:
    """Raises AssertionError that names what a listener would miss.

    after: None where that is not known; ended: what was there when a publish last ended, where it is not the last one.
    """
    if after is not None:
        known = {key: _states(key, before, after) for key in now}
        strange = [key for key, data in now.items() if not key.startswith(OWN) and data not in known[key]]
        assert not strange, f"neither what they were nor what they become: {strange}"
    manifest = manifest_of(now)
    roots = [key for key in before if key in now and _is_root(key)]
    assert {key for key in before if _is_root(key)} == set(roots), "a document that listeners had is gone"
    missing = sorted({f"{key} (named by {source})" for source, key in _walk(now, roots, base) if key not in now})
    assert not missing, f"not there: {missing}"
    for key in _reached(now, roots, base):
        if key.endswith(".xml") and b"<enclosure" in now[key]:
            _check_enclosures(key, now, manifest, base=base, ended=now if ended is None else ended)
    check_truth(now)


def check_truth(now: Shelf) -> None:
    """What the manifest says of objects is so."""
    for key, record in manifest_of(now).held.items():
        data = now.get(key, b"")
        assert (len(data), _sha256(data)) == (record.size, record.sha256), f"the manifest is wrong about {key}"


def manifest_of(now: Shelf) -> Manifest:
    """What a store says of itself."""
    return parse_manifest(now[MANIFEST_KEY], load=now.get) if MANIFEST_KEY in now else EMPTY


def is_settled(manifest: Manifest) -> bool:
    """Whether it is that of a publish that ended."""
    return not manifest.unsettled and not manifest.doomed and all(feed.signature for feed in manifest.feeds.values())


def _states(key: str, before: Shelf, after: Shelf) -> Collection[bytes]:
    return [shelf[key] for shelf in (before, after) if key in shelf]


def _is_root(key: str) -> bool:
    """What people have subscribed to or bookmarked: it stays at its address."""
    return key in ("index.html", "sitemap.xml", "feeds.opml", "private/gold.xml") or (
        key.endswith(".xml") and "/" not in key
    )


def _reached(now: Shelf, roots: Collection[str], base: str) -> Collection[str]:
    return {key for _, key in _walk(now, roots, base) if key in now} | set(roots)


def _walk(now: Shelf, roots: Collection[str], base: str) -> Iterator[tuple[str, str]]:
    """Every link from what listeners had: (the document that names it, the key that it names)."""
    seen, left = set(roots), list(roots)
    while left:
        source = left.pop()
        for key in _links(source, now[source], base):
            yield source, key
            if key in now and key not in seen:
                seen.add(key)
                left.append(key)


@functools.lru_cache(4096)
def _links(source: str, data: bytes, base: str) -> tuple[str, ...]:
    """The keys that a document names: every address below the base in any text, and what HTML links besides."""
    if not source.endswith((".xml", ".html", ".json", ".opml", ".css", ".js")):
        return ()
    text = data.decode()
    urls = [f"{base}{path}" for path in re.findall(rf"{re.escape(base)}([^\s\"'<>\\)&]*)", text)]
    if source.endswith(".html"):
        tree = html.fromstring(data)
        values = [value for element in tree.iter() for name in _LINKS if (value := element.get(name))]
        urls += [urljoin(f"{base}{source}", value.split()[0]) for value in values if _is_link(value)]
    if source.startswith("search/") and source.endswith(".json"):
        urls += [urljoin(base, key) for key in re.findall(r'"(episodes/[^"]+)"', text)]
    here = (urlsplit(url)._replace(query="", fragment="").geturl() for url in urls if url.startswith(base))
    return tuple(dict.fromkeys(unquote(url.removeprefix(base)) for url in here if url != base))


def _is_link(value: str) -> bool:
    return bool(value.strip()) and re.match(r"[\w./#?%:-]+$", value.split()[0]) is not None and "." in value.split()[0]


def _check_enclosures(feed: str, now: Shelf, manifest: Manifest, *, base: str, ended: Shelf) -> None:
    for item in etree.fromstring(now[feed]).iter("item"):
        enclosure = item.find("enclosure")
        assert enclosure is not None
        key = unquote(enclosure.get("url", "").removeprefix(base))
        data = now[key]
        said = [one.get("value") for one in item.iter(f"{_PODCAST}integrity")]
        digest = f"sha256-{base64.b64encode(hashlib.sha256(data).digest()).decode()}"
        fits = enclosure.get("length") == str(len(data)) and digest in said
        under_way = {key, feed} & manifest.unsettled.keys() or ended.get(key) != data
        assert fits or under_way, f"{key} is not as long as {feed} says"


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
