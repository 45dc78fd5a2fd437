"""Records of the cache: what is read back is what was written."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from podwright.building.records import (
    decode_episode,
    decode_outline,
    encode_episode,
    encode_outline,
    facts_values,
    parse_facts,
)
from podwright.building.types import BuiltEpisode, BuiltTeaser
from podwright.core.artifact import Artifact
from podwright.core.model import Outline, Stage
from podwright.media.audio import AudioFacts
from podwright.stores.ledger.manifest import AudioRecord

_count = st.integers(0, 1 << 53)
_text = st.text(max_size=20)
_optional = st.none() | _text
_offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_moments = st.datetimes(datetime(1970, 1, 2), datetime(2999, 12, 30), timezones=st.just(UTC) | _offsets)  # noqa: DTZ001
_lengths = st.timedeltas(timedelta(0), timedelta(days=30))
_media = st.sampled_from(["audio/mpeg", "audio/x-m4a"])

_outlines = st.builds(
    Outline,
    slug=_text,
    folder=_text,
    guid=_text,
    title=_text,
    published=_moments,
    expires=st.none() | _moments,
    season=_optional,
    number=st.none() | _count,
    section=_optional,
    tier=_text,
    tags=st.lists(_text, max_size=3).map(tuple),
    type=st.sampled_from(["full", "trailer", "bonus"]),
    unlist=st.none() | _moments,
    withdraw=st.none() | _moments,
    withdraw_policy=st.sampled_from(["deny", "delete"]),
    teaser=st.booleans(),
    early=st.lists(st.tuples(_text, _moments), max_size=2).map(tuple),
)
_facts = st.builds(
    AudioFacts,
    media_type=_media,
    duration=_lengths,
    offset=_count,
    length=_count,
    frames_hash=_text,
    bitrate=_count,
    sample_rate=_count,
    channels=_count,
)
_artifacts = st.builds(
    Artifact,
    key=_text,
    media_type=_text,
    cache_control=_text,
    side=st.sampled_from(["public", "private"]),
    size=_count,
    sha256=_text,
    body=st.just((b"body",)),
    filename=_optional,
)
_teasers = st.builds(
    BuiltTeaser,
    guid=_text,
    artifact=_artifacts,
    audio=st.builds(AudioRecord, media_type=_media, duration=_lengths, tag_length=_count, frames_hash=_text),
    key_points=st.lists(_text, max_size=2).map(tuple),
    explicit=st.booleans(),
    language=_text,
)
_episodes = st.builds(
    BuiltEpisode,
    outline=_outlines,
    stage=st.sampled_from(Stage),
    stem=_text,
    enclosure=_text,
    audio=st.builds(AudioRecord, media_type=_media, duration=_lengths, tag_length=_count, frames_hash=_text),
    artifacts=st.lists(_artifacts, max_size=3).map(tuple),
    parts=st.dictionaries(_text, _text, max_size=3),
    item=_text,
    teaser=st.none() | _teasers,
)


@settings(max_examples=50)
@given(_outlines)
def test_an_outline_is_read_back_with_its_offset_from_utc(outline: Outline) -> None:
    read = decode_outline(encode_outline(outline))
    assert read == outline
    assert hash(read) == hash(outline)
    assert read.published.utcoffset() == outline.published.utcoffset()
    assert encode_outline(read) == encode_outline(outline)


@settings(max_examples=50)
@given(_facts)
def test_facts_of_audio_are_read_back_to_the_microsecond(facts: AudioFacts) -> None:
    values = json.loads(json.dumps(facts_values(facts, decoded=True)))
    assert parse_facts(values) == (facts, True)


@settings(max_examples=50)
@given(_episodes)
def test_a_built_episode_is_read_back_without_the_bodies_of_its_objects(episode: BuiltEpisode) -> None:
    text = encode_episode(episode)
    read = decode_episode(text)
    bare = replace(episode, artifacts=tuple(replace(one, body=None) for one in episode.artifacts))
    if teaser := bare.teaser:
        bare = replace(bare, teaser=replace(teaser, artifact=replace(teaser.artifact, body=None)))
    assert read == bare
    assert encode_episode(read) == text
