"""Each finding names the command that mends it, and after that command it is gone."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from podwright.cli import main
from podwright.core.model import Overrides
from podwright.stores.ledger.manifest_io import write_manifest
from tests.inspection.leaks.test_any_tiers import ANYTHING
from tests.inspection.leaks.test_leaks import INJECTED, edit, look
from tests.support.published import NOW, Place
from tests.support.webserver import Asked, Reply, running_server

PUBLIC = "episodes/mind-the-rug"


@contextmanager
def live(sample: Path) -> Iterator[Place]:
    """The sample show, published to a folder behind a web server."""
    (sample / "public").mkdir()
    with running_server(sample / "public") as server:
        place = Place(sample, Overrides(public_url=server.url), server.url, folder=sample / "public")
        place.publish()
        yield place


def commands(place: Place) -> dict[str, set[str]]:
    """What is to be run, with the keys that each is said of."""
    said: dict[str, set[str]] = {}
    for leak in look(place).leaks:
        found = re.search(r"; (?:.*[;,] )?(?:then )?run (.*)$", leak.message)
        assert found, leak.message
        said.setdefault(found[1], set()).add(leak.where)
    return said


def do(place: Place, command: str) -> None:
    program, *arguments = shlex.split(command)
    if program == "rm":
        Path(arguments[0]).unlink()
        return
    assert program == "podwright"
    options = ["-C", str(place.root), "--public-url", place.base]
    accept = [word for kind in ANYTHING for word in ("--accept", kind)] if arguments[0] == "publish" else []
    run = CliRunner().invoke(main, [*options, *arguments, *accept, "--now", NOW.isoformat()])
    assert run.exit_code == 0, run.output


def test_whatever_is_given_away_by_hand_goes_by_the_commands_that_are_named(sample: Path) -> None:
    with live(sample) as place:
        for inject, _, _ in INJECTED.values():
            inject(sample / "public")
        said = commands(place)
        assert {shlex.split(command)[0] for command in said} == {"podwright", "rm"}
        assert [command for command in said if command.startswith("podwright")] == ["podwright verify --repair --yes"]
        for command in said:
            do(place, command)
        assert look(place).leaks == ()


def gated(place: Place) -> None:
    edit(place, "gardening-between-shifts", "title:", "access: gold\ntitle:")


def former(place: Place) -> None:
    """The document of a feed that an older podwright left, and an episode of it that was gated since."""
    path = place.root / "public/cardiology.xml"
    data, record = path.read_bytes(), place.session().observed[0].objects["cardiology.xml"]
    (place.root / "feeds/cardiology.toml").unlink()
    edit(place, "home-monitoring/blood-pressure-at-home", "access: free", "access: gold")
    place.publish(*ANYTHING)
    path.write_bytes(data)
    manifest, etag = place.session().observed
    stored = place.store.observe("cardiology.xml")
    assert stored
    record = replace(record, etag=stored.etag)
    left = replace(
        manifest,
        objects={**manifest.objects, "cardiology.xml": record},
        retired={**manifest.retired, "cardiology.xml": NOW},
    )
    write_manifest(place.store, left, expected=etag)


def moved(place: Place) -> None:
    """An episode is taken out, and is there again for members under another name and guid."""
    folder = place.root / "episodes/home-monitoring/mind-the-rug"
    shutil.copytree(folder, place.root / "kept")
    shutil.rmtree(folder)
    place.publish(*ANYTHING)
    (place.root / "kept").rename(folder.with_name("rugs"))
    text = (folder.with_name("rugs") / "episode.md").read_text()
    text = re.sub(r"guid: .*", "guid: another-one-for-members", text)
    (folder.with_name("rugs") / "episode.md").write_text(text.replace("---\n", "---\naccess: gold\n", 1))
    place.publish(*ANYTHING)


@pytest.mark.parametrize(
    ("happens", "command", "where"),
    [
        pytest.param(gated, "podwright publish", "quick-take.xml", id="not published yet"),
        pytest.param(former, "podwright publish", "cardiology.xml", id="a former feed"),
        pytest.param(
            moved,
            f"podwright prune --at-once {PUBLIC}/mind-the-rug.vtt --yes",
            f"{PUBLIC}/mind-the-rug.vtt",
            id="under another name",
        ),
    ],
)
def test_what_was_published_goes_by_the_commands_that_are_named(
    sample: Path, happens: Callable[[Place], None], command: str, where: str
) -> None:
    with live(sample) as place:
        happens(place)
        said = commands(place)
        assert where in said[command]
        for each in said:
            do(place, each)
        assert look(place).leaks == ()


def test_what_the_store_holds_no_more_is_to_be_purged_from_caches(sample: Path) -> None:
    (sample / "public").mkdir()
    with running_server(sample / "public") as server:
        place = Place(sample, Overrides(public_url=server.url), server.url, folder=sample / "public")
        place.publish()
        stale = (sample / "public/quick-take.xml").read_bytes()
        edit(place, "gardening-between-shifts", "title:", "access: gold\ntitle:")
        place.publish(*ANYTHING)

        def cached(asked: Asked, reply: Reply) -> Reply:
            return Reply(200, {}, stale) if asked.key == "quick-take.xml" else reply

        server.fault = cached
        (message,) = {leak.message.partition("; ")[2] for leak in look(place).leaks}
        assert message == f"the store does not hold that; purge {server.url}quick-take.xml from the caches"
