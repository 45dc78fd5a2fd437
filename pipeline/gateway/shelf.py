"""What is published now, read from the store as seldom as a short delay allows."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from pipeline.errors import StoreError
from pipeline.manifest import EMPTY, MANIFEST_KEY, Manifest, parse_manifest
from pipeline.stores import Store

#: For so long, in seconds, a new publish may stay unseen.
FRESH = 2.0
#: How many bytes of documents stay in memory.
ROOM = 64 << 20


class Shelf:
    """The manifest and the documents that it names, kept while they are what is published."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._manifest: Manifest = EMPTY
        self._etag: str | None = None
        self._looked: float | None = None
        self._documents: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._size = 0

    def manifest(self) -> Manifest:
        """What is published, or was when the store last answered. Raises StoreError where it never did."""
        with self._lock:
            now = self._clock()
            if self._looked is None or now - self._looked >= FRESH:
                self._look()
                self._looked = now
            return self._manifest

    def _look(self) -> None:
        try:
            read = self._store.read(MANIFEST_KEY, unless=self._etag)
            if read is not None and read.data is not None:
                self._manifest, self._etag = parse_manifest(read.data), read.etag
        except StoreError:
            if self._looked is None:
                raise

    def document(self, key: str) -> bytes:
        """A small object as the manifest has it. Raises StoreError where the store lost it."""
        record = self.manifest().objects[key]
        at = (key, record.sha256)
        with self._lock:
            if (known := self._documents.get(at)) is not None:
                self._documents.move_to_end(at)
                return known
        read = self._store.read(key)
        if read is None or read.data is None:
            raise StoreError(f"{key}: the store lost it; run podwright verify")
        with self._lock:
            if at not in self._documents and len(read.data) <= ROOM:
                self._documents[at] = read.data
                self._size += len(read.data)
            while self._size > ROOM:
                _, dropped = self._documents.popitem(last=False)
                self._size -= len(dropped)
        return read.data
