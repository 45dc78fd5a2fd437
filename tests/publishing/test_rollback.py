"""Bringing the sample show back to what it was, in a folder and in SeaweedFS, and from the command line."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from podwright.cli import main
from podwright.core.errors import StoreError, UnsafePlanError, WorkspaceError
from podwright.core.model import Overrides
from podwright.core.names import is_document
from podwright.publishing.rollback import observe_log, plan_rollback, rollback
from tests.publishing.test_tiers import FREE, HANDS, HANDS_TITLE, manifest, tease
from tests.support.published import Place

EPISODE = "episodes/gardening-between-shifts/episode.md"
NOW = "2026-11-01T12:00:00+00:00"


def write_line(root: Path, line: str) -> None:
    path = root / EPISODE
    path.write_text(f"{path.read_text()}\n{line}\n")


def public_documents(place: Place) -> dict[str, bytes]:
    manifest = place.plan().manifest
    return {key: place.get(place.base + key) for key in manifest.named if is_document(key) and place.is_public(key)}


def headers(url: str) -> dict[str, str]:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return {name: answer.headers[name] for name in ("Content-Type", "Cache-Control")}


def test_feeds_pages_and_texts_come_back_with_their_headers(place: Place) -> None:
    place.publish()
    before = public_documents(place)
    changed = [f"{place.base}quick-take.xml", f"{place.base}episodes/gardening-between-shifts/index.html"]
    said = [headers(url) for url in changed] if place.folder is None else []
    write_line(place.root, "One more line about beans.")
    place.publish()
    assert public_documents(place) != before
    shown = plan_rollback(place.session(), 1)
    assert [(item.kind, item.parts) for item in shown.plan.changes[0].items] == [("changed", ("notes",))]
    done = rollback(place.session(), 1, accepted=())
    assert done.plan.steps == shown.plan.steps
    assert public_documents(place) == before
    assert place.folder is not None or [headers(url) for url in changed] == said
    log = observe_log(place.session())
    assert (log.manifest.generation, log.manifest.restored, log.kept) == (3, 1, (1, 2))
    with pytest.raises(UnsafePlanError, match=r"rolled back to generation 1.*--accept rollback-undone:1"):
        place.publish()
    place.publish("rollback-undone")
    assert b"One more line about beans." in place.get(f"{place.base}quick-take.xml")
    assert place.plan().plan.writes is False


def test_what_is_kept_is_not_public(place: Place) -> None:
    place.publish()
    write_line(place.root, "One more line about beans.")
    place.publish()
    store = place.store
    kept = [found.key for found in store.observe_all("private/podwright/history/")]
    assert len(kept) > 3
    assert [key for key in kept if place.is_public(key)] == []


def run(root: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(main, ["-C", str(root), *arguments])
    assert not isinstance(result.exception, Exception), result.exception
    return result


def teased(sample: Path) -> tuple[Place, Path]:
    """A place whose first generation shows the trailer of a gated episode; and that episode's file."""
    place = Place(sample, Overrides(), "https://podcast.example.org/", folder=sample / "public")
    page = tease(place)
    place.publish()
    return place, page


def test_a_trailer_that_was_tagged_anew_stands_in_for_the_former_one_with_a_word(sample: Path) -> None:
    place, page = teased(sample)
    feed = place.get(place.base + FREE)
    page.write_text(page.read_text().replace(HANDS_TITLE, "Counting hands"))
    place.publish()
    tagged = manifest(place)
    with pytest.raises(UnsafePlanError, match="counting-clean-hands: its trailer was replaced since"):
        rollback(place.session(), 1, accepted=())
    rollback(place.session(), 1, accepted=("audio-replaced",))
    assert place.get(place.base + FREE) == feed
    assert manifest(place).episodes[HANDS].teaser == tagged.episodes[HANDS].teaser
    place.publish("rollback-undone")
    assert manifest(place).episodes == tagged.episodes


def test_a_generation_whose_trailer_was_deleted_is_refused_with_its_name_and_nothing_is_written(sample: Path) -> None:
    place, page = teased(sample)
    (page.parent / "teaser.mp3").unlink()
    page.write_text(page.read_text().replace("access: gold", "access: gold\nteaser: false"))
    place.publish()
    before = manifest(place)
    with pytest.raises(StoreError, match=r"^teasers/counting-clean-hands/.*\.mp3: generation 1 names it"):
        rollback(place.session(), 1, accepted=("audio-replaced",))
    assert manifest(place) == before


def test_cron_does_not_undo_a_rollback(sample: Path) -> None:
    run(sample, "publish", "--now", NOW)
    write_line(sample, "One more line about beans.")
    run(sample, "rebuild", "--now", NOW)
    done = run(sample, "rollback", "1", "--now", NOW)
    assert done.stdout.startswith("Rolled file:public back to generation 1: ")
    assert "publish and rebuild ask for --accept rollback-undone" in done.stdout
    feed = (sample / "public/quick-take.xml").read_bytes()
    refused = run(sample, "rebuild", "--now", NOW)
    assert (refused.exit_code, refused.stdout) == (3, "")
    assert "rolled back to generation 1" in refused.stderr
    assert (sample / "public/quick-take.xml").read_bytes() == feed
    shown = run(sample, "history", "--now", NOW).stdout
    assert "3  2026-11-01 12:00 UTC  7 episodes live, 1 scheduled  present, generation 1 again" in shown
    assert ": notes changed" in shown


def test_a_rollback_is_planned_for_people_and_machines_and_writes_nothing(sample: Path) -> None:
    run(sample, "publish", "--now", NOW)
    write_line(sample, "One more line about beans.")
    run(sample, "publish", "--now", NOW)
    before = (sample / "public/quick-take.xml").read_bytes()
    assert "replace  quick-take.xml" in run(sample, "rollback", "1", "--plan", "--now", NOW).stdout
    values = json.loads(run(sample, "rollback", "1", "--plan", "--json", "--now", NOW).stdout)
    assert (values["generation"], values["writes"]) == (1, True)
    assert (sample / "public/quick-take.xml").read_bytes() == before
    rows = json.loads(run(sample, "history", "--json", "--now", NOW).stdout)["generations"]
    assert [(row["generation"], row["kept"]) for row in rows] == [(2, False), (1, True)]


def test_a_broken_episode_or_feed_does_not_stand_in_the_way(sample: Path) -> None:
    run(sample, "publish", "--now", NOW)
    write_line(sample, "One more line about beans.")
    run(sample, "publish", "--now", NOW)
    (sample / EPISODE).write_text("nothing")
    (sample / "feeds/quick-take.toml").write_text("title = ")
    assert run(sample, "rollback", "1", "--now", NOW).exit_code == 0
    (sample / "podwright.toml").write_text("title = ")
    session = Place(sample, Overrides(), "https://podcast.example.org/", folder=sample / "public").session()
    with pytest.raises(WorkspaceError, match=r"podwright\.toml"):
        rollback(session, 1, accepted=())


def test_a_generation_that_is_not_kept_ends_with_the_stores_status(sample: Path) -> None:
    run(sample, "publish", "--now", NOW)
    refused = run(sample, "rollback", "7", "--now", NOW)
    assert refused.exit_code == 4
    assert "generation 7: is not kept" in refused.stderr
    assert run(sample, "history", "--now", NOW).exit_code == 0
