"""Files that lie where podwright reads others, and have nearly the name of one: what to call each.

What programs and systems leave behind is junk, and passed over. All else that is not read is nobody's business.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from podwright.workspace.languages import spoken_language

#: Left by systems, archives and file shares, in lower case.
_JUNK = frozenset(
    {
        "__macosx",
        "thumbs.db",
        "ehthumbs.db",
        "desktop.ini",
        "icon\r",
        "@eadir",
        "#recycle",
        "$recycle.bin",
        "system volume information",
        "lost+found",
    }
)
#: Kept by people and programs beside what they changed.
BACKUPS = (".bak", ".orig", ".old", ".tmp")
#: A name that a system or a file share gave to a second file of one name.
_COPY = re.compile(r"\([0-9]+\)|\bcopy\b|\bkopie\b|\bcopie\b|\bcopia\b|conflict|konflikt| [0-9]$", re.IGNORECASE)

#: Endings of transcripts that are read, the best first, and of others; only the first two are of nothing else.
_TRANSCRIPTS = (".vtt", ".srt", ".json", ".txt", ".md", ".html")
_CAPTIONS = (".vtt", ".srt")
_OTHER_CAPTIONS = (".sbv", ".ttml", ".dfxp", ".ass", ".ssa", ".lrc", ".scc", ".stl")
_TRANSCRIPT_STEMS = ("transcript", "transcription", "captions", "subtitles")
_CHAPTERS = re.compile(
    r"(?:.*[ ._-])?chapters?(?:[ ._-].*)?\.(?:json|txt|xml|csv|psc|md|ya?ml)|labels?(?:[ ._-].*)?\.txt|.*\.cue"
    r"|markers?(?:[ ._-].*)?\.(?:csv|txt)"
)
#: What browsers and clients call a file that they have not whole yet.
_UNFINISHED = (".part", ".partial", ".crdownload", ".download", ".opdownload", ".!ut", ".aria2")
#: What people have in place of a recording, by the ending of its name, and what to do about it.
_IN_PLACE_OF_AUDIO = {
    **dict.fromkeys(
        (".mov", ".m4v", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".wmv", ".flv", ".3gp"),
        "is a video, which is not published; export its audio as MP3 or M4A",
    ),
    **dict.fromkeys((".zip", ".rar", ".7z", ".gz"), "is an archive; unpack it, and put the recording in its place"),
    **dict.fromkeys(
        (".lnk", ".url", ".webloc", ".desktop", ".m3u", ".m3u8", ".pls", ".torrent"),
        "leads to something else; put the recording itself in its place",
    ),
}
_PICTURES = (
    ".jpg",
    ".jpeg",
    ".jpe",
    ".jfif",
    ".png",
    ".webp",
    ".gif",
    ".heic",
    ".heif",
    ".avif",
    ".tif",
    ".tiff",
    ".bmp",
)
_ARTWORK_STEMS = re.compile(
    r"artwork\b.*|cover(?:[ _-]?art)?|album[ _-]?art|folder|thumb(?:nail)?|poster|episode|image|picture|front"
)
_TEXTS = (".md", ".markdown", ".mdx", ".txt")


@functools.lru_cache(maxsize=1024)
def is_junk(name: str) -> bool:
    """Return whether a name is that of a hidden file, an editor's backup, or what a system left."""
    return name[0] == "." or name[-1] == "~" or name.startswith("~$") or name.lower() in _JUNK


def placeholders(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield what iCloud leaves of files that lie in the cloud alone, `.NAME.icloud`, each with what to do."""
    for name in sorted(names):
        if name[0] == "." and name.endswith(".icloud"):
            yield (
                name,
                f"stands for {name[1:].removesuffix('.icloud')}, which is in iCloud alone; download it in Finder",
            )


def is_copy(name: str) -> bool:
    """Return whether a name looks like one that was given to a second file."""
    return _COPY.search(name) is not None


def unread_of_episode(
    names: Iterable[str], *, kinds: Collection[str], audio: Collection[str] = ()
) -> Iterator[tuple[str, str]]:
    """Yield files of an episode's folder that are not read and look as if they were, each with what to do.

    kinds: those of the files that are read; audio: the names of recordings.
    """
    stems = {name.rpartition(".")[0].lower() for name in audio}
    transcripts: list[str] = []
    for name in sorted(names):
        stem, dot, ending = name.lower().rpartition(".")
        suffix = dot + ending
        if suffix in BACKUPS:
            continue
        if suffix in _UNFINISHED:
            yield name, "is a download that has not ended; let it end, or download the file again"
        elif suffix in _IN_PLACE_OF_AUDIO and "audio" not in kinds:
            yield name, _IN_PLACE_OF_AUDIO[suffix]
        elif suffix in _TEXTS and (stem == "episode" or stem.startswith(("episode.", "episode "))):
            yield name, "is not read beside episode.md; keep what is newer in episode.md, and delete this one"
        elif _CHAPTERS.fullmatch(name.lower()):
            yield name, "is not read; write its chapters into episode.md, below `chapters:`"
        elif suffix in _PICTURES and _ARTWORK_STEMS.fullmatch(stem):
            yield from _unread_picture(name, stem, suffix, kinds=kinds)
        elif _is_transcript(stem, suffix, stems=stems):
            transcripts.append(name)
    yield from _unread_transcripts(transcripts, kinds=kinds)


def _unread_picture(name: str, stem: str, suffix: str, *, kinds: Collection[str]) -> Iterator[tuple[str, str]]:
    if "artwork" not in kinds:
        yield name, f"is not taken for the episode's artwork; {_as_artwork(suffix)}"
    elif stem.startswith("artwork"):
        yield name, "is not read beside the episode's artwork; delete the older one of the two"


def _unread_transcripts(names: Sequence[str], *, kinds: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield copies of a transcript; where there is none, all that may be one in one row, the best of them first."""
    if "transcript" in kinds:
        for name in (name for name in names if name.lower().startswith("transcript")):
            yield name, f"is not read beside the transcript; {_beside_transcript(name)}"
    elif names:
        best = min(names, key=lambda name: (_rank(name), name))
        others = [name for name in names if name != best]
        beside = f", nor {'is' if len(others) == 1 else 'are'} {', '.join(others)}" if others else ""
        yield best, f"is not read as a transcript{beside}; {_as_transcript(best)}"


def _beside_transcript(name: str) -> str:
    """Return what to do with a file: one that a language follows, as in transcript-de.vtt, is a translation."""
    stem, _, ending = name.rpartition(".")
    found = re.fullmatch(r"transcript[-_ ]([a-z]{2,3}(?:[-_][a-z0-9]+)*)", stem, re.IGNORECASE)
    language = found and spoken_language(found[1])
    if language and f".{ending.lower()}" in _TRANSCRIPTS:
        return f"rename it to transcript.{language}.{ending.lower()}, or delete it"
    return "delete the older one of the two"


def _is_transcript(stem: str, suffix: str, *, stems: Collection[str]) -> bool:
    # `transcript.de.vtt` and the like are names that transcripts may have.
    if stem.startswith("transcript."):
        return False
    if suffix in (*_CAPTIONS, *_OTHER_CAPTIONS):
        return True
    return suffix in (*_TRANSCRIPTS, ".tsv", ".docx") and (stem in stems or stem.startswith(_TRANSCRIPT_STEMS))


def _rank(name: str) -> int:
    ending = name.lower().rpartition(".")[2]
    return _TRANSCRIPTS.index(f".{ending}") if f".{ending}" in _TRANSCRIPTS else len(_TRANSCRIPTS)


def _as_transcript(name: str) -> str:
    ending = f".{name.lower().rpartition('.')[2]}"
    return (
        f"rename it to transcript{ending}" if ending in _TRANSCRIPTS else "save it as transcript.vtt or transcript.srt"
    )


def _as_artwork(suffix: str) -> str:
    right = {".jpg": ".jpg", ".jpeg": ".jpg", ".jpe": ".jpg", ".jfif": ".jpg", ".png": ".png"}.get(suffix)
    return f"rename it to artwork{right}" if right else "save it as artwork.jpg or artwork.png"


def meant_for_episode(names: Collection[str]) -> str | None:
    """Return the file that is likely meant for the episode.md of a folder without one."""
    near = sorted(name for name in names if re.fullmatch(r"(?i)episode\b.*\.(?:md|markdown|mdx|txt)", name))
    marked = [name for name in names if name.lower().endswith(_TEXTS[:3]) and "transcript" not in name.lower()]
    return near[0] if near else marked[0] if len(marked) == 1 else None


def unread_settings(names: Iterable[str], wanted: str) -> Iterator[tuple[str, str]]:
    """Yield files that are likely meant for the one of a name, like season.toml, or copies of it."""
    names, stem = list(names), wanted.rpartition(".")[0]
    for name in sorted(names):
        near = re.fullmatch(rf"{stem}(?:[ ._(-].*)?\.(?:toml|toml\.txt|txt|tml)", name.lower())
        if near and name != wanted and wanted in names:
            yield name, f"is not read beside {wanted}; keep what is newer in {wanted}, and delete this one"
        elif near and name != wanted:
            yield name, f"is not read; rename it to {wanted}"
