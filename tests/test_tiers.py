"""One catalogue, several feeds: what each of them carries, who has an episode first, and what others see of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.gateway.access import key_of, published_of
from pipeline.manifest import MANIFEST_KEY, Manifest, parse_manifest
from pipeline.members import Member
from pipeline.model import Overrides
from pipeline.stores import open_store
from pipeline.workspace.load import load_workspace
from tests.published import NOW, Place
from tests.rss.reading import Shelf, read_items, refreshed

GOLD, FREE = "private/quick-take-gold.xml", "quick-take.xml"
SCALE = "a288862a-02ec-4f35-a7e1-4487ddc32eda"
SCALE_TITLE = "Heart failure: a scale by the bathroom door"
#: When the sample show's last episode is published, in New York.
DUE = datetime(2099, 1, 5, 12, tzinfo=UTC)
WEEK = timedelta(weeks=1)
ADA = Member(name="Ada", feeds=("quick-take-gold",), added=NOW)


def read(place: Place, key: str) -> bytes:
    """What the store has under a key, public or not."""
    show, _, _ = load_workspace(place.root, place.overrides)
    found = open_store(show.storage).read(key)
    assert found is not None
    assert found.data is not None
    return found.data


def manifest(place: Place) -> Manifest:
    return parse_manifest(read(place, MANIFEST_KEY))


def public_bytes(place: Place) -> bytes:
    """All that anybody can read."""
    keys = [key for key in manifest(place).objects if not key.startswith("private/")]
    return b"\n".join(place.get(place.base + key) for key in keys)


def add(path: Path, line: str) -> None:
    """A line of settings before the first table."""
    head, bracket, rest = path.read_text().partition("\n[")
    path.write_text(f"{head}\n{line}\n{bracket}{rest}")


def remove_audio(root: Path) -> None:
    for path in (root / "episodes").rglob("*"):
        if path.suffix in (".mp3", ".m4a"):
            path.unlink()


def early(place: Place, leads: str = 'early = {gold = "1 week"}') -> None:
    add(place.root / "podwright.toml", leads)


def test_the_same_guid_stands_in_every_feed_that_carries_an_episode(place: Place) -> None:
    place.publish(now=DUE)
    free, gold = read_items(read(place, FREE)), read_items(read(place, GOLD))
    assert {one.title: one.guid for one in free}.items() <= {one.title: one.guid for one in gold}.items()
    assert len({one.guid for one in gold}) == len(gold) == 8
    shared = {one.guid: one.url for one in free}
    assert shared == {one.guid: one.url for one in gold if one.guid in shared}


def test_members_have_an_episode_a_week_before_the_others_by_the_clock_alone(place: Place) -> None:
    early(place)
    waiting = place.publish(now=NOW)
    assert waiting.next_due is not None
    assert place.plan(now=DUE - WEEK).podcast.horizon == DUE
    remove_audio(place.root)
    ada, ben = Shelf(), Shelf()
    for now in (NOW, DUE - WEEK, DUE - timedelta(seconds=1)):
        place.publish(now=now)
        ada, ben = refreshed(ada, read(place, GOLD)), refreshed(ben, read(place, FREE))
    assert (SCALE in ada, SCALE in ben) == (True, False)
    first = ada[SCALE]
    assert first.published == DUE - WEEK
    lay = "private/early/a-scale-by-the-door/a-scale-by-the-door.mp3"
    assert first.url == place.base + lay
    assert not place.is_public(lay)
    assert SCALE_TITLE.encode() not in public_bytes(place)
    assert key_of(lay, ADA, published_of(manifest(place))) == lay

    due = place.publish(now=DUE)
    assert due.plan is not None
    key = "episodes/a-scale-by-the-door/a-scale-by-the-door.mp3"
    assert [(step.key, step.source) for step in due.plan.media if step.kind == "compose"] == [(key, lay)]
    assert due.plan.consequences == ()
    assert not [one for one in manifest(place).objects if one.startswith(("private/early/", "private/staged/"))]
    ada, ben = refreshed(ada, read(place, GOLD)), refreshed(ben, read(place, FREE))
    assert [one.title for one in ada.values()].count(SCALE_TITLE) == 1
    assert ada[SCALE] == first
    assert (ben[SCALE].published, ben[SCALE].url) == (DUE, place.base + key)
    # Whoever asks for it where it lay before gets it where it is.
    assert key_of(lay, ADA, published_of(manifest(place))) == key
    (now_in_gold,) = (one for one in read_items(read(place, GOLD)) if one.guid == SCALE)
    assert (now_in_gold.published, now_in_gold.url) == (DUE - WEEK, place.base + key)
    again = place.publish(now=DUE)
    assert again.plan is None or not again.plan.writes


def test_everybody_who_has_it_early_has_its_texts_and_its_page_and_nobody_else(place: Place) -> None:
    early(place)
    place.publish(now=DUE - WEEK)
    folder = "private/early/a-scale-by-the-door"
    named = {key for key in manifest(place).objects if "a-scale-by-the-door" in key}
    assert {f"{folder}/index.html", f"{folder}/a-scale-by-the-door.vtt", f"{folder}/a-scale-by-the-door.mp3"} <= named
    assert {key.rpartition("/")[0] for key in named} == {folder}
    assert not [key for key in named if place.is_public(key)]
    silver = Member(name="Ben", feeds=("quick-take-silver",), added=NOW)
    assert not [key for key in named if key_of(key, silver, published_of(manifest(place)))]


@pytest.mark.parametrize(
    ("show", "episode", "sooner"),
    [
        ('early = {gold = "1 week"}', "", {"gold": 7}),
        ('early = {gold = "1 week", silver = "P2D"}', "", {"gold": 7, "silver": 2}),
        ('early = {gold = "1 week", silver = "P2D"}', "early: {silver: 3 days, gold: never}", {"silver": 3}),
        ('early = {gold = "1 week"}', "early: never", {}),
        ("", "early: {silver: 3 days}", {"silver": 3}),
        ('early = {gold = "1 week", silver = "P2D"}', "access: silver", {"gold": 7}),
        ('early = {gold = "1 week", silver = "P2D"}', "access: gold", {}),
    ],
)
def test_who_has_an_episode_early_is_said_by_show_or_episode(
    sample: Path, show: str, episode: str, sooner: dict[str, int]
) -> None:
    add(sample / "podwright.toml", show)
    path = sample / "episodes/gardening-between-shifts/episode.md"
    path.write_text(path.read_text().replace("\n---", f"\n{episode}\n---", 1))
    _, episodes, _ = load_workspace(sample, Overrides())
    (found,) = (one.outline for one in episodes if one.outline.slug == "gardening-between-shifts")
    assert {tier: (found.published - since).days for tier, since in found.early} == sooner
