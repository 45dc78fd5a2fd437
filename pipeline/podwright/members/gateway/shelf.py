"""The published podcast, read from the store as seldom as a short delay allows."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from podwright.core.errors import StoreError
from podwright.members.gateway.access import Published, published_of
from podwright.stores import Store
from podwright.stores.ledger.manifest import EMPTY, Manifest
from podwright.stores.ledger.manifest_io import load_manifest

#: For so long, in seconds, a new publish may stay unseen.
FRESH = 2.0
#: How many bytes of documents stay in memory.
ROOM = 64 << 20


@dataclass(frozen=True, slots=True)
class Document:
    """A small object read whole, and the SHA-256 of what was read, in hex."""

    data: bytes
    sha256: str


class Shelf:
    """The manifest and the documents that it names, kept while they are what is published.

    While a publish is under way, or was stopped, what was published before it counts, as far as that is known: the
    manifest of such a time does not name what is being written.
    """

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._published: Published = published_of(EMPTY)
        self._etag: str | None = None
        self._looked: float | None = None
        self._documents: OrderedDict[tuple[str, str], Document] = OrderedDict()
        self._size = 0

    def manifest(self) -> Manifest:
        """Return what is published, or was when the store last answered. Raises StoreError where it never did."""
        return self.published().manifest

    def published(self) -> Published:
        """Return the same, with where members' episodes lie."""
        with self._lock:
            now = self._clock()
            if self._looked is None or now - self._looked >= FRESH:
                self._look()
                self._looked = now
            return self._published

    def _look(self) -> None:
        try:
            loaded = load_manifest(self._store, unless=self._etag)
            if loaded is not None:
                manifest, self._etag = loaded
                if manifest.at_rest or self._looked is None:
                    self._published = published_of(manifest)
        except StoreError:
            if self._looked is None:
                raise

    def document(self, key: str) -> Document:
        """Return a small object as the store has it. Raises StoreError where the store lost it."""
        record = self.manifest().objects[key]
        at = (key, record.sha256)
        with self._lock:
            if (known := self._documents.get(at)) is not None:
                self._documents.move_to_end(at)
                return known
        read = self._store.read(key)
        if read is None or read.data is None:
            raise StoreError(f"{key}: the store lost it; run podwright verify")
        found = Document(read.data, hashlib.sha256(read.data).hexdigest())
        # During a swap it may still be, or already be, another version than the manifest says.
        if found.sha256 == record.sha256 and len(found.data) <= ROOM:
            self._keep(at, found)
        return found

    def _keep(self, at: tuple[str, str], found: Document) -> None:
        with self._lock:
            if at not in self._documents:
                self._documents[at] = found
                self._size += len(found.data)
            while self._size > ROOM:
                _, dropped = self._documents.popitem(last=False)
                self._size -= len(dropped.data)
