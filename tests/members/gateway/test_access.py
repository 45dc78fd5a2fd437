"""Which keys stand behind a member's address."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from podwright.core.model import Stage
from podwright.members.gateway.access import key_of, published_of
from podwright.members.people import Member
from podwright.stores.ledger.manifest import Manifest, ObjectRecord
from tests.support.gateway import episode, feed

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


KEYS = (
    "show.xml",
    "assets/site-1.css",
    "private/gold.xml",
    "private/silver.xml",
    "private/gold-plus.xml",
    "private/archive/gold/1.xml",
    "private/archive/silver/1.xml",
    "private/episodes/g/g.mp3",
    "private/episodes/other/other.mp3",
    "private/episodes/old/old.mp3",
    "private/episodes/old-plus/old-plus.mp3",
    "private/episodes/g/index.html",
    "private/episodes/s/s.mp3",
    "private/episodes/later/later.mp3",
    "private/staged/soon/soon.mp3",
    "private/podwright/history/1.json",
    "private/artwork/gold-aaaaaaaaaaaa.png",
    "private/artwork/gold-plus-bbbbbbbbbbbb.png",
    "private/artwork/silver-cccccccccccc.png",
    "private/episodes/gone/gone.mp3",
    "private/episodes/past/index.html",
    "private/withdrawn/past/past.mp3",
)
MANIFEST = Manifest(
    objects={key: ObjectRecord(1, "00", "e") for key in KEYS},
    doomed=("private/episodes/gone/gone.mp3",),
    episodes={
        one.guid: one
        for one in (
            episode("g", "gold"),
            episode("other", "gold"),
            replace(episode("old", "gold"), stage=Stage.UNLISTED),
            replace(episode("old-plus", "platinum"), stage=Stage.UNLISTED),
            episode("s", "silver"),
            episode("gone", "gold"),
            episode("later", "gold", live=False),
            replace(episode("past", "gold", live=False), stage=Stage.WITHDRAWN),
        )
    },
    feeds={
        one.name: one
        for one in (
            feed("gold", "free", "gold", items=("g", "gone")),
            feed("silver", "silver", items=("s",)),
            feed("gold-plus", "platinum", "gold", items=("other",)),
        )
    },
)
PUBLISHED = published_of(MANIFEST)
ADA = Member(name="Ada", feeds=("gold",), added=NOW)
MAY = {
    "show.xml",
    "assets/site-1.css",
    "private/gold.xml",
    "private/archive/gold/1.xml",
    "private/episodes/g/g.mp3",
    "private/episodes/g/index.html",
    "private/episodes/old/old.mp3",
    "private/artwork/gold-aaaaaaaaaaaa.png",
    "private/episodes/past/index.html",
}


@pytest.mark.parametrize("key", KEYS)
def test_a_member_reads_what_their_feeds_carry_and_nothing_else(key: str) -> None:
    assert key_of(key, ADA, PUBLISHED) == (key if key in MAY else None)


@pytest.mark.parametrize(
    ("path", "key"), [("gold.xml", "private/gold.xml"), ("silver.xml", None), ("nosuch.xml", None)]
)
def test_a_feed_is_asked_for_by_its_name(path: str, key: str | None) -> None:
    assert key_of(path, ADA, PUBLISHED) == key


@pytest.mark.parametrize(
    "path", ["", "private/podwright/manifest.json", "private/../private/gold.xml", "private/episodes/g/../s/s.mp3"]
)
def test_what_is_no_key_is_nothing(path: str) -> None:
    assert key_of(path, ADA, PUBLISHED) is None


def test_who_reads_two_feeds_reads_the_episodes_of_both() -> None:
    both = replace(ADA, feeds=("gold", "silver", "nosuch"))
    assert key_of("private/episodes/s/s.mp3", both, PUBLISHED)
    assert key_of("silver.xml", both, PUBLISHED) == "private/silver.xml"


def test_an_episode_that_members_have_early_is_for_those_alone_whose_feed_has_it_and_is_found_again_later() -> None:
    early = replace(episode("soon", "free"), stage=Stage.EARLY, enclosure="private/early/soon/soon.mp3")
    inner = replace(episode("s", "silver"), stage=Stage.EARLY)
    texts = ("private/early/soon/soon.vtt", "private/early/soon/index.html")
    objects = {key: ObjectRecord(1, "00", "e") for key in (early.enclosure, *texts)}
    manifest = replace(
        MANIFEST,
        objects={**MANIFEST.objects, **objects},
        episodes={**MANIFEST.episodes, "soon": early, "s": inner},
        feeds={"gold": feed("gold", "free", "gold", items=("soon", "s")), "silver": feed("silver", "silver")},
    )
    for key in (*objects, "private/episodes/s/s.mp3"):
        assert key_of(key, ADA, published_of(manifest)) == key
        assert key_of(key, replace(ADA, feeds=("silver",)), published_of(manifest)) is None
    objects = {f"episodes/soon/{name}": ObjectRecord(1, "00", "e") for name in ("soon.mp3", "soon.vtt", "index.html")}
    released = published_of(
        replace(
            manifest,
            objects=objects,
            episodes={"soon": replace(early, stage=Stage.LISTED, enclosure="episodes/soon/soon.mp3")},
        )
    )
    for name in ("soon.mp3", "soon.vtt", "index.html"):
        assert key_of(f"private/early/soon/{name}", ADA, released) == f"episodes/soon/{name}"
    assert key_of("private/early/other/other.mp3", ADA, released) is None


def test_an_episode_at_the_address_of_a_withdrawn_one_is_for_its_own_tier_alone() -> None:
    past = replace(episode("past", "gold", live=False), stage=Stage.WITHDRAWN)
    taken = replace(episode("past", "silver"), guid="other")
    key = "private/episodes/past/past.mp3"
    for order in ((past, taken), (taken, past)):
        manifest = replace(
            MANIFEST,
            objects={key: ObjectRecord(1, "00", "e")},
            episodes={one.guid: one for one in order},
            feeds={**MANIFEST.feeds, "silver": feed("silver", "silver", items=("other",))},
        )
        assert key_of(key, ADA, published_of(manifest)) is None
        assert key_of(key, replace(ADA, feeds=("silver",)), published_of(manifest)) == key
