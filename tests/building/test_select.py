"""Which episodes stand where: what is due, what a feed carries and in which order, and a season's listing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations
from random import Random
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podwright.building.select import (
    LONGEST_CONTENTS,
    at_moment,
    by_date,
    carries,
    feed_episodes,
    feed_pages,
    feed_since,
    is_listed,
    leaves_teaser,
    list_pages,
    live_status,
    neighbours,
    next_change,
    season_contents,
    season_listing,
    stage_of,
    teaser_since,
)
from podwright.core.model import Feed, Link, Outline, Teasing, selects
from podwright.core.tags import ChannelTags, LiveItem
from podwright.render.notes import ContentsEntry
from tests.building.values import NOW, feed, outline, show

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)


def guids(outlines: tuple[Outline, ...]) -> str:
    return " ".join(o.guid for o in outlines)


@pytest.mark.parametrize(
    ("dates", "stage"),
    [
        pytest.param({"published": -DAY}, "listed", id="published"),
        pytest.param({"published": 0 * TICK}, "listed", id="from the very moment on"),
        pytest.param({"published": TICK}, "waiting", id="not a moment before"),
        pytest.param({"published": TICK, "unlist": 2 * TICK, "withdraw": 3 * TICK}, "waiting", id="all is to come"),
        pytest.param({"published": -DAY, "unlist": TICK}, "listed", id="unlist is to come"),
        pytest.param({"published": -DAY, "unlist": 0 * TICK}, "unlisted", id="unlist"),
        pytest.param({"published": -DAY, "unlist": -TICK, "withdraw": TICK}, "unlisted", id="withdraw is to come"),
        pytest.param({"published": -DAY, "unlist": -TICK, "withdraw": 0 * TICK}, "withdrawn", id="withdraw"),
        pytest.param({"published": -DAY, "withdraw": 0 * TICK}, "withdrawn", id="withdraw alone"),
        pytest.param({"published": -DAY, "expires": -TICK}, "listed", id="expires is a label"),
    ],
)
def test_an_episode_stands_where_its_dates_put_it(dates: dict[str, timedelta], stage: str) -> None:
    found = outline(**{name: NOW + after for name, after in dates.items()})
    assert stage_of(found, NOW) == stage
    assert is_listed(found, NOW) is (stage == "listed")


@pytest.mark.parametrize(
    ("days", "change"),
    [((), None), ((-1,), None), ((0,), None), ((3, 1, 2), 1), ((-1, 0, 5), 5)],
    ids=str,
)
def test_the_next_change_is_the_first_episode_that_is_not_due(days: tuple[int, ...], change: int | None) -> None:
    outlines = [outline(str(n), published=NOW + n * DAY) for n in days]
    assert next_change(outlines, (), NOW) == (None if change is None else NOW + change * DAY)


@pytest.mark.parametrize("name", ["published", "expires", "unlist", "withdraw"])
def test_each_date_of_an_episode_is_a_change(name: str) -> None:
    moments = {"published": NOW - DAY, name: NOW + DAY}
    assert next_change([outline(**moments)], (), NOW) == NOW + DAY
    assert next_change([outline(**moments)], (), NOW + DAY) is None


EARLY = (("gold", NOW - 2 * DAY), ("silver", NOW + TICK))


@pytest.mark.parametrize(
    ("wanted", "since", "now"),
    [
        pytest.param(feed("free"), 5 * DAY, False, id="nobody's"),
        pytest.param(feed("free", "silver"), TICK, False, id="not theirs yet"),
        pytest.param(feed("free", "silver", "gold"), -2 * DAY, True, id="the sooner of two"),
        pytest.param(feed("gold"), -2 * DAY, False, id="theirs, and not selected"),
    ],
)
def test_a_feed_has_an_episode_early_where_its_tier_does(wanted: Feed, since: timedelta, now: bool) -> None:
    found = outline(published=NOW + 5 * DAY, early=EARLY)
    assert stage_of(found, NOW) == "early"
    assert is_listed(found, NOW) is False
    assert feed_since(wanted, found) == NOW + since
    assert feed_episodes(wanted, [found], now=NOW) == ((found,) if now else ())


def test_every_moment_at_which_members_get_an_episode_is_a_change() -> None:
    found = [outline(published=NOW + 5 * DAY, early=EARLY)]
    moments = [NOW - 3 * DAY]
    while after := next_change(found, (), moments[-1]):
        moments.append(after)
    assert moments[1:] == [NOW - 2 * DAY, NOW + TICK, NOW + 5 * DAY]
    assert stage_of(found[0], NOW - 2 * DAY - TICK) == "waiting"


def test_an_episode_keeps_its_place_in_a_feed_that_had_it_early() -> None:
    between = outline("between", published=NOW - DAY)
    found = outline("early", published=NOW, early=(("gold", NOW - 2 * DAY),))
    assert guids(feed_episodes(feed("free"), [found, between], now=NOW)) == "early between"
    assert guids(feed_episodes(feed("free", "gold"), [found, between], now=NOW)) == "between early"


JOIN = Link(title="Join", url="https://example.org/join")


def teasing(*tier: str, to: tuple[str, ...] = ("free",), **fields: object) -> Feed:
    return feed(*to, teaser=Teasing(tiers=tier, link=JOIN), **fields)


GOLDEN = outline(tier="gold", published=NOW, section="news")
SOON = outline(published=NOW + 5 * DAY, early=EARLY)


@pytest.mark.parametrize(
    ("wanted", "found", "since", "shown"),
    [
        pytest.param(teasing("gold"), GOLDEN, NOW, True, id="a tier that the feed asks for"),
        pytest.param(teasing("silver"), GOLDEN, None, False, id="another tier"),
        pytest.param(feed("free"), GOLDEN, None, False, id="a feed without teasers"),
        pytest.param(teasing("gold"), replace(GOLDEN, teaser=False), None, False, id="an episode without one"),
        pytest.param(teasing("gold", sections=("talks",)), GOLDEN, None, False, id="not what the feed is about"),
        pytest.param(teasing("gold", to=("gold",)), GOLDEN, None, False, id="carried"),
        pytest.param(teasing("gold"), replace(GOLDEN, published=NOW + TICK), NOW + TICK, False, id="not due"),
        pytest.param(teasing("gold"), replace(GOLDEN, unlist=NOW), NOW, False, id="unlisted"),
        pytest.param(teasing("gold"), SOON, NOW - 2 * DAY, True, id="gold has it early"),
        pytest.param(teasing("silver"), SOON, NOW + TICK, False, id="silver has it not yet"),
        pytest.param(teasing("gold"), replace(SOON, published=NOW), NOW - 2 * DAY, False, id="everybody has it"),
        pytest.param(teasing("gold", to=("free", "gold")), SOON, None, False, id="carried early"),
        pytest.param(teasing("gold", to=("free", "silver")), SOON, NOW - 2 * DAY, True, id="before the feed has it"),
    ],
)
def test_a_teaser_stands_where_an_episode_is_wanted_and_not_carried(
    wanted: Feed, found: Outline, since: datetime | None, shown: bool
) -> None:
    assert teaser_since(wanted, found) == since
    assert leaves_teaser(wanted, found, NOW) is shown
    assert (found in feed_episodes(wanted, [found], now=NOW, teasers={found.guid})) is (
        shown or carries(wanted, found, NOW)
    )


def test_teasers_stand_among_the_episodes_by_their_date() -> None:
    before, later = outline("before", published=NOW - DAY), outline("later", published=NOW)
    teased = outline("teased", tier="gold", published=NOW - DAY / 2)
    found = feed_episodes(teasing("gold"), [before, later, teased], now=NOW, teasers={"teased"})
    assert guids(found) == "later teased before"
    assert guids(feed_episodes(teasing("gold"), [before, later, teased], now=NOW)) == "later before"


PLAIN = outline(tier="gold", section="news", season="spring", tags=("heart", "drugs"))


@pytest.mark.parametrize(
    ("wanted", "carried"),
    [
        pytest.param(feed("gold"), True, id="its tier"),
        pytest.param(feed("free", "gold"), True, id="its tier among others"),
        pytest.param(feed("free"), False, id="another tier"),
        pytest.param(feed("gold", sections=("news", "talks")), True, id="its section"),
        pytest.param(feed("gold", sections=("talks",)), False, id="another section"),
        pytest.param(feed("gold", seasons=("autumn", "spring")), True, id="its season"),
        pytest.param(feed("gold", seasons=("autumn",)), False, id="another season"),
        pytest.param(feed("gold", tags=("drugs", "lungs")), True, id="one of its tags"),
        pytest.param(feed("gold", tags=("lungs",)), False, id="none of its tags"),
        pytest.param(feed("gold", sections=("news",), seasons=("spring",), tags=("heart",)), True, id="all conditions"),
        pytest.param(feed("gold", sections=("news",), seasons=("autumn",), tags=("heart",)), False, id="but one"),
        pytest.param(feed("free", sections=("news",), tags=("heart",)), False, id="all but its tier"),
        pytest.param(feed("gold", until=PLAIN.published), True, id="on its last day"),
        pytest.param(feed("gold", until=PLAIN.published - DAY), False, id="after its last day"),
    ],
)
def test_a_feed_carries_what_meets_all_its_conditions(wanted: Feed, carried: bool) -> None:
    assert selects(wanted, PLAIN) is carried


@pytest.mark.parametrize("narrowed", [{"sections": ("news",)}, {"seasons": ("spring",)}, {"tags": ("heart",)}], ids=str)
def test_an_episode_without_the_property_is_in_no_feed_that_asks_for_it(narrowed: dict[str, tuple[str, ...]]) -> None:
    assert selects(feed("free"), outline()) is True
    assert selects(feed("free", **narrowed), outline()) is False


EPISODES = (
    outline("b", published=NOW - 2 * DAY),
    outline("c", published=NOW - DAY),
    outline("a", published=NOW - DAY),
    outline("d", published=NOW),
    outline("later", published=NOW + TICK),
    outline("gated", published=NOW - DAY, tier="gold"),
    outline("unlisted", published=NOW - DAY, unlist=NOW),
    outline("withdrawn", published=NOW - DAY, withdraw=NOW),
)


@pytest.mark.parametrize(
    ("wanted", "order"),
    [
        pytest.param(feed(), "d c a b", id="newest first, equal times by guid"),
        pytest.param(feed(type="serial"), "b a c d", id="serial, oldest first"),
        pytest.param(feed(limit=2), "d c a b", id="in several pages"),
        pytest.param(feed("gold"), "gated", id="another tier"),
        pytest.param(feed("silver"), "", id="a tier with no episode"),
    ],
)
def test_a_feed_has_its_due_episodes_in_its_order(wanted: Feed, order: str) -> None:
    assert guids(feed_episodes(wanted, EPISODES, now=NOW)) == order
    assert guids(feed_episodes(wanted, reversed(EPISODES), now=NOW)) == order


@pytest.mark.parametrize(("kind", "order"), [("episodic", "b c a d e"), ("serial", "e d a c b")])
def test_equal_dates_are_ordered_by_number_and_then_by_guid_everywhere(
    kind: Literal["episodic", "serial"], order: str
) -> None:
    numbers = {"a": 2, "b": 10, "c": 2, "d": 1, "e": None}
    found = [outline(guid, published=NOW, number=number) for guid, number in numbers.items()]
    assert guids(feed_episodes(feed(type=kind), found, now=NOW)) == order
    by_guid = {one.guid: one for one in found}
    beside = neighbours(found, "free", show=show(), now=NOW)
    assert beside["a"] == (by_guid["d"], by_guid["c"])
    assert guids(tuple(sorted(found, key=by_date))) == "e d a c b"


@pytest.mark.parametrize(
    ("wanted", "episodes", "pages"),
    [
        pytest.param(feed(), "edcba", ["edcba"], id="no limit"),
        pytest.param(feed(limit=5), "edcba", ["edcba"], id="as many as there are"),
        pytest.param(feed(limit=9), "edcba", ["edcba"], id="more than there are"),
        pytest.param(feed(limit=2), "edcba", ["ed", "ba", "dc"], id="pages from the oldest on"),
        pytest.param(feed(limit=3), "edcba", ["edc", "cba"], id="the newest page overlaps the feed"),
        pytest.param(feed(limit=2), "dcba", ["dc", "ba"], id="no page that the feed has whole"),
        pytest.param(feed(limit=2, type="serial"), "abcde", ["de", "ab", "cd"], id="serial"),
        pytest.param(feed(limit=2), "", [""], id="no episode"),
        pytest.param(feed(), "", [""], id="neither"),
    ],
)
def test_a_feed_has_the_newest_and_its_pages_the_others(wanted: Feed, episodes: str, pages: list[str]) -> None:
    assert ["".join(page) for page in feed_pages(wanted, episodes)] == pages


@given(st.integers(0, 40), st.integers(1, 9))
def test_pages_are_full_hold_every_episode_and_stay_as_they_are_when_one_more_comes(count: int, limit: int) -> None:
    wanted = feed(limit=limit)
    current, *pages = feed_pages(wanted, range(count, 0, -1))
    assert set(current).union(*pages) == set(range(1, count + 1))
    assert {len(page) for page in pages} <= {limit}
    _, *later = feed_pages(wanted, range(count + 1, 0, -1))
    assert later[: len(pages)] == pages


_outlines = st.lists(
    st.builds(
        lambda guid, days, number, tier: outline(guid, published=NOW + days * DAY, number=number, tier=tier),
        st.text("abc", min_size=1, max_size=3),
        st.integers(-2, 1),
        st.none() | st.integers(0, 2),
        st.sampled_from(["free", "sample", "gold", "silver"]),
    ),
    max_size=8,
    unique_by=lambda o: o.guid,
)


@settings(max_examples=50)
@given(_outlines, st.randoms(use_true_random=False))
def test_no_order_depends_on_the_order_in_which_episodes_are_read(outlines: list[Outline], chance: Random) -> None:
    shuffled = outlines.copy()
    chance.shuffle(shuffled)
    newest = feed("free", "gold")
    serial = feed("free", "gold", type="serial")
    carried = feed_episodes(newest, outlines, now=NOW)
    assert feed_episodes(newest, shuffled, now=NOW) == carried
    assert feed_episodes(serial, shuffled, now=NOW) == carried[::-1]
    listing = season_listing(outlines, "gold", show=show(), now=NOW)
    assert season_listing(shuffled, "gold", show=show(), now=NOW) == listing


MATES = tuple(outline(tier, tier=tier) for tier in ("free", "gold", "sample", "silver"))


@pytest.mark.parametrize(
    ("reader", "listed"),
    [
        ("free", "free sample"),
        ("sample", "free sample"),
        ("gold", "free gold sample"),
        ("silver", "free sample silver"),
    ],
)
def test_a_listing_hides_the_tiers_that_its_reader_may_not_read(reader: str, listed: str) -> None:
    assert guids(season_listing(MATES, reader, show=show(), now=NOW)) == listed


def test_a_listing_hides_what_is_not_due_or_gone() -> None:
    mates = [outline("now"), outline("soon", published=NOW + TICK), outline("past", published=NOW - DAY)]
    mates += [outline("unlisted", unlist=NOW), outline("withdrawn", withdraw=NOW)]
    assert guids(season_listing(mates, "free", show=show(), now=NOW)) == "past now"


@pytest.mark.parametrize(
    ("readable", "listed"), [(0, 0), (1, 0), (2, 2), (LONGEST_CONTENTS, LONGEST_CONTENTS), (LONGEST_CONTENTS + 1, 0)]
)
def test_a_listing_of_one_or_of_too_many_is_none(readable: int, listed: int) -> None:
    hidden = [outline("gold", tier="gold"), outline("soon", published=NOW + DAY)]
    mates = [*hidden, *(outline(f"e{n}", number=n) for n in range(readable))]
    assert len(season_listing(mates, "free", show=show(), now=NOW)) == listed


def test_a_listing_goes_by_number_and_then_by_time_and_guid() -> None:
    ordered = [
        outline("zero", number=0),
        outline("one", number=1),
        outline("two-early", number=2, published=NOW - DAY),
        outline("two-a", number=2),
        outline("two-b", number=2),
        outline("ten", number=10, published=NOW - 9 * DAY),
        outline("bonus-early", published=NOW - 9 * DAY),
        outline("bonus-late"),
    ]
    wanted = " ".join(o.guid for o in ordered)
    for mates in (ordered, ordered[::-1], sorted(ordered, key=lambda o: o.guid)):
        assert guids(season_listing(mates, "free", show=show(), now=NOW)) == wanted


def test_a_table_of_contents_marks_the_episode_that_it_stands_in() -> None:
    listing = (outline("a", title="First", number=1), outline("b", title="Second"))
    first = ContentsEntry(title="First", number=1, url="https://example.org/a", current=False)
    second = ContentsEntry(title="Second", number=None, url="https://example.org/b", current=True)

    def page_url(one: Outline) -> str:
        return f"https://example.org/{one.guid}"

    assert season_contents(listing, "b", page_url=page_url) == (first, second)
    assert [entry.current for entry in season_contents(listing, "absent", page_url=page_url)] == [False, False]
    assert season_contents((), "a", page_url=page_url) == ()


@given(st.integers(0, 400), st.integers(1, 60))
def test_pages_of_a_list_hold_everything_once_and_all_but_the_first_are_full(count: int, size: int) -> None:
    entries = list(range(count, 0, -1))
    first, *rest = list_pages(entries, size)
    assert [one for page in (first, *rest) for one in page] == entries
    assert len(first) < 2 * size
    assert all(len(page) == size for page in rest)
    assert list_pages([count + 1, *entries], size)[-len(rest) :] == tuple(rest) or not rest


def test_neighbours_follow_the_numbers_of_a_season_and_else_the_dates() -> None:
    season = [outline("b", number=2, season="s"), outline("a", number=1, season="s"), outline("c", season="s")]
    found = neighbours(season, "free", show=show(), now=NOW)
    assert {guid: (b and b.guid, a and a.guid) for guid, (b, a) in found.items()} == {
        "a": (None, "b"),
        "b": ("a", "c"),
        "c": ("b", None),
    }
    loose = [outline("b", number=2, published=NOW - 2 * DAY), outline("a", number=1, published=NOW - DAY)]
    found = neighbours(loose, "free", show=show(), now=NOW)
    assert {guid: (b and b.guid, a and a.guid) for guid, (b, a) in found.items()} == {
        "b": (None, "a"),
        "a": ("b", None),
    }


def test_an_episode_that_left_has_neighbours_and_is_none() -> None:
    season = [outline(guid, number=number, season="s") for number, guid in enumerate("abcde", 1)]
    season[1] = replace(season[1], unlist=NOW)
    season[2] = replace(season[2], withdraw=NOW)
    found = neighbours(season, "free", show=show(), now=NOW)
    assert {guid: (b and b.guid, a and a.guid) for guid, (b, a) in found.items()} == {
        "a": (None, "d"),
        "b": ("a", "d"),
        "c": ("a", "d"),
        "d": ("a", "e"),
        "e": ("d", None),
    }


def test_nobody_s_neighbour_is_an_episode_that_its_readers_may_not_read() -> None:
    mates = [
        outline("a", number=1, season="s"),
        outline("m", number=2, season="s", tier="gold"),
        outline("z", number=3, season="s"),
    ]
    public = neighbours(mates, "free", show=show(), now=NOW)
    assert public["a"][1] is mates[2]
    assert "m" not in public
    assert neighbours(mates, "gold", show=show(), now=NOW)["a"][1] is mates[1]


def test_equal_times_are_ordered_alike_whatever_comes_first() -> None:
    ties = [outline(guid) for guid in "bca"]
    assert {guids(feed_episodes(feed(), order, now=NOW)) for order in permutations(ties)} == {"c b a"}


LIVE = LiveItem(guid="live-1", title="Live", start=NOW, end=NOW + DAY)


@pytest.mark.parametrize(
    ("status", "after", "told"),
    [
        pytest.param(None, -TICK, "pending", id="before its start"),
        pytest.param(None, 0 * TICK, "live", id="from the very moment on"),
        pytest.param(None, DAY - TICK, "live", id="until its end"),
        pytest.param(None, DAY, "ended", id="from its end on"),
        pytest.param("ended", 0 * TICK, "ended", id="its producer ended it"),
        pytest.param("live", -DAY, "live", id="its producer began before"),
    ],
)
def test_a_live_item_is_live_by_the_clock_unless_its_producer_says_more(
    status: Literal["live", "ended"] | None, after: timedelta, told: str
) -> None:
    live = replace(LIVE, status=status)
    assert live_status(live, NOW + after) == told
    shown = at_moment(replace(feed(), tags=ChannelTags(live=(live,))), NOW + after)
    assert [one.status for one in shown.tags.live] == [told]


def test_the_clock_changes_a_feed_where_a_live_item_begins_and_ends() -> None:
    said = replace(LIVE, guid="said", status="pending", start=NOW - 9 * DAY)
    feeds = (replace(feed(), tags=ChannelTags(live=(LIVE, said))),)
    moments = [next_change((), feeds, NOW + after) for after in (-9 * DAY, 0 * TICK, DAY)]
    assert moments == [NOW, NOW + DAY, None]
