"""A feed as apps at an address see it: what tells its episodes apart, and the addresses that it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from podwright.core.errors import WorkspaceError
from podwright.workspace.importing import Fetcher
from podwright.workspace.importing.prefixes import split_prefix
from podwright.workspace.importing.source import Source
from podwright.workspace.importing.types import FoundEpisode, FoundShow


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
    Raises WorkspaceError where there is no feed, or only a part of it can be read.
    """
    looked = Source(source, folder, fetcher)
    found = list(looked.first())
    if wrong := [one for one in looked.findings if one.level == "error"]:
        raise WorkspaceError(wrong)
    show = next(one for one in found if isinstance(one, FoundShow))
    episodes: dict[str, ViewedEpisode] = {}
    for one in found:
        if isinstance(one, FoundEpisode):
            episodes.setdefault(one.identity, _viewed(one))
    return View(
        address=address or (source if "://" in source else show.address or source),
        own_address=show.address,
        guid=show.feed.get("guid"),
        locked=bool(show.feed.get("locked")),
        new_feed_url=show.feed.get("new_feed_url"),
        episodes=episodes,
    )


def _viewed(found: FoundEpisode) -> ViewedEpisode:
    return ViewedEpisode(
        title=found.fields.get("title", ""),
        audio=split_prefix(found.audio.url)[1] if found.audio else None,
        page=found.fields.get("link"),
    )
