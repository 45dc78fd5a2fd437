"""Episodes that leave by their own dates, looked at through the public address of a folder and of SeaweedFS."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from podwright.core.errors import UnsafePlanError, WorkspaceError
from podwright.core.model import Overrides
from podwright.workspace.load import load_workspace
from tests.support.published import NOW, Place
from tests.support.seaweed import REGION, Seaweed
from tests.support.webserver import running_webserver

SLUG = "blood-pressure-at-home"
AUDIO = f"episodes/{SLUG}/{SLUG}.mp3"
PAGE = f"episodes/{SLUG}/index.html"
SOURCE = f"episodes/home-monitoring/{SLUG}/episode.md"
#: Midnight of 10 November in New York, which is the show's zone.
LEAVES = datetime(2026, 11, 10, 5, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def local(sample: Path) -> Iterator[Place]:
    with running_webserver(sample / "public") as base:
        yield Place(sample, Overrides(public_url=base), base)


@pytest.fixture(params=["local", "seaweed"])
def place(request: pytest.FixtureRequest, sample: Path) -> Place:
    if request.param == "local":
        found: Place = request.getfixturevalue("local")
        return found
    bucket: str = request.getfixturevalue("bucket")
    server: Seaweed = request.getfixturevalue("seaweed")
    base = f"{server.endpoint_url}/{bucket}/"
    overrides = Overrides(storage=f"s3://{bucket}", public_url=base, endpoint_url=server.endpoint_url, region=REGION)
    return Place(sample, overrides, base)


def say(place: Place, *lines: str) -> None:
    """More front matter of the episode, in place of its present ends."""
    path = place.root / SOURCE
    kept = [line for line in path.read_text().splitlines() if not line.startswith(("unlist", "withdraw"))]
    path.write_text("\n".join([kept[0], *lines, *kept[1:], ""]))


def public_text(place: Place) -> dict[str, str]:
    """Every published text that anybody can read, by key."""
    keys = [key for key in place.plan(LEAVES).manifest.objects if not key.startswith("private/")]
    texts = [key for key in keys if key.endswith((".xml", ".html", ".json", ".opml", ".vtt", ".srt", ".txt"))]
    return {key: place.get(place.base + key).decode() for key in texts}


def own_keys(place: Place, now: datetime) -> set[str]:
    return {key for key in place.plan(now).manifest.objects if key.startswith(f"episodes/{SLUG}/")}


def naming(place: Place) -> set[str]:
    """The public texts that name the episode's address, but for its own."""
    return {key for key, text in public_text(place).items() if SLUG in text and not key.startswith(f"episodes/{SLUG}/")}


@pytest.mark.parametrize("policy", ["deny", "delete"])
def test_a_withdrawn_episode_is_gone_from_its_public_address_and_a_page_says_so(place: Place, policy: str) -> None:
    say(place, "withdraw: 2026-11-10", f"withdraw_policy: {policy}", "withdraw_reason: The cuff was recalled.")
    place.publish()
    keys = own_keys(place, NOW)
    assert len(keys) > 8
    assert all(place.is_public(key) for key in keys)
    quiet = place.publish(now=LEAVES - SECOND)
    assert quiet.plan is None or quiet.plan.steps == ()
    outcome = place.publish(now=LEAVES)
    assert outcome.plan is not None
    assert [(one.kind, one.slug, one.announced) for one in outcome.plan.stage_changes] == [("withdrawn", SLUG, True)]
    assert {key for key in keys if place.is_public(key)} == {PAGE}
    assert (outcome.live, outcome.withdrawn) == (6, 1)
    tombstone = place.get(place.base + PAGE).decode()
    for words in ("Blood pressure at the kitchen table", "November 10, 2026", "The cuff was recalled.", "noindex"):
        assert words in tombstone
    assert "education@example.org" in tombstone
    assert "../reading-a-home-log/index.html" in tombstone
    assert naming(place) == set()
    away = f"private/withdrawn/{SLUG}/{SLUG}.mp3"
    assert (away in place.plan(LEAVES).manifest.objects) is (policy == "deny")
    assert not place.is_public(away)
    again = place.plan(LEAVES)
    assert again.plan.writes is False


def said_by(place: Place, slug: str) -> list[str]:
    """What an episode alone says: its key points and references, and what is spoken in it."""
    _, episodes, _ = load_workspace(place.root, place.overrides)
    spoken = {one.outline.slug: [cue.text for cue in one.transcript.cues] for one in episodes if one.transcript}
    others = {text for other, texts in spoken.items() if other != slug for text in texts}
    (episode,) = (one for one in episodes if one.outline.slug == slug)
    titles = [one.title for one in episode.references if one.title]
    return [*episode.key_points, *titles, *(text for text in spoken[slug] if text not in others)]


def test_nothing_that_a_withdrawn_episode_said_is_public_any_more(local: Place) -> None:
    say(local, "withdraw: 2026-11-10")
    local.publish()
    said, before = said_by(local, SLUG), "\n".join(public_text(local).values())
    assert len(said) > 10
    assert [words for words in said if words not in before] == []
    local.publish(now=LEAVES)
    after = "\n".join(public_text(local).values())
    assert [words for words in said if words in after] == []


def remove_audio(place: Place) -> bytes:
    path = place.root / SOURCE.replace("episode.md", f"{SLUG}.mp3")
    data = path.read_bytes()
    path.unlink()
    return data


def test_a_withdrawn_episode_comes_back_at_its_address_without_the_recording_where_it_was_kept(place: Place) -> None:
    say(place, "withdraw: 2026-11-10")
    place.publish()
    before = place.get(place.base + AUDIO)
    remove_audio(place)
    place.publish(now=LEAVES)
    say(place)
    outcome = place.publish(now=LEAVES)
    assert outcome.plan is not None
    assert [one.kind for one in outcome.plan.stage_changes] == ["listed"]
    assert place.get(place.base + AUDIO) == before
    assert AUDIO in place.get(f"{place.base}quick-take.xml").decode()
    assert not [key for key in place.plan(LEAVES).manifest.objects if key.startswith("private/withdrawn/")]


def test_a_withdrawn_episode_that_was_deleted_needs_its_recording_to_come_back(local: Place) -> None:
    say(local, "withdraw: 2026-11-10", "withdraw_policy: delete")
    local.publish()
    before = local.get(local.base + AUDIO)
    recording = remove_audio(local)
    local.publish(now=LEAVES)
    say(local)
    with pytest.raises(
        WorkspaceError, match=r"no audio here, and its published audio was deleted when it was withdrawn"
    ):
        local.publish(now=LEAVES)
    (local.root / SOURCE.replace("episode.md", f"{SLUG}.mp3")).write_bytes(recording)
    local.publish(now=LEAVES)
    assert local.get(local.base + AUDIO) == before


def test_an_unlisted_episode_stays_for_those_who_have_its_address(place: Place) -> None:
    say(place, "unlist: 2026-11-10")
    place.publish()
    keys = own_keys(place, NOW)
    assert naming(place) >= {"quick-take.xml", "index.html", "archive/index.html", "sitemap.xml"}
    outcome = place.publish(now=LEAVES)
    assert outcome.plan is not None
    assert [(one.kind, one.announced) for one in outcome.plan.stage_changes] == [("unlisted", True)]
    assert (outcome.live, outcome.unlisted) == (6, 1)
    assert [key for key in keys if not place.is_public(key)] == []
    assert naming(place) == set()
    page = place.get(place.base + PAGE).decode()
    assert '<meta name="robots" content="noindex">' in page
    assert "no longer in the feeds and lists" in page
    assert f"{SLUG}.mp3" in page


@pytest.mark.parametrize(("field", "asked"), [("unlist", "vanished"), ("withdraw", "withdrawn")])
def test_a_date_that_is_past_when_it_is_written_needs_a_word(local: Place, field: str, asked: str) -> None:
    local.publish()
    say(local, f"{field}: 2026-10-01")
    with pytest.raises(UnsafePlanError, match=f"--accept {asked}:{SLUG}"):
        local.publish()
    assert local.is_public(AUDIO)
    local.publish(f"{asked}:{SLUG}")
    assert local.is_public(AUDIO) is (field == "unlist")


def test_an_episode_withdrawn_before_the_first_publish_needs_no_recording(local: Place) -> None:
    say(local, "withdraw: 2026-10-01")
    remove_audio(local)
    local.publish()
    assert local.is_public(PAGE)
    assert not local.is_public(AUDIO)
    assert local.plan().plan.writes is False


def test_members_audio_is_put_away_from_members_too(local: Place) -> None:
    slug = "counting-clean-hands"
    path = local.root / f"episodes/home-monitoring/{slug}/episode.md"
    path.write_text(path.read_text().replace("title:", "withdraw: 2026-11-10\ntitle:", 1))
    local.publish()
    before = {key for key in local.plan().manifest.objects if key.startswith(f"private/episodes/{slug}/")}
    assert len(before) > 4
    local.publish(now=LEAVES)
    after = {key for key in local.plan(LEAVES).manifest.objects if slug in key}
    assert {key.rpartition(".")[0] for key in after} == {
        f"private/episodes/{slug}/index",
        f"private/withdrawn/{slug}/{slug}",
    }


def test_two_episodes_do_not_share_an_address_after_a_folder_was_renamed(sample: Path) -> None:
    place = Place(sample, Overrides(), "https://podcast.example.org/", folder=sample / "public")
    place.publish()
    old = sample / "episodes/gardening-between-shifts"
    old.rename(old.with_name("a-garden"))
    old.mkdir()
    source = old.with_name("a-garden")
    text = (source / "episode.md").read_text()
    (old / "episode.md").write_text(text.replace("guid: ", "guid: other-"))
    (old / "new.mp3").write_bytes(next(source.glob("*.mp3")).read_bytes())
    with pytest.raises(
        WorkspaceError, match=r"shifts/episode\.md: its address was given to episodes/a-garden, and stays"
    ):
        place.publish()
