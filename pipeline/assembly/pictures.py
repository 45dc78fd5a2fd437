"""The pictures of a workspace as objects and covers, remembered in the cache from run to run."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.artifact import Access, Artifact
from pipeline.assembly.images import Artwork, Picture, SizedPicture, load_cover, load_picture, picture_artifact
from pipeline.cache import Cache, is_believed


@dataclass(slots=True)
class Pictures:
    """The pictures in use, each looked at once. root: the workspace; clock: the file system time of its scan, in ns."""

    root: Path
    cache: Cache
    clock: int
    _covers: dict[Path, bytes] = field(default_factory=dict)
    _stamps: dict[Path, tuple[str, int, int]] = field(default_factory=dict)

    def artifact(self, path: Path, stem: str, *, access: Access) -> Artifact:
        """The object that serves a picture."""
        return picture_artifact(self._picture(path), stem, access=access)

    def cover(self, path: Path) -> bytes:
        """The small cover of a picture."""
        if path not in self._covers:
            name, size, stamp = self._stat(path)
            known = self.cache.fact("cover", name, size=size, stamp=stamp)
            data = base64.b64decode(known) if known else load_cover(path)
            if not known and is_believed(stamp, clock=self.clock):
                self.cache.set_fact("cover", name, size=size, stamp=stamp, value=base64.b64encode(data).decode())
            self._covers[path] = data
        return self._covers[path]

    def stamp(self, path: Path | None) -> object:
        """Changes when the picture does. Looked up once, since thousands of episodes share a picture."""
        if path is None:
            return None
        if path not in self._stamps:
            self._stamps[path] = self._stat(path)
        return self._stamps[path]

    def _stat(self, path: Path) -> tuple[str, int, int]:
        found = path.stat()
        return os.path.relpath(path, self.root), found.st_size, max(found.st_mtime_ns, found.st_ctime_ns)

    def _picture(self, path: Path) -> Picture:
        name, size, stamp = self._stat(path)
        known = self.cache.fact("picture", name, size=size, stamp=stamp)
        if known:
            return Picture(path=path, size=size, sha256=known)
        picture = load_picture(path)
        if is_believed(stamp, clock=self.clock):
            self.cache.set_fact("picture", name, size=size, stamp=stamp, value=picture.sha256)
        return picture

    def artwork(self, path: Path, stem: str, *, access: Access) -> Artwork:
        """A square picture in all its sizes."""
        main = self.artifact(path, stem, access=access)
        return Artwork(main=main, sizes=(SizedPicture(artifact=main, width=3000, height=3000),))

    def plain(self, path: Path, stem: str, *, access: Access) -> SizedPicture:
        """A picture of any shape, published as it is."""
        raise NotImplementedError
