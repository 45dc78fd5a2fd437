"""A note that the store equals the workspace, by which the next run sees from stamps alone that it still does."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from podwright.building.cache import Cache, is_believed, load_clock, open_cache
from podwright.core.model import Overrides, Storage
from podwright.publishing.session import Session
from podwright.workspace.scan import Scan, SourceFile, check_work

_NAME = "settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A store that a run found or made equal to a workspace."""

    #: Of the workspace then.
    fingerprint: str
    #: From then on the clock changes nothing.
    since: datetime
    #: Until then the clock changes nothing; None: for ever.
    until: datetime | None
    storage: Storage
    #: The version of the store's manifest.
    etag: str
    #: Whether anything is still to be told.
    owed: bool
    live: int
    waiting: int
    unlisted: int
    withdrawn: int

    def holds(self, fingerprint: str, *, now: datetime) -> bool:
        """Return whether a publish at that moment has nothing to do, as long as the store is what it was."""
        due = self.until is not None and now >= self.until
        return not (self.owed or due or now < self.since) and fingerprint == self.fingerprint


@dataclass(frozen=True, slots=True)
class Look:
    """A workspace as its names and stamps tell it, with what was known before they were read."""

    session: Session
    #: The file system's time, in ns.
    clock: int
    #: What the last run left; None where there was none.
    settled: Settled | None

    @property
    def fingerprint(self) -> str:
        """Another one when any file of the workspace changed, or where it is published."""
        return fingerprint_of(self.session.scan, self.session.overrides)

    @property
    def is_believed(self) -> bool:
        """True where no file is so fresh that it may change unseen."""
        return all(is_believed(file.stamp, clock=self.clock) for file in files_of(self.session.scan))

    @property
    def is_outdated(self) -> bool:
        """True where the workspace is another by now."""
        return replace(self.session).scan != self.session.scan

    def knows(self, etag: str | None, storage: Storage) -> bool:
        """Return whether this version of a store's manifest was there before the workspace was looked at."""
        return self.settled is not None and (self.settled.etag, self.settled.storage) == (etag, storage)


def look(session: Session) -> Look:
    """Look at a workspace anew."""
    session = replace(session)
    check_work(session.root)
    clock = load_clock(session.work)
    with open_cache(session.work) as cache:
        settled = recall(cache)
    if settled:
        session = replace(session, published_to=settled.storage)
    # The files are looked at last: who publishes what is newer is noticed by the version of the manifest.
    _ = session.scan
    return Look(session, clock, settled)


def fingerprint_of(scan: Scan, overrides: Overrides) -> str:
    """Return a text that changes when any file of the workspace does, or where it is published."""
    lines = [f"{file.path}\0{file.size}\0{file.stamp}" for file in files_of(scan)]
    return hashlib.sha256("\n".join([repr(overrides), *lines]).encode()).hexdigest()


def files_of(scan: Scan) -> Iterator[SourceFile]:
    """Yield all files of a workspace."""
    yield from scan.settings
    for folder in scan.episodes:
        yield from folder.files


def recall(cache: Cache) -> Settled | None:
    """Return what the last run left; None where there was none, or where it could not be certain."""
    text = cache.note(_NAME)
    if text is None:
        return None
    row = json.loads(text)
    until = row["until"]
    folders = {name: Path(path) for name in ("folder", "private_folder") if (path := row["storage"].get(name))}
    row["storage"] = Storage(**{**row["storage"], **folders})
    row["since"] = datetime.fromisoformat(row["since"])
    row["until"] = datetime.fromisoformat(until) if until else None
    return Settled(**row)


def remember(cache: Cache, settled: Settled) -> None:
    """Leave this for the next run, once the cache is saved."""
    cache.set_note(_NAME, json.dumps(asdict(settled), default=str))
