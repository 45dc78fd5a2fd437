"""Members as values, and a list of them as it is imported; `register` keeps them.

Here is nothing that loads a database's library, so that the command line can tell of members without it.
"""

from __future__ import annotations

import csv
import io
import os
import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from podwright.core.errors import PodwrightError


class MembersError(PodwrightError):
    """A list of members that cannot be read or changed as asked; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody who reads members' feeds.

    added, rotated (its address was replaced) and revoked are aware times.
    """

    #: Unique, as the producer calls them.
    name: str
    #: Names of the feeds.
    feeds: tuple[str, ...]
    added: datetime
    rotated: datetime | None = None
    revoked: datetime | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """A member with the token that is told once and kept nowhere."""

    member: Member
    token: str


def parse_list(data: bytes) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the members from CSV with the columns `name` and `feeds` (names with spaces between them).

    Raises MembersError with all lines that are wrong.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MembersError("the list: is not UTF-8; save it so") from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if not {"name", "feeds"} <= set(reader.fieldnames or ()):
        raise MembersError("the list: has no columns name and feeds; write them in its first line")
    rows, wrong = [], []
    for row in reader:
        name, feeds = (row["name"] or "").strip(), tuple((row["feeds"] or "").split())
        if not name or not feeds:
            wrong.append(f"line {reader.line_num}: lacks {'a feed' if name else 'a name'}; add it")
        rows.append((name, feeds))
    if wrong:
        raise MembersError("\n".join(wrong))
    return tuple(rows)


def keep_private(path: Path) -> None:
    """Have a file that its owner alone may read, made if missing. Raises MembersError where it cannot be written."""
    try:
        file = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise MembersError(f"{path}: cannot be written ({error.strerror}); name another file") from error
    try:
        found = os.fstat(file)
        # What is no file, such as a device, or somebody else's, is not ours to close.
        if stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid():
            os.fchmod(file, 0o600)
    finally:
        os.close(file)
