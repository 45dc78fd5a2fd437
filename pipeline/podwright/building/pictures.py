"""The pictures of a workspace as objects and covers, each looked at once and derived only where the store lacks it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from podwright.building.cache import Cache, is_believed
from podwright.building.images import (
    Artwork,
    Picture,
    SizedPicture,
    derived_artifact,
    derived_key,
    derived_widths,
    load_cover,
    load_derived,
    load_picture,
    picture_artifact,
)
from podwright.core.artifact import Artifact, Body, FileSlice, Side
from podwright.core.errors import FormatError
from podwright.core.tags import Image
from podwright.media.pictures import LARGEST
from podwright.stores.ledger.manifest import ObjectRecord

#: Covers that stay in memory; episodes that share a picture mostly follow one another.
COVERS_HELD = 16


class _Stamp(NamedTuple):
    """A file's path below the workspace, its size in bytes, and the later time of its last changes in ns."""

    name: str
    size: int
    stamp: int


class _Derived(NamedTuple):
    size: int
    sha256: str
    body: Body | None


@dataclass(slots=True)
class Pictures:
    """The pictures in use. root: the workspace; clock: the file system time of its scan, in ns.

    held: the objects that the store certainly has, by key: what was derived of a picture once is not derived again,
    since another Pillow gives other bytes. build_dir: a folder of this run alone for derived pictures; None keeps them
    in memory. cover_dir: a folder that outlives the run for covers; None makes them anew in each run.
    """

    root: Path
    cache: Cache
    clock: int
    held: Mapping[str, ObjectRecord] = field(default_factory=dict)
    build_dir: Path | None = None
    cover_dir: Path | None = None
    _looks: dict[Path, tuple[Picture, _Stamp]] = field(default_factory=dict)
    _made: dict[tuple[str, int], _Derived] = field(default_factory=dict)
    _covers: OrderedDict[Path, bytes] = field(default_factory=OrderedDict)
    _stamps: dict[Path, _Stamp] = field(default_factory=dict)

    def artifact(self, path: Path, stem: str, *, side: Side) -> Artifact:
        """The object that serves square artwork; one of more than LARGEST pixels is served at that size."""
        picture = self._picture(path)
        if picture.width <= LARGEST:
            return picture_artifact(picture, stem, side=side)
        return next(self._derived(picture, [LARGEST], stem, side=side)).artifact

    def artwork(self, path: Path, stem: str, *, side: Side) -> Artwork:
        """Square artwork in all its sizes. Raises FormatError where it cannot be read."""
        picture = self._picture(path)
        sizes = tuple(self._derived(picture, derived_widths(picture), stem, side=side))
        if picture.width <= LARGEST:
            sizes = (_sized(picture, stem, side=side), *sizes)
        return Artwork(main=sizes[0].artifact, sizes=sizes)

    def plain(self, path: Path, stem: str, *, side: Side) -> SizedPicture:
        """A picture of any shape, published as it is. Raises FormatError where it cannot be read."""
        return _sized(self._picture(path), stem, side=side)

    def further(self, images: Iterable[Image], stem: str, *, side: Side) -> Iterator[SizedPicture | None]:
        """What further pictures are published as: each file of the workspace as it is, None for one elsewhere."""
        for image in images:
            yield self.plain(image.file, stem, side=side) if image.file else None

    def cover(self, path: Path) -> bytes:
        """The small cover of a picture. Raises FormatError where it cannot be read."""
        if path not in self._covers:
            self._covers[path] = self._cover(path)
            while len(self._covers) > COVERS_HELD:
                self._covers.popitem(last=False)
        self._covers.move_to_end(path)
        return self._covers[path]

    def digest(self, path: Path) -> str:
        """SHA-256 of a picture's file in hex. Raises FormatError where it cannot be read."""
        return self._picture(path).sha256

    def stamp(self, path: Path | None) -> object:
        """Changes when the picture does. Looked up once, since thousands of episodes share a picture."""
        if path is None:
            return None
        if path not in self._stamps:
            self._stamps[path] = self._stat(path)
        return tuple(self._stamps[path])

    def _stat(self, path: Path) -> _Stamp:
        found = path.stat()
        return _Stamp(os.path.relpath(path, self.root), found.st_size, max(found.st_mtime_ns, found.st_ctime_ns))

    def _picture(self, path: Path) -> Picture:
        if path not in self._looks:
            at = self._stat(path)
            known = self.cache.fact("picture", at.name, size=at.size, stamp=at.stamp)
            if known:
                sha256, width, height, kind = known
                picture = Picture(path=path, size=at.size, sha256=sha256, width=width, height=height, media_type=kind)
            else:
                picture = load_picture(path)
                row = [picture.sha256, picture.width, picture.height, picture.media_type]
                self._remember("picture", at, row)
            self._looks[path] = (picture, at)
        return self._looks[path][0]

    def _remember(self, kind: str, at: _Stamp, value: object) -> None:
        if is_believed(at.stamp, clock=self.clock):
            self.cache.set_fact(kind, at.name, size=at.size, stamp=at.stamp, value=value)

    def _derived(self, picture: Picture, widths: Iterable[int], stem: str, *, side: Side) -> Iterator[SizedPicture]:
        keys = {width: derived_key(picture, stem, width=width) for width in widths}
        lacking = [w for w, key in keys.items() if key not in self.held and (picture.sha256, w) not in self._made]
        if lacking:
            self._derive(picture, lacking)
        for width, key in keys.items():
            known = self.held.get(key)
            made = _Derived(known.size, known.sha256, None) if known else self._made[picture.sha256, width]
            served = derived_artifact(key, size=made.size, sha256=made.sha256, body=made.body, side=side)
            yield SizedPicture(artifact=served, width=width, height=width)

    def _derive(self, picture: Picture, widths: Iterable[int]) -> None:
        """Derive pictures of the given widths from one source."""
        for width, data in load_derived(picture.path, widths):
            body = self._body(f"{picture.sha256}-{width}.jpg", data)
            self._made[picture.sha256, width] = _Derived(len(data), hashlib.sha256(data).hexdigest(), body)
        if self._stat(picture.path) != self._looks[picture.path][1]:
            raise FormatError(f"{picture.path.name} changed while it was read; publish again")

    def _body(self, name: str, data: bytes) -> Body:
        if self.build_dir is None:
            return (data,)
        self.build_dir.mkdir(parents=True, exist_ok=True)
        path = self.build_dir / name
        path.write_bytes(data)
        return (FileSlice(path, 0, len(data), path.stat().st_mtime_ns),)

    def _cover(self, path: Path) -> bytes:
        at = self._stat(path)
        place = self.cover_dir / f"{hashlib.sha256(at.name.encode()).hexdigest()[:24]}.jpg" if self.cover_dir else None
        known = self.cache.fact("cover", at.name, size=at.size, stamp=at.stamp)
        if known and place:
            with contextlib.suppress(OSError):
                data = place.read_bytes()
                if hashlib.sha256(data).hexdigest() == known:
                    return data
        data = load_cover(path)
        if place:
            with contextlib.suppress(OSError):
                _write(place, data)
                self._remember("cover", at, hashlib.sha256(data).hexdigest())
        return data


def _sized(picture: Picture, stem: str, *, side: Side) -> SizedPicture:
    served = picture_artifact(picture, stem, side=side)
    return SizedPicture(artifact=served, width=picture.width, height=picture.height)


def _write(path: Path, data: bytes) -> None:
    """Put a file in its place whole, as another run may be reading it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
    Path(file.name).replace(path)
