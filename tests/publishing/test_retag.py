"""Other tags for audio that was published: few bytes are sent, the frames stay, and nothing wrong is ever published."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import feedparser
import pytest
from mutagen.id3 import ID3, TIT2
from mutagen.mp4 import MP4

from podwright.core.artifact import LEAST_PART, Artifact, Splice, bytes_artifact
from podwright.core.errors import StoreError
from podwright.core.model import Overrides
from podwright.core.names import MANIFEST_KEY
from podwright.media.audio import load_facts
from podwright.publishing.plan.steps import Step
from podwright.stores import Advance, Stored
from podwright.stores.capabilities import ALL
from podwright.stores.ledger.manifest_json import render_manifest
from podwright.stores.ledger.recovery import observe_manifest
from podwright.stores.local import LocalStore
from tests.media.audio.samples import FOLDER, sample
from tests.publishing.test_publish_interrupted import Interrupted
from tests.support.paths import DATA
from tests.support.published import Place
from tests.support.seaweed import REGION, Seaweed

GUID = "5b0a7f3e-5f3c-4a0e-9d5b-6f4b4f0d7a11"
KEY = "episodes/long/long.mp3"
SETTINGS = """\
title = "Show"
description = "A show."
link = "https://example.org/"
language = "en"
author = "Nobody"
image = "artwork.png"
categories = ["Technology"]

[storage]
url = "file:public"
public_url = "https://podcast.example.org/"

[owner]
name = "Nobody"
email = "nobody@example.org"

[audio]
verify = "frames"
"""
EPISODE = f"""\
---
title: One title
guid: {GUID}
published: 2026-03-02T09:00:00Z
key_points: [A point.]
---

Notes.
"""
_FACTS = load_facts(FOLDER / "cbr-64k.mp3")
FRAMES = sample("cbr-64k.mp3")[_FACTS.offset : _FACTS.offset + _FACTS.length]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with one episode of a bit more than two parts, whose tag has a fact of the recording's own."""
    root = tmp_path / "show"
    folder = root / "episodes" / "long"
    folder.mkdir(parents=True)
    (root / "feeds").mkdir()
    (root / "podwright.toml").write_text(SETTINGS)
    (root / "feeds" / "show.toml").write_text('type = "episodic"\n')
    shutil.copy(DATA / "everything/artwork/show.png", root / "artwork.png")
    (folder / "episode.md").write_text(EPISODE)
    write_audio(folder / "audio.mp3", repeat=2 * LEAST_PART // len(FRAMES) + 2)
    return root


def write_audio(path: Path, *, repeat: int) -> None:
    from mutagen.id3 import TSSE

    path.write_bytes(FRAMES * repeat)
    tag = ID3()
    tag.add(TSSE(encoding=3, text=["An encoder 1.0"]))
    tag.save(path)


@pytest.fixture(params=["local", "seaweed"])
def place(request: pytest.FixtureRequest, root: Path) -> Place:
    if request.param == "local":
        base = "https://podcast.example.org/"
        return Place(root, Overrides(public_url=base), base, folder=root / "public")
    bucket: str = request.getfixturevalue("bucket")
    server: Seaweed = request.getfixturevalue("seaweed")
    base = f"{server.endpoint_url}/{bucket}/"
    overrides = Overrides(storage=f"s3://{bucket}", public_url=base, endpoint_url=server.endpoint_url, region=REGION)
    return Place(root, overrides, base)


def edit(root: Path, old: str, new: str) -> None:
    path = root / "episodes/long/episode.md"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def remove_audio(root: Path) -> None:
    (root / "episodes/long/audio.mp3").unlink()


def audio_steps(place: Place) -> list[Step]:
    return [step for step in place.plan().plan.media if step.key.endswith((".mp3", ".m4a"))]


def check_listener(place: Place, *, title: str) -> bytes:
    """What a listener gets: the item's title, and audio of the length that it says. Returns the audio."""
    (entry,) = feedparser.parse(place.get(f"{place.base}show.xml")).entries
    assert entry.title == title
    (enclosure,) = entry.enclosures
    data = place.get(enclosure.href)
    assert int(enclosure.length) == len(data)
    assert ID3(io.BytesIO(data))["TIT2"].text == [title]
    return data


def frames_of(data: bytes) -> bytes:
    return data[ID3(io.BytesIO(data)).size :]


HERE = [pytest.param(lambda _: None, id="with the recording"), pytest.param(remove_audio, id="without the recording")]


@pytest.mark.parametrize("leave", HERE)
def test_another_title_sends_a_part_and_leaves_the_frames_as_they_are(
    place: Place, leave: Callable[[Path], None]
) -> None:
    place.publish()
    before = check_listener(place, title="One title")
    leave(place.root)
    edit(place.root, "One title", "Another title, which is longer")
    (step,) = audio_steps(place)
    assert (step.kind, step.key, step.source, step.size) == ("compose", KEY, KEY, LEAST_PART)
    outcome = place.publish()
    assert outcome.plan
    after = check_listener(place, title="Another title, which is longer")
    assert frames_of(after) == frames_of(before) == FRAMES * (len(frames_of(before)) // len(FRAMES))
    assert ID3(io.BytesIO(after))["TSSE"].text == ["An encoder 1.0"]
    again = place.publish()
    assert again.plan is None or not again.plan.writes
    record = place.plan().manifest.objects[KEY]
    assert record.size == len(after)


def test_both_ways_give_the_same_bytes_and_the_same_manifest(root: Path) -> None:
    base = "https://podcast.example.org/"
    places = [Place(root, Overrides(public_url=base), base, folder=root / "public")]
    places[0].publish()
    shutil.copytree(root, root.parent / "other")
    places.append(replace(places[0], root=root.parent / "other", folder=root.parent / "other/public"))
    remove_audio(places[1].root)
    for place in places:
        edit(place.root, "A point.", "Another point.")
        place.publish()
    one, other = (place.plan().manifest for place in places)
    assert one.episodes == other.episodes
    assert {key: row.sha256 for key, row in one.objects.items()} == {k: r.sha256 for k, r in other.objects.items()}


def test_what_is_in_no_tag_reads_nothing_of_the_audio(place: Place) -> None:
    place.publish()
    remove_audio(place.root)
    edit(place.root, "Notes.", "Corrected notes.")
    place.progress.begun.clear()
    assert audio_steps(place) == []
    place.publish()
    assert "fetching" not in [label for label, _ in place.progress.begun]
    assert b"Corrected notes." in place.get(f"{place.base}show.xml")


def test_the_frames_are_fetched_once_for_a_plan_and_its_publish(place: Place) -> None:
    place.publish()
    remove_audio(place.root)
    edit(place.root, "One title", "Another title")
    place.progress.begun.clear()
    place.plan()
    place.plan()
    place.publish()
    fetched = [total for label, total in place.progress.begun if label == "fetching"]
    assert fetched == [len(frames_of(check_listener(place, title="Another title")))]


def test_a_manifest_that_does_not_know_what_tags_say_leaves_them_alone(place: Place) -> None:
    place.publish()
    remove_audio(place.root)
    store = place.store
    manifest, etag = observe_manifest(store)
    known = manifest.episodes[GUID]
    assert known.audio.tag_digest
    older = replace(known, audio=replace(known.audio, tag_digest=None))
    data = render_manifest(replace(manifest, episodes={GUID: older}))
    store.write(MANIFEST_KEY, data, media_type="a/b", cache_control="no-store", expected=etag)
    edit(place.root, "One title", "Another title")
    assert audio_steps(place) == []


def test_a_short_recording_is_sent_whole(place: Place) -> None:
    write_audio(place.root / "episodes/long/audio.mp3", repeat=2)
    place.publish()
    for title, leave in (("Second", lambda _: None), ("Third", remove_audio)):
        leave(place.root)
        edit(place.root, re.findall(r"title: (.*)", (place.root / "episodes/long/episode.md").read_text())[0], title)
        (step,) = audio_steps(place)
        assert step.artifact
        assert (step.kind, step.source, step.size) == ("replace", None, step.artifact.size)
        place.publish()
        assert frames_of(check_listener(place, title=title)) == FRAMES * 2


@pytest.mark.parametrize("leave", HERE)
@pytest.mark.parametrize("lacking", ["copy_ranges", "ranges"])
def test_what_a_store_lacks_is_planned_for(root: Path, leave: Callable[[Path], None], lacking: str) -> None:
    base = "https://podcast.example.org/"
    place = Place(root, Overrides(public_url=base), base, folder=root / "public")
    place.publish()
    store = place.store
    manifest, etag = observe_manifest(store)
    less = replace(manifest, capabilities=replace(ALL, **{lacking: False, "copy_ranges": False}))
    store.write(MANIFEST_KEY, render_manifest(less), media_type="a/b", cache_control="no-store", expected=etag)
    leave(root)
    edit(root, "One title", "Another title")
    steps = audio_steps(place)
    kept = leave is remove_audio and lacking == "ranges"
    assert [(step.kind, step.size) for step in steps] == [
        ("replace", step.artifact.size) for step in steps if step.artifact
    ]
    assert (steps == []) == kept
    place.publish()
    if not kept:
        check_listener(place, title="Another title")


def test_other_frames_are_sent_whole(place: Place) -> None:
    place.publish()
    write_audio(place.root / "episodes/long/audio.mp3", repeat=2 * LEAST_PART // len(FRAMES) + 3)
    (step,) = audio_steps(place)
    assert step.artifact
    assert (step.kind, step.splice, step.size) == ("replace", None, step.artifact.size)


def test_a_scheduled_episode_may_get_another_title_in_the_moment_in_which_it_is_due(place: Place) -> None:
    edit(place.root, "2026-03-02", "2098-03-02")
    place.publish()
    remove_audio(place.root)
    edit(place.root, "2098-03-02", "2026-03-02")
    edit(place.root, "One title", "Another title")
    (step,) = audio_steps(place)
    assert (step.kind, step.key, step.source) == ("compose", KEY, "private/staged/long/long.mp3")
    place.publish()
    check_listener(place, title="Another title")
    assert audio_steps(place) == []


def put_audio(place: Place, data: bytes) -> None:
    """Write other audio past the manifest."""
    store = place.store
    store.put(bytes_artifact(KEY, data, media_type="audio/mpeg", cache_control="public", side="public"))


def test_audio_that_somebody_replaced_is_no_source_and_its_recording_heals_it(place: Place) -> None:
    place.publish()
    before = check_listener(place, title="One title")
    put_audio(place, before[::-1])
    edit(place.root, "One title", "Another title")
    assert [step.kind for step in audio_steps(place)] == ["compose"]
    place.publish()
    assert frames_of(check_listener(place, title="Another title")) == frames_of(before)


def test_audio_that_somebody_replaced_is_left_alone_where_its_recording_is_not(place: Place) -> None:
    place.publish()
    other = check_listener(place, title="One title")[:-1] + b"?"
    feed = place.get(f"{place.base}show.xml")
    remove_audio(place.root)
    put_audio(place, other)
    edit(place.root, "One title", "Another title")
    with pytest.raises(StoreError, match=f"{KEY}: the store holds other audio than was published; publish from"):
        place.publish()
    assert place.get(place.base + KEY) == other
    assert place.get(f"{place.base}show.xml") == feed


class Raced(LocalStore):
    """A folder in which somebody else is faster once, between a plan and what it composes."""

    def __init__(self, root: Path, rivals: list[Callable[[], object]]) -> None:
        super().__init__(root, url="file:public")
        self.rivals = rivals

    def compose(self, artifact: Artifact, splice: Splice, *, progress: Advance | None = None) -> Stored:
        while self.rivals:
            self.rivals.pop()()
        return super().compose(artifact, splice, progress=progress)


@pytest.mark.parametrize("leave", HERE)
def test_audio_that_somebody_tags_otherwise_in_that_moment_is_planned_for_again(
    root: Path, leave: Callable[[Path], None]
) -> None:
    base = "https://podcast.example.org/"
    here = Place(root, Overrides(public_url=base), base, folder=root / "public")
    here.publish()
    before = check_listener(here, title="One title")
    leave(root)
    edit(root, "One title", "Written here")
    tag = ID3()
    tag.add(TIT2(encoding=3, text=["Written there, and longer"]))
    there = io.BytesIO()
    tag.save(there)
    rivals: list[Callable[[], object]] = [lambda: put_audio(here, there.getvalue() + frames_of(before))]
    here.publish(store=Raced(root / "public", rivals))
    assert rivals == []
    assert frames_of(check_listener(here, title="Written here")) == frames_of(before)
    assert audio_steps(here) == []


def test_an_m4a_gets_other_tags_where_its_recording_is_not(place: Place) -> None:
    remove_audio(place.root)
    (place.root / "episodes/long/audio.m4a").write_bytes(sample("moov-first.m4a"))
    place.publish()
    url = f"{place.base}episodes/long/long.m4a"
    before = place.get(url)
    (place.root / "episodes/long/audio.m4a").unlink()
    edit(place.root, "One title", "Another title")
    place.publish()
    after = place.get(url)
    tags = MP4(io.BytesIO(after)).tags
    assert tags
    assert tags["\xa9nam"] == ["Another title"]
    assert after[after.index(b"mdat") :] == before[before.index(b"mdat") :]
    (entry,) = feedparser.parse(place.get(f"{place.base}show.xml")).entries
    assert int(entry.enclosures[0].length) == len(after)


@pytest.mark.parametrize("leave", HERE)
def test_wherever_it_stops_the_audio_is_whole_and_the_next_run_completes_it(
    root: Path, leave: Callable[[Path], None]
) -> None:
    base, folder = "https://podcast.example.org/", root / "public"
    place = Place(root, Overrides(public_url=base), base, folder=folder)
    former = replace(place, root=root.parent / "former", overrides=Overrides(storage=f"file:{folder}", public_url=base))
    shutil.copytree(root, former.root)
    former.publish()
    # The same files under second names: a store never writes into one, and knows its version by it.
    before = shutil.copytree(folder, root.parent / "before", copy_function=os.link)
    leave(root)
    edit(root, "One title", "Another title")
    opened: list[Interrupted] = []

    def run(at: int) -> None:
        """This publish upon the former one, up to a write."""
        for leftover in (folder, root / ".podwright"):
            shutil.rmtree(leftover, ignore_errors=True)
        shutil.copytree(before, folder, copy_function=os.link)
        opened.append(Interrupted(folder, at=at, late=True))
        place.publish(store=opened[-1])

    run(10_000)
    requests, new = opened[-1].count, place.get(base + KEY)
    stopped = 0
    for at in range(1, requests + 1):
        with contextlib.suppress(StoreError):
            run(at)
            continue
        stopped += 1
        data = place.get(base + KEY)
        assert data == new or ID3(io.BytesIO(data))["TIT2"].text == ["One title"]
        assert frames_of(data) == frames_of(new)
        place.publish()
        assert check_listener(place, title="Another title") == new
    assert stopped >= requests - 1
