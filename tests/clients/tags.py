"""Which reader finds which tag of an MP3, in both versions of ID3: `python -m tests.clients.tags > docs/tags.md`.

Every cell is computed: a recording is tagged in full, the readers are run on it, and what each gives is compared with
what was written. A reader gives a value for each row that it has a place for.
"""

from __future__ import annotations

import contextlib
import functools
import io
import json
import logging
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import eyed3
import taglib
from mutagen import id3
from PIL import Image

from podwright.core.model import Chapter
from podwright.media.audio import AudioTags, Id3Version, build_tagged, load_facts
from tests.clients import HERE
from tests.clients.matrix import cell
from tests.media.audio.samples import FOLDER, body_bytes

VERSIONS: tuple[Id3Version, ...] = ("2.3", "2.4")
LONG = "A title as long as those that are made of whole sentences, " * 2 + "and longer than a hundred and twenty-five"
PICTURE = Path("/soil.jpg")

#: What is written, row by row.
SAID: dict[str, Any] = {
    "title (TIT2)": "Bohnen – für Anfänger",
    "artists (TPE1)": ["Mara Lind", "Jon Berg"],
    "album (TALB)": "Beds",
    "album artist (TPE2)": "Garden House",
    "genre (TCON)": "Podcast",
    "number (TRCK)": "7",
    "season (TPOS)": "3",
    "date (TDRC; TYER, TDAT, TIME)": "2026-03-02T09:30",
    "language (TLAN)": "deu",
    "copyright (TCOP)": "2026 Garden House",
    "comment (COMM)": "Short",
    "lyrics (USLT)": "Hello.\nGood bye.",
    "cover (APIC)": True,
    "page (WOAF)": "https://example.org/beds/",
    "podcast (PCST)": True,
    "feed (WFED)": "https://example.org/feed.xml",
    "guid (TGID)": "beds-7",
    "description (TDES)": "What beans want",
    "category (TCAT)": "Leisure",
    "keywords (TKWD)": "beans, soil",
    "chapters (CHAP)": ["Soil", "Water", LONG, "Picture"],
    "link of a chapter": "https://example.org/water",
    "picture of a chapter": True,
}
(TITLE, ARTISTS, ALBUM, ALBUM_ARTIST, GENRE, TRACK, DISC, DATE, LANGUAGE, COPYRIGHT, COMMENT, LYRICS, COVER, PAGE) = (
    *SAID,
)[:14]
(PODCAST, FEED, GUID, DESCRIPTION, CATEGORY, KEYWORDS, CHAPTERS, LINK, DRAWN) = (*SAID,)[14:]


def write(folder: Path, version: Id3Version) -> Path:
    """A recording that says all of it."""
    drawn = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(drawn, "JPEG")
    soil, water, long, picture = SAID[CHAPTERS]
    second = timedelta(seconds=1)
    tags = AudioTags(
        title=SAID[TITLE],
        artists=tuple(SAID[ARTISTS]),
        album=SAID[ALBUM],
        album_artist=SAID[ALBUM_ARTIST],
        genre=SAID[GENRE],
        date=datetime(2026, 3, 2, 9, 30, 15, tzinfo=UTC),
        track=7,
        disc=3,
        language="de",
        copyright=SAID[COPYRIGHT],
        description=SAID[DESCRIPTION],
        comment=SAID[COMMENT],
        feed_url=SAID[FEED],
        guid=SAID[GUID],
        category=SAID[CATEGORY],
        keywords=("beans", "soil"),
        lyrics=SAID[LYRICS],
        cover=drawn.getvalue(),
        cover_type="image/jpeg",
        url=SAID[PAGE],
        chapters=(
            Chapter(start=0 * second, title=soil),
            Chapter(start=1 * second, title=water, url=SAID[LINK]),
            Chapter(start=2 * second, title=long),
            Chapter(start=3 * second, title=picture, image=PICTURE),
        ),
        chapter_images={PICTURE: drawn.getvalue()},
    )
    source = FOLDER / "vbr-no-header.mp3"
    tagged = build_tagged(source, load_facts(source), tags=tags, id3_version=version, build_dir=folder)
    path = folder / f"{version}.mp3"
    path.write_bytes(body_bytes(tagged.body))
    return path


# Readers: what each gives, by row


def run(*command: str) -> str:
    """What a program prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=HERE).stdout


def read_taglib(path: Path) -> dict[str, Any]:
    with taglib.File(path) as file:
        tags = {name: values[0] if len(values) == 1 else values for name, values in file.tags.items()}
        return {
            TITLE: tags.get("TITLE"),
            ARTISTS: tags.get("ARTIST"),
            ALBUM: tags.get("ALBUM"),
            ALBUM_ARTIST: tags.get("ALBUMARTIST"),
            GENRE: tags.get("GENRE"),
            TRACK: tags.get("TRACKNUMBER"),
            DISC: tags.get("DISCNUMBER"),
            DATE: tags.get("DATE"),
            LANGUAGE: tags.get("LANGUAGE"),
            COPYRIGHT: tags.get("COPYRIGHT"),
            COMMENT: tags.get("COMMENT"),
            LYRICS: tags.get("LYRICS"),
            COVER: bool(file.pictures),
            PAGE: tags.get("FILEWEBPAGE"),
            PODCAST: "PODCAST" in tags,
            FEED: tags.get("PODCASTURL"),
            GUID: tags.get("PODCASTID"),
            DESCRIPTION: tags.get("PODCASTDESC"),
            CATEGORY: tags.get("PODCASTCATEGORY"),
            KEYWORDS: tags.get("PODCASTKEYWORDS"),
        }


def read_kid3(path: Path) -> dict[str, Any]:
    """Kid3's command line; of a chapter it gives the name of its element alone."""

    def get(frame: str) -> str:
        return run("kid3-cli", "-c", f'get "{frame}"', str(path)).rstrip("\n")

    return {
        TITLE: get("Title"),
        ARTISTS: get("Artist"),
        ALBUM: get("Album"),
        ALBUM_ARTIST: get("Album Artist"),
        GENRE: get("Genre"),
        TRACK: get("Track Number"),
        DISC: get("Disc Number"),
        DATE: get("Date"),
        LANGUAGE: get("Language"),
        COPYRIGHT: get("Copyright"),
        COMMENT: get("Comment"),
        LYRICS: get("Lyrics"),
        COVER: "Picture: Cover (front)" in run("kid3-cli", "-c", "get all", str(path)),
        PAGE: get("WWW Audio File"),
        FEED: get("Podcast Feed"),
        GUID: get("Podcast Identifier"),
        DESCRIPTION: get("Podcast Description"),
        CATEGORY: get("Podcast Category"),
        KEYWORDS: get("Podcast Keywords"),
    }


def read_eyed3(path: Path) -> dict[str, Any]:
    logging.getLogger("eyed3").setLevel(logging.CRITICAL)
    with contextlib.redirect_stderr(io.StringIO()):
        tag = eyed3.load(path).tag

    def text(name: bytes) -> Any:
        return next((getattr(frame, "text", None) or frame.url for frame in tag.frame_set[name] or ()), None)

    return {
        TITLE: tag.title,
        ARTISTS: tag.artist,
        ALBUM: tag.album,
        ALBUM_ARTIST: tag.album_artist,
        GENRE: tag.genre.name,
        TRACK: str(tag.track_num.count),
        DISC: str(tag.disc_num.count),
        DATE: str(tag.recording_date),
        LANGUAGE: text(b"TLAN"),
        COPYRIGHT: tag.copyright,
        COMMENT: tag.comments[0].text,
        LYRICS: tag.lyrics[0].text,
        COVER: len(tag.images) == 1,
        PAGE: tag.audio_file_url.rstrip("\0"),
        PODCAST: b"PCST" in tag.frame_set,
        FEED: text(b"WFED"),
        GUID: text(b"TGID"),
        DESCRIPTION: text(b"TDES"),
        CATEGORY: text(b"TCAT"),
        KEYWORDS: text(b"TKWD"),
        CHAPTERS: [chapter.title for chapter in tag.chapters],
        LINK: next((one.user_url.rstrip("\0") for one in tag.chapters if one.user_url), None),
        DRAWN: any(b"APIC" in one.sub_frames for one in tag.chapters),
    }


def read_music_metadata(path: Path) -> dict[str, Any]:
    read = _node(path)["music-metadata"]
    tags, chapters = read["common"], read.get("chapters") or []
    return {
        TITLE: tags.get("title"),
        ARTISTS: tags.get("artists"),
        ALBUM: tags.get("album"),
        ALBUM_ARTIST: tags.get("albumartist"),
        GENRE: "".join(tags.get("genre", [])),
        TRACK: str(tags["track"]["no"]),
        DISC: str(tags["disk"]["no"]),
        DATE: tags.get("date") or str(tags["year"]),
        LANGUAGE: tags.get("language"),
        COPYRIGHT: tags.get("copyright"),
        COMMENT: tags["comment"][0]["text"],
        LYRICS: tags["lyrics"][0]["text"],
        COVER: len(tags["picture"]) == 1,
        PODCAST: tags.get("podcast"),
        FEED: tags.get("podcasturl"),
        GUID: tags.get("podcastId"),
        DESCRIPTION: "".join(tags.get("description", [])),
        CATEGORY: "".join(tags.get("category", [])),
        KEYWORDS: "".join(tags.get("keywords", [])),
        CHAPTERS: [one["title"] for one in chapters if one.get("title")],
        LINK: next((one["url"]["url"] for one in chapters if "url" in one), None),
        DRAWN: any("image" in one for one in chapters),
    }


def read_node_id3(path: Path) -> dict[str, Any]:
    tags = _node(path)["node-id3"]
    chapters = [one["tags"] for one in tags.get("chapter", [])]
    day, hour = tags.get("date"), tags.get("time")
    of_2_3 = f"{tags.get('year')}-{day[2:]}-{day[:2]}T{hour[:2]}:{hour[2:]}" if day and hour else None
    return {
        TITLE: tags.get("title"),
        ARTISTS: tags.get("artist"),
        ALBUM: tags.get("album"),
        ALBUM_ARTIST: tags.get("performerInfo"),
        GENRE: tags.get("genre"),
        TRACK: tags.get("trackNumber"),
        DISC: tags.get("partOfSet"),
        DATE: tags.get("recordingTime") or of_2_3,
        LANGUAGE: tags.get("language"),
        COPYRIGHT: tags.get("copyright"),
        COMMENT: tags["comment"]["text"],
        LYRICS: tags["unsynchronisedLyrics"]["text"],
        COVER: "image" in tags,
        PAGE: tags.get("fileUrl"),
        CHAPTERS: [one["title"] for one in chapters if one.get("title")],
        LINK: next((one["userDefinedUrl"][0]["url"] for one in chapters if "userDefinedUrl" in one), None),
        DRAWN: any("image" in one for one in chapters),
    }


@functools.cache
def _node(path: Path) -> Any:
    """What both readers on npm give."""
    return json.loads(run("node", "tags.mjs", str(path)))


def read_exiftool(path: Path) -> dict[str, Any]:
    (tags,) = json.loads(run("exiftool", "-j", "-ID3:all", str(path)))
    date = str(tags.get("RecordingTime") or tags.get("Year"))
    if "Date" in tags:
        # Of 2.3: day and month, then hours and minutes.
        day, hour = f"{tags['Date']:0>4}", f"{tags['Time']:0>4}".replace(":", "")
        date = f"{date}-{day[2:]}-{day[:2]}T{hour[:2]}:{hour[2:4]}"
    return {
        TITLE: tags.get("Title"),
        ARTISTS: tags.get("Artist"),
        ALBUM: tags.get("Album"),
        ALBUM_ARTIST: tags.get("Band"),
        GENRE: tags.get("Genre"),
        TRACK: str(tags.get("Track")),
        DISC: str(tags.get("PartOfSet")),
        DATE: date.replace(":", "-", 2) if date[4:5] == ":" else date,
        LANGUAGE: tags.get("Language"),
        COPYRIGHT: tags.get("Copyright"),
        COMMENT: tags.get("Comment-deu"),
        LYRICS: tags.get("Lyrics-deu"),
        COVER: "Picture" in tags,
        PAGE: tags.get("FileURL"),
        FEED: tags.get("PodcastURL"),
        GUID: tags.get("PodcastID"),
        DESCRIPTION: tags.get("PodcastDescription"),
        CATEGORY: tags.get("PodcastCategory"),
        KEYWORDS: tags.get("PodcastKeywords"),
    }


def read_ffprobe(path: Path) -> dict[str, Any]:
    shown = json.loads(
        run("ffprobe", "-v", "error", "-show_format", "-show_streams", "-show_chapters", "-of", "json", str(path))
    )
    tags = shown["format"]["tags"]
    return {
        TITLE: tags.get("title"),
        ARTISTS: tags.get("artist"),
        ALBUM: tags.get("album"),
        ALBUM_ARTIST: tags.get("album_artist"),
        GENRE: tags.get("genre"),
        TRACK: tags.get("track"),
        DISC: tags.get("disc"),
        DATE: tags.get("date"),
        LANGUAGE: tags.get("language"),
        COPYRIGHT: tags.get("copyright"),
        COMMENT: tags.get("comment"),
        LYRICS: tags.get("lyrics-deu"),
        COVER: any(stream["disposition"]["attached_pic"] for stream in shown["streams"]),
        GUID: tags.get("TGID"),
        DESCRIPTION: tags.get("TDES"),
        CATEGORY: tags.get("TCAT"),
        KEYWORDS: tags.get("TKWD"),
        CHAPTERS: [chapter["tags"]["title"] for chapter in shown["chapters"]],
    }


def read_mutagen(path: Path) -> dict[str, Any]:
    tag = id3.ID3(path)
    contents = tag.getall("CTOC")[0].child_element_ids
    chapters = [tag[f"CHAP:{name}"].sub_frames for name in contents]
    return {
        TITLE: str(tag["TIT2"]),
        ARTISTS: list(tag["TPE1"].text),
        ALBUM: str(tag["TALB"]),
        ALBUM_ARTIST: str(tag["TPE2"]),
        GENRE: str(tag["TCON"]),
        TRACK: str(tag["TRCK"]),
        DISC: str(tag["TPOS"]),
        DATE: str(tag["TDRC"]),
        LANGUAGE: str(tag["TLAN"]),
        COPYRIGHT: str(tag["TCOP"]),
        COMMENT: str(tag["COMM::deu"]),
        LYRICS: str(tag["USLT::deu"]),
        COVER: "APIC:" in tag,
        PAGE: tag["WOAF"].url,
        PODCAST: "PCST" in tag,
        FEED: tag["WFED"].url,
        GUID: str(tag["TGID"]),
        DESCRIPTION: str(tag["TDES"]),
        CATEGORY: str(tag["TCAT"]),
        KEYWORDS: str(tag["TKWD"]),
        CHAPTERS: [str(parts["TIT2"]) for parts in chapters],
        LINK: next((parts["WXXX:"].url for parts in chapters if "WXXX:" in parts), None),
        DRAWN: any("APIC:" in parts for parts in chapters),
    }


READERS: Mapping[str, Callable[[Path], dict[str, Any]]] = {
    "TagLib": read_taglib,
    "Kid3": read_kid3,
    "eyeD3": read_eyed3,
    "music-metadata": read_music_metadata,
    "node-id3": read_node_id3,
    "ExifTool": read_exiftool,
    "ffprobe": read_ffprobe,
    "mutagen": read_mutagen,
}


# The table


def judged(row: str, read: Any) -> str:
    """One cell of one version."""
    said = SAID[row]
    if row == DATE and isinstance(read, str):
        read = read.replace(" ", "T")[: len(said)]
        if said != read and said.startswith(read):
            return "reads in part"
    if row == ARTISTS and isinstance(read, list) and len(read) == 1:
        (read,) = read
    if isinstance(said, list) and isinstance(read, str):
        if all(one in read for one in said):
            return "as one text"
        read = [read]
    return cell(said, None if read is False else read)


def both(cells: tuple[str, str]) -> str:
    """One cell of the table: what both versions have in common, or each."""
    return (
        cells[0] if cells[0] == cells[1] else "; ".join(f"{v}: {one}" for v, one in zip(VERSIONS, cells, strict=True))
    )


Table = dict[str, dict[str, tuple[str, str]]]


def table() -> Table:
    """By row and reader a cell for each version."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [write(Path(folder), version) for version in VERSIONS]
        found = {name: [read(path) for path in paths] for name, read in READERS.items()}
    return {
        row: {name: (judged(row, reads[0].get(row)), judged(row, reads[1].get(row))) for name, reads in found.items()}
        for row in SAID
    }


INTRODUCTION = """\
A recording that says everything, tagged in ID3 2.3 and in 2.4 and read by what players and editors are built on.
`python -m tests.clients.tags` runs the readers and makes this page; CI holds it to what they say. Where a cell has one
value, it is that of both versions."""

NOTES = """\
“reads”: the reader gives what was written. “reads n of m”, “reads in part”: it gives fewer, or less of it. “as one
text”: several values come joined. “reads another”: it gives something else. “–”: it gives nothing, or has no place for
it.

What follows from it ([the decision](decisions/id3-version.md)):

- From 2.4, FFmpeg loses a chapter with more than 127 bytes in a frame, and node-id3 what is in it; from 2.3, none.
- From 2.4, ffprobe gives the first artist alone; from 2.3, all of them with slashes between.
- Of the three frames that 2.3 has for a date, eyeD3 and music-metadata give the year.
- WFED has an encoding, as iTunes wrote it. ExifTool and mutagen take it for any other address, and show none."""


def render(found: Table) -> str:
    """The whole document."""
    return "\n".join(["# What readers make of audio tags", "", INTRODUCTION, "", *_lines(found), "", NOTES]) + "\n"


def _lines(found: Table) -> Iterator[str]:
    yield f"| tag | {' | '.join(READERS)} |"
    yield f"| --- |{' --- |' * len(READERS)}"
    for row, cells in found.items():
        yield f"| {row} | {' | '.join(both(one) for one in cells.values())} |"


if __name__ == "__main__":
    sys.stdout.write(render(table()))
