"""Text and TOML files as data that knows the line of every field."""

from __future__ import annotations

import contextlib
import re
import stat
import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from podwright.core.errors import FormatError
from podwright.core.finding import Finding, Level

FieldPath = tuple[str | int, ...]

TOML_LIMIT = 1 << 20
EPISODE_LIMIT = 5 << 20
#: Nesting of tables and lists; the deepest file of a workspace needs five.
DEEPEST = 16

#: What XML 1.0 cannot hold, what it discourages (DEL and C1: https://www.w3.org/TR/xml/#charsets), and the two
#: separators of Unicode that YAML takes for line ends.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The data of a file."""

    #: Relative to the workspace.
    path: str
    data: Mapping[str, Any]
    #: The 1-based line of each field and list element.
    lines: Mapping[FieldPath, int]
    #: The text behind the front matter; "" where there is none.
    body: str = ""
    #: What the format takes for a comment right behind a value, by field; it may be part of the text.
    comments: Mapping[FieldPath, str] = field(default_factory=dict)


def line_of(document: Document, field: FieldPath) -> int:
    """Return the line of a field, or of the nearest thing around it that has one."""
    while field and field not in document.lines:
        field = field[:-1]
    return document.lines.get(field, 1)


def value_at(document: Document, field: FieldPath) -> Any:
    """Return what stands at a field that the document has."""
    value: Any = document.data
    for part in field:
        value = value[part]
    return value


def field_problem(document: Document, field: FieldPath, *, message: str, level: Level = "error") -> Finding:
    """Return a problem with one field of a document."""
    return Finding(document.path, message, line=line_of(document, field), field=field_name(field), level=level)


def field_name(field: FieldPath) -> str | None:
    """Return a field as problems name it, `authors.0.role`; None for the whole document."""
    name = ".".join(map(str, field))
    return (name if name.isprintable() else ascii(name)[1:-1]) or None


def load_bytes(path: Path, *, limit: int) -> bytes:
    """Read a file of at most `limit` bytes. Raises FormatError where it is larger, is none, or cannot be read."""
    try:
        # To open a pipe would wait for whoever writes into it.
        if not stat.S_ISREG(path.stat().st_mode):
            raise FormatError("is not a regular file; put one in its place")
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise FormatError(f"cannot be read ({error.strerror}); check that it exists and its permissions") from error
    if len(data) > limit:
        raise FormatError(f"is larger than {limit // 1024:,} KiB; make it shorter")
    return data


def decode_text(data: bytes) -> str:
    """Return bytes as clean text (see `clean_text`). Raises FormatError where they are not UTF-8."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start]
        raise FormatError(
            f"is not UTF-8 at byte {error.start + 1}; save it as UTF-8",
            line=1 + before.count(b"\n") + before.replace(b"\r\n", b"").count(b"\r"),
        ) from error
    return clean_text(text)


def clean_text(text: str) -> str:
    r"""Return text with "\\n" line ends and no byte order mark.

    Raises FormatError naming a character that no file may hold.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if match := FORBIDDEN.search(text):
        line = text.count("\n", 0, match.start()) + 1
        raise FormatError(f"holds the control character U+{ord(match[0]):04X}; delete it", line=line)
    return text


def load_toml(path: Path, *, name: str) -> Document:
    """Read a TOML file that is called `name` in problems. Raises FormatError where it is not valid TOML 1.0."""
    return parse_toml(decode_text(load_bytes(path, limit=TOML_LIMIT)), name=name)


def parse_toml(text: str, *, name: str) -> Document:
    """Return a TOML text as a document; floats become Decimal. Raises FormatError with the line of the mistake."""
    lines = toml_lines(text)
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        what, _, where = str(error).partition(" (at ")
        line = re.search(r"line ([0-9]+)", where)
        raise FormatError(
            f"is not TOML ({what[:1].lower()}{what[1:]}); text needs quotes, and a name may be set only once",
            line=int(line[1]) if line else text.count("\n") + 1,
        ) from error
    except RecursionError as error:
        raise FormatError(f"nests deeper than {DEEPEST} levels; flatten it") from error
    except (ValueError, ArithmeticError) as error:
        raise FormatError("holds a number with too many digits; shorten it") from error
    return Document(path=name, data=data, lines=lines)


_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_KEY_PART = re.compile(r"""[ \t]*(?:([A-Za-z0-9_-]+)|"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)')[ \t]*""")
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}'
    r"|'''(?:[^']|'{1,2}(?!'))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE = re.compile(r"[^,\]}\n#]+")


class _StrayError(Exception):
    """The text is not TOML from here on; `tomllib` says why."""


def toml_lines(text: str) -> dict[FieldPath, int]:
    """Return the 1-based line of every key and list element of a TOML text, up to its first mistake.

    `tomllib` tells no lines. It also takes cubic time over a key of many dotted parts, so depth is checked here,
    before it runs. Raises FormatError where something is nested deeper than DEEPEST.
    """
    scanner = _TomlScanner(text)
    with contextlib.suppress(_StrayError):
        scanner.scan()
    return scanner.lines


class _TomlScanner:
    """A walk through a TOML text that notes the lines of its fields (https://toml.io/en/v1.0.0)."""

    def __init__(self, text: str) -> None:
        self.lines: dict[FieldPath, int] = {}
        self._text = text
        self._ends = [found.start() for found in re.finditer("\n", text)]
        self._at = 0
        self._arrays: dict[FieldPath, int] = {}

    def scan(self) -> None:
        table: FieldPath = ()
        while self._peek():
            if self._take("[["):
                table = self._array_table(self._key())
                self._expect("]]")
            elif self._take("["):
                table = self._inside(self._key())
                self._note(table)
                self._expect("]")
            else:
                self._pair(table)

    def _peek(self) -> str:
        self._at = self._match(_BLANK).end()
        return self._text[self._at : self._at + 1]

    def _take(self, token: str) -> bool:
        taken = self._text.startswith(token, self._at)
        self._at += len(token) if taken else 0
        return taken

    def _expect(self, token: str) -> None:
        if not self._take(token):
            raise _StrayError

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str]:
        match = pattern.match(self._text, self._at)
        if not match:
            raise _StrayError
        return match

    def _line(self) -> int:
        return bisect_right(self._ends, self._at - 1) + 1

    def _note(self, path: FieldPath) -> None:
        if len(path) > DEEPEST:
            raise FormatError(f"nests deeper than {DEEPEST} levels; flatten it", line=self._line())
        line = self._line()
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], line)

    def _key(self) -> tuple[str, ...]:
        parts: list[str] = []
        while True:
            match = self._match(_KEY_PART)
            bare, basic, literal = match.groups()
            parts.append(bare or literal or (_unescaped(match[0]) if basic else ""))
            if len(parts) > DEEPEST:
                raise FormatError(f"nests deeper than {DEEPEST} levels; flatten it", line=self._line())
            self._at = match.end()
            if not self._take("."):
                return tuple(parts)

    def _inside(self, parts: tuple[str, ...]) -> FieldPath:
        """Return a table's path, where a list of tables stands for its last element."""
        path: FieldPath = ()
        for part in parts:
            path = (*path, part)
            if path in self._arrays:
                path = (*path, self._arrays[path])
        return path

    def _array_table(self, parts: tuple[str, ...]) -> FieldPath:
        path = (*self._inside(parts[:-1]), parts[-1])
        self._arrays[path] = self._arrays.get(path, -1) + 1
        self._note((*path, self._arrays[path]))
        return (*path, self._arrays[path])

    def _pair(self, table: FieldPath) -> None:
        path = (*table, *self._key())
        self._note(path)
        self._expect("=")
        self._value(path)

    def _value(self, path: FieldPath) -> None:
        self._at = self._match(re.compile(r"[ \t]*")).end()
        if self._take("["):
            self._list(path)
        elif self._take("{"):
            self._inline_table(path)
        else:
            quoted = self._text[self._at : self._at + 1] in ('"', "'")
            self._at = self._match(_STRING if quoted else _BARE).end()

    def _list(self, path: FieldPath) -> None:
        index = 0
        while self._peek() != "]":
            self._note((*path, index))
            self._value((*path, index))
            index += 1
            if self._peek() != "]":
                self._expect(",")
        self._expect("]")

    def _inline_table(self, path: FieldPath) -> None:
        while self._peek() != "}":
            self._pair(path)
            if self._peek() != "}":
                self._expect(",")
        self._expect("}")


def _unescaped(quoted: str) -> str:
    """Return the text of a quoted key."""
    try:
        (key,) = tomllib.loads(f"{quoted} = 1")
    except (tomllib.TOMLDecodeError, ValueError) as error:
        raise _StrayError from error
    return key
