"""An address that moved, and the files that have a server say so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """An address at the old place, and where what it led to is now."""

    old: str
    new: str

    @property
    def host(self) -> str:
        """Return the host of the old address, with its port where it names one."""
        return urlsplit(self.old).netloc.rpartition("@")[2].lower()

    @property
    def path(self) -> str:
        """Return the path of the old address as servers compare it: without escapes."""
        return unquote(urlsplit(self.old).path) or "/"

    @property
    def escaped_path(self) -> str:
        """Return the path as clients send it (https://www.rfc-editor.org/rfc/rfc3986#section-3.3)."""
        return quote(self.path, safe="/!&'()*+,;=:@~$")

    @property
    def target(self) -> str:
        """Return the new address without a character that any server's file takes for more than itself."""
        return quote(self.new, safe="/:?&=#[]@!+,;~%-._")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Files that have one server say where its addresses moved."""

    #: By name.
    files: Mapping[str, str]
    #: What they cannot say.
    left: tuple[Moved, ...] = ()


def split_by(
    moves: Iterable[Moved], *, limit: int | None = None, longest: int | None = None
) -> tuple[list[Moved], list[Moved]]:
    """Return the moves that a server can tell apart by their paths, and those that are left.

    limit: how many it takes; longest: characters in both addresses together.
    """
    by_path: dict[str, list[Moved]] = {}
    for move in moves:
        by_path.setdefault(move.path, []).append(move)
    kept: list[Moved] = []
    left: list[Moved] = []
    for path, several in by_path.items():
        first = several[0]
        clear = len({move.new for move in several}) == 1 and path.isprintable()
        short = longest is None or len(first.escaped_path) + len(first.target) <= longest
        if clear and short and (limit is None or len(kept) < limit):
            kept.append(first)
        else:
            left += several
    return kept, left


#: Characters in a line of `_redirects`.
_LONGEST_LINE = 1000


def render_lines(moves: Iterable[Moved], *, status: str, limit: int | None = None) -> Rules:
    """Return a `_redirects` file: a line each with path, address and status.

    A star in a path, and a colon at the beginning of a part, stand for any text there, so that such paths are left.
    """
    kept, left = split_by(moves, limit=limit, longest=_LONGEST_LINE - len(status) - 2)
    plain = [move for move in kept if "*" not in move.path and "/:" not in move.path]
    lines = "".join(f"{move.escaped_path} {move.target} {status}\n" for move in plain)
    return Rules(files={"_redirects": lines}, left=(*left, *(move for move in kept if move not in plain)))
