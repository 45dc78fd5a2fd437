"""A workspace and the store that it is published to, at a moment: what whoever looks or writes begins with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from podwright.core.deadline import Deadline
from podwright.core.errors import StoreError, value_or_raise
from podwright.core.finding import Finding
from podwright.core.model import Overrides, Show, Storage
from podwright.core.names import MANIFEST_KEY, artwork_stem, feed_key, is_only_ours
from podwright.core.progress import Progress
from podwright.publishing.events import Hear, unheard
from podwright.stores import Store, open_store, skew_of
from podwright.stores.ledger.lease import Publisher
from podwright.stores.ledger.moved import MOVED
from podwright.stores.sides import private_place
from podwright.workspace.scan import WORK_DIR, Scan, place_or_raise, scan_workspace

if TYPE_CHECKING:
    from podwright.stores.ledger.recovery import Observed


@dataclass(frozen=True, kw_only=True)
class Session:
    """One look at a workspace and its store. What is read is read once, when it is first needed.

    `dataclasses.replace` gives a session that has read nothing yet: another look.
    """

    #: The workspace.
    root: Path
    #: An aware datetime.
    now: datetime
    #: The difference from the store's clock that is nothing; None where `now` is what somebody said, and no clock.
    tolerance: timedelta | None = None
    overrides: Overrides
    progress: Progress
    open_store: Callable[[Storage], Store] = open_store
    #: Where to publish; None: where the workspace says.
    storage: Storage | None = None
    #: Where this machine published last; None: nobody knows.
    published_to: Storage | None = None
    #: Where a person says that the private side lies until now: its address, and its folder where it is one.
    private_from: tuple[str, Path | None] | None = None
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
    #: Returns the beginning of what anybody gets at an address; None for nothing.
    ask_as_anybody: Callable[[str], bytes | None] = lambda _: None
    #: When it ends at the latest.
    deadline: Deadline = field(default_factory=Deadline)

    @property
    def work(self) -> Path:
        """The folder of cache and builds."""
        return self.root / self.work_dir

    @property
    def skew(self) -> timedelta:
        """The store's time less this machine's, by the store's answers so far; zero where that is nothing."""
        skew = skew_of(self.store)
        return timedelta() if skew is None or self.tolerance is None or abs(skew) <= self.tolerance else skew

    @property
    def present(self) -> datetime:
        """The time by which it is decided what is due: not before the store's clock says it, if it has answered."""
        return self.now + min(self.skew, timedelta())

    @cached_property
    def scan(self) -> Scan:
        """Files of the workspace."""
        return scan_workspace(self.root)

    @cached_property
    def settings(self) -> tuple[Show | None, tuple[Finding, ...]]:
        """The settings, None where they are beyond reading, with all problems of them."""
        # Reading settings loads pydantic, which a publish with nothing to do does without.
        from podwright.workspace.load import observe_show

        show, problems = observe_show(self.scan, self.overrides)
        return replace(show, keep=self.keep) if show and self.keep is not None else show, problems

    @cached_property
    def show(self) -> Show:
        """The settings. Raises WorkspaceError with all problems of podwright.toml, the feeds and the seasons."""
        return value_or_raise(*self.settings)

    @cached_property
    def place(self) -> Show:
        """The settings as far as they say where the show is stored; feeds and seasons may be wrong.

        Raises WorkspaceError with the problems of podwright.toml and the environment.
        """
        return place_or_raise(*self.settings)

    @property
    def address(self) -> Storage:
        """The place of publication. Raises as `place`."""
        return self.storage or self.place.storage

    @cached_property
    def store(self) -> Store:
        """The store. Raises as `place`."""
        return self.open_store(self.address)

    @cached_property
    def former(self) -> Session | None:
        """The session of the place where the private side still lies, if the settings name another one by now.

        What is left there of one that moved counts as well. Raises StoreError, also where both places are in force.
        """
        for storage in self._former_places():
            session = replace(self, storage=storage, published_to=None, private_from=None)
            read = session.private_place.read(MANIFEST_KEY)
            if read is None:
                continue
            present = self.private_place.read(MANIFEST_KEY)
            if present and MOVED not in (present.data, read.data):
                raise StoreError(
                    f"{MANIFEST_KEY}: lies in {session.private_place.url} and in {self.private_place.url}; delete the "
                    "one that is older, by hand"
                )
            return session
        return None

    def _former_places(self) -> Iterator[Storage]:
        """Yield where the private side may have been: beside what is public, where somebody says, where it was last."""
        here = self.address
        private, last = (here.private or here).url, self.published_to
        if here.private:
            yield replace(here, private_url=None, private_folder=None)
        if self.private_from and self.private_from[0] != private:
            yield replace(here, private_url=self.private_from[0], private_folder=self.private_from[1])
        other = last is not None and last.url == here.url and (last.private or last).url != private
        # It is asked for only where there is nothing where the settings say.
        if last and other and self.private_place.observe(MANIFEST_KEY) is None:
            yield last

    @property
    def private_place(self) -> Store:
        """The store in which the private side lies. Raises as `place`."""
        return private_place(self.store)

    @cached_property
    def observed(self) -> Observed:
        """The manifest and its version when it was first asked for. Raises StoreError."""
        self.check_moved()
        # Parsing a manifest loads msgspec, and so does even its type, which a publish with nothing to do does without.
        from podwright.stores.ledger.recovery import observe_manifest

        return observe_manifest(self.store)

    def check_moved(self) -> None:
        """Raise StoreError where the private side still lies in another place than the settings name."""
        if self.former:
            where = self.former.private_place.url
            raise StoreError(f"{where}: the private side still lies there; run podwright publish, which moves it")


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
