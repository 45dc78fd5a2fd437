"""A feed of several documents, published and followed as an app does it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from podwright.core.model import Overrides
from podwright.render.feeds import render_opml
from tests.render.feeds import reading
from tests.support.published import Place
from tests.support.workspaces import write_workspace
from tests.test_any_workspace import BASE, all_items

SETTINGS = {"title": "S", "description": "D", "link": "https://example.org/", "language": "en", "author": "A"}


def written(number: int) -> dict[str, Any]:
    moment = f"2026-01-{number:02}T09:00:00+00:00"
    return {"title": f"Episode {number}", "guid": f"g{number}", "published": moment, "number": number}


def place(root: Path, *, count: int, **feed: object) -> Place:
    write_workspace(root, (SETTINGS, dict(feed), [written(number) for number in range(1, count + 1)]))
    return Place(root, Overrides(), BASE, root / "public")


def guids(found: Place) -> list[str]:
    items = all_items(found, reading.channel_of(found.get(f"{BASE}main.xml")))
    return list(dict.fromkeys(reading.text(item, "guid") or "" for item in items))


@pytest.mark.parametrize("kind", ["episodic", "serial"])
def test_following_a_feed_s_pages_finds_every_episode(tmp_path: Path, kind: str) -> None:
    found = place(tmp_path, count=8, type=kind, limit=3, categories=["Arts"])
    found.publish()
    assert sorted(guids(found)) == [f"g{number}" for number in range(1, 9)]
    current = reading.channel_of(found.get(f"{BASE}main.xml"))
    newest = ["g8", "g7", "g6"]
    shown = [reading.text(item, "guid") for item in current.findall("item")]
    assert shown == (newest if kind == "episodic" else newest[::-1])


def test_a_new_episode_rewrites_the_feed_and_no_page(tmp_path: Path) -> None:
    found = place(tmp_path, count=7, limit=3)
    found.publish()
    (tmp_path / "episodes" / "new").mkdir()
    episode = (tmp_path / "episodes" / "episode-6" / "episode.md").read_text()
    fresh = re.sub("g7", "g8", episode).replace("2026-01-07", "2026-01-08")
    (tmp_path / "episodes" / "new" / "episode.md").write_text(fresh)
    audio = (tmp_path / "episodes" / "episode-6" / "audio.mp3").read_bytes()
    (tmp_path / "episodes" / "new" / "audio.mp3").write_bytes(audio)
    plan = found.plan().plan
    assert [step.key for step in plan.feeds] == ["main.xml"]
    found.publish()
    assert guids(found)[0] == "g8"
    assert len(guids(found)) == 8


def test_archive_pages_say_where_they_stand_and_carry_no_news(tmp_path: Path) -> None:
    live = {
        "guid": "l",
        "title": "Live",
        "status": "live",
        "start": "2026-04-01T10:00:00Z",
        "content_links": [{"title": "Page", "url": "https://example.org/"}],
    }
    found = place(tmp_path, count=7, limit=3, live=[live])
    found.publish()
    current = reading.channel_of(found.get(f"{BASE}main.xml"))
    page = reading.channel_of(found.get(f"{BASE}archive/main/1.xml"))
    assert (len(current.findall(f"{{{reading.NS['podcast']}}}liveItem")), len(page.findall("atom:x", reading.NS))) == (
        1,
        0,
    )
    assert page.findall("podcast:liveItem", reading.NS) == []
    assert reading.text(page, "podcast:guid") == reading.text(current, "podcast:guid")
    assert reading.read_date(page, "lastBuildDate").day == 3


def test_a_live_item_begins_and_ends_by_the_clock_and_a_plan_says_so(tmp_path: Path) -> None:
    start = datetime(2026, 4, 1, 10, tzinfo=UTC)
    live = {
        "guid": "l",
        "title": "Live",
        "start": start.isoformat(),
        "end": (start + timedelta(hours=1)).isoformat(),
        "alternates": [{"type": "application/x-mpegURL", "sources": ["https://example.org/live.m3u8"]}],
        "content_links": [{"title": "Page", "url": "https://example.org/"}],
    }
    found = place(tmp_path, count=1, live=[live])
    seen = []
    for minutes in (-1, 0, 30, 60):
        now = start + timedelta(minutes=minutes)
        proposal = found.plan(now=now)
        found.publish(now=now)
        channel = reading.channel_of(found.get(f"{BASE}main.xml"))
        (item,) = channel.findall("podcast:liveItem", reading.NS)
        changes = [change.live or None for change in proposal.plan.changes]
        seen.append((item.get("status"), changes, proposal.podcast.horizon))
        assert item.find("podcast:alternateEnclosure", reading.NS).get("length") == "0"
    end = start + timedelta(hours=1)
    assert seen == [
        ("pending", [None], start),
        ("live", ["begun"], end),
        ("live", [], end),
        ("ended", ["ended"], None),
    ]


def test_the_list_of_feeds_names_the_public_ones(sample: Path) -> None:
    found = Place(sample, Overrides(public_url=BASE, storage="file:public"), BASE, sample / "public")
    found.publish()
    data = found.get(f"{BASE}feeds.opml")
    named = re.findall(rb'xmlUrl="([^"]*)"', data)
    assert named == [f"{BASE}{name}.xml".encode() for name in ("cardiology", "quick-take")]
    assert data.startswith(render_opml("x", ())[:38])
    assert b"gold" not in data.lower()
