"""Pictures checked before they are published, and made smaller: artwork in its sizes, and covers for audio files.

Artwork is a square JPEG or PNG of at least 1400 pixels in RGB; directories take it up to 3000 pixels, and a larger one
is published at 3000 (https://podcasters.apple.com/support/896-artwork-requirements). CMYK and 16 bits are refused, as
what they look like in RGB depends on a profile that only whoever made the picture can judge.

Apple names no size in bytes. Hosts that test against many directories name 1 MB
(https://support.castos.com/article/252-why-cant-i-update-my-podcast-cover-image,
https://help.podigee.com/article/44-the-cover-image-or-artwork-of-a-podcast).
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import struct
import warnings
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageCms, ImageOps

from podwright.core.errors import FormatError
from podwright.media.picture_metadata import Piece, join_pieces, published_pieces

#: Pixels of one side of published artwork.
SMALLEST, LARGEST = 1400, 3000
#: Pixels of one side of any picture that is read: a PNG of this size takes 600 MB of memory to derive from.
WIDEST = 10_000
#: Bytes of any picture that is read: Pillow reads some parts of a file whole, and takes minutes over a GB of zeros.
LARGEST_FILE = 64 << 20
#: Scans of a JPEG; progressive ones have ten. Each takes a pass over all pixels, however few bytes it has
#: (https://libjpeg-turbo.org/pmwiki/uploads/About/TwoIssueswiththeJPEGStandard.pdf).
MOST_SCANS = 100
#: Bytes of published artwork.
HEAVIEST = 1_000_000
#: ID3 tags travel with every download, and players refuse large ones: 800 px in at most 300 KB.
COVER_PIXELS = 800
COVER_BYTES = 300_000
_COVER_QUALITIES = (85, 70, 50, 30)
_DERIVED_QUALITIES = (88, 82, 75, 65)
#: What Pillow raises on files that are damaged, cut or not pictures at all.
UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, TypeError, LookupError, struct.error, zlib.error)

_PHOTOS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}
_PICTURES = {**_PHOTOS, ".webp": "WEBP", ".gif": "GIF"}
#: What Pillow may take any picture for: of its many other formats some start programs.
FORMATS = (*dict.fromkeys(_PICTURES.values()),)
_MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}
#: Files that hold other formats than their name says: a JPEG with further pictures behind it is still one.
_KINDS = {"MPO": "JPEG"}

_ORIENTATION = 0x0112
#: Values of the orientation by which width and height change places (Exif 2.32, section 4.6.4).
_LYING = range(5, 9)
#: A PNG begins with its signature and IHDR, whose ninth byte is the bit depth (https://www.w3.org/TR/png-3/#11IHDR).
_PNG_DEPTH = slice(24, 25)


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureShape:
    """Width and height in pixels of a picture as it is shown; media_type is that of its content."""

    width: int
    height: int
    media_type: str


def load_image_warnings(path: Path) -> tuple[str, ...]:
    """Read artwork whole; return the things that directories would rather not see in it.

    Raises FormatError where it is not acceptable. The size is checked before any pixel is decoded. A picture of more
    than LARGEST pixels has no warnings, as what is published of it is plain.
    """
    with _opened(path, _PHOTOS) as image:
        width = image.width
        if width != image.height:
            raise FormatError(f"is {width} x {image.height} pixels; crop it to a square")
        if width < SMALLEST:
            raise FormatError(f"is {width} pixels wide; save it at {SMALLEST} to {LARGEST}")
        _check_colours(path, image)
        _load(image)
        return () if width > LARGEST else tuple(_blemishes(path, image))


def load_chapter_picture(path: Path) -> PictureShape:
    """Read a chapter's picture whole: a JPEG or PNG of any shape. Raises FormatError where it is none."""
    with _opened(path, _PHOTOS) as image:
        _check_colours(path, image)
        shape = _shape(image)
        _load(image)
        return shape


def load_further_picture(path: Path) -> PictureShape:
    """Read a picture whole that is published as it is: JPEG, PNG, WebP or GIF of any shape.

    Those are what a reader shows as an image without being told a type
    (https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/tags/image.md). Raises FormatError.
    """
    with _opened(path, _PICTURES) as image:
        shape = _shape(image)
        _load(image)
        return shape


def load_picture_shape(path: Path) -> PictureShape:
    """Return the shape of a picture from its first bytes; no pixel is decoded. Raises FormatError."""
    with _opened(path, _PICTURES) as image:
        return _shape(image)


@contextlib.contextmanager
def _opened(path: Path, kinds: dict[str, str]) -> Iterator[Image.Image]:
    """Open a picture whose name and size are right; errors of reading become FormatErrors."""
    kind = kinds.get(path.suffix.lower())
    if kind is None:
        *most, last = [suffix for suffix in kinds if suffix != ".jpeg"]
        raise FormatError(f"is not named {', '.join(most)} or {last}; convert it to one of these")
    try:
        if not path.is_file():
            raise FormatError("is not there; add the file, or correct its name")
        _check_size(path)
        with warnings.catch_warnings():
            # Pillow warns of large pictures and odd metadata; here such a picture is an error, or is good enough.
            warnings.simplefilter("ignore")
            with Image.open(path, formats=(*dict.fromkeys(kinds.values()),)) as image:
                found = _KINDS.get(image.format or "", image.format)
                if max(image.size) > WIDEST:
                    raise FormatError(_too_large(f"is {image.width} x {image.height} pixels"))
                if found != kind:
                    raise FormatError(f"is a {found} named {path.suffix}; rename it after its content")
                yield image
    except Image.DecompressionBombError as error:
        raise FormatError(_too_large("has more pixels than are read")) from error
    except UNREADABLE as error:
        *most, last = dict.fromkeys(kinds.values())
        raise FormatError(f"is not a whole {', '.join(most)} or {last}; save it again") from error


def _check_size(path: Path) -> None:
    """Raise FormatError for a file that would take long to read."""
    if path.stat().st_size > LARGEST_FILE:
        raise FormatError(f"has more than {LARGEST_FILE >> 20} MB; save it smaller")
    with path.open("rb") as file:
        # A scan begins with these bytes, and a picture inside a picture has one or two (ITU-T T.81, section B.2.3).
        if file.read(2) == b"\xff\xd8" and file.read().count(b"\xff\xda") > MOST_SCANS:
            raise FormatError(f"is a JPEG of more than {MOST_SCANS} scans; save it again")


def _too_large(what: str) -> str:
    return f"{what}; save it with at most {WIDEST} a side ({LARGEST} are enough for artwork)"


def _load(image: Image.Image) -> None:
    # A JPEG decodes faster at an eighth of its size, and is read to its end all the same.
    image.draft(None, (SMALLEST // 8, SMALLEST // 8))
    image.load()


def _shape(image: Image.Image) -> PictureShape:
    kind = _KINDS.get(image.format or "", image.format or "")
    width, height = image.size
    if _orientation(image) in _LYING:
        width, height = height, width
    return PictureShape(width=width, height=height, media_type=_MEDIA_TYPES[kind])


def _orientation(image: Image.Image) -> int:
    """Return how a picture is turned before it is shown; 1 as it is stored (Exif 2.32, section 4.6.4)."""
    if image.format == "PNG" and "exif" not in image.info:
        # Pillow would decode it all, to look for what stands behind the pixels.
        return 1
    found = image.getexif().get(_ORIENTATION, 1)
    return found if isinstance(found, int) and found in range(1, 9) else 1


def _check_colours(path: Path, image: Image.Image) -> None:
    with path.open("rb") as file:
        deep = image.format == "PNG" and file.read(25)[_PNG_DEPTH] == b"\x10"
    if deep:
        raise FormatError("has 16 bits for each colour; save it as RGB with 8 bits")
    if image.mode in ("CMYK", "YCCK", "LAB") or image.mode.startswith(("I", "F")):
        raise FormatError(f"has the colours {image.mode}; save it as RGB with 8 bits")


def _blemishes(path: Path, image: Image.Image) -> Iterator[str]:
    if image.has_transparency_data or image.mode != "RGB":
        yield "is not plain RGB, which some directories refuse; save it as RGB without transparency"
    if _orientation(image) != 1:
        yield "is stored turned, and some apps show it so; save it upright, without an Exif orientation"
    size = path.stat().st_size
    if size > HEAVIEST:
        yield f"has {size:,} bytes, and some directories take {HEAVIEST:,}; save it as a JPEG of lower quality"


# Pictures as they are published


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An image file: size in bytes, SHA-256 in hex, width and height in pixels as it is shown."""

    path: Path
    size: int
    sha256: str
    width: int
    height: int
    media_type: str
    #: How it is published where its file says more than the picture; None: as it is.
    bare: BarePicture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BarePicture:
    """An image file without what it says beside its pixels: its size, its SHA-256 in hex, and pieces of the file."""

    size: int
    sha256: str
    pieces: tuple[Piece, ...]


def load_picture(path: Path) -> Picture:
    """Look at an image file; no pixel is decoded. Raises FormatError where it cannot be read."""
    try:
        _check_size(path)
        shape = load_picture_shape(path)
        data = path.read_bytes()
        bare = _bare(data, shape.media_type)
    except OSError as error:
        raise FormatError(f"{path.name} cannot be read ({error}); publish again") from error
    except FormatError as error:
        raise FormatError(f"{path.name} {error.message}") from error
    return Picture(
        path=path,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        width=shape.width,
        height=shape.height,
        media_type=shape.media_type,
        bare=bare,
    )


def _bare(data: bytes, media_type: str) -> BarePicture | None:
    pieces, left_out = published_pieces(data, media_type)
    if not left_out:
        return None
    made = join_pieces(data, pieces)
    return BarePicture(size=len(made), sha256=hashlib.sha256(made).hexdigest(), pieces=pieces)


def load_left_out(path: Path) -> tuple[str, ...]:
    """Return the kinds of what a picture's file says and is not published. Raises FormatError."""
    shape = load_picture_shape(path)
    _check_size(path)
    return published_pieces(path.read_bytes(), shape.media_type)[1]


def load_derived(path: Path, widths: Iterable[int]) -> Iterator[tuple[int, bytes]]:
    """Yield square artwork in each width, as progressive JPEGs in sRGB without metadata, decoded once.

    The bytes of one width do not depend on which others are asked for. Raises FormatError where it cannot be read.
    """
    picture = _load_rgb(path)
    for width in widths:
        small = picture.resize((width, width), Image.Resampling.LANCZOS, reducing_gap=3.0)
        for quality in _DERIVED_QUALITIES:
            data = _jpeg(small, quality=quality, progressive=True)
            if len(data) <= HEAVIEST:
                break
        yield width, data


def load_cover(path: Path) -> bytes:
    """Return a JPEG of at most COVER_PIXELS and COVER_BYTES; the same picture always gives the same bytes.

    Raises FormatError where the picture cannot be read or does not become small enough.
    """
    picture = _load_rgb(path)
    picture.thumbnail((COVER_PIXELS, COVER_PIXELS), Image.Resampling.LANCZOS)
    for quality in _COVER_QUALITIES:
        data = _jpeg(picture, quality=quality, progressive=False)
        if len(data) <= COVER_BYTES:
            return data
    raise FormatError(f"{path.name} does not become a cover of {COVER_BYTES:,} bytes; use a simpler picture")


def _jpeg(picture: Image.Image, *, quality: int, progressive: bool) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True, progressive=progressive)
    return out.getvalue()


def _load_rgb(path: Path) -> Image.Image:
    """Return a picture as it is shown on white, in sRGB, without metadata. Raises FormatError."""
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


def _on_white(picture: Image.Image) -> Image.Image:
    """Return a picture in RGB; what shows through is white, as on a page."""
    if not picture.has_transparency_data:
        return picture if picture.mode == "RGB" else picture.convert("RGB")
    clear = picture.convert("RGBA")
    ground = Image.new("RGB", clear.size, "white")
    ground.paste(clear, mask=clear.getchannel("A"))
    return ground


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Return colours as the picture's ICC profile means them; without a profile for RGB they are sRGB already."""
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
