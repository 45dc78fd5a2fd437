"""The web pages in a real browser, from a real store: played, read, judged, and attacked."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from podwright.core.model import Overrides
from podwright.render.site.search import split_words
from tests.clients import HERE
from tests.operations.test_preview import started, stop
from tests.support.pages import HOSTILE
from tests.support.published import NOW, Place

pytestmark = pytest.mark.clients

EPISODE = "episodes/blood-pressure-at-home/index.html"
EMBED = "episodes/blood-pressure-at-home/embed.html"
KINDS = [
    "index.html",
    "archive/index.html",
    "sections/cardiology/index.html",
    "seasons/home-monitoring/index.html",
    "404.html",
    "search/index.html?q=cuff",
    EPISODE,
    EMBED,
]
SPLIT = [
    "Don’t panic: 120/80 mmHg",
    "İstanbul ΣΊΣΥΦΟΣ Größe",
    "血圧計とABC テレビ",
    "ความดันโลหิต",
    "हिन्दी में",
    "한국어 팟캐스트",
]
AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"
#: Chromium's own switches: CI runs as root, and a page may start to play without a click.
SWITCHES = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]


@dataclass
class Visit:
    """A browser's page, and everything that it complained of or asked other hosts for."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)

    def open(self, key: str) -> Page:
        self.page.goto(self.base + key)
        return self.page

    def seen(self, script: str) -> Any:
        return self.page.evaluate(script)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=shutil.which("chromium"), args=SWITCHES)
        yield browser
        browser.close()


def visit(browser: Browser, place: Place, **settings: Any) -> Visit:
    page = browser.new_context(**settings).new_page()
    page.set_default_timeout(20_000)
    found = Visit(page, place.base)
    page.on("console", lambda message: found.complaints.append(message.text) if message.type != "log" else None)
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    page.on("request", lambda asked: found.strays.append(asked.url) if not asked.url.startswith(place.base) else None)
    return found


def test_the_audio_plays_and_its_time_moves(browser: Browser, place: Place) -> None:
    place.publish()
    found = visit(browser, place)
    page = found.open(EPISODE)
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("() => document.querySelector('audio').currentTime > 0.5")
    page.get_by_role("button", name="Pause").click()
    assert found.seen("document.querySelector('audio').paused")
    assert (found.complaints, found.strays) == ([], [])


def test_a_chapter_seeks_and_the_text_follows(browser: Browser, place: Place) -> None:
    place.publish()
    found = visit(browser, place)
    page = found.open(EPISODE)
    page.get_by_role("link", name="The readings").click()
    page.wait_for_function("() => document.querySelector('audio').currentTime > 29.2")
    assert "The readings" in page.locator(".chapters [aria-current]").inner_text()
    assert page.locator(".transcript .current").inner_text().startswith("Take two readings")
    page.locator(".transcript span", has_text="Start before the cuff").click()
    page.wait_for_function("() => document.querySelector('audio').currentTime < 20")
    page.wait_for_function("() => document.querySelector('.transcript .current').innerText.startsWith('Start before')")
    assert "Before the cuff" in page.locator(".chapters [aria-current]").inner_text()
    assert found.complaints == []


@pytest.mark.parametrize("size", [(390, 780), (1100, 780)], ids=["phone", "desk"])
def test_the_player_stays_in_sight_and_covers_nothing_before_it(
    browser: Browser, place: Place, size: tuple[int, int]
) -> None:
    place.publish()
    page = visit(browser, place, viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce").open(EPISODE)
    page.locator(".controls:visible").first.wait_for()
    header, player = page.locator("article > header").bounding_box(), page.locator(".player").bounding_box()
    download = page.locator(".download").bounding_box()
    assert header
    assert player
    assert download
    assert player["y"] >= header["y"] + header["height"]
    assert download["y"] >= player["y"] + player["height"]
    page.evaluate("document.getElementById('contact').scrollIntoView()")
    held, heading = page.locator(".player").bounding_box(), page.locator("#contact").bounding_box()
    assert held
    assert heading
    assert held["y"] == 0
    assert held["height"] < size[1] / 4
    assert heading["y"] >= held["height"]


@pytest.mark.parametrize("width", [640, 360])
def test_the_player_for_other_sites_is_as_high_as_they_are_told(browser: Browser, place: Place, width: int) -> None:
    page = place.root / "episodes/home-monitoring/blood-pressure-at-home/episode.md"
    page.write_text(re.sub("(?m)^title: .*", f"title: {'A very long title ' * 9}", page.read_text(), count=1))
    place.publish()
    found = visit(browser, place, viewport={"width": width, "height": 100})
    for key in (EMBED, "episodes/mind-the-rug/embed.html"):
        found.open(key).locator(".controls:visible").first.wait_for()
        told = json.loads(found.page.request.get(f"{place.base}{key.replace('embed.html', 'oembed.json')}").text())
        assert told["height"] - 16 <= found.seen("document.documentElement.scrollHeight") <= told["height"]
        assert f'height="{told["height"]}"' in told["html"]
        card = found.page.request.get(f"{place.base}{key.replace('embed.html', 'index.html')}").text()
        assert f'<meta name="twitter:player:height" content="{told["height"]}">' in card
    assert (found.complaints, found.strays) == ([], [])


@pytest.mark.parametrize(("asked", "time"), [("47", 47), ("0:47", 47), ("0m13s", 13), ("nonsense", 0)])
def test_a_link_to_a_moment_begins_there(browser: Browser, place: Place, asked: str, time: int) -> None:
    place.publish()
    found = visit(browser, place)
    found.open(f"{EPISODE}?t={asked}").wait_for_function("() => document.querySelector('audio').readyState > 0")
    assert abs(found.seen("document.querySelector('audio').currentTime") - time) < 0.5


def test_the_player_is_worked_by_keys_alone(browser: Browser, place: Place) -> None:
    place.publish()
    found = visit(browser, place)
    page = found.open(EPISODE)
    page.wait_for_function("() => document.querySelector('audio').readyState > 0")
    press = page.keyboard.press
    press("l")
    assert abs(found.seen("document.querySelector('audio').currentTime") - 30) < 0.5
    press("j")
    assert abs(found.seen("document.querySelector('audio').currentTime") - 15) < 0.5
    press(">")
    assert found.seen("document.querySelector('audio').playbackRate") == 1.25
    press("k")
    page.wait_for_function("() => !document.querySelector('audio').paused")
    press("k")
    page.wait_for_function("() => document.querySelector('audio').paused")
    reached = set()
    for _ in range(60):
        press("Tab")
        reached.add(found.seen("document.activeElement.dataset.action ?? document.activeElement.dataset.time"))
    assert {"back", "play", "forward", "speed", "copy", "follow", "13", "29", "47"} <= reached


def test_the_position_is_kept_in_the_browser(browser: Browser, place: Place) -> None:
    place.publish()
    found = visit(browser, place)
    page = found.open(EPISODE)
    page.get_by_role("link", name="The readings").click()
    page.wait_for_function("() => document.querySelector('audio').currentTime > 29.2")
    page.get_by_role("button", name="Pause").click()
    found.open("index.html")
    found.open(EPISODE).wait_for_function("() => document.querySelector('audio').currentTime > 29")
    assert found.seen("document.querySelector('audio').paused")


def test_a_page_works_with_scripts_off(browser: Browser, place: Place) -> None:
    place.publish()
    page = visit(browser, place, java_script_enabled=False).open(EPISODE)
    assert page.locator("audio[controls]").is_visible()
    assert page.locator(".controls").count() == 2
    assert page.locator(".controls:visible").count() == 0
    assert page.get_by_role("heading", name="Full text").is_visible()
    assert page.get_by_role("link", name="The readings").get_attribute("href") == "blood-pressure-at-home.mp3#t=29"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("key", KINDS)
def test_no_page_keeps_anybody_out(browser: Browser, place: Place, key: str, scheme: str) -> None:
    place.publish()
    found = visit(browser, place, color_scheme=scheme, bypass_csp=True)
    found.open(key).evaluate(AXE.read_text())
    answer = found.seen("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})")
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in answer["violations"]] == []
    assert len(answer["passes"]) > 10


def test_every_page_is_valid_html(place: Place, tmp_path: Path) -> None:
    place.publish()
    paths = []
    for number, key in enumerate(KINDS):
        path = tmp_path / f"{number}.html"
        path.write_bytes(place.get(place.base + key.partition("?")[0]))
        paths.append(str(path))
    program = HERE / "node_modules" / ".bin" / "html-validate"
    command = [str(program), "--config", str(HERE / "htmlvalidate.json"), *paths]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stdout
    Path(paths[0]).write_text("<p><div></p>")
    assert subprocess.run(command, capture_output=True, timeout=120, check=False).returncode == 1


def test_hostile_text_is_shown_and_not_run(browser: Browser, place: Place) -> None:
    path = place.root / "episodes/home-monitoring/blood-pressure-at-home/episode.md"
    hostile = HOSTILE.replace("\u202e", "").replace('"', "'")
    text = path.read_text().replace("title: Blood pressure at the kitchen table", f'title: "{hostile}"')
    text = re.sub(r"(?m)^subtitle: .*$", f'subtitle: "{hostile}"', text)
    text = text.replace("  - Write down every number, not only the nice ones.", f'  - "{hostile}"')
    text += "\n<script>alert(3)</script> [a link](javascript:alert(4)) <img src=x onerror=alert(5)>\n"
    path.write_text(text)
    place.publish()
    found = visit(browser, place)
    dialogs: list[str] = []
    found.page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    for key in (EPISODE, EMBED, "index.html", "archive/index.html", "search/index.html?q=cuff"):
        page = found.open(key)
        if "search" in key:
            page.get_by_text("Episodes found: 3").wait_for()
        assert hostile.split(" {{")[0] in page.locator("body").inner_text(), key
        assert page.locator("a[href^='javascript']").count() == 0
    assert (dialogs, found.complaints, found.strays) == ([], [], [])


def test_the_search_finds_what_was_said_and_what_it_is_called(browser: Browser, place: Place) -> None:
    place.publish()
    found = visit(browser, place)
    page = found.open("index.html")
    page.get_by_role("link", name="Search").click()
    page.get_by_role("searchbox").fill("cuf")
    page.get_by_role("status").get_by_text("Episodes found: 3").wait_for()
    page.get_by_role("searchbox").fill("BLOOD kitchén")
    page.get_by_role("link", name="Blood pressure at the kitchen table").wait_for()
    page.get_by_role("searchbox").fill("nosuchword")
    page.get_by_text("No episode has all these words.").wait_for()
    assert page.locator("#search-results li").count() == 0
    page.get_by_role("searchbox").fill("pressure cuff")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Blood pressure at the kitchen table").click()
    page.wait_for_url(place.base + EPISODE)
    page.go_back()
    page.get_by_role("link", name="Blood pressure at the kitchen table").wait_for()
    assert page.get_by_role("searchbox").input_value() == "pressure cuff"
    assert (found.complaints, found.strays) == ([], [])


def test_the_browser_splits_a_text_as_the_index_does(browser: Browser, place: Place) -> None:
    place.publish()
    found = visit(browser, place)
    src = found.open("search/index.html").locator("script[src*=search]").get_attribute("src")
    # Characters younger than this Python's tables are not compared.
    known = (chr(code) for code in range(0x20, 0x2FA20) if unicodedata.category(chr(code)) not in {"Cn", "Cs"})
    texts = [*SPLIT, *(f"a{char}b{char} c" for char in known)]
    script = "([src, texts]) => import(new URL(src, location)).then(m => texts.map(t => m.words(t)))"
    answers = found.page.evaluate(script, [src, texts])
    differing = {}
    for text, answer in zip(texts, answers, strict=True):
        own = split_words(text)
        # The index also has the single characters of a pair.
        pairs = {word for word in own if len(word) > 1}
        if answer != own and not (pairs and pairs <= set(answer) <= set(own)):
            differing[text] = (answer, own)
    assert differing == {}


def test_a_feed_address_is_copied(browser: Browser, place: Place) -> None:
    place.publish()
    found = visit(browser, place, permissions=["clipboard-read", "clipboard-write"])
    page = found.open("index.html")
    page.get_by_role("button", name="Copy").first.click()
    page.get_by_text("Copied").first.wait_for()
    assert found.seen("navigator.clipboard.readText()") == f"{place.base}cardiology.xml"


def test_the_preview_plays_and_shows_an_edit_by_itself(browser: Browser, sample: Path) -> None:
    served = started(sample, "--now", NOW.isoformat())
    try:
        found = visit(browser, Place(sample, Overrides(), f"http://127.0.0.1:{served.port}/"))
        page = found.open(EPISODE)
        page.get_by_role("link", name="The readings").click()
        page.wait_for_function("() => document.querySelector('audio').currentTime > 29.2")
        with (sample / "episodes/home-monitoring/blood-pressure-at-home/episode.md").open("a") as file:
            file.write("\nWritten while you listen.\n")
        page.get_by_text("Written while you listen.").wait_for()
        assert (found.complaints, found.strays) == ([], [])
    finally:
        assert stop(served) == 0
