"""Small feeds for the tests of imports, and how they are imported."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from podwright.workspace.importing import Fetcher, Imported, Request, import_show
from tests.support.importing import FolderFetcher
from tests.support.paths import DATA
from tests.support.published import Quiet

BASE = "https://old.example.org/"
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
NAMESPACES = " ".join(
    f'xmlns:{prefix}="{name}"'
    for prefix, name in {
        "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
        "podcast": "https://podcastindex.org/namespace/1.0",
        "content": "http://purl.org/rss/1.0/modules/content/",
        "atom": "http://www.w3.org/2005/Atom",
        "psc": "http://podlove.org/simple-chapters",
        "dc": "http://purl.org/dc/elements/1.1/",
    }.items()
)
CHAPTERS = '{"version": "1.2.0", "chapters": [{"startTime": 0, "title": "One"}, {"startTime": 2.5, "title": "Two"}]}'
CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:02.000\n<v Ada>Hello there.\n"


def feed(*items: str, channel: str = "") -> str:
    """A feed of these items."""
    head = "<title>Old show</title><link>https://old.example.org/</link><description>About it.</description>"
    head += "<language>en</language><itunes:author>Ada</itunes:author><itunes:category text='Arts'/>"
    more = f'<itunes:image href="{BASE}show.png"/>{channel}'
    start = f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" {NAMESPACES}><channel>{head}{more}\n'
    return start + "\n".join(items) + "\n</channel></rss>\n"


def item(number: int, inner: str = "") -> str:
    """An item with a recording."""
    return (
        f"<item><title>Talk {number}</title><guid>g {number}</guid>"
        f"<pubDate>Mon, {number:02} Jun 2020 08:00:00 -0500</pubDate><description>About {number}.</description>"
        f'<enclosure url="{BASE}{number}.mp3" length="5" type="audio/mpeg"/>{inner}</item>'
    )


def host(folder: Path, text: str) -> FolderFetcher:
    """An old host with a feed, a picture, recordings and texts."""
    folder.mkdir(exist_ok=True)
    (folder / "feed.xml").write_text(text)
    shutil.copy(DATA / "everything" / "artwork" / "show.png", folder / "show.png")
    for number in range(1, 10):
        shutil.copy(DATA / "audio" / "cbr-info.mp3", folder / f"{number}.mp3")
    (folder / "chapters.json").write_text(CHAPTERS)
    (folder / "captions.vtt").write_text(CAPTIONS)
    return FolderFetcher(BASE, folder)


def imported(root: Path, fetcher: Fetcher, **others: Any) -> Imported:
    """Import the old host's feed."""
    request = Request(
        **{"source": f"{BASE}feed.xml", "root": root, "public_url": "https://new.example.org/", "now": NOW, **others}
    )
    return import_show(request, fetcher, progress=Quiet())


def tree(root: Path) -> dict[str, bytes]:
    """The files of a workspace, without caches."""
    files = (path for path in root.rglob("*") if path.is_file() and ".podwright" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}
