"""Artwork as it is served, in smaller sizes, and the small cover that goes into audio files."""

from __future__ import annotations

import hashlib
import io
import random
import re
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from podwright.building import pictures
from podwright.building.pictures import derived_key, derived_widths, picture_artifact
from podwright.core.artifact import FileSlice, Side, load_sha256
from podwright.core.errors import FormatError
from podwright.media.pictures import (
    COVER_BYTES,
    HEAVIEST,
    load_cover,
    load_derived,
    load_picture,
)


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
    monkeypatch.setattr("podwright.media.pictures.COVER_BYTES", len(best))
    assert load_cover(path) == best
    monkeypatch.setattr("podwright.media.pictures.COVER_BYTES", len(best) - 1)
    assert len(load_cover(path)) < len(best)
    monkeypatch.setattr("podwright.media.pictures.COVER_BYTES", 1_000)
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
    ("name", "side", "suffix", "media_type", "cache"),
    [
        ("a.png", "public", ".png", "image/png", "public, max-age=31536000, immutable"),
        ("a.JPG", "public", ".jpg", "image/jpeg", "public, max-age=31536000, immutable"),
        ("a.jpeg", "private", ".jpeg", "image/jpeg", "private, max-age=31536000, immutable"),
    ],
)
def test_artwork_is_served_as_it_is_under_a_key_of_its_content(
    tmp_path: Path, name: str, side: Side, suffix: str, media_type: str, cache: str
) -> None:
    path = tmp_path / name
    noise(40, 40).save(path)
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    served = picture_artifact(load_picture(path), "artwork/main", side=side)
    assert served.key == f"artwork/main-{digest[:12]}{suffix}"
    assert (served.media_type, served.cache_control, served.side) == (media_type, cache, side)
    assert (served.size, served.sha256, served.filename) == (len(data), digest, None)
    assert served.body == (FileSlice(path, 0, len(data)),)
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


def derived(path: Path, *widths: int) -> dict[int, Image.Image]:
    return {width: opened(data) for width, data in load_derived(path, widths)}


def colour(picture: Image.Image, at: tuple[int, int]) -> tuple[int, ...]:
    found = picture.getpixel(at)
    assert isinstance(found, tuple)
    return tuple(map(int, found))


def near(found: tuple[int, ...], wanted: tuple[int, ...], *, by: int = 4) -> bool:
    return max(abs(one - other) for one, other in zip(found, wanted, strict=True)) <= by


def _quarters(size: int = 400) -> Image.Image:
    """Red, green, blue and yellow, from the upper left on by rows."""
    picture = Image.new("RGB", (2, 2))
    picture.putdata([(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)])
    return picture.resize((size, size), Image.Resampling.NEAREST)


def _corners(picture: Image.Image) -> list[tuple[int, ...]]:
    low, high = picture.width // 8, picture.width * 7 // 8
    return [colour(picture, at) for at in ((low, low), (high, low), (low, high), (high, high))]


def test_derived_pictures_have_their_width_and_are_progressive_rgb_without_metadata(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "a description"
    path = tmp_path / "a.jpg"
    noise(700, 700).save(path, exif=exif, comment=b"a comment", dpi=(300, 300))
    found = derived(path, 600, 300)
    assert [(width, one.size, one.mode) for width, one in found.items()] == [
        (600, (600, 600), "RGB"),
        (300, (300, 300), "RGB"),
    ]
    for one in found.values():
        assert one.info.get("progressive")
        assert not {"exif", "comment", "dpi", "icc_profile"} & set(one.info)
    assert not {"exif", "comment"} & set(opened(load_cover(path)).info)


@pytest.mark.parametrize("name", ["a.png", "a.jpg"])
def test_a_derived_picture_is_the_same_whenever_and_with_whichever_others_it_is_made(tmp_path: Path, name: str) -> None:
    path = saved(noise(650, 650), tmp_path / name)
    together = dict(load_derived(path, (600, 300, 150)))
    assert together == dict(load_derived(path, (600, 300, 150)))
    assert [*load_derived(path, [300])] == [(300, together[300])]


def test_a_source_of_any_size_becomes_the_main_picture_that_apple_takes(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    _quarters(6200).save(path, quality=90)
    (one,) = derived(path, 3000).values()
    assert one.size == (3000, 3000)
    assert [near(got, wanted) for got, wanted in zip(_corners(one), _corners(_quarters()), strict=True)] == [True] * 4


def test_the_worst_source_is_published_in_a_size_that_directories_take_where_quality_allows(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.effect_noise((1500, 1500), 50).convert("RGB").save(path, compress_level=1)
    ((_, data),) = load_derived(path, [1400])
    assert len(data) <= HEAVIEST
    worst = saved(noise(1500, 1500), tmp_path / "worst.png")
    ((_, data),) = load_derived(worst, [1400])
    assert opened(data).size == (1400, 1400)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_derived_pictures_stand_upright_as_their_source_is_shown(tmp_path: Path, orientation: int) -> None:
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = _quarters().transpose(turns[orientation]) if orientation in turns else _quarters()
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / "a.jpg", exif=exif, quality=95, subsampling=0)
    stored.save(tmp_path / "a.png", exif=exif)
    for name in ("a.jpg", "a.png"):
        for one in (derived(tmp_path / name, 200)[200], opened(load_cover(tmp_path / name))):
            pairs = zip(_corners(one), _corners(_quarters()), strict=True)
            assert all(near(got, wanted, by=12) for got, wanted in pairs)
            assert one.getexif().get(0x0112) is None


def _seen_through() -> Image.Image:
    picture = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    picture.paste((200, 0, 0, 255), (200, 0, 400, 400))
    return picture


def _seen_through_palette() -> Image.Image:
    picture = Image.new("P", (400, 400), 0)
    picture.putpalette([0, 0, 0, 200, 0, 0])
    picture.paste(1, (200, 0, 400, 400))
    picture.info["transparency"] = 0
    return picture


def _seen_through_gray() -> Image.Image:
    picture = Image.new("LA", (400, 400), (0, 0))
    picture.paste((90, 255), (200, 0, 400, 400))
    return picture


@pytest.mark.parametrize(
    ("make", "right"),
    [(_seen_through, (200, 0, 0)), (_seen_through_palette, (200, 0, 0)), (_seen_through_gray, (90, 90, 90))],
)
def test_what_shows_through_is_white(
    tmp_path: Path, make: Callable[[], Image.Image], right: tuple[int, int, int]
) -> None:
    path = saved(make(), tmp_path / "a.png")
    for one in (derived(path, 300)[300], opened(load_cover(path))):
        assert near(colour(one, (20, 20)), (255, 255, 255))
        assert near(colour(one, (one.width - 20, 20)), right)


def _swapped_profile() -> bytes:
    """A profile that calls red what sRGB calls blue: sRGB's own, with the two primaries changed over."""
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return data.replace(b"rXYZ", b"____").replace(b"bXYZ", b"rXYZ").replace(b"____", b"bXYZ")


def test_colours_are_those_that_the_profile_means(tmp_path: Path) -> None:
    profile = _swapped_profile().replace("sRGB".encode("utf-16-be"), "oRGB".encode("utf-16-be"))
    plain = Image.new("RGB", (400, 400), (255, 0, 0))
    plain.save(tmp_path / "a.png", icc_profile=profile)
    plain.save(tmp_path / "b.jpg", icc_profile=profile, quality=95)
    for name in ("a.png", "b.jpg"):
        assert near(colour(derived(tmp_path / name, 300)[300], (9, 9)), (0, 0, 255), by=10)
        assert near(colour(opened(load_cover(tmp_path / name)), (9, 9)), (0, 0, 255), by=10)


@pytest.mark.parametrize(
    "profile",
    [
        pytest.param(b"no profile", id="damaged"),
        pytest.param(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), id="sRGB"),
        pytest.param(ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(), id="not of RGB"),
    ],
)
def test_other_profiles_change_nothing(tmp_path: Path, profile: bytes) -> None:
    noise(400, 400).save(tmp_path / "a.png", icc_profile=profile)
    noise(400, 400).save(tmp_path / "b.png")
    assert [*load_derived(tmp_path / "a.png", [300])] == [*load_derived(tmp_path / "b.png", [300])]


def test_a_broken_source_of_derived_pictures_is_refused_by_name(tmp_path: Path) -> None:
    for data in (b"", GOOD[:-200], HUGE):
        path = tmp_path / "show.png"
        path.write_bytes(data)
        with pytest.raises(FormatError, match=r"^show\.png cannot be read as a picture \(.+\); save it again as"):
            next(load_derived(path, [300]))


@pytest.mark.parametrize(("data", "message"), [(b"GIF89a", "is not a whole"), (HUGE, "has more pixels than are read")])
def test_a_look_at_what_is_no_picture_is_refused_by_name(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "show.png"
    path.write_bytes(data)
    with pytest.raises(FormatError, match=rf"^show\.png {message}"):
        load_picture(path)
    with pytest.raises(FormatError, match=r"^gone\.png "):
        load_picture(tmp_path / "gone.png")


@pytest.mark.parametrize(
    ("width", "widths"),
    [
        (1400, (600, 300)),
        (1401, (1400, 600, 300)),
        (3000, (1400, 600, 300)),
        (3001, (3000, 1400, 600, 300)),
        (10_000, (3000, 1400, 600, 300)),
    ],
)
def test_every_smaller_width_is_derived_and_the_main_one_only_of_what_is_larger(
    tmp_path: Path, width: int, widths: tuple[int, ...]
) -> None:
    Image.new("1", (width, width)).save(tmp_path / "a.png")
    assert derived_widths(load_picture(tmp_path / "a.png")) == widths


def test_a_derived_key_changes_with_source_width_and_recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = load_picture(saved(noise(20, 20), tmp_path / "a.png"))
    other = load_picture(saved(noise(21, 21), tmp_path / "b.png"))
    key = derived_key(one, "artwork/show", width=600)
    assert re.fullmatch(r"artwork/show-[0-9a-f]{12}-600\.jpg", key)
    assert key == derived_key(one, "artwork/show", width=600)
    others = {derived_key(one, "artwork/show", width=300), derived_key(other, "artwork/show", width=600)}
    monkeypatch.setattr(pictures, "RECIPE", pictures.RECIPE + 1)
    assert len({key, *others, derived_key(one, "artwork/show", width=600)}) == 4
