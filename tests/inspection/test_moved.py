"""What the old addresses of feeds answer, as apps that ask there take it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from podwright.core.http import Client
from podwright.core.model import Overrides, Show
from podwright.inspection.moved import observe_moved
from podwright.workspace.author import write_workspace
from podwright.workspace.load import load_show
from podwright.workspace.scan import scan_workspace
from tests.support.recorder import Recorder, Step, running_recorder

NEW = "https://cdn.example.org/garden.xml"
ASK = f"have the old host answer 301 with {NEW}"


def to(url: str, status: int = 301) -> tuple[int, Mapping[str, str]]:
    return status, {"Location": url}


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with running_recorder() as found:
        yield found


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory) -> Show:
    root = tmp_path_factory.mktemp("moved") / "show"
    now = datetime(2026, 11, 1, tzinfo=UTC)
    write_workspace(root, title="Garden", guid="g-1", now=now, public_url="https://cdn.example.org/")
    found: Show = load_show(scan_workspace(root), Overrides())
    return found


def moved(show: Show, *old: str, tiers: tuple[str, ...] = ("free",)) -> Show:
    (feed,) = show.feeds
    return replace(show, feeds=(replace(feed, moved_from=old, select=replace(feed.select, tiers=tiers)),))


@pytest.mark.parametrize(
    ("script", "level", "message"),
    [
        ([to(NEW)], "ok", "answers 301 with the new address"),
        ([to(NEW, 308)], "ok", "answers 308 with the new address"),
        ([200], "warning", f"is still the old feed, which apps go on reading; {ASK}"),
        ([404], "warning", f"answers 404, so that its listeners are lost; {ASK}"),
        ([to(NEW, 302)], "warning", f"answers 302, which apps follow and do not remember; {ASK}"),
        ([to("/there"), to(NEW)], "warning", f"leads here by 2 redirects, and apps remember the first alone; {ASK}"),
        ([to("/there"), 200], "warning", f"leads to HOST/there, not here; {ASK}"),
        ([to("/there")], "warning", f"redirects 2 times and more, and apps give up; {ASK}"),
    ],
    ids=str,
)
def test_an_old_address_leads_listeners_here_for_good(
    show: Show, recorder: Recorder, script: list[Step], level: str, message: str
) -> None:
    recorder.script = script
    with Client() as client:
        (found,) = observe_moved(moved(show, f"{recorder.url}/old.xml"), client)
    assert (found.code, found.level, found.about) == ("moved", level, show.feeds[0].name)
    assert found.message == message.replace("HOST", recorder.url)


def test_an_address_that_is_gone_is_told_without_its_query(show: Show, recorder: Recorder) -> None:
    with Client() as client:
        recorder.script = ["reset"]
        (found,) = observe_moved(moved(show, f"{recorder.url}/old.xml?key=secret"), client)
    assert found.level == "warning"
    assert "secret" not in str(found)
    assert found.message.endswith(f"until listeners moved, {ASK}")


def test_nobody_is_led_to_a_feed_of_members(show: Show, recorder: Recorder) -> None:
    private = replace(moved(show, f"{recorder.url}/old.xml", tiers=("gold",)), members=("gold",))
    with Client() as client:
        assert list(observe_moved(private, client)) == []
    assert recorder.sent == []
