"""gPodder and newsboat, subscribed to the sample show over HTTP: what they keep, download, and do on an update."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from podwright.core.model import Episode
from podwright.workspace.load import load_workspace
from tests.clients.apps import Gpo, Newsboat
from tests.support.published import NOW, Place

pytestmark = pytest.mark.clients

FEED = "quick-take.xml"
EDITED = "episodes/home-monitoring/start-here/episode.md"


def carried(place: Place) -> dict[str, Episode]:
    """The episodes of the public feed that are due, by guid."""
    show, episodes, _ = load_workspace(place.root, place.overrides)
    due = [e for e in episodes if e.outline.published <= NOW and e.outline.tier in show.public]
    return {episode.outline.guid: episode for episode in due}


def edit(place: Place, change: Callable[[str], str], *, name: str = EDITED) -> None:
    path = place.root / name
    text = path.read_text()
    assert change(text) != text
    path.write_text(change(text))


def retitle(text: str) -> str:
    return re.sub(r"^title: .*$", "title: Start here, again", text, count=1, flags=re.MULTILINE)


def republish(place: Place, now: datetime = NOW) -> None:
    """Publish in a later second than before: an app that asks If-Modified-Since sees no change within one.

    https://www.rfc-editor.org/rfc/rfc9110#section-8.8.2
    """
    with urllib.request.urlopen(place.base + FEED, timeout=30) as answer:
        modified = parsedate_to_datetime(answer.headers["Last-Modified"])
    while datetime.now(UTC) < modified + timedelta(seconds=1):
        pass
    place.publish(now=now)


def next_due(place: Place) -> datetime:
    _, episodes, _ = load_workspace(place.root, place.overrides)
    return min(e.outline.published for e in episodes if e.outline.published > NOW and e.outline.tier == "free")


@pytest.fixture
def gpo(tmp_path: Path, place: Place) -> Gpo:
    place.publish()
    app = Gpo(tmp_path / "gpodder")
    app.run("subscribe", place.base + FEED, "Show")
    app.run("update")
    return app


@pytest.fixture
def newsboat(tmp_path: Path, place: Place) -> Newsboat:
    place.publish()
    app = Newsboat(tmp_path / "newsboat")
    app.subscribe(place.base + FEED)
    app.reload()
    return app


def test_gpodder_keeps_what_the_workspace_says_and_downloads_what_was_published(place: Place, gpo: Gpo) -> None:
    gpo.run("download")
    expected = carried(place)
    heard = gpo.episodes()
    assert [one.guid for one in heard] == sorted(expected, key=lambda guid: expected[guid].outline.published)
    for one in heard:
        episode = expected[one.guid]
        assert one.title == episode.outline.title
        assert one.published == int(episode.outline.published.timestamp())
        assert one.duration > 0
        assert one.file is not None
        data = one.file.read_bytes()
        assert data == place.get(one.url)
        assert one.size == len(data)
        listed = [chapter.title for chapter in episode.chapters if not chapter.hidden]
        assert not listed or [chapter["title"] for chapter in json.loads(one.chapters or "[]")] == listed


def test_gpodder_shows_an_edited_episode_once_and_a_new_one_once(place: Place, gpo: Gpo) -> None:
    before = {one.guid: one.title for one in gpo.episodes()}
    edit(place, retitle)
    republish(place)
    gpo.run("update")
    after = {one.guid: one.title for one in gpo.episodes()}
    assert len(gpo.episodes()) == len(after)
    assert after.keys() == before.keys()
    assert sorted(title for guid, title in after.items() if title != before[guid]) == ["Start here, again"]
    republish(place, next_due(place))
    gpo.run("update")
    later = [one.guid for one in gpo.episodes()]
    assert len(later) == len(set(later)) == len(before) + 1


def test_gpodder_finds_every_episode_of_a_feed_in_pages(tmp_path: Path, place: Place) -> None:
    edit(place, lambda text: f"limit = 2\n{text}", name="feeds/quick-take.toml")
    place.publish()
    app = Gpo(tmp_path / "gpodder")
    app.run("subscribe", place.base + FEED, "Show")
    app.run("update")
    assert sorted(one.guid for one in app.episodes()) == sorted(carried(place))


def test_newsboat_keeps_what_the_workspace_says_and_podboat_downloads_what_was_published(
    place: Place, newsboat: Newsboat
) -> None:
    expected = carried(place)
    items = newsboat.items()
    assert {guid: title for guid, title, _ in items} == {guid: e.outline.title for guid, e in expected.items()}
    files = newsboat.download(count=len(items))
    assert files == {urlsplit(url).path.rpartition("/")[2]: place.get(url) for _, _, url in items}


def test_newsboat_shows_an_edited_episode_once_and_a_new_one_once(place: Place, newsboat: Newsboat) -> None:
    before = newsboat.items()
    edit(place, retitle)
    republish(place)
    newsboat.reload()
    after = newsboat.items()
    assert [guid for guid, _, _ in after] == [guid for guid, _, _ in before]
    assert [url for _, _, url in after] == [url for _, _, url in before]
    republish(place, next_due(place))
    newsboat.reload()
    assert len(newsboat.items()) == len(before) + 1
