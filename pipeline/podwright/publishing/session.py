"""A workspace and the store that it is published to, at a moment: what whoever looks or writes begins with."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import chain
from pathlib import Path

from podwright.core.errors import StoreError, value_or_raise
from podwright.core.finding import Finding
from podwright.core.model import Overrides, Show, Storage
from podwright.core.names import artwork_stem, feed_key, is_only_ours
from podwright.core.progress import Progress
from podwright.publishing.apply import ensure_probed
from podwright.publishing.events import Hear, unheard
from podwright.stores import Store, open_store
from podwright.stores.ledger.lease import Publisher, held_lease
from podwright.stores.ledger.manifest import EMPTY, MANIFEST_KEY, REPAIR, Manifest
from podwright.stores.ledger.manifest_io import load_manifest
from podwright.stores.ledger.recovery import observe_unsettled
from podwright.workspace.scan import WORK_DIR, Scan, scan_workspace

#: A manifest, and the store's version of it; (EMPTY, None) before the first publish.
Observed = tuple[Manifest, str | None]


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to write to a store now."""

    #: Adapted to what it was found to be able to do.
    store: Store
    #: The manifest that was known before the turn began, with what the store can do.
    manifest: Manifest
    #: The version of that manifest; None where there was none.
    etag: str | None
    #: Whether the store has another manifest by now.
    moved: bool
    #: Called before each write; raises ConflictError where another run took over.
    check: Callable[[], None]

    def observe(self) -> Observed:
        """Return the manifest as it is now, with what the store can do, and its version."""
        if not self.moved:
            return self.manifest, self.etag
        manifest, etag = observe_manifest(self.store)
        return replace(manifest, capabilities=manifest.capabilities or self.manifest.capabilities), etag


@dataclass(frozen=True, kw_only=True)
class Session:
    """One look at a workspace and its store. What is read is read once, when it is first needed.

    `dataclasses.replace` gives a session that has read nothing yet: another look.
    """

    #: The workspace.
    root: Path
    #: An aware datetime.
    now: datetime
    overrides: Overrides
    progress: Progress
    open_store: Callable[[Storage], Store] = open_store
    #: Where to publish; None: where the workspace says.
    storage: Storage | None = None
    #: The folder of cache and builds, another than WORK_DIR for a second store of one workspace.
    work_dir: str = WORK_DIR
    #: Who writes, for others who want to at the same time.
    publisher: Publisher = field(default_factory=Publisher)
    #: Told what happens.
    hear: Hear = unheard
    #: How many former generations the store keeps; None: as the show says.
    keep: int | None = None
    #: At most so many processes read and build; None: one a core.
    jobs: int | None = None
    #: Returns whether the deadline has passed.
    late: Callable[[], bool] = lambda: False

    @property
    def work(self) -> Path:
        """The folder of cache and builds."""
        return self.root / self.work_dir

    @cached_property
    def scan(self) -> Scan:
        """Files of the workspace."""
        return scan_workspace(self.root)

    @cached_property
    def _settings(self) -> tuple[Show | None, tuple[Finding, ...]]:
        # Reading settings loads pydantic, which a publish with nothing to do does without.
        from podwright.workspace.load import observe_show

        show, problems = observe_show(self.scan, self.overrides)
        return replace(show, keep=self.keep) if show and self.keep is not None else show, problems

    @cached_property
    def show(self) -> Show:
        """The settings. Raises WorkspaceError with all problems of podwright.toml, the feeds and the seasons."""
        return value_or_raise(*self._settings)

    @cached_property
    def place(self) -> Show:
        """The settings as far as they say where the show is stored; feeds and seasons may be wrong.

        Raises WorkspaceError with the problems of podwright.toml and the environment.
        """
        # As above.
        from podwright.workspace.load import place_or_raise

        return place_or_raise(*self._settings)

    @cached_property
    def store(self) -> Store:
        """The store. Raises as `place`."""
        return self.open_store(self.storage or self.place.storage)

    @cached_property
    def observed(self) -> Observed:
        """The manifest and its version when it was first asked for. Raises StoreError."""
        return observe_manifest(self.store)

    def observe_remembered(self) -> Observed:
        """Return the manifest and its version.

        Raises StoreError where something was published and has no manifest: publishing on would forget promises.
        """
        if self.observed[1] is None:
            key = find_remains(self.store, self.show)
            if key is not None:
                raise StoreError(f"{MANIFEST_KEY}: is not there, and the store holds {key}; {REPAIR}")
        return self.observed

    @contextlib.contextmanager
    def turn(self, publisher: Publisher | None = None, *, observed: Observed | None = None) -> Iterator[Turn]:
        """Be the only one who writes to the store, until the context ends.

        What the store can do is tried first where its manifest does not say it. publisher: self.publisher if None;
        observed: what the caller knows of the manifest, self.observed if None. Raises BusyError where somebody else
        writes for longer than the publisher's patience.
        """
        manifest, etag = observed or self.observed
        store, manifest = ensure_probed(self.store, manifest)
        with held_lease(store, publisher or self.publisher, work=self.work) as lease:
            yield Turn(store, manifest, etag, not is_present(store, etag), lease.check)


def observe_manifest(store: Store) -> Observed:
    """Return the manifest of a store and its version; (EMPTY, None) before the first publish.

    What a publish that was stopped had begun to write is looked at. Raises StoreError.
    """
    manifest, etag = read_manifest(store)
    return observe_unsettled(manifest, store), etag


def read_manifest(store: Store) -> Observed:
    """Return the manifest of a store as it stands there, and its version. Raises StoreError."""
    return load_manifest(store) or (EMPTY, None)


def is_present(store: Store, etag: str | None) -> bool:
    """Return whether a version of the manifest, None for none, is the one that the store has now."""
    read = store.read(MANIFEST_KEY, unless=etag)
    return read is None if etag is None else read is not None and read.data is None


def find_remains(store: Store, show: Show) -> str | None:
    """Return the key of something published to a store without a manifest, be it another show's; None for nothing.

    Every feed has artwork, and a publish uploads none before its manifest says so.
    """
    feeds = filter(store.observe, (feed_key(feed, show) for feed in show.feeds))
    pictures = (stored.key for side in ("public", "private") for stored in store.observe_all(artwork_stem("", side)))
    return next(chain(feeds, filter(is_only_ours, pictures)), None)
