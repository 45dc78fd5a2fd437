"""Podcasts as they are built, of a few words an episode, and stores that hold them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from podwright.building.select import feed_pages
from podwright.building.types import BuiltEpisode, BuiltFeed, Podcast
from podwright.core.artifact import Artifact, Side, bytes_artifact
from podwright.core.model import Feed, Outline, Selection, Stage
from podwright.core.names import early_stem, episode_stem, staged_stem, withdrawn_stem
from podwright.publishing.plan import Plan, build_plan
from podwright.publishing.plan.target import target_of
from podwright.stores.ledger.manifest import EMPTY, AudioRecord, Manifest, ObjectRecord

DAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
SOON, LATER = DAY + timedelta(days=30), DAY + timedelta(days=60)


def artifact(key: str, content: str, side: Side = "public") -> Artifact:
    return bytes_artifact(key, content.encode(), media_type="text/plain", cache_control="no-store", side=side)


def episode(
    slug: str,
    *,
    guid: str | None = None,
    title: str = "",
    audio: str = "sound",
    stage: str = "listed",
    tier: str = "free",
    published: datetime = DAY,
    **dates: Any,
) -> BuiltEpisode:
    """An episode; one that is withdrawn has put its audio away, but for the policy "delete"."""
    side: Side = "public" if tier == "free" else "private"
    stem = episode_stem(slug, side)
    stage = Stage(stage)
    live = stage.is_live
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
            tier=tier,
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
        categories=(), explicit=False, image=Path("/show.png"), select=Selection(tiers=("free",)), limit=limit,
    )  # fmt: skip
    carried = sorted(
        (e for e in episodes if e.stage == "listed" and e.outline.tier == "free"),
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


def planned(wanted: Podcast, manifest: Manifest) -> Plan:
    return build_plan(target_of(wanted), manifest)


def applied(plan: Plan) -> Manifest:
    objects = {key: ObjectRecord(o.size, o.sha256, o.etag or "etag") for key, o in plan.manifest.objects.items()}
    return replace(plan.manifest, objects=objects)


def published(*episodes: BuiltEpisode, limit: int | None = None) -> Manifest:
    return applied(planned(podcast(*episodes, limit=limit), EMPTY))


def noticed(plan: Plan) -> list[str]:
    return [f"{item.kind} {item.title} {','.join(item.parts)}".strip() for c in plan.changes for item in c.items]


def kinds(plan: Plan) -> list[str]:
    return [f"{one.kind}:{one.subject}" for one in plan.consequences]


#: Of a feed with several pages.
DAYS = [episode(f"e{n}", published=DAY + timedelta(days=n)) for n in range(8)]
