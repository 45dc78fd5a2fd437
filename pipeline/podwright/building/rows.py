"""Built episodes and audio facts as JSON rows for the cache, and back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import orjson

from podwright.building.types import BuiltEpisode, BuiltTeaser
from podwright.core.artifact import Artifact
from podwright.core.model import Outline, Stage
from podwright.media.audio import AudioFacts
from podwright.stores.ledger.manifest import AudioRecord

_MICROSECOND = timedelta(microseconds=1)


def render_outline(outline: Outline) -> str:
    """An outline as JSON."""
    return orjson.dumps(
        [
            outline.slug,
            outline.folder,
            outline.guid,
            outline.title,
            outline.published.isoformat(),
            outline.expires.isoformat() if outline.expires else None,
            outline.season,
            outline.number,
            outline.section,
            outline.tier,
            outline.tags,
            outline.type,
            [end.isoformat() for end in outline.credit_ends],
            outline.unlist.isoformat() if outline.unlist else None,
            outline.withdraw.isoformat() if outline.withdraw else None,
            outline.withdraw_policy,
            [[tier, since.isoformat()] for tier, since in outline.early],
            outline.teaser,
        ]
    ).decode()


def render_episode(episode: BuiltEpisode) -> str:
    """A built episode as JSON, without its outline and the bodies of its objects."""
    return orjson.dumps(
        {
            "stage": episode.stage,
            "stem": episode.stem,
            "enclosure": episode.enclosure,
            "audio": msgspec.to_builtins(episode.audio) if episode.audio else None,
            "artifacts": list(map(artifact_row, episode.artifacts)),
            "parts": dict(episode.parts),
            "item": episode.item,
            "pages": list(map(artifact_row, episode.pages)),
            "summary": episode.summary,
            "words": episode.words,
            "teaser": _teaser_row(episode.teaser) if episode.teaser else None,
        }
    ).decode()


def parse_outline(text: str) -> Outline:
    """The inverse of `render_outline`."""
    slug, folder, guid, title, published, expires, season, number, *rest = orjson.loads(text)
    section, tier, tags, kind, ends, unlist, withdraw, policy, early, teaser = rest
    return Outline(
        slug=slug,
        folder=folder,
        guid=guid,
        title=title,
        published=datetime.fromisoformat(published),
        expires=datetime.fromisoformat(expires) if expires else None,
        season=season,
        number=number,
        section=section,
        tier=tier,
        tags=tuple(tags),
        type=kind,
        credit_ends=tuple(map(datetime.fromisoformat, ends)),
        unlist=datetime.fromisoformat(unlist) if unlist else None,
        withdraw=datetime.fromisoformat(withdraw) if withdraw else None,
        withdraw_policy=policy,
        early=tuple((tier, datetime.fromisoformat(since)) for tier, since in early),
        teaser=teaser,
    )


def parse_episode(text: str, outline: Outline) -> BuiltEpisode:
    """The inverse of `render_episode`, but that the objects have no bodies."""
    row = orjson.loads(text)
    return BuiltEpisode(
        outline=outline,
        stage=Stage(row["stage"]),
        stem=row["stem"],
        enclosure=row["enclosure"],
        audio=msgspec.convert(row["audio"], AudioRecord) if row["audio"] else None,
        artifacts=tuple(map(parse_artifact, row["artifacts"])),
        parts=row["parts"],
        item=row["item"],
        pages=tuple(map(parse_artifact, row["pages"])),
        summary=row["summary"],
        words=row["words"],
        teaser=_parse_teaser(row["teaser"]) if row["teaser"] else None,
    )


def _teaser_row(teaser: BuiltTeaser) -> list[Any]:
    t = teaser
    return [t.guid, artifact_row(t.artifact), msgspec.to_builtins(t.audio), t.key_points, t.explicit, t.language]


def _parse_teaser(row: list[Any]) -> BuiltTeaser:
    guid, artifact, audio, key_points, explicit, language = row
    return BuiltTeaser(
        guid=guid,
        artifact=parse_artifact(artifact),
        audio=msgspec.convert(audio, AudioRecord),
        key_points=tuple(key_points),
        explicit=explicit,
        language=language,
    )


def artifact_row(artifact: Artifact) -> list[Any]:
    """An object as JSON values, without its body."""
    a = artifact
    return [a.key, a.media_type, a.cache_control, a.side, a.size, a.sha256, a.filename]


def parse_artifact(row: list[Any]) -> Artifact:
    """The inverse of `artifact_row`, but that the object has no body."""
    key, media_type, control, side, size, sha256, filename = row
    return Artifact(
        key=key,
        media_type=media_type,
        cache_control=control,
        side=side,
        size=size,
        sha256=sha256,
        body=None,
        filename=filename,
    )


def facts_row(facts: AudioFacts) -> list[Any]:
    """Audio facts as JSON values; the duration in microseconds."""
    return [
        facts.media_type,
        facts.duration // _MICROSECOND,
        facts.offset,
        facts.length,
        facts.frames_hash,
        facts.bitrate,
        facts.sample_rate,
        facts.channels,
    ]


def parse_facts(row: list[Any]) -> AudioFacts:
    """The inverse of `facts_row`."""
    media_type, microseconds, offset, length, frames_hash, bitrate, sample_rate, channels = row
    return AudioFacts(
        media_type=media_type,
        duration=microseconds * _MICROSECOND,
        offset=offset,
        length=length,
        frames_hash=frames_hash,
        bitrate=bitrate,
        sample_rate=sample_rate,
        channels=channels,
    )
