"""The manifest: it comes back as it was written, and says so where it cannot."""

import json
from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podwright.core.errors import StoreError
from podwright.core.model import Stage
from podwright.stores.capabilities import ALL, capabilities_of
from podwright.stores.ledger.generations import FeedChange, Generation, ItemChange, news
from podwright.stores.ledger.manifest import (
    EMPTY,
    AudioRecord,
    EpisodeRecord,
    FeedRecord,
    Manifest,
    ObjectRecord,
    TeaserRecord,
    Unsettled,
    pending,
    writing,
)
from podwright.stores.ledger.manifest_json import parse_manifest, render_manifest

_text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
#: Bytes, microseconds and numbers of things; none of them is beyond what 64 bits hold.
_MOST = (1 << 63) - 1
_counts = st.integers(0, _MOST)
_object = st.builds(ObjectRecord, _counts, _text, _text)
_objects = st.dictionaries(_text, _object, max_size=4)
_audio = st.builds(
    AudioRecord,
    media_type=_text,
    duration=st.timedeltas(timedelta(0), timedelta(days=3)),
    tag_length=_counts,
    frames_hash=_text,
    tag_digest=st.none() | _text,
)
_teasers = st.builds(TeaserRecord, _text, _audio)
_episodes = st.builds(
    EpisodeRecord,
    guid=_text,
    slug=_text,
    stem=_text,
    title=_text,
    teaser=st.none() | _teasers,
    tier=_text,
    published=st.datetimes(timezones=st.just(UTC)),
    live=st.booleans(),
    enclosure=_text,
    audio=st.none() | _audio,
    parts=st.dictionaries(_text, _text, max_size=3),
    unlist=st.none() | st.datetimes(timezones=st.just(UTC)),
    withdraw=st.none() | st.datetimes(timezones=st.just(UTC)),
    stage=st.sampled_from(Stage),
)
_feeds = st.builds(
    FeedRecord,
    name=_text,
    key=_text,
    guid=_text,
    tiers=st.lists(_text, max_size=2).map(tuple),
    signature=st.none() | _text,
    channel=_text,
    items=st.lists(_text, max_size=3).map(tuple),
    teasers=st.lists(_text, max_size=2).map(tuple),
)
_moments = st.datetimes(timezones=st.just(UTC))
_kinds = st.sampled_from(["new", "changed", "gone"])
_items = st.builds(ItemChange, kind=_kinds, guid=_text, title=_text, parts=st.lists(_text, max_size=2).map(tuple))
_changes = st.builds(
    FeedChange, kind=_kinds, name=_text, channel=st.booleans(), items=st.lists(_items, max_size=2).map(tuple)
)
_generations = st.builds(
    Generation,
    number=st.integers(1, _MOST),
    at=st.none() | _moments,
    whole=st.booleans(),
    live=_counts,
    waiting=_counts,
    restored=st.none() | st.integers(1, _MOST),
    feeds=st.lists(_changes, max_size=2).map(news),
)
manifests = st.builds(
    Manifest,
    generation=_counts,
    doomed=st.lists(_text, max_size=2).map(tuple),
    capabilities=st.none() | st.sets(st.sampled_from(ALL.names)).map(capabilities_of),
    unsettled=st.dictionaries(_text, st.builds(Unsettled, st.none() | _object, _object), max_size=2),
    coming=st.dictionaries(_text, _audio, max_size=2),
    objects=_objects,
    episodes=st.lists(_episodes, max_size=3).map(lambda rows: {row.guid: row for row in rows}),
    feeds=st.lists(_feeds, max_size=3).map(lambda rows: {row.name: row for row in rows}),
    retired=st.dictionaries(_text, _moments, max_size=2),
    log=st.lists(_generations, max_size=2).map(tuple),
    restored=st.none() | st.integers(1, _MOST),
    public_url=st.none() | _text,
    commits=st.lists(_text, max_size=2).map(tuple),
)


@given(manifests)
def test_a_manifest_comes_back_as_it_was_written(manifest: Manifest) -> None:
    assert parse_manifest(render_manifest(manifest)) == manifest


@given(manifests)
def test_the_same_manifest_gives_the_same_bytes_whatever_the_order(manifest: Manifest) -> None:
    turned = replace(
        manifest,
        unsettled=dict(reversed(manifest.unsettled.items())),
        coming=dict(reversed(manifest.coming.items())),
        objects=dict(reversed(manifest.objects.items())),
        episodes=dict(reversed(manifest.episodes.items())),
        feeds=dict(reversed(manifest.feeds.items())),
        retired=dict(reversed(manifest.retired.items())),
    )
    assert render_manifest(turned) == render_manifest(manifest)


def _with(objects: bytes) -> bytes:
    return b'{"format":1,"generation":1,"doomed":[],"feeds":{},"episodes":{},"objects":%s}' % objects


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is not a manifest"),
        (b"<html>", "is not a manifest"),
        (b"[]", "is not a manifest"),
        (b"[" * 100_000, "is not a manifest"),
        (_with(b'{"a":[1e999,"",""]}'), "is not a manifest"),
        (_with(b'{"a":[1.5,"",""]}'), "is damaged"),
        (_with(b'{"a":["1","",""]}'), "is damaged"),
        (_with(b'{"a":[-1,"",""]}'), "is damaged"),
        (_with(b'{"a":[99999999999999999999,"",""]}'), "is damaged"),
        (_with(b'{"a":[1,2,""]}'), "is damaged"),
        (_with(b'{"a":[1]}'), "is damaged"),
        (b'{"format":2,"generation":1,"objects":{"a":{"size":-1,"sha256":"","etag":""}}}', "is damaged"),
        (b'{"format":2,"generation":1,"objects":{"a":{"size":1,"sha256":""}}}', "is damaged"),
        (b'{"format":99}', "upgrade podwright"),
        (b'{"format":1}', "is damaged"),
        (b'{"format":1,"generation":1,"doomed":[],"feeds":{},"episodes":{"g":{}},"objects":{}}', "is damaged"),
        (b'{"format":1,"generation":1,"doomed":[],"feeds":[],"episodes":{},"objects":{}}', "is damaged"),
    ],
)
def test_what_is_no_manifest_is_refused_rather_than_taken_for_an_empty_one(data: bytes, message: str) -> None:
    with pytest.raises(StoreError, match=message):
        parse_manifest(data)


@given(st.binary(max_size=80))
def test_no_bytes_end_in_another_error(data: bytes) -> None:
    with pytest.raises(StoreError):
        parse_manifest(data)


@given(manifests, st.data())
def test_a_byte_that_is_not_what_was_written_is_found(manifest: Manifest, data: st.DataObject) -> None:
    written = render_manifest(manifest)
    place = data.draw(st.integers(0, written.rindex(b',"sha256":"') - 1))
    other = data.draw(st.integers(1, 255))
    with pytest.raises(StoreError):
        parse_manifest(written[:place] + bytes([written[place] ^ other]) + written[place + 1 :])


def test_a_manifest_of_an_earlier_version_is_read_without_digest_and_capabilities() -> None:
    manifest = parse_manifest(b'{"format":1,"generation":7,"doomed":[],"feeds":{},"episodes":{},"objects":{}}')
    assert manifest == Manifest(generation=7)


def test_a_feed_under_swap_is_believed_in_neither_state() -> None:
    feed = FeedRecord(name="f", key="f.xml", guid="g", tiers=(), signature="s", channel="c", items=("e",))
    other = FeedRecord(name="o", key="o.xml", guid="g", tiers=(), signature="s", channel="c", items=())
    new = ObjectRecord(2, "new", "")
    after = Manifest(generation=2, feeds={"f": feed, "o": other}, objects={"f.xml": new})
    claim = pending(after, swapped={"f.xml"}, doomed=["old.mp3"], previous=EMPTY)
    assert claim.doomed == ("old.mp3",)
    assert claim.feeds["f"].signature is None
    assert claim.feeds["o"].signature == "s"
    assert claim.generation == 2
    assert (claim.objects, claim.unsettled) == ({}, {"f.xml": Unsettled(None, new)})


def test_what_is_being_written_is_what_it_was_or_what_it_shall_be_until_it_is_seen() -> None:
    old, new, newer = (ObjectRecord(size, f"sha{size}", "") for size in (1, 2, 3))
    before = Manifest(objects={"a.mp3": old, "b.vtt": old})
    begun = writing(before, {"a.mp3", "c.vtt"}, after=Manifest(objects={"a.mp3": new, "c.vtt": new}), previous=before)
    assert begun.objects == {"b.vtt": old}
    assert begun.unsettled == {"a.mp3": Unsettled(old, new), "c.vtt": Unsettled(None, new)}
    again = writing(begun, {"a.mp3"}, after=Manifest(objects={"a.mp3": newer}), previous=begun)
    assert again.unsettled == {"a.mp3": Unsettled(old, newer)}


@given(_audio)
def test_a_row_of_audio_from_before_digests_of_tags_is_read(audio: AudioRecord) -> None:
    microseconds = audio.duration // timedelta(microseconds=1)
    row = [audio.media_type, microseconds, audio.tag_length, audio.frames_hash]
    document = json.loads(_with(b"{}")) | {"coming": {"g": row}}
    assert parse_manifest(json.dumps(document).encode()).coming == {"g": replace(audio, tag_digest=None)}
