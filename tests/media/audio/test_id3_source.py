"""What is cut out of a source's own tag: the frames that mutagen would read, and nothing that costs."""

from __future__ import annotations

import io
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen import id3

from podwright.media.audio.id3_source import cut_tag
from tests.media.audio.test_id3 import old_tag

NAMES = {"TSSE", "TENC", "TSRC", "TXXX", "COMM", "RVA2"}
ENCODER = b"\x00Encoder 1"


def read(tag: bytes) -> dict[str, Any]:
    return dict(id3.ID3(io.BytesIO(tag), load_v1=False, translate=False))


def syncsafe(number: int) -> bytes:
    return bytes(number >> 7 * place & 0x7F for place in (3, 2, 1, 0))


def tag(version: int, *frames: bytes, flags: int = 0) -> bytes:
    body = b"".join(frames)
    return b"ID3" + bytes((version, 0, flags)) + syncsafe(len(body)) + body


def frame(name: bytes, content: bytes, *, version: int = 4, flags: bytes = b"\0\0", size: bytes | None = None) -> bytes:
    length = syncsafe(len(content)) if version == 4 else len(content).to_bytes(4, "big")
    return name + (size or length) + flags + content


@pytest.mark.parametrize("version", [3, 4])
def test_frames_of_these_names_are_what_mutagen_reads(version: int) -> None:
    source = old_tag(version)
    wanted = {name: found for name, found in read(source).items() if name[:4] in NAMES}
    assert read(cut_tag(source + b"audio", NAMES)) == wanted
    assert len(wanted) == 8


_texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(["TSSE", "TXXX", "TIT2", "APIC"]), _texts), max_size=6))
def test_any_tag_of_plain_frames_is_cut_as_mutagen_reads_it(rows: list[tuple[str, str]]) -> None:
    made = id3.ID3()
    for name, text in rows:
        if name == "APIC":
            made.add(id3.APIC(encoding=3, mime="image/png", type=3, desc=text, data=text.encode() * 50))
        else:
            made.add(id3.Frames[name](encoding=3, text=[text], **({"desc": text} if name == "TXXX" else {})))
    out = io.BytesIO()
    made.save(out, v2_version=4)
    wanted = {name: found for name, found in made.items() if name[:4] in NAMES}
    assert read(cut_tag(out.getvalue(), NAMES)) == wanted


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (b"ID3\x02\x00\x00" + syncsafe(15) + b"TSS\x00\x00\x09" + ENCODER[:9], "Encoder "),
        (tag(3, b"\x00\x00\x00\x06" + bytes(6), frame(b"TSSE", ENCODER, version=3), flags=0x40), "Encoder 1"),
        (tag(4, syncsafe(6) + b"\x01\x00", frame(b"TSSE", ENCODER), flags=0x40), "Encoder 1"),
        (tag(3, frame(b"TSSE", b"\x00\xff\x00a", version=3, size=b"\0\0\0\3"), flags=0x80), "\xffa"),
        (tag(4, frame(b"TSSE", b"\x00\xff\x00a"), flags=0x80), "\xffa"),
        # As iTunes wrote it: a size that is none of 2.4, before a frame that is.
        (
            tag(4, frame(b"APIC", b"x" * 300, size=(300).to_bytes(4, "big")), frame(b"TSSE", ENCODER)),
            "Encoder 1",
        ),
        (tag(4, frame(b"PRIV", bytes(300)), frame(b"TSSE", ENCODER), bytes(50)), "Encoder 1"),
    ],
)
def test_every_kind_of_tag_is_read(source: bytes, text: str) -> None:
    assert str(read(cut_tag(source, NAMES))["TSSE"]) == text


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"ID3\x04",
        b"\xff\xfb\x90\xc4" * 10,
        b"ID3\x05\x00\x00" + syncsafe(19) + frame(b"TSSE", ENCODER),
        tag(4, frame(b"TSSE", b"\x00" + b"x" * 5000)),
        tag(4, frame(b"TSSE", syncsafe(9) + zlib.compress(ENCODER), flags=b"\x00\x09")),
        tag(3, frame(b"TSSE", b"\0\0\0\x09" + zlib.compress(ENCODER), version=3, flags=b"\x00\x80")),
        tag(4, frame(b"TSSE", ENCODER, flags=b"\x00\x04")),
        tag(4, bytes(40), frame(b"TSSE", ENCODER)),
        tag(4, *[frame(b"ABCD", b"x")] * 10_000, frame(b"TSSE", ENCODER)),
    ],
)
def test_what_is_packed_long_or_far_behind_is_left_out(source: bytes) -> None:
    cut = cut_tag(source, NAMES)
    assert cut == b"" or (len(cut) == 10 and cut.startswith(b"ID3"))


@settings(max_examples=300)
@given(st.binary(max_size=200), st.sampled_from([2, 3, 4]), st.sampled_from([0, 0x40, 0x80, 0xC0]))
def test_any_bytes_are_cut(data: bytes, version: int, flags: int) -> None:
    cut = cut_tag(tag(version, data, flags=flags), NAMES)
    assert len(cut) <= 10 + 2 * len(data)
