"""The index of a published M4A: its packets are the source's, and it says nothing else that the source says."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path

import av
import pytest
from mutagen.mp4 import MP4

from podwright.core.errors import AudioError
from podwright.media.audio import AudioTags, build_tagged, find_audio, load_facts, retag
from tests.media.audio.samples import body_bytes, box, inserted, packets, remuxed, sample, write

LAST, FIRST = "moov-last.m4a", "moov-first.m4a"
SECRET = b"SECRET"
#: When something was made and changed, in seconds since 1904.
TIMES = bytes.fromhex("e3010203e3010204")
XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
#: A keys table and its values as recorders of Apple's write them.
MDTA = box(
    b"meta",
    box(b"hdlr", bytes(8) + b"mdta" + bytes(13)),
    box(b"keys", bytes(4), b"\0\0\0\1", box(b"mdta", b"com.apple.quicktime.location.ISO6709")),
    box(b"ilst", box(b"\0\0\0\1", box(b"data", b"\0\0\0\1\0\0\0\0", b"+48.1+011.5/SECRET"))),
)


def published(path: Path, title: str = "New") -> bytes:
    tags = AudioTags(title=title)
    return body_bytes(build_tagged(path, load_facts(path), tags=tags, id3_version="2.4", build_dir=path.parent).body)


def texted(text: bytes) -> bytes:
    """A text of QuickTime: its length, its language, itself."""
    return len(text).to_bytes(2, "big") + b"\x55\xc4" + text


def handler(kind: bytes, name: bytes) -> bytes:
    return box(b"hdlr", bytes(8), kind, bytes(12), name, b"\0")


PLACES: dict[str, tuple[tuple[bytes, ...], bytes]] = {
    "title and comment of QuickTime": (
        (b"moov", b"udta"),
        box(b"\xa9nam", texted(SECRET)) + box(b"\xa9cmt", texted(SECRET)),
    ),
    "position of QuickTime": ((b"moov", b"udta"), box(b"\xa9xyz", texted(b"+48.1+011.5/SECRET"))),
    "position of 3GPP": ((b"moov", b"udta"), box(b"loci", bytes(6), b"SECRET\0", bytes(14))),
    "chapters of Nero": ((b"moov", b"udta"), box(b"chpl", b"\1\0\0\0\0\0\0\0\1", bytes(8), b"\x06SECRET")),
    "tags of Windows": ((b"moov", b"udta"), box(b"Xtra", SECRET)),
    "keys of QuickTime": ((b"moov",), MDTA),
    "keys of a track": ((b"moov", b"trak"), MDTA),
    "name of a track": ((b"moov", b"trak"), box(b"udta", box(b"name", SECRET))),
    "tags of MP4 elsewhere": ((b"moov", b"trak"), box(b"meta", bytes(4), handler(b"mdir", b""), box(b"ilst", SECRET))),
    "chapters of another track": ((b"moov", b"trak"), box(b"tref", box(b"chap", b"\0\0\0\7"))),
    "buyer of a shop": ((b"moov", b"trak", b"mdia", b"minf", b"stbl"), box(b"pinf", SECRET)),
    "XMP": ((), box(b"uuid", XMP, b"<x:xmpmeta>/Users/ada/SECRET.wav")),
    "XMP inside the index": ((b"moov",), box(b"uuid", XMP, SECRET)),
    "what an editor left in free room": ((), box(b"free", SECRET)),
    "a second list of tags": ((), box(b"meta", bytes(4), handler(b"mdir", b""), box(b"ilst", SECRET))),
    "an empty track of text": ((b"moov",), box(b"trak", box(b"mdia", handler(b"text", SECRET)))),
    "time of movie": ((b"moov",), box(b"free", SECRET)),
}


@pytest.mark.parametrize("place", PLACES)
def test_nothing_stays_that_playing_does_not_take(tmp_path: Path, place: str) -> None:
    path, extra = PLACES[place]
    data = sample(LAST)
    source = inserted(data, path, extra) if path else data + extra
    assert extra in source
    made = published(write(tmp_path, source, name="a.m4a"))
    assert SECRET not in made
    assert made == published(write(tmp_path, data, name="b.m4a"))


@pytest.mark.parametrize("name", [LAST, FIRST])
@pytest.mark.parametrize(
    "edit",
    [
        lambda data: data.replace(b"SoundHandler", b"/Users/ada/a"),
        lambda data: data.replace(b"mvhd" + bytes(12), b"mvhd" + bytes(4) + TIMES),
        lambda data: data.replace(b"mdhd" + bytes(12), b"mdhd" + bytes(4) + TIMES),
        lambda data: data.replace(b"tkhd\0\0\0\3" + bytes(8), b"tkhd\0\0\0\3" + TIMES),
    ],
)
def test_times_and_file_names_are_not_said(tmp_path: Path, name: str, edit: Callable[[bytes], bytes]) -> None:
    source = edit(sample(name))
    assert source != sample(name)
    made = published(write(tmp_path, source, name="a.m4a"))
    plain = published(write(tmp_path, sample(name), name="b.m4a"))
    assert b"ada" not in made
    assert TIMES not in made
    assert packets(made) == packets(plain) == packets(sample(name))


def test_references_to_a_disk_become_references_to_the_file_itself(tmp_path: Path) -> None:
    data = sample(LAST)
    old = box(b"url ", b"\0\0\0\1")
    assert old in data
    named = inserted(data, (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"), box(b"alis", b"\0\0\0\1SECRET HD"))
    made = published(write(tmp_path, named, name="a.m4a"))
    assert b"SECRET" not in made
    assert made.count(old) == 2
    elsewhere = data.replace(old, box(b"url ", b"\0\0\0\0"))
    with pytest.raises(AudioError, match=r"^(names another file for its audio|cannot be read as M4A)"):
        published(write(tmp_path, elsewhere, name="b.m4a"))


@pytest.mark.parametrize("kind", ["ipod", "mov", "mp4"])
@pytest.mark.parametrize("flags", ["+disable_chpl", "+faststart"])
def test_chapters_of_a_source_are_in_no_track_and_in_no_sample(tmp_path: Path, kind: str, flags: str) -> None:
    titles = ("SECRET one", "SECRET two", "SECRET three")
    source = remuxed(sample(LAST), tmp_path / "a.m4a", kind=kind, chapters=titles, movflags=flags)
    assert source.count(b"SECRET") >= len(titles)
    path = tmp_path / "a.m4a"
    made = published(path)
    assert SECRET not in made
    assert packets(made) == packets(source) == packets(sample(LAST))
    with av.open(io.BytesIO(made)) as container:
        assert len(container.streams) == 1
        assert container.chapters() == []
    facts = load_facts(path)
    assert facts.frames_hash == load_facts(write(tmp_path, made, name="b.m4a")).frames_hash
    assert facts.frames_hash == load_facts(write(tmp_path, sample(LAST), name="c.m4a")).frames_hash


FRAGMENTED = {
    "one": {"movflags": "+frag_keyframe+empty_moov+default_base_moof"},
    "from the fragment": {"movflags": "+empty_moov+default_base_moof", "frag_duration": "500000"},
    "from the file": {"movflags": "+empty_moov", "frag_duration": "500000"},
    "from the one before": {"movflags": "+empty_moov+omit_tfhd_offset", "frag_duration": "300000"},
    "as streams are": {"movflags": "+dash+delay_moov+global_sidx", "frag_duration": "300000"},
    "each by itself": {"movflags": "+empty_moov+frag_every_frame"},
}


@pytest.mark.parametrize("options", FRAGMENTED.values(), ids=FRAGMENTED)
def test_fragments_become_one_index(tmp_path: Path, options: dict[str, str]) -> None:
    source = remuxed(sample(LAST), tmp_path / "a.m4a", kind="mp4", **options)
    assert b"moof" in source
    path = tmp_path / "a.m4a"
    facts = load_facts(path)
    made = published(path)
    assert b"moof" not in made
    assert b"mvex" not in made
    assert packets(made) == packets(source)
    assert load_facts(write(tmp_path, made, name="b.m4a")).duration == facts.duration
    assert facts.frames_hash == load_facts(write(tmp_path, sample(LAST), name="c.m4a")).frames_hash
    assert MP4(tmp_path / "b.m4a").info.length == pytest.approx(facts.duration.total_seconds(), abs=0.05)


def test_fragments_that_leave_out_time_are_refused(tmp_path: Path) -> None:
    source = bytearray(
        remuxed(sample(LAST), tmp_path / "a.m4a", kind="mp4", movflags="+empty_moov", frag_duration="500000")
    )
    at = source.rindex(b"tfdt") + 8
    source[at : at + 8] = (int.from_bytes(source[at : at + 8], "big") + 44_100).to_bytes(8, "big")
    with pytest.raises(AudioError, match=r"^has fragments that leave out time, or overlap; export it again$"):
        published(write(tmp_path, bytes(source), name="b.m4a"))


def chunked(data: bytes, edit: Callable[[list[int]], list[int]]) -> bytes:
    """A copy with other offsets of its chunks."""
    made = bytearray(data)
    at = made.index(b"stco") + 8
    (count,) = struct.unpack_from(">I", made, at)
    struct.pack_into(f">{count}I", made, at + 4, *edit(list(struct.unpack_from(f">{count}I", made, at + 4))))
    return bytes(made)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda offsets: [1 << 31, *offsets[1:]], r"^is cut short at byte \d+ of \d+; copy or export it again$"),
        (lambda offsets: [*offsets[:-1], offsets[-1] + 10_000], r"^is cut short at byte \d+ of \d+; copy or export it"),
        (lambda offsets: [offsets[0]] * len(offsets), r"^names the same audio twice at byte \d+; export it again$"),
    ],
)
def test_an_index_that_names_other_bytes_is_refused(
    tmp_path: Path, edit: Callable[[list[int]], list[int]], message: str
) -> None:
    path = tmp_path / "a.m4a"
    remuxed(sample(LAST), path, kind="mp4", movflags="+empty_moov", frag_duration="500000")
    facts, pieces = load_facts(path), published(path)
    path.write_bytes(chunked(pieces, edit))
    with pytest.raises(AudioError, match=message):
        build_tagged(path, facts, tags=AudioTags(title="t"), id3_version="2.4", build_dir=tmp_path)


@pytest.mark.parametrize("name", [b"trak", b"free", b"uuid"])
@pytest.mark.parametrize("options", [{"movflags": "+faststart"}, FRAGMENTED["from the fragment"]], ids=str)
def test_audio_in_another_box_than_media_data_is_refused(tmp_path: Path, options: dict[str, str], name: bytes) -> None:
    source = remuxed(sample(LAST), tmp_path / "a.m4a", kind="mp4", **options)
    at = source.rindex(b"mdat")
    # A box of media data stays in either: fragments have several.
    other = source[:at] + name + source[at + 4 :] + box(b"mdat", b"beans")
    with pytest.raises(AudioError, match=rf"^has audio outside of its media data \(mdat\) at byte {at + 4}; export it"):
        published(write(tmp_path, other, name="b.m4a"))


def test_offsets_of_64_bits_stay(tmp_path: Path) -> None:
    data = sample(LAST)
    at = data.index(b"stco") - 4
    length = int.from_bytes(data[at : at + 4], "big")
    offsets = struct.unpack(f">{(length - 16) // 4}I", data[at + 16 : at + length])
    long = box(b"co64", data[at + 8 : at + 16], struct.pack(f">{len(offsets)}Q", *offsets))
    # The table is taken out of the index by its name, and a longer one is put in.
    spoiled = data[: at + 4] + b"free" + data[at + 8 :]
    path = write(tmp_path, inserted(spoiled, (b"moov", b"trak", b"mdia", b"minf", b"stbl"), long), name="a.m4a")
    made = published(path)
    assert b"co64" in made
    assert packets(made) == packets(data)


@pytest.mark.parametrize("chapters", [(), ("SECRET one", "SECRET two")])
def test_a_published_m4a_is_retagged_as_its_source_is_tagged(tmp_path: Path, chapters: tuple[str, ...]) -> None:
    remuxed(sample(LAST), tmp_path / "a.m4a", chapters=chapters)
    facts, before = load_facts(tmp_path / "a.m4a"), published(tmp_path / "a.m4a")
    start = find_audio("audio/x-m4a", lambda at, count: before[at : at + count], size=len(before))
    other = retag(
        "audio/x-m4a", before[:start], tags=AudioTags(title="Other"), duration=facts.duration, id3_version="2.4"
    )
    assert other + before[start:] == published(tmp_path / "a.m4a", "Other")


def test_a_last_chunk_that_promises_too_many_samples_ends_with_the_last(tmp_path: Path) -> None:
    data = bytearray(sample(FIRST))
    at = data.index(b"stsc") + 8
    count, first, samples, _ = struct.unpack_from(">4I", data, at)
    assert (count, first) == (1, 1)
    struct.pack_into(">I", data, at + 8, samples + 5)
    made = published(write(tmp_path, bytes(data), name="a.m4a"))
    assert packets(made) == packets(bytes(data))


@pytest.mark.parametrize(
    ("name", "at", "value"),
    [
        pytest.param(b"stts", 4, b"\0\0\0\xff", id="more rows than there are"),
        pytest.param(b"elst", 4, b"\0\0\0\x02", id="more edits than there are"),
        pytest.param(b"mdhd", 0, b"\1", id="times that are longer"),
    ],
)
def test_an_index_with_a_table_cut_off_is_refused(tmp_path: Path, name: bytes, at: int, value: bytes) -> None:
    data = bytearray(sample(LAST))
    begin = data.index(name) + 4 + at
    data[begin : begin + len(value)] = value
    with pytest.raises(
        AudioError, match=r"^(has an index whose \w{4} is cut off|says impossible times|is cut short|cannot)"
    ):
        published(write(tmp_path, bytes(data), name="a.m4a"))
