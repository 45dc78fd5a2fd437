"""Proof of what is published: a player finds in it the frames of the source, or it is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from podwright.core.artifact import FileSlice
from podwright.core.errors import AudioError
from podwright.media.audio import AudioFacts, AudioTags, Tagged, build_tagged, load_facts, mp3, mp4
from tests.media.audio.samples import ALL, FOLDER, M4AS, MP3S, body_bytes, sample, write

TAGS = AudioTags(title="Beans", lyrics="Beans climb. " * 500, cover=b"\xff\xd8\xff\xe0" + bytes(5000))
HARM = (
    r"^cannot be tagged without harm: its copy .+; write it anew: `ffmpeg -i IN -c copy -movflags \+faststart OUT.m4a`$"
)


def published(folder: Path, name: str) -> tuple[AudioFacts, Tagged]:
    facts = load_facts(FOLDER / name)
    return facts, build_tagged(FOLDER / name, facts, tags=TAGS, id3_version="2.4", build_dir=folder / "build")


def bumped(data: bytes, at: int, by: int = 1) -> bytes:
    """The bytes with another number in four of them."""
    return data[:at] + (int.from_bytes(data[at : at + 4], "big") + by).to_bytes(4, "big") + data[at + 4 :]


def inside(box: bytes, offset: int) -> Callable[[bytes], bytes]:
    return lambda data: bumped(data, data.index(box) + 4 + offset)


M4A_DAMAGE = {
    "first chunk one byte later": inside(b"stco", 8),
    "first sample longer": inside(b"stsz", 12),
    "a sample lost": lambda data: bumped(data, data.index(b"stsz") + 4 + 8, -1),
    "another chunk's samples": inside(b"stsc", 12),
    "longer packets": inside(b"stts", 12),
    "other edit list": inside(b"elst", 12),
    "other clock": inside(b"mdhd", 12),
    "another byte of audio": lambda data: bumped(data, data.index(b"mdat") + 4000),
    "a second index, which players take": lambda data: data[data.index(b"moov") - 4 :],
    "audio cut off": lambda data: data[:-5000],
    "other settings of the codec": inside(b"\x05\x80\x80\x80", 1),
}


@pytest.mark.parametrize("name", M4AS)
@pytest.mark.parametrize("damage", M4A_DAMAGE.values(), ids=M4A_DAMAGE)
def test_an_m4a_whose_copy_would_hold_other_audio_is_refused(
    tmp_path: Path, name: str, damage: Callable[[bytes], bytes]
) -> None:
    facts, tagged = published(tmp_path, name)
    whole = body_bytes(tagged.body)
    mp4.check_published(replace(tagged, body=(whole,)), facts)
    broken = damage(whole)
    assert broken != whole
    with pytest.raises(AudioError, match=HARM):
        mp4.check_published(replace(tagged, body=(broken,)), facts)


@pytest.mark.parametrize("damage", [inside(b"stco", 8), inside(b"stsz", 12), inside(b"stts", 12)])
def test_an_index_that_would_lead_to_other_audio_is_refused(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    _, tagged = published(tmp_path, "moov-first.m4a")
    front = body_bytes(tagged.body)[: tagged.tag_length]
    mp4.check_retagged(front, front)
    with pytest.raises(AudioError, match=HARM):
        mp4.check_retagged(front, damage(front))


MP3_DAMAGE: dict[str, Callable[[Tagged], Tagged]] = {
    "a tag that claims less": lambda made: replace(made, body=(_resized(made, -1), *made.body[1:])),
    "a tag that claims more": lambda made: replace(made, body=(_resized(made, 1), *made.body[1:])),
    "no tag": lambda made: replace(made, body=made.body[1:]),
    "another range": lambda made: replace(made, body=(made.body[0], _slice(made, offset=1))),
    "a frame lost": lambda made: replace(made, body=(made.body[0], _slice(made, length=-208))),
}


def _resized(made: Tagged, by: int) -> bytes:
    tag = made.body[0]
    assert isinstance(tag, bytes)
    return tag[:9] + bytes([(tag[9] + by) & 0x7F]) + tag[10:]


def _slice(made: Tagged, *, offset: int = 0, length: int = 0) -> FileSlice:
    part = made.body[1]
    assert isinstance(part, FileSlice)
    return replace(part, offset=part.offset + offset, length=part.length + length)


@pytest.mark.parametrize("name", [row[0] for row in MP3S])
@pytest.mark.parametrize("damage", MP3_DAMAGE.values(), ids=MP3_DAMAGE)
def test_an_mp3_whose_frames_are_not_those_of_its_source_is_refused(
    tmp_path: Path, name: str, damage: Callable[[Tagged], Tagged]
) -> None:
    data = sample(name) + bytes(500)
    path = write(tmp_path, data)
    facts = load_facts(path)
    tagged = build_tagged(path, facts, tags=TAGS, id3_version="2.4", build_dir=tmp_path)
    with pytest.raises(AudioError, match=r"^was changed while it was read, or its tag is not as long as it says"):
        mp3.check_published(damage(tagged), facts)


def test_a_tag_that_is_not_as_long_as_it_says_is_refused(tmp_path: Path) -> None:
    _, tagged = published(tmp_path, "cbr-64k.mp3")
    front = body_bytes(tagged.body)[: tagged.tag_length]
    mp3.check_retagged(b"", front)
    with pytest.raises(AudioError, match=r"^its new tag is not as long as it says"):
        mp3.check_retagged(b"", front + b"\0")


@pytest.mark.parametrize("name", ALL)
def test_a_source_that_was_replaced_since_it_was_looked_at_is_not_published(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, sample(name))
    facts = load_facts(path)
    data = bytearray(sample(name))
    data[facts.offset + facts.length // 2] ^= 0x55
    path.write_bytes(data)
    with pytest.raises(AudioError):
        build_tagged(path, facts, tags=TAGS, id3_version="2.4", build_dir=tmp_path / "build")
