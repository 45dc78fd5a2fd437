"""An import writes a workspace, completes it when run again, and leaves alone what people edited."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from podwright.core.errors import WorkspaceError
from podwright.core.model import Overrides
from podwright.workspace.importing import Fetched, Fetcher
from podwright.workspace.load import load_workspace
from tests.support.published import Place
from tests.workspace.importing.feeds import BASE, feed, host, imported, item, tree

FULL = (
    f'<podcast:chapters url="{BASE}chapters.json" type="application/json+chapters"/>'
    f'<podcast:transcript url="{BASE}captions.vtt" type="text/vtt"/>'
    f'<podcast:transcript url="{BASE}captions.vtt" type="text/vtt" language="de"/>'
    f'<itunes:image href="{BASE}show.png?episode"/>'
)
ITEMS = (item(3), item(2, FULL), item(1))


@dataclass
class Stopping:
    """A fetcher that is stopped after so many files, as by Ctrl-C."""

    inner: Fetcher
    left: int

    def fetch(self, url: str, path: Path, *, most: int) -> Fetched:
        if not self.left:
            raise KeyboardInterrupt
        self.left -= 1
        return self.inner.fetch(url, path, most=most)


def test_a_second_run_writes_nothing_and_asks_for_nothing_but_the_feed(tmp_path: Path) -> None:
    fetcher, root = host(tmp_path / "old", feed(*ITEMS)), tmp_path / "new"
    imported(root, fetcher)
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file() and "import" not in str(path)}
    fetcher.asked.clear()
    done = imported(root, fetcher)
    assert {outcome for _, outcome in done.counts} == {"same"}
    assert [url for url in fetcher.asked if url.endswith((".mp3", ".vtt", ".json"))] == []
    assert before == {path: path.stat().st_mtime_ns for path in before}


def test_what_was_edited_by_hand_stays_as_it_is(tmp_path: Path) -> None:
    fetcher, root = host(tmp_path / "old", feed(*ITEMS)), tmp_path / "new"
    imported(root, fetcher)
    notes = root / "episodes" / "talk-1" / "episode.md"
    notes.write_text(notes.read_text().replace("About 1.", "By hand."))
    settings = root / "podwright.toml"
    settings.write_text(settings.read_text() + "\n# By hand.\n")
    before = tree(root)
    host(
        tmp_path / "old",
        feed(*(one.replace("About", "More about") for one in ITEMS), channel="<copyright>x</copyright>"),
    )
    done = imported(root, fetcher)
    assert done.edited == ["podwright.toml", "episodes/talk-1/episode.md"]
    changed = {name for name, data in tree(root).items() if before.get(name) != data}
    assert changed == {"episodes/talk-2/episode.md", "episodes/talk-3/episode.md"}


def test_a_later_run_brings_what_is_new_at_the_old_host(tmp_path: Path) -> None:
    fetcher, root = host(tmp_path / "old", feed(*ITEMS)), tmp_path / "new"
    imported(root, fetcher)
    before = tree(root)
    host(tmp_path / "old", feed(item(4), *ITEMS))
    imported(root, fetcher)
    after = tree(root)
    assert set(after) - set(before) == {"episodes/talk-4/episode.md", "episodes/talk-4/audio.mp3"}
    assert {name: after[name] for name in before} == before


def test_texts_first_and_recordings_later_are_the_same_as_all_at_once(tmp_path: Path) -> None:
    fetcher = host(tmp_path / "old", feed(*ITEMS))
    imported(tmp_path / "once", fetcher)
    imported(tmp_path / "twice", fetcher, media=False)
    assert not [name for name in tree(tmp_path / "twice") if name.endswith(".mp3")]
    imported(tmp_path / "twice", fetcher)
    assert tree(tmp_path / "twice") == tree(tmp_path / "once")


def test_an_import_that_was_stopped_anywhere_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    fetcher = host(tmp_path / "old", feed(*ITEMS))
    imported(tmp_path / "whole", fetcher)
    wanted, files = tree(tmp_path / "whole"), len(fetcher.asked)
    for left in range(files):
        root = tmp_path / str(left)
        with pytest.raises(KeyboardInterrupt):
            imported(root, Stopping(fetcher, left))
        imported(root, fetcher)
        assert tree(root) == wanted


def test_the_workspace_says_what_the_feed_said(tmp_path: Path) -> None:
    imported(tmp_path / "new", host(tmp_path / "old", feed(*ITEMS)))
    show, episodes, problems = load_workspace(tmp_path / "new", Overrides())
    assert problems == ()
    assert show.title == "Old show"
    first, second, _ = sorted(episodes, key=lambda one: one.outline.published)
    assert first.outline.guid == "g 1"
    assert first.outline.published.isoformat() == "2020-06-01T08:00:00-05:00"
    assert [chapter.title for chapter in second.chapters] == ["One", "Two"]
    assert [one.language for one in second.translations] == ["de"]
    assert second.transcript


def test_a_locked_feed_is_imported_by_its_owner_alone(tmp_path: Path) -> None:
    locked = '<podcast:locked owner="ada@example.org">yes</podcast:locked>'
    fetcher, root = host(tmp_path / "old", feed(*ITEMS, channel=locked)), tmp_path / "new"
    with pytest.raises(WorkspaceError, match="is locked: its owner allows no import; unlock it at the old host, or"):
        imported(root, fetcher)
    assert tree(root) == {}
    imported(root, fetcher, owner="Ada@example.org")
    assert "locked = true" in (root / "feeds" / "old-show.toml").read_text()


def test_a_workspace_that_is_there_is_completed(tmp_path: Path) -> None:
    fetcher, root = host(tmp_path / "old", feed(*ITEMS)), tmp_path / "new"
    imported(root, fetcher)
    (root / "episodes" / "talk-1").rename(root / "episodes" / "renamed-by-hand")
    (root / "episodes" / "renamed-by-hand" / "audio.mp3").unlink()
    imported(root, fetcher)
    assert (root / "episodes" / "renamed-by-hand" / "audio.mp3").exists()
    assert not (root / "episodes" / "talk-1").exists()


def test_elements_of_other_namespaces_are_published_as_they_were(tmp_path: Path) -> None:
    foreign = '<acast:id xmlns:acast="https://schema.acast.com/1.0/" kind="a">5<acast:x>y</acast:x></acast:id>'
    more = '<category>One</category><category domain="d">Two</category>'
    where = f'<media:content xmlns:media="http://search.yahoo.com/mrss/" url="{BASE}1.mp3"/>'
    text = feed(item(1, foreign + more + where), channel=f"<ttl>60</ttl>{foreign}")
    root = tmp_path / "new"
    assert imported(root, host(tmp_path / "old", text)).findings == []
    Place(root, Overrides(), "https://new.example.org/", root / "public").publish()
    text = (root / "public" / "old-show.xml").read_text()
    channel, _, entry = text.partition("<item>")
    for part in (channel, entry):
        assert foreign in part
    assert "<ttl>60</ttl>" in channel
    assert "<category>One</category>" in entry
    assert '<category domain="d">Two</category>' in entry
    assert "media:content" not in entry


def test_recordings_that_the_disk_has_no_room_for_are_not_begun(tmp_path: Path) -> None:
    huge = item(1).replace('length="5"', f'length="{10**15 - 1}"')
    fetcher = host(tmp_path / "old", feed(huge))
    (finding,) = imported(tmp_path / "new", fetcher).findings
    assert finding.message.startswith("its audio has 999,999,999,999,999 bytes and the disk ")
    assert not [url for url in fetcher.asked if url.endswith(".mp3")]
    assert "episodes/talk-1/episode.md" in tree(tmp_path / "new")
