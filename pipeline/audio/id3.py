"""ID3 tags rendered in memory, by mutagen; the same tags always give the same bytes.

What a source's own tag says is dropped, but for facts of the recording (KEPT): encoder, ISRC, ReplayGain. Private
frames, old comments, pictures, ratings and play counts are somebody's, not the recording's; a stored length is often
wrong.

Frames: https://id3.org/id3v2.4.0-frames; chapters: https://id3.org/id3v2-chapters-1.0; podcast frames are Apple's.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from mutagen import MutagenError, id3

from pipeline.audio.languages import iso639_2
from pipeline.audio.types import AudioTags
from pipeline.errors import AudioError
from pipeline.model import Chapter

Id3Version = Literal["2.3", "2.4"]

#: Frames of the source that stay: encoder, encoded by, ISRC, volume adjustment, and ReplayGain.
KEPT = ("TSSE", "TENC", "TSRC", "RVA2")
KEPT_TEXT = "replaygain_"
#: A table of contents counts its children in one byte; chapters beyond are left out, and the JSON chapters have them.
MOST_CHAPTERS = 255


def render_id3(tags: AudioTags, *, source: Path, duration: timedelta, version: Id3Version) -> bytes:
    """A whole tag without padding. duration ends the last chapter.

    Raises AudioError where the source's tag cannot be read or the new one cannot be written.
    """
    frames = [*_plain_frames(tags), *_podcast_frames(tags), *_long_frames(tags), *_kept_frames(source)]
    chapters = tags.chapters[:MOST_CHAPTERS]
    try:
        return _render([*frames, *_chapter_frames(chapters, duration=duration, version=version)], version=version)
    except (MutagenError, ValueError, OverflowError) as error:
        raise AudioError(f"its tag cannot be written ({error}); shorten its texts") from error


def _render(frames: Iterable[Any], *, version: Id3Version) -> bytes:
    tag = id3.ID3()
    for frame in frames:
        tag.add(frame)
    if version == "2.3":
        tag.update_to_v23()
    out = io.BytesIO()
    # Several artists are one text in 2.3; a slash would cut names like AC/DC.
    tag.save(out, v1=0, v2_version=3 if version == "2.3" else 4, v23_sep="; ", padding=_no_padding)
    return out.getvalue()


def _no_padding(info: object) -> int:
    """Room for later edits would make the bytes depend on earlier ones."""
    del info
    return 0


def _plain_frames(tags: AudioTags) -> Iterator[Any]:
    texts = {
        "TIT2": tags.title,
        "TALB": tags.album,
        "TPE2": tags.album_artist,
        "TCON": tags.genre,
        "TDRC": tags.date and tags.date.strftime("%Y-%m-%d"),
        "TDRL": tags.date and tags.date.strftime("%Y-%m-%dT%H:%M:%S"),
        "TRCK": tags.track and str(tags.track),
        "TPOS": tags.disc and str(tags.disc),
        "TLAN": tags.language and iso639_2(tags.language),
        "TCOP": tags.copyright,
    }
    for name, text in texts.items():
        if text:
            yield getattr(id3, name)(encoding=id3.Encoding.UTF8, text=[text])
    if tags.artists:
        yield id3.TPE1(encoding=id3.Encoding.UTF8, text=list(tags.artists))
    if tags.url:
        yield id3.WOAF(url=tags.url)


def _podcast_frames(tags: AudioTags) -> Iterator[Any]:
    """The frames by which players tell a podcast from music, and find its feed."""
    yield id3.PCST(value=1)
    if tags.feed_url:
        yield id3.WFED(url=tags.feed_url)
    texts = {
        "TGID": tags.guid,
        "TDES": tags.description,
        "TCAT": tags.category,
        "TKWD": ", ".join(tags.keywords),
    }
    for name, text in texts.items():
        if text:
            yield getattr(id3, name)(encoding=id3.Encoding.UTF8, text=[text])


def _long_frames(tags: AudioTags) -> Iterator[Any]:
    language = iso639_2(tags.language) if tags.language else "und"
    if tags.comment:
        yield id3.COMM(encoding=id3.Encoding.UTF8, lang=language, desc="", text=[tags.comment])
    if tags.lyrics:
        yield id3.USLT(encoding=id3.Encoding.UTF8, lang=language, desc="", text=tags.lyrics)
    if tags.cover and tags.cover_type:
        yield id3.APIC(
            encoding=id3.Encoding.LATIN1,
            mime=tags.cover_type,
            type=id3.PictureType.COVER_FRONT,
            desc="",
            data=tags.cover,
        )


def _kept_frames(source: Path) -> Iterator[Any]:
    try:
        tag = id3.ID3(source, load_v1=False)
    except id3.ID3NoHeaderError:
        return
    except MutagenError as error:
        raise AudioError(f"its old tag cannot be read ({error}); remove it, or export the audio again") from error
    for name in KEPT:
        yield from tag.getall(name)
    for frame in tag.getall("TXXX"):
        if frame.desc.lower().startswith(KEPT_TEXT):
            yield frame


def _chapter_frames(chapters: tuple[Chapter, ...], *, duration: timedelta, version: Id3Version) -> Iterator[Any]:
    """CHAP frames and the top-level, ordered CTOC that names them.

    mutagen writes frames in the order of their length, which most readers take for the order of the chapters; element
    ids padded to one common frame length leave the ids themselves to decide.
    """
    if not chapters:
        return
    ends = [chapter.start for chapter in chapters[1:]] + [duration]
    rows = list(zip(chapters, ends, strict=True))
    lengths = [len(_render([_chapter(*row, name=f"ch{n:03}")], version=version)) for n, row in enumerate(rows)]
    names = [f"ch{n:03}" + "_" * (max(lengths) - length) for n, length in enumerate(lengths)]
    for (chapter, end), name in zip(rows, names, strict=True):
        yield _chapter(chapter, end, name=name)
    flags = id3.CTOCFlags.TOP_LEVEL | id3.CTOCFlags.ORDERED
    yield id3.CTOC(element_id="toc", flags=flags, child_element_ids=names, sub_frames=[])


def _chapter(chapter: Chapter, end: timedelta, *, name: str) -> Any:
    parts: list[Any] = [id3.TIT2(encoding=id3.Encoding.UTF8, text=[chapter.title])]
    if chapter.url:
        parts.append(id3.WXXX(encoding=id3.Encoding.UTF8, desc="", url=chapter.url))
    return id3.CHAP(
        element_id=name,
        start_time=_milliseconds(chapter.start),
        end_time=_milliseconds(chapter.end or end),
        sub_frames=parts,
    )


def _milliseconds(moment: timedelta) -> int:
    return moment // timedelta(milliseconds=1)
