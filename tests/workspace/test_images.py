"""Artwork."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pipeline.errors import FormatError
from pipeline.workspace.images import load_image_warning


def picture(path: Path, *, size: tuple[int, int] = (1400, 1400), mode: str = "RGB", kind: str = "PNG") -> Path:
    Image.new(mode, size).save(path, kind)
    return path


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def bomb(path: Path, *, pixels: int) -> Path:
    """A PNG whose header promises more pixels than any memory holds."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", pixels, pixels, 8, 2, 0, 0, 0))
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 10_000)) + chunk(b"IEND", b"")
    )
    return path


@pytest.mark.parametrize(("name", "kind"), [("a.png", "PNG"), ("a.jpg", "JPEG"), ("a.JPEG", "JPEG")])
def test_a_square_rgb_picture_is_accepted(tmp_path: Path, name: str, kind: str) -> None:
    assert load_image_warning(picture(tmp_path / name, kind=kind)) is None


@pytest.mark.parametrize("mode", ["RGBA", "L", "P", "LA"])
def test_what_is_not_plain_rgb_is_a_warning(tmp_path: Path, mode: str) -> None:
    warning = "is not plain RGB, which some directories refuse; save it as RGB without transparency"
    assert load_image_warning(picture(tmp_path / "a.png", mode=mode)) == warning


@pytest.mark.parametrize(
    ("name", "made", "message"),
    [
        ("a.webp", {}, "'a.webp' is not named .jpg or .png; convert it to one of these"),
        ("a.jpg", {}, "is a PNG named .jpg; rename it after its content"),
        ("a.png", {"kind": "JPEG"}, "is a JPEG named .png; rename it after its content"),
        ("a.png", {"kind": "GIF"}, "is not a whole JPEG or PNG; save it again"),
        ("a.png", {"size": (1400, 1500)}, "is 1400 x 1500 pixels; crop it to a square"),
        ("a.png", {"size": (1399, 1399)}, "is 1399 pixels wide; save it at 1400 to 3000"),
        ("a.png", {"size": (3001, 3001)}, "is 3001 pixels wide; save it at 1400 to 3000"),
        ("a.jpg", {"mode": "CMYK", "kind": "JPEG"}, "has the colours CMYK; save it as RGB with 8 bits"),
        ("a.png", {"mode": "I;16"}, "has the colours I;16; save it as RGB with 8 bits"),
    ],
)
def test_other_pictures_are_refused(tmp_path: Path, name: str, made: dict[str, Any], message: str) -> None:
    with pytest.raises(FormatError) as caught:
        load_image_warning(picture(tmp_path / name, **made))
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("pixels", "message"),
    [
        (60_000, "is larger than 3000 pixels; save it at 3000 x 3000"),
        (12_000, "is 12000 pixels wide; save it at 1400 to 3000"),
        (3000, "is not a whole JPEG or PNG; save it again"),
    ],
)
def test_a_picture_that_promises_more_than_it_has_is_refused(tmp_path: Path, pixels: int, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        load_image_warning(bomb(tmp_path / "a.png", pixels=pixels))
    assert str(caught.value) == message


@pytest.mark.parametrize(("name", "kind"), [("a.png", "PNG"), ("a.jpg", "JPEG")])
@pytest.mark.parametrize("keep", [0.0, 0.01, 0.5, 0.9])
def test_a_picture_that_was_cut_is_refused(tmp_path: Path, name: str, kind: str, keep: float) -> None:
    path = tmp_path / name
    Image.effect_noise((1400, 1400), 50).convert("RGB").save(path, kind)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    with pytest.raises(FormatError, match="is not a whole JPEG or PNG; save it again"):
        load_image_warning(path)
