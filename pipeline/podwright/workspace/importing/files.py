"""The files that an import writes, none of which it writes again once a person has edited it.

What it wrote is known by digests in the folder of caches; without them every file counts as edited.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from podwright.core.errors import FormatError, WorkspaceError
from podwright.core.finding import Finding
from podwright.workspace.documents import EPISODE_LIMIT, decode_text, load_bytes, load_toml
from podwright.workspace.front_matter import parse_episode_file
from podwright.workspace.scan import WORK_DIR, refuse_links_in_work, scan_workspace

#: A row for each version of a file that was written: its digest and its name.
_LOG = f"{WORK_DIR}/imported"
#: How a guid stands in nearly every episode.md; reading all of it takes fifty times as long.
_GUID = re.compile(r'^guid:[ \t]*("(?:[^"\\\n]|\\.)*"|[A-Za-z0-9-]+)[ \t]*$', re.MULTILINE)

#: Before the name of a file, in a row of which the digest is that of the source.
_SETTLED = "from:"

Outcome = Literal["new", "renewed", "same", "edited"]


@dataclass(frozen=True, slots=True)
class Files:
    """A workspace that an import writes to."""

    root: Path
    #: Digests of what imports wrote, by name.
    written: dict[str, set[str]] = field(default_factory=dict)

    def write(self, name: str, data: bytes) -> Outcome:
        """Write a file whole, unless it is there as a person left it. Raises WorkspaceError."""
        path, digest = self.root / name, hashlib.sha256(data).hexdigest()
        known = self.written.get(name, ())
        try:
            present = path.read_bytes() if path.is_file() else None
            if present == data:
                return "same"
            if present is not None and hashlib.sha256(present).hexdigest() not in known:
                return "edited"
            self._note(name, digest)
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_name(f".{path.name}.new")
            fresh.write_bytes(data)
            fresh.replace(path)
        except OSError as error:
            raise unwritable(name, error) from error
        return "new" if present is None else "renewed"

    def keep(self, name: str, path: Path) -> None:
        """Move a file that was fetched to its place."""
        with path.open("rb") as file:
            self._note(name, hashlib.file_digest(file, "sha256").hexdigest())
        path.replace(self.root / name)

    def is_settled(self, name: str, source: object) -> bool:
        """Return whether all that follows from a part of a source was written, and the file of a name is there."""
        return _printed(source) in self.written.get(f"{_SETTLED}{name}", ()) and (self.root / name).is_file()

    def settle(self, name: str, source: object) -> None:
        """Write down that all that follows from a part of a source was written, the file of a name at last."""
        if not self.is_settled(name, source):
            self._note(f"{_SETTLED}{name}", _printed(source))

    def _note(self, name: str, digest: str) -> None:
        """Write down what is about to be written."""
        self.written.setdefault(name, set()).add(digest)
        log = self.root / _LOG
        log.parent.mkdir(parents=True, exist_ok=True)
        if not (log.parent / ".gitignore").exists():
            (log.parent / ".gitignore").write_text("*\n", encoding="utf-8")
        with log.open("a", encoding="utf-8") as rows:
            rows.write(f"{digest} {name}\n")


def _printed(source: object) -> str:
    return hashlib.sha256(repr(source).encode("utf-8", "surrogatepass")).hexdigest()


def open_files(root: Path) -> Files:
    """Return a workspace to write to, which need not be there yet. Raises WorkspaceError."""
    refuse_links_in_work(root)
    written: dict[str, set[str]] = {}
    with suppress(OSError, UnicodeDecodeError):
        for row in (root / _LOG).read_text(encoding="utf-8").splitlines():
            digest, _, name = row.partition(" ")
            written.setdefault(name, set()).add(digest)
    return Files(root, written)


def known_episodes(root: Path) -> dict[str, str]:
    """Return the folders of a workspace's episodes by guid; none where there is no workspace yet."""
    if not (root / "podwright.toml").is_file():
        return {}
    folders = [one.folder for one in scan_workspace(root).episodes]
    return {guid: folder for folder in folders if (guid := _guid_of(root / folder / "episode.md"))}


def _guid_of(path: Path) -> str | None:
    try:
        text = decode_text(load_bytes(path, limit=EPISODE_LIMIT))
        head = text[: text.find("\n---", 4)]
        if match := _GUID.search(head):
            return str(json.loads(match[1])) if match[1].startswith('"') else match[1]
        guid = parse_episode_file(text, name="").data.get("guid")
    except (FormatError, ValueError):
        return None
    return guid if isinstance(guid, str) else None


def known_seasons(root: Path) -> dict[int, str]:
    """Return the slugs of a workspace's seasons by number."""
    return dict(_numbered(root))


def _numbered(root: Path) -> Iterator[tuple[int, str]]:
    for path in sorted(root.glob("episodes/**/season.toml")):
        with suppress(FormatError):
            data: Mapping[str, object] = load_toml(path, name="").data
            if isinstance(number := data.get("number"), int):
                yield number, path.parent.name


def unwritable(name: str, error: OSError) -> WorkspaceError:
    """Return what to do about a file that the system does not let be written."""
    message = f"cannot be written ({os.strerror(error.errno or 0)}); check the permissions and the space on the disk"
    return WorkspaceError([Finding(name, message)])
