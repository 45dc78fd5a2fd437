"""The bytes of published tags: every frame in its place, nothing between them, the same for the same input."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import av
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutagen import id3
from mutagen.mp4 import MP4

from podwright.core.model import Chapter
from podwright.media.audio import AudioTags, Id3Version, build_tagged, exceeds_ffmpeg, load_facts
from podwright.media.audio.id3 import render_id3
from tests.media.audio.samples import FOLDER, body_bytes, sample, write
from tests.media.audio.test_id3 import TAGS, TEXT, VERSIONS, old_tag, read, render

SOURCE = "vbr-no-header.mp3"


def number(data: bytes, *, bits: int) -> int:
    return sum(byte << bits * place for place, byte in enumerate(reversed(data)))


def raw_frames(tag: bytes) -> Iterator[tuple[str, bytes]]:
    """The frames as they stand, read by hand: https://id3.org/id3v2.4.0-structure, https://id3.org/id3v2.3.0."""
    assert tag[:3] == b"ID3"
    assert tag[4:6] == b"\0\0"
    assert number(tag[6:10], bits=7) == len(tag) - 10
    at = 10
    while at < len(tag):
        size = number(tag[at + 4 : at + 8], bits=7 if tag[3] == 4 else 8)
        yield tag[at : at + 4].decode("ascii"), tag[at + 10 : at + 10 + size]
        at += 10 + size
    assert at == len(tag)


@pytest.mark.parametrize("version", VERSIONS)
def test_frames_fill_the_tag_without_padding(version: Id3Version) -> None:
    names = [name for name, _ in raw_frames(render(TAGS, version))]
    dates = ["TDRC", "TDRL"] if version == "2.4" else ["TDAT", "TIME", "TYER"]
    texts = ["COMM", "PCST", "TALB", "TCAT", "TCON", "TCOP", "TDES", "TGID", "TIT2", "TKWD", "TLAN", "TPE1", "TPE2"]
    texts += ["TPOS", "TRCK", "USLT", "WFED", "WOAF", *dates]
    assert sorted(names[: len(texts)]) == sorted(texts)
    assert names[len(texts) :] == ["CTOC", "CHAP", "CHAP", "CHAP", "CHAP", "APIC"]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_feeds_address_has_an_encoding_as_readers_expect_it(version: Id3Version) -> None:
    frames = dict(raw_frames(render(TAGS, version)))
    assert frames["WFED"] == b"\0https://example.org/feed.xml\0"
    assert frames["WOAF"] == b"https://example.org/episodes/l%C3%A4uft?a=1&b=%20\0"
    once = dict(raw_frames(render(replace(TAGS, feed_url_alone=True), version)))
    assert once == frames | {"WFED": b"https://example.org/feed.xml\0"}


LIMITS = [
    (Chapter(start=timedelta(0), title="x" * 125), False),
    (Chapter(start=timedelta(0), title="x" * 126), True),
    (Chapter(start=timedelta(0), title="章" * 41), False),
    (Chapter(start=timedelta(0), title="章" * 42), True),
    (Chapter(start=timedelta(0), title="t", url="https://example.org/" + "x" * 104), False),
    (Chapter(start=timedelta(0), title="t", url="https://example.org/" + "x" * 105), True),
    (Chapter(start=timedelta(0), title="t", people=("x" * 125,)), False),
    (Chapter(start=timedelta(0), title="t", people=("x" * 62, "y" * 63)), True),
]


@pytest.mark.parametrize(("chapter", "exceeds"), LIMITS)
def test_ffmpeg_drops_from_2_4_exactly_the_chapters_that_are_said_to_exceed_it(chapter: Chapter, exceeds: bool) -> None:
    assert exceeds_ffmpeg(chapter) == exceeds
    for version, found in (("2.4", not exceeds), ("2.3", True)):
        data = render(AudioTags(title="t", chapters=(chapter,)), version) + sample(SOURCE)
        with av.open(io.BytesIO(data)) as container:
            assert [c["metadata"].get("title") for c in container.chapters()] == ([chapter.title] if found else [])


@pytest.mark.parametrize("version", VERSIONS)
def test_300_chapters_with_titles_of_all_lengths_stand_in_order_of_time(version: Id3Version) -> None:
    chapters = tuple(
        Chapter(start=timedelta(seconds=n), title="x" * (n * 37 % 211 + 1), url=f"https://example.org/{n}")
        for n in range(300)
    )
    tag = render_id3(AudioTags(title="t", chapters=chapters), source=b"", duration=timedelta(hours=1), version=version)
    frames = list(raw_frames(tag))
    times = []
    for name, body in frames:
        if name == "CHAP":
            element, _, rest = body.partition(b"\0")
            times.append((element, number(rest[:4], bits=8), number(rest[4:8], bits=8)))
    ends = [*range(1_000, 300_000, 1_000), 3_600_000]
    assert times == [(b"chp%d" % n, n * 1_000, end) for n, end in enumerate(ends)]
    tables = [body.partition(b"\0") for name, body in frames if name == "CTOC"]
    top_level, ordered = 2, 1
    assert [(name, rest[0], rest[1]) for name, _, rest in tables] == [
        (b"toc", top_level | ordered, 2),
        (b"toc0", ordered, 255),
        (b"toc1", ordered, 45),
    ]
    found = read(tag)
    assert [found[f"CHAP:chp{n}"].sub_frames["WXXX:"].url for n in range(300)] == [c.url for c in chapters]


@pytest.mark.parametrize("version", VERSIONS)
def test_what_stays_of_the_sources_frames_is_unchanged(version: Id3Version) -> None:
    tag = read(render(AudioTags(title="new"), version, source=old_tag(3)))
    kept = ("TSSE", "TENC", "TSRC", "TXXX:REPLAYGAIN_TRACK_GAIN", "COMM:iTunSMPB:eng")
    assert set(tag) == {"TIT2", "PCST", *kept} | ({"RVA2:track"} if version == "2.4" else set())
    assert [tag[name].text for name in kept] == [
        ["Encoder 1"],
        ["Studio"],
        ["QZABC2600001"],
        ["-3.2 dB"],
        [" 00000000 00000210"],
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_publishing_what_was_published_gives_the_same_bytes(tmp_path: Path, version: Id3Version) -> None:
    data = old_tag(4) + sample(SOURCE)
    for _ in range(2):
        path = write(tmp_path, data)
        facts = load_facts(path)
        assert facts.frames_hash == load_facts(FOLDER / SOURCE).frames_hash
        first, data = (
            data,
            body_bytes(build_tagged(path, facts, tags=TAGS, id3_version=version, build_dir=tmp_path / "build").body),
        )
    assert data == first


def test_other_tags_give_other_bytes_before_the_same_audio(tmp_path: Path) -> None:
    facts = load_facts(FOLDER / SOURCE)
    one, other = (
        build_tagged(FOLDER / SOURCE, facts, tags=AudioTags(title=title), id3_version="2.4", build_dir=tmp_path)
        for title in ("one", "two")
    )
    first, second = body_bytes(one.body), body_bytes(other.body)
    assert first != second
    assert first[one.tag_length :] == second[other.tag_length :] == sample(SOURCE)


@settings(max_examples=50)
@given(artists=st.lists(TEXT, min_size=1, max_size=3), lyrics=TEXT)
def test_any_artists_and_lyrics_survive(artists: list[str], lyrics: str) -> None:
    tags = AudioTags(title="t", artists=tuple(artists), lyrics=lyrics, language="ar")
    tag, old = read(render(tags, "2.4")), read(render(tags, "2.3"))
    assert list(tag["TPE1"].text) == artists
    assert list(old["TPE1"].text) == ["/".join(artists)]
    assert tag["USLT::ara"].text == old["USLT::ara"].text == lyrics


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXT, min_size=4, max_size=4))
def test_any_text_survives_in_an_m4a(tmp_path: Path, texts: list[str]) -> None:
    title, artist, album, lyrics = texts
    source = FOLDER / "moov-first.m4a"
    tags = AudioTags(title=title, artists=(artist,), album=album, lyrics=lyrics)
    body = build_tagged(source, load_facts(source), tags=tags, id3_version="2.4", build_dir=tmp_path / "build").body
    atoms = MP4(io.BytesIO(body_bytes(body))).tags
    assert [atoms[name] for name in ("\xa9nam", "\xa9ART", "\xa9alb", "\xa9lyr")] == [[text] for text in texts]


def test_an_id3v1_tag_alone_gives_nothing_to_keep(tmp_path: Path) -> None:
    path = write(tmp_path, sample(SOURCE) + b"TAG" + b"old title".ljust(125, b"\0"))
    tagged = build_tagged(
        path, load_facts(path), tags=AudioTags(title="new"), id3_version="2.4", build_dir=tmp_path / "build"
    )
    data = body_bytes(tagged.body)
    assert b"old title" not in data
    assert sorted(id3.ID3(io.BytesIO(data), load_v1=False)) == ["PCST", "TIT2"]
