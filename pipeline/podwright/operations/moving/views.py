"""A feed as apps at an address see it: what tells its episodes apart, and the addresses that it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from podwright.core.errors import FormatError, WorkspaceError
from podwright.core.finding import Finding
from podwright.core.http import UnreachableError
from podwright.core.showing import shown
from podwright.workspace.importing import Fetcher
from podwright.workspace.importing.prefixes import split_prefix
from podwright.workspace.importing.readers import READERS
from podwright.workspace.importing.types import FoundEpisode, FoundShow, Reader

#: Bytes of a document, and documents of a feed.
MOST_DOCUMENT, MOST_PAGES = 1 << 30, 1000
_HEAD = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewedEpisode:
    """An episode by its addresses."""

    title: str
    #: Of its recording, behind services that count downloads.
    audio: str | None
    page: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A feed at an address."""

    address: str
    #: What it calls its own address (atom:link rel="self").
    own_address: str | None
    guid: str | None
    locked: bool
    new_feed_url: str | None
    #: By guid, in the feed's order.
    episodes: Mapping[str, ViewedEpisode]


def load_view(source: str, fetcher: Fetcher, folder: Path, *, address: str | None = None) -> View:
    """Return a feed with all its pages (RFC 5005).

    source: an address or the path of a file, which may be a copy of what `address` had. folder: room for documents.
    Raises WorkspaceError where there is no feed.
    """
    shows: list[FoundShow] = []
    episodes: dict[str, ViewedEpisode] = {}
    seen: set[str] = set()
    url: str | None = source
    while url and url not in seen and len(seen) < MOST_PAGES:
        seen.add(url)
        path = _fetched(url, fetcher, folder / f"{len(seen)}.xml")
        for one in _read(url, path):
            if isinstance(one, FoundShow):
                shows.append(one)
            else:
                episodes.setdefault(one.identity, _viewed(one))
        url = shows[-1].older
    fields = shows[0].feed
    return View(
        address=address or (source if "://" in source else shows[0].address or source),
        own_address=shows[0].address,
        guid=fields.get("guid"),
        locked=bool(fields.get("locked")),
        new_feed_url=fields.get("new_feed_url"),
        episodes=episodes,
    )


def _viewed(found: FoundEpisode) -> ViewedEpisode:
    return ViewedEpisode(
        title=found.fields.get("title", ""),
        audio=split_prefix(found.audio.url)[1] if found.audio else None,
        page=found.fields.get("link"),
    )


def _fetched(url: str, fetcher: Fetcher, path: Path) -> Path:
    if "://" not in url:
        return Path(url)
    try:
        return fetcher.fetch(url, path, most=MOST_DOCUMENT).path
    except UnreachableError as error:
        raise WorkspaceError([Finding(shown(url), error.reason or str(error))]) from error


def _reader(head: bytes) -> Reader:
    for one in READERS:
        if one.recognises(head):
            return one
    raise FormatError(f"is not {', '.join(one.name for one in READERS)}; name the address of the feed itself")


def _read(url: str, path: Path) -> Iterator[FoundEpisode | FoundShow]:
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
        yield from _reader(head).read(path)
    except OSError as error:
        raise WorkspaceError([Finding(url, f"cannot be read ({error.strerror}); check the path")]) from error
    except FormatError as error:
        raise WorkspaceError([Finding(shown(url) if "://" in url else url, error.message, line=error.line)]) from error
