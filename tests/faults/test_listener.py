"""The look at a store as a listener finds what is broken."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from podwright.core.names import MANIFEST_KEY
from tests.faults import scenario
from tests.faults.children import Children
from tests.faults.listener import check_listener
from tests.faults.places import Folder

MP3 = "episodes/kept/kept.mp3"
Broken = Callable[[dict[str, bytes]], object]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("listener")
    scenario.write_before(folder / "show")
    place = Folder(folder / "store")
    with Children() as children:
        words = ["-C", str(folder / "show"), *place.options, "publish", "--now", scenario.BEFORE]
        assert children.run(words, env=place.env).status == 0
    return dict(place.load())


def look(shelf: dict[str, bytes], change: Broken) -> None:
    now = dict(shelf)
    change(now)
    check_listener(now, before=shelf, after={**shelf, "show.xml": now.get("show.xml", b"")}, base=scenario.BASE)


def test_a_whole_store_is_whole(shelf: dict[str, bytes]) -> None:
    look(shelf, dict.copy)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda now: now.pop(MP3), f"not there: .*{MP3}"),
        (lambda now: now.pop("episodes/kept/kept.vtt"), "not there: .*kept.vtt"),
        (lambda now: now.pop("episodes/kept/index.html"), "not there: .*kept/index.html"),
        (lambda now: now.pop("archive/show/1.xml"), "not there: .*archive/show/1.xml"),
        (lambda now: now.pop("show.xml"), "a document that listeners had is gone"),
        (lambda now: now.update({MP3: now[MP3][:-1]}), f"neither what they were nor what they become: .*{MP3}"),
        (lambda now: now.update({"index.html": b"<html>"}), "neither what they were"),
        (
            lambda now: now.update({"show.xml": now["show.xml"].replace(b'length="5', b'length="6')}),
            "is not as long as show.xml says",
        ),
        (
            lambda now: now.update({MANIFEST_KEY: now[MANIFEST_KEY].replace(b'"episodes/kept/kept.vtt":{"s', b"")}),
            "manifest",
        ),
    ],
)
def test_what_is_broken_is_found(shelf: dict[str, bytes], change: Broken, message: str) -> None:
    with pytest.raises(Exception, match=message):
        look(shelf, change)
