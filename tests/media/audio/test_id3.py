"""Rendered ID3 tags, read back by mutagen and by PyAV."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen import id3

from podwright.core.errors import AudioError
from podwright.core.model import Chapter
from podwright.media.audio import AudioTags, Id3Version, build_tagged, load_facts
from podwright.media.audio.id3 import render_id3
from podwright.media.audio.languages import iso_639_2
from tests.media.audio.samples import MP3S, body_bytes, decoded_samples, demuxed, sample, write

VERSIONS: tuple[Id3Version, ...] = ("2.4", "2.3")
SECOND = timedelta(seconds=1)
DRAWING, PHOTO = Path("/e/drawing.png"), Path("/e/photo.heic")
JPEG = b"\xff\xd8\xff\xe0"
CHAPTERS = (
    Chapter(start=0 * SECOND, title="A long title, longer than those that follow it"),
    Chapter(start=1 * SECOND, title="Ü", url="https://example.org/ü"),
    Chapter(start=2 * SECOND, title="Break", end=2.5 * SECOND),
    Chapter(start=3 * SECOND, title="Good bye"),
)
TAGS = AudioTags(
    title="Statins after 75 – läuft",
    artists=("Ada Example", "Ben Example"),
    album="Quick Take",
    album_artist="Example Medical Society",
    genre="Podcast",
    date=datetime(2026, 3, 2, 9, 0, tzinfo=timezone(-5 * timedelta(hours=1))),
    track=7,
    disc=3,
    language="de-CH",
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
    chapters=CHAPTERS,
    url="https://example.org/episodes/läuft?a=1&b=%20",
)
COMMON = {
    "TIT2": TAGS.title,
    "TALB": "Quick Take",
    "TPE2": "Example Medical Society",
    "TCON": "Podcast",
    "TRCK": "7",
    "TPOS": "3",
    "TLAN": "deu",
    "TCOP": "© 2026 Example",
    "COMM::deu": "A comment",
    "USLT::deu": "Hello.\nGood bye.",
    "TGID": "6f6f1d3c",
    "TDES": "What a new trial adds",
    "TCAT": "Health & Fitness",
    "TKWD": "statins, older adults",
    "WOAF": "https://example.org/episodes/l%C3%A4uft?a=1&b=%20",
}
DATES = {
    "2.4": {"TPE1": "Ada Example\0Ben Example", "TDRC": "2026-03-02 14:00:00", "TDRL": "2026-03-02 14:00:00"},
    "2.3": {"TPE1": "Ada Example/Ben Example", "TYER": "2026", "TDAT": "0203", "TIME": "1400"},
}


def read(tag: bytes) -> Any:
    return id3.ID3(io.BytesIO(tag), translate=False)


def text(frame: Any) -> str:
    if isinstance(frame, id3.UrlFrame):
        return str(frame.url)
    return str(frame.text if isinstance(frame.text, str) else "\0".join(map(str, frame.text)))


def render(tags: AudioTags, version: Id3Version = "2.4", source: bytes = b"") -> bytes:
    return render_id3(tags, source=source, duration=timedelta(milliseconds=4571), version=version)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_frame_reads_back(version: Id3Version) -> None:
    tag = read(render(TAGS, version))
    assert tag.version == (2, int(version[-1]), 0)
    pictures = tag.getall("APIC")
    assert [(p.mime, p.type, p.data) for p in pictures] == [("image/jpeg", id3.PictureType.COVER_FRONT, TAGS.cover)]
    assert tag["PCST"].value == 0
    others = {k: text(f) for k, f in tag.items() if k[:4] not in ("APIC", "PCST", "CHAP", "CTOC", "WFED")}
    assert others == COMMON | DATES[version]


@pytest.mark.parametrize("version", VERSIONS)
def test_chapters_stand_in_order_of_time_below_one_ordered_table(version: Id3Version) -> None:
    data = render(TAGS, version)
    tag = read(data)
    (contents,) = tag.getall("CTOC")
    assert contents.flags == id3.CTOCFlags.TOP_LEVEL | id3.CTOCFlags.ORDERED
    chapters = [tag[f"CHAP:{name}"] for name in contents.child_element_ids]
    places = [data.rindex(name.encode() + b"\0") for name in contents.child_element_ids]
    assert places == sorted(places)
    assert [(c.start_time, c.end_time) for c in chapters] == [(0, 1000), (1000, 2000), (2000, 2500), (3000, 4571)]
    assert [str(c.sub_frames["TIT2"]) for c in chapters] == [c.title for c in CHAPTERS]
    assert [c.sub_frames["WXXX:"].url if "WXXX:" in c.sub_frames else None for c in chapters] == [
        None,
        "https://example.org/%C3%BC",
        None,
        None,
    ]


@pytest.mark.parametrize(("count", "tables"), [(1, 1), (255, 1), (256, 3), (600, 4)])
def test_more_chapters_than_a_table_counts_go_into_tables_of_their_own(count: int, tables: int) -> None:
    chapters = tuple(Chapter(start=n * timedelta(milliseconds=5), title=f"Chapter {n}") for n in range(count))
    tag = read(render(AudioTags(title="t", chapters=chapters)))
    found = {frame.element_id: frame for frame in tag.getall("CTOC")}
    assert len(found) == tables
    assert [f.element_id for f in found.values() if f.flags & id3.CTOCFlags.TOP_LEVEL] == ["toc"]
    leaves = [
        leaf
        for name in found["toc"].child_element_ids
        for leaf in (found[name].child_element_ids if name in found else [name])
    ]
    assert [str(tag[f"CHAP:{leaf}"].sub_frames["TIT2"]) for leaf in leaves] == [c.title for c in chapters]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_chapter_has_its_people_address_and_picture(version: Id3Version) -> None:
    chapter = Chapter(start=0 * SECOND, title="One", url="https://example.org/", people=("Ada", "Ben"), image=DRAWING)
    plain = Chapter(start=1 * SECOND, title="Two", image=PHOTO)
    images = {DRAWING: JPEG + bytes(500)}
    tag = read(render(AudioTags(title="t", chapters=(chapter, plain), chapter_images=images), version))
    parts = tag["CHAP:chp0"].sub_frames
    assert set(parts) == {"TIT2", "TPE1", "WXXX:", "APIC:"}
    assert text(parts["TPE1"]) == ("Ada\0Ben" if version == "2.4" else "Ada/Ben")
    assert parts["WXXX:"].url == "https://example.org/"
    picture = parts["APIC:"]
    assert (picture.mime, picture.type, picture.data) == (
        "image/jpeg",
        id3.PictureType.COVER_FRONT,
        images[DRAWING],
    )
    assert set(tag["CHAP:chp1"].sub_frames) == {"TIT2"}
    assert tag.getall("APIC") == []


@pytest.mark.parametrize("version", VERSIONS)
def test_the_address_of_a_chapter_comes_behind_an_empty_description_of_one_byte(version: Id3Version) -> None:
    chapter = Chapter(start=0 * SECOND, title="One", url="https://example.org/")
    data = render(AudioTags(title="t", chapters=(chapter,)), version)
    assert b"WXXX" + bytes((0, 0, 0, 23, 0, 0)) + b"\0\0https://example.org/\0" in data


@pytest.mark.parametrize("version", VERSIONS)
def test_a_hidden_chapter_is_in_no_table(version: Id3Version) -> None:
    chapters = tuple(Chapter(start=n * SECOND, title=str(n), hidden=n in (0, 2)) for n in range(4))
    tag = read(render(AudioTags(title="t", chapters=chapters), version))
    (contents,) = tag.getall("CTOC")
    assert [str(tag[f"CHAP:{name}"].sub_frames["TIT2"]) for name in contents.child_element_ids] == ["1", "3"]
    assert [(str(c.sub_frames["TIT2"]), c.start_time, c.end_time) for c in tag.getall("CHAP")] == [
        ("0", 0, 1000),
        ("1", 1000, 2000),
        ("2", 2000, 3000),
        ("3", 3000, 4571),
    ]


def test_hidden_chapters_alone_have_no_table() -> None:
    tag = read(render(AudioTags(title="t", chapters=(Chapter(start=0 * SECOND, title="One", hidden=True),))))
    assert sorted(tag) == ["CHAP:chp0", "PCST", "TIT2"]


def test_hidden_chapters_do_not_fill_a_table() -> None:
    chapters = tuple(Chapter(start=n * SECOND / 1000, title=str(n), hidden=n % 2 == 1) for n in range(510))
    assert len(read(render(AudioTags(title="t", chapters=chapters))).getall("CTOC")) == 1


def test_a_chapter_that_would_end_before_it_starts_ends_with_the_next() -> None:
    chapters = (
        Chapter(start=1 * SECOND, title="One", end=1 * SECOND),
        Chapter(start=2 * SECOND, title="Two", end=1 * SECOND),
    )
    tag = read(render(AudioTags(title="t", chapters=chapters)))
    assert [(c.start_time, c.end_time) for c in tag.getall("CHAP")] == [(1000, 2000), (2000, 4571)]


def drawn(sizes: list[int], **fields: Any) -> AudioTags:
    """Chapters with pictures of so many bytes, one each."""
    images = {Path(f"/{index}.png"): b"\xff" * size for index, size in enumerate(sizes)}
    chapters = (Chapter(start=index * SECOND, title=str(index), image=path) for index, path in enumerate(images))
    return AudioTags(title="t", chapters=tuple(chapters), chapter_images=images, **fields)


def pictured(tag: bytes) -> list[int]:
    """Which chapters have their picture."""
    return [int(c.element_id[3:]) for c in read(tag).getall("CHAP") if "APIC:" in c.sub_frames]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("lyrics", [None, "word " * 100_000])
@pytest.mark.parametrize(
    ("cover", "sizes", "kept"),
    [
        (50_000, [100_000, 100_000, 100_000, 10_000], [0, 1, 3]),
        (50_000, [300_000, 100_000], [1]),
        (299_000, [2_000, 500], [1]),
        (400_000, [5], []),
    ],
)
def test_beside_its_lyrics_a_tag_takes_the_pictures_that_fit(
    cover: int, sizes: list[int], kept: list[int], lyrics: str | None, version: Id3Version
) -> None:
    data = render(drawn(sizes, cover=b"\xff" * cover, cover_type="image/jpeg", lyrics=lyrics), version)
    assert pictured(data) == kept
    assert len(read(data).getall("APIC")[0].data) == cover


@settings(max_examples=20)
@given(version=st.sampled_from(VERSIONS), sizes=st.lists(st.integers(1, 150_000), max_size=6))
def test_a_tag_with_pictures_has_no_more_than_300_kilobytes(version: Id3Version, sizes: list[int]) -> None:
    data = render(drawn(sizes), version)
    assert len(data) <= 300_000
    assert data == render(drawn(sizes), version)
    left_out = [size for index, size in enumerate(sizes) if index not in pictured(data)]
    assert all(len(data) + size > 300_000 - 100 for size in left_out)


def test_a_tag_holds_nothing_but_what_is_known() -> None:
    assert sorted(read(render(AudioTags(title="Only a title")))) == ["PCST", "TIT2"]


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en", "eng"),
        ("pt-BR", "por"),
        ("EN-us", "eng"),
        ("de", "deu"),
        ("yue-HK", "yue"),
        ("x-a", "XXX"),
        (None, "XXX"),
    ],
)
def test_languages_have_three_letters(tag: str | None, code: str) -> None:
    assert iso_639_2(tag) == code


def old_tag(version: int) -> bytes:
    tag = id3.ID3()
    for frame in (
        id3.TIT2(encoding=3, text=["old"]),
        id3.TSSE(encoding=3, text=["Encoder 1"]),
        id3.TENC(encoding=3, text=["Studio"]),
        id3.TSRC(encoding=3, text=["QZABC2600001"]),
        id3.TXXX(encoding=3, desc="REPLAYGAIN_TRACK_GAIN", text=["-3.2 dB"]),
        id3.TXXX(encoding=3, desc="purchased by", text=["old"]),
        id3.COMM(encoding=0, lang="eng", desc="iTunSMPB", text=[" 00000000 00000210"]),
        id3.COMM(encoding=0, lang="eng", desc="", text=["old"]),
        id3.TLEN(encoding=0, text=["12"]),
        id3.PRIV(owner="old", data=b"old"),
        id3.UFID(owner="old", data=b"old"),
        id3.GEOB(encoding=0, mime="a/b", filename="", desc="old", data=b"old"),
        id3.APIC(encoding=0, mime="image/png", type=3, desc="old", data=b"old"),
        id3.RVA2(desc="track", channel=1, gain=-3.5, peak=0.5),
    ):
        tag.add(frame)
    out = io.BytesIO()
    tag.save(out, v2_version=version, padding=lambda _: 1000)
    return out.getvalue()


@pytest.mark.parametrize("version", VERSIONS)
def test_of_the_sources_own_frames_only_facts_of_the_recording_stay(tmp_path: Path, version: Id3Version) -> None:
    path = write(tmp_path, old_tag(4) + sample("vbr-no-header.mp3"))
    tagged = build_tagged(
        path, load_facts(path), tags=AudioTags(title="new"), id3_version=version, build_dir=tmp_path / "build"
    )
    tag = read(body_bytes(tagged.body))
    kept = {"TSSE", "TENC", "TSRC", "TXXX:REPLAYGAIN_TRACK_GAIN", "COMM:iTunSMPB:eng"}
    assert set(tag) == {"TIT2", "PCST"} | kept | ({"RVA2:track"} if version == "2.4" else set())
    assert str(tag["TIT2"]) == "new"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", [row[0] for row in MP3S])
def test_a_tagged_recording_plays_as_its_source_does(tmp_path: Path, name: str, version: Id3Version) -> None:
    source = write(tmp_path, sample(name))
    facts = load_facts(source)
    build = tmp_path / "build"
    first, second = (build_tagged(source, facts, tags=TAGS, id3_version=version, build_dir=build) for _ in range(2))
    data = body_bytes(first.body)
    assert first == second
    assert source.read_bytes() == sample(name)
    assert not build.exists()
    assert data[first.tag_length :] == sample(name)[facts.offset : facts.offset + facts.length]
    assert demuxed(data) == facts.duration
    assert decoded_samples(data) == decoded_samples(sample(name))
    published = load_facts(write(tmp_path, data, name="published.mp3"))
    assert (published.offset, published.frames_hash) == (first.tag_length, facts.frames_hash)


def test_a_decoders_view_of_the_tag(tmp_path: Path) -> None:
    with av.open(io.BytesIO(render(TAGS) + sample("cbr-64k.mp3"))) as container:
        assert container.metadata["title"] == TAGS.title
        assert container.metadata["artist"].startswith("Ada Example")
        assert [(c["start"], c["end"], c["metadata"]["title"]) for c in container.chapters()][:2] == [
            (0, 1000, CHAPTERS[0].title),
            (1000, 2000, CHAPTERS[1].title),
        ]


@pytest.mark.parametrize("version", VERSIONS)
def test_chapters_with_pictures_of_any_size_come_in_order(version: Id3Version) -> None:
    data = render(drawn([20_000, 10, 5_000, 30_000, 1]), version)
    assert [c.element_id for c in read(data).getall("CHAP")] == [f"chp{n}" for n in range(5)]
    assert pictured(data) == [0, 1, 2, 3, 4]


def test_a_decoder_reads_chapters_with_pictures_in_order() -> None:
    data = render(drawn([20_000, 10, 5_000]), "2.3")
    with av.open(io.BytesIO(data + sample("cbr-64k.mp3"))) as container:
        assert [c["metadata"]["title"] for c in container.chapters()] == ["0", "1", "2"]


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)


@settings(max_examples=60)
@given(version=st.sampled_from(VERSIONS), texts=st.lists(TEXT, min_size=6, max_size=6), url=TEXT)
def test_any_text_survives(version: Id3Version, texts: list[str], url: str) -> None:
    title, album, description, comment, lyrics, chapter = texts
    tags = AudioTags(
        title=title,
        album=album,
        description=description,
        comment=comment,
        lyrics=lyrics,
        language="en",
        url=url,
        chapters=(Chapter(start=timedelta(0), title=chapter),),
    )
    tag = read(render(tags, version))
    names = ("TIT2", "TALB", "TDES", "COMM::eng", "USLT::eng")
    assert [text(tag[name]) for name in names] == [title, album, description, comment, lyrics]
    assert str(tag["CHAP:chp0"].sub_frames["TIT2"]) == chapter


@st.composite
def chapter_tags(draw: st.DrawFn) -> AudioTags:
    images = {DRAWING: JPEG + draw(st.binary(max_size=300)), PHOTO: JPEG + draw(st.binary(max_size=20_000))}
    chapters = tuple(
        Chapter(
            start=timedelta(milliseconds=start),
            title=draw(TEXT),
            url=draw(st.none() | st.from_regex(r"https://[a-z]{1,9}\.org/[a-z0-9]{0,200}", fullmatch=True)),
            image=draw(st.none() | st.sampled_from(sorted(images))),
            hidden=draw(st.booleans()),
            people=tuple(draw(st.lists(TEXT, max_size=3))),
        )
        for start in sorted(draw(st.sets(st.integers(0, 4570), min_size=1, max_size=6)))
    )
    return AudioTags(title="t", chapters=chapters, chapter_images=images)


@settings(max_examples=60)
@given(version=st.sampled_from(VERSIONS), tags=chapter_tags())
def test_any_chapters_read_back(version: Id3Version, tags: AudioTags) -> None:
    tag = read(render(tags, version))
    listed = {name for contents in tag.getall("CTOC") for name in contents.child_element_ids}
    found = tag.getall("CHAP")
    assert [c.element_id not in listed for c in found] == [c.hidden for c in tags.chapters]
    for frame, chapter in zip(found, tags.chapters, strict=True):
        parts = frame.sub_frames
        assert timedelta(milliseconds=frame.start_time) == chapter.start
        assert str(parts["TIT2"]) == chapter.title
        people = ("/" if version == "2.3" else "\0").join(chapter.people)
        assert (text(parts["TPE1"]) if "TPE1" in parts else "") == people
        assert (parts["WXXX:"].url if "WXXX:" in parts else None) == chapter.url
        picture = tags.chapter_images[chapter.image] if chapter.image else None
        assert (parts["APIC:"].data if "APIC:" in parts else None) == picture


def test_text_that_cannot_be_encoded_is_refused() -> None:
    with pytest.raises(AudioError, match=r"^its tag cannot be written .*; change or shorten its texts$"):
        render(AudioTags(title="\ud800"))


def test_the_date_of_a_tag_is_in_utc() -> None:
    moment = datetime(2026, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=2)))
    assert text(read(render(AudioTags(title="t", date=moment)))["TDRL"]) == "2025-12-31 22:30:00"
    assert render(AudioTags(title="t", date=moment)) == render(AudioTags(title="t", date=moment.astimezone(UTC)))
