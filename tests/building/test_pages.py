"""The web pages of whole workspaces, as they lie in the store."""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from lxml import html

from podwright.core.errors import WorkspaceError
from podwright.core.model import Overrides
from podwright.core.names import is_page
from tests.support.published import Place

BASE = "https://podcast.example.org/"


@pytest.fixture
def place(sample: Path) -> Place:
    return Place(sample, Overrides(public_url=BASE), BASE, folder=sample / "public")


def pages(place: Place) -> dict[str, html.HtmlElement]:
    """Every page by key."""
    assert place.folder
    keys = [path.relative_to(place.folder).as_posix() for path in place.folder.rglob("*.html")]
    return {key: html.document_fromstring(place.get(BASE + key).decode()) for key in sorted(keys) if is_page(key)}


def links(key: str, page: html.HtmlElement) -> Iterator[str]:
    """What a page names on its own site, as keys."""
    found = page.xpath("//@href | //@src | //meta[contains(@property, ':url') or @name = 'twitter:player']/@content")
    found += [one.split()[0] for srcset in page.xpath("//@srcset") for one in srcset.split(", ")]
    for link in found:
        url = urljoin(BASE + key, link)
        if url.startswith(BASE) and not link.startswith("#"):
            yield unquote(urlsplit(url).path[1:])


def test_every_link_of_every_page_leads_to_something_published(place: Place) -> None:
    place.publish()
    assert place.folder
    for key, page in pages(place).items():
        for target in links(key, page):
            assert (place.folder / target).is_file(), (key, target)
        for anchor in page.xpath("//@href[starts-with(., '#')]"):
            assert page.xpath(f"//*[@id='{anchor[1:]}']"), (key, anchor)


def test_a_public_page_says_nothing_of_a_members_episode(place: Place) -> None:
    place.publish()
    shown = "".join(
        html.tostring(page, encoding="unicode") for key, page in pages(place).items() if not key.startswith("private/")
    )
    hidden = [key for key in pages(place) if key.startswith("private/") and key.endswith("index.html")]
    assert len(hidden) == 2
    for key in hidden:
        assert key.split("/")[2] not in shown


def test_the_feed_links_the_page_and_its_notes_link_the_sisters(place: Place) -> None:
    place.publish()
    feed = unescape(place.get(f"{BASE}quick-take.xml").decode())
    assert f"<link>{BASE}episodes/mind-the-rug/index.html</link>" in feed
    notes = feed[feed.index("<title>Start here: medicine at the kitchen table") :].partition("</item>")[0]
    assert f'<a href="{BASE}episodes/mind-the-rug/index.html">2. Falls: mind the rug</a>' in notes


def changed(place: Place) -> set[str]:
    """The pages that a publish would write."""
    return {step.key for step in place.plan().plan.pages}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


SEARCH = {"search/0/1-0.json", "search/episodes-0.json"}


def test_an_edit_of_the_notes_rewrites_the_page_and_its_words_alone(place: Place) -> None:
    place.publish()
    with (place.root / "episodes/home-monitoring/mind-the-rug/episode.md").open("a") as file:
        file.write("\nA word more.\n")
    assert changed(place) == {"episodes/mind-the-rug/index.html", "search/0/1-0.json"}


def test_a_new_title_rewrites_the_page_its_neighbours_and_the_lists_that_name_it(place: Place) -> None:
    place.publish()
    edit(place.root / "episodes/home-monitoring/mind-the-rug/episode.md", 'title: "', 'title: "New ')
    season = ["a-scale-by-the-door", "blood-pressure-at-home", "mind-the-rug", "reading-a-home-log", "start-here"]
    members = ["private/episodes/counting-clean-hands", "private/episodes/sleep-after-night-shifts"]
    folders = [*(f"episodes/{slug}" for slug in season if slug != "a-scale-by-the-door"), *members]
    own = {f"episodes/mind-the-rug/{name}" for name in ("embed.html", "oembed.json")}
    lists = {"index.html", "archive/index.html", "sections/geriatrics/index.html", "seasons/home-monitoring/index.html"}
    assert changed(place) == {f"{folder}/index.html" for folder in folders} | own | lists | SEARCH


def test_pages_go_when_their_episode_does(place: Place) -> None:
    place.publish()
    shutil.rmtree(place.root / "episodes" / "gardening-between-shifts")
    place.publish("vanished")
    assert not any("gardening" in key for key in pages(place))
    assert place.folder
    assert (place.folder / "episodes/gardening-between-shifts/gardening-between-shifts.mp3").exists()


def test_a_show_without_pages_publishes_none_and_links_none(place: Place) -> None:
    place.publish()
    with (place.root / "podwright.toml").open("a") as file:
        file.write("\n[site]\npages = false\n")
    place.publish()
    assert pages(place) == {}
    assert "index.html" not in place.get(f"{BASE}quick-take.xml").decode()


@pytest.mark.parametrize(
    ("now", "notices"),
    [
        ("2026-06-01", []),
        ("2029-02-02", ["credit", "content"]),
    ],
)
def test_the_clock_alone_tells_that_an_episode_is_no_longer_current(place: Place, now: str, notices: list[str]) -> None:
    before = datetime(2026, 5, 1, tzinfo=UTC)
    place.publish(now=before)
    horizon = place.plan(before).podcast.horizon
    assert horizon is not None
    at = datetime.fromisoformat(f"{now}T12:00:00+00:00")
    place.publish(now=at)
    page = pages(place)["episodes/blood-pressure-at-home/index.html"]
    said = " ".join(one.text_content() for one in page.find_class("notice"))
    assert sorted(word for word in ("content", "credit") if word in said) == sorted(notices)


def add_tip(place: Place, number: int, published: datetime) -> None:
    """One more episode of few words."""
    folder = place.root / "episodes" / f"tip-{number:03}"
    folder.mkdir()
    os.link(next((place.root / "episodes/gardening-between-shifts").glob("*.mp3")), folder / "tip.mp3")
    head = f"title: Tip {number}\nguid: tip-{number}\npublished: {published.isoformat()}"
    (folder / "episode.md").write_text(f"---\n{head}\n---\n")


def test_an_archive_of_hundreds_is_paged_from_the_oldest_on(place: Place) -> None:
    for number in range(120):
        add_tip(place, number, datetime(2025, 1, 1 + number % 28, number // 28, tzinfo=UTC))
    place.publish()
    found = {
        key: page.xpath("//*[@class='cards']//h3//@href") for key, page in pages(place).items() if "archive/" in key
    }
    assert {key: len(cards) for key, cards in found.items()} == {"archive/index.html": 75, "archive/page-1.html": 50}
    assert len({urljoin(BASE + key, link) for key, cards in found.items() for link in cards}) == 125
    edit(place.root / "episodes/tip-000/episode.md", "title: ", "title: New ")
    assert {key for key in changed(place) if key.startswith("archive/")} == {"archive/page-1.html"}
    edit(place.root / "episodes/tip-000/episode.md", "title: New ", "title: ")
    add_tip(place, 120, datetime(2025, 2, 1, tzinfo=UTC))
    listed = {key for key in changed(place) if key.startswith("search/")}
    assert listed == {"search/100/1-0.json", "search/episodes-1.json", "search/index.html"}


def test_the_search_knows_public_episodes_and_no_others(place: Place) -> None:
    place.publish()
    assert place.folder
    words = json.loads((place.folder / "search/0/1-0.json").read_text())
    records = json.loads((place.folder / "search/episodes-0.json").read_text())
    keys = [record[0] for record in records]
    public = [key for key in pages(place) if key.startswith("episodes/") and key.endswith("/index.html")]
    assert sorted(keys) == public
    found, at = set(), 0
    for distance in words["cuff"][::2]:
        at += distance
        found.add(keys[at])
    assert found == {
        f"episodes/{slug}/index.html" for slug in ("blood-pressure-at-home", "reading-a-home-log", "start-here")
    }
    everything = " ".join(path.read_text() for path in (place.folder / "search").rglob("*") if path.is_file())
    assert "counting-clean-hands" not in everything


def test_a_shelf_that_is_full_is_kept_in_files_of_its_own(place: Place) -> None:
    for number in range(94):
        add_tip(place, number, datetime(2025, 1, 1 + number % 28, number // 28, tzinfo=UTC))
    place.publish()
    assert place.folder
    assert {path.name for path in (place.folder / "search/0").iterdir()} == {"1-0.json"}
    add_tip(place, 94, datetime(2025, 2, 1, tzinfo=UTC))
    place.publish()
    assert {path.name for path in (place.folder / "search/0").iterdir()} == {f"16-{n}.json" for n in range(16)}
    assert not place.plan().plan.writes


def test_a_section_that_is_written_in_another_script_has_a_list_of_its_own(place: Place) -> None:
    edit(place.root / "podwright.toml", '"General"]', '"General", "心臓", "肺"]')
    edit(place.root / "episodes/gardening-between-shifts/episode.md", "---\n", "---\nsection: 心臓\n")
    place.publish()
    assert [key for key in pages(place) if re.fullmatch(r"sections/[0-9a-f]{6}/index\.html", key)]


def test_a_fault_in_the_theme_stops_a_publish_before_anything_is_written(place: Place) -> None:
    (place.root / "theme").mkdir()
    (place.root / "theme" / "list.html").write_text("{{ nothing }}")
    with pytest.raises(WorkspaceError, match=r"theme/list\.html:1: 'nothing' is undefined; correct the template"):
        place.publish()
    assert place.folder
    assert not place.folder.exists()
    (place.root / "theme" / "list.html").write_text("<!DOCTYPE html><title>Mine</title>")
    place.publish()
    assert place.get(f"{BASE}archive/index.html").startswith(b"<!DOCTYPE html><title>Mine")


def test_an_hour_of_talk_weighs_less_than_sixty_kilobytes(place: Place) -> None:
    words = (place.root / "episodes/home-monitoring/blood-pressure-at-home/transcript.vtt").read_text().split()
    chosen = random.Random(1)
    vocabulary = sorted({word for word in words if word.isalpha()})
    vocabulary += ["".join(chosen.choices("aeioustrnl", k=7)) for _ in range(1500)]
    cues = []
    for second in range(0, 3600, 3):
        clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
        end = f"{(second + 3) // 3600:02}:{(second + 3) // 60 % 60:02}:{(second + 3) % 60:02}"
        cues.append(f"{clock}.000 --> {end}.000\n<v Host>{' '.join(chosen.choices(vocabulary, k=8))}.")
    folder = place.root / "episodes/gardening-between-shifts"
    (folder / "transcript.vtt").write_text("WEBVTT\n\n" + "\n\n".join(cues) + "\n")
    place.publish()
    page = place.get(f"{BASE}episodes/gardening-between-shifts/index.html")
    files = [
        place.get(BASE + key)
        for key in links("episodes/gardening-between-shifts/index.html", html.document_fromstring(page.decode()))
        if key.startswith("assets/") and not key.endswith(".svg")
    ]
    assert sum(len(gzip.compress(data)) for data in (page, *files)) < 60_000
