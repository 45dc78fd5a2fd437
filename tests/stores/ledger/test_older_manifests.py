"""Manifests that earlier versions wrote are read to the same values for ever."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from podwright.core.model import Stage
from podwright.core.names import content_key
from podwright.stores.capabilities import capabilities_of
from podwright.stores.ledger.generations import FeedChange, Generation, ItemChange, news
from podwright.stores.ledger.manifest import (
    AudioRecord,
    EpisodeRecord,
    FeedRecord,
    Manifest,
    ObjectRecord,
    TeaserRecord,
    Unsettled,
)
from podwright.stores.ledger.manifest_json import parse_manifest, render_manifest
from tests.support.paths import DATA

FOLDER = DATA / "manifests"


def _object(number: int, etag: str = "") -> ObjectRecord:
    return ObjectRecord(number, f"{number:064x}", etag)


_AUDIO = AudioRecord(
    media_type="audio/mpeg",
    duration=timedelta(hours=1, seconds=2, microseconds=345_678),
    tag_length=4_096,
    frames_hash="0123456789abcdef0123456789abcdef",
    tag_digest="fedcba9876543210",
)
_UNTAGGED = AudioRecord(
    media_type="audio/x-m4a", duration=timedelta(seconds=5), tag_length=0, frames_hash="f" * 32, tag_digest=None
)
_PUBLISHED = datetime(2026, 3, 2, 6, 30, tzinfo=timezone(timedelta(hours=2)))
_EPISODES = (
    EpisodeRecord(
        guid="guid-listed",
        slug="listed",
        stem="episodes/listed/listed",
        title="Listed “with quotes” and שלום",
        tier="free",
        published=_PUBLISHED,
        live=True,
        enclosure="episodes/listed/listed.mp3",
        audio=_AUDIO,
        parts={"audio": "a1", "notes": "b2", "title": "c3"},
        unlist=datetime(2027, 3, 2, 6, 30, tzinfo=UTC),
        withdraw=datetime(2028, 3, 2, 6, 30, 0, 250_000, tzinfo=UTC),
    ),
    EpisodeRecord(
        guid="guid-gated",
        slug="gated",
        stem="private/episodes/gated/gated",
        title="Gated",
        tier="gold",
        published=_PUBLISHED,
        live=True,
        enclosure="private/episodes/gated/gated.m4a",
        audio=_UNTAGGED,
        parts={},
        stage=Stage.EARLY,
        teaser=TeaserRecord("teasers/gated/gated.mp3", replace(_AUDIO, duration=timedelta(seconds=30))),
    ),
    EpisodeRecord(
        guid="guid-withdrawn",
        slug="withdrawn",
        stem="episodes/withdrawn/withdrawn",
        title="Withdrawn before it was published",
        tier="free",
        published=_PUBLISHED,
        live=False,
        enclosure="episodes/withdrawn/withdrawn.mp3",
        audio=None,
        parts={"title": "d4"},
        stage=Stage.WITHDRAWN,
    ),
)
_FEEDS = (
    FeedRecord(
        name="show",
        key="show.xml",
        guid="0f3c0d6e-3e0a-5f1b-9a55-0d8a3a8c7f10",
        tiers=("free",),
        signature="1122334455667788",
        channel="8877665544332211",
        items=("guid-listed", "guid-gated"),
        pages=("archive/show/1.xml", "archive/show/2.xml"),
        teasers=("guid-gated",),
    ),
    FeedRecord(
        name="gold",
        key="private/gold.xml",
        guid="1f3c0d6e-3e0a-5f1b-9a55-0d8a3a8c7f11",
        tiers=("free", "gold"),
        signature=None,
        channel="99aa",
        items=(),
    ),
)
_CHANGES = (
    FeedChange(
        kind="changed",
        name="show",
        channel=True,
        items=(
            ItemChange(kind="new", guid="guid-listed", title="Listed"),
            ItemChange(kind="changed", guid="guid-gated", title="Gated", parts=("title", "notes")),
            ItemChange(kind="gone", guid="guid-old", title="Old"),
        ),
    ),
    FeedChange(kind="gone", name="former", channel=False, items=()),
)
#: Each kind of record, with everything that it may say.
FULL = Manifest(
    generation=41,
    doomed=("archive/show/3.xml", "episodes/gone/gone.mp3"),
    capabilities=capabilities_of(["conditional_create", "ranges", "multipart", "copy", "metadata", "listing"]),
    unsettled={
        "episodes/listed/listed.mp3": Unsettled(_object(1, '"old"'), _object(2)),
        "show.xml": Unsettled(None, _object(3)),
    },
    coming={"guid-listed": _AUDIO},
    pending_notices=("episodes/listed/index.html", "show.xml"),
    objects={
        "artwork/show-0123456789ab.jpg": _object(4, "d41d8cd98f00b204e9800998ecf8427e-3"),
        "episodes/listed/index.html": _object(5, 'W/"x"'),
        "episodes/old/old.vtt": _object(6, "6"),
        "private/episodes/gated/gated.m4a": _object(1 << 40, "7"),
    },
    episodes={one.guid: one for one in _EPISODES},
    feeds={one.name: one for one in _FEEDS},
    retired={"episodes/old/old.vtt": datetime(2026, 5, 6, 7, 8, 9, 101_112, tzinfo=UTC)},
    log=(
        Generation(number=38, at=None, whole=True, live=1, waiting=0),
        Generation(number=40, at=datetime(2026, 6, 1, tzinfo=UTC), whole=False, live=2, waiting=1, restored=38),
        Generation(
            number=41, at=datetime(2026, 6, 2, 3, 4, 5, tzinfo=UTC), whole=True, live=2, waiting=0, feeds=news(_CHANGES)
        ),
    ),
    restored=38,
)
#: What the first versions said: no digests, ends, stages, teasers, pages, capabilities and history.
OLDEST = Manifest(
    generation=7,
    doomed=("episodes/gone/gone.mp3",),
    objects={"show.xml": _object(3, "3")},
    episodes={
        "guid-listed": replace(
            _EPISODES[0], audio=replace(_AUDIO, tag_digest=None), unlist=None, withdraw=None, published=_PUBLISHED
        ),
        "guid-waiting": replace(
            _EPISODES[2],
            guid="guid-waiting",
            slug="waiting",
            stem="episodes/waiting/waiting",
            enclosure="private/staged/waiting/waiting.mp3",
            audio=replace(_AUDIO, tag_digest=None),
            stage=Stage.WAITING,
        ),
    },
    feeds={"show": replace(_FEEDS[0], pages=(), teasers=(), signature=None)},
)


#: The same as format 2 says it, with what objects are.
TYPED = replace(
    FULL,
    objects={
        **FULL.objects,
        "episodes/listed/listed.vtt": ObjectRecord(
            8, f"{8:064x}", "8", kind="transcript", side="public", media_type="text/vtt; charset=utf-8"
        ),
    },
)
#: A later one, of which only what changed is written.
LATER = replace(
    TYPED,
    generation=42,
    doomed=(),
    unsettled={},
    episodes={guid: one for guid, one in TYPED.episodes.items() if guid != "guid-withdrawn"},
    feeds={
        "gold": replace(_FEEDS[1], signature="aa"),
        "show": replace(_FEEDS[0], items=("guid-new", "guid-listed", "guid-gated")),
    },
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("format-1-full.json", FULL),
        ("format-1-oldest.json", OLDEST),
        ("format-1-empty.json", Manifest(generation=7)),
        ("format-2-full.json", TYPED),
    ],
)
def test_a_manifest_of_an_earlier_version_is_read_to_the_same_values(name: str, expected: Manifest) -> None:
    assert parse_manifest((FOLDER / name).read_bytes()) == expected


def test_changes_since_a_snapshot_are_read_to_the_same_values() -> None:
    data = (FOLDER / "format-2-snapshot.json.gz").read_bytes()
    key = content_key(hashlib.sha256(data).hexdigest())
    assert parse_manifest((FOLDER / "format-2-changes.json").read_bytes(), load={key: data}.get) == LATER


def test_what_is_written_stays_the_same_bytes() -> None:
    assert render_manifest(TYPED) == (FOLDER / "format-2-full.json").read_bytes()
