"""Two shows published whole: one that says everything there is to say, and the one that `podwright init` makes.

`python -m tests.test_everything` writes the stored feeds anew, to be looked at before they are kept.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from podwright.core.model import Overrides
from podwright.core.names import parse
from podwright.core.tags import ChannelTags, ItemTags, LiveItem, Value
from podwright.stores.local import LocalStore
from podwright.workspace.author import write_workspace
from podwright.workspace.load import load_workspace
from tests.support.published import Place

DATA = Path(__file__).with_name("data")
NOW = datetime(2026, 3, 10, tzinfo=UTC)
BASE = "https://cdn.example.org/"


def everything(root: Path) -> Place:
    shutil.copytree(DATA / "everything", root, dirs_exist_ok=True)
    return Place(root, Overrides(), BASE, root / "public")


def plain(root: Path) -> Place:
    write_workspace(root, title="The Gardening Hour", guid="plain-1", now=NOW, public_url=BASE)
    return Place(root, Overrides(), BASE, root / "public")


GOLDEN = [
    pytest.param(everything, "everything.xml", "everything.xml", id="everything"),
    pytest.param(plain, "the-gardening-hour.xml", "plain.xml", id="plain"),
]


def published(found: Place, name: str) -> bytes:
    found.publish(now=NOW)
    return found.get(BASE + name)


@pytest.mark.parametrize(("make", "name", "stored"), GOLDEN)
def test_the_feed_is_the_stored_one(tmp_path: Path, make: object, name: str, stored: str) -> None:
    assert callable(make)
    assert published(make(tmp_path), name) == (DATA / "rss" / stored).read_bytes()


@pytest.mark.parametrize(("make", "name", "stored"), GOLDEN)
def test_every_key_that_is_written_has_a_name_that_says_its_headers(
    tmp_path: Path, make: object, name: str, stored: str
) -> None:
    assert callable(make)
    place: Place = make(tmp_path)
    podcast = place.plan(now=NOW).podcast
    place.publish(now=NOW)
    assert place.folder
    names = {one.key: parse(one.key) for one in LocalStore(place.folder, url="file:public").observe_all("")}
    assert {key for key, one in names.items() if one is None or one.render() != key} == set()
    for artifact in podcast.artifacts:
        one = names[artifact.key]
        headers = one and (one.side, one.media_type, one.cache_control)
        assert headers == (artifact.side, artifact.media_type, artifact.cache_control), artifact.key


def test_everything_leaves_no_tag_out() -> None:
    show, episodes, _ = load_workspace(DATA / "everything", Overrides())
    (feed,) = show.feeds
    (full,) = (episode for episode in episodes if episode.outline.number)
    unsaid = {
        f"{type(value).__name__}.{name}"
        for value in (feed.tags, full.tags, *feed.tags.live, *full.tags.value)
        for name in value.__dataclass_fields__
        if not getattr(value, name)
    }
    # A value may do without a suggestion, and a live item may say what any item says.
    assert unsaid <= {"Value.suggested"}
    assert {type(one) for one in (feed.tags, full.tags)} == {ChannelTags, ItemTags}
    assert {type(one) for one in (*feed.tags.live, *full.tags.value)} == {LiveItem, Value}


if __name__ == "__main__":
    for row in GOLDEN:
        make, name, stored = row.values
        with tempfile.TemporaryDirectory() as folder:
            (DATA / "rss" / str(stored)).write_bytes(published(make(Path(folder)), str(name)))
