"""Publishing the sample show for real, to a folder and to SeaweedFS, and reading it back as podcast apps do."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import av
import feedparser
import podcastparser
import pytest
from mutagen.id3 import ID3
from mutagen.mp4 import MP4

from podwright.core.artifact import Artifact
from podwright.core.errors import StoreError, UnsafePlanError, WorkspaceError
from podwright.core.model import Episode, Feed, Overrides, Show, Storage
from podwright.core.names import MANIFEST_KEY
from podwright.publishing.events import Event
from podwright.publishing.proposal import DAY
from podwright.publishing.prune import prune
from podwright.publishing.publish import publish
from podwright.stores import Advance, Read, Store, Stored, open_store
from podwright.stores.ledger.lease import Publisher
from podwright.stores.ledger.manifest_json import parse_manifest
from podwright.stores.local import LocalStore
from podwright.workspace.load import load_workspace
from tests.support.published import NOW, Place

LATER = datetime(2099, 2, 1, tzinfo=UTC)


def age(root: Path) -> None:
    """Make every file look as if it had been written long ago, so that its stamp is believed."""
    for path in root.rglob("*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))


def remove_audio(root: Path) -> None:
    """What a checkout without large files looks like."""
    for path in (root / "episodes").rglob("*"):
        if path.suffix in (".mp3", ".m4a"):
            path.unlink()


def loaded(place: Place) -> tuple[Show, dict[str, Episode]]:
    show, episodes, _ = load_workspace(place.root, place.overrides)
    return show, {episode.outline.guid: episode for episode in episodes}


def public_feeds(show: Show) -> list[Feed]:
    return [feed for feed in show.feeds if set(feed.select.tiers) <= set(show.public)]


def play(data: bytes) -> timedelta:
    """How long decoded audio is."""
    with av.open(io.BytesIO(data)) as container:
        samples = sum(frame.samples for frame in container.decode(audio=0))
        return timedelta(seconds=samples / container.streams.audio[0].rate)


def test_an_episode_that_gives_credit_and_hides_a_fact_is_not_published(place: Place) -> None:
    season = place.root / "episodes/home-monitoring/season.toml"
    text = season.read_text()
    season.write_text(text.replace("commercial_support", "#"))
    for attempt in (place.publish, place.plan):
        with pytest.raises(
            WorkspaceError, match=r"mind-the-rug/episode\.md: gives credit without saying who supported"
        ):
            attempt()
    assert not place.is_public("quick-take.xml")
    season.write_text(text)
    place.publish()
    assert "No company supported this season." in place.get(f"{place.base}quick-take.xml").decode()
    # What was built before is refused all the same, once it says less.
    season.write_text(text.replace("commercial_support", "#"))
    with pytest.raises(WorkspaceError, match="commercial_support"):
        place.publish()
    # And nothing is asked any more when the last credit has ended.
    place.publish(now=datetime(2103, 1, 1, tzinfo=UTC))


def test_every_feed_reads_back_as_the_workspace_says(place: Place) -> None:
    place.publish()
    show, episodes = loaded(place)
    for feed in public_feeds(show):
        url = f"{place.base}{feed.name}.xml"
        data = place.get(url)
        parsed = feedparser.parse(data)
        assert parsed.bozo is False
        _check_channel(parsed.feed, feed, url=url)
        apps = podcastparser.parse(url, io.BytesIO(data))
        assert apps["title"] == feed.title
        assert apps["link"] == feed.link
        assert apps["type"] == feed.type
        assert [entry.id for entry in parsed.entries] == [one["guid"] for one in sorted_newest(apps["episodes"])]
        for entry, one in zip(parsed.entries, sorted_newest(apps["episodes"]), strict=True):
            _check_item(place, entry, one, episodes[entry.id])
    carried = {entry.id for entry in feedparser.parse(place.get(f"{place.base}quick-take.xml")).entries}
    due = {g for g, e in episodes.items() if e.outline.published <= NOW and e.outline.tier in show.public}
    assert carried == due


def sorted_newest(episodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(episodes, key=lambda one: one["published"], reverse=True)


def _check_channel(channel: Any, feed: Feed, *, url: str) -> None:
    assert channel.title == feed.title
    assert channel.subtitle == feed.description
    assert channel.link == feed.link
    assert channel.language == feed.language
    assert channel.author == feed.author
    assert feed.owner is not None
    assert channel.publisher_detail == {"name": feed.owner.name, "email": feed.owner.email}
    terms = [tag.term for tag in channel.tags]
    assert terms == [term for c in feed.categories for term in (c.name, c.sub) if term]
    assert channel.itunes_type == feed.type
    (own,) = [link.href for link in channel.links if link.rel == "self"]
    assert own == url
    assert channel.podcast_locked == {"owner": feed.owner.email}


def _check_item(place: Place, entry: Any, app: dict[str, Any], episode: Episode) -> None:
    outline = episode.outline
    assert entry.title == app["title"] == outline.title
    assert entry.guidislink is False
    assert entry.published == format_datetime(outline.published)
    assert app["published"] == int(outline.published.timestamp())
    assert entry.itunes_episodetype == outline.type
    assert entry.get("itunes_episode") == (str(outline.number) if outline.number else None)
    # feedparser writes its own kind of break.
    assert app["description_html"] == entry.content[0].value.replace("<br />", "<br>")
    for words in (*episode.key_points, *episode.objectives, *(p.name for p in episode.people)):
        assert words in podcastparser.remove_html_tags(entry.content[0].value).replace("&#x27;", "'")
    (enclosure,) = entry.enclosures
    (sound,) = app["enclosures"]
    assert enclosure.href == sound["url"]
    assert enclosure.type == sound["mime_type"] == ("audio/x-m4a" if enclosure.href.endswith("m4a") else "audio/mpeg")
    data = place.get(enclosure.href)
    assert int(enclosure.length) == sound["file_size"] == len(data)
    assert abs(play(data) - timedelta(seconds=app["total_time"])) < timedelta(seconds=1)
    third = len(data) // 3
    assert place.get(enclosure.href, begin=third, end=third + 999) == data[third : third + 1000]
    assert app.get("transcript_url") is None or place.get(app["transcript_url"])


def test_audio_carries_the_tags_that_the_workspace_says(place: Place) -> None:
    place.publish(now=LATER)
    show, episodes = loaded(place)
    for episode in episodes.values():
        if episode.outline.tier not in show.public:
            continue
        outline = episode.outline
        url = f"{place.base}episodes/{outline.slug}/{outline.slug}.mp3"
        data = place.get(url)
        tag = ID3(io.BytesIO(data))
        assert tag["TIT2"].text == [outline.title]
        assert tag["TALB"].text == [show.title]
        assert tag["TGID"].text == [outline.guid]
        home = "cardiology" if outline.section == "Cardiology" else "quick-take"
        # mutagen does not know that it has an encoding.
        assert f"\0{place.base}{home}.xml\0".encode() in data
        assert ("TRCK" in tag) == (outline.number is not None)
        assert [frame.data[:2] for frame in tag.getall("APIC")] == [b"\xff\xd8"]
        if episode.transcript is not None:
            (lyrics,) = tag.getall("USLT")
            assert all(cue.text in lyrics.text for cue in episode.transcript.cues)
        if episode.chapters:
            (contents,) = tag.getall("CTOC")
            chapters = [tag[f"CHAP:{name}"] for name in contents.child_element_ids]
            assert [c.sub_frames["TIT2"].text[0] for c in chapters] == [c.title for c in episode.chapters]
            assert [c.start_time for c in chapters] == [c.start // timedelta(milliseconds=1) for c in episode.chapters]


def test_m4a_carries_its_tags_where_only_members_read_it(place: Place) -> None:
    place.publish()
    _, episodes = loaded(place)
    (episode,) = (e for e in episodes.values() if e.audio and e.audio.suffix == ".m4a")
    key = f"private/episodes/{episode.outline.slug}/{episode.outline.slug}.m4a"
    assert place.is_public(key) is False
    if place.folder is not None:
        tags = MP4(place.folder / key).tags
        assert tags is not None
        assert tags["\xa9nam"] == [episode.outline.title]
        assert tags["pcst"] is True


def test_nothing_gated_or_waiting_is_public(place: Place) -> None:
    place.publish()
    show, episodes = loaded(place)
    manifest = place.plan().manifest
    public = [key for key in manifest.objects if not key.startswith("private/")]
    assert all(place.is_public(key) for key in public)
    assert not any(place.is_public(key) for key in (MANIFEST_KEY, *(manifest.objects.keys() - set(public))))
    text = b"".join(place.get(place.base + key) for key in public if not key.endswith((".png", ".jpg", ".mp3")))
    hidden = [e for e in episodes.values() if e.outline.tier not in show.public or e.outline.published > NOW]
    assert hidden
    for episode in hidden:
        assert episode.outline.title.encode() not in text
        assert episode.outline.slug.encode() not in text
        assert episode.outline.guid.encode() not in text


def test_a_second_publish_writes_nothing(place: Place) -> None:
    age(place.root)
    first = place.publish()
    assert first.plan is not None
    generation = place.plan().manifest.generation
    again = place.publish()
    assert again.plan is None or not again.plan.writes
    cold = place.plan()
    assert cold.plan.steps == ()
    assert cold.manifest.generation == generation


def test_losing_the_cache_costs_time_and_changes_nothing(place: Place) -> None:
    place.publish()
    before = place.plan().manifest
    for leftover in sorted((place.root / ".podwright").rglob("*"), reverse=True):
        leftover.unlink() if leftover.is_file() else leftover.rmdir()
    outcome = place.publish()
    assert outcome.plan is not None
    assert outcome.plan.writes is False
    assert place.plan().manifest == before


def test_one_edited_episode_changes_its_own_objects_and_the_feeds_that_carry_it(place: Place) -> None:
    place.publish()
    path = place.root / "episodes/gardening-between-shifts/episode.md"
    path.write_text(path.read_text() + "\nOne more line about beans.\n")
    found = place.plan()
    assert {step.key for step in found.plan.pages} == {
        "episodes/gardening-between-shifts/index.html",
        "search/0/1-0.json",
    }
    assert {step.key for step in found.plan.steps if step not in found.plan.pages} == {
        "quick-take.xml",
        "private/quick-take-gold.xml",
    }
    assert {c.name: [(i.kind, i.parts) for i in c.items] for c in found.plan.changes} == {
        "quick-take": [("changed", ("notes",))],
        "quick-take-gold": [("changed", ("notes",))],
    }
    place.publish()
    assert b"One more line about beans." in place.get(f"{place.base}quick-take.xml")
    path.write_text(path.read_text().replace("title: Gardening", "title: Digging"))
    changed = place.publish()
    assert changed.plan is not None
    assert {step.key for step in changed.plan.pages} == {
        *(f"episodes/gardening-between-shifts/{name}" for name in ("index.html", "embed.html", "oembed.json")),
        "index.html",
        "archive/index.html",
        "search/0/1-0.json",
        "search/episodes-0.json",
    }
    assert {step.key for step in changed.plan.steps if step not in changed.plan.pages} == {
        "episodes/gardening-between-shifts/gardening-between-shifts.mp3",
        "quick-take.xml",
        "private/quick-take-gold.xml",
    }


def test_a_scheduled_episode_appears_when_due_on_a_machine_without_audio(place: Place) -> None:
    place.publish()
    remove_audio(place.root)
    quiet = place.publish()
    assert quiet.plan is not None
    assert quiet.plan.writes is False
    outcome = place.publish(now=LATER)
    assert outcome.plan is not None
    key = "episodes/a-scale-by-the-door/a-scale-by-the-door.mp3"
    assert [(step.key, step.source) for step in outcome.plan.media if step.kind == "compose"] == [
        (key, "private/staged/a-scale-by-the-door/a-scale-by-the-door.mp3")
    ]
    data = place.get(place.base + key)
    assert ID3(io.BytesIO(data))["TIT2"].text == ["Heart failure: a scale by the bathroom door"]
    assert play(data) > timedelta(seconds=50)
    again = place.publish(now=LATER)
    assert again.plan is None or not again.plan.writes


def test_an_unsafe_plan_is_refused_until_it_is_accepted_by_name(place: Place) -> None:
    place.publish()
    before = place.get(f"{place.base}quick-take.xml")
    path = place.root / "episodes/gardening-between-shifts/episode.md"
    path.rename(path.with_name("draft.txt"))
    with pytest.raises(UnsafePlanError, match="--accept vanished:gardening-between-shifts"):
        place.publish()
    assert place.get(f"{place.base}quick-take.xml") == before
    place.publish("vanished:gardening-between-shifts")
    assert b"gardening-between-shifts.mp3" not in place.get(f"{place.base}quick-take.xml")
    assert place.is_public("episodes/gardening-between-shifts/gardening-between-shifts.mp3")


def test_renaming_an_episodes_folder_moves_nothing(place: Place) -> None:
    place.publish()
    before = place.get(f"{place.base}quick-take.xml")
    folder = place.root / "episodes/gardening-between-shifts"
    folder.rename(folder.with_name("a-garden-between-shifts"))
    outcome = place.publish()
    assert outcome.plan is not None
    assert outcome.plan.steps == ()
    assert place.get(f"{place.base}quick-take.xml") == before


def test_gating_a_public_episode_removes_it_from_the_public(place: Place) -> None:
    place.publish()
    path = place.root / "episodes/gardening-between-shifts/episode.md"
    path.write_text(path.read_text().replace("title:", "access: gold\ntitle:", 1))
    with pytest.raises(UnsafePlanError, match="made-private:gardening-between-shifts"):
        place.publish()
    place.publish("made-private")
    assert not place.is_public("episodes/gardening-between-shifts/gardening-between-shifts.mp3")
    assert b"Gardening" not in place.get(f"{place.base}quick-take.xml")


def test_broken_audio_stops_everything_before_anything_is_written(place: Place) -> None:
    place.publish()
    before = place.get(f"{place.base}quick-take.xml")
    path = next((place.root / "episodes").rglob("blood-pressure-at-home.mp3"))
    data = bytearray(path.read_bytes())
    data[100_000:103_000] = bytes(3000)
    path.write_bytes(data)
    notes = place.root / "episodes/gardening-between-shifts/episode.md"
    notes.write_text(notes.read_text() + "\nEdited.\n")
    with pytest.raises(WorkspaceError, match=r"blood-pressure-at-home\.mp3: is damaged at 0:1\d\.\d+ \(byte"):
        place.publish()
    assert place.get(f"{place.base}quick-take.xml") == before


def test_the_sources_stay_as_they_are(place: Place) -> None:
    before = {path: path.read_bytes() for path in place.root.rglob("*") if path.is_file()}
    place.publish()
    after = {path: path.read_bytes() for path in before}
    assert after == before
    assert sorted(p.name for p in (place.root / ".podwright").iterdir() if "cache" not in p.name) == [
        ".gitignore",
        "clock",
        "covers",
        "publishing",
    ]
    fresh = {path.relative_to(place.root).parts[0] for path in place.root.rglob("*") if path not in before}
    assert fresh <= {".podwright", "public", "episodes", "feeds", "artwork"}
    assert {p for p in (place.root / "episodes").rglob("*") if p.is_file()} <= before.keys()


def test_two_stores_of_the_same_show_hold_the_same_bytes(place: Place, tmp_path: Path) -> None:
    place.publish()
    other = Place(place.root, Overrides(storage=f"file:{tmp_path / 'copy'}", public_url=place.base), place.base)
    other.publish()
    manifest = parse_manifest((tmp_path / "copy" / MANIFEST_KEY).read_bytes())
    here = place.plan().manifest
    assert {k: o.sha256 for k, o in manifest.objects.items()} == {k: o.sha256 for k, o in here.objects.items()}


def test_a_store_that_lost_an_object_whose_source_is_not_here_is_told(sample: Path) -> None:
    place = Place(sample, Overrides(), "https://podcast.example.org/", folder=sample / "public")
    place.publish()
    remove_audio(sample)
    (sample / "public" / "private/staged/a-scale-by-the-door/a-scale-by-the-door.mp3").unlink(missing_ok=True)
    with pytest.raises(StoreError, match="a-scale-by-the-door"):
        place.publish(now=LATER)


def test_progress_is_told_every_byte_that_is_sent(place: Place) -> None:
    outcome = place.publish()
    assert outcome.plan is not None
    sent = sum(step.size for step in outcome.plan.steps)
    labels = dict(place.progress.begun)
    assert labels["uploading"] == sent
    assert place.progress.advanced == sent + labels["reading"]


def test_an_episode_without_audio_is_told_before_it_is_due_and_held_back_then(sample: Path) -> None:
    place = Place(sample, Overrides(), "https://podcast.example.org/", folder=sample / "public")
    for path in (sample / "episodes/home-monitoring/a-scale-by-the-door").glob("*.mp3"):
        path.unlink()
    outcomes = [place.publish(), place.publish(now=LATER)]
    for outcome in outcomes:
        assert [(problem.level, problem.where) for problem in outcome.problems] == [
            ("warning", "episodes/home-monitoring/a-scale-by-the-door/episode.md")
        ]
    assert outcomes[0].next_due is not None
    assert outcomes[0].next_due <= LATER
    assert "/episodes/a-scale-by-the-door" not in "".join(map(str, (sample / "public").rglob("*")))


def test_an_episode_that_becomes_a_draft_leaves_nothing_public_and_comes_back_without_its_recording(
    sample: Path,
) -> None:
    place = Place(sample, Overrides(), "https://podcast.example.org/", folder=sample / "public")
    place.publish()
    page = sample / "episodes/gardening-between-shifts/episode.md"
    published = page.read_text()
    page.write_text(published.replace("---\n", "---\ndraft: true\n", 1))
    with pytest.raises(UnsafePlanError, match="--accept vanished:gardening-between-shifts"):
        place.publish()
    place.publish("vanished:gardening-between-shifts")
    assert "Gardening between shifts" not in (sample / "public/quick-take.xml").read_text()
    audio = sample / "public/episodes/gardening-between-shifts/gardening-between-shifts.mp3"
    assert [path for path in audio.parent.rglob("*") if path.is_file()] == []
    away = sample / "public/private/staged/gardening-between-shifts/gardening-between-shifts.mp3"
    assert away.is_file()
    outcome = place.publish()
    assert outcome.plan is None or not outcome.plan.writes
    prune(place.session(datetime.now(UTC) + timedelta(days=99)), grace=timedelta(days=1), accepted=())
    assert away.is_file()
    (page.parent / "gardening-between-shifts.mp3").unlink()
    page.write_text(published)
    with pytest.raises(UnsafePlanError, match="was taken out by a later publish, and comes back"):
        place.publish()
    place.publish("taken-back:gardening-between-shifts")
    assert "Gardening between shifts" in (sample / "public/quick-take.xml").read_text()
    assert audio.is_file()
    assert not away.exists()


def test_what_a_killed_run_built_is_removed_after_a_day(sample: Path) -> None:
    place = Place(sample, Overrides(), "https://podcast.example.org/", folder=sample / "public")
    old, recent = sample / ".podwright/build-old", sample / ".podwright/build-recent"
    for folder in (old, recent):
        folder.mkdir(parents=True)
        (folder / "spool-1").write_text("half")
    os.utime(old, (1_700_000_000, 1_700_000_000))
    place.plan()
    assert not old.exists()
    assert recent.exists()


def test_a_workspace_that_cannot_be_written_is_published_all_the_same(sample: Path, tmp_path: Path) -> None:
    (sample / ".podwright").write_text("not a folder")
    place = Place(sample, Overrides(storage=f"file:{tmp_path / 'out'}"), "https://podcast.example.org/")
    outcome = place.publish()
    assert outcome.plan is not None
    assert outcome.plan.writes is True
    assert (tmp_path / "out/quick-take.xml").exists()


class Watched(LocalStore):
    """A folder that tells which requests are made of it, and lets somebody else be faster once."""

    def __init__(self, root: Path, calls: list[str], rival: Callable[[], object] | None = None) -> None:
        super().__init__(root, url="file:public")
        self.calls, self.rival = calls, rival

    def read(self, key: str, *, unless: str | None = None) -> Read | None:
        self.calls.append("read")
        return super().read(key, unless=unless)

    def observe(self, key: str) -> Stored | None:
        self.calls.append("observe")
        return super().observe(key)

    def put(self, artifact: Artifact, *, progress: Advance | None = None) -> Stored:
        self.calls.append("put")
        return super().put(artifact, progress=progress)

    def write(self, key: str, data: bytes, **kwargs: Any) -> str:
        self.calls.append("write")
        rival, self.rival = self.rival, None
        if rival is not None:
            rival()
        return super().write(key, data, **kwargs)


def test_a_publish_with_nothing_to_do_makes_one_read(sample: Path) -> None:
    place = Place(sample, Overrides(), "https://podcast.example.org/", folder=sample / "public")
    place.publish()
    # What was copied a moment ago is not believed yet: the long way settles it once the stamps are old enough.
    assert any(place.publish().plan is None for _ in range(100))
    calls: list[str] = []
    outcome = place.publish(store=Watched(sample / "public", calls))
    assert outcome.plan is None
    assert (outcome.live, outcome.waiting) == (7, 1)
    assert calls == ["read"]


def test_who_publishes_while_another_does_is_told_who_that_is_and_writes_nothing(sample: Path, tmp_path: Path) -> None:
    here = Place(sample, Overrides(storage=f"file:{tmp_path / 'store'}"), "https://podcast.example.org/")
    other = replace(here, root=tmp_path / "other")
    shutil.copytree(sample, other.root)
    told: list[str] = []

    def publish_there() -> None:
        with pytest.raises(StoreError, match="Ada is publishing there; run it again when that has ended") as found:
            publish(replace(other.session(), publisher=Publisher(name="Ben", patience=0)), accepted=())
        told.append(str(found.value))

    class Rivalled(Watched):
        def put(self, artifact: Artifact, *, progress: Advance | None = None) -> Stored:
            if not told:
                publish_there()
            return super().put(artifact, progress=progress)

    store = Rivalled(tmp_path / "store", [])
    publish(replace(here.session(), publisher=Publisher(name="Ada"), open_store=lambda _: store), accepted=())
    assert told
    assert here.plan().manifest.generation == 1
    assert here.plan().plan.steps == ()


def test_a_publish_that_loses_the_race_touches_no_feed_and_plans_again(sample: Path, tmp_path: Path) -> None:
    base = "https://podcast.example.org/"
    store = tmp_path / "store"
    overrides = Overrides(storage=f"file:{store}", public_url=base)
    here = Place(sample, overrides, base, folder=store)
    here.publish()
    other = Place(tmp_path / "other", overrides, base, folder=store)
    shutil.copytree(sample, other.root)
    for place, line in ((here, "Written here."), (other, "Written there.")):
        path = place.root / "episodes/gardening-between-shifts/episode.md"
        path.write_text(f"{path.read_text()}\n{line}\n")
    calls: list[str] = []
    here.publish(store=Watched(store, calls, other.publish))
    assert calls.count("read") >= 2
    feed = here.get(f"{base}quick-take.xml")
    assert b"Written here." in feed
    assert b"Written there." not in feed
    assert here.plan().plan.steps == ()
    assert here.plan().manifest.generation == 3


def test_an_edit_that_another_run_published_while_a_publish_looked_is_not_taken_back(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("podwright.building.cache._TICK", -DAY)
    place.publish()
    path = place.root / "episodes/gardening-between-shifts/episode.md"
    path.write_text(f"{path.read_text()}\nWritten before.\n")
    feed = place.root / "feeds/quick-take.toml"
    rivals = [feed.read_text().replace("Become a member", "Join us meanwhile")]

    def open_late(storage: Storage) -> Store:
        if rivals:
            feed.write_text(rivals.pop())
            place.publish()
        return open_store(storage)

    publish(replace(place.session(), open_store=open_late), accepted=())
    assert rivals == []
    assert b"Join us meanwhile" in place.get(f"{place.base}quick-take.xml")
    assert place.plan().plan.steps == ()


@pytest.mark.parametrize("tick", [DAY, -DAY], ids=["after fresh edits", "of a settled workspace"])
def test_what_is_edited_while_a_publish_plans_is_published_with_it_or_by_the_next_one(
    place: Place, monkeypatch: pytest.MonkeyPatch, tick: int
) -> None:
    monkeypatch.setattr("podwright.building.cache._TICK", tick)
    place.publish()
    path = place.root / "episodes/gardening-between-shifts/episode.md"
    path.write_text(f"{path.read_text()}\nWritten before.\n")
    edits = ["Written meanwhile."]

    def hear(event: Event) -> None:
        if edits:
            path.write_text(f"{path.read_text()}\n{edits.pop()}\n")

    publish(replace(place.session(), hear=hear), accepted=())
    assert b"Written before." in place.get(f"{place.base}quick-take.xml")
    place.publish()
    assert b"Written meanwhile." in place.get(f"{place.base}quick-take.xml")
    assert place.plan().plan.steps == ()


def test_a_consequence_of_what_changed_while_a_publish_planned_is_not_held_against_it(
    place: Place, tmp_path: Path
) -> None:
    place.publish()
    folder, aside = place.root / "episodes/gardening-between-shifts", tmp_path / "aside"
    folder.rename(aside)

    def hear(event: Event) -> None:
        if aside.exists():
            aside.rename(folder)

    publish(replace(place.session(), hear=hear), accepted=())
    assert not aside.exists()
    assert place.plan().plan.steps == ()
    assert place.plan().manifest.generation == 1
