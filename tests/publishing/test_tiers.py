"""One catalogue, several feeds: what each of them carries, who has an episode first, and what others see of it."""

from __future__ import annotations

import io
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from mutagen.id3 import ID3

from podwright.core.errors import WorkspaceError
from podwright.core.model import Overrides
from podwright.core.names import MANIFEST_KEY
from podwright.inspection.leaks import Request, observe_leaks
from podwright.members.gateway.access import key_of, published_of
from podwright.members.people import Member
from podwright.stores import open_store
from podwright.stores.ledger.manifest import Manifest
from podwright.stores.ledger.manifest_json import parse_manifest
from podwright.workspace.load import load_workspace
from tests.render.feeds.reading import Listed, Shelf, channel_of, read_items, refreshed, text
from tests.render.feeds.values import NS
from tests.support.paths import DATA
from tests.support.published import NOW, Place
from tests.support.webserver import running_server

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


JOIN = '[teaser]\nlink = "https://example.org/join"\n'
HANDS = "e09e0119-71aa-43a5-952e-347cc4b1a333"
HANDS_FOLDER = "episodes/home-monitoring/counting-clean-hands"
HANDS_TITLE = "Counting clean hands on home visits"
TRAILER = DATA / "audio" / "cbr-info.mp3"


def tease(place: Place) -> Path:
    """Give a gold episode a trailer, and the free feed room for it; returns the episode's file."""
    with (place.root / "feeds/quick-take.toml").open("a") as file:
        file.write(f"\n{JOIN}")
    shutil.copyfile(TRAILER, place.root / HANDS_FOLDER / "teaser.mp3")
    return place.root / HANDS_FOLDER / "episode.md"


def teaser_of(place: Place) -> Listed | None:
    """The item of the gold episode in the free feed, where there is one."""
    return next((one for one in read_items(read(place, FREE)) if one.title == HANDS_TITLE), None)


def test_a_gated_episode_leaves_its_title_its_points_a_trailer_and_a_link_and_nothing_else(place: Place) -> None:
    tease(place)
    place.publish()
    _, episodes, _ = load_workspace(place.root, place.overrides)
    (gated,) = (one for one in episodes if one.outline.guid == HANDS)
    (item,) = (one for one in channel_of(read(place, FREE)).findall("item") if text(one, "title") == HANDS_TITLE)
    html = text(item, "content:encoded") or ""
    assert [point for point in gated.key_points if point not in html] == []
    assert '<a href="https://example.org/join">The whole episode is for members</a>' in html
    assert text(item, "link") == "https://example.org/join"
    assert text(item, "itunes:episodeType") == "trailer"
    assert {child.tag.rpartition("}")[2] for child in item}.isdisjoint(
        {"transcript", "chapters", "person", "episode", "alternateEnclosure", "soundbite"}
    )
    (enclosure,) = item.findall("enclosure")
    trailer = place.get(enclosure.attrib["url"])
    assert str(len(trailer)) == enclosure.attrib["length"]
    assert str(ID3(io.BytesIO(trailer))["TIT2"]) == HANDS_TITLE
    assert not {frame[:4] for frame in ID3(io.BytesIO(trailer))} & {"USLT", "CHAP", "COMM", "TDES"}
    everything = public_bytes(place)
    # Hosts greet in each episode alike.
    greeted = {cue.text for one in episodes if one is not gated and one.transcript for cue in one.transcript.cues}
    assert gated.transcript is not None
    said = [*({cue.text for cue in gated.transcript.cues} - greeted), *(one.title for one in gated.chapters[1:])]
    assert len(said) > 10
    written = [line for line in gated.notes.splitlines() if len(line) > 20]
    told = " ".join(gated.key_points)
    secret = [one for one in (*said, *written, gated.subtitle or "", HANDS) if one not in told]
    assert [one for one in secret if one.encode() in everything] == []


def test_where_the_whole_episode_comes_the_teaser_goes_and_nobody_has_it_twice(place: Place) -> None:
    path = tease(place)
    ada, ben = Shelf(), Shelf()
    place.publish()
    ada, ben = refreshed(ada, read(place, GOLD)), refreshed(ben, read(place, FREE))
    (trailer,) = (one for one in ben.values() if one.title == HANDS_TITLE)
    assert trailer.guid not in ada
    assert trailer.guid != HANDS

    path.write_text(path.read_text().replace("access: gold", "access: free"))
    place.publish("made-public")
    ada, ben = refreshed(ada, read(place, GOLD)), refreshed(ben, read(place, FREE))
    for shelf in (ada, ben):
        assert [one.guid for one in shelf.values() if one.title == HANDS_TITLE] == [HANDS]
    # It is new to who heard the trailer, and its audio is not the trailer's.
    assert ben[HANDS].url != trailer.url
    assert ben[HANDS].url.endswith("counting-clean-hands.m4a")

    path.write_text(path.read_text().replace("access: free", "access: gold"))
    place.publish("made-private", "vanished")
    assert teaser_of(place) == trailer


def test_what_others_have_early_is_teased_until_it_is_there(place: Place) -> None:
    early(place)
    tease(place)
    shutil.copyfile(TRAILER, place.root / "episodes/home-monitoring/a-scale-by-the-door/teaser.mp3")
    place.publish(now=NOW)
    waiting = "private/staged/a-scale-by-the-door/a-scale-by-the-door-teaser.mp3"
    assert waiting in manifest(place).objects
    remove_audio(place.root)
    ben: Shelf = {}
    seen = []
    for now in (NOW, DUE - WEEK, DUE - timedelta(seconds=1), DUE):
        outcome = place.publish(now=now)
        assert outcome.plan is None or outcome.plan.consequences == ()
        ben = refreshed(ben, read(place, FREE))
        seen.append([(one.guid == SCALE, one.published) for one in ben.values() if one.title == SCALE_TITLE])
    assert seen == [[], [(False, DUE - WEEK)], [(False, DUE - WEEK)], [(True, DUE)]]
    assert waiting not in manifest(place).objects
    again = place.publish(now=DUE)
    assert again.plan is None or not again.plan.writes


def test_a_teaser_stands_in_all_lower_feeds_under_one_guid_and_not_where_the_episode_is(place: Place) -> None:
    tease(place)
    silver = place.root / "feeds/quick-take-silver.toml"
    silver.write_text(f'[select]\naccess = ["free", "silver"]\n{JOIN}')
    place.publish()
    guids = {
        key: [one.guid for one in read_items(read(place, key)) if one.title == HANDS_TITLE]
        for key in (FREE, "private/quick-take-silver.xml", GOLD)
    }
    teaser = teaser_of(place)
    assert teaser is not None
    assert list(guids.values()) == [[teaser.guid], [teaser.guid], [HANDS]]


def test_a_teaser_ends_with_its_file_or_a_word_in_the_episode_and_outlives_a_checkout_without_audio(
    place: Place,
) -> None:
    path = tease(place)
    place.publish()
    kept = {one: one.read_bytes() for one in (place.root / "episodes").rglob("*.m[p4][3a]")}
    remove_audio(place.root)
    quiet = place.publish()
    assert quiet.plan is None or not quiet.plan.writes
    for one, data in kept.items():
        one.write_bytes(data)
    path.write_text(path.read_text().replace("access: gold", "access: gold\nteaser: false"))
    place.publish()
    assert teaser_of(place) is None
    path.write_text(path.read_text().replace("\nteaser: false", ""))
    place.publish()
    assert teaser_of(place) is not None
    (place.root / HANDS_FOLDER / "teaser.mp3").unlink()
    place.publish()
    assert teaser_of(place) is None


def test_a_teaser_has_no_key_point_that_was_drafted_from_what_was_said(place: Place) -> None:
    path = tease(place)
    before, _, rest = path.read_text().partition("key_points:")
    path.write_text(before + rest[rest.index("chapters:") :])
    place.publish()
    (item,) = (one for one in channel_of(read(place, FREE)).findall("item") if text(one, "title") == HANDS_TITLE)
    assert text(item, "description") == "The whole episode is for members (https://example.org/join)"


def test_the_trailer_of_a_withdrawn_episode_goes_with_it(place: Place) -> None:
    path = tease(place)
    path.write_text(path.read_text().replace("access: gold", "access: gold\nwithdraw: 2026-12-01"))
    place.publish()
    teaser = teaser_of(place)
    assert teaser is not None
    place.publish(now=datetime(2026, 12, 2, tzinfo=UTC))
    assert teaser_of(place) is None
    assert not place.is_public(teaser.url.removeprefix(place.base))


def test_a_damaged_trailer_is_named(place: Place) -> None:
    tease(place)
    (place.root / HANDS_FOLDER / "teaser.mp3").write_bytes(b"nothing that plays")
    with pytest.raises(WorkspaceError, match=f"{HANDS_FOLDER}/teaser.mp3: "):
        place.publish()


def test_members_feeds_say_whose_they_are_and_are_in_no_list_and_no_index(place: Place) -> None:
    gold = place.root / "feeds/quick-take-gold.toml"
    gold.write_text(gold.read_text().replace('title = "Quick Take Gold"', "").replace("block = true", ""))
    (place.root / "feeds/quick-take-silver.toml").write_text('[select]\naccess = ["free", "silver"]\n')
    place.publish()
    for name in ("gold", "silver"):
        key = f"private/quick-take-{name}.xml"
        assert not place.is_public(key)
        channel = channel_of(read(place, key))
        assert text(channel, "title") == f"Quick Take ({name})"
        assert text(channel, "itunes:block") == "Yes"
        assert [(one.text, one.attrib) for one in channel.findall("podcast:block", NS)] == [("yes", {})]
        assert channel.find("atom:link[@rel='hub']", NS) is None
        assert key.rpartition("/")[2].encode() not in public_bytes(place)
    assert text(channel_of(read(place, FREE)), "title") == "Quick Take"
    assert text(channel_of(read(place, FREE)), "itunes:block") is None


def test_nobody_finds_more_of_what_is_early_or_teased_than_a_teaser_tells(sample: Path) -> None:
    (sample / "public").mkdir()
    with running_server(sample / "public") as server:
        place = Place(sample, Overrides(public_url=server.url), server.url, folder=sample / "public")
        early(place)
        tease(place)
        shutil.copyfile(TRAILER, sample / "episodes/home-monitoring/a-scale-by-the-door/teaser.mp3")
        for now in (NOW, DUE - WEEK, DUE):
            place.publish(now=now)
            assert observe_leaks(Request(session=place.session(now))).leaks == ()
        # A point that the episode has and the teaser has not been told of is still a leak.
        (sample / "public/index.html").write_text("Nobody is watching")
        found = observe_leaks(Request(session=place.session(DUE))).leaks
        assert {one.where for one in found} == {"index.html"}
