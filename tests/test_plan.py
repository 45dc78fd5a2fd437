"""The plan: from what is wanted and what is there to the writes between them, and to what listeners notice."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.artifact import Access, Artifact, bytes_artifact
from pipeline.assembly.keys import early_stem, episode_stem, staged_stem, withdrawn_stem
from pipeline.assembly.select import feed_pages
from pipeline.assembly.types import BuiltEpisode, BuiltFeed, Podcast
from pipeline.errors import UnsafePlanError
from pipeline.manifest import EMPTY, AudioRecord, Manifest, ObjectRecord, pending
from pipeline.model import Feed, Outline, Selection, Stage
from pipeline.plan import Plan, build_plan, check_accepted
from pipeline.plan.consequences import told

DAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def artifact(key: str, content: str, access: Access = "public") -> Artifact:
    return bytes_artifact(key, content.encode(), media_type="text/plain", cache_control="no-store", access=access)


def episode(
    slug: str,
    *,
    guid: str | None = None,
    title: str = "",
    audio: str = "sound",
    stage: Stage = "listed",
    access: str = "free",
    published: datetime = DAY,
    **dates: Any,
) -> BuiltEpisode:
    """An episode; one that is withdrawn has put its audio away, but for the policy "delete"."""
    side: Access = "public" if access == "free" else "private"
    stem = episode_stem(slug, side)
    live = stage in ("early", "listed", "unlisted")
    early = stage == "early" and side == "public"
    staged = stage == "waiting" and side == "public"
    away = stage == "withdrawn" and dates.get("withdraw_policy", "deny") == "deny"
    now = early_stem(slug) if early else stem
    enclosure = f"{staged_stem(slug) if staged else withdrawn_stem(slug) if away else now}.mp3"
    sides = (artifact(f"{now}.vtt", f"words of {slug}", "private" if early else side),) if live else ()
    title = title or slug.capitalize()
    audio_artifact = artifact(enclosure, f"{title}{audio}", "private" if staged or early or away else side)
    return BuiltEpisode(
        outline=Outline(
            slug=slug,
            folder=f"episodes/{slug}",
            guid=guid or f"guid-{slug}",
            title=title,
            published=published,
            access=access,
            **dates,
        ),
        stage=stage,
        stem=stem,
        enclosure=enclosure,
        audio=AudioRecord(media_type="audio/mpeg", duration=timedelta(seconds=9), tag_length=1, frames_hash=audio),
        artifacts=(audio_artifact, *sides) if live or staged or away or stage == "waiting" else (),
        parts={"title": title, "audio": audio} if live else {},
        item=f"{title}{audio}" if live else "",
    )


def podcast(
    *episodes: BuiltEpisode, limit: int | None = None, name: str = "show", guid: str = "pg", keep: int = 0
) -> Podcast:
    feed = Feed(
        name=name, title="Show", description="d", link="https://example.org/", language="en", author="a", owner=None,
        categories=(), explicit=False, image=Path("/show.png"), select=Selection(access=("free",)), limit=limit,
    )  # fmt: skip
    carried = sorted(
        (e for e in episodes if e.stage == "listed" and e.outline.access == "free"),
        key=lambda e: (e.outline.published, e.outline.guid),
        reverse=True,
    )
    text = "".join(e.item for e in carried)
    current, *pages = ("".join(e.item for e in page) for page in feed_pages(feed, carried))
    built = BuiltFeed(
        feed=feed,
        guid=guid,
        signature=hashlib.sha256((guid + text).encode()).hexdigest(),
        channel=guid,
        items=tuple(e.outline.guid for e in carried),
        artifact=artifact(f"{name}.xml", guid + current),
        pages=tuple(artifact(f"archive/{name}/{n}.xml", guid + page) for n, page in enumerate(pages, 1)),
        images=(artifact("artwork/show-1.png", "picture"), artifact("artwork/show-1-600.jpg", "small picture")),
    )
    feeds_list = artifact("feeds.opml", name)
    return Podcast(
        episodes=episodes, feeds=(built,), lists=(feeds_list,), horizon=None, problems=(), moment=DAY, keep=keep
    )


def applied(plan: Plan) -> Manifest:
    objects = {key: ObjectRecord(o.size, o.sha256, o.etag or "etag") for key, o in plan.manifest.objects.items()}
    return replace(plan.manifest, objects=objects)


def published(*episodes: BuiltEpisode, limit: int | None = None) -> Manifest:
    return applied(build_plan(podcast(*episodes, limit=limit), EMPTY))


def noticed(plan: Plan) -> list[str]:
    return [f"{item.kind} {item.title} {','.join(item.parts)}".strip() for c in plan.changes for item in c.items]


def kinds(plan: Plan) -> list[str]:
    return [f"{one.kind}:{one.subject}" for one in plan.consequences]


def test_a_first_publish_creates_everything_and_has_no_consequences() -> None:
    plan = build_plan(podcast(episode("one"), episode("two")), EMPTY)
    assert {step.kind for step in plan.steps} == {"create"}
    assert [step.key for step in plan.feeds] == ["show.xml", "feeds.opml"]
    assert noticed(plan) == ["new Two", "new One"]
    assert plan.consequences == ()
    assert plan.manifest.generation == 1


def test_a_second_plan_writes_nothing() -> None:
    plan = build_plan(podcast(episode("one")), published(episode("one")))
    assert plan.steps == ()
    assert plan.changes == ()
    assert plan.writes is False
    assert plan.kept == 6


def test_one_edited_episode_touches_its_own_objects_and_its_feed() -> None:
    plan = build_plan(podcast(episode("one", title="Eins"), episode("two")), published(episode("one"), episode("two")))
    assert [(step.kind, step.key) for step in plan.steps] == [
        ("replace", "episodes/one/one.mp3"),
        ("replace", "show.xml"),
    ]
    assert noticed(plan) == ["changed Eins title"]
    assert plan.consequences == ()


def test_replaced_audio_keeps_its_address_and_is_told() -> None:
    plan = build_plan(podcast(episode("one", audio="better")), published(episode("one")))
    assert [step.key for step in plan.media] == ["episodes/one/one.mp3"]
    assert noticed(plan) == ["changed One audio"]


@pytest.mark.parametrize(
    ("after", "consequence"),
    [
        pytest.param((episode("two"),), "vanished:one", id="folder removed"),
        pytest.param(
            (episode("one", stage="waiting"), episode("two")), "vanished:one", id="date moved into the future"
        ),
        pytest.param((episode("one", guid="other"), episode("two")), "guid-changed:one", id="guid edited"),
        pytest.param((episode("one", access="gold"), episode("two")), "made-private:one", id="gated"),
    ],
)
def test_what_listeners_would_suffer_from_needs_a_word(after: tuple[BuiltEpisode, ...], consequence: str) -> None:
    plan = build_plan(podcast(*after), published(episode("one"), episode("two")))
    assert kinds(plan) == [consequence]
    with pytest.raises(UnsafePlanError, match=f"--accept {consequence}"):
        check_accepted(plan, ())
    check_accepted(plan, {consequence})
    check_accepted(plan, {consequence.partition(":")[0]})


def test_an_accepted_loss_is_not_asked_about_again() -> None:
    gone = applied(build_plan(podcast(episode("two")), published(episode("one"), episode("two"))))
    assert kinds(build_plan(podcast(episode("two")), gone)) == []
    assert gone.episodes["guid-one"].live is False
    assert "episodes/one/one.mp3" in gone.objects


def test_opening_a_tier_is_told_and_takes_the_audio_along_inside_the_store() -> None:
    plan = build_plan(podcast(episode("one")), published(episode("one", access="gold")))
    assert kinds(plan) == ["made-public:one"]
    (compose,) = (step for step in plan.media if step.kind == "compose")
    assert (compose.source, compose.key) == ("private/episodes/one/one.mp3", "episodes/one/one.mp3")
    assert [step.key for step in plan.deletes] == ["private/episodes/one/one.mp3", "private/episodes/one/one.vtt"]


SOON, LATER = DAY + timedelta(days=30), DAY + timedelta(days=60)
WITHDRAWN: dict[str, Any] = {"stage": "withdrawn", "withdraw": SOON}
UNLISTED: dict[str, Any] = {"stage": "unlisted", "unlist": SOON}


def test_episodes_that_change_sides_are_counted_and_accepted_together() -> None:
    slugs = [f"number-{number:02}" for number in range(12)]
    gated = [episode(slug, access="gold") for slug in slugs]
    opened = build_plan(podcast(*map(episode, slugs)), published(*gated))
    assert len(opened.consequences) == 12
    shown = ", ".join(slugs[:10])
    assert list(told(opened.consequences)) == [
        (f"this makes 12 gold episodes public: {shown} and 2 more", "made-public"),
    ]
    with pytest.raises(UnsafePlanError, match=r"^this makes 12 gold .*; to go on: --accept made-public$"):
        check_accepted(opened, ())
    with pytest.raises(UnsafePlanError, match=r"^number-07: this makes a gold episode public; "):
        check_accepted(opened, {f"made-public:{slug}" for slug in slugs if slug != "number-07"})
    check_accepted(opened, {"made-public"})
    silver = build_plan(podcast(*map(episode, slugs)), published(episode(slugs[0], access="silver"), *gated[1:]))
    assert [message.partition(" public")[0] for message, _ in told(silver.consequences)] == [
        "number-00: this makes a silver episode",
        "this makes 11 gold episodes",
    ]


def test_what_the_public_loses_is_said() -> None:
    before = published(episode("one"), episode("two"), episode("three", stage="unlisted", unlist=DAY))
    gated = [episode("one", access="gold"), episode("two", access="gold")]
    plan = build_plan(podcast(*gated, episode("three", stage="unlisted", unlist=DAY, access="gold")), before)
    two = "this takes 2 public episodes away from everybody but gold members; they leave the feed show, and lose their"
    one = "three: this takes a public episode away from everybody but gold members; it loses its public audio,"
    assert list(told(plan.consequences)) == [
        (f"{two} public audio, transcripts and pages: one, two", "made-private"),
        (f"{one} transcripts and page", "made-private:three"),
    ]


@pytest.mark.parametrize(
    ("before", "asked"),
    [
        pytest.param(published(episode("one", access="gold", **WITHDRAWN)), True, id="withdrawn meanwhile"),
        pytest.param(
            applied(build_plan(podcast(), published(episode("one", access="gold")))), True, id="left out for a while"
        ),
        pytest.param(published(episode("one", access="gold", stage="waiting")), False, id="never heard"),
    ],
)
def test_making_public_what_members_had_before_needs_a_word(before: Manifest, asked: bool) -> None:
    assert (kinds(build_plan(podcast(episode("one")), before)) == ["made-public:one"]) is asked


def test_gating_an_episode_deletes_its_public_objects_after_the_feeds() -> None:
    plan = build_plan(podcast(episode("one", access="gold")), published(episode("one")))
    assert [step.key for step in plan.deletes] == ["episodes/one/one.mp3", "episodes/one/one.vtt"]
    assert plan.steps[-2:] == plan.deletes


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(episode("one", guid="other", access="gold"), id="gated under a new guid"),
        pytest.param(episode("one", stage="waiting"), id="put off"),
        pytest.param(episode("one", stage="waiting", access="gold"), id="gated and put off"),
    ],
)
def test_what_is_no_longer_for_everybody_is_deleted_where_it_was(after: BuiltEpisode) -> None:
    plan = build_plan(podcast(after), published(episode("one")))
    assert [step.key for step in plan.deletes] == ["episodes/one/one.mp3", "episodes/one/one.vtt"]
    assert [key for key in plan.manifest.objects if key.startswith("episodes/")] == []


def test_scheduled_audio_waits_privately_and_is_composed_when_due() -> None:
    waiting = published(episode("one", stage="waiting"))
    assert [key for key in waiting.objects if key.startswith("episodes/")] == []
    plan = build_plan(podcast(episode("one")), waiting)
    assert [(s.kind, s.source, s.key) for s in plan.media if s.kind == "compose"] == [
        ("compose", "private/staged/one/one.mp3", "episodes/one/one.mp3")
    ]
    assert [step.key for step in plan.deletes] == ["private/staged/one/one.mp3"]
    assert noticed(plan) == ["new One"]


@pytest.mark.parametrize(
    ("before", "after", "told", "asked"),
    [
        pytest.param({"unlist": SOON}, UNLISTED, "unlisted as scheduled", [], id="unlist"),
        pytest.param({"unlist": LATER}, UNLISTED, "unlisted at once", ["vanished:one"], id="unlist moved to the past"),
        pytest.param({}, UNLISTED, "unlisted at once", ["vanished:one"], id="unlist set to the past"),
        pytest.param({"withdraw": SOON}, WITHDRAWN, "withdrawn as scheduled", [], id="withdraw"),
        pytest.param(
            {"withdraw": SOON},
            WITHDRAWN | {"withdraw": LATER},
            "withdrawn as scheduled",
            [],
            id="withdraw put off, and past all the same",
        ),
        pytest.param({}, WITHDRAWN, "withdrawn at once", ["withdrawn:one"], id="withdraw set to the past"),
        pytest.param(UNLISTED, {}, "listed as scheduled", [], id="unlist taken back"),
        pytest.param(WITHDRAWN, {"withdraw": LATER}, "listed as scheduled", [], id="withdraw put off"),
        pytest.param({"stage": "waiting"}, {}, "", [], id="due"),
        pytest.param({"stage": "waiting"}, {"stage": "early"}, "", [], id="due for members"),
        pytest.param({"stage": "early"}, {}, "", [], id="due for all"),
        pytest.param({"stage": "waiting"}, WITHDRAWN, "withdrawn at once", [], id="withdrawn before it was heard"),
    ],
)
def test_leaving_by_its_own_dates_is_told_and_needs_a_word_only_where_nobody_announced_it(
    before: dict[str, Any], after: dict[str, Any], told: str, asked: list[str]
) -> None:
    plan = build_plan(
        podcast(episode("one", **after), episode("two")), published(episode("one", **before), episode("two"))
    )
    said = [f"{one.kind} {'as scheduled' if one.announced else 'at once'}" for one in plan.passages]
    assert said == ([told] if told else [])
    assert kinds(plan) == asked


def test_withdrawn_audio_is_put_away_inside_the_store_and_all_else_goes_after_the_feeds() -> None:
    before = published(episode("one", withdraw=SOON), episode("two"))
    plan = build_plan(podcast(episode("one", stage="withdrawn", withdraw=SOON), episode("two")), before)
    assert [(s.kind, s.source, s.key) for s in plan.media] == [
        ("compose", "episodes/one/one.mp3", "private/withdrawn/one/one.mp3")
    ]
    assert [step.key for step in plan.deletes] == ["episodes/one/one.mp3", "episodes/one/one.vtt"]
    assert plan.steps[-2:] == plan.deletes
    back = build_plan(podcast(episode("one"), episode("two")), applied(plan))
    assert [(s.kind, s.source, s.key) for s in back.media if s.source] == [
        ("compose", "private/withdrawn/one/one.mp3", "episodes/one/one.mp3")
    ]
    assert [step.key for step in back.deletes] == ["private/withdrawn/one/one.mp3"]
    assert noticed(back) == ["new One"]


def test_audio_put_away_is_deleted_when_the_policy_says_so_later() -> None:
    away = published(episode("one", stage="withdrawn", withdraw=SOON), episode("two"))
    gone = episode("one", stage="withdrawn", withdraw=SOON, withdraw_policy="delete")
    plan = build_plan(podcast(gone, episode("two")), away)
    assert [(s.kind, s.key) for s in plan.steps] == [("delete", "private/withdrawn/one/one.mp3")]
    assert plan.consequences == ()
    assert plan.manifest.episodes["guid-one"].enclosure == "episodes/one/one.mp3"


def test_the_address_of_a_withdrawn_episode_is_not_given_to_another_unasked() -> None:
    before = published(episode("one", stage="withdrawn", withdraw=SOON))
    plan = build_plan(podcast(episode("one", guid="other")), before)
    assert kinds(plan) == ["guid-changed:one"]
    assert kinds(build_plan(podcast(episode("one", guid="other")), applied(plan))) == []


DAYS = [episode(f"e{n}", published=DAY + timedelta(days=n)) for n in range(8)]


def test_a_new_episode_of_a_paged_feed_changes_no_page_that_is_full() -> None:
    plan = build_plan(podcast(*DAYS[:6], limit=3), published(*DAYS[:5], limit=3))
    assert noticed(plan) == ["new E5"]
    assert [(step.kind, step.key) for step in plan.feeds] == [("replace", "show.xml")]
    assert plan.consequences == ()


def test_pages_are_written_before_the_feed_that_leads_to_them() -> None:
    plan = build_plan(podcast(*DAYS[:7], limit=3), published(*DAYS[:6], limit=3))
    assert [(step.kind, step.key) for step in plan.feeds] == [("create", "archive/show/2.xml"), ("replace", "show.xml")]


def test_pages_that_a_feed_no_longer_has_are_deleted_after_it_was_swapped() -> None:
    before = published(*DAYS, limit=3)
    plan = build_plan(podcast(*DAYS, limit=None), before)
    assert before.feeds["show"].pages == ("archive/show/1.xml", "archive/show/2.xml")
    assert [step.key for step in plan.feeds] == ["show.xml"]
    assert [step.key for step in plan.deletes] == ["archive/show/1.xml", "archive/show/2.xml"]
    assert plan.consequences == ()
    assert plan.manifest.feeds["show"].pages == ()


def test_what_a_stopped_publish_began_to_delete_is_sent_again_where_it_is_wanted() -> None:
    before = published(episode("one"))
    plan = build_plan(podcast(episode("one")), replace(before, doomed=("episodes/one/one.vtt", "archive/show/1.xml")))
    assert [(step.kind, step.key) for step in plan.steps] == [("create", "episodes/one/one.vtt")]


def test_all_documents_of_a_feed_whose_swap_was_not_seen_to_end_are_written_again() -> None:
    before = published(*DAYS, limit=3)
    claim = pending(before, swapped={"archive/show/2.xml", "feeds.opml"}, doomed=(), previous=before)
    plan = build_plan(podcast(*DAYS, limit=3), claim)
    assert [step.key for step in plan.steps] == ["archive/show/1.xml", "archive/show/2.xml", "show.xml", "feeds.opml"]


def test_a_feed_that_is_gone_or_changes_its_identity_needs_a_word() -> None:
    before = published(episode("one"))
    assert kinds(build_plan(podcast(episode("one"), name="other"), before)) == ["feed-gone:show"]
    assert kinds(build_plan(podcast(episode("one"), guid="new"), before)) == ["feed-guid-changed:show"]


def test_a_swap_that_was_not_seen_to_end_is_done_again() -> None:
    before = published(episode("one"))
    feeds = {name: replace(feed, signature=None) for name, feed in before.feeds.items()}
    plan = build_plan(podcast(episode("one")), replace(before, feeds=feeds))
    assert [(step.kind, step.key) for step in plan.steps] == [("replace", "show.xml")]


_slugs = st.sampled_from(["a", "b", "c", "d"])
_episodes = st.builds(
    episode,
    _slugs,
    title=st.sampled_from(["", "New title"]),
    audio=st.sampled_from(["x", "y"]),
    stage=st.sampled_from(["waiting", "listed", "unlisted", "withdrawn"]),
    withdraw_policy=st.sampled_from(["deny", "delete"]),
    access=st.sampled_from(["free", "gold"]),
)
_podcasts = st.lists(_episodes, max_size=4, unique_by=lambda e: e.outline.slug).map(lambda es: podcast(*es))


@given(st.lists(_podcasts, min_size=1, max_size=4))
def test_from_any_state_one_publish_is_enough_and_every_feed_names_only_what_is_there(states: list[Podcast]) -> None:
    manifest = EMPTY
    for wanted in states:
        plan = build_plan(wanted, manifest)
        manifest = applied(plan)
        assert build_plan(wanted, manifest).writes is False
        for built in wanted.episodes:
            assert {a.key: a.sha256 for a in built.artifacts}.items() <= {
                key: record.sha256 for key, record in manifest.objects.items()
            }.items()
        deleted = {step.key for step in plan.deletes}
        assert deleted.isdisjoint(a.key for built in wanted.episodes for a in built.artifacts)


@given(_podcasts, _podcasts)
def test_what_is_gated_or_withdrawn_is_under_no_public_key(before: Podcast, after: Podcast) -> None:
    manifest = applied(build_plan(after, applied(build_plan(before, EMPTY))))
    hidden = [e for e in after.episodes if e.outline.access != "free" or e.stage == "withdrawn"]
    for built in hidden:
        assert [key for key in manifest.objects if key.startswith(f"episodes/{built.outline.slug}/")] == []
