"""Pictures as they are checked before they are published."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from podwright.core.errors import FormatError
from podwright.media.pictures import (
    PictureShape,
    load_chapter_picture,
    load_further_picture,
    load_image_warnings,
    load_picture_shape,
)

PLAIN = "is not plain RGB, which some directories refuse; save it as RGB without transparency"
TURNED = "is stored turned, and some apps show it so; save it upright, without an Exif orientation"


def exif(orientation: int) -> Image.Exif:
    found = Image.Exif()
    found[0x0112] = orientation
    return found


def picture(
    path: Path, *, size: tuple[int, int] = (1400, 1400), mode: str = "RGB", kind: str = "PNG", **options: Any
) -> Path:
    Image.new(mode, size).save(path, kind, **options)
    return path


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(path: Path, *, width: int, height: int, depth: int = 8, rows: bytes = b"\0" * 10_000) -> Path:
    """A PNG in RGB whose header may promise more pixels than any memory holds."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    return path


def deep(path: Path) -> Path:
    """A whole PNG in RGB with 16 bits for each colour, which Pillow shows as one with 8."""
    return png(path, width=1400, height=1400, depth=16, rows=(b"\0" + b"\x12\x34" * 3 * 1400) * 1400)


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("a.png", {}),
        ("a.jpg", {"kind": "JPEG"}),
        ("a.JPEG", {"kind": "JPEG"}),
        ("a.png", {"size": (3000, 3000)}),
        ("a.jpg", {"kind": "JPEG", "size": (10_000, 10_000), "mode": "L"}),
        ("a.jpg", {"kind": "MPO", "save_all": True, "append_images": [Image.new("RGB", (8, 8))]}),
    ],
)
def test_a_square_rgb_picture_is_accepted_as_is_a_larger_one_that_is_published_smaller(
    tmp_path: Path, name: str, made: dict[str, Any]
) -> None:
    assert load_image_warnings(picture(tmp_path / name, **made)) == ()


@pytest.mark.parametrize(
    ("made", "warnings"),
    [
        ({"mode": "RGBA"}, [PLAIN]),
        ({"mode": "L"}, [PLAIN]),
        ({"mode": "P"}, [PLAIN]),
        ({"mode": "LA"}, [PLAIN]),
        ({"exif": exif(6)}, [TURNED]),
        ({"exif": exif(1)}, []),
        ({"exif": exif(99)}, []),
        ({"mode": "LA", "exif": exif(3)}, [PLAIN, TURNED]),
        ({"mode": "RGBA", "size": (3001, 3001), "exif": exif(6)}, []),
    ],
)
def test_what_directories_may_refuse_is_a_warning_where_it_is_published_as_it_is(
    tmp_path: Path, made: dict[str, Any], warnings: list[str]
) -> None:
    assert list(load_image_warnings(picture(tmp_path / "a.png", **made))) == warnings


def test_a_picture_of_many_bytes_is_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.effect_noise((1400, 1400), 90).convert("RGB").save(path)
    (warning,) = load_image_warnings(path)
    size = f"{path.stat().st_size:,}"
    assert warning == f"has {size} bytes, and some directories take 1,000,000; save it as a JPEG of lower quality"


@pytest.mark.parametrize(
    ("name", "made", "message"),
    [
        ("a.webp", {}, "is not named .jpg or .png; convert it to one of these"),
        ("a.jpg", {}, "is a PNG named .jpg; rename it after its content"),
        ("a.png", {"kind": "JPEG"}, "is a JPEG named .png; rename it after its content"),
        ("a.png", {"kind": "GIF"}, "is not a whole JPEG or PNG; save it again"),
        ("a.png", {"size": (1400, 1500)}, "is 1400 x 1500 pixels; crop it to a square"),
        ("a.png", {"size": (1399, 1399)}, "is 1399 pixels wide; save it at 1400 to 3000"),
        ("a.jpg", {"mode": "CMYK", "kind": "JPEG"}, "has the colours CMYK; save it as RGB with 8 bits"),
        ("a.png", {"mode": "I;16"}, "has 16 bits for each colour; save it as RGB with 8 bits"),
    ],
)
def test_other_pictures_are_refused(tmp_path: Path, name: str, made: dict[str, Any], message: str) -> None:
    with pytest.raises(FormatError) as caught:
        load_image_warnings(picture(tmp_path / name, **made))
    assert str(caught.value) == message


@pytest.mark.parametrize("load", [load_image_warnings, load_chapter_picture])
def test_sixteen_bits_are_seen_in_a_picture_that_is_read_as_eight(
    tmp_path: Path, load: Callable[[Path], object]
) -> None:
    with pytest.raises(FormatError, match="has 16 bits for each colour; save it as RGB with 8 bits"):
        load(deep(tmp_path / "a.png"))


@pytest.mark.parametrize("load", [load_image_warnings, load_chapter_picture, load_further_picture, load_picture_shape])
@pytest.mark.parametrize(
    ("width", "height", "message"),
    [
        (60_000, 60_000, "has more pixels than are read"),
        (2**31 - 1, 2**31 - 1, "has more pixels than are read"),
        (12_000, 12_000, "is 12000 x 12000 pixels"),
        (10_001, 1, "is 10001 x 1 pixels"),
        (1, 10_001, "is 1 x 10001 pixels"),
    ],
)
def test_a_picture_that_promises_too_many_pixels_is_refused_before_it_is_decoded(
    tmp_path: Path, load: Callable[[Path], object], width: int, height: int, message: str
) -> None:
    path = png(tmp_path / "a.png", width=width, height=height)
    tracemalloc.start()
    try:
        with pytest.raises(FormatError) as caught:
            load(path)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
    assert str(caught.value) == f"{message}; save it with at most 10000 a side (3000 are enough for artwork)"


def test_a_picture_that_has_less_than_it_promises_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="is not a whole JPEG or PNG; save it again"):
        load_image_warnings(png(tmp_path / "a.png", width=3000, height=3000))


@pytest.mark.parametrize(("name", "kind"), [("a.png", "PNG"), ("a.jpg", "JPEG")])
@pytest.mark.parametrize("keep", [0.0, 0.01, 0.5, 0.9])
def test_a_picture_that_was_cut_is_refused(tmp_path: Path, name: str, kind: str, keep: float) -> None:
    path = tmp_path / name
    Image.effect_noise((1400, 1400), 50).convert("RGB").save(path, kind)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    with pytest.raises(FormatError, match="is not a whole JPEG or PNG; save it again"):
        load_image_warnings(path)


@pytest.mark.parametrize(
    ("name", "made", "shape"),
    [
        ("a.png", {"size": (30, 20)}, (30, 20, "image/png")),
        ("a.jpg", {"size": (30, 20), "kind": "JPEG"}, (30, 20, "image/jpeg")),
        ("a.jpg", {"size": (30, 20), "kind": "JPEG", "exif": exif(6)}, (20, 30, "image/jpeg")),
        ("a.jpg", {"size": (30, 20), "kind": "JPEG", "exif": exif(3)}, (30, 20, "image/jpeg")),
        ("a.jpg", {"size": (3000, 20), "kind": "JPEG"}, (3000, 20, "image/jpeg")),
        ("a.webp", {"size": (30, 20), "kind": "WEBP"}, (30, 20, "image/webp")),
        ("a.GIF", {"size": (30, 20), "kind": "GIF", "mode": "P"}, (30, 20, "image/gif")),
        ("a.png", {"size": (1, 10_000), "mode": "I;16"}, (1, 10_000, "image/png")),
    ],
)
@pytest.mark.parametrize("load", [load_further_picture, load_picture_shape])
def test_a_further_picture_has_the_shape_in_which_it_is_shown(
    tmp_path: Path,
    load: Callable[[Path], PictureShape],
    name: str,
    made: dict[str, Any],
    shape: tuple[int, int, str],
) -> None:
    width, height, kind = shape
    found = load(picture(tmp_path / name, **made))
    assert found == PictureShape(width=width, height=height, media_type=kind)


@pytest.mark.parametrize(
    ("load", "name", "made", "message"),
    [
        (load_chapter_picture, "a.webp", {"kind": "WEBP"}, "is not named .jpg or .png; *"),
        (load_chapter_picture, "a.jpg", {"kind": "WEBP"}, "is not a whole JPEG or PNG; save it again"),
        (load_chapter_picture, "a.jpg", {"kind": "JPEG", "mode": "CMYK"}, "has the colours CMYK; *"),
        (load_further_picture, "a.svg", {}, "is not named .jpg, .png, .webp or .gif; convert it to one of these"),
        (load_further_picture, "a.gif", {}, "is a PNG named .gif; rename it after its content"),
        (load_further_picture, "a.png", {"kind": "BMP"}, "is not a whole JPEG, PNG, WEBP or GIF; save it again"),
    ],
)
def test_what_is_no_picture_of_its_kind_is_refused(
    tmp_path: Path, load: Callable[[Path], object], name: str, made: dict[str, Any], message: str
) -> None:
    with pytest.raises(FormatError) as caught:
        load(picture(tmp_path / name, **{"size": (30, 20), **made}))
    assert str(caught.value).startswith(message.rstrip("*"))


@pytest.mark.parametrize("load", [load_image_warnings, load_chapter_picture, load_further_picture, load_picture_shape])
def test_a_picture_that_is_not_there_is_refused(tmp_path: Path, load: Callable[[Path], object]) -> None:
    (tmp_path / "folder.png").mkdir()
    for name in ("gone.png", "folder.png"):
        with pytest.raises(FormatError, match="is not there; add the file, or correct its name"):
            load(tmp_path / name)


def _whole(kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((24, 16), 60).convert("RGB").save(out, kind, **options)
    return out.getvalue()


SEEDS = {
    ".png": _whole("PNG", exif=exif(6), dpi=(72, 72)),
    ".jpg": _whole("JPEG", exif=exif(8), comment=b"a comment", progressive=True),
    ".webp": _whole("WEBP", exif=exif(5)),
    ".gif": _whole("GIF", comment=b"a comment"),
}


@given(
    suffix=st.sampled_from(sorted(SEEDS)),
    hits=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=8),
    keep=st.integers(0, 4000),
)
def test_damage_anywhere_is_either_seen_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, hits: list[tuple[int, int]], keep: int
) -> None:
    data = bytearray(SEEDS[suffix])
    for at, value in hits:
        data[at % len(data)] = value
    path = tmp_path_factory.getbasetemp() / f"damaged{suffix}"
    path.write_bytes(data[:keep])
    for load in (load_further_picture, load_chapter_picture, load_picture_shape, load_image_warnings):
        try:
            load(path)
        except FormatError as error:
            assert "; " in error.message  # noqa: PT017 - a damaged picture may also be a good one
