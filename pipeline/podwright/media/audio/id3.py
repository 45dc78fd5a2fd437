"""ID3 tags rendered in memory by mutagen, without padding, which would make the bytes depend on history.

mutagen sorts the frames of a tag by length; chapters must come in the order of time, because that is how most readers
list them. So frames are rendered in groups, and the groups joined behind one header.

The frames inside a chapter have sizes in the form of the tag's own version, as mutagen, AntennaPod and ExoPlayer read
them. FFmpeg takes those of 2.4 for the form of 2.3 (read_chapter in libavformat/id3v2.c), which is the same below 128
bytes, and drops a chapter with a larger frame: any picture, or a title or address of some 125 bytes. Players that use
FFmpeg know such chapters from tags of 2.3 only (https://github.com/taglib/taglib/issues/1053), which is the default.

Frames: https://id3.org/id3v2.4.0-frames, https://id3.org/id3v2.3.0, chapters: https://id3.org/id3v2-chapters-1.0. PCST,
TGID, WFED, TDES, TCAT and TKWD are Apple's podcast frames. By its letter WFED is a frame for an address, which has no
encoding; iTunes wrote it with one, as a text, and so do readers read it
(https://github.com/taglib/taglib/blob/master/taglib/mpeg/id3v2/id3v2framefactory.cpp).
"""

from __future__ import annotations

import io
import string
import struct
from collections.abc import Iterable, Iterator
from datetime import UTC, timedelta
from typing import Any
from urllib.parse import quote

from mutagen import MutagenError, id3

from podwright.core.errors import AudioError
from podwright.core.model import Chapter
from podwright.media.audio.id3_source import cut_tag
from podwright.media.audio.languages import UNKNOWN, iso_639_2
from podwright.media.audio.types import AudioTags, Id3Version

#: What mutagen raises at a malformed file: its own errors, and those of the primitives it reads with.
MALFORMED = (MutagenError, ArithmeticError, LookupError, RecursionError, ValueError, struct.error)

#: What stays of the source's own frames, as beginnings of mutagen's names in lower case: encoder, who encoded, ISRC,
#: ReplayGain and gapless values, and a loudness frame that 2.3 has not.
KEPT = ("tsse", "tenc", "tsrc", "txxx:replaygain_", "comm:itunsmpb:")
KEPT_2_4 = (*KEPT, "rva2:")

#: A table of contents counts its children in one byte; more of them go into tables of their own.
_MOST_CHILDREN = 255
#: Bytes of a whole tag without its lyrics beyond which chapters go without pictures: players load it before the audio.
_MOST_BYTES = 300_000
_CHAPTER_PICTURE = "image/jpeg"
_HEADER = 10
#: Bytes of a frame up to which its size has the same form in both versions.
_MOST_READ = 127
#: mutagen knows frames by the names of their classes.
_FEED_URL = type("WFED", (id3.TextFrame,), {})
_LATIN1 = id3.Encoding.LATIN1
_UTF8 = id3.Encoding.UTF8


def render_id3(tags: AudioTags, *, source: bytes, duration: timedelta, version: Id3Version) -> bytes:
    """Return a whole tag. source begins with the source file's own tag, if it has one; duration ends the last chapter.

    Without its lyrics it has at most 300 KB, if its texts and cover have: chapters get their pictures in order of time,
    and each that would no longer fit is left out.

    Raises AudioError where the texts are too large for a tag, or no Unicode.
    """
    texts = (
        *_text_frames(tags),
        *_date_frames(tags, version),
        *_podcast_frames(tags),
        *_comment_frames(tags),
        *_lyrics_frames(tags),
        *_kept_frames(source, version),
    )
    try:
        text, cover = _render(texts, version), _render(_picture_frames(tags), version)
        room = _MOST_BYTES - _HEADER - len(text) - len(cover) + len(_render(_lyrics_frames(tags), version))
        frames = b"".join((text, *_rendered_chapters(tags, duration, version=version, room=room), cover))
        size = bytes(id3.BitPaddedInt.to_str(len(frames), width=4))
    except MALFORMED as error:
        raise AudioError(f"its tag cannot be written ({error}); change or shorten its texts") from error
    return b"ID3" + bytes((3 if version == "2.3" else 4, 0, 0)) + size + frames


def _render(frames: Iterable[Any], version: Id3Version) -> bytes:
    """Return frames without a tag header. 2.3 joins artists with a slash (https://id3.org/id3v2.3.0 section 4.2.1)."""
    tag = id3.ID3()
    for frame in frames:
        tag.add(frame)
    out = io.BytesIO()
    tag.save(out, v1=0, v2_version=3 if version == "2.3" else 4, v23_sep="/", padding=lambda _: 0)
    return out.getvalue()[_HEADER:]


def _text_frames(tags: AudioTags) -> Iterator[Any]:
    language = iso_639_2(tags.language)
    texts = {
        "TIT2": tags.title,
        "TALB": tags.album,
        "TPE2": tags.album_artist,
        "TCON": tags.genre,
        "TRCK": None if tags.track is None else str(tags.track),
        "TPOS": None if tags.disc is None else str(tags.disc),
        "TLAN": None if language == UNKNOWN else language,
        "TCOP": tags.copyright,
    }
    yield from _texts(texts)
    if tags.artists:
        yield id3.TPE1(encoding=_UTF8, text=list(tags.artists))
    if tags.url:
        yield id3.WOAF(url=_ascii(tags.url))


def _date_frames(tags: AudioTags, version: Id3Version) -> Iterator[Any]:
    """Return the publication in UTC (https://id3.org/id3v2.4.0-structure section 4); 2.3 has three frames for it."""
    if tags.date is None:
        return iter(())
    date = tags.date.astimezone(UTC)
    if version == "2.3":
        return _texts({"TYER": f"{date:%Y}", "TDAT": f"{date:%d%m}", "TIME": f"{date:%H%M}"})
    moment = f"{date:%Y-%m-%dT%H:%M:%S}"
    return _texts({"TDRC": moment, "TDRL": moment})


def _podcast_frames(tags: AudioTags) -> Iterator[Any]:
    """Yield Apple's frames. PCST is a flag by its presence; its four bytes are zero in what iTunes writes."""
    yield id3.PCST(value=0)
    texts = {
        "TGID": tags.guid,
        "TDES": tags.description,
        "TCAT": tags.category,
        "TKWD": ", ".join(tags.keywords),
    }
    yield from _texts(texts)
    if tags.feed_url:
        url = _ascii(tags.feed_url)
        yield id3.WFED(url=url) if tags.feed_url_alone else _FEED_URL(encoding=_LATIN1, text=[url])


def _texts(texts: dict[str, str | None]) -> Iterator[Any]:
    return (id3.Frames[name](encoding=_UTF8, text=[text]) for name, text in texts.items() if text)


def _ascii(url: str) -> str:
    """Return the same address in ASCII, by percent-encoding; frames for addresses hold Latin-1."""
    return quote(url, safe=string.punctuation)


def _comment_frames(tags: AudioTags) -> Iterator[Any]:
    if tags.comment:
        yield id3.COMM(encoding=_UTF8, lang=iso_639_2(tags.language), desc="", text=[tags.comment])


def _lyrics_frames(tags: AudioTags) -> Iterator[Any]:
    if tags.lyrics:
        yield id3.USLT(encoding=_UTF8, lang=iso_639_2(tags.language), desc="", text=tags.lyrics)


def _picture_frames(tags: AudioTags) -> Iterator[Any]:
    if tags.cover and tags.cover_type:
        yield _picture(tags.cover, tags.cover_type)


def _picture(data: bytes, mime: str) -> Any:
    return id3.APIC(encoding=_LATIN1, mime=mime, type=id3.PictureType.COVER_FRONT, desc="", data=data)


def _kept_frames(source: bytes, version: Id3Version) -> list[Any]:
    """Return what is kept of the source's tag; of a malformed tag nothing, since only how it was encoded is lost."""
    kept = KEPT_2_4 if version == "2.4" else KEPT
    try:
        tag = id3.ID3(io.BytesIO(cut_tag(source, {name[:4].upper() for name in kept})), load_v1=False)
    except MALFORMED:
        return []
    return [frame for name, frame in sorted(tag.items()) if name.lower().startswith(kept)]


def _rendered_chapters(tags: AudioTags, duration: timedelta, *, version: Id3Version, room: int) -> Iterator[bytes]:
    """Yield tables of contents and chapters, with as many of their pictures as the room, in bytes, allows."""
    names = [f"chp{index}" for index in range(len(tags.chapters))]
    listed = [name for name, chapter in zip(names, tags.chapters, strict=True) if not chapter.hidden]
    contents = [_render([frame], version) for frame in _contents_frames(listed)]
    frames = [*map(_chapter, names, tags.chapters, _ends(tags.chapters, duration))]
    bare = [_render([frame], version) for frame in frames]
    room -= sum(map(len, (*contents, *bare)))
    yield from contents
    for chapter, frame, data in zip(tags.chapters, frames, bare, strict=True):
        picture = tags.chapter_images.get(chapter.image) if chapter.image else None
        drawn = _render([_drawn(frame, picture)], version) if picture else data
        if len(drawn) - len(data) > room:
            drawn = data
        room -= len(drawn) - len(data)
        yield drawn


def _contents_frames(names: list[str]) -> Iterator[Any]:
    """Yield one ordered table, or one of tables where a byte cannot count its entries; none where it would have none.

    A chapter that no table names is hidden (https://id3.org/id3v2-chapters-1.0 section 3.2).
    """
    parts = [names[at : at + _MOST_CHILDREN] for at in range(0, len(names), _MOST_CHILDREN)]
    if len(parts) > 1:
        yield _contents("toc", [f"toc{index}" for index in range(len(parts))], id3.CTOCFlags.TOP_LEVEL)
        for index, part in enumerate(parts):
            yield _contents(f"toc{index}", part, id3.CTOCFlags(0))
    elif parts:
        yield _contents("toc", names, id3.CTOCFlags.TOP_LEVEL)


def _contents(name: str, children: list[str], flags: Any) -> Any:
    return id3.CTOC(element_id=name, flags=flags | id3.CTOCFlags.ORDERED, child_element_ids=children, sub_frames=[])


def _ends(chapters: tuple[Chapter, ...], duration: timedelta) -> Iterator[timedelta]:
    """Yield where each chapter ends: its own end, if that is after its start, or the next one's start."""
    followers = (*(chapter.start for chapter in chapters[1:]), duration)
    for chapter, follower in zip(chapters, followers, strict=False):
        yield chapter.end if chapter.end and chapter.end > chapter.start else follower


def _chapter(name: str, chapter: Chapter, end: timedelta) -> Any:
    parts = [id3.TIT2(encoding=_UTF8, text=[chapter.title])]
    if chapter.people:
        parts.append(id3.TPE1(encoding=_UTF8, text=list(chapter.people)))
    if chapter.url:
        # In UTF-8, AntennaPod (ID3Reader.java) takes the address for a part of the empty description before it.
        parts.append(id3.WXXX(encoding=_LATIN1, desc="", url=_ascii(chapter.url)))
    millisecond = timedelta(milliseconds=1)
    return id3.CHAP(
        element_id=name, start_time=chapter.start // millisecond, end_time=end // millisecond, sub_frames=parts
    )


def exceeds_ffmpeg(chapter: Chapter) -> bool:
    """Return whether FFmpeg drops a chapter from a tag of 2.4."""
    frames = _chapter("", chapter, chapter.start).sub_frames.values()
    return chapter.image is not None or any(len(_render([frame], "2.4")) > _HEADER + _MOST_READ for frame in frames)


def _drawn(chapter: Any, picture: bytes) -> Any:
    return id3.CHAP(
        element_id=chapter.element_id,
        start_time=chapter.start_time,
        end_time=chapter.end_time,
        sub_frames=[*chapter.sub_frames.values(), _picture(picture, _CHAPTER_PICTURE)],
    )
