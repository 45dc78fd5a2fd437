"""Other tags for a recording that was published, made from what lies in front of its audio alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import xxhash
from mutagen import id3

from podwright.core.model import Chapter
from podwright.media.audio import AudioFacts, AudioTags, build_tagged, digest_tags, find_audio, load_facts, retag
from podwright.media.audio.types import Id3Version
from tests.media.audio.samples import ALL, M4AS, body_bytes, sample, write
from tests.media.audio.test_id3 import TAGS, VERSIONS

OTHER = replace(TAGS, title="A corrected title that is longer than it was", cover=None, cover_type=None)
HOUR = timedelta(hours=1)


def source(folder: Path, name: str) -> Path:
    """A recording with facts of its own in its tag, which a published one keeps."""
    path = write(folder, sample(name), name=name)
    if name not in M4AS:
        tag = id3.ID3()
        tag.add(id3.TSSE(encoding=3, text=["An encoder 1.0"]))
        tag.add(id3.TXXX(encoding=0, desc="replaygain_track_gain", text=["-3.1 dB"]))
        tag.add(id3.TIT2(encoding=3, text=["not kept"]))
        tag.save(path)
    return path


def tagged(path: Path, facts: AudioFacts, tags: AudioTags, *, version: Id3Version = "2.4") -> tuple[bytes, int]:
    made = build_tagged(path, facts, tags=tags, id3_version=version, build_dir=path.parent / "build")
    return body_bytes(made.body), made.tag_length


def found(media_type: str, data: bytes) -> int:
    return find_audio(media_type, lambda start, length: data[start : start + length], size=len(data))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ALL)
def test_new_tags_for_what_was_published_are_those_that_its_source_would_get(
    tmp_path: Path, name: str, version: Id3Version
) -> None:
    path = source(tmp_path, name)
    facts = load_facts(path)
    before, length = tagged(path, facts, TAGS, version=version)
    assert found(facts.media_type, before) == length > 0
    assert xxhash.xxh3_128_hexdigest(before[length:]) == facts.frames_hash
    front = retag(facts.media_type, before[:length], tags=OTHER, duration=facts.duration, id3_version=version)
    wanted, _ = tagged(path, facts, OTHER, version=version)
    assert front + before[length:] == wanted
    assert front != before[:length]


def test_an_index_behind_the_audio_as_it_was_once_published_has_no_front_to_replace() -> None:
    assert found("audio/x-m4a", sample("moov-last.m4a")) == 0


CHAPTERS = (Chapter(start=timedelta(0), title="One"),)
DIFFERENCES = [
    pytest.param(replace(TAGS, title="Other"), ("audio/mpeg", "audio/x-m4a"), id="title"),
    pytest.param(replace(TAGS, cover=b"another"), ("audio/mpeg", "audio/x-m4a"), id="cover"),
    pytest.param(replace(TAGS, chapters=CHAPTERS), ("audio/mpeg",), id="chapters"),
    pytest.param(replace(TAGS, url="https://example.org/other"), ("audio/mpeg",), id="page"),
    pytest.param(replace(TAGS), (), id="nothing"),
]


@pytest.mark.parametrize(("tags", "differing"), DIFFERENCES)
def test_a_digest_of_tags_differs_where_what_is_published_does(tags: AudioTags, differing: tuple[str, ...]) -> None:
    for media_type in ("audio/mpeg", "audio/x-m4a"):
        one, other = (digest_tags(media_type, said, duration=HOUR, id3_version="2.4") for said in (TAGS, tags))
        assert (one != other) == (media_type in differing)


def test_a_digest_of_tags_depends_on_the_version_where_the_container_knows_versions() -> None:
    digests = {
        (media_type, version): digest_tags(media_type, TAGS, duration=HOUR, id3_version=version)
        for media_type in ("audio/mpeg", "audio/x-m4a")
        for version in VERSIONS
    }
    assert digests["audio/mpeg", "2.3"] != digests["audio/mpeg", "2.4"]
    assert digests["audio/x-m4a", "2.3"] == digests["audio/x-m4a", "2.4"]
