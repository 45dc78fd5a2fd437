"""Pictures as published objects: as they are, in smaller sizes, and as the small cover that goes into audio files."""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from podwright.core.artifact import Artifact, Body, FileSlice, Side, load_sha256
from podwright.core.errors import FormatError
from podwright.core.names import cache_control, image_key
from podwright.media.pictures import FORMATS, HEAVIEST, LARGEST, UNREADABLE, load_picture_shape

if TYPE_CHECKING:
    from PIL.Image import Image

#: ID3 tags travel with every download, and players refuse large ones: 800 px in at most 300 KB.
COVER_PIXELS = 800
COVER_BYTES = 300_000
COVER_TYPE = "image/jpeg"

#: Widths besides the main picture's: what directories ask for at least, and what apps and pages show, large and small.
WIDTHS = (1400, 600, 300)
#: Enters the keys of derived pictures: to be raised with any change of how they are made, so that readers fetch them.
RECIPE = 1
DERIVED_TYPE = "image/jpeg"

_COVER_QUALITIES = (85, 70, 50, 30)
_DERIVED_QUALITIES = (88, 82, 75, 65)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An image file: size in bytes, SHA-256 in hex, width and height in pixels as it is shown."""

    path: Path
    size: int
    sha256: str
    width: int
    height: int
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SizedPicture:
    """A published picture; width and height in pixels."""

    artifact: Artifact
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class TagPicture:
    """A small picture for tags, and the SHA-256 of what it was made of in hex, which no encoder has a part in."""

    data: bytes
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Artwork:
    """A square picture: the one that directories fetch, and all its sizes, the largest first, that one included."""

    main: Artifact
    sizes: tuple[SizedPicture, ...]


def load_picture(path: Path) -> Picture:
    """Look at an image file; no pixel is decoded. Raises FormatError where it cannot be read."""
    try:
        size = path.stat().st_size
        sha256 = load_sha256((FileSlice(path, 0, size),))
        shape = load_picture_shape(path)
    except OSError as error:
        raise FormatError(f"{path.name} cannot be read ({error}); publish again") from error
    except FormatError as error:
        raise FormatError(f"{path.name} {error.message}") from error
    return Picture(
        path=path, size=size, sha256=sha256, width=shape.width, height=shape.height, media_type=shape.media_type
    )


def picture_artifact(picture: Picture, stem: str, *, side: Side) -> Artifact:
    """The object that serves an image, as it is."""
    return Artifact(
        key=image_key(stem, sha256=picture.sha256, suffix=picture.path.suffix.lower()),
        media_type=picture.media_type,
        cache_control=cache_control("image", side),
        side=side,
        size=picture.size,
        sha256=picture.sha256,
        body=(FileSlice(picture.path, 0, picture.size),),
    )


def derived_widths(picture: Picture) -> tuple[int, ...]:
    """The widths that square artwork is published in besides its own, or in place of it, the largest first."""
    return tuple(width for width in (LARGEST, *WIDTHS) if width < picture.width)


def derived_key(picture: Picture, stem: str, *, width: int) -> str:
    """Key of a derived picture: it changes with source, width and recipe, but not with the JPEG encoder's version."""
    digest = hashlib.sha256(f"{RECIPE} {picture.sha256}".encode()).hexdigest()
    return image_key(stem, sha256=digest, suffix=f"-{width}.jpg")


def derived_artifact(key: str, *, size: int, sha256: str, body: Body | None, side: Side) -> Artifact:
    """The object that serves a derived picture; body None where the store has it already."""
    return Artifact(
        key=key,
        media_type=DERIVED_TYPE,
        cache_control=cache_control("image", side),
        side=side,
        size=size,
        sha256=sha256,
        body=body,
    )


def load_derived(path: Path, widths: Iterable[int]) -> Iterator[tuple[int, bytes]]:
    """Square artwork in each width, as progressive JPEGs in sRGB without metadata, decoded once.

    The bytes of one width do not depend on which others are asked for. Raises FormatError where it cannot be read.
    """
    from PIL import Image

    picture = _load_rgb(path)
    for width in widths:
        small = picture.resize((width, width), Image.Resampling.LANCZOS, reducing_gap=3.0)
        for quality in _DERIVED_QUALITIES:
            data = _jpeg(small, quality=quality, progressive=True)
            if len(data) <= HEAVIEST:
                break
        yield width, data


def load_cover(path: Path) -> bytes:
    """A JPEG of at most COVER_PIXELS and COVER_BYTES; the same picture always gives the same bytes.

    Raises FormatError where the picture cannot be read or does not become small enough.
    """
    from PIL import Image

    picture = _load_rgb(path)
    picture.thumbnail((COVER_PIXELS, COVER_PIXELS), Image.Resampling.LANCZOS)
    for quality in _COVER_QUALITIES:
        data = _jpeg(picture, quality=quality, progressive=False)
        if len(data) <= COVER_BYTES:
            return data
    raise FormatError(f"{path.name} does not become a cover of {COVER_BYTES:,} bytes; use a simpler picture")


def _jpeg(picture: Image, *, quality: int, progressive: bool) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True, progressive=progressive)
    return out.getvalue()


def _load_rgb(path: Path) -> Image:
    """A picture as it is shown on white, in sRGB, without metadata. Raises FormatError where it cannot be read."""
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            # What Pillow warns of (a large picture, odd metadata) was judged when the workspace was read.
            warnings.simplefilter("ignore")
            with Image.open(path, formats=FORMATS) as opened:
                # A JPEG far larger than what is published of it is decoded at a half or a quarter.
                opened.draft(None, (LARGEST, LARGEST))
                profile = opened.info.get("icc_profile")
                ImageOps.exif_transpose(opened, in_place=True)
                opened.load()
                picture = _in_srgb(_on_white(opened), profile)
    except (*UNREADABLE, Image.DecompressionBombError) as error:
        raise FormatError(f"{path.name} cannot be read as a picture ({error}); save it again as JPEG or PNG") from error
    picture.info.clear()
    return picture


def _on_white(picture: Image) -> Image:
    """A picture in RGB; what shows through is white, as on a page."""
    from PIL import Image

    if not picture.has_transparency_data:
        return picture if picture.mode == "RGB" else picture.convert("RGB")
    clear = picture.convert("RGBA")
    ground = Image.new("RGB", clear.size, "white")
    ground.paste(clear, mask=clear.getchannel("A"))
    return ground


def _in_srgb(picture: Image, profile: bytes | None) -> Image:
    """Colours as the picture's ICC profile means them; without a profile for RGB they are sRGB already."""
    from PIL import ImageCms

    if not profile:
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space != "RGB " or "sRGB" in ImageCms.getProfileDescription(source):
            return picture
        intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
        target = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(picture, source, target, renderingIntent=intent, outputMode="RGB") or picture
    except (ImageCms.PyCMSError, OSError, ImportError, ValueError, TypeError):
        # A damaged profile is ignored, as by those who show the picture.
        return picture
