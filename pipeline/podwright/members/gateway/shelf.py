"""The published podcast, read from the store as seldom as a short delay allows."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from podwright.core.errors import StoreError
from podwright.members.gateway.access import Published, published_of
from podwright.members.gateway.lanes import begin
from podwright.stores import Store
from podwright.stores.ledger.manifest import EMPTY
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
    manifest of such a time does not name what is being written. So it does while the store is silent or fails.
    """

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._published: Published | None = None
        self._etag: str | None = None
        self._looked: float | None = None
        #: The look that is under way, and why the last one came to nothing.
        self._look: Future[None] | None = None
        self._failure: StoreError | None = None
        #: Whether nobody waits for looks until one has come to something.
        self._late = False
        self._documents: OrderedDict[tuple[str, str], Document] = OrderedDict()
        self._size = 0

    def look(self) -> Future[None] | None:
        """Begin a look at the store where one is due; return that which is under way, if it is worth waiting for."""
        with self._lock:
            due = self._looked is None or self._clock() - self._looked >= FRESH
            if due and self._look is None:
                self._look = begin(self._observe)
            return None if self._late else self._look

    def give_up(self) -> None:
        """Have nobody else wait for the look that is under way."""
        with self._lock:
            self._late = self._look is not None

    def published(self) -> Published:
        """Return what is published, or was when the store last answered. Raises StoreError where it never did."""
        if self._published is None:
            raise self._failure or StoreError("the store: has not answered yet; see that it runs")
        return self._published

    def _observe(self) -> None:
        """Look at the store, however long it takes."""
        failure = None
        try:
            loaded = load_manifest(self._store, unless=self._etag)
            if loaded is not None:
                manifest, self._etag = loaded
                if manifest.at_rest or self._published is None:
                    self._published = published_of(manifest)
            elif self._published is None:
                self._published = published_of(EMPTY)
        except StoreError as error:
            failure = error
        finally:
            with self._lock:
                self._look, self._looked = None, self._clock()
                self._failure, self._late = failure, failure is not None

    def known(self, key: str, sha256: str) -> Document | None:
        """Return a small object that was published with this digest, if it was read before."""
        with self._lock:
            if (document := self._documents.get((key, sha256))) is not None:
                self._documents.move_to_end((key, sha256))
            return document

    def read(self, key: str, sha256: str) -> Document:
        """Return a small object as the store has it. Raises StoreError where the store lost it."""
        read = self._store.read(key)
        if read is None or read.data is None:
            raise StoreError(f"{key}: the store lost it; run podwright verify")
        document = Document(read.data, hashlib.sha256(read.data).hexdigest())
        # During a swap it may still be, or already be, another version than the manifest says.
        if document.sha256 == sha256 and len(document.data) <= ROOM:
            self._keep((key, sha256), document)
        return document

    def _keep(self, at: tuple[str, str], document: Document) -> None:
        with self._lock:
            if at not in self._documents:
                self._documents[at] = document
                self._size += len(document.data)
            while self._size > ROOM:
                _, dropped = self._documents.popitem(last=False)
                self._size -= len(dropped.data)
