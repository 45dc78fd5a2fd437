"""The files of a workspace, settings and episodes, found without opening episodes.

Runs before anything is known to have changed, so it uses the standard library only and makes small objects.
"""

from __future__ import annotations

import contextlib
import functools
import operator
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from podwright.core.errors import FormatError, WorkspaceError, value_or_raise
from podwright.core.finding import Finding
from podwright.core.model import Show
from podwright.core.names import AUDIO
from podwright.workspace.documents import EPISODE_LIMIT, TOML_LIMIT, load_bytes, load_toml
from podwright.workspace.near_misses import (
    BACKUPS,
    is_copy,
    is_junk,
    meant_for_episode,
    placeholders,
    unread_of_episode,
    unread_settings,
)
from podwright.workspace.values import RULE, is_slug, spelled_slug

#: Those of audio that is published, and of what people mean for it: of the first a folder has one.
_MEANT = frozenset({*AUDIO, ".mp4", ".wav", ".flac", ".ogg", ".opus", ".aac"})
AUDIO_SUFFIXES = _MEANT | {
    *(
        ".m4b",
        ".m4r",
        ".m4p",
        ".aif",
        ".aiff",
        ".aifc",
        ".wma",
        ".mp1",
        ".mp2",
        ".mpga",
        ".oga",
        ".spx",
        ".mka",
        ".weba",
    ),
    *(".caf", ".amr", ".ac3", ".eac3", ".au", ".w64", ".wv", ".ape", ".tta"),
}
_IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".gif")

#: The folder of the producer's own templates and files for the web pages.
THEME = "theme"
#: Below the workspace: caches and builds, and those of previews; nothing in it is ever needed.
WORK_DIR = ".podwright"
_WORK_DIRS = (WORK_DIR, f"{WORK_DIR}/preview")
#: The one hidden folder that links may lead into (https://git-annex.branchable.com/internals/).
_ANNEX = ".git/annex/objects/"

FileKind = Literal["episode", "audio", "teaser", "transcript", "translation", "artwork", "picture"]

_BY_NAME = operator.attrgetter("name")


class SourceFile(NamedTuple):
    """A file: path relative to the workspace with forward slashes, size in bytes, stamp in ns.

    The stamp is the later of the times of the last change to content and to inode: a file put back with an old
    modification time still gets a new stamp. A NamedTuple, as a run makes tens of thousands of them.
    """

    path: str
    size: int
    stamp: int


class EpisodeFolder(NamedTuple):
    """A folder with an episode.md. folder is relative to the workspace; season is a slug, or None outside a season.

    files are those that podwright reads, by path: episode.md, audio, teaser, transcripts, artwork and other pictures.
    """

    folder: str
    slug: str
    season: str | None
    files: tuple[SourceFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """The files of a workspace."""

    root: Path
    #: podwright.toml, the feeds, the seasons, the theme, and the images that they name.
    settings: tuple[SourceFile, ...]
    #: Sorted by folder.
    episodes: tuple[EpisodeFolder, ...]
    #: Those of names, links and the number of files.
    problems: tuple[Finding, ...]


def scan_workspace(root: Path) -> Scan:
    """List a workspace. Raises WorkspaceError where `root` has no podwright.toml of its own, or links among caches."""
    check_work(root)
    walk = _Walk(os.path.realpath(root))
    top = {entry.name: entry for entry in walk.entries("")}
    settings = walk.files([top["podwright.toml"]], "") if "podwright.toml" in top else ()
    if not settings:
        raise WorkspaceError(walk.problems)
    walk.note_unread("", (*unread_settings(top, "podwright.toml"), *_misspelt(top)))
    if "feeds" in top and walk.is_folder(top["feeds"], "feeds"):
        entries = walk.entries("feeds")
        feeds = [entry for entry in entries if entry.name.endswith(".toml")]
        walk.note_unread("feeds/", _unread_feeds(entry.name for entry in entries))
        settings += walk.files(filter(walk.is_named_well, feeds), "feeds/")
    episodes: list[EpisodeFolder] = []
    if "episodes" in top and walk.is_folder(top["episodes"], "episodes"):
        entries = walk.entries("episodes")
        walk.note_unread(
            "episodes/", _loose(entry.name for entry in entries if not entry.is_dir(follow_symlinks=False))
        )
        for entry in entries:
            seasons, found = walk.branch(entry)
            settings += seasons
            episodes += found
    episodes.sort()
    walk.problems += _same_slugs(episodes)
    settings += walk.images(settings)
    if THEME in top and walk.is_folder(top[THEME], THEME):
        settings += walk.theme(THEME)
    return Scan(root=Path(walk.root), settings=tuple(settings), episodes=tuple(episodes), problems=tuple(walk.problems))


def check_work(root: Path) -> None:
    """Raise WorkspaceError where caches and builds may not be written.

    That is where there is no workspace, and where there are links: through one we would write somewhere else.
    """
    if not os.path.lexists(root / "podwright.toml"):
        names: list[str] = []
        with contextlib.suppress(OSError):
            names = [path.name for path in root.iterdir()]
        near = next((name for name, _ in unread_settings(names, "podwright.toml")), None)
        advice = f"rename {_shown(near)} to podwright.toml" if near else "run `podwright init` to start one"
        message = f"{root} has no podwright.toml; go to the podcast's folder, or {advice}"
        raise WorkspaceError([Finding("", message)])
    refuse_links_in_work(root)


def refuse_links_in_work(root: Path) -> None:
    """Raise WorkspaceError where caches and builds would be written through a link."""
    problems = tuple(_links_in_work(os.path.realpath(root)))
    if problems:
        raise WorkspaceError(problems)


def _links_in_work(root: str) -> Iterator[Finding]:
    for folder in _WORK_DIRS:
        links = [folder] if Path(root, folder).is_symlink() else []
        with contextlib.suppress(OSError), os.scandir(f"{root}/{folder}") as entries:
            links += [f"{folder}/{entry.name}" for entry in entries if not _is_own(entry)]
        for path in links:
            yield Finding(_shown(path), "is a link, or no file or folder; delete it, nothing there is ever needed")
        if links:
            return


def _is_own(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry is a file or a folder itself, and not by a link."""
    return entry.is_file(follow_symlinks=False) or entry.is_dir(follow_symlinks=False)


def _same_slugs(episodes: Iterable[EpisodeFolder]) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for episode in episodes:
        other = first.setdefault(episode.slug, episode.folder)
        if other != episode.folder:
            message = f"is named like {other}, and an episode's name is its address; rename one of the two folders"
            yield Finding(episode.folder, message)


class _Walk:
    """A walk through a workspace that never leaves it; collects problems on its way."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.problems: list[Finding] = []

    def entries(self, folder: str) -> list[os.DirEntry[str]]:
        """Return a folder's entries by name, without hidden files, editors' backups and what systems left."""
        try:
            with os.scandir(f"{self.root}/{folder}") as listing:
                listed = list(listing)
        except OSError as error:
            self.problems.append(_unreadable(folder, error))
            return []
        entries = [e for e in listed if not is_junk(e.name)]
        if len(entries) < len(listed):
            self.note_unread(f"{folder}/" if folder else "", placeholders(e.name for e in listed))
        entries.sort(key=_BY_NAME)
        return entries

    def branch(self, entry: os.DirEntry[str]) -> tuple[list[SourceFile], list[EpisodeFolder]]:
        """Return what is in one folder of episodes/: an episode, or a season's settings and its episodes."""
        folder = f"episodes/{entry.name}"
        if not self.is_folder(entry, folder) or not self.is_named_well(entry):
            return [], []
        entries = self.entries(folder)
        if _holds(entries, "episode.md"):
            return [], self.episode(folder, entries, season=None)
        settings = self.files([e for e in entries if e.name == "season.toml"], f"{folder}/")
        self.note_unread(f"{folder}/", unread_settings((e.name for e in entries), "season.toml"))
        season = entry.name if settings else None
        episodes: list[EpisodeFolder] = []
        for child in entries:
            inside = f"{folder}/{child.name}"
            if self.is_folder(child, inside) and self.is_named_well(child):
                files = self.entries(inside)
                if _holds(files, "episode.md"):
                    episodes += self.episode(inside, files, season=season)
                elif files:
                    self.problems.append(_no_episode(inside, files))
        if entries and not season and not any(child.is_dir() for child in entries if not child.is_symlink()):
            self.problems.append(_no_episode(folder, entries))
        return settings, episodes

    def episode(self, folder: str, entries: list[os.DirEntry[str]], *, season: str | None) -> list[EpisodeFolder]:
        """Return the episode in a folder, or nothing where its episode.md is not a file of this workspace."""
        kinds = [file_kind(entry.name) for entry in entries]
        if None in kinds or len(set(kinds)) < len(kinds):
            kinded = _chosen([(kind, entry) for kind, entry in zip(kinds, entries, strict=True) if kind])
            self.problems += _surplus(folder, kinded)
            self.note_unread_beside(folder, entries)
            entries = [entry for _, entry in kinded]
        elif "picture" in kinds:
            self.note_unread_beside(folder, entries)
        files = self.files(entries, f"{folder}/")
        if len(files) < len(entries) and not any(file.path.endswith("/episode.md") for file in files):
            return []
        return [EpisodeFolder(folder, folder[folder.rfind("/") + 1 :], season, tuple(files))]

    def note_unread(self, prefix: str, found: Iterable[tuple[str, str]]) -> None:
        """Note files and folders that are not read, each with what to do about it."""
        self.problems += [Finding(_shown(prefix + name), message, level="warning") for name, message in found]

    def note_unread_beside(self, folder: str, entries: list[os.DirEntry[str]]) -> None:
        """Note the files of an episode's folder that are not read, and have nearly the name of one that is."""
        kinds = {entry.name: file_kind(entry.name) for entry in entries if not entry.is_dir(follow_symlinks=False)}
        names = [name for name, kind in kinds.items() if kind in (None, "picture")]
        audio = [name for name, kind in kinds.items() if kind == "audio"]
        found = list(unread_of_episode(names, kinds={*filter(None, kinds.values())}, audio=audio))
        if any(kinds[name] == "picture" for name, _ in found):
            # Only episode.md says whether a picture is one of its chapters or notes.
            with contextlib.suppress(FormatError):
                text = load_bytes(Path(self.root, folder, "episode.md"), limit=EPISODE_LIMIT)
                found = [(name, message) for name, message in found if os.fsencode(name) not in text]
        self.note_unread(f"{folder}/", found)

    def files(self, entries: Iterable[os.DirEntry[str]], prefix: str) -> list[SourceFile]:
        """Return the entries that are files, with their size and stamp."""
        files = []
        for entry in entries:
            path = prefix + entry.name
            try:
                if entry.is_symlink() and not self.stays(path):
                    continue
                status = entry.stat()
            except OSError as error:
                self.problems.append(_unreadable(path, error))
                continue
            if stat.S_ISREG(status.st_mode) and path.isprintable():
                files.append(SourceFile(path, status.st_size, max(status.st_mtime_ns, status.st_ctime_ns)))
            else:
                message = "is not a regular file with a printable name; rename it, or put a file in its place"
                self.problems.append(Finding(_shown(path), message))
        return files

    def stays(self, path: str) -> bool:
        """Return whether a link ends inside the workspace, where it may; a problem where it does not.

        A workspace may hold what others sent. Nothing hidden is read through a link, since keys and passwords lie
        there; and a theme is published as it is, so its links stay in the theme.
        """
        target = os.path.realpath(f"{self.root}/{path}")
        root = self.root.rstrip("/") + "/"
        inside = target.removeprefix(root)
        if not target.startswith(root):
            message = "is a link that leaves the workspace; put a copy in its place"
        elif path.startswith(f"{THEME}/") and not target.startswith(os.path.realpath(f"{root}{THEME}") + "/"):
            message = "is a link that leaves the theme; put a copy in its place"
        elif "/." in f"/{inside}" and not inside.startswith(_ANNEX):
            message = "is a link to something hidden; put a copy in its place"
        else:
            return True
        problem = Finding(_shown(path), message)
        # A link in a theme is asked for as a folder, and then as a file.
        if problem not in self.problems:
            self.problems.append(problem)
        return False

    def theme(self, folder: str) -> Iterator[SourceFile]:
        """Yield all files of the theme."""
        entries = self.entries(folder)
        folders = [entry for entry in entries if self.is_folder(entry, f"{folder}/{entry.name}")]
        yield from self.files([entry for entry in entries if entry not in folders], f"{folder}/")
        for entry in folders:
            yield from self.theme(f"{folder}/{entry.name}")

    def is_folder(self, entry: os.DirEntry[str], path: str) -> bool:
        """Return whether an entry is a folder of this workspace."""
        try:
            if entry.is_symlink():
                return self.stays(path) and stat.S_ISDIR(entry.stat().st_mode)
            return entry.is_dir()
        except OSError as error:
            self.problems.append(_unreadable(path, error))
            return False

    def is_named_well(self, entry: os.DirEntry[str]) -> bool:
        """Return whether a folder's or feed's name is a slug; a problem where it is not."""
        stem = entry.name.removesuffix(".toml")
        if not is_slug(stem):
            near = spelled_slug(stem)
            advice = f"rename it to {near}{entry.name[len(stem) :]}" if near else "rename it"
            advice = f"delete it if it is a copy, or {advice}" if is_copy(stem) else advice
            path = _shown(os.path.relpath(entry.path, self.root))
            self.problems.append(Finding(path, f"is not a valid name; {RULE}, so {advice}"))
            return False
        return True

    def images(self, settings: Iterable[SourceFile]) -> list[SourceFile]:
        """Return the image files that settings name; what is wrong with a name is said by whoever loads it."""
        pictures: set[SourceFile] = set()
        for file in settings:
            path = Path(self.root, file.path)
            try:
                # Most seasons name no image, and reading TOML costs more than all else here.
                if file.size > TOML_LIMIT or b"image" not in load_bytes(path, limit=TOML_LIMIT):
                    continue
                data = load_toml(path, name=file.path).data
            except FormatError:
                continue
            pictures.update(filter(None, map(self.image, _image_names(data))))
        return sorted(pictures)

    def image(self, name: str) -> SourceFile | None:
        """Return the file that a setting names, where there is one in this workspace."""
        target = find_inside(Path(self.root), name)
        try:
            status = target.stat() if target else None
        except (OSError, ValueError):
            return None
        if status is None or not stat.S_ISREG(status.st_mode):
            return None
        return SourceFile(os.path.normpath(name), status.st_size, max(status.st_mtime_ns, status.st_ctime_ns))


def _image_names(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of pictures in unchecked settings: `image`, and `file` of each of [[images]]."""
    tables = data.get("images")
    further = [table.get("file") for table in tables if isinstance(table, dict)] if isinstance(tables, list) else []
    for name in (data.get("image"), *further):
        if isinstance(name, str) and name.lower().endswith(_IMAGE_SUFFIXES):
            yield name


def find_inside(root: Path, name: str) -> Path | None:
    """Return the path that `name`, relative to the workspace, stands for; None where it leads out of the workspace.

    root must be free of links, as Scan.root is. Links inside the workspace are followed.
    """
    try:
        inside = Path(os.path.realpath(root / name)).is_relative_to(root)
    except (OSError, ValueError):
        return None
    return root / os.path.normpath(name) if inside and not name.startswith("/") else None


def _shown(path: str) -> str:
    """Return a path that is safe to print: file names may hold any byte."""
    return path if path.isprintable() else ascii(path)[1:-1]


def _holds(entries: Iterable[os.DirEntry[str]], name: str) -> bool:
    return name in [entry.name for entry in entries]


@functools.lru_cache(maxsize=1024)
def file_kind(name: str) -> FileKind | None:
    """Return what a file is to an episode; None for one that podwright does not read. Its reader checks the suffix.

    A folder has at most one of each kind, but any number of pictures and of translations of its transcript.
    """
    stem, dot, suffix = name.lower().rpartition(".")
    if name == "episode.md":
        return "episode"
    if stem == "transcript":
        return "transcript"
    if stem.startswith("transcript.") and dot + suffix not in BACKUPS:
        return "translation"
    if stem == "artwork":
        return "artwork"
    if dot + suffix in AUDIO_SUFFIXES:
        return "teaser" if stem == "teaser" else "audio"
    return "picture" if dot + suffix in _IMAGE_SUFFIXES else None


def _chosen(files: list[tuple[FileKind, os.DirEntry[str]]]) -> list[tuple[FileKind, os.DirEntry[str]]]:
    """Return files without audio of a kind that is seldom meant, where there is some of another."""
    meant = {kind for kind, entry in files if _suffix(entry.name) in _MEANT}
    return [
        (kind, entry)
        for kind, entry in files
        if kind not in ("audio", "teaser") or kind not in meant or _suffix(entry.name) in _MEANT
    ]


def _suffix(name: str) -> str:
    return f".{name.lower().rpartition('.')[2]}"


def _unreadable(path: str, error: OSError) -> Finding:
    return Finding(_shown(path), f"cannot be read ({error.strerror}); check the link and the permissions")


def _no_episode(folder: str, entries: Iterable[os.DirEntry[str]]) -> Finding:
    near = meant_for_episode([entry.name for entry in entries])
    advice = f"rename {_shown(near)} to episode.md" if near else "add one"
    message = f"has no episode.md and is not published; {advice}, or move the folder out of episodes/"
    return Finding(folder, message, level="warning")


def _misspelt(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield folders of the workspace that are called nearly as those that are read."""
    names = set(names)
    for name in sorted(names):
        for wanted in ("episodes", "feeds", THEME):
            if name.lower() in (wanted, wanted.removesuffix("s")) and name != wanted and wanted not in names:
                yield name, f"is not read; rename it to {wanted}"


def _unread_feeds(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield files that are likely meant for feeds."""
    for name in names:
        near = name.lower().removesuffix(".txt")
        if near.endswith(".toml") and not name.endswith(".toml"):
            yield name, f"is not read; rename it to {name[: len(near) - len('.toml')]}.toml"


def _loose(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield recordings and texts that lie beside the episodes' folders."""
    for name in names:
        suffix = f".{name.lower().rpartition('.')[2]}"
        if suffix in AUDIO_SUFFIXES or (suffix == ".md" and name.lower() != "readme.md"):
            yield name, "lies beside the episodes' folders and is not published; put it into a folder of its own"


def _surplus(folder: str, files: Iterable[tuple[str, os.DirEntry[str]]]) -> Iterator[Finding]:
    """Yield one problem for each kind of which a folder has several files."""
    names: dict[str, list[str]] = {}
    for kind, entry in files:
        if kind not in ("picture", "translation"):
            names.setdefault(kind, []).append(entry.name)
    for kind, several in names.items():
        if len(several) > 1:
            message = f"has {len(several)} {kind} files ({', '.join(map(ascii, several))}); keep one of them"
            yield Finding(folder, message)


def place_or_raise(show: Show | None, problems: Iterable[Finding]) -> Show:
    """Return settings of which feeds and seasons may be wrong. Raises WorkspaceError for what else is wrong."""
    return value_or_raise(show, [problem for problem in problems if problem.where in ("", "podwright.toml")])
