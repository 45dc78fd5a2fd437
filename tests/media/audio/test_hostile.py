"""Damaged and random input: whatever the bytes, it is published, or refused as audio; nothing else is raised."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podwright.core.errors import AudioError
from podwright.media.audio import AudioTags, build_tagged, check_decodes, load_facts
from tests.media.audio.samples import FOLDER, sample, write
from tests.media.audio.test_id3 import old_tag

TAGS = AudioTags(title="t")
SOURCES = {
    "mp3": (old_tag(4) + sample("vbr-xing.mp3"))[:12_000],
    "mp3 2.3": (old_tag(3) + sample("mpeg2-22k.mp3"))[:9_000],
    "m4a": sample("moov-first.m4a"),
}

many = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def publish(folder: Path, data: bytes) -> None:
    path = write(folder, data)
    with contextlib.suppress(AudioError):
        facts = load_facts(path)
        build_tagged(path, facts, tags=TAGS, id3_version="2.3", build_dir=folder / "build")
        check_decodes(path, facts)


@many
@given(
    data=st.binary(max_size=4000),
    head=st.sampled_from([b"", b"ID3\x04\x00\x00\x00\x00", b"\xff\xfb\x90\xc4", b"\x00\x00\x00\x18ftyp"]),
)
def test_random_bytes_are_refused_as_audio_or_taken(tmp_path: Path, data: bytes, head: bytes) -> None:
    publish(tmp_path, head + data)


@many
@given(
    name=st.sampled_from(sorted(SOURCES)),
    edits=st.lists(st.tuples(st.integers(0, 5000), st.binary(min_size=1, max_size=12)), min_size=1, max_size=6),
    keep=st.integers(500, 40_000),
)
def test_edited_recordings_are_refused_as_audio_or_taken(
    tmp_path: Path, name: str, edits: list[tuple[int, bytes]], keep: int
) -> None:
    data = bytearray(SOURCES[name])
    for at, patch in edits:
        data[at : at + len(patch)] = patch
    publish(tmp_path, bytes(data[:keep]))


@pytest.mark.parametrize("at", range(10, 1200, 61))
def test_a_malformed_tag_of_the_source_does_not_matter(tmp_path: Path, at: int) -> None:
    tag = bytearray(old_tag(4))
    tag[at : at + 4] = b"\xff" * 4
    path = write(tmp_path, bytes(tag) + sample("vbr-no-header.mp3"))
    facts = load_facts(path)
    build_tagged(path, facts, tags=TAGS, id3_version="2.4", build_dir=tmp_path)
    assert facts.frames_hash == load_facts(FOLDER / "vbr-no-header.mp3").frames_hash
