"""What a recording says of itself and is not published is told by kinds; what is kept or replaced is not."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from mutagen import id3

from podwright.media.audio import LeftOut, load_left_out
from tests.media.audio.samples import M4AS, MP3S, box, inserted, remuxed, sample, write
from tests.media.audio.test_id3 import TAGS, render
from tests.media.audio.test_mp4_index import MDTA, PLACES, XMP

MP3 = "vbr-no-header.mp3"


def tagged(*frames: Any, version: int = 4) -> bytes:
    tag = id3.ID3()
    for frame in frames:
        tag.add(frame)
    out = io.BytesIO()
    tag.save(out, v1=0, v2_version=version, padding=lambda _: 0)
    return out.getvalue()


def told(folder: Path, data: bytes) -> LeftOut:
    return load_left_out(write(folder, data, name="a"))


def text(kind: type[Any], **fields: Any) -> Any:
    return kind(encoding=3, text=["t"], **fields)


FRAMES: list[tuple[Any, str | None]] = [
    (text(id3.TIT2), None),
    (text(id3.TSSE), None),
    (text(id3.TXXX, desc="replaygain_track_gain"), None),
    (id3.TXXX(encoding=1, desc="REPLAYGAIN_TRACK_PEAK", text=["1"]), None),
    (id3.COMM(encoding=0, lang="eng", desc="iTunNORM", text=["0"]), None),
    (id3.COMM(encoding=1, lang="eng", desc="iTunSMPB", text=["0"]), None),
    (id3.WFED(url="https://example.org/"), None),
    (id3.COMM(encoding=3, lang="deu", desc="", text=["t"]), "comments"),
    (id3.COMM(encoding=3, lang="deu", desc="", text=["t" * 5000]), "comments"),
    (id3.USLT(encoding=3, lang="deu", desc="", text="t"), "lyrics"),
    (id3.APIC(encoding=0, mime="image/png", type=3, desc="", data=b"d"), "pictures"),
    (id3.GEOB(encoding=0, mime="a/b", filename="", desc="", data=b"d"), "attached files"),
    (id3.PRIV(owner="o", data=b"d"), "private data"),
    (id3.UFID(owner="o", data=b"d"), "private data"),
    (id3.POPM(email="e", rating=1, count=1), "ratings"),
    (text(id3.TCOM), "other texts"),
    (text(id3.TXXX, desc="MOOD"), "other texts"),
    (id3.WXXX(encoding=0, desc="", url="https://example.org/"), "links"),
    (id3.WPUB(url="https://example.org/"), "links"),
]


@pytest.mark.parametrize("version", [3, 4])
@pytest.mark.parametrize(("frame", "kind"), FRAMES)
def test_frames_are_told_by_kind(tmp_path: Path, frame: Any, kind: str | None, version: int) -> None:
    data = tagged(frame, version=version) + sample(MP3)
    assert told(tmp_path, data) == LeftOut(kinds=(kind,) if kind else ())


@pytest.mark.parametrize("version", ["2.3", "2.4"])
def test_of_what_is_published_itself_only_chapters_and_what_is_made_of_the_workspace_are_told(
    tmp_path: Path, version: Any
) -> None:
    found = told(tmp_path, render(TAGS, version) + sample(MP3))
    assert found == LeftOut(kinds=("comments", "lyrics", "pictures"), chapters=4)


def test_every_tag_in_front_is_told(tmp_path: Path) -> None:
    first, second = (
        tagged(id3.PRIV(owner="o", data=b"d")),
        tagged(
            *(
                id3.CHAP(element_id=f"c{n}", start_time=n, end_time=n + 1, sub_frames=[text(id3.TIT2)])
                for n in range(300)
            )
        ),
    )
    assert told(tmp_path, first + second + sample(MP3)) == LeftOut(kinds=("private data",), chapters=300)


V1 = b"TAG" + b"Title".ljust(94, b"\0")


@pytest.mark.parametrize(
    ("behind", "kinds"),
    [
        (V1 + bytes(31), ()),
        (V1 + b"A comment".ljust(30) + b"\xff", ("comments",)),
        (b"LYRICSBEGIN" + b"IND0000200" + b"000021LYRICS200", ("tags behind its audio",)),
        (b"APETAGEX" + bytes(4) + (32).to_bytes(4, "little") + bytes(16), ("tags behind its audio",)),
    ],
)
def test_what_stands_behind_the_audio_is_told(tmp_path: Path, behind: bytes, kinds: tuple[str, ...]) -> None:
    assert told(tmp_path, sample(MP3) + behind) == LeftOut(kinds=kinds)


BOXES = {
    "title and comment of QuickTime": ("comments",),
    "position of QuickTime": ("a position",),
    "position of 3GPP": ("a position",),
    "tags of Windows": ("other texts",),
    "keys of QuickTime": ("a position",),
    "keys of a track": ("a position",),
    "XMP": ("XMP",),
    "XMP inside the index": ("XMP",),
    "name of a track": (),
    "what an editor left in free room": (),
}


@pytest.mark.parametrize("place", BOXES)
def test_boxes_are_told_by_kind(tmp_path: Path, place: str) -> None:
    path, extra = PLACES[place]
    data = sample(M4AS[1])
    source = inserted(data, path, extra) if path else data + extra
    assert told(tmp_path, source) == LeftOut(kinds=BOXES[place])


def test_atoms_are_told_by_kind(tmp_path: Path) -> None:
    def atom(name: bytes, value: bytes = b"v") -> bytes:
        return box(name, box(b"data", b"\0\0\0\1\0\0\0\0", value))

    def form(name: bytes) -> bytes:
        mean = box(b"mean", bytes(4), b"com.apple.iTunes")
        return box(b"----", mean, box(b"name", bytes(4), name), box(b"data", b"\0\0\0\1\0\0\0\0v"))

    atoms = {
        "": (atom(b"\xa9nam"), atom(b"\xa9too"), atom(b"pgap"), form(b"iTunSMPB"), form(b"iTunNORM"), form(b"ISRC")),
        "comments": (atom(b"\xa9cmt"), atom(b"ldes")),
        "lyrics": (atom(b"\xa9lyr"),),
        "pictures": (atom(b"covr"),),
        "private data": (atom(b"apID"), atom(b"ownr"), atom(b"purd")),
        "other texts": (atom(b"\xa9wrt"), form(b"MOOD")),
    }
    for kind, made in atoms.items():
        for one in made:
            meta = box(b"meta", bytes(4), box(b"hdlr", bytes(8), b"mdirappl", bytes(9)), box(b"ilst", one))
            source = inserted(sample(M4AS[1]), (b"moov",), box(b"udta", meta))
            assert told(tmp_path, source).kinds == ((kind,) if kind else ()), one


@pytest.mark.parametrize("kind", ["ipod", "mov"])
@pytest.mark.parametrize("flags", ["+disable_chpl", "+faststart"])
def test_chapters_of_an_m4a_are_counted_in_both_forms(tmp_path: Path, kind: str, flags: str) -> None:
    remuxed(sample(M4AS[1]), tmp_path / "a.m4a", kind=kind, chapters=("One", "Two", "Three"), movflags=flags)
    assert load_left_out(tmp_path / "a.m4a").chapters == 3


@pytest.mark.parametrize("name", [*(row[0] for row in MP3S), *M4AS])
def test_a_bare_recording_says_nothing(tmp_path: Path, name: str) -> None:
    assert told(tmp_path, sample(name)) == LeftOut()


def test_what_cannot_be_read_says_nothing(tmp_path: Path) -> None:
    spoiled = inserted(sample(M4AS[1]), (b"moov",), box(b"udta", b"\0\0\xff\xff\xa9cmtabc") + MDTA[:40])
    assert told(tmp_path, spoiled + box(b"uuid", XMP)).kinds == ("XMP",)
