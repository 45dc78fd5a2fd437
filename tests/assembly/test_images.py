"""Artwork as it is served, and the small cover that goes into audio files."""

from __future__ import annotations

import hashlib
import io
import random
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from pipeline.artifact import Access, FileSlice, load_sha256
from pipeline.assembly import images
from pipeline.assembly.images import COVER_BYTES, load_cover, load_picture, picture_artifact
from pipeline.errors import FormatError


def noise(width: int, height: int) -> Image.Image:
    """What compresses worst."""
    return Image.frombytes("RGB", (width, height), random.Random(1).randbytes(width * height * 3))


def saved(picture: Image.Image, path: Path) -> Path:
    picture.save(path)
    return path


def opened(data: bytes) -> Image.Image:
    assert data.startswith(b"\xff\xd8\xff")
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
        return picture


@pytest.mark.parametrize(
    ("size", "fitted"),
    [
        ((1600, 1600), (800, 800)),
        ((1600, 800), (800, 400)),
        ((500, 2000), (200, 800)),
        ((800, 800), (800, 800)),
        ((801, 801), (800, 800)),
        ((300, 200), (300, 200)),
        ((1, 1), (1, 1)),
    ],
    ids=str,
)
def test_a_cover_keeps_its_shape_and_never_grows(
    tmp_path: Path, size: tuple[int, int], fitted: tuple[int, int]
) -> None:
    assert opened(load_cover(saved(Image.new("RGB", size, "teal"), tmp_path / "a.png"))).size == fitted


def test_the_worst_picture_becomes_a_small_cover(tmp_path: Path) -> None:
    path = saved(noise(1500, 1500), tmp_path / "noise.png")
    assert path.stat().st_size > 6_000_000
    cover = load_cover(path)
    assert len(cover) <= COVER_BYTES
    assert opened(cover).size == (800, 800)


def test_quality_is_given_up_only_as_far_as_size_asks_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(noise(400, 400), tmp_path / "noise.png")
    best = load_cover(path)
    monkeypatch.setattr(images, "COVER_BYTES", len(best))
    assert load_cover(path) == best
    monkeypatch.setattr(images, "COVER_BYTES", len(best) - 1)
    assert len(load_cover(path)) < len(best)
    monkeypatch.setattr(images, "COVER_BYTES", 1_000)
    with pytest.raises(
        FormatError, match=r"^noise\.png does not become a cover of 1,000 bytes; use a simpler picture$"
    ):
        load_cover(path)


def test_the_same_picture_always_gives_the_same_cover(tmp_path: Path) -> None:
    first = saved(noise(900, 900), tmp_path / "first.png")
    second = tmp_path / "second.png"
    second.write_bytes(first.read_bytes())
    assert load_cover(first) == load_cover(first) == load_cover(second)


def _palette() -> Image.Image:
    picture = Image.new("P", (60, 60), 1)
    picture.putpalette([0, 0, 0, 250, 0, 0])
    return picture


@pytest.mark.parametrize(
    ("name", "make", "colour"),
    [
        ("opaque.png", lambda: Image.new("RGBA", (60, 60), (250, 0, 0, 255)), (250, 0, 0)),
        ("palette.png", _palette, (250, 0, 0)),
        ("gray.png", lambda: Image.new("L", (60, 60), 100), (100, 100, 100)),
        ("gray-alpha.png", lambda: Image.new("LA", (60, 60), (100, 255)), (100, 100, 100)),
        ("bits.png", lambda: Image.new("1", (60, 60), 1), (255, 255, 255)),
        ("print.jpg", lambda: Image.new("CMYK", (60, 60), (0, 255, 255, 0)), (255, 0, 0)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_picture_of_any_colour_model_becomes_a_cover_in_rgb(
    tmp_path: Path, name: str, make: Callable[[], Image.Image], colour: tuple[int, int, int]
) -> None:
    cover = opened(load_cover(saved(make(), tmp_path / name)))
    assert cover.mode == "RGB"
    pixel = cover.getpixel((30, 30))
    assert isinstance(pixel, tuple)
    assert max(abs(got - wanted) for got, wanted in zip(pixel, colour, strict=True)) <= 4


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


GOOD = _png(noise(40, 40))
HUGE = GOOD[:8] + _chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)) + GOOD[33:]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"GIF89a is what it says", id="text"),
        pytest.param(GOOD[:8], id="signature only"),
        pytest.param(GOOD[:-200], id="cut"),
        pytest.param(GOOD[:2000] + b"\xff" * 8 + GOOD[2008:], id="damaged inside"),
        pytest.param(HUGE, id="says that it is huge"),
    ],
)
def test_a_broken_picture_is_refused_by_name_with_what_to_do(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "show.png"
    path.write_bytes(data)
    with pytest.raises(
        FormatError, match=r"^show\.png cannot be read as a picture \(.+\); save it again as JPEG or PNG$"
    ):
        load_cover(path)


def test_a_picture_that_is_gone_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"^gone\.jpg cannot be read as a picture"):
        load_cover(tmp_path / "gone.jpg")


@pytest.mark.parametrize(
    ("name", "access", "suffix", "media_type", "cache"),
    [
        ("a.png", "public", ".png", "image/png", "public, max-age=31536000, immutable"),
        ("a.JPG", "public", ".jpg", "image/jpeg", "public, max-age=31536000, immutable"),
        ("a.jpeg", "private", ".jpeg", "image/jpeg", "private, max-age=31536000, immutable"),
    ],
)
def test_artwork_is_served_as_it_is_under_a_key_of_its_content(
    tmp_path: Path, name: str, access: Access, suffix: str, media_type: str, cache: str
) -> None:
    path = tmp_path / name
    path.write_bytes(GOOD)
    digest = hashlib.sha256(GOOD).hexdigest()
    served = picture_artifact(load_picture(path), "artwork/main", access=access)
    assert served.key == f"artwork/main-{digest[:12]}{suffix}"
    assert (served.media_type, served.cache_control, served.access) == (media_type, cache, access)
    assert (served.size, served.sha256, served.filename) == (len(GOOD), digest, None)
    assert served.body == (FileSlice(path, 0, len(GOOD)),)
    assert load_sha256(served.body) == digest


def test_a_cover_stands_upright_as_its_picture_is_shown(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x112] = 6
    Image.new("RGB", (200, 100)).save(tmp_path / "a.jpg", exif=exif)
    assert opened(load_cover(tmp_path / "a.jpg")).size == (100, 200)


def test_a_palette_with_several_degrees_of_transparency_becomes_a_cover(tmp_path: Path) -> None:
    picture = Image.new("P", (60, 60), 1)
    picture.putpalette([0, 0, 0, 250, 0, 0])
    picture.save(tmp_path / "a.png", transparency=bytes([0, 128]))
    assert opened(load_cover(tmp_path / "a.png")).mode == "RGB"


def test_a_png_with_a_damaged_chunk_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "show.png"
    path.write_bytes(GOOD[:36] + bytes([GOOD[36] ^ 0xFF]) + GOOD[37:])
    with pytest.raises(FormatError, match=r"^show\.png cannot be read as a picture"):
        load_cover(path)
