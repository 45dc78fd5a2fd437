"""How pages look: templates, their words and their files, each of which a producer's theme folder can replace."""

from __future__ import annotations

import functools
import hashlib
import string
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

from podwright.core.errors import Problem, WorkspaceError

_HERE = Path(__file__).parent
TEMPLATES = _HERE / "templates"
_ASSETS = _HERE / "assets"
_WORDS = _HERE / "words"

#: Bytes of a theme's words, eight times podwright's own, and dots in one line of them: to read a name of many dotted
#: parts takes time that grows with the cube of their number.
LARGEST_WORDS, MOST_DOTS = 64 << 10, 30
#: Bytes of any other file of a theme; a font of all Chinese characters has 10 MB.
LARGEST_FILE = 32 << 20
#: Media types of the files of a theme, by ending; a file with another ending is refused.
_TYPES = MappingProxyType(
    {
        ".css": "text/css; charset=utf-8",
        ".gif": "image/gif",
        ".ico": "image/vnd.microsoft.icon",
        ".jpg": "image/jpeg",
        ".jpeg": "image/jpeg",
        ".js": "text/javascript; charset=utf-8",
        ".png": "image/png",
        ".svg": "image/svg+xml",
        ".webp": "image/webp",
        ".woff2": "font/woff2",
    }
)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that pages load. key: in the store; it changes when the content does."""

    key: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Templates, files by name, and words by language. folder: the producer's own, or None.

    digest changes with anything that pages depend on here.
    """

    folder: Path | None
    assets: Mapping[str, Asset]
    words: Mapping[str, Mapping[str, str]]
    digest: str


def load_theme(folder: Path | None) -> Theme:
    """Read podwright's own look, with what a producer's folder replaces of it.

    Raises WorkspaceError where a file of the folder cannot be used.
    """
    problems: list[Problem] = []
    assets = dict(_own_assets())
    words = {path.stem: _own_words(path) for path in sorted(_WORDS.glob("*.toml"))}
    seen = [repr(sorted((name, asset.key) for name, asset in assets.items()))]
    if folder:
        assets |= _assets(_files(folder, "assets/*", problems), problems)
        own = _replaced_words(folder / "words.toml", problems)
        words = {language: {**known, **own} for language, known in words.items()}
        seen += [repr(sorted((name, asset.key) for name, asset in assets.items())), repr(sorted(own.items()))]
        templates = [path for path in _files(folder, "**/*.html", problems) if path.is_file()]
        seen += [f"{path.relative_to(folder)}\0{path.read_text(errors='replace')}" for path in templates]
    if problems:
        raise WorkspaceError(problems)
    digest = hashlib.sha256("\n".join(seen).encode()).hexdigest()[:32]
    return Theme(folder=folder, assets=assets, words=words, digest=digest)


def is_read(name: str) -> bool:
    """Whether a file or folder of a theme is looked at: a scan of the workspace passes over hidden ones and backups."""
    return not name.startswith(".") and not name.endswith("~")


def _files(folder: Path, pattern: str, problems: list[Problem]) -> Iterator[Path]:
    """The files of a theme that are read, by name; a problem for each that is too large."""
    for path in sorted(folder.glob(pattern)):
        inside = path.relative_to(folder)
        if not all(map(is_read, inside.parts)):
            continue
        if path.is_file() and path.stat().st_size > LARGEST_FILE:
            message = f"has more than {LARGEST_FILE >> 20} MB; make it smaller"
            problems.append(Problem(f"theme/{inside.as_posix()}", message))
        else:
            yield path


@functools.cache
def _own_assets() -> Mapping[str, Asset]:
    return _assets(sorted(_ASSETS.glob("*")), [])


@functools.cache
def _own_words(path: Path) -> Mapping[str, str]:
    return MappingProxyType(tomllib.loads(path.read_text("utf-8")))


def _assets(paths: Iterable[Path], problems: list[Problem]) -> dict[str, Asset]:
    found = {}
    for path in paths:
        media_type = _TYPES.get(path.suffix.lower())
        name = f"theme/assets/{path.name}"
        if media_type is None or not path.name.isascii() or not path.is_file():
            problems.append(Problem(name, f"is no file that pages load; use {', '.join(_TYPES)} and an ASCII name"))
        else:
            found[path.name] = _asset(path, media_type)
    return found


def _asset(path: Path, media_type: str) -> Asset:
    data = path.read_bytes()
    pure = PurePosixPath(path.name)
    return Asset(f"assets/{pure.stem}-{hashlib.sha256(data).hexdigest()[:12]}{pure.suffix}", media_type, data)


def _replaced_words(path: Path, problems: list[Problem]) -> dict[str, str]:
    """A producer's own words, for whatever language the show has."""
    if not path.exists():
        return {}
    try:
        said = _load_words(path)
    except RecursionError:
        problems.append(Problem("theme/words.toml", "cannot be read (it nests too deep); correct it"))
        return {}
    except (OSError, ValueError) as error:
        problems.append(Problem("theme/words.toml", f"cannot be read ({error}); correct it"))
        return {}
    problems += _bad_words(said)
    return said


def _load_words(path: Path) -> dict[str, Any]:
    """A TOML file. Raises OSError, ValueError and RecursionError."""
    if path.stat().st_size > LARGEST_WORDS:
        raise ValueError(f"it has more than {LARGEST_WORDS >> 10} KiB")
    text = path.read_text("utf-8")
    if any(line.count(".") > MOST_DOTS for line in text.splitlines()):
        raise ValueError(f"a line has more than {MOST_DOTS} dots")
    return tomllib.loads(text)


def _bad_words(said: Mapping[str, object]) -> Iterator[Problem]:
    known = _own_words(_WORDS / "en.toml")
    for name, text in said.items():
        if name not in known:
            yield Problem("theme/words.toml", f"{name!r} is not a name that pages use; see {_WORDS.name}/en.toml")
        elif not isinstance(text, str):
            yield Problem("theme/words.toml", f"{name} is not a text; write {name} = “…”")
        elif not _blanks(text) <= _blanks(known[name]):
            yield Problem("theme/words.toml", f"{name} has blanks that nothing fills; the original is {known[name]!r}")


def _blanks(text: str) -> set[str]:
    """The `{names}` of a text; what is more than a name, or no blank at all, is among them as it stands."""
    try:
        parts = [part for part in string.Formatter().parse(text) if part[1] is not None]
    except ValueError:
        return {text}
    return {
        f"{name}{'!' + conversion if conversion else ''}{':' + spec if spec else ''}"
        for _, name, spec, conversion in parts
    }


def theme_texts(theme: Theme) -> Iterator[str]:
    """Everything that a theme itself says, whatever is published with it."""
    for words in theme.words.values():
        yield from words.values()
    for asset in theme.assets.values():
        if asset.media_type.startswith("text/") or asset.media_type == "image/svg+xml":
            yield asset.data.decode("utf-8", errors="replace")
    for folder in (TEMPLATES, theme.folder):
        if folder:
            yield from (path.read_text("utf-8", errors="replace") for path in sorted(folder.glob("*.html")))


def words_of(theme: Theme, language: str) -> Mapping[str, str]:
    """The words for a BCP 47 tag; English where its language has none."""
    return theme.words.get(language.split("-")[0].lower(), theme.words["en"])
