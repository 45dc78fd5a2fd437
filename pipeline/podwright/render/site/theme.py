"""The look of pages: templates, their words and their files, each of which a producer's theme folder can replace."""

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

from podwright.core.errors import WorkspaceError
from podwright.core.finding import Finding
from podwright.render.words import FOLDER, Words, all_words, page_words

_HERE = Path(__file__).parent
TEMPLATES = _HERE / "templates"
_ASSETS = _HERE / "assets"

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
    """A file that pages load."""

    #: In the store; it changes when the content does.
    key: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Templates and files of pages, and the producer's own words for them."""

    #: The producer's own templates.
    folder: Path | None
    #: By name.
    assets: Mapping[str, Asset]
    #: What the producer says in place of podwright's words, whatever the language.
    words: Words
    #: It changes with anything that pages depend on here.
    digest: str


def load_theme(folder: Path | None) -> Theme:
    """Read podwright's own look, with what a producer's folder replaces of it.

    Raises WorkspaceError where a file of the folder cannot be used.
    """
    problems: list[Finding] = []
    assets = dict(_own_assets())
    words: Words = {}
    parts = [repr(sorted((name, asset.key) for name, asset in assets.items()))]
    if folder:
        assets |= _assets(_files(folder, "assets/*", problems), problems)
        words = _replaced_words(folder / "words.toml", problems)
        parts += [repr(sorted((name, asset.key) for name, asset in assets.items())), repr(sorted(words.items()))]
        templates = [path for path in _files(folder, "**/*.html", problems) if path.is_file()]
        parts += [f"{path.relative_to(folder)}\0{path.read_text(errors='replace')}" for path in templates]
    if problems:
        raise WorkspaceError(problems)
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
    return Theme(folder=folder, assets=assets, words=words, digest=digest)


def is_read(name: str) -> bool:
    """Return whether a file of a theme is looked at: a scan of the workspace passes over hidden ones and backups."""
    return not name.startswith(".") and not name.endswith("~")


def _files(folder: Path, pattern: str, problems: list[Finding]) -> Iterator[Path]:
    """Return the files of a theme that are read, by name; a problem for each that is too large."""
    for path in sorted(folder.glob(pattern)):
        inside = path.relative_to(folder)
        if not all(map(is_read, inside.parts)):
            continue
        if path.is_file() and path.stat().st_size > LARGEST_FILE:
            message = f"has more than {LARGEST_FILE >> 20} MB; make it smaller"
            problems.append(Finding(f"theme/{inside.as_posix()}", message))
        else:
            yield path


@functools.cache
def _own_assets() -> Mapping[str, Asset]:
    return _assets(sorted(_ASSETS.glob("*")), [])


def _assets(paths: Iterable[Path], problems: list[Finding]) -> dict[str, Asset]:
    assets = {}
    for path in paths:
        media_type = _TYPES.get(path.suffix.lower())
        name = f"theme/assets/{path.name}"
        if media_type is None or not path.name.isascii() or not path.is_file():
            problems.append(Finding(name, f"is no file that pages load; use {', '.join(_TYPES)} and an ASCII name"))
        else:
            assets[path.name] = _asset(path, media_type)
    return assets


def _asset(path: Path, media_type: str) -> Asset:
    data = path.read_bytes()
    pure = PurePosixPath(path.name)
    return Asset(f"assets/{pure.stem}-{hashlib.sha256(data).hexdigest()[:12]}{pure.suffix}", media_type, data)


def _replaced_words(path: Path, problems: list[Finding]) -> dict[str, str]:
    """Read a producer's own words, for whatever language the show has."""
    if not path.exists():
        return {}
    try:
        words = _load_words(path)
    except RecursionError:
        problems.append(Finding("theme/words.toml", "cannot be read (it nests too deep); correct it"))
        return {}
    except (OSError, ValueError) as error:
        problems.append(Finding("theme/words.toml", f"cannot be read ({error}); correct it"))
        return {}
    problems += _bad_words(words)
    return words


def _load_words(path: Path) -> dict[str, Any]:
    """Read a TOML file. Raises OSError, ValueError and RecursionError."""
    if path.stat().st_size > LARGEST_WORDS:
        raise ValueError(f"it has more than {LARGEST_WORDS >> 10} KiB")
    text = path.read_text("utf-8")
    if any(line.count(".") > MOST_DOTS for line in text.splitlines()):
        raise ValueError(f"a line has more than {MOST_DOTS} dots")
    return tomllib.loads(text)


def _bad_words(words: Mapping[str, object]) -> Iterator[Finding]:
    english = page_words("en")
    for name, text in words.items():
        if name not in english:
            yield Finding("theme/words.toml", f"{name!r} is not a name that pages use; see {FOLDER.name}/en.toml")
        elif not isinstance(text, str):
            yield Finding("theme/words.toml", f"{name} is not a text; write {name} = “…”")
        elif not _blanks(text) <= _blanks(english[name]):
            original = english[name]
            yield Finding("theme/words.toml", f"{name} has blanks that nothing fills; the original is {original!r}")


def _blanks(text: str) -> set[str]:
    """Return the `{names}` of a text; what is more than a name, or no blank at all, is among them as it stands."""
    try:
        parts = [part for part in string.Formatter().parse(text) if part[1] is not None]
    except ValueError:
        return {text}
    return {
        f"{name}{'!' + conversion if conversion else ''}{':' + spec if spec else ''}"
        for _, name, spec, conversion in parts
    }


def theme_texts(theme: Theme) -> Iterator[str]:
    """Return everything that a theme itself says, whatever is published with it."""
    yield from all_words()
    yield from theme.words.values()
    for asset in theme.assets.values():
        if asset.media_type.startswith("text/") or asset.media_type == "image/svg+xml":
            yield asset.data.decode("utf-8", errors="replace")
    for folder in (TEMPLATES, theme.folder):
        if folder:
            yield from (path.read_text("utf-8", errors="replace") for path in sorted(folder.glob("*.html")))


def words_of(theme: Theme, language: str) -> Words:
    """Return the words of pages for a BCP 47 tag, the producer's own before podwright's."""
    return {**page_words(language), **theme.words}
