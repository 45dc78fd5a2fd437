"""The texts and pictures beside an episode: chapters, transcripts, artwork, each fetched and looked at."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from podwright.core.errors import FormatError
from podwright.core.http import UnreachableError
from podwright.core.showing import shown
from podwright.media.pictures import load_chapter_picture, load_further_picture, load_image_warnings
from podwright.media.transcripts import LIMITS, SUFFIXES, read_transcript
from podwright.workspace.documents import load_bytes
from podwright.workspace.importing.fetching import Fetcher, RefusedError, download_path
from podwright.workspace.importing.tag_fields import offset
from podwright.workspace.importing.types import Remote

#: In bytes.
MOST_CHAPTERS, MOST_PICTURE = 4 << 20, 64 << 20

_TRANSCRIPT_TYPES = {
    "text/vtt": ".vtt",
    "application/srt": ".srt",
    "application/x-subrip": ".srt",
    "text/srt": ".srt",
    "application/json": ".json",
    "text/html": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
}
#: The format that keeps the most comes first.
_BEST = (".vtt", ".json", ".srt", ".html", ".md", ".txt")
_MAGIC = {b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png", b"GIF8": ".gif"}


@dataclass(slots=True)
class SideFiles:
    """The files beside an episode.md by their names, fields that follow from some, and what was not there."""

    files: dict[str, bytes] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    #: Whether the old host gave all that was asked for, or said that it never will.
    complete: bool = True

    def miss(self, remark: str, error: Exception) -> None:
        """Note what was not to be had."""
        self.remarks.append(f"{remark}: {error}")
        self.complete &= not isinstance(error, UnreachableError) or isinstance(error, RefusedError)


@dataclass(frozen=True, slots=True, kw_only=True)
class SideFetcher:
    """A way to side files."""

    root: Path
    fetcher: Fetcher
    #: Pictures are left where they are.
    texts_only: bool = False

    def load(self, url: str, *, most: int) -> bytes:
        """Return what is at an address. Raises UnreachableError, FormatError."""
        path = download_path(self.root, url)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self.fetcher.fetch(url, path, most=most)
            return load_bytes(path, limit=most)
        finally:
            path.unlink(missing_ok=True)

    def load_picture(self, url: str, check: Callable[[Path], object]) -> bytes:
        """Return a picture that a check accepts. Raises UnreachableError, FormatError."""
        data = self.load(url, most=MOST_PICTURE)
        path = download_path(self.root, url).with_suffix(picture_suffix(data))
        try:
            path.write_bytes(data)
            check(path)
        finally:
            path.unlink(missing_ok=True)
        return data


def take_chapters(remote: Remote, side_fetcher: SideFetcher, side: SideFiles) -> None:
    """Put the chapters of a file into the fields, and their pictures beside."""
    try:
        document = json.loads(side_fetcher.load(remote.url, most=MOST_CHAPTERS))
        chapters = [_chapter(one) for one in document["chapters"]]
    except (UnreachableError, FormatError) as error:
        side.miss("its chapters are not there", error)
        return
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        side.remarks.append(f"{remote.url}: is no file of chapters; those of the feed stay")
        return
    side.fields["chapters"] = chapters
    if document.get("waypoints") is True:
        side.fields["waypoints"] = True
    if not side_fetcher.texts_only:
        for number, chapter in enumerate(chapters, start=1):
            if image := chapter.get("image"):
                chapter["image"] = _chapter_picture(image, f"chapter-{number:02}", side_fetcher, side) or image


def _chapter(data: dict[str, Any]) -> dict[str, Any]:
    """Return a chapter of JSON chapters 1.2 as the workspace writes it."""
    place = data.get("location") or {}
    fields = {
        "start": offset(str(data["startTime"])),
        "title": str(data.get("title") or "").strip(),
        "end": offset(str(data["endTime"])) if data.get("endTime") is not None else None,
        "url": data.get("url"),
        "image": data.get("img"),
        "hidden": True if data.get("toc") is False else None,
        "location": {name: place[name] for name in ("name", "geo", "osm") if place.get(name)},
    }
    return {name: value for name, value in fields.items() if value}


def _chapter_picture(url: str, stem: str, side_fetcher: SideFetcher, side: SideFiles) -> str | None:
    try:
        data = side_fetcher.load_picture(url, load_chapter_picture)
    except (UnreachableError, FormatError) as error:
        side.miss(f"the picture {shown(url)} of a chapter stays where it is", error)
        return None
    name = stem + picture_suffix(data)
    side.files[name] = data
    return name


def take_images(
    images: Sequence[dict[str, Any]], side_fetcher: SideFetcher, side: SideFiles, *, stem: str = "picture"
) -> None:
    """Put further pictures beside, each by its field; those that are not to be had stay where they are."""
    taken: list[dict[str, Any]] = []
    for number, image in enumerate(images, start=1):
        try:
            data = side_fetcher.load_picture(image["url"], load_further_picture)
        except (UnreachableError, FormatError, KeyError) as error:
            side.miss(f"the picture {shown(image.get('url', ''))} stays where it is", error)
            taken.append(image)
            continue
        name = f"{stem}-{number:02}{picture_suffix(data)}"
        side.files[name] = data
        # Size and type are measured.
        taken.append({"file": name, **{key: image[key] for key in ("alt", "purpose") if key in image}})
    if taken:
        side.fields["images"] = taken


def picture_suffix(data: bytes) -> str:
    """Return the ending of a picture's name."""
    if data[8:12] == b"WEBP":
        return ".webp"
    return next((suffix for start, suffix in _MAGIC.items() if data.startswith(start)), ".jpg")


def take_artwork(url: str, side_fetcher: SideFetcher, side: SideFiles, *, stem: str) -> None:
    """Put artwork beside, where it is acceptable as such."""
    try:
        data = side_fetcher.load_picture(url, load_image_warnings)
    except (UnreachableError, FormatError) as error:
        side.miss(f"its artwork {shown(url)} is not taken", error)
        return
    side.files[stem + picture_suffix(data)] = data


def take_transcripts(remotes: Sequence[Remote], side_fetcher: SideFetcher, side: SideFiles, *, language: str) -> None:
    """Put one transcript for each language beside: of several formats the one that keeps the most."""
    by_language: dict[str, list[tuple[str, Remote]]] = {}
    for remote in remotes:
        if suffix := _transcript_suffix(remote):
            by_language.setdefault((remote.language or language).lower(), []).append((suffix, remote))
        else:
            side.remarks.append(f"its transcript {shown(remote.url)} is of no known format")
    # One of the episode's own language may be marked with less, or more, of its tag.
    primary = language.lower().partition("-")[0]
    own = language.lower() if language.lower() in by_language else None
    own = own or next((tag for tag in by_language if tag.partition("-")[0] == primary), None)
    if own and own != language.lower():
        side.fields["language"] = by_language[own][0][1].language
    for tag, several in by_language.items():
        for suffix, remote in sorted(several, key=lambda pair: _BEST.index(pair[0])):
            if data := _transcript(remote, suffix, side_fetcher, side):
                infix = "" if tag == own else f".{remote.language}"
                side.files[f"transcript{infix}{suffix}"] = data
                break


def _transcript(remote: Remote, suffix: str, side_fetcher: SideFetcher, side: SideFiles) -> bytes | None:
    try:
        data = side_fetcher.load(remote.url, most=LIMITS[suffix])
        read_transcript(data, suffix=suffix)
    except (UnreachableError, FormatError) as error:
        side.miss(f"its transcript {shown(remote.url)} is not taken", error)
        return None
    return data


def _transcript_suffix(remote: Remote) -> str | None:
    kind = (remote.media_type or "").partition(";")[0].strip().lower()
    return _TRANSCRIPT_TYPES.get(kind) or next(_suffixes(remote.url, SUFFIXES), None)


_AUDIO_TYPES = {
    "audio/mpeg": ".mp3",
    "audio/mp3": ".mp3",
    "audio/x-mp3": ".mp3",
    "audio/mpeg3": ".mp3",
    "audio/mp4": ".m4a",
    "audio/x-m4a": ".m4a",
    "audio/m4a": ".m4a",
    "audio/aac": ".m4a",
    "video/mp4": ".mp4",
    "video/x-m4v": ".mp4",
}


def audio_name(remote: Remote) -> str:
    """Return the name of a recording's file."""
    known = (".mp3", ".m4a", ".m4b", ".mp4", ".wav", ".flac", ".ogg", ".opus", ".aac")
    kind = (remote.media_type or "").partition(";")[0].strip().lower()
    return f"audio{next(_suffixes(remote.url, known), None) or _AUDIO_TYPES.get(kind, '.mp3')}"


def not_audio(path: Path) -> str | None:
    """Return why what was fetched is no recording; None where it may be one. Whether it is sound is for `check`."""
    with path.open("rb") as file:
        head = file.read(512).lstrip().lower()
    if not head:
        return "is empty; look for it at the old host"
    if head.startswith((b"<!doctype", b"<html", b"<?xml", b"{")):
        return "is a page and no recording; look for it at the old host"
    return None


def _suffixes(url: str, known: Sequence[str]) -> Iterator[str]:
    """Yield the ending of an address' path, where it is a known one."""
    try:
        suffix = PurePosixPath(urlsplit(url).path).suffix.lower()
    except ValueError:
        return
    if suffix in known:
        yield suffix
