"""Fetching from a folder that is published at an address, for imports."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from podwright.core.http import UnreachableError
from podwright.workspace.importing import Fetched


@dataclass
class FolderFetcher:
    """A fetcher of what a store in a folder holds; there is nothing anywhere else."""

    base: str
    folder: Path
    asked: list[str] = field(default_factory=list)

    def fetch(self, url: str, path: Path, *, most: int) -> Fetched:
        self.asked.append(url)
        file = self.folder / unquote(url.removeprefix(self.base).partition("?")[0])
        if not url.startswith(self.base) or not file.is_file() or file.stat().st_size > most:
            raise UnreachableError(f"{url}: is not there; correct the address")
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, path)
        return Fetched(path=path, url=url)
