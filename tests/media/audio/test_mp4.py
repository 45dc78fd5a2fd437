"""M4A: facts by packets, damage, and the tagged copy."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
import xxhash
from mutagen.mp4 import MP4, AtomDataType, MP4Cover, MP4FreeForm

from podwright.core.errors import AudioError
from podwright.media.audio import AudioTags, build_tagged, load_facts
from tests.media.audio.samples import FOLDER, M4AS, body_bytes, decoded_samples, demuxed, sample, write

COVER = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63606060000000040001f61738550000"
    "000049454e44ae426082"
)
TAGS = AudioTags(
    title="Statins after 75 – läuft",
    artists=("Ada Example", "Ben Example"),
    album="Quick Take",
    album_artist="Example Medical Society",
    genre="Podcast",
    date=datetime(2026, 3, 2, 14, 0, tzinfo=UTC),
    track=7,
    disc=3,
    language="en-US",
    copyright="© 2026 Example",
    description="What a new trial adds",
    comment="A comment",
    feed_url="https://example.org/feed.xml",
    guid="6f6f1d3c",
    category="Health & Fitness",
    keywords=("statins", "older adults"),
    lyrics="Hello.\nGood bye.",
    cover=b"\xff\xd8\xff\xe0" + bytes(50),
    cover_type="image/jpeg",
)


@pytest.mark.parametrize("name", M4AS)
def test_duration_is_that_of_the_packets_a_demuxer_counts(name: str) -> None:
    facts, data = load_facts(FOLDER / name), sample(name)
    assert facts.duration == demuxed(data)
    assert (facts.media_type, facts.sample_rate, facts.channels) == ("audio/x-m4a", 44_100, 1)
    assert facts.frames_hash == xxhash.xxh3_128_hexdigest(data[facts.offset : facts.offset + facts.length])
    assert data[facts.offset - 4 : facts.offset] == b"mdat"


def test_the_same_audio_has_the_same_hash_wherever_its_index_is() -> None:
    first, last = (load_facts(FOLDER / name) for name in M4AS)
    assert first.frames_hash == last.frames_hash


@pytest.mark.parametrize("name", M4AS)
def test_an_index_with_tags_comes_before_the_audio_of_an_untouched_source(tmp_path: Path, name: str) -> None:
    source = write(tmp_path, sample(name), name="source.m4a")
    facts = load_facts(source)
    tagged = build_tagged(source, facts, tags=TAGS, id3_version="2.4", build_dir=tmp_path / "build")
    assert source.read_bytes() == sample(name)
    assert not (tmp_path / "build").exists()
    data = body_bytes(tagged.body)
    copy = write(tmp_path, data, name="copy.m4a")
    assert load_facts(copy).frames_hash == facts.frames_hash
    assert load_facts(copy).duration == facts.duration == demuxed(data)
    assert decoded_samples(data) == decoded_samples(sample(name))
    assert data.index(b"moov") < data.index(b"mdat") == tagged.tag_length - 4
    atoms = {key: value for key, value in MP4(copy).tags.items() if key not in ("covr", "\xa9too")}
    assert atoms == {
        "\xa9nam": [TAGS.title],
        "\xa9ART": ["Ada Example", "Ben Example"],
        "\xa9alb": ["Quick Take"],
        "aART": ["Example Medical Society"],
        "\xa9gen": ["Podcast"],
        "\xa9day": ["2026-03-02T14:00:00+00:00"],
        "\xa9cmt": ["A comment"],
        "\xa9lyr": ["Hello.\nGood bye."],
        "desc": ["What a new trial adds"],
        "cprt": ["© 2026 Example"],
        "purl": ["https://example.org/feed.xml"],
        "egid": ["6f6f1d3c"],
        "catg": ["Health & Fitness"],
        "keyw": ["statins, older adults"],
        "pcst": True,
        "trkn": [(7, 0)],
        "disk": [(3, 0)],
    }
    assert bytes(MP4(copy).tags["covr"][0]) == TAGS.cover


def test_tagging_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    source = FOLDER / "moov-first.m4a"
    facts = load_facts(source)
    bodies = [build_tagged(source, facts, tags=TAGS, id3_version="2.4", build_dir=tmp_path).body for _ in range(2)]
    assert bodies[0] == bodies[1]


def test_of_the_sources_own_tags_only_facts_of_the_recording_stay(tmp_path: Path) -> None:
    source = write(tmp_path, sample("moov-first.m4a"), name="source.m4a")
    old = MP4(source)
    own = {name: [MP4FreeForm(b"kept")] for name in ("iTunSMPB", "ISRC", "replaygain_track_gain", "MOOD")}
    old.tags.update({f"----:com.apple.iTunes:{name}": value for name, value in own.items()})
    old.tags.update({"\xa9nam": ["old"], "\xa9wrt": ["old"], "\xa9too": ["Encoder 1"]})
    old.save()
    tagged = build_tagged(
        source, load_facts(source), tags=AudioTags(title="new"), id3_version="2.4", build_dir=tmp_path / "build"
    )
    names = set(MP4(write(tmp_path, body_bytes(tagged.body), name="copy.m4a")).tags)
    kept = {f"----:com.apple.iTunes:{name}" for name in ("iTunSMPB", "ISRC", "replaygain_track_gain")}
    assert names == {"\xa9nam", "\xa9too", "pcst"} | kept


def encoded(path: Path, codecs: tuple[str, ...]) -> Path:
    """An MP4 with one stream for each codec, of silence and of grey pictures."""
    picture = av.VideoFrame(64, 64, "yuv420p")
    with av.open(path, "w", format="mp4") as container:
        streams: list[Any] = [
            container.add_stream(codec, rate=25, width=64, height=64, pix_fmt="yuv420p")
            if codec == "mpeg4"
            else container.add_stream(codec, rate=44_100, layout="mono")
            for codec in codecs
        ]
        for stream in streams:
            frame = picture if stream.type == "video" else silence(stream.format.name)
            container.mux([*stream.encode(frame), *stream.encode(None)])
    return path


def silence(sample_format: str) -> av.AudioFrame:
    frame = av.AudioFrame(format=sample_format, layout="mono", samples=4096)
    frame.planes[0].update(bytes(frame.planes[0].buffer_size))
    frame.sample_rate, frame.pts, frame.time_base = 44_100, 0, Fraction(1, 44_100)
    return frame


@pytest.mark.parametrize(
    ("codecs", "message"),
    [
        (("alac",), "holds ALAC audio, which many apps do not play; export it as AAC"),
        (("aac", "aac"), "holds 2 audio tracks; export it with one"),
        (("mpeg4",), "holds video, which is not published; export its audio as M4A"),
        (("mpeg4", "aac"), "holds video, which is not published; export its audio as M4A"),
    ],
)
def test_what_is_not_one_track_of_aac_is_refused(tmp_path: Path, codecs: tuple[str, ...], message: str) -> None:
    with pytest.raises(AudioError) as caught:
        load_facts(encoded(tmp_path / "a.m4a", codecs))
    assert str(caught.value) == message


def with_settings(settings: bytes) -> bytes:
    """A recording whose codec is said to have other settings (AudioSpecificConfig, ISO/IEC 14496-3 section 1.6.2.1)."""
    data = sample("moov-first.m4a")
    at = data.index(b"\x05\x80\x80\x80\x05") + 5
    return data[:at] + settings + data[at + len(settings) :]


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        # Of five bits, or six more behind 31: the type of audio.
        pytest.param(b"\xf9\x48", "xHE-AAC", id="USAC"),
        pytest.param(b"\xf8\xe8", "AAC-ELD", id="ELD"),
        pytest.param(b"\xba\x08", "AAC-LD", id="LD"),
        pytest.param(b"\x0a\x08", "AAC Main", id="Main"),
        pytest.param(b"\xf9\xe8", "MPEG-4 audio of type 47", id="unknown"),
    ],
)
def test_aac_that_many_apps_do_not_play_is_refused_by_its_name(tmp_path: Path, settings: bytes, name: str) -> None:
    with pytest.raises(AudioError) as caught:
        load_facts(write(tmp_path, with_settings(settings), name="a.m4a"))
    assert str(caught.value) == f"holds {name} audio, which many apps do not play; export it as AAC"


@pytest.mark.parametrize("name", [b"drms", b"enca"])
def test_encrypted_audio_is_refused(tmp_path: Path, name: bytes) -> None:
    with pytest.raises(AudioError, match=r"^(is encrypted|holds audio of an unknown kind|holds NONE)"):
        load_facts(write(tmp_path, sample("moov-first.m4a").replace(b"mp4a", name, 1), name="a.m4a"))


def pictured(path: Path, *, pictures: int, seconds: int) -> Path:
    """An M4A with a second track of so many JPEGs, as enhanced podcasts show them at their chapters."""
    with av.open(path, "w", format="mp4") as container:
        sound: Any = container.add_stream("aac", rate=44_100, layout="mono")
        track: Any = container.add_stream("mjpeg", rate=25, width=64, height=64, pix_fmt="yuvj420p")
        track.time_base = Fraction(1, 1000)
        for number in range(seconds * 44_100 // 4096):
            frame = silence(sound.format.name)
            frame.pts = number * 4096
            container.mux(sound.encode(frame))
        for number in range(pictures):
            picture = av.VideoFrame(64, 64, "yuvj420p")
            picture.pts, picture.time_base = number * seconds * 1000 // pictures, Fraction(1, 1000)
            container.mux(track.encode(picture))
        container.mux([*sound.encode(None), *track.encode(None)])
    return path


@pytest.mark.parametrize("pictures", [1, 3])
def test_pictures_of_chapters_are_no_video(tmp_path: Path, pictures: int) -> None:
    source = pictured(tmp_path / "a.m4a", pictures=pictures, seconds=4)
    facts = load_facts(source)
    assert facts.duration == demuxed(source.read_bytes())
    build_tagged(source, facts, tags=TAGS, id3_version="2.4", build_dir=tmp_path / "build")


def test_many_pictures_are_video(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"^holds video, which is not published; export its audio as M4A$"):
        load_facts(pictured(tmp_path / "a.m4a", pictures=50, seconds=4))


def test_a_cover_inside_the_source_is_no_video(tmp_path: Path) -> None:
    source = write(tmp_path, sample("moov-last.m4a"), name="source.m4a")
    old = MP4(source)
    old.tags["covr"] = [MP4Cover(COVER, imageformat=AtomDataType.PNG)]
    old.save()
    assert load_facts(source).duration == load_facts(FOLDER / "moov-last.m4a").duration


@pytest.mark.parametrize(
    ("name", "keep", "message"),
    [
        (
            "moov-first.m4a",
            20_000,
            r"^is cut short at 0:02\.\d{3} \(byte 20000\) of 0:04\.500; copy or export it again$",
        ),
        ("moov-last.m4a", 20_000, r"^has no index or no audio \(moov, mdat\) up to byte 20000; copy or export"),
        ("moov-first.m4a", 900, r"^has no index or no audio \(moov, mdat\) up to byte 900; copy or export"),
    ],
)
def test_a_file_cut_off_is_refused(tmp_path: Path, name: str, keep: int, message: str) -> None:
    with pytest.raises(AudioError, match=message):
        load_facts(write(tmp_path, sample(name)[:keep], name="cut.m4a"))


@pytest.mark.parametrize("name", M4AS)
def test_an_index_that_promises_less_than_there_is_is_doubted(tmp_path: Path, name: str) -> None:
    data = bytearray(sample(name))
    at = data.index(b"mdhd") + 20
    assert int.from_bytes(data[at - 4 : at], "big") == 44_100
    data[at : at + 4] = (44_100).to_bytes(4, "big")
    facts = load_facts(write(tmp_path, bytes(data), name="a.m4a"))
    assert facts.duration == load_facts(FOLDER / name).duration
    assert facts.doubts == (
        (
            "its index (mdhd) promises 0:01.000 of 0:04.500, and players that believe it stop there; write it anew: "
            "`ffmpeg -i IN -c copy -movflags +faststart OUT.m4a`"
        ),
    )
    assert load_facts(FOLDER / name).doubts == ()


def test_two_files_in_one_are_refused(tmp_path: Path) -> None:
    data = sample("moov-first.m4a")
    with pytest.raises(AudioError) as caught:
        load_facts(write(tmp_path, data * 2, name="a.m4a"))
    second = len(data) + data.index(b"moov") - 4
    assert str(caught.value).startswith(
        f"is several files in one: a second index (moov) stands at byte {second}, and nobody hears what it is of; join"
    )


def test_an_edit_list_that_rounds_up_promises_nothing(tmp_path: Path) -> None:
    data = bytearray(sample("moov-first.m4a"))
    at = data.index(b"elst") + 12
    data[at : at + 4] = (int.from_bytes(data[at : at + 4], "big") + 1).to_bytes(4, "big")
    assert load_facts(write(tmp_path, bytes(data))).duration == load_facts(FOLDER / "moov-first.m4a").duration


def test_an_index_that_promises_more_than_there_is_means_cut_short(tmp_path: Path) -> None:
    data = bytearray(sample("moov-first.m4a")[:20_000])
    begin = data.index(b"mdat") - 4
    data[begin : begin + 4] = (len(data) - begin).to_bytes(4, "big")
    with pytest.raises(AudioError, match=r"^is cut short at 0:02\.\d{3} \(byte 20000\) of 0:04\.500; copy or export"):
        load_facts(write(tmp_path, bytes(data), name="cut.m4a"))
