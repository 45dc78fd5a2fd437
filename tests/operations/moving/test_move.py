"""A show on its way from one host to another: what is wrong, what is to be done, and what moved where."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from podwright.cli import main
from podwright.core.model import Overrides
from podwright.operations.moving import find_faults, host_of, moves_between
from podwright.operations.moving.types import Moved
from podwright.operations.moving.views import View, ViewedEpisode
from tests.support.published import Place
from tests.support.webserver import Asked, Reply, Server, running_server

OLD, NEW = "https://feeds.old.example/a.xml", "https://cdn.example.org/a.xml"


def view(address: str, *guids: str, **fields: Any) -> View:
    base = address.rpartition("/")[0]
    episodes = {one: ViewedEpisode(title=f"On {one}", audio=f"{base}/{one}.mp3", page=f"{base}/{one}") for one in guids}
    plain = View(address=address, own_address=address, guid="g", locked=False, new_feed_url=None, episodes=episodes)
    return replace(plain, **fields)


def test_two_feeds_that_are_the_same_to_apps_have_no_fault() -> None:
    assert list(find_faults(view(OLD, "1", "2"), view(NEW, "3", "2", "1", new_feed_url=NEW))) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "message"),
    [
        ({"guids": "1234567"}, {"guids": "7"}, "episodes", "lacks 6 of 7 episodes (On 1; On 2; *; On 5 and 1 more); *"),
        ({}, {"guid": None}, "guid", "has not the podcast:guid of the old feed; give it g, which never changes"),
        ({}, {"guid": "h"}, "guid", "has not the podcast:guid of the old feed; give it g, which never changes"),
        ({}, {"own_address": OLD}, "self", f"calls itself {OLD}; *"),
        ({}, {"own_address": None}, "self", "calls itself no address; *"),
        ({}, {"new_feed_url": OLD}, "new-feed-url", f"sends Apple on to {OLD}; set new_feed_url to its own address"),
        ({"locked": True}, {}, "locked", "is locked, so that other hosts refuse to import it; unlock it *"),
    ],
)
def test_what_would_lose_listeners_is_told(old: dict[str, Any], new: dict[str, Any], code: str, message: str) -> None:
    (found,) = find_faults(view(OLD, *old.pop("guids", "1"), **old), view(NEW, *new.pop("guids", "1"), **new))
    assert found.code == code
    parts = message.split("*")
    assert found.message.startswith(parts[0])
    assert all(part in found.message for part in parts)


def test_what_moved_is_the_feed_and_of_each_episode_its_recording_and_its_page() -> None:
    old, new = view(OLD, "1", "2"), view(NEW, "2", "3")
    assert moves_between(old, new) == (
        Moved(old=OLD, new=NEW),
        Moved(old="https://feeds.old.example/2.mp3", new="https://cdn.example.org/2.mp3"),
        Moved(old="https://feeds.old.example/2", new="https://cdn.example.org/2"),
    )


@pytest.mark.parametrize(
    ("address", "audio", "name"),
    [
        ("https://anchor.fm/s/0a1b/podcast/rss", None, "Spotify for Creators (Anchor)"),
        ("https://FEEDS.acast.com/public/shows/1", None, "Acast"),
        ("https://feeds.example.org/a.xml", "https://traffic.megaphone.fm/A.mp3", "Megaphone"),
        ("https://notacast.com/a.xml", None, None),
        (OLD, None, None),
    ],
)
def test_a_host_is_known_by_its_feeds_or_its_recordings(address: str, audio: str | None, name: str | None) -> None:
    found = view(address, "1")
    episodes = {"1": replace(found.episodes["1"], audio=audio)}
    host = host_of(replace(found, episodes=episodes))
    assert (host and host.name) == name


# The command


class Moving:
    """A show that is published, and a copy of its feed at another host."""

    def __init__(self, place: Place, old: Server) -> None:
        self.place, self.old = place, old
        self.file = place.root / "feeds/quick-take.toml"
        self.feed = f"{old.url}feed.xml"

    def run(self, *arguments: str) -> Result:
        command = ["-C", str(self.place.root), "move", *arguments, "--allow-host", "127.0.0.1"]
        return CliRunner().invoke(main, command, env={"PODWRIGHT_PUBLIC_URL": self.place.base})

    def write(self, **fields: str) -> None:
        lines = "".join(f"{name} = {value}\n" for name, value in fields.items())
        self.file.write_text(lines + self.file.read_text())
        self.place.publish()


@pytest.fixture
def moving(sample: Path, tmp_path: Path) -> Iterator[Moving]:
    (sample / "public").mkdir(exist_ok=True)
    other = tmp_path / "old"
    with running_server(sample / "public") as server, running_server(other) as old:
        place = Place(sample, Overrides(public_url=server.url), server.url, sample / "public")
        place.publish()
        other.mkdir()
        text = (sample / "public/quick-take.xml").read_text()
        (other / "feed.xml").write_text(text.replace(server.url, old.url).replace("quick-take.xml", "feed.xml"))
        yield Moving(place, old)


def test_the_steps_of_a_move_are_told_and_those_that_are_done(moving: Moving) -> None:
    done = moving.run(moving.feed)
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    url = f"{moving.place.base}quick-take.xml"
    assert lines[0] == f"5 of 5 episodes of {moving.feed} are in {url}, with their guids."
    assert lines[1].startswith(f"warning: {moving.feed}: is locked")
    assert lines[2] == f"1. done: Publish every episode of the old feed here: {url}"
    assert lines[3].startswith('2. to do: Write moved_from = ["')
    assert lines[4].startswith(f'3. to do: Write new_feed_url = "{url}" into feeds/quick-take.toml')
    assert f"podwright move {moving.feed} --rules nginx" in lines[6]
    moving.write(new_feed_url=f'"{url}"', moved_from=f'["{moving.feed}"]')
    rows = json.loads(moving.run("--json").stdout)
    assert [step["done"] for step in rows["steps"][:4]] == [True, True, True, False]
    assert rows["lacking"] == []


def test_an_episode_that_is_not_here_is_told_and_ends_the_command_so(moving: Moving) -> None:
    page = next(moving.place.root.glob("episodes/*/episode.md"))
    shutil.rmtree(page.parent)
    moving.place.publish("vanished")
    done = moving.run(moving.feed)
    assert done.exit_code == 1
    assert "lacks 1 of 5 episodes" in done.stdout


def test_rules_lead_from_each_old_address_to_the_new_one(moving: Moving, tmp_path: Path) -> None:
    done = moving.run(moving.feed, "--rules", "netlify", "--write", str(tmp_path / "rules"))
    assert done.exit_code == 0, done.output
    (file,) = (tmp_path / "rules").rglob("_redirects")
    lines = file.read_text().splitlines()
    assert lines[0] == f"/feed.xml {moving.place.base}quick-take.xml 301!"
    moved = dict(line.split()[:2] for line in lines)
    assert len(moved) == 1 + 2 * 5
    assert all(to == moving.place.base + path.removeprefix("/") for path, to in list(moved.items())[1:])
    again = moving.run(moving.feed, "--rules", "netlify", "--write", str(tmp_path / "rules"))
    assert again.exit_code == 1
    assert "exists already" in again.stderr
    printed = moving.run(moving.feed, "--rules", "netlify").stdout
    assert printed == f"# ---- {file.parent.name}/_redirects\n{file.read_text()}"


def test_leaving_is_the_same_in_the_other_direction(moving: Moving) -> None:
    done = moving.run("--to", moving.feed)
    url = f"{moving.place.base}quick-take.xml"
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0] == f"5 of 5 episodes of {url} are in {moving.feed}, with their guids."
    assert lines[2].startswith("1. to do: Write locked = false")
    rules = moving.run("--to", moving.feed, "--rules", "caddy").stdout
    assert f"`/quick-take.xml` {moving.feed}" in rules


def test_watching_tells_what_the_old_address_answers(moving: Moving) -> None:
    moving.write(moved_from=f'["{moving.feed}"]')
    before = moving.run("--watch")
    assert before.exit_code == 1
    assert "is still the old feed" in before.stdout
    url = f"{moving.place.base}quick-take.xml"

    def gone(asked: Asked, reply: Reply) -> Reply:
        return Reply(301, {"Location": url})

    moving.old.fault = gone
    after = moving.run("--watch")
    assert after.exit_code == 0, after.output
    assert after.stdout == f"ok: {moving.feed}: answers 301 with the new address\n1 of 1 check are fine.\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["OLD", "--feed", "nobody"],
            "feeds: no public feed is called nobody; name one with --feed: cardiology, quick-take",
        ),
        ([], "feeds/quick-take.toml: names no address at an old host; name one, or write moved_from"),
        (["no.xml"], "no.xml: cannot be read (No such file or directory); check the path"),
        (["HOSTgone.xml"], "HOSTgone.xml: is not there"),
        (["HOSTepisodes"], "HOSTepisodes: is a page without the headings of an episode"),
    ],
)
def test_what_is_no_old_feed_is_told(moving: Moving, arguments: list[str], message: str) -> None:
    def page(asked: Asked, reply: Reply) -> Reply:
        return Reply(200, {}, b"<!DOCTYPE html><title>Episodes</title>") if asked.key == "episodes" else reply

    moving.old.fault = page
    done = moving.run(*(one.replace("HOST", moving.old.url).replace("OLD", moving.feed) for one in arguments))
    assert done.exit_code == 1
    assert message.replace("HOST", moving.old.url) in done.stderr
