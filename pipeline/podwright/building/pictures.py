"""The pictures of a workspace as objects and covers, each looked at once and derived only where the store lacks it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import gcd
from pathlib import Path
from typing import NamedTuple

import msgspec

from podwright.building.cache import Cache, is_believed
from podwright.building.pool import Pool
from podwright.core.artifact import Artifact, Body, FileSlice, Side
from podwright.core.errors import FormatError
from podwright.core.model import Show
from podwright.core.names import cache_control, image_key, public_url
from podwright.core.tags import Image
from podwright.media.picture_metadata import Piece
from podwright.media.pictures import LARGEST, BarePicture, Picture, load_cover, load_derived, load_picture
from podwright.stores.ledger.manifest import ObjectRecord

COVER_TYPE = "image/jpeg"
#: Widths besides the main picture's: what directories ask for at least, and what apps and pages show, large and small.
WIDTHS = (1400, 600, 300)
#: Enters the keys of derived pictures: to be raised with any change of how they are made, so that readers fetch them.
RECIPE = 1
DERIVED_TYPE = "image/jpeg"
#: Covers that stay in memory; episodes that share a picture mostly follow one another.
COVERS_HELD = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class SizedPicture:
    """A published picture; width and height in pixels."""

    artifact: Artifact
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class TagPicture:
    """A small picture for tags."""

    data: bytes
    #: SHA-256 of the file that it was made of, in hex, in which no encoder has a part.
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Artwork:
    """A square picture."""

    #: The one that directories fetch.
    main: Artifact
    #: All its sizes, the largest first, the main one included.
    sizes: tuple[SizedPicture, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodePictures:
    """The pictures of an episode."""

    artwork: Artwork | None = None
    #: The pictures of its chapters, by file.
    chapters: Mapping[Path, Artifact] = field(default_factory=dict)
    #: For each of the episode's `tags.images` how it is published; None for one elsewhere.
    further: tuple[SizedPicture | None, ...] = ()
    #: For the tags of its audio: its cover, and those of its chapters by file.
    cover: TagPicture | None = None
    chapter_covers: Mapping[Path, TagPicture] = field(default_factory=dict)
    #: The show's own cover, for its teaser.
    show_cover: bytes | None = None

    @property
    def artifacts(self) -> Iterator[Artifact]:
        """Return all that are published as objects."""
        if self.artwork:
            yield from (sized.artifact for sized in self.artwork.sizes)
        yield from self.chapters.values()
        yield from (sized.artifact for sized in self.further if sized)


class PicturesWanted(NamedTuple):
    """The files of pictures that an episode needs."""

    #: Square artwork, and the beginning of its key.
    artwork: tuple[Path, str] | None
    #: Published as they are.
    plain: tuple[Path, ...]
    #: Made into small covers.
    covers: tuple[Path, ...]

    @property
    def paths(self) -> tuple[Path, ...]:
        """Return all of them."""
        return (*((self.artwork[0],) if self.artwork else ()), *self.plain, *self.covers)


class _Stamp(NamedTuple):
    """A file as it was looked at."""

    #: Relative to the workspace.
    name: str
    size: int
    #: The later time of its last changes, in ns.
    stamp: int


class _Derived(NamedTuple):
    size: int
    sha256: str
    body: Body | None


@dataclass(slots=True)
class Pictures:
    """The pictures in use."""

    #: The workspace.
    root: Path
    cache: Cache
    #: The file system's time of the scan, in ns.
    clock: int
    #: The objects that the store certainly has, by key: a picture is not derived again, since another Pillow gives
    #: other bytes.
    held: Mapping[str, ObjectRecord] = field(default_factory=dict)
    #: A folder of this run alone for derived pictures; None keeps them in memory.
    build_dir: Path | None = None
    #: A folder that outlives the run for covers; None makes them anew in each run.
    cover_dir: Path | None = None
    _looks: dict[Path, tuple[Picture, _Stamp]] = field(default_factory=dict)
    _made: dict[tuple[str, int], _Derived] = field(default_factory=dict)
    _covers: OrderedDict[Path, bytes] = field(default_factory=OrderedDict)
    _stamps: dict[Path, _Stamp] = field(default_factory=dict)

    def artifact(self, path: Path, stem: str, *, side: Side) -> Artifact:
        """Return the object that serves square artwork; one of more than LARGEST pixels is served at that size."""
        picture = self._picture(path)
        if picture.width <= LARGEST:
            return picture_artifact(picture, stem, side=side)
        return next(self._derived(picture, [LARGEST], stem, side=side)).artifact

    def artwork(self, path: Path, stem: str, *, side: Side) -> Artwork:
        """Return square artwork in all its sizes. Raises FormatError where it cannot be read."""
        picture = self._picture(path)
        sizes = tuple(self._derived(picture, derived_widths(picture), stem, side=side))
        if picture.width <= LARGEST:
            sizes = (_sized(picture, stem, side=side), *sizes)
        return Artwork(main=sizes[0].artifact, sizes=sizes)

    def plain(self, path: Path, stem: str, *, side: Side) -> SizedPicture:
        """Return a picture of any shape as it is published. Raises FormatError where it cannot be read."""
        return _sized(self._picture(path), stem, side=side)

    def further(self, images: Iterable[Image], stem: str, *, side: Side) -> Iterator[SizedPicture | None]:
        """Yield further pictures as they are published: each file of the workspace as it is, None for one elsewhere."""
        for image in images:
            yield self.plain(image.file, stem, side=side) if image.file else None

    def cover(self, path: Path) -> bytes:
        """Return the small cover of a picture. Raises FormatError where it cannot be read."""
        if path not in self._covers:
            self._covers[path] = self._cover(path)
            while len(self._covers) > COVERS_HELD:
                self._covers.popitem(last=False)
        self._covers.move_to_end(path)
        return self._covers[path]

    def digest(self, path: Path) -> str:
        """Return the SHA-256 of a picture's file in hex. Raises FormatError where it cannot be read."""
        return self._picture(path).sha256

    def stamp(self, path: Path | None) -> object:
        """Return a value that changes when the picture does. Looked up once, as thousands of episodes share one."""
        if path is None:
            return None
        if path not in self._stamps:
            self._stamps[path] = self._stat(path)
        return tuple(self._stamps[path])

    def prepare(self, wanted: Iterable[PicturesWanted], pool: Pool) -> None:
        """Look at pictures, and derive what will be asked for, in other processes at once.

        A picture that cannot be read is left out, and raises when it is asked for.
        """
        if not pool.parallel:
            return
        needs = list(wanted)
        paths = dict.fromkeys(path for need in needs for path in need.paths if path not in self._looks)
        fresh = {path: self._stat(path) for path in paths if path.is_file() and self._known(path) is None}
        for path, picture in zip(fresh, pool.map(_try_picture, list(fresh)), strict=True):
            if picture:
                self._keep(picture, fresh[path])
        lacking: dict[Path, list[int]] = {}
        for path, stem in dict.fromkeys(need.artwork for need in needs if need.artwork):
            with contextlib.suppress(FormatError, OSError):
                picture = self._picture(path)
                keys = {width: derived_key(picture, stem, width=width) for width in derived_widths(picture)}
                lacking[path] = self._lacking(picture, keys)
        for path, sizes in zip(lacking, pool.map(_try_derived, list(lacking.items())), strict=True):
            with contextlib.suppress(FormatError):
                self._add_derived(self._looks[path][0], sizes)
        paths = dict.fromkeys(path for need in needs for path in need.covers if path not in self._covers)
        covers = {path: self._stat(path) for path in paths if path.is_file()}
        covers = {path: at for path, at in covers.items() if self._stored_cover(at) is None}
        for path, data in zip(covers, pool.map(_try_cover, list(covers)), strict=True):
            if data:
                self._covers[path] = data
                self._store_cover(covers[path], data)

    def _stat(self, path: Path) -> _Stamp:
        found = path.stat()
        return _Stamp(os.path.relpath(path, self.root), found.st_size, max(found.st_mtime_ns, found.st_ctime_ns))

    def _picture(self, path: Path) -> Picture:
        if path not in self._looks and self._known(path) is None:
            at = self._stat(path)
            self._keep(load_picture(path), at)
        return self._looks[path][0]

    def _known(self, path: Path) -> Picture | None:
        """Return what an earlier run saw of a picture that is the same since."""
        at = self._stat(path)
        row = self.cache.fact("picture", at.name, size=at.size, stamp=at.stamp)
        if row is None:
            return None
        sha256, width, height, media_type, bare = row
        picture = Picture(
            path=path,
            size=at.size,
            sha256=sha256,
            width=width,
            height=height,
            media_type=media_type,
            bare=msgspec.convert(bare, BarePicture | None),
        )
        self._looks[path] = (picture, at)
        return picture

    def _keep(self, picture: Picture, at: _Stamp) -> None:
        self._looks[picture.path] = (picture, at)
        bare = msgspec.to_builtins(picture.bare)
        self._remember("picture", at, (picture.sha256, picture.width, picture.height, picture.media_type, bare))

    def _remember(self, kind: str, at: _Stamp, value: object) -> None:
        if is_believed(at.stamp, clock=self.clock):
            self.cache.set_fact(kind, at.name, size=at.size, stamp=at.stamp, value=value)

    def _lacking(self, picture: Picture, keys: Mapping[int, str]) -> list[int]:
        return [w for w, key in keys.items() if key not in self.held and (picture.sha256, w) not in self._made]

    def _derived(self, picture: Picture, widths: Iterable[int], stem: str, *, side: Side) -> Iterator[SizedPicture]:
        keys = {width: derived_key(picture, stem, width=width) for width in widths}
        if lacking := self._lacking(picture, keys):
            self._add_derived(picture, load_derived(picture.path, lacking))
        for width, key in keys.items():
            record = self.held.get(key)
            made = _Derived(record.size, record.sha256, None) if record else self._made[picture.sha256, width]
            served = derived_artifact(key, size=made.size, sha256=made.sha256, body=made.body, side=side)
            yield SizedPicture(artifact=served, width=width, height=width)

    def _add_derived(self, picture: Picture, sizes: Iterable[tuple[int, bytes]]) -> None:
        """Keep what was derived of a picture."""
        derived = list(sizes)
        if self._stat(picture.path) != self._looks[picture.path][1]:
            raise FormatError(f"{picture.path.name} changed while it was read; publish again")
        for width, data in derived:
            body = self._body(f"{picture.sha256}-{width}.jpg", data)
            self._made[picture.sha256, width] = _Derived(len(data), hashlib.sha256(data).hexdigest(), body)

    def _body(self, name: str, data: bytes) -> Body:
        if self.build_dir is None:
            return (data,)
        self.build_dir.mkdir(parents=True, exist_ok=True)
        path = self.build_dir / name
        path.write_bytes(data)
        return (FileSlice(path, 0, len(data), path.stat().st_mtime_ns),)

    def _cover(self, path: Path) -> bytes:
        at = self._stat(path)
        data = self._stored_cover(at)
        if data is None:
            data = load_cover(path)
            self._store_cover(at, data)
        return data

    def _stored_cover(self, at: _Stamp) -> bytes | None:
        """Return the cover that an earlier run made of the same picture."""
        sha256 = self.cache.fact("cover", at.name, size=at.size, stamp=at.stamp)
        if sha256 and self.cover_dir:
            with contextlib.suppress(OSError):
                data = _cover_place(self.cover_dir, at).read_bytes()
                if hashlib.sha256(data).hexdigest() == sha256:
                    return data
        return None

    def _store_cover(self, at: _Stamp, data: bytes) -> None:
        if self.cover_dir:
            with contextlib.suppress(OSError):
                _write(_cover_place(self.cover_dir, at), data)
                self._remember("cover", at, hashlib.sha256(data).hexdigest())


def _cover_place(folder: Path, at: _Stamp) -> Path:
    return folder / f"{hashlib.sha256(at.name.encode()).hexdigest()[:24]}.jpg"


def _try_picture(path: Path) -> Picture | None:
    with contextlib.suppress(FormatError, OSError):
        return load_picture(path)
    return None


def _try_derived(wanted: tuple[Path, list[int]]) -> list[tuple[int, bytes]]:
    with contextlib.suppress(FormatError, OSError):
        return list(load_derived(*wanted))
    return []


def _try_cover(path: Path) -> bytes | None:
    with contextlib.suppress(FormatError, OSError):
        return load_cover(path)
    return None


def _sized(picture: Picture, stem: str, *, side: Side) -> SizedPicture:
    served = picture_artifact(picture, stem, side=side)
    return SizedPicture(artifact=served, width=picture.width, height=picture.height)


def _write(path: Path, data: bytes) -> None:
    """Put a file in its place whole, as another run may be reading it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
    Path(file.name).replace(path)


# As objects and in feeds


def picture_artifact(picture: Picture, stem: str, *, side: Side) -> Artifact:
    """Return the object that serves an image as it is, without what its file says beside the picture."""
    pieces: tuple[Piece, ...] = ((0, picture.size),)
    size, sha256 = picture.size, picture.sha256
    if bare := picture.bare:
        size, sha256, pieces = bare.size, bare.sha256, bare.pieces
    return Artifact(
        key=image_key(stem, sha256=sha256, suffix=picture.path.suffix.lower()),
        media_type=picture.media_type,
        cache_control=cache_control("image", side),
        side=side,
        size=size,
        sha256=sha256,
        body=tuple(piece if isinstance(piece, bytes) else FileSlice(picture.path, *piece) for piece in pieces),
    )


def derived_widths(picture: Picture) -> tuple[int, ...]:
    """Return the widths that square artwork is published in besides its own, or in place of it, the largest first."""
    return tuple(width for width in (LARGEST, *WIDTHS) if width < picture.width)


def derived_key(picture: Picture, stem: str, *, width: int) -> str:
    """Return the key of a derived picture, which changes with source, width and recipe, not with the encoder."""
    digest = hashlib.sha256(f"{RECIPE} {picture.sha256}".encode()).hexdigest()
    return image_key(stem, sha256=digest, suffix=f"-{width}.jpg")


def derived_artifact(key: str, *, size: int, sha256: str, body: Body | None, side: Side) -> Artifact:
    """Return the object that serves a derived picture; body None where the store has it already."""
    return Artifact(
        key=key,
        media_type=DERIVED_TYPE,
        cache_control=cache_control("image", side),
        side=side,
        size=size,
        sha256=sha256,
        body=body,
    )


def artwork_images(artwork: Artwork, *, alt: str | None, show: Show) -> tuple[Image, ...]:
    """Return the artwork in all its sizes, the largest first."""
    return tuple(_published(one, alt=alt, purpose="artwork", show=show) for one in artwork.sizes)


def other_images(images: Iterable[Image], published: Iterable[SizedPicture | None], *, show: Show) -> tuple[Image, ...]:
    """Return further pictures: files of the workspace as they were published, others as their author says."""
    return tuple(
        _published(sized, alt=image.alt, purpose=image.purpose, show=show) if sized else image
        for image, sized in zip(images, published, strict=True)
    )


def _published(one: SizedPicture, *, alt: str | None, purpose: str | None, show: Show) -> Image:
    common = gcd(one.width, one.height)
    return Image(
        url=public_url(one.artifact.key, show),
        width=one.width,
        height=one.height,
        aspect_ratio=f"{one.width // common}/{one.height // common}",
        type=one.artifact.media_type,
        alt=alt,
        purpose=purpose,
    )
