"""Publishing from a test, and reading what was published as a listener does."""

from __future__ import annotations

import shutil
import urllib.error
import urllib.request
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

from podwright.core.model import Overrides
from podwright.publishing.outcome import Outcome
from podwright.publishing.proposal import Proposal, plan
from podwright.publishing.publish import publish
from podwright.publishing.session import Session
from podwright.stores import Store
from tests.support.paths import ROOT

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


class Quiet:
    """Progress that counts what it is told."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, int]] = []
        self.advanced = 0

    def begin(self, label: str, total: int) -> None:
        self.begun.append((label, total))

    def advance(self, count: int) -> None:
        self.advanced += count

    def end(self) -> None:
        pass


@dataclass(frozen=True)
class Place:
    """A workspace and where it is published. base is the address of the store's root; folder is set for a local one."""

    root: Path
    overrides: Overrides
    base: str
    folder: Path | None = None
    progress: Quiet = field(default_factory=Quiet)

    def session(self, now: datetime = NOW) -> Session:
        return Session(root=self.root, now=now, overrides=self.overrides, progress=self.progress)

    @property
    def store(self) -> Store:
        return self.session().store

    def publish(self, *accepted: str, now: datetime = NOW, store: Store | None = None) -> Outcome:
        """Publish; store: as if the workspace's settings named it."""
        session = self.session(now)
        if store is not None:
            session = replace(session, open_store=lambda _: store)
        return publish(session, accepted=accepted)

    def plan(self, now: datetime = NOW) -> Proposal:
        return plan(self.session(now))

    def get(self, url: str, *, begin: int | None = None, end: int | None = None) -> bytes:
        """What anybody gets from an address; a range of bytes where one is given (RFC 9110 section 14)."""
        if self.folder is not None:
            data = (self.folder / unquote(url.removeprefix(self.base))).read_bytes()
            return data if begin is None or end is None else data[begin : end + 1]
        request = urllib.request.Request(url)
        if begin is not None:
            request.add_header("Range", f"bytes={begin}-{end}")
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status == (200 if begin is None else 206)
            return bytes(answer.read())

    def is_public(self, key: str) -> bool:
        """Whether anybody can read an object."""
        if self.folder is not None:
            return (self.folder / key).exists() and not key.startswith("private/")
        try:
            self.get(self.base + key)
        except urllib.error.HTTPError as error:
            if error.code not in (403, 404):
                raise
            return False
        return True


def copy_show(root: Path) -> None:
    """Copy this repository's own show into a new folder."""
    for name in ("feeds", "episodes", "artwork"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "podwright.toml", root)
