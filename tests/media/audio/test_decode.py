"""Proof that a recording plays: what decodes passes, what does not is named by byte and time."""

from __future__ import annotations

import struct
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from mutagen.mp4 import MP4, MP4FreeForm

from podwright.core.errors import AudioError
from podwright.media.audio import check_decodes, load_facts
from podwright.media.audio.mpeg import duration_of, parse_header, split_frames
from podwright.media.audio.types import place
from tests.media.audio.samples import ALL, FOLDER, sample, write


@pytest.mark.parametrize("name", ALL)
def test_a_whole_recording_decodes(name: str) -> None:
    check_decodes(FOLDER / name, load_facts(FOLDER / name))


def test_a_recording_that_begins_in_the_middle_decodes(tmp_path: Path) -> None:
    data = sample("vbr-no-header.mp3")
    path = write(tmp_path, data[len(data) // 3 :])
    check_decodes(path, load_facts(path))


@pytest.mark.parametrize(
    ("name", "broken"), [("vbr-no-header.mp3", 30), ("vbr-no-header.mp3", 150), ("cbr-64k.mp3", 99)]
)
def test_junk_inside_a_frame_is_found_there(tmp_path: Path, name: str, broken: int) -> None:
    facts = load_facts(FOLDER / name)
    audio = sample(name)[facts.offset : facts.offset + facts.length]
    stream = parse_header(audio[:4])
    assert stream is not None
    frames = list(split_frames(audio, stream))
    begin = sum(map(len, frames[:broken]))
    data = audio[: begin + 4] + Random(broken).randbytes(100) + audio[begin + 104 :]
    path = write(tmp_path, data)
    damaged = load_facts(path)
    assert damaged.duration == facts.duration
    with pytest.raises(AudioError) as caught:
        check_decodes(path, damaged)
    assert str(caught.value) == f"does not decode at {place(begin, duration_of(broken, stream))}; export it again"


def test_junk_inside_an_m4a_is_found(tmp_path: Path) -> None:
    data = bytearray(sample("moov-first.m4a"))
    facts = load_facts(FOLDER / "moov-first.m4a")
    begin = facts.offset + facts.length // 2
    data[begin : begin + 3000] = Random(7).randbytes(3000)
    path = write(tmp_path, bytes(data))
    with pytest.raises(AudioError, match=r"^does not decode at 0:02\.\d{3} \(byte \d+\); export it again$") as caught:
        check_decodes(path, load_facts(path))
    assert begin - 400 <= int(str(caught.value).split("byte ")[1].split(")")[0]) <= begin + 3000


@pytest.mark.parametrize(
    ("name", "error"),
    [("cbr-64k.mp3", 0.026), ("vbr-xing.mp3", -0.026), ("moov-first.m4a", 0.15), ("moov-first.m4a", -0.15)],
)
def test_sound_that_is_shorter_or_longer_than_the_facts_is_refused(name: str, error: float) -> None:
    facts = load_facts(FOLDER / name)
    with pytest.raises(AudioError, match=r"^decodes to 0:04\.\d{3} instead of 0:04\.\d{3}"):
        check_decodes(FOLDER / name, replace(facts, duration=facts.duration + timedelta(seconds=error)))


def _stretched(data: bytes, ticks: int) -> bytes:
    """Return an M4A whose index says of each packet that it lasts so many ticks instead of 1,024."""
    out = bytearray(data)
    at = out.index(b"stts") + 8
    (count,) = struct.unpack_from(">I", out, at)
    for row in range(at + 4, at + 4 + 8 * count, 8):
        number, duration = struct.unpack_from(">2I", out, row)
        struct.pack_into(">2I", out, row, number, duration * ticks // 1024)
    return bytes(out)


@pytest.mark.parametrize(
    ("ticks", "seconds"), [(1024, None), (1060, "0:04.682"), (2048, "0:09.046"), (980, "0:04.328")]
)
def test_packets_that_their_index_plays_longer_or_shorter_than_they_are_are_refused(
    tmp_path: Path, ticks: int, seconds: str | None
) -> None:
    # An edit list would cut off what it does not name.
    data = _stretched(sample("moov-first.m4a").replace(b"edts", b"free"), ticks)
    path = write(tmp_path, data, name="a.m4a")
    facts = load_facts(path)
    if seconds is None:
        check_decodes(path, facts)
    else:
        with pytest.raises(
            AudioError, match=rf"^decodes to 0:04\.\d{{3}} instead of {seconds}; copy or export it again$"
        ):
            check_decodes(path, facts)


@pytest.mark.parametrize("edit_list", [True, False])
@pytest.mark.parametrize("silence", [0x840, 0x13C2])
def test_silence_that_a_tag_says_is_in_front_is_part_of_the_sound(
    tmp_path: Path, silence: int, *, edit_list: bool
) -> None:
    data = sample("moov-first.m4a")
    path = write(tmp_path, data if edit_list else data.replace(b"edts", b"free"), name="a.m4a")
    file = MP4(path)
    gapless = f" 00000000 {silence:08X} 000001C0 {198_450:016X} 00000000"
    file.tags["----:com.apple.iTunes:iTunSMPB"] = [MP4FreeForm(gapless.encode())]
    file.save()
    check_decodes(path, load_facts(path))


def test_a_source_replaced_since_it_was_looked_at_is_refused(tmp_path: Path) -> None:
    facts = load_facts(FOLDER / "cbr-64k.mp3")
    with pytest.raises(AudioError, match="was changed while it was read"):
        check_decodes(write(tmp_path, bytes(100_000)), facts)
