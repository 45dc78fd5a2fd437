"""What changed for the public, and what a killed run still owes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from podwright.core.errors import StoreError
from podwright.core.model import Overrides
from podwright.core.names import MANIFEST_KEY
from podwright.operations.unattended import RunMonitor, publish_monitored
from podwright.publishing import apply
from podwright.publishing.publish import publish
from podwright.stores.ledger.manifest import Manifest
from podwright.stores.ledger.manifest_json import parse_manifest, render_manifest
from tests.publishing.test_publish import LATER, age
from tests.support.published import NOW, Place
from tests.support.recorder import Recorder, running_recorder
from tests.support.seaweed import REGION, Seaweed
from tests.support.slow import pace

BASE = "https://podcast.example.org/"
CARDIOLOGY = "feeds/cardiology.toml"


class Killed(BaseException):
    """The end of a process, as far as a test can have it."""


@pytest.fixture
def hub() -> Iterator[Recorder]:
    with running_recorder() as server:
        yield server


@pytest.fixture
def place(sample: Path, hub: Recorder) -> Place:
    """The sample show, whose feeds all name a hub: the members' one as well, which no rule of reading forbids."""
    for path in (sample / "feeds").glob("*.toml"):
        path.write_text(f'hub = "{hub.url}/"\npodping = true\n{path.read_text()}')
    age(sample)
    return Place(sample, Overrides(public_url=BASE), BASE, folder=sample / "public")


def run(place: Place, now: datetime = NOW, **changes: Any) -> list[dict[str, Any]]:
    """A watched run; its events."""
    lines: list[str] = []
    monitor = RunMonitor(
        command="rebuild",
        identifier="run",
        environment={},
        now=lambda: NOW,
        pace=pace(),
        attended=True,
        log=lines.append,
        delivered=lambda _: None,
        complain=lambda _: None,
    )
    done = publish_monitored(place.session(now), accepted=(), monitor=replace(monitor, **changes))
    assert done.exit_status == 0, done.reason
    return [json.loads(line) for line in lines]


def topics(hub: Recorder) -> list[str]:
    return sorted(one.form["hub.url"][0].removeprefix(BASE) for one in hub.sent)


def manifest(place: Place) -> Manifest:
    assert place.folder
    return parse_manifest((place.folder / MANIFEST_KEY).read_bytes())


def retitle(place: Place) -> None:
    """A change that both public feeds show."""
    (path,) = place.root.rglob("reading-a-home-log/episode.md")
    text = path.read_text()
    path.write_text(text.replace("title: ", "title: On ", 1))
    age(place.root)


def test_public_feeds_are_told_when_they_are_new_and_when_they_changed_and_members_feeds_never(
    place: Place, hub: Recorder
) -> None:
    run(place)
    assert topics(hub) == ["cardiology.xml", "quick-take.xml"]
    assert manifest(place).pending_notices == ()
    hub.sent.clear()
    path = place.root / CARDIOLOGY
    path.write_text(path.read_text().replace("The cardiology episodes", "All cardiology episodes"))
    age(place.root)
    run(place)
    assert topics(hub) == ["cardiology.xml"]
    assert not [one for one in hub.sent if b"gold" in one.body or b"private" in one.body]


def test_what_only_members_see_is_told_to_nobody(place: Place, hub: Recorder) -> None:
    run(place)
    hub.sent.clear()
    path = place.root / "feeds/quick-take-gold.toml"
    path.write_text(path.read_text().replace("Quick Take Gold", "Quick Take Golden"))
    age(place.root)
    events = run(place)
    assert [event["key"] for event in events if event["event"] == "swapped"] == ["private/quick-take-gold.xml"]
    assert hub.sent == []
    assert manifest(place).pending_notices == ()


def test_nothing_to_do_tells_nobody_reads_once_and_writes_nothing(place: Place, hub: Recorder) -> None:
    run(place)
    # Only now the files are so old that their stamps are believed.
    run(place)
    hub.sent.clear()
    assert place.folder
    before = (place.folder / MANIFEST_KEY).stat()
    outcome = publish(place.session(), accepted=())
    assert outcome.plan is None
    assert outcome.pending is None
    events = run(place)
    assert [event["event"] for event in events] == ["run-started", "finished"]
    assert hub.sent == []
    assert (place.folder / MANIFEST_KEY).stat() == before


@pytest.mark.parametrize("changed", [False, True], ids=["first", "later"])
def test_a_run_killed_before_the_pings_leaves_them_to_the_next(place: Place, hub: Recorder, changed: bool) -> None:
    if changed:
        run(place)
        hub.sent.clear()
        retitle(place)
    # Killed here: feeds are swapped, nobody was told.
    assert publish(place.session(), accepted=()).pending
    assert {"quick-take.xml"} <= set(manifest(place).pending_notices)
    assert hub.sent == []
    run(place)
    assert "quick-take.xml" in topics(hub)
    assert manifest(place).pending_notices == ()
    hub.sent.clear()
    run(place)
    assert hub.sent == []


def test_what_stamps_alone_say_is_not_believed_while_something_is_owed(place: Place, hub: Recorder) -> None:
    run(place)
    run(place)
    hub.sent.clear()
    # An episode came due, and the process was killed after it was published.
    assert publish(place.session(LATER), accepted=()).pending
    events = run(place, LATER)
    assert [event["event"] for event in events] == ["run-started", "planned", "pinged", "pinged", "finished"]
    assert topics(hub) == ["cardiology.xml", "quick-take.xml"]
    hub.sent.clear()
    assert [event["event"] for event in run(place, LATER)] == ["run-started", "finished"]
    assert hub.sent == []


def test_a_bucket_keeps_what_is_owed_as_well(place: Place, hub: Recorder, bucket: str, seaweed: Seaweed) -> None:
    base = f"{seaweed.endpoint_url}/{bucket}/"
    storage = Overrides(storage=f"s3://{bucket}", public_url=base, endpoint_url=seaweed.endpoint_url, region=REGION)
    elsewhere = Place(place.root, storage, base)
    assert publish(elsewhere.session(), accepted=()).pending
    run(elsewhere)
    assert sorted(one.form["hub.url"][0] for one in hub.sent) == [f"{base}cardiology.xml", f"{base}quick-take.xml"]
    assert elsewhere.plan().manifest.pending_notices == ()


def test_another_machine_pays_what_a_killed_run_owes(place: Place, hub: Recorder) -> None:
    publish(place.session(), accepted=())
    run_elsewhere = replace(place.session(), work_dir=".podwright-elsewhere")
    outcome = publish(run_elsewhere, accepted=())
    assert outcome.pending
    assert outcome.plan
    assert not outcome.plan.writes
    assert [one.feed.name for one in outcome.pending.news.feeds] == ["cardiology", "quick-take"]


def test_a_run_killed_while_it_swaps_feeds_owes_them(
    place: Place, hub: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(place)
    hub.sent.clear()
    retitle(place)
    put = apply._put

    def killed(step: Any, *args: Any, **kwargs: Any) -> Any:
        record = put(step, *args, **kwargs)
        if step.key == "quick-take.xml":
            raise Killed
        return record

    with monkeypatch.context() as patched:
        patched.setattr(apply, "_put", killed)
        with pytest.raises(Killed):
            publish(place.session(), accepted=())
    assert "episodes/reading-a-home-log/index.html" in manifest(place).pending_notices
    outcome = publish(place.session(), accepted=())
    assert outcome.pending
    # A page that was written before the kill is written no more, and still is to be forgotten by caches.
    assert f"{BASE}episodes/reading-a-home-log/index.html" in outcome.pending.news.urls
    assert f"{BASE}episodes/reading-a-home-log/" in outcome.pending.news.urls


def test_audio_replaced_by_a_run_that_was_killed_then_is_still_to_be_forgotten_by_caches(
    place: Place, hub: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(place)
    retitle(place)
    put = apply._put
    audio = "episodes/reading-a-home-log/reading-a-home-log.mp3"

    def killed(step: Any, *args: Any, **kwargs: Any) -> Any:
        record = put(step, *args, **kwargs)
        if step.key == audio:
            raise Killed
        return record

    with monkeypatch.context() as patched:
        patched.setattr(apply, "_put", killed)
        with pytest.raises(Killed):
            publish(place.session(), accepted=())
    assert audio in manifest(place).pending_notices
    outcome = publish(place.session(), accepted=())
    assert outcome.pending
    assert BASE + audio in outcome.pending.news.urls


def test_a_hub_that_is_down_fails_nothing_and_is_owed_no_more(place: Place, hub: Recorder) -> None:
    hub.script = [500]
    events = run(place)
    pings = [event for event in events if event["event"] == "pinged"]
    assert [(one["kind"], one["ok"], one["attempts"]) for one in pings] == [("websub", False, 4)] * 2
    assert events[-1]["exit_status"] == 0
    assert manifest(place).pending_notices == ()
    hub.script = [200]
    hub.sent.clear()
    run(place)
    assert hub.sent == []


def test_who_was_faster_tells_and_is_not_overwritten(place: Place, hub: Recorder) -> None:
    first = publish(place.session(), accepted=())
    assert first.pending
    retitle(place)
    second = publish(place.session(), accepted=())
    first.pending.acknowledge(place.session())
    assert "quick-take.xml" in manifest(place).pending_notices
    assert second.pending
    second.pending.acknowledge(place.session())
    assert manifest(place).pending_notices == ()


def test_a_store_that_fails_while_it_is_told_so_is_a_warning(
    place: Place, hub: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StoreError("the store is gone")

    monkeypatch.setattr("podwright.publishing.pending_notices.PendingNotices.acknowledge", fail)
    complaints: list[str] = []
    run(place, complain=complaints.append)
    assert complaints == ["the store is gone; the next run tells everything once more"]


def test_without_anybody_to_tell_nothing_is_owed(sample: Path) -> None:
    place = Place(sample, Overrides(public_url=BASE), BASE, folder=sample / "public")
    outcome = place.publish()
    assert outcome.pending is None
    assert manifest(place).pending_notices == ()


def test_what_is_owed_to_nobody_any_more_is_forgotten(place: Place, hub: Recorder) -> None:
    publish(place.session(), accepted=())
    for path in (place.root / "feeds").glob("*.toml"):
        path.write_text("\n".join(line for line in path.read_text().splitlines() if not line.startswith("hub")))
    age(place.root)
    run(place)
    assert manifest(place).pending_notices == ()
    assert hub.sent == []


def test_what_is_owed_survives_the_manifest_and_its_older_form() -> None:
    owing = Manifest(generation=3, pending_notices=("a.xml", "b.xml"))
    assert parse_manifest(render_manifest(owing)) == owing
    older = json.loads(render_manifest(owing))
    del older["pending_notices"], older["sha256"]
    assert parse_manifest(json.dumps(older).encode()) == replace(owing, pending_notices=())


def test_a_scheduled_episode_is_told_when_it_is_due(place: Place, hub: Recorder) -> None:
    run(place)
    hub.sent.clear()
    later = publish(place.session(LATER), accepted=())
    assert later.pending
    assert {"new"} <= {item.kind for one in later.pending.news.feeds if one.change for item in one.change.items}
