"""Facts of MP3 files: what is counted, what is left out, what is refused and where."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import xxhash

from podwright.core.errors import AudioError
from podwright.media.audio import load_facts
from podwright.media.audio.mpeg import duration_of, parse_header, split_frames
from podwright.media.audio.types import clock
from tests.media.audio.samples import FOLDER, MP3S, demuxed, sample, write

PLAIN = sample("vbr-no-header.mp3")


def frames_of(data: bytes) -> list[bytes]:
    stream = parse_header(data[:4])
    assert stream is not None
    return list(split_frames(data, stream))


FRAMES = frames_of(PLAIN)


def at(frames: int) -> str:
    """Where the file is after so many frames of PLAIN, as messages say it."""
    stream = parse_header(PLAIN[:4])
    assert stream is not None
    return f"{clock(duration_of(frames, stream))} (byte {sum(map(len, FRAMES[:frames]))})"


@pytest.mark.parametrize(("name", "sample_rate", "channels", "header"), MP3S)
def test_duration_is_that_of_the_packets_a_demuxer_counts(
    name: str, sample_rate: int, channels: int, header: bool
) -> None:
    facts = load_facts(FOLDER / name)
    assert facts.duration == demuxed(sample(name))
    assert (facts.media_type, facts.sample_rate, facts.channels) == ("audio/mpeg", sample_rate, channels)
    audio = sample(name)[facts.offset : facts.offset + facts.length]
    assert facts.frames_hash == xxhash.xxh3_128_hexdigest(audio)
    assert (b"Xing" in audio[:64] or b"Info" in audio[:64]) == header


@pytest.mark.parametrize(("name", "bitrate"), [("cbr-64k.mp3", 64_000), ("mpeg2-22k.mp3", 32_000)])
def test_bitrate_is_the_mean(name: str, bitrate: int) -> None:
    assert load_facts(FOLDER / name).bitrate == pytest.approx(bitrate, rel=0.002)


def test_a_recording_longer_than_one_read_is_counted_and_hashed_whole(tmp_path: Path) -> None:
    data = PLAIN * 40
    facts = load_facts(write(tmp_path, data))
    assert facts.duration == demuxed(data)
    assert facts.frames_hash == xxhash.xxh3_128_hexdigest(data)


def syncsafe(size: int) -> bytes:
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))


def id3v2(payload: bytes, *, footer: bool = False) -> bytes:
    head = b"\x04\x00" + (b"\x10" if footer else b"\x00") + syncsafe(len(payload))
    return b"ID3" + head + payload + (b"3DI" + head if footer else b"")


def ape(*, header: bool) -> bytes:
    item = struct.pack("<II", 4, 0) + b"Title\x00text"
    flags = 1 << 31 if header else 0
    fields = struct.pack("<IIII8x", 2000, len(item) + 32, 1, flags)
    return (b"APETAGEX" + fields if header else b"") + item + b"APETAGEX" + fields


ID3V1 = b"TAG" + bytes(125)
LYRICS1 = b"LYRICSBEGIN" + b"la " * 20 + b"LYRICSEND"
LYRICS2 = b"LYRICSBEGININD0000200" + b"000021LYRICS200"


@pytest.mark.parametrize(
    ("front", "behind"),
    [
        pytest.param(id3v2(bytes(500)), b"", id="ID3v2"),
        pytest.param(id3v2(bytes(500)) + id3v2(b"\xff\xfb" * 90), b"", id="two ID3v2"),
        pytest.param(id3v2(bytes(20), footer=True), b"", id="ID3v2 with footer"),
        pytest.param(b"", ID3V1, id="ID3v1"),
        pytest.param(b"", b"TAG+" + bytes(223) + ID3V1, id="extended ID3v1"),
        pytest.param(b"", ape(header=True) + ID3V1, id="APEv2 and ID3v1"),
        pytest.param(b"", ape(header=False), id="APEv2 without header"),
        pytest.param(b"", LYRICS1 + ID3V1, id="Lyrics3"),
        pytest.param(b"", LYRICS2 + ID3V1, id="Lyrics3v2"),
        pytest.param(b"", id3v2(bytes(3000), footer=True), id="appended ID3v2"),
        pytest.param(id3v2(bytes(9)), LYRICS2 + ape(header=True) + ID3V1, id="all around"),
        pytest.param(FRAMES[9][-60:], b"", id="end of a frame in front"),
        pytest.param(bytes(20_000), b"", id="zeros in front"),
        pytest.param(b"", FRAMES[9][:-20], id="last frame cut off"),
        pytest.param(b"", bytes(4096), id="zeros behind"),
        pytest.param(id3v2(bytes(9)) + bytes(5), b"\x55" * 99 + ID3V1, id="crumbs between tags and audio"),
    ],
)
def test_what_surrounds_the_audio_is_left_out(tmp_path: Path, front: bytes, behind: bytes) -> None:
    facts, plain = load_facts(write(tmp_path, front + PLAIN + behind)), load_facts(FOLDER / "vbr-no-header.mp3")
    assert (facts.offset, facts.length) == (len(front), len(PLAIN))
    assert (facts.duration, facts.frames_hash) == (plain.duration, plain.frames_hash)


def cut(data: bytes, begin: int, end: int) -> bytes:
    return data[:begin] + data[end:]


START_50 = sum(map(len, FRAMES[:50]))
NOISE = bytes(range(1, 251)) * 12
SMALL = sample("mpeg2-22k.mp3")
#: The same frames as those of PLAIN, each of them said to be of two channels.
JOINT = b"".join(frame[:3] + b"\x44" + frame[4:] for frame in FRAMES[:50])
FREE_FORMAT = (b"\xff\xfb\x00\xc4" + bytes(413)) * 20


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(
            PLAIN[:START_50] + NOISE + PLAIN[START_50:],
            f"is damaged at {at(50)}: 3000 bytes there are no audio; export it again",
            id="inserted junk",
        ),
        pytest.param(
            PLAIN + id3v2(bytes(50)) + PLAIN,
            f"is several files in one: a tag stands inside, at {at(len(FRAMES))}; join them in an editor",
            id="joined with the tag in front",
        ),
        pytest.param(
            PLAIN + ID3V1 + PLAIN,
            f"is several files in one: a tag stands inside, at {at(len(FRAMES))}; join them in an editor",
            id="joined with the tag behind",
        ),
        pytest.param(
            PLAIN[:START_50] + NOISE + PLAIN[START_50 + 3000 :],
            f"is damaged at {at(50)}: ",
            id="overwritten",
        ),
        pytest.param(
            cut(PLAIN, START_50 + 100, START_50 + 200),
            f"is damaged at {at(51)}: ",
            id="bytes lost",
        ),
        pytest.param(
            PLAIN + NOISE,
            f"is damaged at {at(len(FRAMES))}: the 3000 bytes that follow are no audio; export it again",
            id="trailing junk",
        ),
        pytest.param(
            PLAIN[:START_50] + bytes(len(PLAIN) - START_50),
            f"is damaged at {at(50)}: ",
            id="zeros for the second half",
        ),
        pytest.param(
            PLAIN + SMALL,
            f"changes at {at(len(FRAMES))} from 44100 to 22050 Hz; export it with one sample rate",
            id="another sample rate",
        ),
        pytest.param(
            NOISE + PLAIN, "begins with 3000 bytes at byte 0 that are no audio; export it again", id="junk first"
        ),
        pytest.param(
            FREE_FORMAT, "no MP3 audio (MPEG Layer III) begins within 8340 bytes of byte 0; convert it", id="free"
        ),
        pytest.param(
            b"ID3\x04\x00\x00" + syncsafe(200_000_000) + PLAIN,
            f"its ID3 tag at byte 0 claims 200000010 bytes, and {len(PLAIN) + 10} are left; export it again",
            id="tag larger than the file",
        ),
        pytest.param(
            b"ID3\x03\x00\x00\x00\x00\x01\xff" + bytes(511) + PLAIN,
            "its ID3 tag has an impossible size; export it again",
            id="tag of impossible size",
        ),
        pytest.param(id3v2(bytes(50)), "no MP3 audio (MPEG Layer III) begins within 0 bytes of byte 60", id="tag only"),
        pytest.param(
            PLAIN + JOINT,
            f"changes at {at(len(FRAMES))} from mono to stereo, where browsers stop; export it with one of the two",
            id="another number of channels",
        ),
    ],
)
def test_damage_is_refused_with_its_place(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(AudioError) as caught:
        load_facts(write(tmp_path, data))
    assert str(caught.value).startswith(message)


def xing_frame(promise: int) -> bytes:
    """A header frame as encoders put it in front: the length of a frame, silent, with the number of frames."""
    return (b"\xff\xfb\x90\xc4" + bytes(17) + b"Xing\x00\x00\x00\x01" + struct.pack(">I", promise)).ljust(417, b"\x00")


def vbri_frame(promise: int) -> bytes:
    return (b"\xff\xfb\x90\xc4" + bytes(32) + b"VBRI" + bytes(10) + struct.pack(">I", promise)).ljust(417, b"\x00")


@pytest.mark.parametrize("header", [xing_frame, vbri_frame])
def test_a_header_that_promises_more_frames_means_cut_short(tmp_path: Path, header: type) -> None:
    data = header(len(FRAMES)) + b"".join(FRAMES[:80])
    with pytest.raises(AudioError) as caught:
        load_facts(write(tmp_path, data))
    place = f"{clock(duration(80))} (byte {len(data)})"
    assert str(caught.value) == (
        f"is cut short: its header promises {clock(duration(len(FRAMES)))}, and the audio ends at {place}; "
        "copy or export it again"
    )


@pytest.mark.parametrize("header", [xing_frame, vbri_frame])
@pytest.mark.parametrize("promise", [0, 60, 80, 82])
def test_a_header_frame_is_published_but_not_counted(tmp_path: Path, header: type, promise: int) -> None:
    data = header(promise) + b"".join(FRAMES[:80])
    facts = load_facts(write(tmp_path, data))
    assert (facts.duration, facts.length) == (duration(80), len(data))


@pytest.mark.parametrize(("header", "name"), [(xing_frame, "Xing"), (vbri_frame, "VBRI")])
@pytest.mark.parametrize("front", [b"", id3v2(bytes(50))], ids=["plain", "tagged"])
def test_a_header_that_promises_less_is_doubted_with_the_place_where_it_ends(
    tmp_path: Path, header: Callable[[int], bytes], name: str, front: bytes
) -> None:
    begin = len(front)
    promised = begin + 417 + sum(map(len, FRAMES[:60]))
    data = front + header(60) + b"".join(FRAMES[:80])
    assert load_facts(write(tmp_path, data)).doubts == (
        (
            f"its header ({name}, byte {begin}) promises audio up to {clock(duration(60))} (byte {promised}) of "
            f"{clock(duration(80))}, as where files were joined, and players that believe it stop there; "
            "write it anew: `ffmpeg -i IN -c copy OUT.mp3`"
        ),
    )


@pytest.mark.parametrize(("header", "name"), [(xing_frame, "Xing"), (vbri_frame, "VBRI")])
def test_a_header_that_promises_nothing_is_doubted(tmp_path: Path, header: Callable[[int], bytes], name: str) -> None:
    assert load_facts(write(tmp_path, header(0) + b"".join(FRAMES[:80]))).doubts == (
        (
            f"its header ({name}, byte 0) promises no audio of {clock(duration(80))}, and players that believe it show "
            "a wrong length; write it anew: `ffmpeg -i IN -c copy OUT.mp3`"
        ),
    )


@pytest.mark.parametrize("length", [1, 700, 1000])
def test_the_place_where_a_header_ends_is_found_wherever_files_are_read_in_parts(tmp_path: Path, length: int) -> None:
    data = xing_frame(length) + PLAIN * 9
    frames = FRAMES * 9
    (doubt,) = load_facts(write(tmp_path, data)).doubts
    assert f"({clock(duration(length))} (byte {417 + sum(map(len, frames[:length]))})" in doubt.replace("up to ", "(")


@pytest.mark.parametrize("promise", [78, 80, 82])
def test_a_header_that_is_two_frames_off_is_not_doubted(tmp_path: Path, promise: int) -> None:
    assert load_facts(write(tmp_path, xing_frame(promise) + b"".join(FRAMES[:80]))).doubts == ()


def test_a_header_that_says_no_number_is_not_doubted(tmp_path: Path) -> None:
    silent = xing_frame(0).replace(b"Xing\0\0\0\x01", b"Xing\0\0\0\0")
    assert load_facts(write(tmp_path, silent + b"".join(FRAMES[:80]))).doubts == ()


@pytest.mark.parametrize("name", [row[0] for row in MP3S])
def test_what_encoders_write_is_not_doubted(name: str) -> None:
    assert load_facts(FOLDER / name).doubts == ()


def test_a_header_frame_may_have_other_channels_than_the_recording(tmp_path: Path) -> None:
    frame = xing_frame(len(FRAMES))
    stereo = (frame[:3] + b"\x44" + bytes(32) + frame[21:]).ljust(417, b"\0")[:417]
    facts = load_facts(write(tmp_path, stereo + PLAIN))
    assert (facts.channels, facts.doubts, facts.duration) == (1, (), duration(len(FRAMES)))


@pytest.mark.parametrize("broken", [1, 80, 900])
def test_channels_that_change_are_refused_at_the_frame_where_they_do(tmp_path: Path, broken: int) -> None:
    frames = FRAMES * 9
    frames[broken:] = [frame[:3] + b"\x04" + frame[4:] for frame in frames[broken:]]
    with pytest.raises(AudioError) as caught:
        load_facts(write(tmp_path, b"".join(frames)))
    byte = sum(map(len, frames[:broken]))
    assert str(caught.value) == (
        f"changes at {clock(duration(broken))} (byte {byte}) from mono to stereo, where browsers stop; "
        "export it with one of the two"
    )


def test_channels_that_change_behind_a_header_are_timed_without_it(tmp_path: Path) -> None:
    with pytest.raises(AudioError) as caught:
        load_facts(write(tmp_path, xing_frame(len(FRAMES) + 50) + PLAIN + JOINT))
    place = f"{clock(duration(len(FRAMES)))} (byte {417 + len(PLAIN)})"
    assert str(caught.value).startswith(f"changes at {place} from mono to stereo")


def test_half_of_a_file_with_a_xing_header_is_cut_short(tmp_path: Path) -> None:
    data = sample("vbr-xing.mp3")
    with pytest.raises(
        AudioError, match=r"is cut short: its header promises 0:04\.5\d\d, and the audio ends at 0:0\d\.\d+ \(byte \d+"
    ):
        load_facts(write(tmp_path, data[: len(data) // 2]))


def duration(frames: int) -> timedelta:
    stream = parse_header(PLAIN[:4])
    assert stream is not None
    return duration_of(frames, stream)


def test_a_recording_is_known_by_its_content_and_not_its_name(tmp_path: Path) -> None:
    assert load_facts(write(tmp_path, sample("moov-first.m4a"), name="a.mp3")).media_type == "audio/x-m4a"
    assert load_facts(write(tmp_path, PLAIN, name="a.wav")).media_type == "audio/mpeg"
