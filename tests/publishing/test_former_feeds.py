"""Feeds that get another name, end, or become private: who subscribed, and what is still said of what was gated."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from podwright.core.errors import UnsafePlanError, WorkspaceError
from podwright.core.model import Overrides
from podwright.core.names import MANIFEST_KEY
from podwright.inspection.verify.repair import repair
from podwright.inspection.verify.types import Request
from podwright.members.gateway.access import key_of, published_of
from podwright.members.people import Member
from podwright.publishing.rollback import rollback
from podwright.report.plans import plan_lines
from podwright.workspace.load import load_workspace
from tests.publishing.test_tiers import add
from tests.render.feeds.reading import channel_of, read_items, text
from tests.support.published import NOW, Place
from tests.support.seaweed import REGION, Seaweed

CARDIOLOGY = "cardiology"
#: A free episode of that section, by its folder.
EPISODE = "episodes/home-monitoring/blood-pressure-at-home/episode.md"
BASE = "https://podcast.example.org/"


@pytest.fixture
def place(sample: Path) -> Place:
    """The sample show, published to a folder."""
    found = Place(sample, Overrides(public_url=BASE), BASE, folder=sample / "public")
    found.publish()
    return found


def rename(place: Place, name: str, to: str, *, former: bool = True) -> Path:
    """Rename the file of a feed; its new name says its former one."""
    path = (place.root / f"feeds/{name}.toml").rename(place.root / f"feeds/{to}.toml")
    if former:
        add(path, f'former = ["{name}"]')
    return path


def asked(place: Place) -> list[str]:
    return [name for _, name in place.plan().plan.approvals]


def said(place: Place) -> str:
    return "\n".join(plan_lines(place.plan().plan, store="store"))


def public(place: Place) -> set[str]:
    assert place.folder
    files = (path.relative_to(place.folder).as_posix() for path in place.folder.rglob("*") if path.is_file())
    return {key for key in files if not key.startswith("private/")}


def gate(place: Place) -> bytes:
    """Gate an episode, and return a sentence of its notes."""
    path = place.root / EPISODE
    path.write_text(path.read_text().replace("access: free", "access: gold"))
    _, episodes, _ = load_workspace(place.root, place.overrides)
    (gated,) = (one for one in episodes if f"{one.outline.folder}/episode.md" == EPISODE)
    assert gated.outline.tier == "gold"
    return gated.key_points[0].encode()


def test_a_bucket_has_a_renamed_feed_at_both_addresses_and_nothing_of_one_that_ended(
    sample: Path, bucket: str, seaweed: Seaweed
) -> None:
    base = f"{seaweed.endpoint_url}/{bucket}/"
    seaweed.make_public(bucket, except_prefix="private/")
    overrides = Overrides(storage=f"s3://{bucket}", public_url=base, endpoint_url=seaweed.endpoint_url, region=REGION)
    place = Place(sample, overrides, base)
    place.publish()
    rename(place, CARDIOLOGY, "heart")
    place.publish()
    assert read_items(place.get(f"{base}{CARDIOLOGY}.xml")) == read_items(place.get(f"{base}heart.xml"))
    (place.root / "feeds/heart.toml").unlink()
    assert asked(place) == [f"feed-gone:{CARDIOLOGY}", "feed-gone:heart"]
    place.publish("feed-gone")
    assert not place.is_public("heart.xml")
    assert not place.is_public(f"{CARDIOLOGY}.xml")


def test_a_renamed_feed_goes_on_at_its_old_address_as_the_same_feed(place: Place) -> None:
    before = channel_of(place.get(f"{BASE}{CARDIOLOGY}.xml"))
    rename(place, CARDIOLOGY, "heart")
    assert asked(place) == []
    assert f"feed {CARDIOLOGY} goes on as heart, at its old address as well until former names it no more" in said(
        place
    )
    place.publish()
    old, new = (place.get(f"{BASE}{name}.xml") for name in (CARDIOLOGY, "heart"))
    assert read_items(old) == read_items(new)
    assert text(channel_of(old), "itunes:new-feed-url") == f"{BASE}heart.xml"
    assert text(channel_of(new), "itunes:new-feed-url") is None
    guids = {text(one, "podcast:guid") for one in (before, channel_of(old), channel_of(new))}
    assert len(guids) == 1
    again = place.publish()
    assert again.plan is None or not again.plan.writes


def test_the_old_address_has_what_is_published_later_and_nothing_of_what_is_gated(place: Place) -> None:
    rename(place, CARDIOLOGY, "heart")
    place.publish()
    point = gate(place)
    assert point in place.get(f"{BASE}{CARDIOLOGY}.xml")
    place.publish("made-private")
    assert point not in place.get(f"{BASE}{CARDIOLOGY}.xml")
    assert read_items(place.get(f"{BASE}{CARDIOLOGY}.xml")) == read_items(place.get(f"{BASE}heart.xml"))


def test_a_name_that_is_taken_out_of_former_ends_its_address(place: Place) -> None:
    path = rename(place, CARDIOLOGY, "heart")
    place.publish()
    path.write_text(path.read_text().replace(f'former = ["{CARDIOLOGY}"]', ""))
    assert asked(place) == [f"feed-gone:{CARDIOLOGY}"]
    place.publish("feed-gone")
    assert not place.is_public(f"{CARDIOLOGY}.xml")
    assert place.is_public("heart.xml")


def test_a_feed_that_was_renamed_without_a_word_is_recognised(place: Place) -> None:
    rename(place, CARDIOLOGY, "heart", former=False)
    with pytest.raises(UnsafePlanError, match=rf'feeds/heart.toml by now, write former = \["{CARDIOLOGY}"\] there'):
        place.publish()


def test_a_feed_that_is_removed_is_asked_how_it_shall_end_and_then_says_nothing(place: Place) -> None:
    (place.root / f"feeds/{CARDIOLOGY}.toml").unlink()
    with pytest.raises(UnsafePlanError, match="to lead them to another feed, write former") as refused:
        place.publish()
    assert f"keep feeds/{CARDIOLOGY}.toml with complete = true and [select] until" in str(refused.value)
    place.publish("feed-gone")
    assert not {key for key in public(place) if key.endswith(".xml")} - {"quick-take.xml", "sitemap.xml"}


def test_a_feed_that_has_ended_keeps_what_it_had_and_gets_nothing_new(place: Place) -> None:
    path = place.root / f"feeds/{CARDIOLOGY}.toml"
    before = read_items(place.get(f"{BASE}{CARDIOLOGY}.xml"))
    add(path, "complete = true")
    path.write_text(path.read_text().replace("[select]", "[select]\nuntil = 2026-11-01"))
    due = datetime(2099, 2, 1, tzinfo=UTC)
    assert [name for _, name in place.plan(due).plan.approvals] == []
    place.publish(now=due)
    assert read_items(place.get(f"{BASE}{CARDIOLOGY}.xml")) == before
    assert len(read_items(place.get(f"{BASE}quick-take.xml"))) > len(before)


def test_subscribers_of_a_feed_that_is_removed_can_be_led_to_another(place: Place) -> None:
    (place.root / f"feeds/{CARDIOLOGY}.toml").unlink()
    add(place.root / "feeds/quick-take.toml", f'former = ["{CARDIOLOGY}"]')
    assert asked(place) == [f"feed-guid-changed:{CARDIOLOGY}"]
    place.publish("feed-guid-changed")
    assert read_items(place.get(f"{BASE}{CARDIOLOGY}.xml")) == read_items(place.get(f"{BASE}quick-take.xml"))


def test_a_feed_that_becomes_private_leaves_nothing_public(place: Place) -> None:
    path = place.root / f"feeds/{CARDIOLOGY}.toml"
    path.write_text(path.read_text().replace('access = ["free"]', 'access = ["free", "gold"]'))
    assert asked(place) == [f"moved:{CARDIOLOGY}"]
    place.publish("moved")
    assert not place.is_public(f"{CARDIOLOGY}.xml")
    # Those who had it may be given another one.
    add(place.root / "feeds/quick-take.toml", f'former = ["{CARDIOLOGY}"]')
    assert asked(place) == []
    place.publish()
    assert read_items(place.get(f"{BASE}{CARDIOLOGY}.xml")) == read_items(place.get(f"{BASE}quick-take.xml"))


def test_archive_pages_and_the_list_of_feeds_go_with_their_feeds(place: Place) -> None:
    path = place.root / "feeds/quick-take.toml"
    add(path, "limit = 1")
    place.publish()
    pages = {key for key in public(place) if key.startswith("archive/quick-take/")}
    assert pages
    assert place.is_public("feeds.opml")
    path.unlink()
    rename(place, CARDIOLOGY, "quick-take-gold-heart", former=False)
    members = place.root / "feeds/quick-take-gold-heart.toml"
    members.write_text(members.read_text().replace('access = ["free"]', 'access = ["gold"]'))
    place.publish("feed-gone")
    assert {key for key in public(place) if key.endswith((".xml", ".opml"))} == {"sitemap.xml"}


def test_members_of_a_renamed_feed_keep_their_address(place: Place) -> None:
    path = rename(place, "quick-take-gold", "gold")
    assert asked(place) == []
    place.publish()
    published = published_of(place.session().observed[0])
    ada = Member(name="Ada", feeds=("quick-take-gold",), added=NOW)
    assert {key_of(name, ada, published) for name in ("quick-take-gold.xml", "gold.xml")} == {"private/gold.xml"}
    store = place.store
    old, new = (store.read(f"private/{name}.xml") for name in ("quick-take-gold", "gold"))
    assert old
    assert new
    assert old.data == new.data
    assert key_of("gold.xml", Member(name="Ben", feeds=("quick-take",), added=NOW), published) is None
    path.write_text(path.read_text().replace('former = ["quick-take-gold"]', ""))
    assert asked(place) == ["feed-gone:quick-take-gold"]


@pytest.mark.parametrize("name", ["quick-take", "heart"], ids=["another feed", "itself"])
def test_a_former_name_that_another_feed_has_is_refused(place: Place, name: str) -> None:
    rename(place, CARDIOLOGY, "heart", former=False)
    add(place.root / "feeds/heart.toml", f'former = ["{name}"]')
    with pytest.raises(WorkspaceError, match=f"feeds/heart.toml: former: '{name}' is the address of feeds/{name}.toml"):
        place.plan()


def test_a_publish_after_a_rollback_to_before_a_feed_was_renamed_leaves_nothing_of_what_was_gated(place: Place) -> None:
    rename(place, CARDIOLOGY, "heart")
    place.publish()
    rollback(place.session(), 1, accepted=["feed-gone", "audio-replaced"])
    assert not place.is_public("heart.xml")
    point = gate(place)
    assert point in place.get(f"{BASE}{CARDIOLOGY}.xml")
    place.publish("rollback-undone", "made-private")
    assert read_items(place.get(f"{BASE}{CARDIOLOGY}.xml")) == read_items(place.get(f"{BASE}heart.xml"))
    assert [key for key in public(place) if point in place.get(BASE + key)] == []


def test_a_lost_manifest_is_rebuilt_with_former_addresses(place: Place) -> None:
    rename(place, CARDIOLOGY, "heart")
    place.publish()
    assert place.folder
    (place.folder / MANIFEST_KEY).unlink()
    repair(Request(session=place.session()), accepted=())
    feeds = place.session().observed[0].feeds
    assert {name: feed.addresses for name, feed in feeds.items() if name in ("heart", CARDIOLOGY)} == {
        "heart": ("heart.xml", f"{CARDIOLOGY}.xml")
    }
    assert asked(place) == []


def test_who_subscribed_under_a_former_name_is_told_of_what_is_new(place: Place) -> None:
    add(place.root / f"feeds/{CARDIOLOGY}.toml", 'hub = "https://hub.example.org/"')
    rename(place, CARDIOLOGY, "heart")
    pending = place.publish().pending
    assert pending
    urls = {one.url: one.sha256 for one in pending.news.feeds}
    assert urls.keys() >= {f"{BASE}heart.xml", f"{BASE}{CARDIOLOGY}.xml"}
    assert urls[f"{BASE}heart.xml"] != urls[f"{BASE}{CARDIOLOGY}.xml"]
