"""Artwork as published objects, and the small cover that goes into audio files."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

from pipeline.artifact import Access, Artifact, FileSlice
from pipeline.assembly.keys import cache_control, image_key
from pipeline.errors import FormatError

#: ID3 tags travel with every download, and players refuse large ones: 800 px in at most 300 KB.
COVER_PIXELS = 800
COVER_BYTES = 300_000
COVER_TYPE = "image/jpeg"

_MEDIA_TYPES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An image file: size in bytes, SHA-256 in hex."""

    path: Path
    size: int
    sha256: str


def load_picture(path: Path) -> Picture:
    """Look at an image file."""
    data = path.read_bytes()
    return Picture(path=path, size=len(data), sha256=hashlib.sha256(data).hexdigest())


def picture_artifact(picture: Picture, stem: str, *, access: Access) -> Artifact:
    """The object that serves an image, as it is."""
    suffix = picture.path.suffix.lower()
    return Artifact(
        key=image_key(stem, sha256=picture.sha256, suffix=suffix),
        media_type=_MEDIA_TYPES[suffix],
        cache_control=cache_control("image", access),
        access=access,
        size=picture.size,
        sha256=picture.sha256,
        body=(FileSlice(picture.path, 0, picture.size),),
    )


def load_cover(path: Path) -> bytes:
    """A JPEG of at most COVER_PIXELS and COVER_BYTES; the same picture always gives the same bytes.

    Raises FormatError where the picture cannot be read or does not become small enough.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as opened:
            upright = ImageOps.exif_transpose(opened)
            clear = upright.has_transparency_data
            picture = (upright.convert("RGBA") if clear else upright).convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise FormatError(f"{path.name} cannot be read as a picture ({error}); save it again as JPEG or PNG") from error
    picture.thumbnail((COVER_PIXELS, COVER_PIXELS), Image.Resampling.LANCZOS)
    for quality in (85, 70, 50, 30):
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= COVER_BYTES:
            return out.getvalue()
    raise FormatError(f"{path.name} does not become a cover of {COVER_BYTES:,} bytes; use a simpler picture")


@dataclass(frozen=True, slots=True, kw_only=True)
class SizedPicture:
    """A published picture; width and height in pixels."""

    artifact: Artifact
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Artwork:
    """A square picture: the one that directories fetch, and all its sizes, the largest first, that one included."""

    main: Artifact
    sizes: tuple[SizedPicture, ...]
