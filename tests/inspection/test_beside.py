"""What would be published is told beside the feed that it came from, item by item."""

from __future__ import annotations

from pathlib import Path

from podwright.core.model import Overrides
from podwright.inspection.beside import Comparison, compare_feeds
from podwright.report.importing import compared_lines
from podwright.workspace.importing import Source, look_through
from tests.support.importing import FolderFetcher
from tests.workspace.importing.feeds import BASE, NOW, feed, host, imported, item
from tests.workspace.importing.test_run import ITEMS


def compared(root: Path, fetcher: FolderFetcher) -> Comparison:
    source = Source(f"{BASE}feed.xml", root, fetcher)
    return compare_feeds(source, look_through(source), now=NOW, overrides=Overrides())


def test_an_import_differs_in_nothing(tmp_path: Path) -> None:
    fetcher = host(tmp_path / "old", feed(*ITEMS))
    imported(tmp_path / "new", fetcher)
    found = compared(tmp_path / "new", fetcher)
    assert found == Comparison(episodes=3)
    assert list(compared_lines(found, Path("new"))) == ["0 of 3 episodes would be downloaded again; 0 differences."]


def test_each_difference_is_told_by_what_a_listener_would_see(tmp_path: Path) -> None:
    fetcher, root = host(tmp_path / "old", feed(*ITEMS)), tmp_path / "new"
    imported(root, fetcher)
    first, second = (root / "episodes" / name / "episode.md" for name in ("talk-1", "talk-2"))
    first.write_text(first.read_text().replace("g 1", "other").replace("Talk 1", "Talk one").replace("06-01", "06-07"))
    second.write_text(second.read_text().replace("About", "All about").replace("guid:", "number: 4\nguid:"))
    for name in ("transcript.de.vtt", "artwork.png"):
        second.with_name(name).unlink()
    (root / "episodes" / "talk-3" / "audio.mp3").unlink()
    found = compared(root, fetcher)
    assert [(one.where, one.what, one.again) for one in found.differences] == [
        ("episodes/talk-2", ("number", "notes", "transcripts", "artwork"), False)
    ]
    # The first is no episode of the old feed any more, and its place is free.
    assert (found.episodes, found.waiting, found.again) == (3, 2, 0)


def test_a_recording_that_was_replaced_is_downloaded_again(tmp_path: Path) -> None:
    fetcher, root = host(tmp_path / "old", feed(*ITEMS)), tmp_path / "new"
    imported(root, fetcher)
    audio = root / "episodes" / "talk-1" / "audio.mp3"
    audio.write_bytes(audio.read_bytes() + audio.read_bytes())
    found = compared(root, fetcher)
    assert [one.what for one in found.differences] == [("audio",)]
    assert list(compared_lines(found, Path("new")))[-1] == "1 of 3 episodes would be downloaded again; 1 difference."


def test_what_cannot_be_published_is_not_compared(tmp_path: Path) -> None:
    fetcher, root = host(tmp_path / "old", feed(item(1))), tmp_path / "new"
    imported(root, fetcher)
    (root / "artwork" / "show.png").unlink()
    lines = list(compared_lines(compared(root, fetcher), Path("new")))
    assert lines[0].startswith("error: podwright.toml")
    assert lines[-1] == "Nothing can be compared before that is mended; podwright -C new check tells all."
