"""The documents of a source: brought here, unpacked, recognised, mended where they must be, and read."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from podwright.core.errors import FormatError, WorkspaceError
from podwright.core.finding import Finding
from podwright.core.http import UnreachableError
from podwright.core.showing import shown
from podwright.workspace.importing.fetching import Fetcher, download_path
from podwright.workspace.importing.readers import READERS
from podwright.workspace.importing.repairs import is_misdeclared, write_repaired
from podwright.workspace.importing.types import FoundEpisode, FoundShow, Reader

#: Bytes of one document as it is written, and pages of one feed.
MOST_DOCUMENT, MOST_PAGES = 2 << 30, 1000
_HEAD = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document of a source, here."""

    #: As findings call it.
    name: str
    path: Path
    reader: Reader
    #: How many episodes it has.
    count: int


@dataclass(slots=True)
class Source:
    """A source that is looked through once, while its documents come, and can then be read again."""

    #: An address, or the path of a file.
    address: str
    root: Path
    fetcher: Fetcher
    #: The newest first.
    documents: list[Document] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Return the source as findings call it."""
        return _named(self.address)

    def first(self) -> Iterator[FoundEpisode | FoundShow]:
        """Yield all that the source has, following its pages (RFC 5005).

        Raises WorkspaceError where its first document cannot be read; of later ones that is a finding.
        """
        url: str | None = self.address
        seen: set[str] = set()
        while url and url not in seen:
            seen.add(url)
            try:
                path = self._unpacked(self._brought(url), url)
                reader = self._recognised(path, url)
                older: list[str] = []
                yield from self._counted(_named(url), path, reader, older)
            except WorkspaceError as error:
                if not self.documents:
                    raise
                advice = "the episodes in it and behind it are not imported; run this again later"
                self.findings += [
                    Finding(one.where, f"{one.message}; {advice}", line=one.line) for one in error.problems
                ]
                return
            url = next(iter(older), None)
            if url and len(seen) >= MOST_PAGES:
                self.findings.append(
                    Finding(self.name, f"has more than {MOST_PAGES:,} pages; those behind are not read")
                )
                return

    def again(self) -> Iterator[FoundEpisode | FoundShow]:
        """Yield the same once more."""
        return chain.from_iterable(one.reader.read(one.path) for one in self.documents)

    def _counted(self, name: str, path: Path, reader: Reader, older: list[str]) -> Iterator[FoundEpisode | FoundShow]:
        """Yield what a document has; put where it goes on into `older`."""
        path = self._readable(name, path, reader)
        count = 0
        for one in reader.read(path):
            count += isinstance(one, FoundEpisode)
            older += [one.older] if isinstance(one, FoundShow) and one.older else []
            yield one
        self.documents.append(Document(name=name, path=path, reader=reader, count=count))

    def _readable(self, name: str, path: Path, reader: Reader) -> Path:
        """Return a document that can be read: as it is, or a mended copy. Raises WorkspaceError where none can be."""
        try:
            reader.check(path)
            if not (reader.mend and is_misdeclared(path)):
                return path
        except FormatError as error:
            if not reader.mend:
                raise WorkspaceError([Finding(name, error.message, line=error.line)]) from error
        copy = download_path(self.root, f"{name} repaired")
        copy.parent.mkdir(parents=True, exist_ok=True)
        repairs = write_repaired(path, copy)
        try:
            with suppress(FormatError):
                reader.check(copy)
                return self._told(name, copy, repairs)
            repairs += reader.mend(copy)
            reader.check(copy)
            return self._told(name, copy, repairs)
        except FormatError as error:
            raise WorkspaceError([Finding(name, error.message, line=error.line)]) from error

    def _told(self, name: str, copy: Path, repairs: list[tuple[int, str]]) -> Path:
        self.findings += [Finding(name, what, line=line, level="warning") for line, what in repairs]
        return copy

    def _brought(self, url: str) -> Path:
        if "://" not in url:
            return Path(url)
        path = download_path(self.root, url)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        try:
            self.fetcher.fetch(url, path, most=MOST_DOCUMENT)
        except UnreachableError as error:
            raise WorkspaceError([Finding(_named(url), error.reason or str(error))]) from error
        return path

    def _unpacked(self, path: Path, url: str) -> Path:
        """Return a document without gzip around it."""
        try:
            with path.open("rb") as file:
                if file.read(2) != b"\x1f\x8b":
                    return path
            plain = download_path(self.root, f"{url} unpacked")
            plain.parent.mkdir(parents=True, exist_ok=True)
            with gzip.open(path) as packed, plain.open("wb") as out:
                size = 0
                while chunk := packed.read(1 << 20):
                    size += len(chunk)
                    if size > MOST_DOCUMENT:
                        raise WorkspaceError([Finding(_named(url), "unpacks to more than 2 GiB; it is no feed")])
                    out.write(chunk)
        except (OSError, EOFError, zlib.error) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is damaged"
            raise WorkspaceError([Finding(_named(url), f"cannot be read ({reason}); check the path")]) from error
        return plain

    def _recognised(self, path: Path, url: str) -> Reader:
        with path.open("rb") as file:
            # As it is in UTF-16, but for the zeros.
            head = file.read(_HEAD).replace(b"\0", b"").lstrip(b"\xff\xfe")
        for reader in READERS if head.strip() else ():
            if reader.recognises(head):
                return reader
        is_page = head.lstrip().lower().startswith((b"<!doctype html", b"<html"))
        what = "is a web page" if is_page else "is empty" if not head.strip() else "is of no kind that can be imported"
        kinds = " or ".join(reader.name for reader in READERS)
        raise WorkspaceError([Finding(_named(url), f"{what}; name {kinds}")])


def _named(url: str) -> str:
    return shown(url) if "://" in url else url
